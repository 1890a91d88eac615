/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Growing arrays of events: a 4-ary heap, and a stable time for sorting one whole. */
#pragma once

#include "sim/core/event_queue.h"

typedef struct EventArray {
    Event *p;
    size_t n;        /* events in it */
    size_t capacity; /* events it has room for */
} EventArray;

void event_array_clear(EventArray *array);
/* Make room for @n events in all. */
void event_array_reserve(EventArray *array, size_t n);
/* Give back most of the room of an array that holds little (a burst is over). */
void event_array_trim(EventArray *array);

/* The earliest event of a heap is p[0]. */
void event_heap_push(EventArray *heap, const Event *event);
/* Remove p[0]; the heap must not be empty. */
void event_heap_pop(EventArray *heap);

/* Sort the whole into ascending order in n log n steps whatever the input, where the first
 * @sorted events are in order already and before all others; @spare is work space. */
void event_array_sort(EventArray *array, size_t sorted, EventArray *spare);
