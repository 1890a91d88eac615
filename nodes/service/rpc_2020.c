/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the text of a request of 2020 to its answer (protocol 3.7): retrieve,
 * get_snodes_for_pubkey and get_lns_mapping; store is in store_2020.c. */
#include "nodes/service/rpc_2020.h"

#include "nodes/wire/base64.h"

/* --- parameters --------------------------------------------------------------------- */

static void
set_error(Params2020 *params, const char *before, const char *name, const char *after)
{
    if (params->error.n > 0)
        return;
    buffer_append_text(&params->error, before);
    buffer_append_text(&params->error, name);
    buffer_append_text(&params->error, after);
}

Bytes
params_2020_text(Params2020 *params, const char *name)
{
    Bytes text = { NULL, 0 };
    JsonValue value;
    uint8_t *copy;
    Buffer unescaped = BUFFER_EMPTY;

    if (json_get(params->object, name, &value) && json_string_plain(value, &text))
        return text;
    if (!json_get(params->object, name, &value) || !json_string_append(value, &unescaped)) {
        buffer_clear(&unescaped);
        set_error(params, "invalid json: no `", name, "` field\n");
        return (Bytes){ NULL, 0 };
    }
    copy = arena_take(&params->arena, unescaped.n > 0 ? unescaped.n : 1);
    if (unescaped.n > 0)
        memcpy(copy, unescaped.p, unescaped.n);
    text = (Bytes){ copy, unescaped.n };
    buffer_clear(&unescaped);
    return text;
}

bool
params_2020_account(Params2020 *params, Bytes text, uint8_t ret[ACCOUNT_BYTES])
{
    if (hex_decode(text, ret, ACCOUNT_BYTES))
        return true;
    set_error(params, "Pubkey must be ", "66", " characters long\n");
    return false;
}

/* --- swarms ------------------------------------------------------------------------- */

static void
write_hex(Buffer *json, const char *key, const uint8_t value[32])
{
    json_write_key(json, key);
    buffer_append_literal(json, "\"");
    buffer_append_hex(json, (Bytes){ value, 32 });
    buffer_append_literal(json, "\"");
}

static void
write_node(Buffer *json, const NodeRecord *record)
{
    json_write_comma(json);
    buffer_append_literal(json, "{\"address\":\"");
    base32z_encode((Bytes){ record->legacy, 32 }, json);
    buffer_append_literal(json, ".snode\",\"ip\":\"");
    for (int shift = 24; shift >= 0; shift -= 8) {
        buffer_append_u64_decimal(json, record->ip >> shift & 0xff);
        buffer_append_text(json, shift > 0 ? "." : "\",\"port\":\"");
    }
    buffer_append_u64_decimal(json, record->port_https);
    buffer_append_literal(json, "\"");
    write_hex(json, "pubkey_ed25519", record->ed25519);
    write_hex(json, "pubkey_x25519", record->x25519);
    buffer_append_literal(json, "}");
}

/* {"snodes":[...]}: neither the swarm's id nor a time is told. */
static void
answer_swarm(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method, int status,
             const uint8_t account[ACCOUNT_BYTES])
{
    const Swarm *swarm =
        node->snapshot == NULL ? NULL : snapshot_swarm_of(node->snapshot, account + 1);
    Buffer json = BUFFER_EMPTY;

    buffer_append_literal(&json, "{\"snodes\":[");
    for (uint32_t i = 0; swarm != NULL && i < swarm->n; i++)
        write_node(&json, node_member(node, swarm, i));
    buffer_append_literal(&json, "]}");
    answer_json(node, now, to, method, status, &json);
}

bool
refuse_swarm_2020(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                  const uint8_t account[ACCOUNT_BYTES])
{
    if (node_keeps(node, account))
        return false;
    answer_swarm(node, now, to, method, 421, account);
    return true;
}

/* --- the methods -------------------------------------------------------------------- */

static void
get_snodes(ServiceNode *node, Time now, Params2020 *params, const ReplyTo *to)
{
    uint8_t account[ACCOUNT_BYTES];

    if (params_2020_account(params, params_2020_text(params, "pubKey"), account))
        answer_swarm(node, now, to, RPC_GET_SWARM, 200, account);
    else
        answer_text_taken(node, now, to, RPC_GET_SWARM, 400, &params->error);
}

typedef struct Page {
    Buffer *json;
    uint32_t count, count_max; /* 0: without limit */
    uint64_t bytes;
} Page;

static bool
visit(void *context, int64_t row, const StoreMessage *message)
{
    Page *page = context;
    Bytes nonce, data;

    (void)row;
    if (page->count_max > 0 && page->count >= page->count_max)
        return false;
    page->count++;
    page->bytes += message->data.length;
    if (!body_2020_split(packet_bytes(&message->data), &nonce, &data))
        return true;
    json_write_comma(page->json);
    buffer_append_literal(page->json, "{\"data\":");
    json_write_string(page->json, data);
    buffer_append_literal(page->json, ",\"expiration\":");
    buffer_append_i64_decimal(page->json, message->expiry);
    buffer_append_literal(page->json, ",\"hash\":");
    json_write_string(page->json, message->hash);
    buffer_append_literal(page->json, "}");
    return true;
}

static void
retrieve(ServiceNode *node, Time now, Params2020 *params, const ReplyTo *to)
{
    Store *store = node->port->store;
    Bytes pubkey = params_2020_text(params, "pubKey");
    Bytes last_hash = params_2020_text(params, "lastHash");
    uint8_t account[ACCOUNT_BYTES];
    Buffer json = BUFFER_EMPTY;
    Page page = { .json = &json, .count_max = node->config->retrieve_messages_max };

    if (params->error.n > 0 || !params_2020_account(params, pubkey, account)) {
        answer_text_taken(node, now, to, RPC_RETRIEVE, 400, &params->error);
        return;
    }
    if (refuse_swarm_2020(node, now, to, RPC_RETRIEVE, account))
        return;
    if (last_hash.n > MESSAGE_HASH_MAX)
        last_hash.n = 0; /* nothing has this hash */
    buffer_append_literal(&json, "{\"messages\":[");
    store->ops->fetch(store, account, 0, last_hash, visit, &page);
    meter_add(node->port->meter, METER_STORE_GET, page.bytes);
    buffer_append_literal(&json, "]}");
    answer_json(node, now, to, RPC_RETRIEVE, 200, &json);
}

/* Names are not modelled: what is said when the daemon says nothing. */
static void
get_lns_mapping(ServiceNode *node, Time now, Params2020 *params, const ReplyTo *to)
{
    (void)params_2020_text(params, "name_hash");
    if (params->error.n > 0)
        answer_text_taken(node, now, to, RPC_OXEND_REQUEST, 400, &params->error);
    else
        answer_text(node, now, to, RPC_OXEND_REQUEST, 400, "unknown oxend error\n");
}

static void
call(ServiceNode *node, Time now, Bytes name, JsonValue object, const ReplyTo *to)
{
    Params2020 params = { .object = object, .error = BUFFER_EMPTY };

    if (bytes_equal_text(name, "store")) {
        store_2020(node, now, &params, to);
    } else if (bytes_equal_text(name, "retrieve")) {
        retrieve(node, now, &params, to);
    } else if (bytes_equal_text(name, "get_snodes_for_pubkey")) {
        get_snodes(node, now, &params, to);
    } else if (bytes_equal_text(name, "get_lns_mapping")) {
        get_lns_mapping(node, now, &params, to);
    } else {
        buffer_append_literal(&params.error, "no method ");
        buffer_append_bytes(&params.error, name);
        answer_text_taken(node, now, to, RPC_UNKNOWN, 400, &params.error);
    }
    arena_clear(&params.arena);
    buffer_clear(&params.error);
}

void
rpc_2020_handle(ServiceNode *node, Time now, const Packet *packet, const ReplyTo *to)
{
    Bytes text = packet_bytes(packet), name;
    Buffer scratch = BUFFER_EMPTY;
    RpcValue method, params;
    JsonValue body;

    meter_add(node->port->meter, METER_PARSE, text.n);
    if (json_parse(text, &body) != ST_OK)
        answer_text(node, now, to, RPC_UNKNOWN, 400, "invalid json\n");
    else if (!call_of(rpc_value_of_json(body), &method, &params) ||
             !rpc_value_string(method, &scratch, &name))
        answer_text(node, now, to, RPC_UNKNOWN, 400, "invalid json: no `method` field\n");
    else if (!rpc_value_is_dict(params))
        answer_text(node, now, to, RPC_UNKNOWN, 400, "invalid json: no `params` field\n");
    else
        call(node, now, name, params.json, to);
    buffer_clear(&scratch);
}
