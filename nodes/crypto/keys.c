/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/crypto_ops.h"

#include <sodium.h>

void
crypto_keygen(const Crypto *crypto, const uint8_t random[KEY_BYTES], X25519Pair *ret)
{
    meter_add(crypto->meter, METER_X25519_KEYGEN, 0);
    memmove(ret->sk, random, KEY_BYTES);
    crypto->ops->public_key(ret->sk, ret->pk);
}

void
identity_ed25519(const uint8_t seed[KEY_BYTES], Ed25519Pair *ret)
{
    uint8_t sk[crypto_sign_SECRETKEYBYTES];

    memmove(ret->seed, seed, KEY_BYTES);
    crypto_sign_seed_keypair(ret->pk, sk, ret->seed);
    sodium_memzero(sk, sizeof sk);
}

/* Multiplying the base point by the converted secret key gives what converting the public
 * key would, sooner. */
void
identity_x25519(const Ed25519Pair *identity, X25519Pair *ret)
{
    uint8_t sk[crypto_sign_SECRETKEYBYTES];

    memcpy(sk, identity->seed, KEY_BYTES);
    memcpy(sk + KEY_BYTES, identity->pk, KEY_BYTES);
    (void)crypto_sign_ed25519_sk_to_curve25519(ret->sk, sk); /* cannot fail */
    (void)crypto_scalarmult_base(ret->pk, ret->sk);
    sodium_memzero(sk, sizeof sk);
}

Status
identity_x25519_pk(const uint8_t ed_pk[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    uint8_t pk[KEY_BYTES];

    if (crypto_sign_ed25519_pk_to_curve25519(pk, ed_pk) != 0)
        return ST_AUTH;
    memcpy(ret, pk, KEY_BYTES);
    return ST_OK;
}
