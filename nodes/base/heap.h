/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An indexed 4-ary heap: each of `capacity` slots holds at most one time, which can be set,
 * moved and cleared in place.  Used for the one alarm an actor has in the simulator and for
 * the timers inside an actor.  Equal times leave in ascending slot order. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "nodes/base/time.h"

/* Time and slot lie together, so that a comparison touches nothing else. */
typedef struct HeapEntry {
    Time time;
    uint32_t slot;
} HeapEntry;

typedef struct Heap {
    HeapEntry *entry; /* the heap: the children of an entry share a cache line */
    uint32_t *place;  /* by slot: index in `entry`, or HEAP_ABSENT */
    void *memory;     /* of both */
    uint32_t length;  /* slots that are set */
    uint32_t capacity;
} Heap;

#define HEAP_ABSENT UINT32_MAX
enum { HEAP_ARITY = 4 }; /* the children of entry i begin at HEAP_ARITY * i + 1 */

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
    uint32_t index = heap->place[slot];

    return index == HEAP_ABSENT ? TIME_NEVER : heap->entry[index].time;
}

/* The earliest time, or TIME_NEVER. */
static inline Time
heap_first_time(const Heap *heap)
{
    return heap->length == 0 ? TIME_NEVER : heap->entry[0].time;
}

/* The slot of the earliest time; the heap must not be empty. */
static inline uint32_t
heap_first_slot(const Heap *heap)
{
    return heap->entry[0].slot;
}
