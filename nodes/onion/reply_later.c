/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/onion/reply_later.h"

#include "nodes/wire/base64.h"
#include "nodes/wire/json_around.h"

#include <assert.h>
#include <stdlib.h>

typedef struct Reply {
    const CryptoOps *ops;
    ChannelKey key;
    uint8_t nonce[CHANNEL_NONCE_MAX];
    int status;
    bool base64;
    uint32_t plain_n; /* of what is sealed */
    Packet body;
} Reply;

static void
encode(const void *object, Buffer *out)
{
    const Reply *reply = object;
    Meter meter = { .cost_ns = 0 }; /* the work was counted when it was put off */
    Crypto crypto = { .ops = reply->ops, .meter = &meter };
    Packet packet = onion_reply_seal(&crypto, &reply->key, reply->nonce, reply->status,
                                     packet_bytes(&reply->body), false, reply->base64);

    buffer_append_bytes(out, packet_bytes(&packet));
    packet_clear(&packet);
}

static void
free_reply(void *object)
{
    Reply *reply = object;

    packet_clear(&reply->body);
    explicit_bzero(&reply->key, sizeof reply->key);
    free(reply);
}

static const BlobType reply_type = { "sealed reply", encode, free_reply };

/* Of {"body":"...","status":N}. */
static size_t
plain_bytes(size_t body_string_bytes, int status)
{
    return sizeof "{\"body\":,\"status\":}" - 1 + body_string_bytes +
           decimal_digits(status);
}

Packet
onion_reply_later(const Crypto *crypto, const ChannelKey *key,
                  const uint8_t nonce[CHANNEL_NONCE_MAX], int status, Packet *body,
                  bool as_json, bool base64)
{
    bool can_wait = !crypto->no_shortcuts && !as_json && key->enc != ENC_AES_CBC &&
                    status >= 0 && status <= ONION_STATUS_MAX;
    size_t string_bytes = can_wait ? json_packet_string_bytes(body) : 0, n, sealed;
    Reply *reply;

    if (string_bytes == 0) {
        Packet packet = onion_reply_seal(crypto, key, nonce, status, packet_bytes(body),
                                         as_json, base64);

        packet_clear(body);
        return packet;
    }
    n = plain_bytes(string_bytes, status);
    meter_add(crypto->meter, METER_SEAL, n);
    meter_add(crypto->meter, METER_WRITE, n);
    reply = malloc(sizeof *reply);
    if (reply == NULL)
        abort();
    *reply = (Reply){ .ops = crypto->ops,
                      .key = *key,
                      .status = status,
                      .base64 = base64,
                      .plain_n = (uint32_t)n,
                      .body = packet_steal(body) };
    memcpy(reply->nonce, nonce, sizeof reply->nonce);
    sealed = channel_sealed_bytes(key->enc, n);
    return packet_of_blob(blob_from_object(
        &reply_type, reply, base64 ? base64_encoded_bytes(sealed, true) : sealed));
}

/* The reply that a packet carries, if @key is its key. */
static const Reply *
reply_of(const Crypto *crypto, const ChannelKey *key, const Packet *packet)
{
    const Blob *blob = packet->blob;
    const Reply *reply;

    if (blob == NULL || blob->type != &reply_type || packet->length != blob->size ||
        crypto->no_shortcuts)
        return NULL;
    reply = blob->object;
    if (reply->ops != crypto->ops || reply->key.enc != key->enc ||
        memcmp(reply->key.key, key->key, sizeof key->key) != 0)
        return NULL;
    return reply;
}

Status
onion_reply_read(const Crypto *crypto, const ChannelKey *key, Packet *sealed,
                 int *ret_status, Packet *ret_body)
{
    const Reply *reply = reply_of(crypto, key, sealed);
    Packet plain = PACKET_EMPTY;
    Buffer body = BUFFER_EMPTY;
    Status status;

    if (reply != NULL) {
        meter_add(crypto->meter, METER_OPEN, reply->plain_n);
        *ret_status = reply->status;
        *ret_body = packet_share(&reply->body);
        packet_clear(sealed);
        return ST_OK;
    }
    status = onion_reply_open(crypto, key, sealed, &plain);
    if (status != ST_OK)
        return status;
    status = onion_reply_parse(packet_bytes(&plain), ret_status, &body);
    packet_clear(&plain);
    if (status == ST_OK)
        *ret_body = packet_of_buffer(&body);
    else
        buffer_clear(&body);
    return status;
}
