/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/crypto/crypto.h"

#include <assert.h>
#include <sodium.h>

void
crypto_blake2b(const Crypto *crypto, Bytes key, const Bytes *parts, size_t n_parts,
               uint8_t *ret, size_t ret_n)
{
    crypto_generichash_blake2b_state state;
    size_t total = 0;

    assert(ret_n >= crypto_generichash_blake2b_BYTES_MIN &&
           ret_n <= crypto_generichash_blake2b_BYTES_MAX);
    assert(key.n <= crypto_generichash_blake2b_KEYBYTES_MAX);
    crypto_generichash_blake2b_init(&state, key.p, key.n, ret_n);
    for (size_t i = 0; i < n_parts; i++) {
        crypto_generichash_blake2b_update(&state, parts[i].p, parts[i].n);
        total += parts[i].n;
    }
    crypto_generichash_blake2b_final(&state, ret, ret_n);
    meter_add(crypto->meter, METER_HASH, total);
}

uint64_t
crypto_short_hash(const Crypto *crypto, const uint8_t key[16], Bytes in)
{
    uint8_t out[crypto_shorthash_siphash24_BYTES];
    uint64_t hash = 0;

    _Static_assert(crypto_shorthash_siphash24_KEYBYTES == 16, "a key of 16 bytes");
    crypto_shorthash_siphash24(out, in.p, in.n, key);
    for (size_t i = sizeof out; i > 0; i--)
        hash = hash << 8 | out[i - 1];
    meter_add(crypto->meter, METER_HASH, in.n);
    return hash;
}

void
crypto_sha512(const Crypto *crypto, Bytes in, uint8_t ret[64])
{
    meter_add(crypto->meter, METER_HASH, in.n);
    crypto_hash_sha512(ret, in.p, in.n);
}

void
crypto_sha256(const Crypto *crypto, Bytes in, uint8_t ret[32])
{
    meter_add(crypto->meter, METER_HASH, in.n);
    crypto_hash_sha256(ret, in.p, in.n);
}
