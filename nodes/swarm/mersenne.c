/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/swarm/mersenne.h"

#include <assert.h>

#define MIDDLE 156
#define MATRIX 0xb5026f5aa96619e9U
#define UPPER_BITS 0xffffffff80000000U
#define LOWER_BITS 0x000000007fffffffU
#define SEED_FACTOR 6364136223846793005U

void
mersenne_seed(Mersenne *mersenne, uint64_t seed)
{
    uint64_t *word = mersenne->word;

    word[0] = seed;
    for (uint64_t i = 1; i < MERSENNE_WORDS; i++)
        word[i] = SEED_FACTOR * (word[i - 1] ^ word[i - 1] >> 62) + i;
    mersenne->used = MERSENNE_WORDS;
}

static uint64_t
twist(uint64_t upper, uint64_t lower, uint64_t far)
{
    uint64_t joined = (upper & UPPER_BITS) | (lower & LOWER_BITS);

    return far ^ joined >> 1 ^ (joined & 1 ? MATRIX : 0);
}

static void
next_batch(Mersenne *mersenne)
{
    uint64_t *word = mersenne->word;

    for (uint32_t i = 0; i < MERSENNE_WORDS; i++)
        word[i] = twist(word[i], word[(i + 1) % MERSENNE_WORDS],
                        word[(i + MIDDLE) % MERSENNE_WORDS]);
    mersenne->used = 0;
}

uint64_t
mersenne_next(Mersenne *mersenne)
{
    uint64_t x;

    if (mersenne->used == MERSENNE_WORDS)
        next_batch(mersenne);
    x = mersenne->word[mersenne->used++];
    x ^= x >> 29 & 0x5555555555555555U;
    x ^= x << 17 & 0x71d67fffeda60000U;
    x ^= x << 37 & 0xfff7eee000000000U;
    return x ^ x >> 43;
}

uint64_t
mersenne_below(Mersenne *mersenne, uint64_t n)
{
    uint64_t limit, x;

    assert(n > 0);
    limit = UINT64_MAX - UINT64_MAX % n;
    do
        x = mersenne_next(mersenne);
    while (x >= limit);
    return x / (limit / n);
}
