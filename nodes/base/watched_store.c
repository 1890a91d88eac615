/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/watched_store.h"

#include <stdlib.h>
#include <string.h>

static Store *
inner_of(Store *store)
{
    return ((WatchedStore *)store)->inner;
}

/* Do what the operating system did meanwhile. */
static void
write_back(WatchedStore *w)
{
    if (w->now == NULL || w->dirty_since < 0 ||
        w->now(w->context) - w->dirty_since < STORE_WRITE_BACK)
        return;
    w->inner->ops->checkpoint(w->inner);
    w->dirty_since = -1;
}

static PutResult
watched_put(Store *store, const StoreMessage *message, bool extend)
{
    WatchedStore *w = (WatchedStore *)store;
    PutResult result;

    write_back(w);
    if (w->loses != NULL && w->loses(w->context, w->node))
        return PUT_NEW;
    result = w->inner->ops->put(w->inner, message, extend);
    if (w->now != NULL && w->dirty_since < 0)
        w->dirty_since = w->now(w->context);

    w->watcher(w->context, w->node, message, result);
    return result;
}

static void
watched_fetch(Store *store, const uint8_t account[ACCOUNT_BYTES], int16_t name_space,
              Bytes after, StoreVisitor visit, void *context)
{
    inner_of(store)->ops->fetch(inner_of(store), account, name_space, after, visit,
                                context);
}

static void
watched_each(Store *store, StoreVisitor visit, void *context)
{
    inner_of(store)->ops->each(inner_of(store), visit, context);
}

static bool
watched_has(Store *store, Bytes hash)
{
    return inner_of(store)->ops->has(inner_of(store), hash);
}

static UnixMs
watched_expiry(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash)
{
    return inner_of(store)->ops->expiry(inner_of(store), account, hash);
}

static bool
watched_set_expiry(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash,
                   UnixMs expiry)
{
    return inner_of(store)->ops->set_expiry(inner_of(store), account, hash, expiry);
}

static bool
watched_remove(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash)
{
    return inner_of(store)->ops->remove(inner_of(store), account, hash);
}

static uint64_t
watched_remove_before(Store *store, const uint8_t account[ACCOUNT_BYTES],
                      int32_t name_space, UnixMs before, StoreVisitor visit, void *context)
{
    return inner_of(store)->ops->remove_before(inner_of(store), account, name_space, before,
                                               visit, context);
}

static uint64_t
watched_sweep(Store *store, UnixMs now)
{
    return inner_of(store)->ops->sweep(inner_of(store), now);
}

static RevokeResult
watched_revoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
               const uint8_t token[SUBACCOUNT_BYTES], UnixMs now)
{
    return inner_of(store)->ops->revoke(inner_of(store), account, token, now);
}

static bool
watched_unrevoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
                 const uint8_t token[SUBACCOUNT_BYTES])
{
    return inner_of(store)->ops->unrevoke(inner_of(store), account, token);
}

static bool
watched_is_revoked(Store *store, const uint8_t account[ACCOUNT_BYTES],
                   const uint8_t token[SUBACCOUNT_BYTES])
{
    return inner_of(store)->ops->is_revoked(inner_of(store), account, token);
}

static uint64_t
watched_revoked(Store *store)
{
    return inner_of(store)->ops->revoked(inner_of(store));
}

static UnixMs
watched_first_expiry(Store *store)
{
    return inner_of(store)->ops->first_expiry(inner_of(store));
}

static uint64_t
watched_count(Store *store)
{
    return inner_of(store)->ops->count(inner_of(store));
}

static uint64_t
watched_bytes(Store *store)
{
    return inner_of(store)->ops->bytes(inner_of(store));
}

/* The hashes of all messages, one after the other, each behind its length. */
typedef struct HashList {
    uint8_t *bytes;
    size_t n, capacity;
} HashList;

static bool
list_hash(void *context, int64_t row, const StoreMessage *message)
{
    HashList *list = context;

    (void)row;
    if (list->n + 1 + MESSAGE_HASH_MAX > list->capacity) {
        list->capacity = list->capacity * 2 + 4096;
        list->bytes = realloc(list->bytes, list->capacity);
        if (list->bytes == NULL)
            abort();
    }
    list->bytes[list->n++] = (uint8_t)message->hash.n;
    memcpy(list->bytes + list->n, message->hash.p, message->hash.n);
    list->n += message->hash.n;
    return true;
}

static void
watched_power_loss(Store *store)
{
    WatchedStore *w = (WatchedStore *)store;
    HashList list = { NULL, 0, 0 };

    write_back(w);
    w->dirty_since = -1;
    w->inner->ops->each(w->inner, list_hash, &list);
    w->inner->ops->power_loss(w->inner);
    for (size_t i = 0; i < list.n; i += 1 + (size_t)list.bytes[i]) {
        Bytes hash = { list.bytes + i + 1, list.bytes[i] };

        if (!w->inner->ops->has(w->inner, hash))
            w->drop_watcher(w->context, w->node, hash);
    }
    free(list.bytes);
}

static void
watched_checkpoint(Store *store)
{
    inner_of(store)->ops->checkpoint(inner_of(store));
}

static void
watched_close(Store *store)
{
    (void)store; /* the inner store belongs to whoever made it */
}

static const StoreOps watched_ops = {
    .put = watched_put,
    .fetch = watched_fetch,
    .each = watched_each,
    .has = watched_has,
    .expiry = watched_expiry,
    .set_expiry = watched_set_expiry,
    .remove = watched_remove,
    .remove_before = watched_remove_before,
    .sweep = watched_sweep,
    .first_expiry = watched_first_expiry,
    .revoke = watched_revoke,
    .unrevoke = watched_unrevoke,
    .is_revoked = watched_is_revoked,
    .revoked = watched_revoked,
    .count = watched_count,
    .bytes = watched_bytes,
    .power_loss = watched_power_loss,
    .checkpoint = watched_checkpoint,
    .close = watched_close,
};

void
watched_store_init(WatchedStore *watched, Store *inner, StoreWatcher watcher,
                   StoreDropWatcher drop_watcher, void *context, uint32_t node)
{
    *watched = (WatchedStore){ .store = { &watched_ops },
                               .inner = inner,
                               .watcher = watcher,
                               .drop_watcher = drop_watcher,
                               .context = context,
                               .node = node,
                               .dirty_since = -1 };
}
