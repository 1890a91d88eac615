/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/shuffle.h"

#include <assert.h>

enum { ROUNDS = 6 };

/* Scatter the bits of one half, differently in each round (the finisher of SplitMix64). */
static uint32_t
scatter(uint64_t key, uint32_t round, uint32_t half)
{
    uint64_t z = key + ((uint64_t)round << 32 | half) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) >> 16);
}

static uint32_t
permute(uint64_t key, uint32_t half_bits, uint32_t v)
{
    uint32_t mask = (UINT32_C(1) << half_bits) - 1;
    uint32_t left = v >> half_bits, right = v & mask;

    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t next = left ^ (scatter(key, round, right) & mask);

        left = right;
        right = next;
    }
    return left << half_bits | right;
}

uint32_t
shuffle_place(uint64_t key, uint32_t n, uint32_t i)
{
    uint32_t half_bits = 1;

    assert(i < n && n <= UINT32_C(1) << 30);
    while (n > UINT32_C(1) << (2 * half_bits))
        half_bits++;
    /* Each walk stays on one cycle of the permutation, and so comes back below n. */
    do {
        i = permute(key, half_bits, i);
    } while (i >= n);
    return i;
}
