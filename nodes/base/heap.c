/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/heap.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

enum { ARITY = 4 };

void
heap_init(Heap *heap, uint32_t capacity)
{
    *heap = (Heap){ 0 };
    heap_grow(heap, capacity);
}

void
heap_clear(Heap *heap)
{
    free(heap->time);
    free(heap->order);
    free(heap->place);
    *heap = (Heap){ 0 };
}

static void *
resized(void *p, size_t count, size_t size)
{
    p = realloc(p, count * size);
    if (p == NULL)
        abort();
    return p;
}

void
heap_grow(Heap *heap, uint32_t capacity)
{
    if (capacity <= heap->capacity)
        return;
    heap->time = resized(heap->time, capacity, sizeof *heap->time);
    heap->order = resized(heap->order, capacity, sizeof *heap->order);
    heap->place = resized(heap->place, capacity, sizeof *heap->place);
    for (uint32_t i = heap->capacity; i < capacity; i++) {
        heap->time[i] = TIME_NEVER;
        heap->place[i] = HEAP_ABSENT;
    }
    heap->capacity = capacity;
}

static bool
before(const Heap *heap, uint32_t a, uint32_t b)
{
    if (heap->time[a] != heap->time[b])
        return heap->time[a] < heap->time[b];
    return a < b;
}

static void
put_at(Heap *heap, uint32_t index, uint32_t slot)
{
    heap->order[index] = slot;
    heap->place[slot] = index;
}

static void
sift_up(Heap *heap, uint32_t index, uint32_t slot)
{
    while (index > 0) {
        uint32_t parent = (index - 1) / ARITY;

        if (!before(heap, slot, heap->order[parent]))
            break;
        put_at(heap, index, heap->order[parent]);
        index = parent;
    }
    put_at(heap, index, slot);
}

static void
sift_down(Heap *heap, uint32_t index, uint32_t slot)
{
    for (;;) {
        uint32_t first = index * ARITY + 1;
        uint32_t best = first;

        if (first >= heap->length)
            break;
        for (uint32_t i = first + 1; i < first + ARITY && i < heap->length; i++)
            if (before(heap, heap->order[i], heap->order[best]))
                best = i;
        if (!before(heap, heap->order[best], slot))
            break;
        put_at(heap, index, heap->order[best]);
        index = best;
    }
    put_at(heap, index, slot);
}

static void
heap_remove(Heap *heap, uint32_t slot)
{
    uint32_t index = heap->place[slot];
    uint32_t last;

    if (index == HEAP_ABSENT)
        return;
    heap->place[slot] = HEAP_ABSENT;
    heap->time[slot] = TIME_NEVER;
    last = heap->order[--heap->length];
    if (last == slot)
        return;
    sift_up(heap, index, last);
    sift_down(heap, heap->place[last], last);
}

void
heap_set(Heap *heap, uint32_t slot, Time time)
{
    assert(slot < heap->capacity);
    if (time == TIME_NEVER) {
        heap_remove(heap, slot);
        return;
    }
    heap->time[slot] = time;
    if (heap->place[slot] == HEAP_ABSENT) {
        sift_up(heap, heap->length++, slot);
        return;
    }
    sift_up(heap, heap->place[slot], slot);
    sift_down(heap, heap->place[slot], slot);
}
