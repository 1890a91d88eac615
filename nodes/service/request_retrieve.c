/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * retrieve (protocol 3.4). */
#include "nodes/service/node_internal.h"
#include "nodes/wire/base64.h"

enum {
    MESSAGE_OVERHEAD = 100, /* what a message counts beside its hash and body */
    DEFAULT_PART = 5        /* without a size or count: this part of the maximum */
};

static bool
refuse(ServiceNode *node, Time now, const Request *r, const ReplyTo *to, UnixMs t)
{
    uint8_t room[64]; /* more than the text ever needs */
    Buffer text = { room, 0, sizeof room };

    if (!node_keeps(node, r->account)) {
        answer_wrong_swarm(node, now, to, RPC_RETRIEVE, r->account);
        return true;
    }
    if (!r->signed_) {
        if (namespace_reads_unsigned(r->name_space))
            return false;
        answer_text(node, now, to, RPC_RETRIEVE, 401,
                    "retrieve: request signature required");
        return true;
    }
    if (!timestamp_is_near(r->timestamp, t, node->config->signature_tolerance)) {
        answer_text(node, now, to, RPC_RETRIEVE, 406,
                    "retrieve timestamp too far from current time");
        return true;
    }
    buffer_append_literal(&text, "retrieve");
    write_signed_namespace(&text, r->name_space);
    buffer_append_i64_decimal(&text, r->timestamp);
    if (!request_signs(node, r, SUBACCOUNT_READ, buffer_bytes(&text))) {
        answer_text(node, now, to, RPC_RETRIEVE, 401,
                    "retrieve signature verification failed");
        return true;
    }
    return false;
}

typedef struct Page {
    Buffer *json;
    int64_t count_max, size_max; /* count: 0 is without limit */
    int64_t count, size;
    uint64_t bytes;
    UnixMs dead_by; /* what expired by then is left out */
    bool more;
} Page;

/* A negative size is a part of the maximum. */
static int64_t
size_limit(const ServiceNode *node, const Request *r)
{
    int64_t max = node->config->retrieve_bytes_max;

    if (r->max_size == 0 && r->max_count == 0)
        return max / DEFAULT_PART;
    if (r->max_size < 0)
        return r->max_size == INT64_MIN ? 0 : max / -r->max_size;
    return r->max_size == 0 || r->max_size > max ? max : r->max_size;
}

static void
write_data(Buffer *json, const Packet *data)
{
    json_write_key(json, "data");
    buffer_append_literal(json, "\"");
    /* The server's encoder writes one pad character for nothing at all. */
    if (data->length == 0)
        buffer_append_literal(json, "=");
    else
        base64_encode(packet_bytes(data), true, json);
    buffer_append_literal(json, "\"");
}

static void
write_message(Buffer *json, const StoreMessage *message)
{
    json_write_comma(json);
    buffer_append_literal(json, "{");
    write_data(json, &message->data);
    json_write_key(json, "expiration");
    buffer_append_i64_decimal(json, message->expiry);
    json_write_key(json, "hash");
    json_write_string(json, message->hash);
    json_write_key(json, "timestamp");
    buffer_append_i64_decimal(json, message->timestamp);
    buffer_append_literal(json, "}");
}

static bool
visit(void *context, int64_t row, const StoreMessage *message)
{
    Page *page = context;

    (void)row;
    if (message->expiry <= page->dead_by)
        return true;
    if (page->count_max > 0 && page->count >= page->count_max) {
        page->more = true;
        return false;
    }
    page->size +=
        MESSAGE_OVERHEAD + (int64_t)message->hash.n + (int64_t)message->data.length * 4 / 3;
    if (page->count > 0 && page->size > page->size_max) {
        page->more = true;
        return false;
    }
    page->count++;
    page->bytes += message->data.length;
    write_message(page->json, message);
    return true;
}

void
request_retrieve(ServiceNode *node, Time now, Request *request, const ReplyTo *to)
{
    Store *store = node->port->store;
    UnixMs t = port_unix_ms(node->port);
    Buffer json = BUFFER_EMPTY;
    Page page = { .json = &json, .size_max = size_limit(node, request) };
    int64_t most;

    if (refuse(node, now, request, to, t))
        return;
    page.dead_by = node->config->defect_retrieve_expired ? INT64_MIN : t;
    /* Below 0 is without limit, as SQLite's LIMIT has it. */
    page.count_max = request->max_count > 0 ? request->max_count : 0;
    most = node->config->retrieve_messages_max;
    if (most > 0 && (page.count_max == 0 || page.count_max > most))
        page.count_max = most;
    buffer_append_literal(&json, "{");
    answer_write_hf(node, &json);
    json_write_key(&json, "messages");
    buffer_append_literal(&json, "[");
    store->ops->fetch(store, request->account, (int16_t)request->name_space,
                      request->last_hash, visit, &page);
    meter_add(node->port->meter, METER_STORE_GET, page.bytes);
    buffer_append_literal(&json, "]");
    json_write_key(&json, "more");
    buffer_append_text(&json, page.more ? "true" : "false");
    answer_write_t(&json, t);
    buffer_append_literal(&json, "}");
    answer_json(node, now, to, RPC_RETRIEVE, 200, &json);
}
