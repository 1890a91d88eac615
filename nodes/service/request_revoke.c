/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * revoke_subaccount and unrevoke_subaccount (protocol 3.2, 3.5). */
#include "nodes/service/node_internal.h"

static void
append_tokens(Buffer *text, const Request *r)
{
    buffer_append_i64_decimal(text, r->timestamp);
    for (uint32_t i = 0; i < r->n_hashes; i++)
        buffer_append_bytes(text, r->hashes[i]);
}

/* True when the request was refused, and so answered.  A forwarded copy has no longer
 * window than the client's request. */
static bool
refuse(ServiceNode *node, Time now, const Request *r, const ReplyTo *to, UnixMs t)
{
    const char *name = rpc_method_name(r->method), *why = NULL;
    Buffer text = BUFFER_EMPTY;
    int status = 401;

    if (!node_keeps(node, r->account)) {
        answer_wrong_swarm(node, now, to, r->method, r->account);
        return true;
    }
    if (!timestamp_is_near(r->timestamp, t, node->config->signature_tolerance)) {
        status = 406;
        why = " timestamp too far from current time";
    } else {
        buffer_append_text(&text, name);
        append_tokens(&text, r);
        if (!request_verify(node, r, 0, &text))
            why = " signature verification failed";
    }
    if (why == NULL)
        return false;
    buffer_append_text(&text, name);
    buffer_append_text(&text, why);
    answer_text_taken(node, now, to, r->method, status, &text);
    return true;
}

/* How many tokens changed.  False when the node has no room for one of them; those before
 * it are revoked. */
static bool
change(ServiceNode *node, const Request *r, UnixMs t, int64_t *ret_count)
{
    Store *store = node->port->store;

    *ret_count = 0;
    for (uint32_t i = 0; i < r->n_hashes; i++) {
        const uint8_t *token = r->hashes[i].p;
        RevokeResult result;

        if (r->method == RPC_UNREVOKE) {
            *ret_count += store->ops->unrevoke(store, r->account, token);
            continue;
        }
        result = store->ops->revoke(store, r->account, token, t);
        if (result == REVOKE_FULL)
            return false;
        *ret_count += result == REVOKE_NEW;
    }
    return true;
}

static void
write_entry(ServiceNode *node, EntryWriter *entry, const Request *r, int64_t count)
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_hex(&text, (Bytes){ r->account, ACCOUNT_BYTES });
    append_tokens(&text, r);
    entry_number(entry, "count", count);
    entry_signature(entry, node, &text);
}

static void
carry_out(ServiceNode *node, Time now, Request *r, const ReplyTo *to)
{
    UnixMs t = port_unix_ms(node->port);
    Fanout *fanout = NULL;
    EntryWriter entry;
    int64_t count;
    bool good;

    if (refuse(node, now, r, to, t))
        return;
    if (!r->forwarded) {
        fanout = fanout_start(node, now, r, to, (Bytes){ NULL, 0 });
        if (fanout == NULL)
            return;
    }
    good = change(node, r, t, &count);
    entry_begin(&entry, r->forwarded);
    if (good) {
        write_entry(node, &entry, r, count);
    } else {
        entry_true(&entry, "failed");
        entry_true(&entry, "query_failure");
    }
    entry_end(&entry);
    if (fanout != NULL)
        fanout_own_done(node, now, fanout, &entry.out, good ? OWN_DONE : OWN_FAILED);
    else
        answer_json(node, now, to, r->method, 200, &entry.out);
}

void
request_revoke(ServiceNode *node, Time now, Request *request, const ReplyTo *to)
{
    carry_out(node, now, request, to);
}

void
request_unrevoke(ServiceNode *node, Time now, Request *request, const ReplyTo *to)
{
    carry_out(node, now, request, to);
}
