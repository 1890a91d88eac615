/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The arithmetic behind `crypto = null` (design 4): a multiply-fold hash with as many
 * output words as wanted, and a mask with a 128-bit tag over the masked bytes.  It resists
 * accidents (a flipped bit, a wrong key, a shifted block), never an attacker: a real
 * network must not use it.  The same on every CPU: 64-bit integers, bytes read as little
 * endian. */
#pragma once

#include "nodes/base/bytes.h"

/* What a hash is for: different uses of the same bytes have nothing in common. */
typedef enum NullDomain {
    NULL_PUBLIC_KEY = 1,
    NULL_SHARED_SECRET,
    NULL_SIGNATURE,
    NULL_BOX,
    NULL_SEAL,
    NULL_CHANNEL, /* + EncType */
    NULL_BLIND = NULL_CHANNEL + 16,
    NULL_MAC
} NullDomain;

typedef struct NullHash {
    uint64_t a, b; /* two lanes with different constants */
} NullHash;

NullHash null_hash_begin(uint64_t domain);
/* Take @n bytes; each call counts as a part of its own. */
void null_hash_add(NullHash *hash, const uint8_t *p, size_t n);
/* Write @n bytes of output (a multiple of 8). */
void null_hash_end(const NullHash *hash, uint8_t *ret, size_t n);

/* Mask @n bytes in place and write the tag. */
void null_seal(const uint8_t key[32], const uint8_t *nonce, size_t nonce_n, uint8_t *p,
               size_t n, uint8_t ret_tag[16]);
/* Unmask in place; false, with p undefined, when the tag does not fit. */
bool null_open(const uint8_t key[32], const uint8_t *nonce, size_t nonce_n, uint8_t *p,
               size_t n, const uint8_t tag[16]);
