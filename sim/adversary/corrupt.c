/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/corrupt.h"

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

/* SplitMix64 (Steele, Lea and Flood 2014): a draw takes many words, and its first comes
 * from the run's streams. */
static uint64_t
next_word(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* The first @k of a shuffle. */
static uint32_t
draw_some(uint64_t state, uint32_t n, uint32_t k, uint32_t *ret)
{
    for (uint32_t i = 0; i < n; i++)
        ret[i] = i;
    for (uint32_t i = 0; i < k && i < n; i++) {
        uint32_t j = i + (uint32_t)sample_below(next_word(&state), n - i);
        uint32_t taken = ret[j];

        ret[j] = ret[i];
        ret[i] = taken;
    }
    return k < n ? k : n;
}

static uint32_t
draw_each(uint64_t state, uint32_t n, double share, uint32_t *ret)
{
    uint32_t k = 0;

    if (share >= 1)
        return draw_some(state, n, n, ret);
    for (uint32_t i = 0; i < n; i++)
        if (sample_uniform(next_word(&state)) < share)
            ret[k++] = i;
    return k;
}

uint32_t
corrupt_draw(const CorruptLaw *law, uint64_t seed, const char *name, uint64_t draw,
             uint32_t n, uint32_t *ret)
{
    StreamKey key = { seed, stream_name(name, 0), 0, 0 };
    uint64_t state = stream_word(&key, draw);

    if (law->corrupt < 0)
        return draw_each(state, n, law->share, ret);
    return draw_some(state, n, (uint32_t)law->corrupt, ret);
}
