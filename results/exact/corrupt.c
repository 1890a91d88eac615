/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws without replacement as products, so that small probabilities keep their digits. */
#include "results/exact/anonymity.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>

/* from (from-1) ... over n (n-1) ..., @s factors: P(@s nodes drawn of @n are all among
 * @from given ones). */
static double
all_among(uint32_t n, uint32_t from, uint32_t s)
{
    double p = 1;

    if (s > from)
        return 0;
    for (uint32_t i = 0; i < s; i++)
        p *= (double)(from - i) / (double)(n - i);
    return p;
}

double
exact_all_corrupt(uint32_t n, uint32_t c, uint32_t s)
{
    return all_among(n, c, s);
}

double
exact_any_corrupt(uint32_t n, uint32_t c, uint32_t s)
{
    return 1 - all_among(n, n - c, s);
}

double
exact_many_corrupt(uint32_t n, uint32_t c, uint32_t s, uint32_t k)
{
    double sum = 0;

    for (uint32_t j = k; j <= s && j <= c; j++)
        sum += gsl_sf_choose(s, j) * all_among(n, c, j) * all_among(n - j, n - c, s - j);
    return sum;
}

double
exact_guards_and_swarm(uint32_t n, uint32_t c, uint32_t guards, uint32_t s)
{
    if (c < guards)
        return 0;
    return all_among(n, c, guards) * exact_any_corrupt(n - guards, c - guards, s);
}

/* It grows with the number: double, then halve the gap. */
uint32_t
exact_sybils_needed(uint32_t honest, double target)
{
    uint32_t low = 1, high = 2;

    while (exact_all_corrupt(honest + high, high, 2) < target && high < UINT32_MAX / 4)
        high *= 2;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (exact_all_corrupt(honest + middle, middle, 2) < target)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double
exact_denial_usable(double f)
{
    return f * f + pow(1 - f, 3);
}

double
exact_denial_compromised(double f)
{
    return f * f / exact_denial_usable(f);
}

double
exact_denial_usable_of(uint32_t n, uint32_t c)
{
    return exact_all_corrupt(n, c, 2) + exact_all_corrupt(n, n - c, 3);
}

double
exact_denial_compromised_of(uint32_t n, uint32_t c)
{
    return exact_all_corrupt(n, c, 2) / exact_denial_usable_of(n, c);
}

double
exact_eclipsed(uint32_t n, uint32_t c, uint32_t asked, uint32_t least, double refreshes)
{
    return c < least ? 0 : 1 - pow(1 - exact_any_corrupt(n, c, asked), refreshes);
}

double
exact_rotations_mean(uint32_t n, uint32_t c)
{
    return 1 / exact_all_corrupt(n, c, 2);
}

double
exact_rotations_median(uint32_t n, uint32_t c)
{
    return ceil(log(0.5) / log1p(-exact_all_corrupt(n, c, 2)));
}

/* 1 - (1 - p)^k */
static double
at_least_once(double p, double k)
{
    return p >= 1 ? k > 0 : -expm1(k * log1p(-p));
}

double
exact_compromised_within(uint32_t n, uint32_t c, double rotations)
{
    return at_least_once(exact_all_corrupt(n, c, 2), rotations);
}

double
exact_compromised_within_guarded(uint32_t n, uint32_t c, double rotations)
{
    if (c == 0)
        return 0;
    return (double)c / n * at_least_once((double)(c - 1) / (n - 1), rotations);
}

double
exact_guard_met(double f, double guard_life, double t)
{
    return 1 - (1 - f) * exp(-f * t / guard_life);
}

double
exact_exposed(double f, uint32_t s, double member_life, double t)
{
    return 1 - pow(1 - f, s) * exp(-f * s * t / member_life);
}

double
exact_links_seen(double p, double exits)
{
    return p * at_least_once(p, exits);
}
