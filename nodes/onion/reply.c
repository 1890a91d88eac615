/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The answer on the way back (protocol 4.3): the destination alone encrypts, once. */
#include "nodes/onion/onion.h"

#include "nodes/onion/control.h"
#include "nodes/wire/base64.h"

#include <assert.h>

enum { REPLY_JSON_ROOM = 64 /* of its own bytes, and some escapes */ };

static void
append_body(Bytes body, bool as_json, Buffer *out)
{
    JsonValue value;

    if (as_json && json_parse(body, &value) == ST_OK)
        buffer_append_bytes(out, value.text);
    else
        json_write_string(out, body);
}

/* Keys stand sorted, as the storage server's library writes them. */
static void
append_reply(int status, Bytes body, bool as_json, Buffer *out)
{
    buffer_append_literal(out, "{\"body\":");
    append_body(body, as_json, out);
    buffer_append_literal(out, ",\"status\":");
    buffer_append_i64_decimal(out, status);
    buffer_append_literal(out, "}");
}

Packet
onion_reply_seal(const Crypto *crypto, const ChannelKey *key,
                 const uint8_t nonce[CHANNEL_NONCE_MAX], int status, Bytes body,
                 bool as_json, bool base64)
{
    size_t nonce_n = channel_nonce_bytes(key->enc), n, sealed;
    Buffer out = BUFFER_EMPTY, text = BUFFER_EMPTY;

    buffer_reserve(&out, body.n + body.n / 8 + REPLY_JSON_ROOM + CHANNEL_OVERHEAD_MAX);
    out.n = nonce_n;
    append_reply(status, body, as_json, &out);
    n = out.n - nonce_n;
    sealed = channel_sealed_bytes(key->enc, n);
    buffer_reserve(&out, sealed - out.n);
    channel_seal(crypto, key, nonce, out.p, n);
    out.n = sealed;
    meter_add(crypto->meter, METER_WRITE, n);
    if (!base64)
        return packet_of_buffer(&out);
    base64_encode(buffer_bytes(&out), true, &text);
    buffer_clear(&out);
    return packet_of_buffer(&text);
}

/* Replace base64 by its bytes; leave anything else. */
static void
decode_base64(Packet *packet)
{
    Buffer raw = BUFFER_EMPTY;

    if (base64_decode(packet_bytes(packet), &raw) == ST_OK) {
        packet_clear(packet);
        *packet = packet_of_buffer(&raw);
    } else {
        buffer_clear(&raw);
    }
}

Status
onion_reply_open(const Crypto *crypto, const ChannelKey *key, Packet *sealed,
                 Packet *ret_plaintext)
{
    Packet packet = packet_steal(sealed);
    Status status = ST_MALFORMED;
    size_t n = 0;

    if (packet.length > 0) {
        decode_base64(&packet);
        status = channel_open(crypto, key, packet_make_mutable(&packet), packet.length, &n);
    }
    if (status != ST_OK) {
        packet_clear(&packet);
        return status == ST_TRUNCATED ? ST_MALFORMED : status;
    }
    packet.offset += (uint32_t)channel_nonce_bytes(key->enc);
    packet.length = (uint32_t)n;
    *ret_plaintext = packet;
    return ST_OK;
}

Status
onion_reply_parse(Bytes plaintext, int *ret_status, Buffer *ret_body)
{
    JsonValue reply, status, body;
    int64_t code;

    if (json_parse(plaintext, &reply) != ST_OK || reply.type != JSON_TYPE_OBJECT)
        return ST_MALFORMED;
    if (!json_get(reply, "status_code", &status) && !json_get(reply, "status", &status))
        return ST_MALFORMED;
    if (!json_i64(status, &code) || code < 0 || code > ONION_STATUS_MAX)
        return ST_MALFORMED;
    if (!json_get(reply, "body", &body))
        return ST_MALFORMED;
    if (body.type != JSON_TYPE_STRING)
        buffer_append_bytes(ret_body, body.text);
    else if (!json_string_append(body, ret_body))
        return ST_MALFORMED;
    *ret_status = (int)code;
    return ST_OK;
}
