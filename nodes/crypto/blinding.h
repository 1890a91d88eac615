/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blinded ids: who somebody is at one open group's server, without saying who that is
 * elsewhere (protocol 1.1, 5.9).  An id is a byte of kind and an Ed25519 key that is a
 * multiple of the account's; the factor hangs on the server's key (kind 15), or on that
 * and the Session ID (kind 25).  A Session ID does not say the sign of its Ed25519 key, so
 * kind 15 of a Session ID is one of two ids that differ in the highest bit.
 *
 * Under `null` the keys are hashes: any 32 bytes are taken for a point. */
#pragma once

#include "nodes/crypto/crypto.h"

typedef enum BlindKind { BLIND_15 = 0x15, BLIND_25 = 0x25 } BlindKind;

enum {
    BLINDED_ID_BYTES = 1 + KEY_BYTES,
    BLINDED_NONCE_BYTES = 24,
    /* version, sender's key, tag, nonce */
    BLINDED_MESSAGE_OVERHEAD = 1 + KEY_BYTES + 16 + BLINDED_NONCE_BYTES
};

/* Somebody at one server. */
typedef struct BlindedPair {
    uint8_t id[BLINDED_ID_BYTES]; /* kind, public key */
    uint8_t sk[KEY_BYTES];        /* a scalar, no seed */
} BlindedPair;

/* One's own pair.  ST_AUTH: @account's public key is no point. */
Status blinded_pair(const Crypto *crypto, BlindKind kind, const Ed25519Pair *account,
                    const uint8_t server_pk[KEY_BYTES], BlindedPair *ret) WARN_UNUSED;
/* The id of a Session ID (its X25519 key); kind 15: the one of the two whose Ed25519 key
 * has sign 0.  ST_AUTH: no account has this key. */
Status blinded_id(const Crypto *crypto, BlindKind kind, const uint8_t x25519_pk[KEY_BYTES],
                  const uint8_t server_pk[KEY_BYTES],
                  uint8_t ret[BLINDED_ID_BYTES]) WARN_UNUSED;
/* @id is one of this Session ID's; false for an id of neither kind too. */
bool blinded_id_is_of(const Crypto *crypto, const uint8_t id[BLINDED_ID_BYTES],
                      const uint8_t x25519_pk[KEY_BYTES],
                      const uint8_t server_pk[KEY_BYTES]) WARN_UNUSED;

/* Sign as @pair, which is @account's: crypto_verify with the key in its id takes it. */
void blinded_sign(const Crypto *crypto, const Ed25519Pair *account, const BlindedPair *pair,
                  Bytes message, uint8_t ret[SIGNATURE_BYTES]);

/* Seal @message to a blinded id of the same server; its kind is the sender's too.  Appends
 * message.n + BLINDED_MESSAGE_OVERHEAD bytes.  ST_MALFORMED: an id of neither kind;
 * ST_AUTH: no point, or of small order; with nothing appended. */
Status blinded_message_seal(const Crypto *crypto, const Ed25519Pair *account,
                            const uint8_t server_pk[KEY_BYTES],
                            const uint8_t recipient_id[BLINDED_ID_BYTES],
                            const uint8_t nonce[BLINDED_NONCE_BYTES], Bytes message,
                            Buffer *out) WARN_UNUSED;
/* Open what @sender_id sealed to @account, and check that the sender within is who that id
 * says.  Appends the message; the sender's X25519 key goes to @ret_sender.  ST_MALFORMED:
 * an id of neither kind, or another version; ST_TRUNCATED; ST_AUTH. */
Status blinded_message_open(const Crypto *crypto, const Ed25519Pair *account,
                            const uint8_t server_pk[KEY_BYTES],
                            const uint8_t sender_id[BLINDED_ID_BYTES], Bytes sealed,
                            Buffer *out, uint8_t ret_sender[KEY_BYTES]) WARN_UNUSED;

/* The identity with which a client asks for the newest version, so that nobody learns which
 * account asked. */
void version_check_identity(const Crypto *crypto, const Ed25519Pair *account,
                            Ed25519Pair *ret);
