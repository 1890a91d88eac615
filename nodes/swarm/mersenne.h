/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 64-bit Mersenne Twister (Matsumoto and Nishimura's MT19937-64) and the chain's
 * uniform draw from it (protocol 2.3).  Swarms and quorums are consensus: every node must
 * draw the same numbers from the same block hash. */
#pragma once

#include <stdint.h>

enum { MERSENNE_WORDS = 312 };

typedef struct Mersenne {
    uint64_t word[MERSENNE_WORDS];
    uint32_t used; /* words of the current batch that were given out */
} Mersenne;

void mersenne_seed(Mersenne *mersenne, uint64_t seed);
uint64_t mersenne_next(Mersenne *mersenne);
/* 0..n-1 (n > 0): draws until below the largest multiple of n that fits, then divides; not
 * the remainder. */
uint64_t mersenne_below(Mersenne *mersenne, uint64_t n);
