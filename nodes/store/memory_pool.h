/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table under the memory store.  Messages stand in one array in row order (a new row is
 * always the largest); a removed one stays as a dead entry until a rebuild squeezes them
 * out, so that neither the lists nor the index ever need a deletion in the middle.  Three
 * ways in: an open-addressing index by hash text, a list per account and namespace (a box)
 * in row order, and a heap by expiry.  Nothing that can be seen depends on the order of the
 * hashed tables. */
#pragma once

#include "nodes/store/memory_expiries.h"

typedef struct MemoryBox {
    uint8_t account[ACCOUNT_BYTES];
    int16_t name_space;
    uint32_t head, tail; /* entries, some of them dead; MEMORY_NONE when empty */
} MemoryBox;

typedef struct MemoryPool {
    MemoryEntry *entries;
    MemoryBox *boxes;
    uint32_t n_entries, entries_capacity; /* dead ones included */
    uint32_t newest;                      /* the last live entry, or MEMORY_NONE */
    uint32_t n_boxes, boxes_capacity;
    uint32_t n_live;
    MemoryIndex by_hash;
    MemoryIndex by_box;
    MemoryExpiries expiries;
} MemoryPool;

void memory_pool_init(MemoryPool *pool);
void memory_pool_clear(MemoryPool *pool);

/* The live entry with this hash, or MEMORY_NONE. */
uint32_t memory_pool_find(const MemoryPool *pool, Bytes hash);
/* The box, or MEMORY_NONE; _make adds it where it is missing. */
uint32_t memory_pool_box(const MemoryPool *pool, const uint8_t account[ACCOUNT_BYTES],
                         int16_t name_space);
uint32_t memory_pool_make_box(MemoryPool *pool, const uint8_t account[ACCOUNT_BYTES],
                              int16_t name_space);
/* Where a message belongs in the two indices. */
typedef struct MemoryPlace {
    uint32_t hash, box; /* hashed */
} MemoryPlace;
/* The place of a message that is likely to be new.  What putting it will touch is fetched
 * all at once: one after the other each would be waited for. */
MemoryPlace memory_pool_expect(const MemoryPool *pool, Bytes hash,
                               const uint8_t account[ACCOUNT_BYTES], int16_t name_space);
/* As memory_pool_find and _make_box. */
uint32_t memory_pool_find_at(const MemoryPool *pool, MemoryPlace place, Bytes hash);
uint32_t memory_pool_make_box_at(MemoryPool *pool, MemoryPlace place,
                                 const uint8_t account[ACCOUNT_BYTES], int16_t name_space);
/* The last entry of @box is alive and has this hash: most who ask for what came after a
 * message have the newest. */
bool memory_pool_ends_with(const MemoryPool *pool, uint32_t box, Bytes hash);
/* Append @entry (taken; its box made, its hash new and hashed).  Its row is above all
 * others, or memory_pool_rebuild comes before anything else. */
void memory_pool_append(MemoryPool *pool, const MemoryEntry *entry);
/* Give the entry another expiry, of which its record is the only replica's. */
void memory_pool_set_expiry(MemoryPool *pool, uint32_t index, UnixMs expiry);
/* Take an entry out: the caller clears or keeps what it held.  No index of another entry
 * changes; call memory_pool_tidy when none is in use any more. */
MemoryEntry memory_pool_remove(MemoryPool *pool, uint32_t index);
/* Squeeze the dead entries and expiries out when they have become many. */
void memory_pool_tidy(MemoryPool *pool);
/* Put all live entries in row order again and squeeze out the dead: after entries with old
 * rows were appended. */
void memory_pool_rebuild(MemoryPool *pool);

static inline UnixMs
memory_pool_expiry(const MemoryPool *pool, uint32_t index)
{
    return pool->entries[index].record->expiry;
}

static inline int64_t
memory_pool_row_max(const MemoryPool *pool)
{
    return pool->newest == MEMORY_NONE ? 0 : pool->entries[pool->newest].row;
}

/* Bytes held, bodies not counted. */
size_t memory_pool_footprint(const MemoryPool *pool);
