/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An indexed 4-ary heap: each of `capacity` slots holds at most one time, which can be set,
 * moved and cleared in place.  Used for the one alarm an actor has in the simulator and for
 * the timers inside an actor.  Equal times leave in ascending slot order. */
#pragma once

#include <stdint.h>

#include "nodes/base/time.h"

typedef struct Heap {
    Time *time;      /* by slot; TIME_NEVER when not set */
    uint32_t *order; /* the heap: slots */
    uint32_t *place; /* by slot: index in `order`, or HEAP_ABSENT */
    uint32_t length; /* slots that are set */
    uint32_t capacity;
} Heap;

#define HEAP_ABSENT UINT32_MAX

/* All slots empty.  heap_clear frees. */
void heap_init(Heap *heap, uint32_t capacity);
void heap_clear(Heap *heap);
/* Make room for slots up to @capacity - 1; never shrinks. */
void heap_grow(Heap *heap, uint32_t capacity);
/* Set slot to @time, wherever it stood; TIME_NEVER empties it. */
void heap_set(Heap *heap, uint32_t slot, Time time);

static inline Time
heap_get(const Heap *heap, uint32_t slot)
{
    return heap->time[slot];
}

/* The earliest time, or TIME_NEVER. */
static inline Time
heap_first_time(const Heap *heap)
{
    return heap->length == 0 ? TIME_NEVER : heap->time[heap->order[0]];
}

/* The slot of the earliest time; the heap must not be empty. */
static inline uint32_t
heap_first_slot(const Heap *heap)
{
    return heap->order[0];
}
