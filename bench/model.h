/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models that every engine is measured on, draw for draw the same as in
 * tests/bench/peers/model.hpp.
 *
 * HOLD: N events are pending.  One event = take the earliest, draw one exponential
 * increment (mean 1 s, in whole nanoseconds, from one xoshiro256** with seed 42), put it
 * back.  The check folds the times of all events taken after the warm-up.
 *
 * Echo: each host sends 1,000 bytes to a uniformly random host every exp(1 s), the receiver
 * copies them back, 50 ms one way.  Each host draws from a SplitMix64 of its own. */
#pragma once

#include <math.h>
#include <stdint.h>

#include "nodes/base/time.h"

enum { ECHO_BYTES = 1000 };
#define ECHO_LATENCY (50 * MILLISECOND)

typedef struct ModelRandom {
    uint64_t s[4]; /* xoshiro256** */
} ModelRandom;

static inline uint64_t
splitmix64(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline void
model_seed(ModelRandom *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        random->s[i] = splitmix64(&seed);
}

static inline uint64_t
model_rotate(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static inline uint64_t
model_word(ModelRandom *random)
{
    uint64_t *s = random->s;
    uint64_t word = model_rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = model_rotate(s[3], 45);
    return word;
}

/* An exponential time with mean 1 s from a random word. */
static inline Duration
model_exponential(uint64_t word)
{
    double u = ((double)(word >> 11) + 0.5) * (1.0 / 9007199254740992.0);

    return (Duration)(-1e9 * log(u));
}

/* The state of one host's SplitMix64 at the beginning. */
static inline uint64_t
echo_seed(uint32_t host)
{
    return host * UINT64_C(0x1234567) + 99;
}

static inline uint32_t
echo_pick(uint64_t word, uint32_t n)
{
    return (uint32_t)((word >> 32) * n >> 32);
}
