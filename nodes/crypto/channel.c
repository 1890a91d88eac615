/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Channel encryption (protocol 4.2): what is common to real and null. */
#include "nodes/crypto/crypto_ops.h"

#include <assert.h>
#include <sodium.h>

typedef struct EncInfo {
    const char *name, *alias;
    size_t nonce_bytes, tag_bytes;
} EncInfo;

static const EncInfo encs[ENC_COUNT] = {
    [ENC_AES_GCM] = { "aes-gcm", "gcm", 12, TAG_BYTES },
    [ENC_XCHACHA20] = { "xchacha20", "xchacha20-poly1305", 24, TAG_BYTES },
    [ENC_AES_CBC] = { "aes-cbc", "cbc", CBC_BLOCK_BYTES, 0 },
};

const char *
enc_type_name(EncType enc)
{
    return (unsigned)enc < ENC_COUNT ? encs[enc].name : "unknown";
}

Status
enc_type_parse(Bytes name, EncType *ret)
{
    for (EncType enc = 0; enc < ENC_COUNT; enc++)
        if (bytes_equal_text(name, encs[enc].name) ||
            bytes_equal_text(name, encs[enc].alias)) {
            *ret = enc;
            return ST_OK;
        }
    return ST_MALFORMED;
}

Status
channel_agree(const Crypto *crypto, EncType enc, const X25519Pair *mine,
              const uint8_t theirs[KEY_BYTES], bool mine_is_client, ChannelKey *ret)
{
    uint8_t secret[KEY_BYTES];

    assert((unsigned)enc < ENC_COUNT);
    meter_add(crypto->meter, METER_X25519, 0);
    if (!crypto->ops->shared_secret(mine, theirs, secret))
        return ST_AUTH;
    ret->enc = enc;
    crypto->ops->channel_key(enc, secret, mine_is_client ? mine->pk : theirs,
                             mine_is_client ? theirs : mine->pk, ret->key);
    sodium_memzero(secret, sizeof secret);
    return ST_OK;
}

size_t
channel_nonce_bytes(EncType enc)
{
    assert((unsigned)enc < ENC_COUNT);
    return encs[enc].nonce_bytes;
}

size_t
channel_sealed_bytes(EncType enc, size_t n)
{
    size_t nonce_bytes = channel_nonce_bytes(enc);

    if (enc == ENC_AES_CBC)
        return nonce_bytes + (n / CBC_BLOCK_BYTES + 1) * CBC_BLOCK_BYTES;
    return nonce_bytes + n + TAG_BYTES;
}

static Aead
aead_of(EncType enc)
{
    return enc == ENC_AES_GCM ? AEAD_AES_GCM : AEAD_XCHACHA20;
}

void
channel_seal(const Crypto *crypto, const ChannelKey *key, const uint8_t *nonce, uint8_t *p,
             size_t n)
{
    uint8_t *body = p + channel_nonce_bytes(key->enc);

    meter_add(crypto->meter, METER_SEAL, n);
    memmove(p, nonce, channel_nonce_bytes(key->enc));
    if (key->enc == ENC_AES_CBC) {
        size_t pad = CBC_BLOCK_BYTES - n % CBC_BLOCK_BYTES;

        memset(body + n, (int)pad, pad);
        crypto->ops->cbc_seal(key->key, p, body, n + pad);
    } else {
        crypto->ops->aead_seal(aead_of(key->enc), key->key, p, body, n, body + n);
    }
}

/* The length without PKCS7 padding, or SIZE_MAX when it is none. */
static size_t
unpadded_length(const uint8_t *p, size_t n)
{
    size_t pad = p[n - 1];

    if (pad == 0 || pad > CBC_BLOCK_BYTES)
        return SIZE_MAX;
    for (size_t i = 1; i <= pad; i++)
        if (p[n - i] != pad)
            return SIZE_MAX;
    return n - pad;
}

static Status
open_cbc(const Crypto *crypto, const ChannelKey *key, uint8_t *p, size_t n, size_t *ret_n)
{
    uint8_t *body = p + CBC_BLOCK_BYTES;
    size_t plain;

    if (n < 2 * CBC_BLOCK_BYTES)
        return ST_TRUNCATED;
    if (n % CBC_BLOCK_BYTES != 0)
        return ST_AUTH;
    n -= CBC_BLOCK_BYTES;
    meter_add(crypto->meter, METER_OPEN, n);
    crypto->ops->cbc_open(key->key, p, body, n);
    plain = unpadded_length(body, n);
    if (plain == SIZE_MAX)
        return ST_AUTH;
    *ret_n = plain;
    return ST_OK;
}

Status
channel_open(const Crypto *crypto, const ChannelKey *key, uint8_t *p, size_t n,
             size_t *ret_n)
{
    size_t nonce_bytes = channel_nonce_bytes(key->enc);
    uint8_t *body = p + nonce_bytes;

    if (key->enc == ENC_AES_CBC)
        return open_cbc(crypto, key, p, n, ret_n);
    if (n < nonce_bytes + TAG_BYTES)
        return ST_TRUNCATED;
    n -= nonce_bytes + TAG_BYTES;
    meter_add(crypto->meter, METER_OPEN, n);
    if (!crypto->ops->aead_open(aead_of(key->enc), key->key, p, body, n, body + n))
        return ST_AUTH;
    *ret_n = n;
    return ST_OK;
}
