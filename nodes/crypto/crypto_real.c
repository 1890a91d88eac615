/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `crypto = real`: libsodium's primitives, put together as protocol 4.2 and 5.6 say.  AES
 * in CBC mode, which libsodium does not have, is nettle's. */
#include "nodes/crypto/crypto_ops.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <sodium.h>

static void
real_public_key(const uint8_t sk[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    (void)crypto_scalarmult_base(ret, sk); /* cannot fail */
}

static bool
real_shared_secret(const X25519Pair *mine, const uint8_t theirs[KEY_BYTES],
                   uint8_t ret[KEY_BYTES])
{
    return crypto_scalarmult(ret, mine->sk, theirs) == 0;
}

/* aes-gcm: HMAC-SHA256 under the key "LOKI". */
static void
gcm_key(const uint8_t secret[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    static const uint8_t salt[] = { 'L', 'O', 'K', 'I' };
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, salt, sizeof salt);
    crypto_auth_hmacsha256_update(&state, secret, KEY_BYTES);
    crypto_auth_hmacsha256_final(&state, ret);
    sodium_memzero(&state, sizeof state);
}

/* xchacha20: BLAKE2b over the secret and both keys, the client's first. */
static void
xchacha20_key(const uint8_t secret[KEY_BYTES], const uint8_t client[KEY_BYTES],
              const uint8_t server[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    uint8_t in[3 * KEY_BYTES];

    memcpy(in, secret, KEY_BYTES);
    memcpy(in + KEY_BYTES, client, KEY_BYTES);
    memcpy(in + 2 * KEY_BYTES, server, KEY_BYTES);
    crypto_generichash_blake2b(ret, KEY_BYTES, in, sizeof in, NULL, 0);
    sodium_memzero(in, KEY_BYTES);
}

static void
real_channel_key(EncType enc, const uint8_t secret[KEY_BYTES],
                 const uint8_t client[KEY_BYTES], const uint8_t server[KEY_BYTES],
                 uint8_t ret[KEY_BYTES])
{
    if (enc == ENC_AES_GCM)
        gcm_key(secret, ret);
    else if (enc == ENC_XCHACHA20)
        xchacha20_key(secret, client, server, ret);
    else
        memcpy(ret, secret, KEY_BYTES);
}

static void
real_box_key(const uint8_t secret[KEY_BYTES], const uint8_t ephemeral[KEY_BYTES],
             const uint8_t recipient[KEY_BYTES], uint8_t ret_key[KEY_BYTES],
             uint8_t ret_nonce[BOX_NONCE_BYTES])
{
    static const uint8_t zero[crypto_core_hsalsa20_INPUTBYTES];
    uint8_t keys[2 * KEY_BYTES];

    crypto_core_hsalsa20(ret_key, zero, secret, NULL);
    memcpy(keys, ephemeral, KEY_BYTES);
    memcpy(keys + KEY_BYTES, recipient, KEY_BYTES);
    crypto_generichash_blake2b(ret_nonce, BOX_NONCE_BYTES, keys, sizeof keys, NULL, 0);
}

static void
real_sign(const Ed25519Pair *key, Bytes message, uint8_t ret[SIGNATURE_BYTES])
{
    uint8_t sk[crypto_sign_SECRETKEYBYTES];

    memcpy(sk, key->seed, KEY_BYTES);
    memcpy(sk + KEY_BYTES, key->pk, KEY_BYTES);
    crypto_sign_detached(ret, NULL, message.p, message.n, sk);
    sodium_memzero(sk, KEY_BYTES);
}

static bool
real_verify(const uint8_t pk[KEY_BYTES], Bytes message,
            const uint8_t signature[SIGNATURE_BYTES])
{
    return crypto_sign_verify_detached(signature, message.p, message.n, pk) == 0;
}

static void
real_aead_seal(Aead aead, const uint8_t key[KEY_BYTES], const uint8_t *nonce, uint8_t *p,
               size_t n, uint8_t ret_tag[TAG_BYTES])
{
    if (aead == AEAD_AES_GCM)
        crypto_aead_aes256gcm_encrypt_detached(p, ret_tag, NULL, p, n, NULL, 0, NULL, nonce,
                                               key);
    else if (aead == AEAD_XCHACHA20)
        crypto_aead_xchacha20poly1305_ietf_encrypt_detached(p, ret_tag, NULL, p, n, NULL, 0,
                                                            NULL, nonce, key);
    else
        crypto_secretbox_detached(p, ret_tag, p, n, nonce, key);
}

static bool
real_aead_open(Aead aead, const uint8_t key[KEY_BYTES], const uint8_t *nonce, uint8_t *p,
               size_t n, const uint8_t tag[TAG_BYTES])
{
    if (aead == AEAD_AES_GCM)
        return crypto_aead_aes256gcm_decrypt_detached(p, NULL, p, n, tag, NULL, 0, nonce,
                                                      key) == 0;
    if (aead == AEAD_XCHACHA20)
        return crypto_aead_xchacha20poly1305_ietf_decrypt_detached(p, NULL, p, n, tag, NULL,
                                                                   0, nonce, key) == 0;
    return crypto_secretbox_open_detached(p, p, tag, n, nonce, key) == 0;
}

static void
real_cbc_seal(const uint8_t key[KEY_BYTES], const uint8_t *iv, uint8_t *p, size_t n)
{
    struct aes256_ctx aes;
    uint8_t chain[CBC_BLOCK_BYTES];

    memcpy(chain, iv, sizeof chain);
    aes256_set_encrypt_key(&aes, key);
    cbc_encrypt(&aes, (nettle_cipher_func *)aes256_encrypt, sizeof chain, chain, n, p, p);
    sodium_memzero(&aes, sizeof aes);
}

static void
real_cbc_open(const uint8_t key[KEY_BYTES], const uint8_t *iv, uint8_t *p, size_t n)
{
    struct aes256_ctx aes;
    uint8_t chain[CBC_BLOCK_BYTES];

    memcpy(chain, iv, sizeof chain);
    aes256_set_decrypt_key(&aes, key);
    cbc_decrypt(&aes, (nettle_cipher_func *)aes256_decrypt, sizeof chain, chain, n, p, p);
    sodium_memzero(&aes, sizeof aes);
}

static void
real_mac(const uint8_t key[KEY_BYTES], Bytes in, uint8_t ret[MAC_BYTES])
{
    (void)crypto_auth_hmacsha256(ret, in.p, in.n, key); /* cannot fail */
}

static bool
real_work_is_done(const uint8_t text[64], uint64_t target, uint32_t difficulty,
                  const uint8_t nonce[8])
{
    uint8_t both[8 + 64], hash[64];

    (void)difficulty;
    memcpy(both, nonce, 8);
    memcpy(both + 8, text, 64);
    crypto_hash_sha512(hash, both, sizeof both);
    return load_u64be(hash) < target;
}

/* Count up from zero, as clients did: the text is fresh for each message. */
static void
real_work_find(const uint8_t text[64], uint64_t target, uint32_t difficulty,
               uint8_t ret_nonce[8])
{
    uint8_t nonce[8] = { 0 };

    while (!real_work_is_done(text, target, difficulty, nonce))
        for (int i = 7; i >= 0 && ++nonce[i] == 0; i--)
            ;
    memcpy(ret_nonce, nonce, sizeof nonce);
}

const CryptoOps crypto_real = {
    .public_key = real_public_key,
    .shared_secret = real_shared_secret,
    .channel_key = real_channel_key,
    .box_key = real_box_key,
    .sign = real_sign,
    .verify = real_verify,
    .aead_seal = real_aead_seal,
    .aead_open = real_aead_open,
    .cbc_seal = real_cbc_seal,
    .cbc_open = real_cbc_open,
    .mac = real_mac,
    .blind = &blind_real,
    .work_find = real_work_find,
    .work_is_done = real_work_is_done,
};
