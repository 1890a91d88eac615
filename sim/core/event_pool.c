/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/core/event_pool.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

_Static_assert(sizeof(Event) == 24, "a chunk is three cache lines");

enum { SLAB_BYTES = EVENT_SLAB_CHUNKS * EVENT_CHUNK_EVENTS * sizeof(Event) };

void
event_pool_init(EventPool *pool)
{
    *pool = (EventPool){ .free = EVENT_CHUNK_NONE };
}

void
event_pool_clear(EventPool *pool)
{
    for (uint32_t i = 0; i < pool->n_slabs; i++)
        free(pool->slabs[i]);
    free(pool->slabs);
    free(pool->next);
    event_pool_init(pool);
}

size_t
event_pool_bytes(const EventPool *pool)
{
    return (size_t)pool->n_slabs * SLAB_BYTES +
           (size_t)pool->capacity *
               (sizeof *pool->slabs + EVENT_SLAB_CHUNKS * sizeof *pool->next);
}

void
event_pool_grow(EventPool *pool)
{
    uint32_t first = pool->n_slabs * EVENT_SLAB_CHUNKS;

    assert(pool->free == EVENT_CHUNK_NONE);
    assert(pool->n_slabs < EVENT_CHUNK_NONE / EVENT_SLAB_CHUNKS);
    if (pool->n_slabs == pool->capacity) {
        pool->capacity = pool->capacity == 0 ? 4 : pool->capacity * 2;
        pool->slabs = memory_resized(pool->slabs, pool->capacity, sizeof *pool->slabs);
        pool->next = memory_resized(pool->next, pool->capacity,
                                    EVENT_SLAB_CHUNKS * sizeof *pool->next);
    }
    pool->slabs[pool->n_slabs++] = memory_resized(NULL, 1, SLAB_BYTES);
    for (uint32_t i = 0; i < EVENT_SLAB_CHUNKS; i++)
        pool->next[first + i] =
            i + 1 < EVENT_SLAB_CHUNKS ? first + i + 1 : EVENT_CHUNK_NONE;
    pool->free = first;
}
