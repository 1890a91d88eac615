/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/misbehave.h"

#include <assert.h>

const char *
misbehaviour_name(Misbehaviour misbehaviour)
{
    static const char *const names[MISBEHAVIOURS] = { "drop", "withhold", "stale",
                                                      "lie",  "corrupt",  "replay",
                                                      "deny", "poison" };

    assert(misbehaviour < MISBEHAVIOURS);
    return names[misbehaviour];
}

static MisbehavingNode *
node_of(Store *store)
{
    return (MisbehavingNode *)(void *)((char *)store - offsetof(MisbehavingNode, store));
}

static Store *
inner_of(Store *store)
{
    return node_of(store)->inner_store;
}

static bool
does(const MisbehavingNode *node, Misbehaviour misbehaviour)
{
    return (node->does >> misbehaviour & 1) != 0;
}

/* --- the store ------------------------------------------------------------------------ */

static PutResult
put(Store *store, const StoreMessage *message, bool extend)
{
    MisbehavingNode *node = node_of(store);

    if (does(node, MISBEHAVE_DROP)) {
        node->done[MISBEHAVE_DROP]++;
        return PUT_NEW;
    }
    if (does(node, MISBEHAVE_LIE) && node->told_by_a_peer) {
        node->done[MISBEHAVE_LIE]++;
        return PUT_NEW;
    }
    return node->inner_store->ops->put(node->inner_store, message, extend);
}

/* Who visits what the store gives out, and through what. */
typedef struct Filter {
    MisbehavingNode *node;
    StoreVisitor visit;
    void *context;
} Filter;

static bool
visit_changed(const Filter *filter, int64_t row, const StoreMessage *message)
{
    StoreMessage changed = *message;
    bool more;

    changed.data = packet_of_bytes(packet_bytes(&message->data));
    packet_make_mutable(&changed.data)[changed.data.length / 2] ^= 1;
    more = filter->visit(filter->context, row, &changed);
    packet_clear(&changed.data);
    return more;
}

static bool
visit_filtered(void *context, int64_t row, const StoreMessage *message)
{
    const Filter *filter = context;
    MisbehavingNode *node = filter->node;

    if (does(node, MISBEHAVE_WITHHOLD)) {
        node->done[MISBEHAVE_WITHHOLD]++;
        return true;
    }
    if (does(node, MISBEHAVE_STALE) && message->timestamp > node->stale_after) {
        node->done[MISBEHAVE_STALE]++;
        return true;
    }
    if (does(node, MISBEHAVE_CORRUPT) && message->data.length > 0) {
        node->done[MISBEHAVE_CORRUPT]++;
        return visit_changed(filter, row, message);
    }
    return filter->visit(filter->context, row, message);
}

static void
fetch(Store *store, const uint8_t account[ACCOUNT_BYTES], int16_t name_space, Bytes after,
      StoreVisitor visit, void *context)
{
    MisbehavingNode *node = node_of(store);
    Filter filter = { node, visit, context };

    if (does(node, MISBEHAVE_REPLAY) && after.n > 0) {
        node->done[MISBEHAVE_REPLAY]++;
        after = (Bytes){ NULL, 0 };
    }
    if (node->does == 0)
        node->inner_store->ops->fetch(node->inner_store, account, name_space, after, visit,
                                      context);
    else
        node->inner_store->ops->fetch(node->inner_store, account, name_space, after,
                                      visit_filtered, &filter);
}

static void
each(Store *store, StoreVisitor visit, void *context)
{
    inner_of(store)->ops->each(inner_of(store), visit, context);
}

static bool
has(Store *store, Bytes hash)
{
    return inner_of(store)->ops->has(inner_of(store), hash);
}

static UnixMs
expiry(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash)
{
    return inner_of(store)->ops->expiry(inner_of(store), account, hash);
}

static bool
set_expiry(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash, UnixMs when)
{
    return inner_of(store)->ops->set_expiry(inner_of(store), account, hash, when);
}

static bool
remove_one(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash)
{
    return inner_of(store)->ops->remove(inner_of(store), account, hash);
}

static uint64_t
remove_before(Store *store, const uint8_t account[ACCOUNT_BYTES], int32_t name_space,
              UnixMs before, StoreVisitor visit, void *context)
{
    return inner_of(store)->ops->remove_before(inner_of(store), account, name_space, before,
                                               visit, context);
}

static uint64_t
sweep(Store *store, UnixMs now)
{
    return inner_of(store)->ops->sweep(inner_of(store), now);
}

static UnixMs
first_expiry(Store *store)
{
    return inner_of(store)->ops->first_expiry(inner_of(store));
}

static RevokeResult
revoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
       const uint8_t token[SUBACCOUNT_BYTES], UnixMs now)
{
    return inner_of(store)->ops->revoke(inner_of(store), account, token, now);
}

static bool
unrevoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
         const uint8_t token[SUBACCOUNT_BYTES])
{
    return inner_of(store)->ops->unrevoke(inner_of(store), account, token);
}

static bool
is_revoked(Store *store, const uint8_t account[ACCOUNT_BYTES],
           const uint8_t token[SUBACCOUNT_BYTES])
{
    return inner_of(store)->ops->is_revoked(inner_of(store), account, token);
}

static uint64_t
revoked(Store *store)
{
    return inner_of(store)->ops->revoked(inner_of(store));
}

static uint64_t
count(Store *store)
{
    return inner_of(store)->ops->count(inner_of(store));
}

static uint64_t
bytes(Store *store)
{
    return inner_of(store)->ops->bytes(inner_of(store));
}

static void
power_loss(Store *store)
{
    inner_of(store)->ops->power_loss(inner_of(store));
}

static void
checkpoint(Store *store)
{
    inner_of(store)->ops->checkpoint(inner_of(store));
}

static void
close_nothing(Store *store)
{
    (void)store; /* the inner store belongs to whoever made it */
}

static const StoreOps store_ops = {
    .put = put,
    .fetch = fetch,
    .each = each,
    .has = has,
    .expiry = expiry,
    .set_expiry = set_expiry,
    .remove = remove_one,
    .remove_before = remove_before,
    .sweep = sweep,
    .first_expiry = first_expiry,
    .revoke = revoke,
    .unrevoke = unrevoke,
    .is_revoked = is_revoked,
    .revoked = revoked,
    .count = count,
    .bytes = bytes,
    .power_loss = power_loss,
    .checkpoint = checkpoint,
    .close = close_nothing,
};

void
misbehaving_node_init(MisbehavingNode *node, Store *store, const ActorOps *ops, void *self)
{
    *node = (MisbehavingNode){ .store = { &store_ops }, .inner_store = store };
    wrapped_bind(&node->wrapped, ops, self);
}

/* --- the actor ------------------------------------------------------------------------ */

static void
receive(void *self, Time now, const Incoming *in)
{
    MisbehavingNode *node = self;

    node->told_by_a_peer = in->kind == KIND_STORAGE_CC || in->kind == KIND_DATA;
    wrapped_receive(self, now, in);
    node->told_by_a_peer = false;
}

const ActorOps misbehaving_node_ops = {
    .name = "node",
    .start = wrapped_start,
    .receive = receive,
    .outcome = wrapped_outcome,
    .expire = wrapped_expire,
    .stop = wrapped_stop,
    .free = wrapped_free,
    .warm = wrapped_warm,
};
