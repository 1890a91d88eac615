/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unordered lists of events in chunks from one pool.  A ladder queue has thousands of
 * buckets that fill and empty all the time; chunks go back to the pool with the bucket, so
 * that no bucket keeps the capacity of its busiest moment. */
#pragma once

#include "sim/core/event_queue.h"

/* 192 bytes: three cache lines.  Half a chunk a bucket is lost on average. */
#define EVENT_CHUNK_EVENTS 8u
#define EVENT_SLAB_SHIFT 8
#define EVENT_SLAB_CHUNKS (1u << EVENT_SLAB_SHIFT)
#define EVENT_CHUNK_NONE UINT32_MAX

typedef struct EventPool {
    Event **slabs;     /* blocks of EVENT_SLAB_CHUNKS chunks; never move */
    uint32_t *next;    /* by chunk: the one behind it in its list, or in the free list */
    uint32_t n_slabs;  /* blocks in use */
    uint32_t capacity; /* blocks that `slabs` has room for */
    uint32_t free;     /* first free chunk, or EVENT_CHUNK_NONE */
} EventPool;

/* The first chunk holds what the others, which are full, do not. */
typedef struct EventList {
    uint32_t chunk; /* meaningless when empty */
    uint32_t count; /* events */
} EventList;

void event_pool_init(EventPool *pool);
void event_pool_clear(EventPool *pool);
size_t event_pool_bytes(const EventPool *pool);
/* Allocate more chunks: @pool->free is not EVENT_CHUNK_NONE afterwards. */
void event_pool_grow(EventPool *pool);

static inline Event *
event_pool_chunk(const EventPool *pool, uint32_t chunk)
{
    return pool->slabs[chunk >> EVENT_SLAB_SHIFT] +
           (size_t)(chunk & (EVENT_SLAB_CHUNKS - 1)) * EVENT_CHUNK_EVENTS;
}

static inline void
event_list_append(EventPool *pool, EventList *list, const Event *event)
{
    uint32_t inside = list->count % EVENT_CHUNK_EVENTS;

    if (inside == 0) {
        uint32_t chunk;

        if (pool->free == EVENT_CHUNK_NONE)
            event_pool_grow(pool);
        chunk = pool->free;
        pool->free = pool->next[chunk];
        pool->next[chunk] = list->count == 0 ? EVENT_CHUNK_NONE : list->chunk;
        list->chunk = chunk;
    }
    event_pool_chunk(pool, list->chunk)[inside] = *event;
    list->count++;
}

/* Take the first chunk off the list: its index goes to *ret_chunk, the number of its events
 * is returned; 0 when the list is empty.  The chunk is the caller's until event_pool_give.
 */
static inline uint32_t
event_list_take_chunk(EventPool *pool, EventList *list, uint32_t *ret_chunk)
{
    uint32_t n;

    if (list->count == 0)
        return 0;
    n = (list->count - 1) % EVENT_CHUNK_EVENTS + 1;
    *ret_chunk = list->chunk;
    list->count -= n;
    list->chunk = pool->next[list->chunk];
    return n;
}

static inline void
event_pool_give(EventPool *pool, uint32_t chunk)
{
    pool->next[chunk] = pool->free;
    pool->free = chunk;
}
