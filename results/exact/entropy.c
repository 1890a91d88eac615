/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/exact/anonymity.h"

#include <gsl/gsl_randist.h>
#include <math.h>

/* -p log2 p */
static double
surprise(double p)
{
    return p > 0 ? -p * log2(p) : 0;
}

double
exact_entropy_mixed(double users, double c)
{
    return (1 - c) * log2(users);
}

double
exact_guesses_uniform(double n)
{
    return (n + 1) / 2;
}

double
exact_crowds_predecessor(uint32_t n, uint32_t c, double pf)
{
    return (n - pf * (n - c - 1)) / n;
}

double
exact_crowds_entropy(uint32_t n, uint32_t c, double pf)
{
    return surprise(exact_crowds_predecessor(n, c, pf)) + (n - c - 1) * surprise(pf / n);
}

double
exact_crowds_degree(uint32_t n, uint32_t c, double pf)
{
    return exact_crowds_entropy(n, c, pf) / log2(n - c);
}

double
exact_crowds_min_entropy(uint32_t n, uint32_t c, double pf)
{
    return -log2(exact_crowds_predecessor(n, c, pf));
}

/* The predecessor first, the n - c - 1 others, all alike, after it. */
double
exact_crowds_guesses(uint32_t n, uint32_t c, double pf)
{
    double candidates = n - c, ranks = candidates * (candidates + 1) / 2 - 1;

    return exact_crowds_predecessor(n, c, pf) + pf / n * ranks;
}

double
exact_information_reveal(double n, double p)
{
    return p * log2(n);
}

double
exact_information_symmetric(double n, double q)
{
    return log2(n) - surprise(q) - (n - 1) * surprise((1 - q) / (n - 1));
}

double
exact_pool_mix_entropy(double in, double pool)
{
    double kept = pool / in;

    return (1 + kept) * log2(in + pool) - (pool > 0 ? kept * log2(pool) : 0);
}

double
exact_exponential_mix_entropy(double arrivals, double departures)
{
    return log2(M_E * arrivals / departures);
}

double
exact_window_entropy(double others)
{
    double sum = 0;
    unsigned most = (unsigned)(others + 12 * sqrt(others) + 40);

    for (unsigned k = 1; k <= most; k++)
        sum += gsl_ran_poisson_pdf(k, others) * log2(1.0 + k);
    return sum;
}

double
exact_window_right(double others)
{
    return others > 0 ? -expm1(-others) / others : 1;
}

double
exact_window_others(double users, double messages_a_day, double window_s)
{
    return users * messages_a_day * window_s / 86400;
}
