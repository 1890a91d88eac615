/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * expire, expire_all and get_expiries (protocol 3.2, 3.3). */
#include <stdlib.h>

#include "nodes/service/hash_set.h"
#include "nodes/service/node_internal.h"

static void
finish(ServiceNode *node, Time now, const Request *r, const ReplyTo *to, Fanout *fanout,
       EntryWriter *entry)
{
    if (fanout != NULL)
        fanout_own_done(node, now, fanout, &entry->out, OWN_DONE);
    else
        answer_json(node, now, to, r->method, 200, &entry->out);
}

/* --- expire ----------------------------------------------------------------------- */

static bool
expire_signed(ServiceNode *node, const Request *r)
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_literal(&text, "expire");
    if (r->shorten)
        buffer_append_literal(&text, "shorten");
    else if (r->extend)
        buffer_append_literal(&text, "extend");
    for (uint32_t i = 0; i < r->n_expiries; i++)
        buffer_append_i64_decimal(&text, r->expiries[i]);
    for (uint32_t i = 0; i < r->n_hashes; i++)
        buffer_append_bytes(&text, r->hashes[i]);
    return request_verify(node, r, SUBACCOUNT_WRITE, &text);
}

static bool
any_expiry_past(const Request *r, UnixMs limit)
{
    for (uint32_t i = 0; i < r->n_expiries; i++)
        if (r->expiries[i] < limit)
            return true;
    return false;
}

/* A subaccount that may not delete may not shorten either. */
static bool
may_only_extend(const Request *r)
{
    return r->has_subaccount && (r->subaccount[1] & SUBACCOUNT_DELETE) == 0;
}

static bool
multi_expiry_allowed(const Snapshot *snapshot)
{
    return snapshot->hardfork_major > 19 ||
           (snapshot->hardfork_major == 19 && snapshot->hardfork_minor >= 4);
}

static bool
refuse_expire(ServiceNode *node, Time now, const Request *r, const ReplyTo *to, UnixMs t)
{
    const char *text = NULL;
    int status = 401;

    if (!node_keeps(node, r->account)) {
        answer_wrong_swarm(node, now, to, RPC_EXPIRE, r->account);
        return true;
    }
    if (any_expiry_past(r, t - MINUTE / MILLISECOND)) {
        text = "expire: timestamp should be >= current time";
    } else if (r->n_expiries > 1 && !multi_expiry_allowed(node->snapshot)) {
        status = 403;
        text = "expire: multi-expiry requests are not yet active on the network";
    } else if (!expire_signed(node, r)) {
        text = "expire: signature verification failed";
    } else if (may_only_extend(r) && r->shorten) {
        status = 400;
        text = "expire: shorten parameter cannot be used with this subaccount token "
               "(missing delete access)";
    }
    if (text != NULL)
        answer_text(node, now, to, RPC_EXPIRE, status, text);
    return text != NULL;
}

static UnixMs
clamped_expiry(const ServiceNode *node, const Request *r, uint32_t i, UnixMs t)
{
    UnixMs max = t + node->config->ttl_max_private / MILLISECOND;
    UnixMs expiry = r->expiries[r->n_expiries > 1 ? i : 0];

    return expiry < max ? expiry : max;
}

static void
update(ServiceNode *node, Time now, const Request *r, UnixMs t, HashSet *updated)
{
    Store *store = node->port->store;
    bool extend_only = r->extend || may_only_extend(r);

    for (uint32_t i = 0; i < r->n_hashes; i++) {
        UnixMs expiry = clamped_expiry(node, r, i, t);
        UnixMs is = store->ops->expiry(store, r->account, r->hashes[i]);

        if (is < 0 || (extend_only && is >= expiry) ||
            (!extend_only && r->shorten && is <= expiry))
            continue;
        if (!store->ops->set_expiry(store, r->account, r->hashes[i], expiry))
            continue;
        hash_set_add(updated, 0, r->hashes[i])->expiry = expiry;
        sweep_consider(node, now, expiry);
    }
    hash_set_sort(updated);
    if (r->n_expiries == 1)
        hash_set_unique(updated);
}

/* What was asked for and is there, but did not change. */
static void
find_unchanged(ServiceNode *node, const Request *r, const HashSet *updated,
               HashSet *unchanged)
{
    Store *store = node->port->store;

    for (uint32_t i = 0; (r->extend || r->shorten) && i < r->n_hashes; i++) {
        UnixMs expiry = store->ops->expiry(store, r->account, r->hashes[i]);

        if (expiry >= 0 && !hash_set_has(updated, r->hashes[i]))
            hash_set_add(unchanged, 0, r->hashes[i])->expiry = expiry;
    }
    hash_set_sort(unchanged);
    hash_set_unique(unchanged);
}

static void
sign_expire(const ServiceNode *node, const Request *r, UnixMs t, const HashSet *updated,
            const HashSet *unchanged, Buffer *text)
{
    buffer_append_hex(text, (Bytes){ r->account, ACCOUNT_BYTES });
    if (r->n_expiries == 1)
        buffer_append_i64_decimal(text, clamped_expiry(node, r, 0, t));
    else
        for (size_t i = 0; i < updated->n; i++)
            buffer_append_i64_decimal(text, updated->entries[i].expiry);
    for (uint32_t i = 0; i < r->n_hashes; i++)
        buffer_append_bytes(text, r->hashes[i]);
    hash_set_append_all(updated, text);
    for (size_t i = 0; i < unchanged->n; i++) {
        buffer_append_bytes(text, hash_entry_text(&unchanged->entries[i]));
        buffer_append_i64_decimal(text, unchanged->entries[i].expiry);
    }
}

static void
write_expiries(const ServiceNode *node, const Request *r, UnixMs t, const HashSet *updated,
               EntryWriter *entry)
{
    if (r->n_expiries == 1) {
        entry_number(entry, "expiry", clamped_expiry(node, r, 0, t));
        return;
    }
    entry_key(entry, "expiry");
    entry_list_begin(entry);
    for (size_t i = 0; i < updated->n; i++)
        entry_list_number(entry, updated->entries[i].expiry);
    entry_list_end(entry);
}

static void
write_unchanged(const HashSet *unchanged, EntryWriter *entry)
{
    entry_key(entry, "unchanged");
    entry_dict_begin(entry);
    for (size_t i = 0; i < unchanged->n; i++) {
        char key[MESSAGE_HASH_MAX + 1];
        Bytes hash = hash_entry_text(&unchanged->entries[i]);

        memcpy(key, hash.p, hash.n);
        key[hash.n] = '\0';
        entry_number(entry, key, unchanged->entries[i].expiry);
    }
    entry_dict_end(entry);
}

void
request_expire(ServiceNode *node, Time now, Request *r, const ReplyTo *to)
{
    UnixMs t = port_unix_ms(node->port);
    Fanout *fanout = NULL;
    HashSet updated = HASH_SET_EMPTY, unchanged = HASH_SET_EMPTY;
    EntryWriter entry;
    Buffer text = BUFFER_EMPTY;

    if (refuse_expire(node, now, r, to, t))
        return;
    if (!r->forwarded) {
        fanout = fanout_start(node, now, r, to, (Bytes){ NULL, 0 });
        if (fanout == NULL)
            return;
    }
    update(node, now, r, t, &updated);
    find_unchanged(node, r, &updated, &unchanged);
    sign_expire(node, r, t, &updated, &unchanged, &text);
    entry_begin(&entry, r->forwarded);
    write_expiries(node, r, t, &updated, &entry);
    entry_signature(&entry, node, &text);
    if (r->extend || r->shorten)
        write_unchanged(&unchanged, &entry);
    entry_key(&entry, "updated");
    hash_set_write_list(&updated, &entry);
    entry_end(&entry);
    hash_set_clear(&updated);
    hash_set_clear(&unchanged);
    finish(node, now, r, to, fanout, &entry);
}

/* --- expire_all ------------------------------------------------------------------- */

typedef struct ExpireAll {
    const Request *request;
    HashSet *updated;
} ExpireAll;

static bool
collect_later(void *context, int64_t row, const StoreMessage *message)
{
    ExpireAll *all = context;
    const Request *r = all->request;

    (void)row;
    if (memcmp(message->account, r->account, ACCOUNT_BYTES) == 0 &&
        message->expiry > r->expiry)
        hash_set_add(all->updated, message->name_space, message->hash);
    return true;
}

static void
shorten_all(ServiceNode *node, Time now, const Request *r, HashSet *updated)
{
    Store *store = node->port->store;
    ExpireAll all = { r, updated };

    if (r->name_space == STORE_NAMESPACE_ALL)
        store->ops->each(store, collect_later, &all);
    else
        store->ops->fetch(store, r->account, (int16_t)r->name_space, (Bytes){ NULL, 0 },
                          collect_later, &all);
    for (size_t i = 0; i < updated->n; i++)
        store->ops->set_expiry(store, r->account, hash_entry_text(&updated->entries[i]),
                               r->expiry);
    if (updated->n > 0)
        sweep_consider(node, now, r->expiry);
    hash_set_sort(updated);
}

static bool
refuse_expire_all(ServiceNode *node, Time now, const Request *r, const ReplyTo *to)
{
    Duration tolerance = node->config->signature_tolerance;
    Buffer text = BUFFER_EMPTY;

    if (r->forwarded)
        tolerance += FORWARDED_TOLERANCE;
    if (!node_keeps(node, r->account)) {
        answer_wrong_swarm(node, now, to, RPC_EXPIRE_ALL, r->account);
        return true;
    }
    if (r->expiry < port_unix_ms(node->port) - tolerance / MILLISECOND) {
        answer_text(node, now, to, RPC_EXPIRE_ALL, 406,
                    "expire_all timestamp should be >= current time");
        return true;
    }
    buffer_append_literal(&text, "expire_all");
    write_signed_namespace(&text, r->name_space);
    buffer_append_i64_decimal(&text, r->expiry);
    if (request_verify(node, r, SUBACCOUNT_DELETE, &text))
        return false;
    answer_text(node, now, to, RPC_EXPIRE_ALL, 401,
                "expire_all signature verification failed");
    return true;
}

void
request_expire_all(ServiceNode *node, Time now, Request *r, const ReplyTo *to)
{
    Fanout *fanout = NULL;
    HashSet updated = HASH_SET_EMPTY;
    EntryWriter entry;
    Buffer text = BUFFER_EMPTY;

    if (refuse_expire_all(node, now, r, to))
        return;
    if (!r->forwarded) {
        fanout = fanout_start(node, now, r, to, (Bytes){ NULL, 0 });
        if (fanout == NULL)
            return;
    }
    shorten_all(node, now, r, &updated);
    buffer_append_hex(&text, (Bytes){ r->account, ACCOUNT_BYTES });
    buffer_append_i64_decimal(&text, r->expiry);
    hash_set_append_all(&updated, &text);
    entry_begin(&entry, r->forwarded);
    entry_signature(&entry, node, &text);
    entry_key(&entry, "updated");
    if (r->name_space == STORE_NAMESPACE_ALL)
        hash_set_write_by_namespace(&updated, &entry);
    else
        hash_set_write_list(&updated, &entry);
    entry_end(&entry);
    hash_set_clear(&updated);
    finish(node, now, r, to, fanout, &entry);
}

/* --- get_expiries ----------------------------------------------------------------- */

static bool
get_expiries_signed(ServiceNode *node, const Request *r)
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_literal(&text, "get_expiries");
    buffer_append_i64_decimal(&text, r->timestamp);
    for (uint32_t i = 0; i < r->n_hashes; i++)
        buffer_append_bytes(&text, r->hashes[i]);
    return request_verify(node, r, SUBACCOUNT_READ, &text);
}

static void
write_known_expiries(ServiceNode *node, const Request *r, Buffer *json)
{
    Store *store = node->port->store;
    HashSet known = HASH_SET_EMPTY;

    for (uint32_t i = 0; i < r->n_hashes; i++) {
        UnixMs expiry = r->hashes[i].n > MESSAGE_HASH_MAX
                            ? -1
                            : store->ops->expiry(store, r->account, r->hashes[i]);

        if (expiry >= 0)
            hash_set_add(&known, 0, r->hashes[i])->expiry = expiry;
    }
    hash_set_sort(&known);
    hash_set_unique(&known);
    for (size_t i = 0; i < known.n; i++) {
        json_write_comma(json);
        json_write_string(json, hash_entry_text(&known.entries[i]));
        buffer_append_literal(json, ":");
        buffer_append_i64_decimal(json, known.entries[i].expiry);
    }
    hash_set_clear(&known);
}

void
request_get_expiries(ServiceNode *node, Time now, Request *r, const ReplyTo *to)
{
    Buffer json = BUFFER_EMPTY;

    if (!node_keeps(node, r->account)) {
        answer_wrong_swarm(node, now, to, RPC_GET_EXPIRIES, r->account);
    } else if (!timestamp_is_near(r->timestamp, port_unix_ms(node->port),
                                  node->config->signature_tolerance)) {
        answer_text(node, now, to, RPC_GET_EXPIRIES, 406,
                    "get_expiries timestamp too far from current time");
    } else if (!get_expiries_signed(node, r)) {
        answer_text(node, now, to, RPC_GET_EXPIRIES, 401,
                    "get_expiries signature verification failed");
    } else {
        /* The one result without `t` and `hf`. */
        buffer_append_literal(&json, "{\"expiries\":{");
        write_known_expiries(node, r, &json);
        buffer_append_literal(&json, "}}");
        answer_json(node, now, to, RPC_GET_EXPIRIES, 200, &json);
    }
}
