/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cryptography that the protocol uses, behind one interface with two implementations.
 * `real` is libsodium's.  `null` keeps every size and every failure at almost no cost:
 * shared secret = hash of the two public keys sorted, signature = hash of public key and
 * message, a keyed tag over the body that a wrong key does not open, and the body masked so
 * that nobody reads it without opening.  Identity keys are real in both.  Randomness is
 * always an argument: nothing here draws any.  Every call counts in the meter, the same in
 * both implementations.  Hashes (BLAKE2b, SHA) are always real. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/jobs.h"
#include "nodes/base/meter.h"

enum {
    KEY_BYTES = 32,
    SIGNATURE_BYTES = 64,
    CHANNEL_NONCE_MAX = 24,
    CHANNEL_OVERHEAD_MAX = 40
};

/* Both halves are always set: null agrees by the public ones. */
typedef struct X25519Pair {
    uint8_t sk[KEY_BYTES], pk[KEY_BYTES];
} X25519Pair;

typedef struct Ed25519Pair {
    uint8_t seed[KEY_BYTES], pk[KEY_BYTES];
} Ed25519Pair;

/* Protocol 4.2. */
typedef enum EncType {
    ENC_AES_GCM,   /* "aes-gcm" ("gcm"): 12-byte nonce, 16-byte tag */
    ENC_XCHACHA20, /* "xchacha20" ("xchacha20-poly1305"): 24-byte nonce, 16-byte tag */
    ENC_AES_CBC,   /* "aes-cbc" ("cbc"): 16-byte IV, PKCS7, no tag */
    ENC_COUNT
} EncType;

const char *enc_type_name(EncType enc);
/* ST_MALFORMED for a name that is none of the above. */
Status enc_type_parse(Bytes name, EncType *ret) WARN_UNUSED;

typedef struct CryptoOps CryptoOps; /* crypto_ops.h, private to nodes/crypto */
typedef struct IdentityMemo IdentityMemo;
typedef struct SignatureMemo SignatureMemo;     /* signature_memo.h */
typedef struct MessageHashMemo MessageHashMemo; /* message_hash_memo.h */
typedef struct JsonShapes JsonShapes;           /* nodes/wire/json_shapes.h */

typedef struct Crypto {
    const CryptoOps *ops; /* &crypto_real or &crypto_null */
    Meter *meter;
    Jobs *jobs;         /* workers for what may be computed later; NULL: none */
    IdentityMemo *memo; /* shared by the actors of one thread, borrowed; NULL: none */
    SignatureMemo *signatures;       /* the same; with it, signing may be put off */
    MessageHashMemo *message_hashes; /* the same */
    JsonShapes *shapes;              /* the same */
    bool no_shortcuts; /* make every byte and open it again, though its maker is here */
} Crypto;

extern const CryptoOps crypto_real, crypto_null;

/* Must run once before anything else.  Afterwards libsodium's own generator aborts the
 * process if anything reaches for it (design 4).  ST_UNAVAILABLE: no AES-GCM on this CPU.
 */
Status crypto_setup(void) WARN_UNUSED;

/* --- keys -------------------------------------------------------------------------- */

/* A fresh X25519 pair from 32 random bytes (null: the public key is a hash of them). */
void crypto_keygen(const Crypto *crypto, const uint8_t random[KEY_BYTES], X25519Pair *ret);
/* An agreement with this public key fails, in both implementations. */
bool x25519_is_small_order(const uint8_t pk[KEY_BYTES]) WARN_UNUSED;
/* Identity keys, the same (and real) in both implementations; not metered. */
void identity_ed25519(const uint8_t seed[KEY_BYTES], Ed25519Pair *ret);
/* The X25519 pair that belongs to an Ed25519 identity (conversion of both halves). */
void identity_x25519(const Ed25519Pair *identity, X25519Pair *ret);
/* ST_AUTH when @ed_pk is no valid point. */
Status identity_x25519_pk(const uint8_t ed_pk[KEY_BYTES],
                          uint8_t ret[KEY_BYTES]) WARN_UNUSED;

/* Converting a sender's Ed25519 key takes longer (45 us) than everything else in opening a
 * message under `null`, so conversions may be remembered: a table of @slots (a power of
 * two, 64 bytes each; two for each key keep them all) in which a newer key replaces an
 * older one where there is no room.  It changes no result.  Not for several threads. */
IdentityMemo *identity_memo_new(size_t slots);
void identity_memo_free(IdentityMemo *memo); /* takes NULL */
/* Tell it (NULL: nobody) a pair that is known already. */
void identity_memo_add(IdentityMemo *memo, const uint8_t ed_pk[KEY_BYTES],
                       const uint8_t x25519_pk[KEY_BYTES]);
/* identity_x25519_pk through @memo, which may be NULL. */
Status identity_memo_x25519_pk(IdentityMemo *memo, const uint8_t ed_pk[KEY_BYTES],
                               uint8_t ret[KEY_BYTES]) WARN_UNUSED;

/* --- signatures ---------------------------------------------------------------------- */

/* (The name crypto_sign is libsodium's.) */
void crypto_sign_message(const Crypto *crypto, const Ed25519Pair *key, Bytes message,
                         uint8_t ret[SIGNATURE_BYTES]);
bool crypto_verify(const Crypto *crypto, const uint8_t pk[KEY_BYTES], Bytes message,
                   const uint8_t signature[SIGNATURE_BYTES]) WARN_UNUSED;

/* --- channel encryption (protocol 4.2) ------------------------------------------------ */

/* The symmetric key of one layer, for requests and for the reply alike. */
typedef struct ChannelKey {
    EncType enc;
    uint8_t key[KEY_BYTES];
} ChannelKey;

/* Agree with @theirs.  @mine_is_client says whose key counts as the client's (xchacha20
 * hashes both).  ST_AUTH when the agreement is degenerate (a key of small order). */
Status channel_agree(const Crypto *crypto, EncType enc, const X25519Pair *mine,
                     const uint8_t theirs[KEY_BYTES], bool mine_is_client,
                     ChannelKey *ret) WARN_UNUSED;

size_t channel_nonce_bytes(EncType enc);
/* Size of the sealed form of @n plain bytes. */
size_t channel_sealed_bytes(EncType enc, size_t n);

/* Seal in place: the plaintext of @n bytes stands at p + channel_nonce_bytes(); p must have
 * room for channel_sealed_bytes().  @nonce: channel_nonce_bytes() random bytes. */
void channel_seal(const Crypto *crypto, const ChannelKey *key, const uint8_t *nonce,
                  uint8_t *p, size_t n);

/* Open @n sealed bytes in place; the plaintext is then at p + channel_nonce_bytes(),
 * *ret_n bytes long.  ST_TRUNCATED, ST_AUTH (p is then undefined). */
Status channel_open(const Crypto *crypto, const ChannelKey *key, uint8_t *p, size_t n,
                    size_t *ret_n) WARN_UNUSED;

/* --- hashes (always real) --------------------------------------------------------------
 */

/* BLAKE2b of the parts, one after the other; @ret_n of 16 to 64 bytes; key may be empty. */
void crypto_blake2b(const Crypto *crypto, Bytes key, const Bytes *parts, size_t n_parts,
                    uint8_t *ret, size_t ret_n);
/* SipHash-2-4 (Aumasson, Bernstein 2012): short ids that nobody can aim at who does not
 * know the key. */
uint64_t crypto_short_hash(const Crypto *crypto, const uint8_t key[16], Bytes in);
void crypto_sha512(const Crypto *crypto, Bytes in, uint8_t ret[64]);
void crypto_sha256(const Crypto *crypto, Bytes in, uint8_t ret[32]);
