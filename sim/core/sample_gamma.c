/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The gamma function and law, on the portable log, exp and pow. */
#include "sim/core/sampling.h"

#include <assert.h>

#define LOG_SQRT_2PI 0x1.d67f1c864beb5p-1

/* Stirling's series is good to the last digits from here on; below, the recurrence
 * Gamma(x + 1) = x Gamma(x) leads there. */
#define STIRLING_FROM 12.0

double
portable_log_gamma(double x)
{
    double product = 1;
    double z;
    double series;

    assert(x > 0);
    while (x < STIRLING_FROM) {
        product *= x;
        x += 1;
    }
    z = 1 / (x * x);
    series = 1.0 / 12 +
             z * (-1.0 / 360 + z * (1.0 / 1260 + z * (-1.0 / 1680 + z * (1.0 / 1188))));
    return (x - 0.5) * portable_log(x) - x + LOG_SQRT_2PI + series / x -
           portable_log(product);
}

/* The next of the words that one word stands for (SplitMix64's output function). */
static uint64_t
further(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS
 * 26(3), 2000; shape >= 1.  Accepts more than 95 of 100 candidates. */
static double
gamma_of_at_least_one(uint64_t *state, double shape)
{
    double d = shape - 1.0 / 3;
    double c = 1 / (3 * portable_sqrt(d));

    for (;;) {
        double x = sample_normal(further(state));
        double v = 1 + c * x;
        double u = sample_uniform(further(state));

        if (v <= 0)
            continue;
        v = v * v * v;
        if (portable_log(u) < 0.5 * x * x + d - d * v + d * portable_log(v))
            return d * v;
    }
}

double
sample_gamma(uint64_t word, double shape)
{
    uint64_t state = word;
    double boost = 1;

    assert(shape > 0);
    if (shape < 1) { /* Gamma(a) = Gamma(a + 1) U^(1/a) */
        boost = portable_pow(sample_uniform(further(&state)), 1 / shape);
        shape += 1;
    }
    return boost * gamma_of_at_least_one(&state, shape);
}
