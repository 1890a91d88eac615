/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/attachment.h"

#include "nodes/crypto/crypto_ops.h"

enum { PADDED_BYTES_MIN = 541 };

#define PADDING_STEP 1.05

_Static_assert(ATTACHMENT_KEY_BYTES == 2 * (int)KEY_BYTES &&
                   (int)ATTACHMENT_IV_BYTES == CBC_BLOCK_BYTES,
               "layout");

/* Multiplying up gives the same floor as a power from the mathematical library for all
 * sizes that a file can have: no power of 1.05 comes near enough to a whole number. */
size_t
attachment_padded_bytes(size_t n)
{
    double power = 1;
    size_t padded;

    while (power < (double)n)
        power *= PADDING_STEP;
    padded = (size_t)power;
    if (n <= ATTACHMENT_BYTES_MAX && padded > ATTACHMENT_BYTES_MAX)
        padded = ATTACHMENT_BYTES_MAX;
    return padded > PADDED_BYTES_MIN ? padded : PADDED_BYTES_MIN;
}

void
attachment_pad_behind(Buffer *out, size_t start)
{
    size_t zeros = attachment_padded_bytes(out->n - start) - (out->n - start);

    memset(buffer_reserve(out, zeros), 0, zeros);
    out->n += zeros;
}

void
attachment_pad(Bytes file, Buffer *out)
{
    size_t start = out->n;

    buffer_append_bytes(out, file);
    attachment_pad_behind(out, start);
}

Status
attachment_unpad(Bytes padded, size_t size, Bytes *ret)
{
    if (size > padded.n)
        return ST_TRUNCATED;
    *ret = (Bytes){ padded.p, size };
    return ST_OK;
}

size_t
attachment_sealed_bytes(size_t n)
{
    return channel_sealed_bytes(ENC_AES_CBC, n) + MAC_BYTES;
}

/* The part of the key that AES has. */
static ChannelKey
cbc_key(const uint8_t key[ATTACHMENT_KEY_BYTES])
{
    ChannelKey ret = { .enc = ENC_AES_CBC };

    memcpy(ret.key, key, KEY_BYTES);
    return ret;
}

void
attachment_seal(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
                const uint8_t iv[ATTACHMENT_IV_BYTES], Bytes plain, Buffer *out,
                uint8_t ret_digest[ATTACHMENT_DIGEST_BYTES])
{
    size_t n = channel_sealed_bytes(ENC_AES_CBC, plain.n);
    uint8_t *p = buffer_reserve(out, n + MAC_BYTES);
    ChannelKey channel = cbc_key(key);

    if (plain.n > 0)
        memcpy(p + ATTACHMENT_IV_BYTES, plain.p, plain.n);
    channel_seal(crypto, &channel, iv, p, plain.n);
    meter_add(crypto->meter, METER_HASH, n);
    crypto->ops->mac(key + KEY_BYTES, (Bytes){ p, n }, p + n);
    crypto_sha256(crypto, (Bytes){ p, n + MAC_BYTES }, ret_digest);
    out->n += n + MAC_BYTES;
}

static bool
is_whole(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
         const uint8_t digest[ATTACHMENT_DIGEST_BYTES], Bytes sealed)
{
    Bytes covered = { sealed.p, sealed.n - MAC_BYTES };
    uint8_t found[ATTACHMENT_DIGEST_BYTES], mac[MAC_BYTES];

    crypto_sha256(crypto, sealed, found);
    meter_add(crypto->meter, METER_HASH, covered.n);
    crypto->ops->mac(key + KEY_BYTES, covered, mac);
    return memcmp(found, digest, sizeof found) == 0 &&
           memcmp(mac, sealed.p + covered.n, sizeof mac) == 0;
}

Status
attachment_open(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
                const uint8_t digest[ATTACHMENT_DIGEST_BYTES], Bytes sealed, Buffer *out)
{
    ChannelKey channel = cbc_key(key);
    uint8_t *p;
    size_t n;
    Status status;

    if (sealed.n < attachment_sealed_bytes(0))
        return ST_TRUNCATED;
    if (!is_whole(crypto, key, digest, sealed))
        return ST_AUTH;
    n = sealed.n - MAC_BYTES;
    p = buffer_reserve(out, n);
    memcpy(p, sealed.p, n);
    status = channel_open(crypto, &channel, p, n, &n);
    if (status != ST_OK)
        return status;
    memmove(p, p + ATTACHMENT_IV_BYTES, n);
    out->n += n;
    return ST_OK;
}
