/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/core/event_heap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARITY = 4,
    RUN = 16, /* runs up to this length are sorted by insertion */
    TRIM_ABOVE = 1024
};

void
event_array_clear(EventArray *array)
{
    free(array->p);
    *array = (EventArray){ 0 };
}

static void
set_capacity(EventArray *array, size_t capacity)
{
    array->p = realloc(array->p, capacity * sizeof *array->p);
    if (array->p == NULL)
        abort();
    array->capacity = capacity;
}

void
event_array_reserve(EventArray *array, size_t n)
{
    size_t capacity = array->capacity < 64 ? 64 : array->capacity * 2;

    if (n > array->capacity)
        set_capacity(array, n > capacity ? n : capacity);
}

void
event_array_trim(EventArray *array)
{
    if (array->capacity > TRIM_ABOVE && array->n <= TRIM_ABOVE)
        set_capacity(array, TRIM_ABOVE);
}

void
event_heap_push(EventArray *heap, const Event *event)
{
    size_t i = heap->n++;

    event_array_reserve(heap, heap->n);
    while (i > 0) {
        size_t parent = (i - 1) / ARITY;

        if (!event_before(event, &heap->p[parent]))
            break;
        heap->p[i] = heap->p[parent];
        i = parent;
    }
    heap->p[i] = *event;
}

void
event_heap_pop(EventArray *heap)
{
    Event last;
    size_t i = 0;

    assert(heap->n > 0);
    last = heap->p[--heap->n];
    for (;;) {
        size_t first = i * ARITY + 1;
        size_t end = first + ARITY < heap->n ? first + ARITY : heap->n;
        size_t best = first;

        if (first >= heap->n)
            break;
        for (size_t c = first + 1; c < end; c++)
            if (event_before(&heap->p[c], &heap->p[best]))
                best = c;
        if (!event_before(&heap->p[best], &last))
            break;
        heap->p[i] = heap->p[best];
        i = best;
    }
    heap->p[i] = last;
}

static void
sort_by_insertion(Event *p, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        Event e = p[i];
        size_t at = i;

        while (at > 0 && event_before(&e, &p[at - 1])) {
            p[at] = p[at - 1];
            at--;
        }
        p[at] = e;
    }
}

/* Merge from[0..middle) and from[middle..n), each ascending, into @to. */
static void
merge(Event *to, const Event *from, size_t middle, size_t n)
{
    size_t a = 0;
    size_t b = middle;
    size_t out = 0;

    while (a < middle && b < n)
        to[out++] = event_before(&from[b], &from[a]) ? from[b++] : from[a++];
    memcpy(to + out, from + a, (middle - a) * sizeof *to);
    memcpy(to + out + (middle - a), from + b, (n - b) * sizeof *to);
}

static size_t
smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

void
event_array_sort(EventArray *array, size_t sorted, EventArray *spare)
{
    Event *tail = array->p + sorted, *from = tail, *to;
    size_t n = array->n - sorted;

    for (size_t i = 0; i < n; i += RUN)
        sort_by_insertion(tail + i, smaller(RUN, n - i));
    if (n <= RUN)
        return;
    event_array_reserve(spare, n);
    to = spare->p;
    for (size_t run = RUN; run < n; run *= 2) {
        Event *merged = to;

        for (size_t i = 0; i < n; i += 2 * run)
            merge(to + i, from + i, smaller(run, n - i), smaller(2 * run, n - i));
        to = from;
        from = merged;
    }
    if (from != tail)
        memcpy(tail, from, n * sizeof *tail);
}
