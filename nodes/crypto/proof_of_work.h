/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The proof of work of 2020 (protocol 3.7): a nonce for which SHA-512(nonce, SHA-512(text))
 * begins below a target.  Under `null` the nonce is a tag of the text and the difficulty
 * that it was made for, found at once: sizes and refusals are the same, and the work that
 * is metered is in both what the search takes on average, so that a run's times do not hang
 * on luck.  (The named exception of design 4: under `real` a nonce may by chance be good
 * for a higher difficulty than it was made for.) */
#pragma once

#include "nodes/crypto/crypto.h"

enum { WORK_NONCE_BYTES = 8, WORK_HASH_BYTES = 64, WORK_DIFFICULTY_MAX = 1000 };
enum { WORK_TTL_MAX_S = 100000000 }; /* what protocol.ttl_public may be */

/* What is proven, made once a message: SHA-512 of timestamp, TTL, account and data as they
 * stand in the request, and how hard a difficulty of 1 is for it. */
typedef struct WorkText {
    uint8_t hash[WORK_HASH_BYTES];
    uint64_t unit; /* hashes per difficulty, on average */
} WorkText;

/* @ttl_s: the time to live in whole seconds, at most WORK_TTL_MAX_S. */
WorkText work_text(const Crypto *crypto, const Bytes *parts, size_t n_parts,
                   uint64_t ttl_s);
/* 2^64 - 1 through the hashes needed.  @difficulty: 1 to WORK_DIFFICULTY_MAX. */
uint64_t work_target(const WorkText *text, uint32_t difficulty);
/* Search; meters the average search. */
void work_find(const Crypto *crypto, const WorkText *text, uint32_t difficulty,
               uint8_t ret_nonce[WORK_NONCE_BYTES]);
bool work_is_done(const Crypto *crypto, const WorkText *text, uint32_t difficulty,
                  const uint8_t nonce[WORK_NONCE_BYTES]) WARN_UNUSED;
/* SHA-512(nonce, hash): in hex it is the message's hash of 2020. */
void work_message_hash(const Crypto *crypto, const WorkText *text,
                       const uint8_t nonce[WORK_NONCE_BYTES], uint8_t ret[WORK_HASH_BYTES]);
