/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last step of every storage request: its answer goes back the way the request came. */
#include "nodes/service/node_internal.h"

#include <assert.h>

static void
answer_sealed(ServiceNode *node, const ReplyTo *to, int status, bool is_json, Packet *body)
{
    uint8_t nonce[CHANNEL_NONCE_MAX];
    Packet sealed;

    port_random(node->port, RANDOM_NONCE, nonce, sizeof nonce);
    sealed = onion_reply_later(node->crypto, &to->key, nonce, status, body,
                               is_json && to->embed_json, to->base64);
    port_note(node->port, NOTE_ONION, ONION_FINAL, 200, (Bytes){ NULL, 0 });
    port_reply(node->port, to->token, 200, &sealed);
}

/* Takes the body. */
static void
deliver(ServiceNode *node, Time now, const ReplyTo *to, int status, bool is_json,
        Packet *body)
{
    meter_add(node->port->meter, METER_WRITE, body->length);
    switch (to->form) {
    case REPLY_PLAIN:
        if (to->bencoded && is_json) {
            Packet bencoded = answer_as_bencode(packet_bytes(body));

            packet_clear(body);
            *body = bencoded;
        }
        port_reply(node->port, to->token, status, body);
        break;
    case REPLY_SEALED:
        answer_sealed(node, to, status, is_json, body);
        break;
    case REPLY_PART:
        batch_part_answered(node, now, to->batch, to->place, status, is_json, body);
        break;
    }
    packet_clear(body);
}

void
answer_json(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method, int status,
            Buffer *json)
{
    Packet body = packet_of_buffer(json);

    answer_json_packet(node, now, to, method, status, &body);
}

void
answer_json_packet(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                   int status, Packet *json)
{
    port_note(node->port, NOTE_REQUEST, method, (uint64_t)status, (Bytes){ NULL, 0 });
    deliver(node, now, to, status, true, json);
}

void
answer_text_taken(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                  int status, Buffer *text)
{
    Packet body = packet_of_buffer(text);

    port_note(node->port, NOTE_REQUEST, method, (uint64_t)status, (Bytes){ NULL, 0 });
    deliver(node, now, to, status, false, &body);
}

void
answer_text(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method, int status,
            const char *text)
{
    Buffer buffer = BUFFER_EMPTY;

    buffer_append_text(&buffer, text);
    answer_text_taken(node, now, to, method, status, &buffer);
}

void
answer_invalid(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method, Bytes why)
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_literal(&text, "invalid request: ");
    buffer_append_bytes(&text, why);
    answer_text_taken(node, now, to, method, 400, &text);
}

void
answer_wrong_swarm(ServiceNode *node, Time now, const ReplyTo *to, RpcMethod method,
                   const uint8_t account[ACCOUNT_BYTES])
{
    Buffer json = BUFFER_EMPTY;

    write_swarm(node, account, port_unix_ms(node->port), &json);
    answer_json(node, now, to, method, 421, &json);
}

void
reply_drop(const ReplyTo *to)
{
    if (to->form == REPLY_PART)
        batch_part_dropped(to->batch);
}

void
answer_write_hf(const ServiceNode *node, Buffer *json)
{
    json_write_key(json, "hf");
    buffer_append_literal(json, "[");
    buffer_append_u64_decimal(json,
                              node->snapshot == NULL ? 0 : node->snapshot->hardfork_major);
    buffer_append_literal(json, ",");
    buffer_append_u64_decimal(json,
                              node->snapshot == NULL ? 0 : node->snapshot->hardfork_minor);
    buffer_append_literal(json, "]");
}

void
answer_write_t(Buffer *json, UnixMs t)
{
    json_write_key(json, "t");
    buffer_append_i64_decimal(json, t);
}
