/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The client's side of protocol 4.1.  All sizes are known beforehand, so the request is one
 * piece of memory: the payload is placed once, and each layer is sealed in place around the
 * one before, which ends where the layer's own JSON begins. */
#include "nodes/onion/wrap.h"

#include "nodes/onion/control.h"

#include <assert.h>

static const char headers[] = "{\"headers\":\"\"}";

enum { HEADERS_BYTES = sizeof headers - 1 };

const size_t onion_headers_bytes = HEADERS_BYTES;

static uint8_t *
put(uint8_t *p, const void *text, size_t n)
{
    memcpy(p, text, n);
    return p + n;
}

#define put_literal(p, text) put((p), (text), sizeof(text) - 1)

static uint8_t *
put_key(uint8_t *p, const uint8_t key[KEY_BYTES])
{
    hex_encode((Bytes){ key, KEY_BYTES }, (char *)p);
    return p + KEY_HEX_BYTES;
}

#define CIPHER_MEMBERS "\"enc_type\":\"\",\"ephemeral_key\":\"\""

/* "enc_type" and "ephemeral_key": keys stand sorted, as in libsession's JSON. */
static size_t
cipher_members_bytes(EncType enc)
{
    return sizeof CIPHER_MEMBERS - 1 + strlen(enc_type_name(enc)) + KEY_HEX_BYTES;
}

static uint8_t *
put_cipher_members(uint8_t *p, EncType enc, const uint8_t ephemeral[KEY_BYTES])
{
    p = put_literal(p, "\"enc_type\":\"");
    p = put(p, enc_type_name(enc), strlen(enc_type_name(enc)));
    p = put_literal(p, "\",\"ephemeral_key\":\"");
    p = put_key(p, ephemeral);
    return put_literal(p, "\"");
}

/* The JSON around layer @i (0 is the destination's): the routing of the node that opens
 * layer @i + 1, or, around the last, what the guard reads. */
size_t
onion_json_bytes(const Wrapping *w, size_t i)
{
    size_t n = 2 + cipher_members_bytes(w->enc);

    if (i == w->n_hops)
        return n;
    if (i == 0 && w->destination->is_server)
        return n + w->server.n;
    return n + sizeof "\"destination\":\"\"," - 1 + KEY_HEX_BYTES;
}

static void
put_json(const Wrapping *w, size_t i, const uint8_t ephemeral[KEY_BYTES], uint8_t *p)
{
    const uint8_t *start = p;
    bool routing = i < w->n_hops;
    bool to_server = routing && i == 0 && w->destination->is_server;

    p = put_literal(p, "{");
    if (routing && !to_server) {
        p = put_literal(p, "\"destination\":\"");
        p = put_key(p, i == 0 ? w->destination->ed25519 : w->hops[w->n_hops - i].ed25519);
        p = put_literal(p, "\",");
    }
    p = put_cipher_members(p, w->enc, ephemeral);
    if (to_server)
        p = put(p, w->server.p, w->server.n);
    p = put_literal(p, "}");
    assert((size_t)(p - start) == onion_json_bytes(w, i));
    (void)start;
}

/* ,"host":...,"method":"POST","port":...,"protocol":...,"target":... */
void
onion_append_server_members(const OnionDestination *server, Buffer *out)
{
    assert(server->host != NULL && server->target != NULL);
    buffer_append_literal(out, ",\"host\":");
    json_write_string(out, bytes_of_text(server->host));
    buffer_append_literal(out, ",\"method\":\"POST\"");
    if (server->port != 0) {
        buffer_append_literal(out, ",\"port\":");
        buffer_append_u64_decimal(out, server->port);
    }
    if (server->protocol != NULL) {
        buffer_append_literal(out, ",\"protocol\":");
        json_write_string(out, bytes_of_text(server->protocol));
    }
    buffer_append_literal(out, ",\"target\":");
    json_write_string(out, bytes_of_text(server->target));
}

/* Plain bytes of layer 0. */
static size_t
innermost_bytes(const Wrapping *w, Bytes payload)
{
    if (w->destination->is_server)
        return payload.n;
    return CONTAINER_LENGTH_BYTES + payload.n + HEADERS_BYTES;
}

/* The container around layer @i whose plain text has @n bytes. */
static size_t
container_bytes(const Wrapping *w, size_t i, size_t n)
{
    return CONTAINER_LENGTH_BYTES + channel_sealed_bytes(w->enc, n) +
           onion_json_bytes(w, i);
}

size_t
onion_plain_bytes(const Wrapping *w, Bytes payload, size_t i)
{
    size_t n = innermost_bytes(w, payload);

    for (size_t j = 0; j < i; j++)
        n = container_bytes(w, j, n);
    return n;
}

size_t
onion_wrapped_bytes(const Wrapping *w, Bytes payload)
{
    return onion_plain_bytes(w, payload, w->n_hops + 1);
}

static void
put_innermost(const Wrapping *w, Bytes payload, uint8_t *p)
{
    bool is_server = w->destination->is_server;

    if (!is_server) {
        store_u32le(p, (uint32_t)payload.n);
        p += CONTAINER_LENGTH_BYTES;
    }
    if (payload.n > 0)
        memcpy(p, payload.p, payload.n);
    if (!is_server)
        memcpy(p + payload.n, headers, HEADERS_BYTES);
}

/* The ephemeral pair of layer @i, and what it agrees on with the node that opens it. */
static Status
layer_key(const Wrapping *w, size_t i, X25519Pair *ret_ephemeral, ChannelKey *ret)
{
    const uint8_t *theirs = i == 0 ? w->destination->x25519 : w->hops[w->n_hops - i].x25519;

    crypto_keygen(w->crypto, w->random->key[i], ret_ephemeral);
    return channel_agree(w->crypto, w->enc, ret_ephemeral, theirs, true, ret);
}

Status
onion_wrap_reply_key(const Wrapping *w, ChannelKey *ret_reply)
{
    X25519Pair ephemeral;
    Status status = layer_key(w, 0, &ephemeral, ret_reply);

    explicit_bzero(&ephemeral, sizeof ephemeral);
    return status;
}

/* Seal layer @i, whose @n plain bytes stand behind the room for the nonce at @p, and make
 * it a container: length before it, JSON behind. */
static Status
wrap_layer(const Wrapping *w, size_t i, uint8_t *p, size_t n, ChannelKey *ret_key)
{
    size_t sealed = channel_sealed_bytes(w->enc, n);
    X25519Pair ephemeral;
    Status status = layer_key(w, i, &ephemeral, ret_key);

    if (status == ST_OK) {
        channel_seal(w->crypto, ret_key, w->random->nonce[i], p, n);
        store_u32le(p - CONTAINER_LENGTH_BYTES, (uint32_t)sealed);
        put_json(w, i, ephemeral.pk, p + sealed);
    }
    explicit_bzero(&ephemeral, sizeof ephemeral);
    return status;
}

void
onion_wrap_meter(const Wrapping *w, Bytes payload, Meter *meter)
{
    size_t n = innermost_bytes(w, payload);

    for (size_t i = 0; i <= w->n_hops; i++) {
        meter_add(meter, METER_X25519_KEYGEN, 0);
        meter_add(meter, METER_X25519, 0);
        meter_add(meter, METER_SEAL, n);
        n = container_bytes(w, i, n);
    }
    meter_add(meter, METER_WRITE, n - payload.n);
}

Status
onion_wrap_layers(const Wrapping *w, Bytes payload, size_t last, uint8_t *start,
                  ChannelKey *ret_reply)
{
    size_t step = CONTAINER_LENGTH_BYTES + channel_nonce_bytes(w->enc);
    uint8_t *p = start + CONTAINER_LENGTH_BYTES + last * step; /* layer 0's nonce */
    size_t n = innermost_bytes(w, payload);
    ChannelKey key;
    Status status = ST_OK;

    put_innermost(w, payload, p + channel_nonce_bytes(w->enc));
    for (size_t i = 0; i <= last && status == ST_OK; i++) {
        status = wrap_layer(w, i, p - i * step, n, i == 0 ? ret_reply : &key);
        n = container_bytes(w, i, n);
    }
    explicit_bzero(&key, sizeof key);
    return status;
}

Status
onion_wrap(const Crypto *crypto, EncType enc, const OnionHop *hops, size_t n_hops,
           const OnionDestination *destination, Bytes payload, const OnionRandom *random,
           Packet *ret_request, ChannelKey *ret_reply)
{
    Wrapping w = { crypto, enc, hops, n_hops, destination, random, { NULL, 0 } };
    Buffer server = BUFFER_EMPTY;
    ChannelKey reply;
    Blob *blob = NULL;
    Status status = ST_TOO_LARGE;
    size_t n;

    if (n_hops > ONION_HOPS_MAX || (n_hops == 0 && destination->is_server))
        return ST_RANGE;
    if (payload.n > ONION_REQUEST_MAX)
        return ST_TOO_LARGE;
    if (destination->is_server)
        onion_append_server_members(destination, &server);
    w.server = buffer_bytes(&server);
    n = onion_wrapped_bytes(&w, payload);
    if (n <= ONION_REQUEST_MAX) {
        blob = blob_new(n);
        status = onion_wrap_layers(&w, payload, n_hops, blob_data_mutable(blob), &reply);
        meter_add(crypto->meter, METER_WRITE, n - payload.n);
    }
    buffer_clear(&server);
    if (status != ST_OK) {
        blob_unref(blob);
        return status;
    }
    *ret_request = packet_of_blob(blob);
    *ret_reply = reply;
    return ST_OK;
}
