/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files as they lie on a file server (protocol 5.7): padded, so that their size says
 * little, and sealed under a key of their own: IV, AES-256-CBC, HMAC-SHA256 of both. */
#pragma once

#include "nodes/crypto/crypto.h"

enum {
    ATTACHMENT_KEY_BYTES = 64, /* for AES, then for the HMAC */
    ATTACHMENT_IV_BYTES = 16,
    ATTACHMENT_DIGEST_BYTES = 32,
    ATTACHMENT_BYTES_MAX = 10000000 /* that clients send */
};

/* The size that a file of @n bytes is filled up to with zeros: the next power of 1.05, at
 * least 541, not above ATTACHMENT_BYTES_MAX unless the file is. */
size_t attachment_padded_bytes(size_t n);
/* Append @file and its zeros. */
void attachment_pad(Bytes file, Buffer *out);
/* Append the zeros that are missing behind a file that begins at @start. */
void attachment_pad_behind(Buffer *out, size_t start);
/* The @size bytes that the message about it announced.  ST_TRUNCATED: there are fewer. */
Status attachment_unpad(Bytes padded, size_t size, Bytes *ret) WARN_UNUSED;

/* Size of the sealed form of @n bytes. */
size_t attachment_sealed_bytes(size_t n);
/* Append the sealed form of @plain; @ret_digest is the SHA-256 of it, for the message. */
void attachment_seal(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
                     const uint8_t iv[ATTACHMENT_IV_BYTES], Bytes plain, Buffer *out,
                     uint8_t ret_digest[ATTACHMENT_DIGEST_BYTES]);
/* Append what @sealed holds.  @digest: as the message has it.  ST_TRUNCATED, ST_AUTH
 * (digest, HMAC or padding). */
Status attachment_open(const Crypto *crypto, const uint8_t key[ATTACHMENT_KEY_BYTES],
                       const uint8_t digest[ATTACHMENT_DIGEST_BYTES], Bytes sealed,
                       Buffer *out) WARN_UNUSED;
