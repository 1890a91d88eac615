/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/store/memory_store.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/store/memory_pool.h"
#include "nodes/store/memory_revoked.h"
#include "nodes/store/memory_undo.h"

typedef struct MemoryStore {
    Store store;
    uint64_t bytes_max;
    uint64_t bytes;
    MemoryPool pool;
    MemoryUndo undo;
    MemoryRevoked *revoked; /* NULL as long as nobody revoked anything */
} MemoryStore;

static MemoryStore *
memory_of(const Store *store)
{
    return (MemoryStore *)store;
}

static uint64_t
entry_bytes(const MemoryEntry *entry)
{
    return store_message_bytes(entry->record->hash_length, entry->record->data.length);
}

static void
checkpoint(MemoryStore *m)
{
    memory_undo_checkpoint(&m->undo, memory_pool_row_max(&m->pool));
    if (m->revoked != NULL)
        memory_revoked_checkpoint(m->revoked);
}

/* At the end of every call that changed something. */
static void
settle(MemoryStore *m)
{
    if (m->undo.changes >= STORE_CHECKPOINT_PUTS)
        checkpoint(m);
    memory_pool_tidy(&m->pool);
}

static void
change_expiry(MemoryStore *m, uint32_t index, UnixMs expiry)
{
    memory_undo_expiry(&m->undo, m->pool.entries[index].row,
                       memory_pool_expiry(&m->pool, index));
    memory_pool_set_expiry(&m->pool, index, expiry);
    settle(m);
}

static void
remove_entry(MemoryStore *m, uint32_t index)
{
    MemoryEntry entry = memory_pool_remove(&m->pool, index);

    m->bytes -= entry_bytes(&entry);
    memory_undo_removed(&m->undo, &entry, &m->pool.boxes[entry.box]);
}

static StoreMessage
message_of(const MemoryStore *m, uint32_t index)
{
    const MemoryEntry *entry = &m->pool.entries[index];
    const MemoryBox *box = &m->pool.boxes[entry->box];
    StoreMessage message = { .name_space = box->name_space,
                             .hash = memory_record_hash(entry->record),
                             .timestamp = entry->record->timestamp,
                             .expiry = memory_pool_expiry(&m->pool, index),
                             .data = entry->record->data };

    memcpy(message.account, box->account, ACCOUNT_BYTES);
    return message;
}

static bool
visit_entry(const MemoryStore *m, uint32_t index, StoreVisitor visit, void *context)
{
    StoreMessage message = message_of(m, index);

    return visit(context, m->pool.entries[index].row, &message);
}

static bool
is_of_account(const MemoryStore *m, uint32_t index, const uint8_t account[ACCOUNT_BYTES])
{
    const MemoryBox *box = &m->pool.boxes[m->pool.entries[index].box];

    return memcmp(box->account, account, ACCOUNT_BYTES) == 0;
}

static uint32_t
find_of_account(const MemoryStore *m, const uint8_t account[ACCOUNT_BYTES], Bytes hash)
{
    uint32_t i = memory_pool_find(&m->pool, hash);

    return i != MEMORY_NONE && is_of_account(m, i, account) ? i : MEMORY_NONE;
}

static PutResult
put_again(MemoryStore *m, uint32_t index, UnixMs expiry, bool extend)
{
    if (!extend || expiry <= memory_pool_expiry(&m->pool, index))
        return PUT_DUPLICATE;
    change_expiry(m, index, expiry);
    return PUT_EXTENDED;
}

static PutResult
memory_put(Store *store, const StoreMessage *message, bool extend)
{
    MemoryStore *m = memory_of(store);
    MemoryPlace place =
        memory_pool_expect(&m->pool, message->hash, message->account, message->name_space);
    uint32_t index = memory_pool_find_at(&m->pool, place, message->hash);
    uint64_t bytes = store_message_bytes(message->hash.n, message->data.length);
    int64_t row = memory_pool_row_max(&m->pool) + 1;
    MemoryEntry entry = { .row = (uint32_t)row, .hashed = place.hash };

    if (index != MEMORY_NONE)
        return put_again(m, index, message->expiry, extend);
    if (bytes > m->bytes_max || m->bytes > m->bytes_max - bytes || row > MEMORY_ROW_MAX)
        return PUT_FULL;
    entry.record = memory_record_hold(message);
    entry.box =
        memory_pool_make_box_at(&m->pool, place, message->account, message->name_space);
    memory_pool_append(&m->pool, &entry);
    m->bytes += bytes;
    memory_undo_put(&m->undo, entry.row);
    settle(m);
    return PUT_NEW;
}

static void
memory_fetch(Store *store, const uint8_t account[ACCOUNT_BYTES], int16_t name_space,
             Bytes after, StoreVisitor visit, void *context)
{
    const MemoryStore *m = memory_of(store);
    const MemoryEntry *entries = m->pool.entries;
    uint32_t box = memory_pool_box(&m->pool, account, name_space);
    uint32_t i;

    if (box == MEMORY_NONE || (after.n > 0 && memory_pool_ends_with(&m->pool, box, after)))
        return;
    i = after.n == 0 ? MEMORY_NONE : memory_pool_find(&m->pool, after);
    if (i != MEMORY_NONE && entries[i].box == box)
        i = entries[i].next;
    else
        i = m->pool.boxes[box].head;
    for (; i != MEMORY_NONE; i = entries[i].next)
        if (memory_entry_lives(&entries[i]) && !visit_entry(m, i, visit, context))
            return;
}

static void
memory_each(Store *store, StoreVisitor visit, void *context)
{
    const MemoryStore *m = memory_of(store);

    for (uint32_t i = 0; i < m->pool.n_entries; i++)
        if (memory_entry_lives(&m->pool.entries[i]) && !visit_entry(m, i, visit, context))
            return;
}

static bool
memory_has(Store *store, Bytes hash)
{
    return memory_pool_find(&memory_of(store)->pool, hash) != MEMORY_NONE;
}

static UnixMs
memory_expiry(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash)
{
    const MemoryStore *m = memory_of(store);
    uint32_t i = find_of_account(m, account, hash);

    return i == MEMORY_NONE ? -1 : memory_pool_expiry(&m->pool, i);
}

static bool
memory_set_expiry(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash,
                  UnixMs expiry)
{
    MemoryStore *m = memory_of(store);
    uint32_t i = find_of_account(m, account, hash);

    if (i == MEMORY_NONE)
        return false;
    change_expiry(m, i, expiry);
    return true;
}

static bool
memory_remove(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash)
{
    MemoryStore *m = memory_of(store);
    uint32_t i = find_of_account(m, account, hash);

    if (i == MEMORY_NONE)
        return false;
    remove_entry(m, i);
    settle(m);
    return true;
}

/* Where the messages of an account begin, and how to go on: along the list of one box, or
 * through everything (rare) when all namespaces are meant. */
static uint32_t
first_of(const MemoryStore *m, const uint8_t account[ACCOUNT_BYTES], int32_t name_space)
{
    uint32_t box;

    if (name_space == STORE_NAMESPACE_ALL)
        return m->pool.n_entries > 0 ? 0 : MEMORY_NONE;
    assert(name_space >= INT16_MIN && name_space <= INT16_MAX);
    box = memory_pool_box(&m->pool, account, (int16_t)name_space);
    return box == MEMORY_NONE ? MEMORY_NONE : m->pool.boxes[box].head;
}

static uint32_t
next_of(const MemoryStore *m, uint32_t index, int32_t name_space)
{
    if (name_space != STORE_NAMESPACE_ALL)
        return m->pool.entries[index].next;
    return index + 1 < m->pool.n_entries ? index + 1 : MEMORY_NONE;
}

static uint64_t
memory_remove_before(Store *store, const uint8_t account[ACCOUNT_BYTES], int32_t name_space,
                     UnixMs before, StoreVisitor visit, void *context)
{
    MemoryStore *m = memory_of(store);
    uint64_t removed = 0;
    bool go_on = true;

    for (uint32_t i = first_of(m, account, name_space); i != MEMORY_NONE && go_on;
         i = next_of(m, i, name_space)) {
        if (!memory_entry_lives(&m->pool.entries[i]) || !is_of_account(m, i, account) ||
            m->pool.entries[i].record->timestamp > before)
            continue;
        if (visit != NULL)
            go_on = visit_entry(m, i, visit, context);
        remove_entry(m, i);
        removed++;
    }
    settle(m);
    return removed;
}

static void
remove_expired(void *context, uint32_t index)
{
    remove_entry(context, index);
}

static uint64_t
memory_sweep(Store *store, UnixMs now)
{
    MemoryStore *m = memory_of(store);
    uint32_t before = m->pool.n_live, removed;

    memory_expiries_take(&m->pool.expiries, m->pool.entries, now, remove_expired, m);
    removed = before - m->pool.n_live;
    if (removed > 0)
        settle(m);
    return removed;
}

static RevokeResult
memory_revoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
              const uint8_t token[SUBACCOUNT_BYTES], UnixMs now)
{
    MemoryStore *m = memory_of(store);
    uint32_t changes;
    RevokeResult result;

    if (m->revoked == NULL) {
        m->revoked = calloc(1, sizeof *m->revoked);
        if (m->revoked == NULL)
            abort();
    }
    result = memory_revoked_add(m->revoked, account, token, now, &changes);
    m->undo.changes += changes;
    settle(m);
    return result;
}

static bool
memory_unrevoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
                const uint8_t token[SUBACCOUNT_BYTES])
{
    MemoryStore *m = memory_of(store);

    if (m->revoked == NULL || !memory_revoked_remove(m->revoked, account, token))
        return false;
    m->undo.changes++;
    settle(m);
    return true;
}

static bool
memory_is_revoked(Store *store, const uint8_t account[ACCOUNT_BYTES],
                  const uint8_t token[SUBACCOUNT_BYTES])
{
    const MemoryStore *m = memory_of(store);

    return m->revoked != NULL && memory_revoked_has(m->revoked, account, token);
}

static uint64_t
memory_revoked_count(Store *store)
{
    const MemoryStore *m = memory_of(store);

    return m->revoked == NULL ? 0 : m->revoked->n;
}

static UnixMs
memory_first_expiry(Store *store)
{
    MemoryPool *pool = &memory_of(store)->pool;

    return memory_expiries_first(&pool->expiries, pool->entries);
}

static uint64_t
memory_count(Store *store)
{
    return memory_of(store)->pool.n_live;
}

static uint64_t
memory_bytes(Store *store)
{
    return memory_of(store)->bytes;
}

static void
memory_power_loss(Store *store)
{
    MemoryStore *m = memory_of(store);

    if (m->undo.changes == 0)
        return;
    if (m->revoked != NULL)
        memory_revoked_undo(m->revoked);
    memory_undo_apply(&m->undo, &m->pool);
    m->bytes = 0;
    for (uint32_t i = 0; i < m->pool.n_entries; i++)
        m->bytes += entry_bytes(&m->pool.entries[i]);
}

static void
memory_checkpoint(Store *store)
{
    checkpoint(memory_of(store));
}

static void
memory_close(Store *store)
{
    MemoryStore *m = memory_of(store);

    memory_undo_checkpoint(&m->undo, 0);
    memory_pool_clear(&m->pool);
    if (m->revoked != NULL)
        memory_revoked_clear(m->revoked);
    free(m->revoked);
    free(m);
}

static const StoreOps MEMORY_OPS = {
    .put = memory_put,
    .fetch = memory_fetch,
    .each = memory_each,
    .has = memory_has,
    .expiry = memory_expiry,
    .set_expiry = memory_set_expiry,
    .remove = memory_remove,
    .remove_before = memory_remove_before,
    .sweep = memory_sweep,
    .first_expiry = memory_first_expiry,
    .revoke = memory_revoke,
    .unrevoke = memory_unrevoke,
    .is_revoked = memory_is_revoked,
    .revoked = memory_revoked_count,
    .count = memory_count,
    .bytes = memory_bytes,
    .power_loss = memory_power_loss,
    .checkpoint = memory_checkpoint,
    .close = memory_close,
};

Store *
memory_store_new(uint64_t bytes_max)
{
    MemoryStore *m = calloc(1, sizeof *m);

    if (m == NULL)
        abort();
    m->store.ops = &MEMORY_OPS;
    m->bytes_max = bytes_max;
    memory_pool_init(&m->pool);
    return &m->store;
}

size_t
memory_store_footprint(const Store *store)
{
    const MemoryStore *m = memory_of(store);

    return sizeof *m + memory_pool_footprint(&m->pool) +
           m->undo.capacity * sizeof *m->undo.rows +
           (m->revoked == NULL ? 0
                               : sizeof *m->revoked + memory_revoked_footprint(m->revoked));
}
