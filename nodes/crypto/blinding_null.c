/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blinding without points: the key is a hash of the factor and the account's X25519 key, so
 * that both ways to it (from the account, from its Session ID) give the same. */
#include "nodes/crypto/crypto_ops.h"
#include "nodes/crypto/null_hash.h"

static bool
null_public_key(const uint8_t factor[BLIND_FACTOR_BYTES],
                const uint8_t x25519_pk[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    NullHash hash = null_hash_begin(NULL_BLIND);

    if (x25519_is_small_order(x25519_pk))
        return false;
    null_hash_add(&hash, factor, BLIND_FACTOR_BYTES);
    null_hash_add(&hash, x25519_pk, KEY_BYTES);
    null_hash_end(&hash, ret, KEY_BYTES);
    ret[KEY_BYTES - 1] &= 0x7f;
    return true;
}

/* As on the curve, the key of kind 15 has the sign of the account's. */
static void
null_pair(const Ed25519Pair *account, const uint8_t x25519_pk[KEY_BYTES],
          const uint8_t factor[BLIND_FACTOR_BYTES], bool absolute, BlindedPair *ret)
{
    (void)null_public_key(factor, x25519_pk, ret->id + 1);
    if (!absolute)
        ret->id[KEY_BYTES] |= account->pk[KEY_BYTES - 1] & 0x80;
    memcpy(ret->sk, account->seed, KEY_BYTES);
}

static bool
null_agree(const Ed25519Pair *account, const BlindedPair *mine,
           const uint8_t theirs[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    NullHash hash = null_hash_begin(NULL_SHARED_SECRET);
    bool mine_first = memcmp(mine->id + 1, theirs, KEY_BYTES) < 0;

    (void)account;
    null_hash_add(&hash, mine_first ? mine->id + 1 : theirs, KEY_BYTES);
    null_hash_add(&hash, mine_first ? theirs : mine->id + 1, KEY_BYTES);
    null_hash_end(&hash, ret, KEY_BYTES);
    return true;
}

static void
null_sign(const Ed25519Pair *account, const BlindedPair *pair, Bytes message,
          uint8_t ret[SIGNATURE_BYTES])
{
    Ed25519Pair blinded;

    (void)account;
    memcpy(blinded.pk, pair->id + 1, KEY_BYTES);
    crypto_null.sign(&blinded, message, ret);
}

const BlindOps blind_null = {
    .public_key = null_public_key,
    .pair = null_pair,
    .agree = null_agree,
    .sign = null_sign,
};
