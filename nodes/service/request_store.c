/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * store (protocol 3.3): verify, forward to the other members, keep, answer. */
#include "nodes/service/node_internal.h"
#include "nodes/wire/message.h"

static RpcMethod
noted_method(const Request *r)
{
    return r->forwarded ? RPC_STORE_FORWARDED : RPC_STORE;
}

static bool
lifetime_allowed(const ServiceNode *node, const Request *r)
{
    Duration max = namespace_is_public_inbox(r->name_space) ? node->config->ttl_max_public
                                                            : node->config->ttl_max_private;
    int64_t ttl;

    if (__builtin_sub_overflow(r->expiry, r->timestamp, &ttl))
        return false;
    return ttl >= node->config->ttl_min / MILLISECOND && ttl <= max / MILLISECOND;
}

static bool
times_allowed(const ServiceNode *node, const Request *r, UnixMs t)
{
    int64_t tolerance = node->config->timestamp_tolerance / MILLISECOND;

    return r->timestamp <= t + tolerance && r->expiry >= t - tolerance;
}

static bool
signature_good(ServiceNode *node, const Request *r)
{
    uint8_t access = SUBACCOUNT_WRITE;
    Buffer text = BUFFER_EMPTY;

    /* A store into an outbox deletes what was there. */
    if (namespace_is_public_outbox(r->name_space))
        access |= SUBACCOUNT_DELETE;
    buffer_append_literal(&text, "store");
    write_signed_namespace(&text, r->name_space);
    buffer_append_i64_decimal(&text, r->signed_at);
    return request_verify(node, r, access, &text);
}

static bool
refuse_unsigned(ServiceNode *node, Time now, const Request *r, const ReplyTo *to, UnixMs t)
{
    if (namespace_is_public_inbox(r->name_space))
        return false;
    if (!r->signed_) {
        Buffer text = BUFFER_EMPTY;

        buffer_append_literal(&text, "store: signature required to store to namespace ");
        buffer_append_i64_decimal(&text, r->name_space);
        answer_text_taken(node, now, to, noted_method(r), 401, &text);
        return true;
    }
    if (!timestamp_is_near(r->signed_at, t, node->config->signature_tolerance)) {
        answer_text(node, now, to, noted_method(r), 406,
                    "store signature timestamp too far from current time");
        return true;
    }
    if (!signature_good(node, r)) {
        answer_text(node, now, to, noted_method(r), 401,
                    "store signature verification failed");
        return true;
    }
    return false;
}

/* True when the request was refused, and so answered. */
static bool
refuse(ServiceNode *node, Time now, const Request *r, const ReplyTo *to, UnixMs t)
{
    if (!node_keeps(node, r->account)) {
        answer_wrong_swarm(node, now, to, noted_method(r), r->account);
        return true;
    }
    if (!lifetime_allowed(node, r)) {
        answer_text(node, now, to, noted_method(r), 403,
                    "Provided expiry/TTL is not valid.");
        return true;
    }
    if (!times_allowed(node, r, t)) {
        answer_text(node, now, to, noted_method(r), 406,
                    "Timestamp error: check your clock");
        return true;
    }
    return refuse_unsigned(node, now, r, to, t);
}

/* --- the outbox: one message only ------------------------------------------------- */

typedef struct OtherHash {
    Bytes keep;
    UnixMs expiry;
    char hash[MESSAGE_HASH_MAX];
    size_t n;
} OtherHash;

static bool
find_other(void *context, int64_t row, const StoreMessage *message)
{
    OtherHash *other = context;

    (void)row;
    if (bytes_equal(message->hash, other->keep))
        return true;
    memcpy(other->hash, message->hash.p, message->hash.n);
    other->n = message->hash.n;
    other->expiry = message->expiry;
    return false;
}

static void
remove_others(ServiceNode *node, const Request *r, Bytes keep)
{
    Store *store = node->port->store;
    OtherHash other;

    do {
        other.keep = keep;
        other.n = 0;
        store->ops->fetch(store, r->account, (int16_t)r->name_space, (Bytes){ NULL, 0 },
                          find_other, &other);
        if (other.n > 0)
            tombstone_add(node, (Bytes){ (uint8_t *)other.hash, other.n }, other.expiry);
    } while (other.n > 0 && store->ops->remove(store, r->account,
                                               (Bytes){ (uint8_t *)other.hash, other.n }));
}

/* --- keeping it ------------------------------------------------------------------- */

static PutResult
put(ServiceNode *node, Time now, const Request *r, Bytes hash, UnixMs *ret_expiry)
{
    Store *store = node->port->store;
    StoreMessage message = { .name_space = (int16_t)r->name_space,
                             .hash = hash,
                             .timestamp = r->timestamp,
                             .expiry = r->expiry,
                             .data = r->data };
    PutResult result;

    memcpy(message.account, r->account, ACCOUNT_BYTES);
    result = store->ops->put(store, &message, true);
    *ret_expiry = r->expiry;
    if (result == PUT_FULL)
        return result;
    meter_add(node->port->meter, METER_STORE_PUT, r->data.length);
    if (result == PUT_NEW)
        monitor_tell(node, now, &message);
    if (result == PUT_DUPLICATE) {
        UnixMs expiry = store->ops->expiry(store, r->account, hash);

        if (expiry >= 0)
            *ret_expiry = expiry;
    }
    if (namespace_is_public_outbox(r->name_space))
        remove_others(node, r, hash);
    if (!r->forwarded && node->config->store_replication == REPLICATION_BUFFERED)
        relay_add(node, now, &message);
    sweep_consider(node, now, r->expiry);
    return result;
}

static void
write_entry(ServiceNode *node, EntryWriter *entry, PutResult result, Bytes hash,
            UnixMs expiry, UnixMs t)
{
    bool outer = !entry->bencoded;

    if (result == PUT_FULL) {
        entry_true(entry, "failed");
        entry_true(entry, "query_failure");
    } else {
        Buffer text = BUFFER_EMPTY;

        if (result != PUT_NEW)
            entry_true(entry, "already");
        entry_number(entry, "expiry", expiry);
        entry_text(entry, "hash", hash);
        buffer_append_bytes(&text, hash);
        entry_signature(entry, node, &text);
    }
    /* An old slip that clients may count on: the entry node's entry has a `t` too. */
    if (outer)
        entry_number(entry, "t", t);
}

void
request_store(ServiceNode *node, Time now, Request *request, const ReplyTo *to)
{
    UnixMs t = port_unix_ms(node->port), expiry;
    char hash_text[MESSAGE_HASH_BYTES];
    Bytes hash = { (uint8_t *)hash_text, sizeof hash_text };
    Fanout *fanout = NULL;
    EntryWriter entry;
    PutResult result;

    if (refuse(node, now, request, to, t))
        return;
    message_hash_of_packet(node->crypto, request->account, (int16_t)request->name_space,
                           &request->data, hash_text);
    if (!request->forwarded) {
        fanout = fanout_start(node, now, request, to, hash);
        if (fanout == NULL)
            return;
    }
    result = put(node, now, request, hash, &expiry);
    entry_begin(&entry, request->forwarded);
    write_entry(node, &entry, result, hash, expiry, t);
    entry_end(&entry);
    if (fanout != NULL)
        fanout_own_done(node, now, fanout, &entry.out,
                        result == PUT_FULL ? OWN_FAILED : OWN_DONE);
    else
        answer_json(node, now, to, RPC_STORE_FORWARDED, 200, &entry.out);
}
