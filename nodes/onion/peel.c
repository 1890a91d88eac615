/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node's side of protocol 4.1: open one layer, read its JSON, say what is to be done.
 * Nothing is copied while the packet is the node's own: bodies are slices of it, and the
 * next hop's request is written around the ciphertext where that stands. */
#include "nodes/onion/onion.h"

#include "nodes/onion/canonical.h"
#include "nodes/onion/control.h"
#include "nodes/onion/layer.h"
#include "nodes/onion/peel.h"

#include <assert.h>

/* Narrow @packet to a part of itself. */
static void
packet_narrow(Packet *packet, size_t offset, size_t n)
{
    assert(offset <= packet->length && n <= packet->length - offset);
    packet->offset += (uint32_t)offset;
    packet->length = (uint32_t)n;
}

static bool
starts_with(Bytes text, Bytes start)
{
    return text.n >= start.n && memcmp(text.p, start.p, start.n) == 0;
}

bool
onion_target_allowed(Bytes target)
{
    static const char end[] = "/lsrpc";
    size_t end_n = sizeof end - 1;

    return (starts_with(target, BYTES_LITERAL("/loki/")) ||
            starts_with(target, BYTES_LITERAL("/oxen/"))) &&
           target.n >= end_n && memcmp(target.p + target.n - end_n, end, end_n) == 0 &&
           memchr(target.p, '?', target.n) == NULL;
}

/* A flag of the final control object; false when it is there but no boolean. */
static bool
read_flag(JsonValue control, const char *name, bool *flag)
{
    JsonValue value;

    return !json_get(control, name, &value) || json_bool(value, flag);
}

static OnionKind
read_final(JsonValue control, OnionPeeled *ret)
{
    if (!read_flag(control, "json", &ret->reply_json) ||
        !read_flag(control, "base64", &ret->reply_base64)) {
        ret->reply_json = false;
        ret->reply_base64 = true;
        return ONION_BAD_JSON;
    }
    return ONION_FINAL;
}

/* Copy a text member as a C string.  BAD_JSON: no such string.  BAD_URL: it is too long, or
 * holds a NUL, so that it can be no host and no target. */
static OnionKind
read_name(JsonValue control, const char *name, char *ret, size_t room)
{
    Buffer scratch = BUFFER_EMPTY;
    OnionKind kind = ONION_SERVER;
    JsonValue value;
    Bytes text;

    if (!json_get(control, name, &value) || !control_text(value, &scratch, &text))
        kind = ONION_BAD_JSON;
    else if (text.n >= room || (text.n > 0 && memchr(text.p, 0, text.n) != NULL))
        kind = ONION_BAD_URL;
    if (kind == ONION_SERVER) {
        if (text.n > 0)
            memcpy(ret, text.p, text.n);
        ret[text.n] = 0;
    }
    buffer_clear(&scratch);
    return kind;
}

static OnionKind
read_protocol(JsonValue control, bool *ret_https)
{
    char protocol[sizeof "https"] = "https";
    JsonValue value;
    OnionKind kind = ONION_SERVER;

    if (json_get(control, "protocol", &value))
        kind = read_name(control, "protocol", protocol, sizeof protocol);
    *ret_https = strcmp(protocol, "https") == 0;
    if (kind == ONION_SERVER && !*ret_https && strcmp(protocol, "http") != 0)
        kind = ONION_BAD_URL;
    return kind;
}

OnionKind
onion_read_server(JsonValue control, OnionPeeled *ret)
{
    OnionKind host = read_name(control, "host", ret->host, sizeof ret->host);
    OnionKind target = read_name(control, "target", ret->target, sizeof ret->target);
    OnionKind protocol = read_protocol(control, &ret->https);
    int32_t port = 443;
    JsonValue value;

    if (json_get(control, "port", &value) && !control_integer(value, &port))
        return ONION_BAD_JSON;
    ret->port = (uint16_t)port;
    if (host == ONION_BAD_JSON || target == ONION_BAD_JSON || protocol == ONION_BAD_JSON)
        return ONION_BAD_JSON;
    if (host == ONION_BAD_URL || target == ONION_BAD_URL || protocol == ONION_BAD_URL)
        return ONION_BAD_URL;
    return onion_target_allowed(bytes_of_text(ret->target)) ? ONION_SERVER : ONION_BAD_URL;
}

/* Where the ciphertext for the next node is, and what its request says about it. */
typedef struct NextHop {
    size_t cipher_offset, cipher_length; /* within the packet */
    EncType enc;
    uint8_t ephemeral_pk[KEY_BYTES];
    int hop_no;
} NextHop;

/* Write the next request around its ciphertext. */
static void
write_next(const Crypto *crypto, const NextHop *next, Packet *packet)
{
    uint8_t *p = packet_make_mutable(packet);
    uint8_t head_room[32], tail_room[128]; /* more than both ever need: no allocation */
    Buffer head = { head_room, 0, sizeof head_room };
    Buffer tail = { tail_room, 0, sizeof tail_room };
    size_t start, end = next->cipher_offset + next->cipher_length;

    hop_append_head(next->cipher_length, &head);
    hop_append_tail(next->enc, next->ephemeral_pk, next->hop_no, &tail);
    /* Before the ciphertext stand at least a nonce and a length (16 bytes), behind it a
     * routing JSON with two keys in hex (165) and a tag: there is room. */
    assert(head.n <= next->cipher_offset && tail.n <= packet->length - end);
    start = next->cipher_offset - head.n;
    memcpy(p + start, head.p, head.n);
    memcpy(p + end, tail.p, tail.n);
    packet_narrow(packet, start, head.n + next->cipher_length + tail.n);
    meter_add(crypto->meter, METER_WRITE, head.n + tail.n);
}

static OnionKind
read_relay(JsonValue control, OnionPeeled *ret, NextHop *ret_next)
{
    if (control_key(control, "destination", ret->next_ed25519) != FAULT_NONE ||
        control_cipher(control, &ret_next->enc, ret_next->ephemeral_pk) != FAULT_NONE)
        return ONION_BAD_JSON;
    return ONION_RELAY;
}

/* "headers" is what marks the destination; then "host", a server; else another node. */
static OnionKind
read_object(JsonValue control, OnionPeeled *ret, NextHop *ret_next)
{
    JsonValue value;

    if (json_get(control, "headers", &value))
        return read_final(control, ret);
    if (json_get(control, "host", &value))
        return onion_read_server(control, ret);
    return read_relay(control, ret, ret_next);
}

static OnionKind
read_control(Bytes json, OnionPeeled *ret, NextHop *ret_next)
{
    JsonValue control;

    if (canonical_relay(json, ret->next_ed25519, &ret_next->enc, ret_next->ephemeral_pk))
        return ONION_RELAY;
    if (canonical_final(json))
        return ONION_FINAL;
    if (json_parse(json, &control) != ST_OK)
        return ONION_BAD_JSON;
    return read_object(control, ret, ret_next);
}

/* The opened layer: @n bytes at @offset of the packet. */
static void
handle_plain(const Crypto *crypto, int hop_no, size_t offset, size_t n, Packet *packet,
             OnionPeeled *ret)
{
    Bytes whole = packet_bytes(packet), cipher, json;
    Bytes plain = { whole.p + offset, n };
    NextHop next = { .hop_no = hop_no + 1 };

    ret->kind = ONION_BAD_JSON;
    if (container_split(plain, &cipher, &json) != FAULT_NONE)
        return;
    meter_add(crypto->meter, METER_PARSE, json.n);
    ret->kind = read_control(json, ret, &next);
    next.cipher_offset = (size_t)(cipher.p - whole.p);
    next.cipher_length = cipher.n;
    if (ret->kind == ONION_FINAL) {
        packet_narrow(packet, next.cipher_offset, cipher.n);
        ret->body = packet_steal(packet);
        ret->control_length = (uint32_t)json.n;
    } else if (ret->kind == ONION_SERVER) {
        packet_narrow(packet, offset, n);
        ret->server_body = packet_steal(packet);
    } else if (ret->kind == ONION_RELAY) {
        write_next(crypto, &next, packet);
        ret->next = packet_steal(packet);
    }
}

void
onion_peeled_init(OnionPeeled *ret)
{
    ret->kind = ONION_UNREADABLE;
    ret->key = (ChannelKey){ ENC_AES_GCM, { 0 } };
    ret->body = ret->server_body = ret->next = PACKET_EMPTY;
    ret->reply_json = false;
    ret->reply_base64 = true;
    ret->host[0] = ret->target[0] = 0;
    ret->https = true;
    ret->port = 0;
    ret->control_length = 0;
}

void
onion_peel(const Crypto *crypto, const X25519Pair *me, const OnionEnvelope *envelope,
           Packet *packet, OnionPeeled *ret)
{
    OnionEnvelope made;
    size_t n = 0;

    assert(packet->blob != NULL && packet->length <= ONION_REQUEST_MAX);
    assert(envelope->cipher_offset <= packet->length &&
           envelope->cipher_length <= packet->length - envelope->cipher_offset);
    onion_peeled_init(ret);
    if (onion_layer_peel(crypto, me, packet, ret)) {
        packet_clear(packet);
        return;
    }
    if (onion_layer_make(packet, &made))
        envelope = &made;
    if (channel_agree(crypto, envelope->enc, me, envelope->ephemeral_pk, false,
                      &ret->key) == ST_OK &&
        channel_open(crypto, &ret->key,
                     packet_make_mutable(packet) + envelope->cipher_offset,
                     envelope->cipher_length, &n) == ST_OK)
        handle_plain(crypto, envelope->hop_no,
                     envelope->cipher_offset + channel_nonce_bytes(envelope->enc), n,
                     packet, ret);
    packet_clear(packet);
}

void
onion_peeled_clear(OnionPeeled *peeled)
{
    packet_clear(&peeled->body);
    packet_clear(&peeled->server_body);
    packet_clear(&peeled->next);
    explicit_bzero(&peeled->key, sizeof peeled->key);
}

Bytes
onion_peeled_control(const OnionPeeled *peeled)
{
    assert(peeled->kind == ONION_FINAL);
    /* The body is a slice of the whole layer, whose JSON stands right behind it. */
    return (Bytes){ blob_data(peeled->body.blob) + peeled->body.offset +
                        peeled->body.length,
                    peeled->control_length };
}
