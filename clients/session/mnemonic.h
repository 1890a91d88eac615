/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The recovery phrase of an account (protocol 1.1): a seed of 16 bytes as 12 words of the
 * Electrum / Monero kind and one more that checks them. */
#pragma once

#include "nodes/base/bytes.h"

enum {
    MNEMONIC_SEED_BYTES = 16,
    MNEMONIC_WORDS = 13,
    ACCOUNT_SEED_BYTES = 32 /* what account keys are made of */
};

/* Append the phrase: lower-case words with one space between them. */
void mnemonic_encode(const uint8_t seed[MNEMONIC_SEED_BYTES], Buffer *out);

/* The seed of a phrase.  As in Session's applications a word is known by its first three
 * letters; here whichever their case, and with any white space around the words.
 * ST_TRUNCATED: fewer than 13 words; ST_TOO_LARGE: more; ST_NOT_FOUND: a word that is none
 * of the list's; ST_AUTH: the last word does not check the others. */
Status mnemonic_decode(Bytes phrase, uint8_t ret[MNEMONIC_SEED_BYTES]) WARN_UNUSED;

/* The account's seed: the phrase's, and zeros. */
void account_seed_extend(const uint8_t seed[MNEMONIC_SEED_BYTES],
                         uint8_t ret[ACCOUNT_SEED_BYTES]);
/* True when an account's seed ends with those zeros, so that a phrase can say it. */
bool account_seed_has_mnemonic(const uint8_t seed[ACCOUNT_SEED_BYTES]);
