/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/session_message.h"

#include "nodes/crypto/crypto_ops.h"

#include <assert.h>
#include <sodium.h>

enum {
    PAD_BLOCK_BYTES = 160,
    BOX_OVERHEAD = KEY_BYTES + TAG_BYTES /* ephemeral key, tag */
};

_Static_assert(SESSION_MESSAGE_SIGNED_OVERHEAD == KEY_BYTES + SIGNATURE_BYTES, "inner");
_Static_assert(SESSION_MESSAGE_OVERHEAD == SESSION_MESSAGE_SIGNED_OVERHEAD + BOX_OVERHEAD,
               "outer");

/* What hangs on secrets, wiped once. */
typedef struct BoxSecrets {
    X25519Pair ephemeral;
    uint8_t shared[KEY_BYTES], key[KEY_BYTES];
    uint8_t nonce[BOX_NONCE_BYTES];
} BoxSecrets;

void
session_message_pad(Bytes message, Buffer *out)
{
    size_t padded =
        (message.n + 2 + PAD_BLOCK_BYTES - 1) / PAD_BLOCK_BYTES * PAD_BLOCK_BYTES - 1;
    size_t zeros = padded - message.n - 1;

    buffer_append_bytes(out, message);
    buffer_append_literal(out, "\x80");
    memset(buffer_reserve(out, zeros), 0, zeros);
    out->n += zeros;
}

Status
session_message_unpad(Bytes padded, Bytes *ret)
{
    size_t n = padded.n;

    while (n > 0 && padded.p[n - 1] == 0)
        n--;
    if (n == 0)
        return ST_MALFORMED;
    if (padded.p[n - 1] == 0x80)
        *ret = (Bytes){ padded.p, n - 1 };
    else
        *ret = padded;
    return ST_OK;
}

/* Write the sender's key and the signature over message, key and recipient behind the
 * message of @n bytes at @p. */
static void
sign_inner(const Crypto *crypto, const Ed25519Pair *sender,
           const uint8_t recipient[KEY_BYTES], uint8_t *p, size_t n)
{
    uint8_t signature[SIGNATURE_BYTES];

    memcpy(p + n, sender->pk, KEY_BYTES);
    memcpy(p + n + KEY_BYTES, recipient, KEY_BYTES);
    crypto_sign_message(crypto, sender, (Bytes){ p, n + 2 * KEY_BYTES }, signature);
    memcpy(p + n + KEY_BYTES, signature, sizeof signature);
}

static bool
verify_inner(const Crypto *crypto, const uint8_t recipient[KEY_BYTES], uint8_t *p, size_t n)
{
    uint8_t signature[SIGNATURE_BYTES];

    memcpy(signature, p + n + KEY_BYTES, sizeof signature);
    memcpy(p + n + KEY_BYTES, recipient, KEY_BYTES);
    return crypto_verify(crypto, p + n, (Bytes){ p, n + 2 * KEY_BYTES }, signature);
}

static Status
box_agree(const Crypto *crypto, const X25519Pair *mine, const uint8_t theirs[KEY_BYTES],
          const uint8_t ephemeral[KEY_BYTES], const uint8_t recipient[KEY_BYTES],
          BoxSecrets *secrets)
{
    meter_add(crypto->meter, METER_X25519, 0);
    if (!crypto->ops->shared_secret(mine, theirs, secrets->shared))
        return ST_AUTH;
    crypto->ops->box_key(secrets->shared, ephemeral, recipient, secrets->key,
                         secrets->nonce);
    return ST_OK;
}

Status
session_message_seal(const Crypto *crypto, const Ed25519Pair *sender,
                     const uint8_t recipient_x25519[KEY_BYTES],
                     const uint8_t ephemeral_random[KEY_BYTES], Bytes message, Buffer *out)
{
    uint8_t *p = buffer_reserve(out, message.n + SESSION_MESSAGE_OVERHEAD);
    uint8_t *inner = p + BOX_OVERHEAD;
    size_t inner_n = message.n + SESSION_MESSAGE_SIGNED_OVERHEAD;
    BoxSecrets secrets;
    Status status;

    crypto_keygen(crypto, ephemeral_random, &secrets.ephemeral);
    status = box_agree(crypto, &secrets.ephemeral, recipient_x25519, secrets.ephemeral.pk,
                       recipient_x25519, &secrets);
    if (status == ST_OK) {
        memcpy(p, secrets.ephemeral.pk, KEY_BYTES);
        if (message.n > 0)
            memcpy(inner, message.p, message.n);
        sign_inner(crypto, sender, recipient_x25519, inner, message.n);
        meter_add(crypto->meter, METER_SEAL, inner_n);
        crypto->ops->aead_seal(AEAD_BOX, secrets.key, secrets.nonce, inner, inner_n,
                               p + KEY_BYTES);
        out->n += message.n + SESSION_MESSAGE_OVERHEAD;
    }
    sodium_memzero(&secrets, sizeof secrets);
    return status;
}

/* crypto_box's key pair of a seed: the secret key is the first half of its SHA-512. */
Status
session_message_seal_deterministic(const Crypto *crypto, const Ed25519Pair *sender,
                                   const uint8_t recipient_x25519[KEY_BYTES], Bytes message,
                                   Buffer *out)
{
    const Bytes parts[] = { { sender->seed, KEY_BYTES },
                            { recipient_x25519, KEY_BYTES },
                            message };
    struct {
        uint8_t seed[KEY_BYTES], hash[64];
    } secrets;
    Status status;

    crypto_blake2b(crypto, BYTES_LITERAL("SessionBoxEphemeralHashKey"), parts, 3,
                   secrets.seed, KEY_BYTES);
    crypto_sha512(crypto, (Bytes){ secrets.seed, KEY_BYTES }, secrets.hash);
    status =
        session_message_seal(crypto, sender, recipient_x25519, secrets.hash, message, out);
    sodium_memzero(&secrets, sizeof secrets);
    return status;
}

static Status
open_box(const Crypto *crypto, const X25519Pair *recipient, Bytes sealed, uint8_t *inner,
         size_t inner_n)
{
    BoxSecrets secrets;
    Status status =
        box_agree(crypto, recipient, sealed.p, sealed.p, recipient->pk, &secrets);

    if (status == ST_OK) {
        meter_add(crypto->meter, METER_OPEN, inner_n);
        memcpy(inner, sealed.p + BOX_OVERHEAD, inner_n);
        if (!crypto->ops->aead_open(AEAD_BOX, secrets.key, secrets.nonce, inner, inner_n,
                                    sealed.p + KEY_BYTES))
            status = ST_AUTH;
    }
    sodium_memzero(&secrets, sizeof secrets);
    return status;
}

Status
session_message_open(const Crypto *crypto, const X25519Pair *recipient, Bytes sealed,
                     Buffer *out, uint8_t ret_sender[KEY_BYTES])
{
    uint8_t *inner;
    size_t n;
    Status status;

    if (sealed.n < SESSION_MESSAGE_OVERHEAD)
        return ST_TRUNCATED;
    n = sealed.n - SESSION_MESSAGE_OVERHEAD;
    inner = buffer_reserve(out, n + SESSION_MESSAGE_SIGNED_OVERHEAD);
    status =
        open_box(crypto, recipient, sealed, inner, n + SESSION_MESSAGE_SIGNED_OVERHEAD);
    if (status != ST_OK)
        return status;
    if (!verify_inner(crypto, recipient->pk, inner, n))
        return ST_AUTH;
    status = identity_memo_x25519_pk(crypto->memo, inner + n, ret_sender);
    if (status == ST_OK)
        out->n += n;
    return status;
}
