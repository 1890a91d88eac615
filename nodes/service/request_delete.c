/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * delete, delete_all and delete_before (protocol 3.2, 3.3). */
#include <stdlib.h>

#include "nodes/service/node_internal.h"
#include "nodes/service/hash_set.h"

/* What the answer's signature begins with. */
static void
begin_signed(Buffer *text, const Request *r)
{
    buffer_append_hex(text, (Bytes){ r->account, ACCOUNT_BYTES });
}

static void
finish(ServiceNode *node, Time now, const Request *r, const ReplyTo *to, Fanout *fanout,
       EntryWriter *entry, bool removed)
{
    if (fanout != NULL)
        fanout_own_done(node, now, fanout, &entry->out, removed ? OWN_REMOVED : OWN_DONE);
    else
        answer_json(node, now, to, r->method, 200, &entry->out);
}

/* --- delete: by hash -------------------------------------------------------------- */

static bool
refuse_delete(ServiceNode *node, Time now, const Request *r, const ReplyTo *to)
{
    Buffer text = BUFFER_EMPTY;

    if (!node_keeps(node, r->account)) {
        answer_wrong_swarm(node, now, to, RPC_DELETE, r->account);
        return true;
    }
    buffer_append_literal(&text, "delete");
    for (uint32_t i = 0; i < r->n_hashes; i++)
        buffer_append_bytes(&text, r->hashes[i]);
    if (request_verify(node, r, SUBACCOUNT_DELETE, &text))
        return false;
    answer_text(node, now, to, RPC_DELETE, 401,
                "delete_msgs signature verification failed");
    return true;
}

/* Remember that it is to go, also when it did not come here. */
static void
bury(ServiceNode *node, const Request *r, Bytes hash)
{
    Store *store = node->port->store;
    UnixMs expiry;

    if (node->config->anti_entropy_interval == 0)
        return;
    expiry = store->ops->expiry(store, r->account, hash);
    if (expiry < 0)
        expiry = port_unix_ms(node->port) + node->config->ttl_max_private / MILLISECOND;
    tombstone_add(node, hash, expiry);
}

void
request_delete(ServiceNode *node, Time now, Request *r, const ReplyTo *to)
{
    Store *store = node->port->store;
    Fanout *fanout = NULL;
    HashSet deleted = HASH_SET_EMPTY;
    EntryWriter entry;
    Buffer text = BUFFER_EMPTY;
    bool removed;

    if (refuse_delete(node, now, r, to))
        return;
    if (!r->forwarded) {
        fanout = fanout_start(node, now, r, to, (Bytes){ NULL, 0 });
        if (fanout == NULL)
            return;
    }
    for (uint32_t i = 0; i < r->n_hashes; i++) {
        bury(node, r, r->hashes[i]);
        if (store->ops->remove(store, r->account, r->hashes[i]))
            hash_set_add(&deleted, 0, r->hashes[i]);
    }
    removed = deleted.n > 0;
    hash_set_sort(&deleted);
    begin_signed(&text, r);
    for (uint32_t i = 0; i < r->n_hashes; i++)
        buffer_append_bytes(&text, r->hashes[i]);
    hash_set_append_all(&deleted, &text);
    entry_begin(&entry, r->forwarded);
    entry_key(&entry, "deleted");
    hash_set_write_list(&deleted, &entry);
    entry_signature(&entry, node, &text);
    entry_end(&entry);
    hash_set_clear(&deleted);
    finish(node, now, r, to, fanout, &entry, removed);
}

/* --- delete_all, delete_before ---------------------------------------------------- */

static bool
collect(void *context, int64_t row, const StoreMessage *message)
{
    (void)row;
    hash_set_add(context, message->name_space, message->hash)->expiry = message->expiry;
    return true;
}

/* The real server reads two columns of a query that gives one, as soon as there is a row,
 * and that ends the request; but the messages are gone (protocol 8.7). */
static bool
trips_over_columns(const ServiceNode *node, const Request *r, const HashSet *deleted)
{
    return node->config->defect_delete_before_all_fails && r->method == RPC_DELETE_BEFORE &&
           r->name_space == STORE_NAMESPACE_ALL && deleted->n > 0;
}

static void
fail_range(ServiceNode *node, Time now, const Request *r, const ReplyTo *to, Fanout *fanout)
{
    static const char text[] = "request failed";

    if (fanout != NULL)
        fanout_give_up(node, now, fanout, 500, text);
    else
        answer_text(node, now, to, r->method, 500, text);
}

static void
delete_range(ServiceNode *node, Time now, const Request *r, const ReplyTo *to,
             UnixMs before)
{
    Store *store = node->port->store;
    Fanout *fanout = NULL;
    HashSet deleted = HASH_SET_EMPTY;
    EntryWriter entry;
    Buffer text = BUFFER_EMPTY;
    bool removed;

    if (!r->forwarded) {
        fanout = fanout_start(node, now, r, to, (Bytes){ NULL, 0 });
        if (fanout == NULL)
            return;
    }
    store->ops->remove_before(store, r->account, r->name_space, before, collect, &deleted);
    for (size_t i = 0; i < deleted.n; i++)
        tombstone_add(node, hash_entry_text(&deleted.entries[i]),
                      deleted.entries[i].expiry);
    if (trips_over_columns(node, r, &deleted)) {
        hash_set_clear(&deleted);
        fail_range(node, now, r, to, fanout);
        return;
    }
    removed = deleted.n > 0;
    hash_set_sort(&deleted);
    begin_signed(&text, r);
    buffer_append_i64_decimal(&text, r->timestamp);
    hash_set_append_all(&deleted, &text);
    entry_begin(&entry, r->forwarded);
    entry_key(&entry, "deleted");
    if (r->name_space == STORE_NAMESPACE_ALL)
        hash_set_write_by_namespace(&deleted, &entry);
    else
        hash_set_write_list(&deleted, &entry);
    entry_signature(&entry, node, &text);
    entry_end(&entry);
    hash_set_clear(&deleted);
    finish(node, now, r, to, fanout, &entry, removed);
}

static bool
signed_range(ServiceNode *node, const Request *r)
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_text(&text, rpc_method_name(r->method));
    write_signed_namespace(&text, r->name_space);
    buffer_append_i64_decimal(&text, r->timestamp);
    return request_verify(node, r, SUBACCOUNT_DELETE, &text);
}

void
request_delete_all(ServiceNode *node, Time now, Request *r, const ReplyTo *to)
{
    Duration tolerance = node->config->signature_tolerance;

    if (r->forwarded)
        tolerance += FORWARDED_TOLERANCE;
    if (!node_keeps(node, r->account))
        answer_wrong_swarm(node, now, to, RPC_DELETE_ALL, r->account);
    else if (!timestamp_is_near(r->timestamp, port_unix_ms(node->port), tolerance))
        answer_text(node, now, to, RPC_DELETE_ALL, 406,
                    "delete_all timestamp too far from current time");
    else if (!signed_range(node, r))
        answer_text(node, now, to, RPC_DELETE_ALL, 401,
                    "delete_all signature verification failed");
    else
        delete_range(node, now, r, to, INT64_MAX);
}

void
request_delete_before(ServiceNode *node, Time now, Request *r, const ReplyTo *to)
{
    if (!node_keeps(node, r->account))
        answer_wrong_swarm(node, now, to, RPC_DELETE_BEFORE, r->account);
    else if (r->timestamp > port_unix_ms(node->port) + MINUTE / MILLISECOND)
        answer_text(node, now, to, RPC_DELETE_BEFORE, 401,
                    "delete_before timestamp too far in the future");
    else if (!signed_range(node, r))
        answer_text(node, now, to, RPC_DELETE_BEFORE, 401,
                    "delete_before signature verification failed");
    else
        delete_range(node, now, r, to, r->timestamp);
}
