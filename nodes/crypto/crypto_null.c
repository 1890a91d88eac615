/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `crypto = null`: every size and every failure of the real thing at almost no cost. */
#include "nodes/crypto/crypto_ops.h"
#include "nodes/crypto/null_hash.h"

static const size_t aead_nonce_bytes[AEAD_COUNT] = {
    [AEAD_AES_GCM] = 12,
    [AEAD_XCHACHA20] = 24,
    [AEAD_BOX] = BOX_NONCE_BYTES,
};

static void
null_public_key(const uint8_t sk[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    NullHash hash = null_hash_begin(NULL_PUBLIC_KEY);

    null_hash_add(&hash, sk, KEY_BYTES);
    null_hash_end(&hash, ret, KEY_BYTES);
}

static bool
null_shared_secret(const X25519Pair *mine, const uint8_t theirs[KEY_BYTES],
                   uint8_t ret[KEY_BYTES])
{
    NullHash hash = null_hash_begin(NULL_SHARED_SECRET);
    bool mine_first = memcmp(mine->pk, theirs, KEY_BYTES) < 0;

    if (x25519_is_small_order(theirs))
        return false;
    null_hash_add(&hash, mine_first ? mine->pk : theirs, KEY_BYTES);
    null_hash_add(&hash, mine_first ? theirs : mine->pk, KEY_BYTES);
    null_hash_end(&hash, ret, KEY_BYTES);
    return true;
}

static void
null_channel_key(EncType enc, const uint8_t secret[KEY_BYTES],
                 const uint8_t client[KEY_BYTES], const uint8_t server[KEY_BYTES],
                 uint8_t ret[KEY_BYTES])
{
    NullHash hash = null_hash_begin(NULL_CHANNEL + (uint64_t)enc);

    null_hash_add(&hash, secret, KEY_BYTES);
    if (enc == ENC_XCHACHA20) {
        null_hash_add(&hash, client, KEY_BYTES);
        null_hash_add(&hash, server, KEY_BYTES);
    }
    null_hash_end(&hash, ret, KEY_BYTES);
}

static void
null_box_key(const uint8_t secret[KEY_BYTES], const uint8_t ephemeral[KEY_BYTES],
             const uint8_t recipient[KEY_BYTES], uint8_t ret_key[KEY_BYTES],
             uint8_t ret_nonce[BOX_NONCE_BYTES])
{
    NullHash hash = null_hash_begin(NULL_BOX);

    memcpy(ret_key, secret, KEY_BYTES);
    null_hash_add(&hash, ephemeral, KEY_BYTES);
    null_hash_add(&hash, recipient, KEY_BYTES);
    null_hash_end(&hash, ret_nonce, BOX_NONCE_BYTES);
}

static void
signature_of(const uint8_t pk[KEY_BYTES], Bytes message, uint8_t ret[SIGNATURE_BYTES])
{
    NullHash hash = null_hash_begin(NULL_SIGNATURE);

    null_hash_add(&hash, pk, KEY_BYTES);
    null_hash_add(&hash, message.p, message.n);
    null_hash_end(&hash, ret, SIGNATURE_BYTES);
}

static void
null_sign(const Ed25519Pair *key, Bytes message, uint8_t ret[SIGNATURE_BYTES])
{
    signature_of(key->pk, message, ret);
}

static bool
null_verify(const uint8_t pk[KEY_BYTES], Bytes message,
            const uint8_t signature[SIGNATURE_BYTES])
{
    uint8_t expected[SIGNATURE_BYTES];

    signature_of(pk, message, expected);
    return memcmp(expected, signature, SIGNATURE_BYTES) == 0;
}

static void
null_aead_seal(Aead aead, const uint8_t key[KEY_BYTES], const uint8_t *nonce, uint8_t *p,
               size_t n, uint8_t ret_tag[TAG_BYTES])
{
    null_seal(key, nonce, aead_nonce_bytes[aead], p, n, ret_tag);
}

static bool
null_aead_open(Aead aead, const uint8_t key[KEY_BYTES], const uint8_t *nonce, uint8_t *p,
               size_t n, const uint8_t tag[TAG_BYTES])
{
    return null_open(key, nonce, aead_nonce_bytes[aead], p, n, tag);
}

/* The mask alone.  A corrupted body opens with the corruption in place, where AES-CBC would
 * garble two blocks: the named exception of design 4. */
static void
null_cbc_seal(const uint8_t key[KEY_BYTES], const uint8_t *iv, uint8_t *p, size_t n)
{
    uint8_t tag[TAG_BYTES];

    null_seal(key, iv, CBC_BLOCK_BYTES, p, n, tag);
}

static void
null_cbc_open(const uint8_t key[KEY_BYTES], const uint8_t *iv, uint8_t *p, size_t n)
{
    null_cbc_seal(key, iv, p, n); /* the mask undoes itself */
}

static void
null_mac(const uint8_t key[KEY_BYTES], Bytes in, uint8_t ret[MAC_BYTES])
{
    NullHash hash = null_hash_begin(NULL_MAC);

    null_hash_add(&hash, key, KEY_BYTES);
    null_hash_add(&hash, in.p, in.n);
    null_hash_end(&hash, ret, MAC_BYTES);
}

/* A tag of the text, and what it is good for. */
static void
null_work_find(const uint8_t text[64], uint64_t target, uint32_t difficulty,
               uint8_t ret_nonce[8])
{
    (void)target;
    memcpy(ret_nonce, text, 4);
    store_u32le(ret_nonce + 4, difficulty);
}

static bool
null_work_is_done(const uint8_t text[64], uint64_t target, uint32_t difficulty,
                  const uint8_t nonce[8])
{
    Reader r = { nonce + 4, 4 };
    uint32_t made_for = 0;

    (void)target;
    return memcmp(nonce, text, 4) == 0 && reader_u32le(&r, &made_for) &&
           made_for >= difficulty;
}

const CryptoOps crypto_null = {
    .public_key = null_public_key,
    .shared_secret = null_shared_secret,
    .channel_key = null_channel_key,
    .box_key = null_box_key,
    .sign = null_sign,
    .verify = null_verify,
    .aead_seal = null_aead_seal,
    .aead_open = null_aead_open,
    .cbc_seal = null_cbc_seal,
    .cbc_open = null_cbc_open,
    .mac = null_mac,
    .blind = &blind_null,
    .work_find = null_work_find,
    .work_is_done = null_work_is_done,
};
