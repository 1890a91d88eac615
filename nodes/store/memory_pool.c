/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/store/memory_pool.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

enum {
    DEAD_ALLOWED = 32 /* and a quarter of the live ones */
};

static void *
resized(void *p, size_t count, size_t size)
{
    if (count == 0) {
        free(p);
        return NULL;
    }
    return memory_resized(p, count, size);
}

_Static_assert(sizeof(MemoryEntry) == 24, "one for every replica");

/* --- the hashed indices --- */

/* Eight bytes at a time through a multiply and a fold; quick, not secret. */
static uint32_t
hash_of(Bytes in, uint64_t seed)
{
    uint64_t h = seed ^ in.n * UINT64_C(0x9e3779b97f4a7c15);

    while (in.n > 0) {
        uint64_t word = 0;
        size_t n = in.n < 8 ? in.n : 8;

        memcpy(&word, in.p, n);
        h = (h ^ word) * UINT64_C(0xd6e8feb86659fd93);
        h ^= h >> 32;
        in.p += n;
        in.n -= n;
    }
    return (uint32_t)(h * UINT64_C(0xd6e8feb86659fd93) >> 32);
}

/* A client asks for several namespaces at once, most of which are empty: those with close
 * numbers begin at one place of the index. */
static uint32_t
hash_of_box(const uint8_t account[ACCOUNT_BYTES], int16_t name_space)
{
    return hash_of((Bytes){ account, ACCOUNT_BYTES }, (uint16_t)name_space / 16);
}

static void
index_entries(MemoryPool *pool)
{
    memory_index_reset(&pool->by_hash, pool->n_live + 1, pool->n_entries);
    for (uint32_t i = 0; i < pool->n_entries; i++)
        if (memory_entry_lives(&pool->entries[i]))
            memory_index_add(&pool->by_hash, pool->entries[i].hashed, i);
}

static void
index_boxes(MemoryPool *pool)
{
    memory_index_reset(&pool->by_box, pool->n_boxes + 1, pool->n_boxes);
    for (uint32_t i = 0; i < pool->n_boxes; i++)
        memory_index_add(&pool->by_box,
                         hash_of_box(pool->boxes[i].account, pool->boxes[i].name_space), i);
}

uint32_t
memory_pool_find(const MemoryPool *pool, Bytes hash)
{
    return memory_pool_find_at(pool, (MemoryPlace){ .hash = hash_of(hash, 0) }, hash);
}

uint32_t
memory_pool_find_at(const MemoryPool *pool, MemoryPlace place, Bytes hash)
{
    uint32_t at = place.hash, i;

    while ((i = memory_index_next(&pool->by_hash, place.hash, &at)) != MEMORY_NONE) {
        const MemoryEntry *entry = &pool->entries[i];

        if (entry->hashed == place.hash && memory_entry_lives(entry) &&
            bytes_equal(memory_record_hash(entry->record), hash))
            break;
    }
    return i;
}

static uint32_t
find_box(const MemoryPool *pool, uint32_t hashed, const uint8_t account[ACCOUNT_BYTES],
         int16_t name_space)
{
    uint32_t at = hashed, i;

    while ((i = memory_index_next(&pool->by_box, hashed, &at)) != MEMORY_NONE) {
        const MemoryBox *box = &pool->boxes[i];

        if (box->name_space == name_space &&
            memcmp(box->account, account, ACCOUNT_BYTES) == 0)
            break;
    }
    return i;
}

uint32_t
memory_pool_box(const MemoryPool *pool, const uint8_t account[ACCOUNT_BYTES],
                int16_t name_space)
{
    return find_box(pool, hash_of_box(account, name_space), account, name_space);
}

uint32_t
memory_pool_make_box(MemoryPool *pool, const uint8_t account[ACCOUNT_BYTES],
                     int16_t name_space)
{
    MemoryPlace place = { .box = hash_of_box(account, name_space) };

    return memory_pool_make_box_at(pool, place, account, name_space);
}

uint32_t
memory_pool_make_box_at(MemoryPool *pool, MemoryPlace place,
                        const uint8_t account[ACCOUNT_BYTES], int16_t name_space)
{
    uint32_t i = find_box(pool, place.box, account, name_space);

    if (i != MEMORY_NONE)
        return i;
    if (pool->n_boxes == pool->boxes_capacity) {
        pool->boxes_capacity = memory_grown(pool->boxes_capacity);
        pool->boxes = resized(pool->boxes, pool->boxes_capacity, sizeof *pool->boxes);
    }
    i = pool->n_boxes++;
    pool->boxes[i] =
        (MemoryBox){ .name_space = name_space, .head = MEMORY_NONE, .tail = MEMORY_NONE };
    memcpy(pool->boxes[i].account, account, ACCOUNT_BYTES);
    if (!memory_index_add(&pool->by_box, place.box, i))
        index_boxes(pool);
    return i;
}

MemoryPlace
memory_pool_expect(const MemoryPool *pool, Bytes hash, const uint8_t account[ACCOUNT_BYTES],
                   int16_t name_space)
{
    MemoryPlace place = { hash_of(hash, 0), hash_of_box(account, name_space) };

    memory_index_prefetch(&pool->by_hash, place.hash);
    memory_index_prefetch(&pool->by_box, place.box);
    __builtin_prefetch(&pool->entries[pool->n_entries], 1);
    memory_expiries_prefetch(&pool->expiries);
    return place;
}

bool
memory_pool_ends_with(const MemoryPool *pool, uint32_t box, Bytes hash)
{
    uint32_t last = pool->boxes[box].tail;
    const MemoryEntry *entry;

    if (last == MEMORY_NONE)
        return false;
    entry = &pool->entries[last];
    return memory_entry_lives(entry) &&
           bytes_equal(memory_record_hash(entry->record), hash);
}

/* --- entries --- */

static void
set_capacity(MemoryPool *pool, uint32_t capacity)
{
    pool->entries_capacity = capacity;
    pool->entries = resized(pool->entries, capacity, sizeof *pool->entries);
}

static void
link_last(MemoryPool *pool, uint32_t index)
{
    MemoryBox *box = &pool->boxes[pool->entries[index].box];

    pool->entries[index].next = MEMORY_NONE;
    if (box->head == MEMORY_NONE)
        box->head = index;
    else
        pool->entries[box->tail].next = index;
    box->tail = index;
}

void
memory_pool_append(MemoryPool *pool, const MemoryEntry *entry)
{
    uint32_t i = pool->n_entries;

    assert(entry->box < pool->n_boxes);
    if (i == pool->entries_capacity)
        set_capacity(pool, memory_grown(pool->entries_capacity));
    pool->n_entries++;
    pool->n_live++;
    pool->newest = i;
    pool->entries[i] = *entry;
    link_last(pool, i);
    memory_expiries_add(&pool->expiries, pool->entries, i);
    if (!memory_index_add(&pool->by_hash, entry->hashed, i))
        index_entries(pool);
}

void
memory_pool_set_expiry(MemoryPool *pool, uint32_t index, UnixMs expiry)
{
    MemoryEntry *entry = &pool->entries[index];

    assert(memory_entry_lives(entry));
    entry->record = memory_record_with_expiry(entry->record, expiry);
    memory_expiries_add(&pool->expiries, pool->entries, index);
}

MemoryEntry
memory_pool_remove(MemoryPool *pool, uint32_t index)
{
    MemoryEntry taken = pool->entries[index];

    assert(memory_entry_lives(&taken));
    pool->entries[index].box = MEMORY_NONE;
    pool->n_live--;
    if (pool->n_live == 0) {
        pool->newest = MEMORY_NONE;
    } else if (index == pool->newest) {
        while (!memory_entry_lives(&pool->entries[pool->newest]))
            pool->newest--;
    }
    return taken;
}

/* --- rebuilding --- */

static int
by_row(const void *a, const void *b)
{
    uint32_t x = ((const MemoryEntry *)a)->row, y = ((const MemoryEntry *)b)->row;

    return (x > y) - (x < y);
}

/* The live entries in row order; the caller frees. */
static MemoryEntry *
live_in_row_order(const MemoryPool *pool)
{
    MemoryEntry *kept = resized(NULL, pool->n_live, sizeof *kept);
    uint32_t n = 0;
    bool in_order = true;

    for (uint32_t i = 0; i < pool->n_entries; i++)
        if (memory_entry_lives(&pool->entries[i])) {
            kept[n] = pool->entries[i];
            in_order = in_order && (n == 0 || kept[n - 1].row < kept[n].row);
            n++;
        }
    if (!in_order)
        qsort(kept, n, sizeof *kept, by_row);
    return kept;
}

void
memory_pool_rebuild(MemoryPool *pool)
{
    MemoryPool old = *pool;
    MemoryEntry *kept = live_in_row_order(&old);

    memory_pool_init(pool);
    if (old.n_live > 0) {
        set_capacity(pool, memory_grown(old.n_live));
        memory_index_reset(&pool->by_hash, old.n_live + 1, old.n_live);
    }
    for (uint32_t i = 0; i < old.n_live; i++) {
        const MemoryBox *box = &old.boxes[kept[i].box];

        kept[i].box = memory_pool_make_box(pool, box->account, box->name_space);
        memory_pool_append(pool, &kept[i]);
    }
    free(kept);
    old.n_entries = 0; /* its entries have moved */
    memory_pool_clear(&old);
}

void
memory_pool_tidy(MemoryPool *pool)
{
    uint32_t most = pool->n_entries > pool->expiries.n ? pool->n_entries : pool->expiries.n;
    uint32_t dead = most - pool->n_live;

    if (dead > 0 && (pool->n_live == 0 || dead > pool->n_live / 4 + DEAD_ALLOWED))
        memory_pool_rebuild(pool);
}

void
memory_pool_init(MemoryPool *pool)
{
    *pool = (MemoryPool){ .newest = MEMORY_NONE };
}

void
memory_pool_clear(MemoryPool *pool)
{
    for (uint32_t i = 0; i < pool->n_entries; i++)
        if (memory_entry_lives(&pool->entries[i]))
            memory_record_release(pool->entries[i].record);
    free(pool->entries);
    free(pool->boxes);
    memory_index_clear(&pool->by_hash);
    memory_index_clear(&pool->by_box);
    memory_expiries_clear(&pool->expiries);
    memory_pool_init(pool);
}

size_t
memory_pool_footprint(const MemoryPool *pool)
{
    return pool->entries_capacity * sizeof(MemoryEntry) +
           pool->boxes_capacity * sizeof(MemoryBox) + memory_index_bytes(&pool->by_hash) +
           memory_index_bytes(&pool->by_box) + memory_expiries_bytes(&pool->expiries);
}
