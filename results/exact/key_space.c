/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the keys are shared out between swarms: m = 2^k + e ids lie at distances of 2^-k, but
 * for the first e of these, which are halved. */
#include "results/exact/exact.h"

#include <assert.h>
#include <math.h>

/* 2^k, the largest power of two that is not above @m. */
static double
power_below(uint32_t m)
{
    double power = 1;

    assert(m > 0);
    while (power * 2 <= m)
        power *= 2;
    return power;
}

double
exact_key_share_min(uint32_t m)
{
    double power = power_below(m);

    return m == power ? 1 : m / power / 2;
}

double
exact_key_share_max(uint32_t m)
{
    double power = power_below(m), share = m / power;

    /* With a single distance that is whole, no id has one on both sides. */
    return m == 2 * power - 1 && m > 1 ? share * 3 / 4 : share;
}

double
exact_key_share_cv(uint32_t m)
{
    double power = power_below(m), halved = m - power;
    /* Shares of 1/2, 3/4 and 1, times 2^-k: the ids between two halves, the two ids at
     * the ends of the halved distances, the others. */
    double small = 2 * halved - 1, squares = small / 4 + 2 * 9.0 / 16 + (m - small - 2);
    double mean = power / m;

    return halved == 0 ? 0 : sqrt(squares / m - mean * mean) / mean;
}
