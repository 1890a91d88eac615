/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/heap.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void
heap_init(Heap *heap, uint32_t capacity)
{
    *heap = (Heap){ 0 };
    heap_grow(heap, capacity);
}

void
heap_clear(Heap *heap)
{
    free(heap->memory);
    *heap = (Heap){ 0 };
}

enum { CACHE_LINE_BYTES = 64 };

_Static_assert(HEAP_ARITY * sizeof(HeapEntry) == CACHE_LINE_BYTES, "children fill a line");

/* Stands behind the last entry, so that whoever has one child has HEAP_ARITY: after all
 * others. */
static const HeapEntry nobody = { TIME_NEVER, UINT32_MAX };

/* The entries begin so that the first one's children, and so everybody's, begin a line. */
static HeapEntry *
entries_in(void *memory)
{
    uintptr_t line =
        ((uintptr_t)memory + CACHE_LINE_BYTES - 1) & ~(uintptr_t)(CACHE_LINE_BYTES - 1);

    return (HeapEntry *)(line + CACHE_LINE_BYTES) - 1;
}

void
heap_grow(Heap *heap, uint32_t capacity)
{
    Heap old = *heap;
    size_t entries;

    if (capacity <= heap->capacity)
        return;
    entries = (size_t)capacity + HEAP_ARITY;
    heap->memory = memory_resized(NULL, 1,
                                  2 * CACHE_LINE_BYTES + entries * sizeof *heap->entry +
                                      capacity * sizeof *heap->place);
    heap->entry = entries_in(heap->memory);
    heap->place = (uint32_t *)(heap->entry + entries);
    heap->capacity = capacity;
    if (old.capacity > 0) {
        memcpy(heap->entry, old.entry, old.length * sizeof *old.entry);
        memcpy(heap->place, old.place, old.capacity * sizeof *old.place);
    }
    for (size_t i = old.length; i < entries; i++)
        heap->entry[i] = nobody;
    for (uint32_t i = old.capacity; i < capacity; i++)
        heap->place[i] = HEAP_ABSENT;
    free(old.memory);
}

static inline bool
before(const HeapEntry *a, const HeapEntry *b)
{
    return a->time != b->time ? a->time < b->time : a->slot < b->slot;
}

static inline void
put_at(Heap *heap, uint32_t index, HeapEntry entry)
{
    heap->entry[index] = entry;
    heap->place[entry.slot] = index;
}

static void
sift_up(Heap *heap, uint32_t index, HeapEntry entry)
{
    while (index > 0) {
        uint32_t parent = (index - 1) / HEAP_ARITY;

        if (!before(&entry, &heap->entry[parent]))
            break;
        put_at(heap, index, heap->entry[parent]);
        index = parent;
    }
    put_at(heap, index, entry);
}

/* The children of entry @first and of the next ones, one of which comes next: where that is
 * does not hang on times, so nothing waits for it.  Lines behind the heap do no harm. */
static inline void
fetch_children(const Heap *heap, uint32_t first)
{
    uintptr_t lines = (uintptr_t)(heap->entry + 1);

    for (uintptr_t i = first; i < (uintptr_t)first + HEAP_ARITY; i++)
        __builtin_prefetch((const void *)(lines + i * CACHE_LINE_BYTES), 1);
}

static void
sift_down(Heap *heap, uint32_t index, HeapEntry entry)
{
    for (;;) {
        uint32_t first = index * HEAP_ARITY + 1;
        uint32_t best = first;

        if (first >= heap->length)
            break;
        fetch_children(heap, first);
        for (uint32_t i = first + 1; i < first + HEAP_ARITY; i++)
            if (before(&heap->entry[i], &heap->entry[best]))
                best = i;
        if (!before(&heap->entry[best], &entry))
            break;
        put_at(heap, index, heap->entry[best]);
        index = best;
    }
    put_at(heap, index, entry);
}

/* Put @entry into the gap at @index. */
static void
sift(Heap *heap, uint32_t index, HeapEntry entry)
{
    if (index > 0 && before(&entry, &heap->entry[(index - 1) / HEAP_ARITY]))
        sift_up(heap, index, entry);
    else
        sift_down(heap, index, entry);
}

static void
heap_remove(Heap *heap, uint32_t slot)
{
    uint32_t index = heap->place[slot];
    HeapEntry last;

    if (index == HEAP_ABSENT)
        return;
    heap->place[slot] = HEAP_ABSENT;
    last = heap->entry[--heap->length];
    heap->entry[heap->length] = nobody;
    if (index < heap->length)
        sift(heap, index, last);
}

void
heap_set(Heap *heap, uint32_t slot, Time time)
{
    HeapEntry entry = { time, slot };

    assert(slot < heap->capacity);
    if (time == TIME_NEVER)
        heap_remove(heap, slot);
    else if (heap->place[slot] == HEAP_ABSENT)
        sift_up(heap, heap->length++, entry);
    else
        sift(heap, heap->place[slot], entry);
}
