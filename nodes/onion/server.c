/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/onion/server.h"

#include "nodes/onion/layer.h"

#include <stdlib.h>

/* @n sealed bytes at @offset of a packet, opened in place. */
static Status
open_at(const Crypto *crypto, const ChannelKey *key, Packet *packet, size_t offset,
        size_t n, Packet *ret)
{
    Status status = channel_open(crypto, key, packet_make_mutable(packet) + offset, n, &n);

    if (status != ST_OK)
        return status;
    packet->offset += (uint32_t)(offset + channel_nonce_bytes(key->enc));
    packet->length = (uint32_t)n;
    *ret = packet_steal(packet);
    return ST_OK;
}

Status
onion_server_open(const Crypto *crypto, const X25519Pair *me, Packet *posted,
                  Packet *ret_payload, ChannelKey *ret_key)
{
    Packet packet = packet_steal(posted);
    OnionEnvelope envelope;
    const char *error;
    Status status = ST_MALFORMED;

    if (onion_layer_open(crypto, me, &packet, ret_payload, ret_key)) {
        packet_clear(&packet);
        return ST_OK;
    }
    if (packet.blob != NULL && onion_parse_guard(&packet, &envelope, &error) == ST_OK)
        status =
            channel_agree(crypto, envelope.enc, me, envelope.ephemeral_pk, false, ret_key);
    if (status == ST_OK)
        status = open_at(crypto, ret_key, &packet, envelope.cipher_offset,
                         envelope.cipher_length, ret_payload);
    packet_clear(&packet);
    return status;
}

/* --- the answer -------------------------------------------------------------------------
 */

typedef struct Answer {
    const CryptoOps *ops;
    ChannelKey key;
    uint8_t nonce[CHANNEL_NONCE_MAX];
    Packet payload;
} Answer;

static void
seal_into(const Crypto *crypto, const Answer *answer, Buffer *out)
{
    size_t nonce_n = channel_nonce_bytes(answer->key.enc), n = answer->payload.length;
    size_t start = out->n, sealed = channel_sealed_bytes(answer->key.enc, n);

    buffer_reserve(out, sealed);
    out->n += nonce_n;
    packet_append(&answer->payload, out);
    channel_seal(crypto, &answer->key, answer->nonce, out->p + start, n);
    out->n = start + sealed;
}

static void
encode(const void *object, Buffer *out)
{
    const Answer *answer = object;
    Meter meter = { .cost_ns = 0 }; /* the work was counted when it was put off */
    Crypto crypto = { .ops = answer->ops, .meter = &meter };

    seal_into(&crypto, answer, out);
}

static void
free_answer(void *object)
{
    Answer *answer = object;

    packet_clear(&answer->payload);
    explicit_bzero(&answer->key, sizeof answer->key);
    free(answer);
}

static const BlobType answer_type = { "sealed answer of a server", encode, free_answer };

Packet
onion_server_seal(const Crypto *crypto, const ChannelKey *key,
                  const uint8_t nonce[CHANNEL_NONCE_MAX], Packet *payload)
{
    Answer *answer = malloc(sizeof *answer);
    Buffer out = BUFFER_EMPTY;

    if (answer == NULL)
        abort();
    *answer = (Answer){ .ops = crypto->ops, .key = *key, .payload = packet_steal(payload) };
    memcpy(answer->nonce, nonce, sizeof answer->nonce);
    if (crypto->no_shortcuts || key->enc == ENC_AES_CBC) {
        seal_into(crypto, answer, &out);
        free_answer(answer);
        return packet_of_buffer(&out);
    }
    meter_add(crypto->meter, METER_SEAL, answer->payload.length);
    return packet_of_blob(blob_from_object(
        &answer_type, answer, channel_sealed_bytes(key->enc, answer->payload.length)));
}

Status
onion_server_read(const Crypto *crypto, const ChannelKey *key, Packet *sealed,
                  Packet *ret_payload)
{
    Packet packet = packet_steal(sealed);
    const Answer *answer;
    Status status = ST_TRUNCATED;

    if (packet.blob != NULL && packet.blob->type == &answer_type &&
        packet.length == packet.blob->size && !crypto->no_shortcuts) {
        answer = packet.blob->object;
        if (answer->ops == crypto->ops && answer->key.enc == key->enc &&
            memcmp(answer->key.key, key->key, sizeof key->key) == 0) {
            meter_add(crypto->meter, METER_OPEN, answer->payload.length);
            *ret_payload = packet_share(&answer->payload);
            packet_clear(&packet);
            return ST_OK;
        }
    }
    if (packet.blob != NULL)
        status = open_at(crypto, key, &packet, 0, packet.length, ret_payload);
    packet_clear(&packet);
    return status;
}
