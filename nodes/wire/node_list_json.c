/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The daemon's answer to get_service_nodes and get_n_service_nodes (protocol 5.1). */
#include <assert.h>
#include <stdlib.h>

#include "nodes/wire/json.h"
#include "nodes/wire/node_list_build.h"

#define ANSWER_BEGIN                                                                       \
    "{\"jsonrpc\":\"2.0\",\"id\":\"0\",\"result\":{\"status\":\"OK\",\"height\":"
#define ANSWER_BLOCK_HASH ",\"hardfork\":19,\"block_hash\":\""
#define ANSWER_NODES "\",\"service_node_states\":["
#define ANSWER_END "]}}"

#define NODE_IP "{\"public_ip\":\""
#define NODE_PORT "\",\"storage_port\":"
#define NODE_X25519 ",\"pubkey_x25519\":\""
#define NODE_ED25519 "\",\"pubkey_ed25519\":\""
#define NODE_PORT_OMQ "\",\"storage_lmq_port\":"
#define NODE_LEGACY ",\"service_node_pubkey\":\""
#define NODE_SWARM "\",\"swarm_id\":"
#define NODE_ACTIVE ",\"active\":true,\"funded\":true}"
#define NODE_INACTIVE ",\"active\":false,\"funded\":true}"

/* --- writing -----------------------------------------------------------------------------
 */

static size_t
ip_text_bytes(uint32_t ip)
{
    size_t n = 3;

    for (int shift = 0; shift < 32; shift += 8)
        n += decimal_digits(ip >> shift & 255);
    return n;
}

static void
append_node(Buffer *out, const NodeRecord *node)
{
    buffer_append_literal(out, NODE_IP);
    buffer_append_ip(out, node->ip);
    buffer_append_literal(out, NODE_PORT);
    buffer_append_u64_decimal(out, node->port_https);
    buffer_append_literal(out, NODE_X25519);
    buffer_append_hex(out, (Bytes){ node->x25519, 32 });
    buffer_append_literal(out, NODE_ED25519);
    buffer_append_hex(out, (Bytes){ node->ed25519, 32 });
    buffer_append_literal(out, NODE_PORT_OMQ);
    buffer_append_u64_decimal(out, node->port_omq);
    buffer_append_literal(out, NODE_LEGACY);
    buffer_append_hex(out, (Bytes){ node->legacy, 32 });
    buffer_append_literal(out, NODE_SWARM);
    buffer_append_u64_decimal(out, node->swarm_id);
    if (node->active)
        buffer_append_literal(out, NODE_ACTIVE);
    else
        buffer_append_literal(out, NODE_INACTIVE);
}

#define LITERAL_BYTES(text) (sizeof(text) - 1)

static size_t
node_json_bytes(const NodeRecord *node)
{
    size_t fixed = LITERAL_BYTES(NODE_IP NODE_PORT NODE_X25519 NODE_ED25519 NODE_PORT_OMQ
                                     NODE_LEGACY NODE_SWARM) +
                   3 * 64;

    return fixed + ip_text_bytes(node->ip) + decimal_digits(node->port_https) +
           decimal_digits(node->port_omq) + decimal_digits(node->swarm_id) +
           (node->active ? LITERAL_BYTES(NODE_ACTIVE) : LITERAL_BYTES(NODE_INACTIVE));
}

size_t
node_list_json_bytes(const NodeList *list, uint64_t height, bool active_only)
{
    size_t n = LITERAL_BYTES(ANSWER_BEGIN ANSWER_BLOCK_HASH ANSWER_NODES ANSWER_END) +
               decimal_digits(height) + 64;
    size_t nodes = 0;

    for (uint32_t i = 0; i < list->n; i++)
        if (list->nodes[i].active || !active_only) {
            n += node_json_bytes(&list->nodes[i]);
            nodes++;
        }
    return n + (nodes > 0 ? nodes - 1 : 0);
}

void
node_list_to_json(const NodeList *list, uint64_t height, const uint8_t block_hash[32],
                  bool active_only, Buffer *out)
{
    bool first = true;

    buffer_reserve(out, node_list_json_bytes(list, height, active_only));
    buffer_append_literal(out, ANSWER_BEGIN);
    buffer_append_u64_decimal(out, height);
    buffer_append_literal(out, ANSWER_BLOCK_HASH);
    buffer_append_hex(out, (Bytes){ block_hash, 32 });
    buffer_append_literal(out, ANSWER_NODES);
    for (uint32_t i = 0; i < list->n; i++) {
        if (active_only && !list->nodes[i].active)
            continue;
        if (!first)
            buffer_append_literal(out, ",");
        first = false;
        append_node(out, &list->nodes[i]);
    }
    buffer_append_literal(out, ANSWER_END);
}

/* --- reading -----------------------------------------------------------------------------
 */

/* In the order in which they are written. */
typedef enum Field {
    FIELD_IP,
    FIELD_PORT,
    FIELD_X25519,
    FIELD_ED25519,
    FIELD_PORT_OMQ,
    FIELD_LEGACY,
    FIELD_SWARM,
    FIELD_ACTIVE,
    FIELD_FUNDED,
    FIELDS
} Field;

enum {
    FIELDS_NEEDED = 1 << FIELD_IP | 1 << FIELD_PORT | 1 << FIELD_X25519 | 1 << FIELD_ED25519
};

static const struct {
    const char *name;
    size_t n;
} field_names[FIELDS] = {
#define FIELD_NAME(text)                                                                   \
    {                                                                                      \
        text, sizeof(text) - 1                                                             \
    }
    [FIELD_IP] = FIELD_NAME("public_ip"),
    [FIELD_PORT] = FIELD_NAME("storage_port"),
    [FIELD_X25519] = FIELD_NAME("pubkey_x25519"),
    [FIELD_ED25519] = FIELD_NAME("pubkey_ed25519"),
    [FIELD_PORT_OMQ] = FIELD_NAME("storage_lmq_port"),
    [FIELD_LEGACY] = FIELD_NAME("service_node_pubkey"),
    [FIELD_SWARM] = FIELD_NAME("swarm_id"),
    [FIELD_ACTIVE] = FIELD_NAME("active"),
    [FIELD_FUNDED] = FIELD_NAME("funded"),
};

/* FIELDS for a key of no interest.  @guess is looked at first. */
static Field
field_of(Bytes key, unsigned guess)
{
    for (unsigned i = 0; i < FIELDS; i++) {
        Field field = (Field)((guess + i) % FIELDS);

        if (key.n == field_names[field].n &&
            memcmp(key.p, field_names[field].name, key.n) == 0)
            return field;
    }
    if (key.n == 0 || memchr(key.p, '\\', key.n) == NULL)
        return FIELDS;
    for (unsigned field = 0; field < FIELDS; field++)
        if (json_key_is(key, bytes_of_text(field_names[field].name)))
            return (Field)field;
    return FIELDS;
}

/* Four numbers up to 255 without leading zeros. */
static bool
read_ip(Bytes text, uint32_t *ret)
{
    uint32_t ip = 0, part = 0;
    int digits = 0, dots = 0;

    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];

        if (c == '.' && digits > 0 && dots < 3) {
            ip = ip << 8 | part;
            part = 0;
            digits = 0;
            dots++;
        } else if (c >= '0' && c <= '9' && (digits == 0 || part > 0)) {
            part = part * 10 + (c - '0');
            digits++;
        } else {
            return false;
        }
        if (part > 255)
            return false;
    }
    if (dots != 3 || digits == 0)
        return false;
    *ret = ip << 8 | part;
    return true;
}

static bool
read_port(JsonValue value, uint16_t *ret)
{
    uint64_t v;

    if (!json_u64(value, &v) || v > UINT16_MAX)
        return false;
    *ret = (uint16_t)v;
    return true;
}

static bool
read_key(JsonValue value, uint8_t ret[32])
{
    Bytes inside = { value.text.p + 1, value.text.n - 2 };

    return value.type == JSON_TYPE_STRING && hex_decode(inside, ret, 32);
}

static bool
read_field(Field field, JsonValue value, NodeRecord *node, bool *funded)
{
    Bytes inside = { value.text.p + 1, value.text.n - 2 };

    switch (field) {
    case FIELD_IP:
        return value.type == JSON_TYPE_STRING && read_ip(inside, &node->ip);
    case FIELD_PORT:
        return read_port(value, &node->port_https);
    case FIELD_X25519:
        return read_key(value, node->x25519);
    case FIELD_ED25519:
        return read_key(value, node->ed25519);
    case FIELD_LEGACY:
        return read_key(value, node->legacy);
    case FIELD_PORT_OMQ:
        return read_port(value, &node->port_omq);
    case FIELD_SWARM:
        return json_u64(value, &node->swarm_id);
    case FIELD_ACTIVE:
        return json_bool(value, &node->active);
    case FIELD_FUNDED:
        return json_bool(value, funded);
    case FIELDS:
        break;
    }
    return true;
}

/* One record.  False when it is of no use: incomplete, not understood, without an address,
 * or without its stake. */
static bool
read_node(JsonPull *pull, NodeRecord *ret)
{
    NodeRecord node = { .active = true, .swarm_id = SWARM_NONE };
    bool funded = true, understood = true;
    unsigned seen = 0, guess = 0;
    JsonValue value;
    Bytes key;

    json_pull_enter(pull);
    while (json_pull_next(pull, &key) && json_pull_value(pull, &value)) {
        Field field = field_of(key, guess);

        understood = understood && read_field(field, value, &node, &funded);
        seen |= 1u << field;
        guess = field + 1u;
    }
    if (!understood || (~seen & FIELDS_NEEDED) != 0 || node.ip == 0 || !funded)
        return false;
    if ((seen & 1u << FIELD_LEGACY) == 0)
        memcpy(node.legacy, node.ed25519, sizeof node.legacy);
    *ret = node;
    return true;
}

/* What was found so far.  A key that comes again replaces what it said before. */
typedef struct Reading {
    Buffer records;
    bool is_list;
    bool too_many;
} Reading;

static void
skip_value(JsonPull *pull)
{
    JsonValue value;

    json_pull_value(pull, &value);
}

static void
read_nodes(JsonPull *pull, Reading *reading)
{
    size_t items = 0;
    NodeRecord node;
    Bytes key;

    reading->records.n = 0;
    reading->is_list = json_pull_type(pull) == JSON_TYPE_ARRAY;
    if (!reading->is_list) {
        skip_value(pull);
        return;
    }
    json_pull_enter(pull);
    while (!reading->too_many && json_pull_next(pull, &key)) {
        reading->too_many = ++items > NODE_LIST_MAX;
        if (json_pull_type(pull) != JSON_TYPE_OBJECT)
            skip_value(pull);
        else if (read_node(pull, &node))
            buffer_append(&reading->records, &node, sizeof node);
    }
}

static void
read_result(JsonPull *pull, Reading *reading)
{
    Bytes key;

    reading->is_list = false;
    if (json_pull_type(pull) != JSON_TYPE_OBJECT) {
        skip_value(pull);
        return;
    }
    json_pull_enter(pull);
    while (!reading->too_many && json_pull_next(pull, &key))
        if (json_key_is(key, BYTES_LITERAL("service_node_states")))
            read_nodes(pull, reading);
        else
            skip_value(pull);
}

/* @ret_result: where the value of `result` stands. */
static void
read_answer(JsonPull *pull, Reading *reading, Bytes *ret_result)
{
    Bytes key;

    if (json_pull_type(pull) != JSON_TYPE_OBJECT) {
        skip_value(pull);
        return;
    }
    json_pull_enter(pull);
    while (!reading->too_many && json_pull_next(pull, &key)) {
        if (!json_key_is(key, BYTES_LITERAL("result"))) {
            skip_value(pull);
            continue;
        }
        json_pull_type(pull); /* moves over the space */
        ret_result->p = pull->rest.p;
        read_result(pull, reading);
        ret_result->n = (size_t)(pull->rest.p - ret_result->p);
    }
}

/* Make the list; frees what @reading holds. */
static Status
finish(JsonPull *pull, Reading *reading, NodeList **ret)
{
    Status status = reading->too_many ? ST_TOO_LARGE : json_pull_end(pull);
    NodeList *list = NULL;

    if (status == ST_OK && reading->is_list)
        list =
            node_list_build((const NodeRecord *)(const void *)reading->records.p,
                            reading->records.n / sizeof(NodeRecord), NODE_INDEX_PROBES_MAX);
    buffer_clear(&reading->records);
    if (status != ST_OK)
        return status;
    if (list == NULL)
        return ST_MALFORMED;
    *ret = list;
    return ST_OK;
}

Status
node_list_result_from_json(JsonValue result, NodeList **ret)
{
    JsonPull pull = json_pull(result.text);
    Reading reading = { .records = BUFFER_EMPTY };

    read_result(&pull, &reading);
    return finish(&pull, &reading, ret);
}

Status
node_list_read(Bytes json, Bytes *ret_result, NodeList **ret)
{
    JsonPull pull = json_pull(json);
    Reading reading = { .records = BUFFER_EMPTY };
    Bytes result = { NULL, 0 };
    Status status;

    read_answer(&pull, &reading, &result);
    status = finish(&pull, &reading, ret);
    if (status == ST_OK)
        *ret_result = result;
    return status;
}

Status
node_list_from_json(Bytes json, NodeList **ret)
{
    Bytes result;

    return node_list_read(json, &result, ret);
}
