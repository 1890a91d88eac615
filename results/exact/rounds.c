/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/exact/anonymity.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double
exact_intersection_alone(double n, double p, double rounds)
{
    double stays = pow(p, rounds);

    return stays >= 1 ? n <= 1 : exp((n - 1) * log1p(-stays));
}

/* The sum over k of P(not alone after k). */
double
exact_intersection_rounds(double n, double p)
{
    double sum = n > 1;

    if (n > 1 && p >= 1)
        return INFINITY;
    for (double k = 1;; k++) {
        double still = -expm1((n - 1) * log1p(-pow(p, k)));

        if (still <= 1e-17 * sum)
            return sum;
        sum += still;
    }
}

double
exact_intersection_rounds_at(double n, double p, double level)
{
    return ceil(log(-expm1(log(level) / (n - 1))) / log(p));
}

double
exact_intersection_set(double n, double p, double rounds)
{
    return 1 + (n - 1) * pow(p, rounds);
}

double
exact_predecessor_rounds(uint32_t n, uint32_t c, uint32_t sightings)
{
    return sightings / exact_all_corrupt(n, c, 2);
}

double
exact_predecessor_rounds_at(uint32_t n, uint32_t c, uint32_t sightings, double level)
{
    double p = exact_all_corrupt(n, c, 2);
    unsigned low = 0, high = sightings;

    /* P(at least that many) grows with the rounds: double, then halve the gap. */
    while (gsl_cdf_binomial_Q(sightings - 1, p, high) < level) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        unsigned middle = low + (high - low) / 2;

        if (gsl_cdf_binomial_Q(sightings - 1, p, middle) < level)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double
exact_disclosure_rounds(double n, double batch, double friends, double deviations)
{
    double background = (n - 1) / (n * n) * (batch - 1);
    double own = (friends - 1) / (friends * friends);
    double root = friends * deviations * (sqrt(background) + sqrt(background + own));

    return root * root;
}

double
exact_contacts_seen(uint32_t contacts)
{
    double sum = 0;

    for (uint32_t i = 1; i <= contacts; i++)
        sum += (double)contacts / i;
    return sum;
}
