/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is common to real and null: factors, the hashes of keys, the message's layout. */
#include "nodes/crypto/blinding.h"

#include "nodes/crypto/crypto_ops.h"

#include <sodium.h>

enum { MESSAGE_VERSION = 0, SIGN_BIT = 0x80, SESSION_PREFIX = 0x05 };

_Static_assert(BLINDED_MESSAGE_OVERHEAD == 1 + KEY_BYTES + TAG_BYTES + BLINDED_NONCE_BYTES,
               "layout");

static bool
kind_of(const uint8_t id[BLINDED_ID_BYTES], BlindKind *ret)
{
    if (id[0] != BLIND_15 && id[0] != BLIND_25)
        return false;
    *ret = (BlindKind)id[0];
    return true;
}

/* The hash that becomes the factor. */
static void
factor_hash(const Crypto *crypto, BlindKind kind, const uint8_t x25519_pk[KEY_BYTES],
            const uint8_t server_pk[KEY_BYTES], uint8_t ret[BLIND_FACTOR_BYTES])
{
    static const uint8_t prefix[] = { SESSION_PREFIX };
    const Bytes parts[] = { { prefix, 1 },
                            { x25519_pk, KEY_BYTES },
                            { server_pk, KEY_BYTES } };
    size_t first = kind == BLIND_15 ? 2 : 0;

    crypto_blake2b(crypto, (Bytes){ NULL, 0 }, parts + first, 3 - first, ret,
                   BLIND_FACTOR_BYTES);
}

Status
blinded_pair(const Crypto *crypto, BlindKind kind, const Ed25519Pair *account,
             const uint8_t server_pk[KEY_BYTES], BlindedPair *ret)
{
    uint8_t x25519_pk[KEY_BYTES], factor[BLIND_FACTOR_BYTES];
    Status status = identity_memo_x25519_pk(crypto->memo, account->pk, x25519_pk);

    if (status != ST_OK)
        return status;
    factor_hash(crypto, kind, x25519_pk, server_pk, factor);
    meter_add(crypto->meter, METER_X25519_KEYGEN, 0);
    ret->id[0] = (uint8_t)kind;
    crypto->ops->blind->pair(account, x25519_pk, factor, kind == BLIND_25, ret);
    return ST_OK;
}

Status
blinded_id(const Crypto *crypto, BlindKind kind, const uint8_t x25519_pk[KEY_BYTES],
           const uint8_t server_pk[KEY_BYTES], uint8_t ret[BLINDED_ID_BYTES])
{
    uint8_t factor[BLIND_FACTOR_BYTES], pk[KEY_BYTES];

    factor_hash(crypto, kind, x25519_pk, server_pk, factor);
    meter_add(crypto->meter, METER_X25519, 0);
    if (!crypto->ops->blind->public_key(factor, x25519_pk, pk))
        return ST_AUTH;
    ret[0] = (uint8_t)kind;
    memcpy(ret + 1, pk, KEY_BYTES);
    return ST_OK;
}

bool
blinded_id_is_of(const Crypto *crypto, const uint8_t id[BLINDED_ID_BYTES],
                 const uint8_t x25519_pk[KEY_BYTES], const uint8_t server_pk[KEY_BYTES])
{
    uint8_t expected[BLINDED_ID_BYTES];
    BlindKind kind;

    if (!kind_of(id, &kind) ||
        blinded_id(crypto, kind, x25519_pk, server_pk, expected) != ST_OK)
        return false;
    if (kind == BLIND_15)
        expected[KEY_BYTES] ^= (uint8_t)((expected[KEY_BYTES] ^ id[KEY_BYTES]) & SIGN_BIT);
    return memcmp(expected, id, BLINDED_ID_BYTES) == 0;
}

void
blinded_sign(const Crypto *crypto, const Ed25519Pair *account, const BlindedPair *pair,
             Bytes message, uint8_t ret[SIGNATURE_BYTES])
{
    meter_add(crypto->meter, METER_SIGN, message.n);
    crypto->ops->blind->sign(account, pair, message, ret);
}

/* --- messages ------------------------------------------------------------------------- */

/* The key between @mine and @theirs; the sender's is hashed first. */
static Status
message_key(const Crypto *crypto, const Ed25519Pair *account, const BlindedPair *mine,
            const uint8_t theirs[BLINDED_ID_BYTES], bool sending, uint8_t ret[KEY_BYTES])
{
    uint8_t secret[KEY_BYTES];
    const uint8_t *sender = sending ? mine->id : theirs;
    const uint8_t *recipient = sending ? theirs : mine->id;
    const Bytes parts[] = { { secret, KEY_BYTES },
                            { sender + 1, KEY_BYTES },
                            { recipient + 1, KEY_BYTES } };

    meter_add(crypto->meter, METER_X25519, 0);
    if (!crypto->ops->blind->agree(account, mine, theirs + 1, secret))
        return ST_AUTH;
    crypto_blake2b(crypto, (Bytes){ NULL, 0 }, parts, 3, ret, KEY_BYTES);
    sodium_memzero(secret, sizeof secret);
    return ST_OK;
}

/* Version, body sealed in place, tag, nonce. */
static void
seal_body(const Crypto *crypto, const uint8_t key[KEY_BYTES],
          const uint8_t nonce[BLINDED_NONCE_BYTES], uint8_t *p, size_t body_n)
{
    meter_add(crypto->meter, METER_SEAL, body_n);
    p[0] = MESSAGE_VERSION;
    crypto->ops->aead_seal(AEAD_XCHACHA20, key, nonce, p + 1, body_n, p + 1 + body_n);
    memcpy(p + 1 + body_n + TAG_BYTES, nonce, BLINDED_NONCE_BYTES);
}

Status
blinded_message_seal(const Crypto *crypto, const Ed25519Pair *account,
                     const uint8_t server_pk[KEY_BYTES],
                     const uint8_t recipient_id[BLINDED_ID_BYTES],
                     const uint8_t nonce[BLINDED_NONCE_BYTES], Bytes message, Buffer *out)
{
    uint8_t *p = buffer_reserve(out, message.n + BLINDED_MESSAGE_OVERHEAD);
    uint8_t key[KEY_BYTES];
    BlindedPair mine;
    BlindKind kind;
    Status status;

    if (!kind_of(recipient_id, &kind))
        return ST_MALFORMED;
    status = blinded_pair(crypto, kind, account, server_pk, &mine);
    if (status == ST_OK)
        status = message_key(crypto, account, &mine, recipient_id, true, key);
    if (status == ST_OK) {
        if (message.n > 0)
            memcpy(p + 1, message.p, message.n);
        memcpy(p + 1 + message.n, account->pk, KEY_BYTES);
        seal_body(crypto, key, nonce, p, message.n + KEY_BYTES);
        out->n += message.n + BLINDED_MESSAGE_OVERHEAD;
        sodium_memzero(key, sizeof key);
    }
    sodium_memzero(&mine, sizeof mine);
    return status;
}

static Status
open_key(const Crypto *crypto, const Ed25519Pair *account,
         const uint8_t server_pk[KEY_BYTES], const uint8_t sender_id[BLINDED_ID_BYTES],
         uint8_t ret[KEY_BYTES])
{
    BlindedPair mine;
    BlindKind kind;
    Status status;

    if (!kind_of(sender_id, &kind))
        return ST_MALFORMED;
    status = blinded_pair(crypto, kind, account, server_pk, &mine);
    if (status == ST_OK)
        status = message_key(crypto, account, &mine, sender_id, false, ret);
    sodium_memzero(&mine, sizeof mine);
    return status;
}

Status
blinded_message_open(const Crypto *crypto, const Ed25519Pair *account,
                     const uint8_t server_pk[KEY_BYTES],
                     const uint8_t sender_id[BLINDED_ID_BYTES], Bytes sealed, Buffer *out,
                     uint8_t ret_sender[KEY_BYTES])
{
    uint8_t key[KEY_BYTES], sender[KEY_BYTES];
    uint8_t *body;
    size_t n;
    Status status;

    if (sealed.n < BLINDED_MESSAGE_OVERHEAD)
        return ST_TRUNCATED;
    if (sealed.p[0] != MESSAGE_VERSION)
        return ST_MALFORMED;
    status = open_key(crypto, account, server_pk, sender_id, key);
    if (status != ST_OK)
        return status;
    n = sealed.n - BLINDED_MESSAGE_OVERHEAD;
    body = buffer_reserve(out, n + KEY_BYTES);
    memcpy(body, sealed.p + 1, n + KEY_BYTES);
    meter_add(crypto->meter, METER_OPEN, n + KEY_BYTES);
    if (!crypto->ops->aead_open(
            AEAD_XCHACHA20, key, sealed.p + sealed.n - BLINDED_NONCE_BYTES, body,
            n + KEY_BYTES, sealed.p + sealed.n - BLINDED_NONCE_BYTES - TAG_BYTES))
        status = ST_AUTH;
    sodium_memzero(key, sizeof key);
    if (status == ST_OK)
        status = identity_memo_x25519_pk(crypto->memo, body + n, sender);
    if (status != ST_OK)
        return status;
    if (!blinded_id_is_of(crypto, sender_id, sender, server_pk))
        return ST_AUTH;
    memcpy(ret_sender, sender, KEY_BYTES);
    out->n += n;
    return ST_OK;
}

/* --- asking for the version -------------------------------------------------------------
 */

void
version_check_identity(const Crypto *crypto, const Ed25519Pair *account, Ed25519Pair *ret)
{
    const Bytes seed = { account->seed, KEY_BYTES };
    uint8_t hash[KEY_BYTES];

    crypto_blake2b(crypto, BYTES_LITERAL("VersionCheckKey_sig"), &seed, 1, hash, KEY_BYTES);
    identity_ed25519(hash, ret);
    sodium_memzero(hash, sizeof hash);
}
