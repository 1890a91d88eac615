/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The client's side of protocol 4.5.  Sizes multiply from layer to layer, so each is a
 * buffer of its own. */
#include "nodes/onion/onion_v1.h"

#include "nodes/onion/control.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/utf8.h"

#include <assert.h>

/* What is fixed while one request is built. */
typedef struct Wrapping {
    const Crypto *crypto;
    const OnionHop *hops;
    size_t n_hops;
    const OnionDestination *destination;
    const OnionRandom *random;
} Wrapping;

static bool
is_utf8(Bytes text)
{
    while (text.n > 0) {
        size_t n = utf8_sequence_bytes(text.p, text.n);

        if (n == 0)
            return false;
        text.p += n;
        text.n -= n;
    }
    return true;
}

/* Room for a nonce, then the plain text of the innermost layer. */
static void
write_innermost(const Wrapping *w, Bytes payload, Buffer *out)
{
    buffer_reserve(out, payload.n + payload.n / 8 + CHANNEL_OVERHEAD_MAX);
    out->n = channel_nonce_bytes(ENC_AES_GCM);
    if (w->destination->is_server) {
        buffer_append_bytes(out, payload);
        return;
    }
    buffer_append_literal(out, "{\"body\":");
    json_write_string(out, payload);
    buffer_append_literal(out, ",\"headers\":\"\"}");
}

/* Seal what stands behind the room for the nonce, for whoever opens layer @i (0 is the
 * destination's). */
static Status
seal_layer(const Wrapping *w, size_t i, Buffer *layer, uint8_t ret_ephemeral[KEY_BYTES],
           ChannelKey *ret_key)
{
    const uint8_t *theirs = i == 0 ? w->destination->x25519 : w->hops[w->n_hops - i].x25519;
    size_t n = layer->n - channel_nonce_bytes(ENC_AES_GCM);
    size_t sealed = channel_sealed_bytes(ENC_AES_GCM, n);
    X25519Pair ephemeral;
    Status status;

    crypto_keygen(w->crypto, w->random->key[i], &ephemeral);
    status = channel_agree(w->crypto, ENC_AES_GCM, &ephemeral, theirs, true, ret_key);
    if (status == ST_OK) {
        buffer_reserve(layer, sealed - layer->n);
        channel_seal(w->crypto, ret_key, w->random->nonce[i], layer->p, n);
        layer->n = sealed;
        memcpy(ret_ephemeral, ephemeral.pk, KEY_BYTES);
    }
    explicit_bzero(&ephemeral, sizeof ephemeral);
    return status;
}

/* Whom the opener of layer @i + 1 gives layer @i to. */
static void
write_next(const Wrapping *w, size_t i, Buffer *out)
{
    const OnionDestination *d = w->destination;

    if (i == 0 && d->is_server) {
        buffer_append_literal(out, ",\"host\":");
        json_write_string(out, bytes_of_text(d->host));
        buffer_append_literal(out, ",\"target\":");
        json_write_string(out, bytes_of_text(d->target));
        buffer_append_literal(out, ",\"method\":\"POST\"");
        return;
    }
    buffer_append_literal(out, ",\"destination\":\"");
    buffer_append_hex(
        out, (Bytes){ i == 0 ? d->ed25519 : w->hops[w->n_hops - i].ed25519, KEY_BYTES });
    buffer_append_literal(out, "\"");
}

/* The object around the sealed layer @i: @room bytes are left free before it. */
static void
write_object(const Wrapping *w, size_t i, size_t room, Bytes sealed,
             const uint8_t ephemeral[KEY_BYTES], Buffer *out)
{
    buffer_reserve(out, room + base64_encoded_bytes(sealed.n, true) + 256);
    out->n = room;
    buffer_append_literal(out, "{\"ciphertext\":\"");
    base64_encode(sealed, true, out);
    buffer_append_literal(out, "\",\"ephemeral_key\":\"");
    buffer_append_hex(out, (Bytes){ ephemeral, KEY_BYTES });
    buffer_append_literal(out, "\"");
    if (i < w->n_hops)
        write_next(w, i, out);
    buffer_append_literal(out, "}");
}

/* Wrap @layer, which holds the innermost one, up to the guard's. */
static Status
wrap_layers(const Wrapping *w, Buffer *layer, ChannelKey *ret_reply)
{
    uint8_t ephemeral[KEY_BYTES];
    Status status = ST_OK;
    ChannelKey key;

    for (size_t i = 0; i <= w->n_hops && status == ST_OK; i++) {
        size_t room = i < w->n_hops ? channel_nonce_bytes(ENC_AES_GCM) : 0;
        Buffer object = BUFFER_EMPTY;

        status = seal_layer(w, i, layer, ephemeral, i == 0 ? ret_reply : &key);
        if (status != ST_OK)
            break;
        write_object(w, i, room, buffer_bytes(layer), ephemeral, &object);
        buffer_clear(layer);
        *layer = object;
        meter_add(w->crypto->meter, METER_WRITE, layer->n);
        if (layer->n > ONION_REQUEST_MAX)
            status = ST_TOO_LARGE;
    }
    explicit_bzero(&key, sizeof key);
    return status;
}

Status
onion_v1_wrap(const Crypto *crypto, const OnionHop *hops, size_t n_hops,
              const OnionDestination *destination, Bytes payload, const OnionRandom *random,
              Packet *ret_request, ChannelKey *ret_reply)
{
    Wrapping w = { crypto, hops, n_hops, destination, random };
    Buffer layer = BUFFER_EMPTY;
    ChannelKey reply;
    Status status;

    if (n_hops > ONION_HOPS_MAX || (n_hops == 0 && destination->is_server))
        return ST_RANGE;
    if (payload.n > ONION_REQUEST_MAX)
        return ST_TOO_LARGE;
    if (!destination->is_server && !is_utf8(payload))
        return ST_MALFORMED;
    write_innermost(&w, payload, &layer);
    status = wrap_layers(&w, &layer, &reply);
    if (status != ST_OK) {
        buffer_clear(&layer);
        return status;
    }
    *ret_request = packet_of_buffer(&layer);
    *ret_reply = reply;
    return ST_OK;
}
