/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The primitives in which `real` and `null` differ.  Private to nodes/crypto: everything
 * else (sizes, padding, metering, what is signed, what is hashed) is common code, so that
 * both implementations cannot drift apart there. */
#pragma once

#include "nodes/crypto/blinding.h"
#include "nodes/crypto/crypto.h"

enum {
    TAG_BYTES = 16,
    BOX_NONCE_BYTES = 24,
    CBC_BLOCK_BYTES = 16,
    MAC_BYTES = 32,
    BLIND_FACTOR_BYTES = 64 /* a hash, before it is reduced to a scalar */
};

/* The ciphers with a tag. */
typedef enum Aead {
    AEAD_AES_GCM,   /* 12-byte nonce */
    AEAD_XCHACHA20, /* 24-byte nonce */
    AEAD_BOX,       /* crypto_box's XSalsa20-Poly1305: 24-byte nonce */
    AEAD_COUNT
} Aead;

/* Blinding (blinding.h). */
typedef struct BlindOps {
    /* The key of a Session ID, from its point with sign 0.  False: it is no point. */
    bool (*public_key)(const uint8_t factor[BLIND_FACTOR_BYTES],
                       const uint8_t x25519_pk[KEY_BYTES], uint8_t ret[KEY_BYTES]);
    /* Both halves of the account's own, but for the kind; with @absolute of its point with
     * sign 0. */
    void (*pair)(const Ed25519Pair *account, const uint8_t x25519_pk[KEY_BYTES],
                 const uint8_t factor[BLIND_FACTOR_BYTES], bool absolute, BlindedPair *ret);
    /* The secret between @mine and @theirs.  False: they are no point of the group. */
    bool (*agree)(const Ed25519Pair *account, const BlindedPair *mine,
                  const uint8_t theirs[KEY_BYTES], uint8_t ret[KEY_BYTES]);
    void (*sign)(const Ed25519Pair *account, const BlindedPair *pair, Bytes message,
                 uint8_t ret[SIGNATURE_BYTES]);
} BlindOps;

extern const BlindOps blind_real, blind_null;

struct CryptoOps {
    /* The public key of a secret key. */
    void (*public_key)(const uint8_t sk[KEY_BYTES], uint8_t ret[KEY_BYTES]);
    /* False when @theirs is a point of small order. */
    bool (*shared_secret)(const X25519Pair *mine, const uint8_t theirs[KEY_BYTES],
                          uint8_t ret[KEY_BYTES]);
    /* The key of a channel from the shared secret and both public keys. */
    void (*channel_key)(EncType enc, const uint8_t secret[KEY_BYTES],
                        const uint8_t client[KEY_BYTES], const uint8_t server[KEY_BYTES],
                        uint8_t ret[KEY_BYTES]);
    /* Key and nonce of a sealed box from the shared secret and both public keys. */
    void (*box_key)(const uint8_t secret[KEY_BYTES], const uint8_t ephemeral[KEY_BYTES],
                    const uint8_t recipient[KEY_BYTES], uint8_t ret_key[KEY_BYTES],
                    uint8_t ret_nonce[BOX_NONCE_BYTES]);
    void (*sign)(const Ed25519Pair *key, Bytes message, uint8_t ret[SIGNATURE_BYTES]);
    bool (*verify)(const uint8_t pk[KEY_BYTES], Bytes message,
                   const uint8_t signature[SIGNATURE_BYTES]);
    /* Encrypt @n bytes in place and write the tag, which may stand anywhere else. */
    void (*aead_seal)(Aead aead, const uint8_t key[KEY_BYTES], const uint8_t *nonce,
                      uint8_t *p, size_t n, uint8_t ret_tag[TAG_BYTES]);
    /* Decrypt in place; false, with p undefined, when the tag does not fit. */
    bool (*aead_open)(Aead aead, const uint8_t key[KEY_BYTES], const uint8_t *nonce,
                      uint8_t *p, size_t n, const uint8_t tag[TAG_BYTES]);
    /* CBC over whole blocks in place; padding is the caller's. */
    void (*cbc_seal)(const uint8_t key[KEY_BYTES], const uint8_t *iv, uint8_t *p, size_t n);
    void (*cbc_open)(const uint8_t key[KEY_BYTES], const uint8_t *iv, uint8_t *p, size_t n);
    /* HMAC-SHA256. */
    void (*mac)(const uint8_t key[KEY_BYTES], Bytes in, uint8_t ret[MAC_BYTES]);
    const BlindOps *blind;
    /* Proof of work over the hash of a text (proof_of_work.h). */
    void (*work_find)(const uint8_t text[64], uint64_t target, uint32_t difficulty,
                      uint8_t ret_nonce[8]);
    bool (*work_is_done)(const uint8_t text[64], uint64_t target, uint32_t difficulty,
                         const uint8_t nonce[8]);
};
