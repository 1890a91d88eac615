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

/* From the hole at @i up to where @event belongs. */
static inline void
sift_up(Event *p, size_t i, const Event *event)
{
    Event e = *event;

    while (i > 0) {
        size_t parent = (i - 1) / ARITY;

        if (!event_before(&e, &p[parent]))
            break;
        p[i] = p[parent];
        i = parent;
    }
    p[i] = e;
}

void
event_heap_push(EventArray *heap, const Event *event)
{
    size_t i = heap->n++;

    event_array_reserve(heap, heap->n);
    sift_up(heap->p, i, event);
}

/* Which of @n comes first. */
static size_t
first_of(const Event *p, size_t n)
{
    size_t best = 0;

    for (size_t c = 1; c < n; c++)
        if (event_before(&p[c], &p[best]))
            best = c;
    return best;
}

/* Of ARITY.  Which one it is nobody can guess, so that there is no branch unless the first
 * two come at the same time. */
static inline size_t
first_of_all(const Event *p)
{
    Time t0 = p[0].time, t1 = p[1].time, t2 = p[2].time, t3 = p[3].time;
    size_t right01 = t1 < t0, right23 = t3 < t2, right;
    Time low01 = t0 ^ ((t0 ^ t1) & -(Time)right01);
    Time low23 = t2 ^ ((t2 ^ t3) & -(Time)right23);
    Time low;

    right = low23 < low01;
    low = low01 ^ ((low01 ^ low23) & -(Time)right);
    if ((t0 == low) + (t1 == low) + (t2 == low) + (t3 == low) > 1)
        return first_of(p, ARITY);
    return right01 + ((2 + right23 - right01) & -right);
}

/* The hole goes down to a leaf, where the last one, which was a leaf, nearly always stays
 * (R. W. Floyd's way: Knuth, TAOCP 5.2.3, exercise 18). */
void
event_heap_pop(EventArray *heap)
{
    Event *p = heap->p;
    size_t i = 0, first = 1, n = --heap->n;

    assert(n < heap->capacity);
    for (; first + ARITY <= n; first = i * ARITY + 1) {
        size_t best = first + first_of_all(&p[first]);

        p[i] = p[best];
        i = best;
    }
    if (first < n) {
        size_t best = first + first_of(&p[first], n - first);

        p[i] = p[best];
        i = best;
    }
    sift_up(p, i, &p[n]);
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
