/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * get_swarm (protocol 3.6); the same body goes with every 421. */
#include "nodes/service/node_internal.h"
#include "nodes/wire/base64.h"

static void
write_hex(Buffer *json, const char *key, const uint8_t value[32])
{
    json_write_key(json, key);
    buffer_append_literal(json, "\"");
    buffer_append_hex(json, (Bytes){ value, 32 });
    buffer_append_literal(json, "\"");
}

static void
write_ip(Buffer *json, uint32_t ip)
{
    json_write_key(json, "ip");
    buffer_append_literal(json, "\"");
    for (int shift = 24; shift >= 0; shift -= 8) {
        buffer_append_u64_decimal(json, ip >> shift & 0xff);
        if (shift > 0)
            buffer_append_literal(json, ".");
    }
    buffer_append_literal(json, "\"");
}

static void
write_port(Buffer *json, const char *key, uint16_t port)
{
    json_write_key(json, key);
    buffer_append_u64_decimal(json, port);
}

static void
write_node(Buffer *json, const NodeRecord *record)
{
    json_write_comma(json);
    buffer_append_literal(json, "{");
    json_write_key(json, "address");
    buffer_append_literal(json, "\"");
    base32z_encode((Bytes){ record->legacy, 32 }, json);
    buffer_append_literal(json, ".snode\"");
    write_ip(json, record->ip);
    json_write_key(json, "port");
    buffer_append_literal(json, "\"");
    buffer_append_u64_decimal(json, record->port_https);
    buffer_append_literal(json, "\"");
    write_port(json, "port_https", record->port_https);
    write_port(json, "port_omq", record->port_omq);
    write_port(json, "port_quic", record->port_omq);
    write_hex(json, "pubkey_ed25519", record->ed25519);
    write_hex(json, "pubkey_legacy", record->legacy);
    write_hex(json, "pubkey_x25519", record->x25519);
    buffer_append_literal(json, "}");
}

/* Lower-case hex without leading zeros. */
static void
write_swarm_id(Buffer *json, uint64_t id)
{
    int digit = 15;

    while (digit > 0 && (id >> (4 * digit) & 0xf) == 0)
        digit--;
    for (; digit >= 0; digit--)
        buffer_append(json, &"0123456789abcdef"[id >> (4 * digit) & 0xf], 1);
}

void
write_swarm(const ServiceNode *node, const uint8_t account[ACCOUNT_BYTES], UnixMs t,
            Buffer *json)
{
    const Swarm *swarm =
        node->snapshot == NULL ? NULL : snapshot_swarm_of(node->snapshot, account + 1);

    buffer_append_literal(json, "{");
    answer_write_hf(node, json);
    json_write_key(json, "snodes");
    buffer_append_literal(json, "[");
    for (uint32_t i = 0; swarm != NULL && i < swarm->n; i++)
        write_node(json, node_member(node, swarm, i));
    buffer_append_literal(json, "]");
    json_write_key(json, "swarm");
    buffer_append_literal(json, "\"");
    write_swarm_id(json, swarm == NULL ? SWARM_NONE : swarm->id);
    buffer_append_literal(json, "\"");
    answer_write_t(json, t);
    buffer_append_literal(json, "}");
}

void
request_get_swarm(ServiceNode *node, Time now, Request *request, const ReplyTo *to)
{
    Buffer json = BUFFER_EMPTY;

    write_swarm(node, request->account, port_unix_ms(node->port), &json);
    answer_json(node, now, to, RPC_GET_SWARM, 200, &json);
}
