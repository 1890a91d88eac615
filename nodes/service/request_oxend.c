/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * oxend_request (protocol 3.2): what clients ask of the daemon through a node.  There is no
 * daemon here: the node list is answered from the last snapshot, in the daemon's form and
 * the server's order of keys. */
#include "nodes/service/node_internal.h"

typedef enum NodeField {
    NODE_ACTIVE,
    NODE_FUNDED,
    NODE_ED25519,
    NODE_X25519,
    NODE_IP,
    NODE_LEGACY,
    NODE_PORT_OMQ,
    NODE_PORT_HTTPS,
    NODE_SWARM,
    NODE_FIELDS,
    /* Beside the nodes: */
    RESULT_BLOCK_HASH = NODE_FIELDS,
    RESULT_HARDFORK,
    RESULT_FIELDS
} NodeField;

/* In alphabetical order within the two groups. */
static const char *const field_names[RESULT_FIELDS] = {
    [NODE_ACTIVE] = "active",
    [NODE_FUNDED] = "funded",
    [NODE_ED25519] = "pubkey_ed25519",
    [NODE_X25519] = "pubkey_x25519",
    [NODE_IP] = "public_ip",
    [NODE_LEGACY] = "service_node_pubkey",
    [NODE_PORT_OMQ] = "storage_lmq_port",
    [NODE_PORT_HTTPS] = "storage_port",
    [NODE_SWARM] = "swarm_id",
    [RESULT_BLOCK_HASH] = "block_hash",
    [RESULT_HARDFORK] = "hardfork",
};

typedef struct ListQuery {
    bool active_only;
    uint64_t limit;  /* 0: all */
    uint32_t fields; /* bits */
} ListQuery;

static uint32_t
wanted_fields(JsonValue fields)
{
    JsonValue value[RESULT_FIELDS];
    uint32_t given = json_get_each(fields, field_names, RESULT_FIELDS, value), wanted = 0;
    bool yes;

    for (uint32_t i = 0; i < RESULT_FIELDS; i++)
        if (given >> i & 1 && json_bool(value[i], &yes) && yes)
            wanted |= 1U << i;
    return wanted;
}

static ListQuery
query_of(const Request *r)
{
    static const char *const names[] = { "active_only", "limit", "fields" };
    ListQuery query = { .fields = (1U << RESULT_FIELDS) - 1 };
    JsonValue value[3];
    uint32_t given;

    if (!r->oxend_given)
        return query;
    given = json_get_each(r->oxend_params, names, 3, value);
    if (given & 1 && !json_bool(value[0], &query.active_only))
        query.active_only = false;
    if (given & 2 && !json_u64(value[1], &query.limit))
        query.limit = 0;
    if (given & 4 && value[2].type == JSON_TYPE_OBJECT)
        query.fields = wanted_fields(value[2]);
    return query;
}

static void
write_hex(Buffer *json, const uint8_t key[32])
{
    buffer_append_literal(json, "\"");
    buffer_append_hex(json, (Bytes){ key, 32 });
    buffer_append_literal(json, "\"");
}

static void
write_ip_text(Buffer *json, uint32_t ip)
{
    buffer_append_literal(json, "\"");
    buffer_append_ip(json, ip);
    buffer_append_literal(json, "\"");
}

static void
write_field(Buffer *json, const NodeRecord *record, NodeField field)
{
    json_write_key(json, field_names[field]);
    if (field == NODE_ACTIVE)
        buffer_append_text(json, record->active ? "true" : "false");
    else if (field == NODE_FUNDED)
        buffer_append_literal(json, "true");
    else if (field == NODE_ED25519)
        write_hex(json, record->ed25519);
    else if (field == NODE_X25519)
        write_hex(json, record->x25519);
    else if (field == NODE_IP)
        write_ip_text(json, record->ip);
    else if (field == NODE_LEGACY)
        write_hex(json, record->legacy);
    else if (field == NODE_PORT_OMQ)
        buffer_append_u64_decimal(json, record->port_omq);
    else if (field == NODE_PORT_HTTPS)
        buffer_append_u64_decimal(json, record->port_https);
    else
        buffer_append_u64_decimal(json, record->swarm_id);
}

static void
write_nodes(Buffer *json, const NodeList *list, const ListQuery *query)
{
    uint64_t n = 0;

    buffer_append_literal(json, "[");
    for (uint32_t i = 0; i < list->n && (query->limit == 0 || n < query->limit); i++) {
        const NodeRecord *record = &list->nodes[i];

        if (query->active_only && !record->active)
            continue;
        n++;
        json_write_comma(json);
        buffer_append_literal(json, "{");
        for (int field = 0; field < NODE_FIELDS; field++)
            if (query->fields >> field & 1)
                write_field(json, record, (NodeField)field);
        buffer_append_literal(json, "}");
    }
    buffer_append_literal(json, "]");
}

static void
write_result(Buffer *json, const Snapshot *snapshot, const ListQuery *query)
{
    buffer_append_literal(json, "{");
    if (query->fields >> RESULT_BLOCK_HASH & 1) {
        json_write_key(json, "block_hash");
        write_hex(json, snapshot->block_hash);
    }
    if (query->fields >> RESULT_HARDFORK & 1) {
        json_write_key(json, "hardfork");
        buffer_append_u64_decimal(json, snapshot->hardfork_major);
    }
    json_write_key(json, "height");
    buffer_append_u64_decimal(json, snapshot->height);
    json_write_key(json, "service_node_states");
    write_nodes(json, snapshot->nodes, query);
    json_write_key(json, "status");
    buffer_append_literal(json, "\"OK\"");
    json_write_key(json, "target_height");
    buffer_append_u64_decimal(json, snapshot->height);
    buffer_append_literal(json, "}");
}

/* The result as a text that all answers of this height share.  Clients all ask the same: of
 * several forms of the question the last one is remembered. */
static const SharedText *
result_of(Snapshot *snapshot, const ListQuery *query)
{
    SnapshotResult *result = &snapshot->result;
    Buffer json = BUFFER_EMPTY;

    if (result->text.blob != NULL && result->active_only == query->active_only &&
        result->limit == query->limit && result->fields == query->fields)
        return &result->text;
    shared_text_clear(&result->text);
    write_result(&json, snapshot, query);
    *result = (SnapshotResult){ shared_text_of_buffer(&json), query->active_only,
                                query->limit, query->fields };
    return &result->text;
}

void
request_oxend(ServiceNode *node, Time now, Request *request, const ReplyTo *to)
{
    ListQuery query = query_of(request);
    Buffer before = BUFFER_EMPTY, after = BUFFER_EMPTY;
    Packet json;

    /* Names are not modelled: what the server says when the daemon says nothing. */
    if (request->oxend_names || node->snapshot == NULL) {
        answer_text(node, now, to, RPC_OXEND_REQUEST, 400, "Unknown oxend error");
        return;
    }
    buffer_append_literal(&before, "{");
    answer_write_hf(node, &before);
    json_write_key(&before, "result");
    buffer_append_literal(&after, ",\"t\":");
    buffer_append_i64_decimal(&after, port_unix_ms(node->port));
    buffer_append_literal(&after, "}");
    json =
        json_around(buffer_bytes(&before),
                    result_of(node->shown != NULL ? node->shown : node->snapshot, &query),
                    buffer_bytes(&after));
    buffer_clear(&before);
    buffer_clear(&after);
    answer_json_packet(node, now, to, RPC_OXEND_REQUEST, 200, &json);
}
