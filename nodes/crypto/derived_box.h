/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What libsession-util seals with XChaCha20-Poly1305 under a key that a hash gave:
 * settings (config messages), one text for each of several people, the answer to a name,
 * a push notification. */
#pragma once

#include "nodes/crypto/crypto.h"

enum {
    DERIVED_TAG_BYTES = 16,
    DERIVED_NONCE_BYTES = 24,
    CONFIG_OVERHEAD = DERIVED_TAG_BYTES + DERIVED_NONCE_BYTES,
    CONFIG_DOMAIN_MAX = 24 /* characters of a domain, at least 1 */
};

/* --- config messages -------------------------------------------------------------------
 */

/* The size that a config message of @n bytes is filled up to, when @overhead more follow:
 * so that all of it is a multiple of 256 bytes (of 1024 from 5120, 2048 from 20480, 5120
 * from 40960). */
size_t config_padded_bytes(size_t n, size_t overhead);
/* Append the sealed message and its nonce, which is a hash of the message: all devices of
 * an account make the same bytes of the same settings.  @domain says what it is. */
void config_seal(const Crypto *crypto, const uint8_t key[KEY_BYTES], Bytes domain,
                 Bytes message, Buffer *out);
/* Append what @sealed holds.  ST_TRUNCATED, ST_AUTH. */
Status config_open(const Crypto *crypto, const uint8_t key[KEY_BYTES], Bytes domain,
                   Bytes sealed, Buffer *out) WARN_UNUSED;

/* --- one text for several ---------------------------------------------------------------
 */

/* Append the copy for @recipient: ciphertext and tag; the nonce, common to all copies, is
 * not in it.  ST_AUTH, with nothing appended: a key of small order. */
Status copy_seal(const Crypto *crypto, const X25519Pair *sender,
                 const uint8_t recipient[KEY_BYTES],
                 const uint8_t nonce[DERIVED_NONCE_BYTES], Bytes domain, Bytes message,
                 Buffer *out) WARN_UNUSED;
/* Append what the copy for @recipient holds.  ST_TRUNCATED, ST_AUTH. */
Status copy_open(const Crypto *crypto, const X25519Pair *recipient,
                 const uint8_t sender[KEY_BYTES], const uint8_t nonce[DERIVED_NONCE_BYTES],
                 Bytes domain, Bytes sealed, Buffer *out) WARN_UNUSED;

/* --- names, notifications ----------------------------------------------------------------
 */

enum { NAME_VALUE_BYTES = 33 /* a Session ID */ };

/* The Session ID that the chain keeps, sealed, for a name (in lower case).  ST_MALFORMED:
 * it is no Session ID's size; ST_AUTH. */
Status name_open(const Crypto *crypto, Bytes name, const uint8_t nonce[DERIVED_NONCE_BYTES],
                 Bytes sealed, uint8_t ret[NAME_VALUE_BYTES]) WARN_UNUSED;
/* Append what a push notification (nonce first) holds, without the zeros at its end.
 * ST_TRUNCATED, ST_AUTH. */
Status notification_open(const Crypto *crypto, const uint8_t key[KEY_BYTES], Bytes sealed,
                         Buffer *out) WARN_UNUSED;
