/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blinding on the Edwards curve, as libsession-util does it. */
#include "nodes/crypto/crypto_ops.h"
#include "nodes/crypto/field25519.h"

#include <sodium.h>

/* The account's own scalar, clamped. */
static void
account_scalar(const Ed25519Pair *account, uint8_t ret[KEY_BYTES])
{
    uint8_t sk[crypto_sign_SECRETKEYBYTES];

    memcpy(sk, account->seed, KEY_BYTES);
    memcpy(sk + KEY_BYTES, account->pk, KEY_BYTES);
    (void)crypto_sign_ed25519_sk_to_curve25519(ret, sk); /* cannot fail */
    sodium_memzero(sk, sizeof sk);
}

static bool
real_public_key(const uint8_t factor[BLIND_FACTOR_BYTES],
                const uint8_t x25519_pk[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    uint8_t k[KEY_BYTES], point[KEY_BYTES];

    crypto_core_ed25519_scalar_reduce(k, factor);
    edwards_of_x25519(x25519_pk, point);
    return crypto_scalarmult_ed25519_noclamp(ret, k, point) == 0;
}

/* With @absolute the point is the factor times the account's with sign 0. */
static void
real_pair(const Ed25519Pair *account, const uint8_t x25519_pk[KEY_BYTES],
          const uint8_t factor[BLIND_FACTOR_BYTES], bool absolute, BlindedPair *ret)
{
    uint8_t k[KEY_BYTES], a[KEY_BYTES];

    (void)x25519_pk;
    crypto_core_ed25519_scalar_reduce(k, factor);
    if (absolute && account->pk[KEY_BYTES - 1] >> 7 != 0)
        crypto_core_ed25519_scalar_negate(k, k);
    account_scalar(account, a);
    crypto_core_ed25519_scalar_mul(ret->sk, k, a);
    (void)crypto_scalarmult_ed25519_base_noclamp(ret->id + 1, ret->sk);
    sodium_memzero(a, sizeof a);
}

/* Kind 25 multiplies by both factors; with kind 15 both are the same one, and it is there
 * in the other's key already. */
static bool
real_agree(const Ed25519Pair *account, const BlindedPair *mine,
           const uint8_t theirs[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    uint8_t scalar[KEY_BYTES];
    bool good;

    if (mine->id[0] == BLIND_25)
        memcpy(scalar, mine->sk, KEY_BYTES);
    else
        account_scalar(account, scalar);
    good = crypto_scalarmult_ed25519_noclamp(ret, scalar, theirs) == 0;
    sodium_memzero(scalar, sizeof scalar);
    return good;
}

/* The secret number of a signature of kind 15: hashed as Ed25519 would, with the half of
 * the account's secret key's hash that Ed25519 keeps for this. */
static void
nonce_15(const Ed25519Pair *account, const BlindedPair *pair, Bytes message,
         uint8_t ret[KEY_BYTES])
{
    crypto_hash_sha512_state state;
    uint8_t hash[crypto_hash_sha512_BYTES];

    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, account->seed, KEY_BYTES);
    crypto_hash_sha512_update(&state, account->pk, KEY_BYTES);
    crypto_hash_sha512_final(&state, hash);
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, hash + KEY_BYTES, KEY_BYTES);
    crypto_hash_sha512_update(&state, pair->id + 1, KEY_BYTES);
    crypto_hash_sha512_update(&state, message.p, message.n);
    crypto_hash_sha512_final(&state, hash);
    crypto_core_ed25519_scalar_reduce(ret, hash);
    sodium_memzero(hash, sizeof hash);
}

static void
nonce_25(const Ed25519Pair *account, const BlindedPair *pair, Bytes message,
         uint8_t ret[KEY_BYTES])
{
    static const char seed_key[] = "SessCommBlind25_seed", key[] = "SessCommBlind25_sig";
    crypto_generichash_blake2b_state state;
    uint8_t seed[KEY_BYTES], hash[64];

    crypto_generichash_blake2b(seed, sizeof seed, account->seed, KEY_BYTES,
                               (const uint8_t *)seed_key, sizeof seed_key - 1);
    crypto_generichash_blake2b_init(&state, (const uint8_t *)key, sizeof key - 1,
                                    sizeof hash);
    crypto_generichash_blake2b_update(&state, seed, sizeof seed);
    crypto_generichash_blake2b_update(&state, pair->id + 1, KEY_BYTES);
    crypto_generichash_blake2b_update(&state, message.p, message.n);
    crypto_generichash_blake2b_final(&state, hash, sizeof hash);
    crypto_core_ed25519_scalar_reduce(ret, hash);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(hash, sizeof hash);
}

/* R = r B, S = r + H(R, A, M) a. */
static void
real_sign(const Ed25519Pair *account, const BlindedPair *pair, Bytes message,
          uint8_t ret[SIGNATURE_BYTES])
{
    crypto_hash_sha512_state state;
    uint8_t r[KEY_BYTES], hash[crypto_hash_sha512_BYTES], *s = ret + KEY_BYTES;

    if (pair->id[0] == BLIND_25)
        nonce_25(account, pair, message, r);
    else
        nonce_15(account, pair, message, r);
    (void)crypto_scalarmult_ed25519_base_noclamp(ret, r);
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, ret, KEY_BYTES);
    crypto_hash_sha512_update(&state, pair->id + 1, KEY_BYTES);
    crypto_hash_sha512_update(&state, message.p, message.n);
    crypto_hash_sha512_final(&state, hash);
    crypto_core_ed25519_scalar_reduce(s, hash);
    crypto_core_ed25519_scalar_mul(s, s, pair->sk);
    crypto_core_ed25519_scalar_add(s, s, r);
    sodium_memzero(r, sizeof r);
}

const BlindOps blind_real = {
    .public_key = real_public_key,
    .pair = real_pair,
    .agree = real_agree,
    .sign = real_sign,
};
