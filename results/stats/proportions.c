/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/stats/stats.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

StatsInterval
stats_wilson(uint64_t hits, uint64_t trials, double confidence)
{
    double z = gsl_cdf_ugaussian_Pinv((1 + confidence) / 2);
    double n = (double)trials, p, middle, half, scale;
    StatsInterval wilson = { NAN, NAN, NAN, 0 };

    assert(hits <= trials && confidence > 0 && confidence < 1);
    if (trials == 0)
        return wilson;
    p = (double)hits / n;
    scale = 1 / (1 + z * z / n);
    middle = (p + z * z / (2 * n)) * scale;
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) * scale;
    wilson.value = p;
    wilson.runs = trials;
    /* At the ends the formula gives exactly 0 and 1, but for rounding. */
    wilson.low = hits == 0 ? 0 : middle - half;
    wilson.high = hits == trials ? 1 : middle + half;
    return wilson;
}

/* The lower end: where a beta(hits, trials - hits + 1) variable has @tail below it.  By
 * halving, because gsl_cdf_beta_Pinv() gives NAN for beta(999999, 2) and does not return
 * for beta(5e8, 5e8) (GSL 2.7.1). */
static double
clopper_pearson_low(uint64_t hits, uint64_t trials, double tail)
{
    double a = (double)hits, b = (double)(trials - hits) + 1;
    double low = 0, high = (double)hits / (double)trials;

    if (hits == 0)
        return 0;
    if (hits == trials)
        return exp(log(tail) / a);
    for (;;) {
        double middle = low + (high - low) / 2;

        if (middle <= low || middle >= high)
            return middle;
        if (gsl_cdf_beta_P(middle, a, b) < tail)
            low = middle;
        else
            high = middle;
    }
}

/* One minus the lower end of the complement, but exact where that is almost one. */
static double
clopper_pearson_high(uint64_t hits, uint64_t trials, double tail)
{
    if (hits == 0)
        return -expm1(log(tail) / (double)trials);
    return 1 - clopper_pearson_low(trials - hits, trials, tail);
}

StatsInterval
stats_clopper_pearson(uint64_t hits, uint64_t trials, double confidence)
{
    double tail = (1 - confidence) / 2;

    assert(hits <= trials && confidence > 0 && confidence < 1);
    if (trials == 0)
        return (StatsInterval){ NAN, NAN, NAN, 0 };
    return (StatsInterval){ .value = (double)hits / (double)trials,
                            .low = clopper_pearson_low(hits, trials, tail),
                            .high = clopper_pearson_high(hits, trials, tail),
                            .runs = trials };
}

double
stats_bound_of_none(uint64_t trials, double confidence)
{
    assert(confidence > 0 && confidence < 1);
    return trials == 0 ? 1 : -expm1(log1p(-confidence) / (double)trials);
}

StatsInterval
stats_none_seen(StatsInterval interval, double trials, double confidence)
{
    double bound;

    if (interval.runs == 0 || !(trials >= 1))
        return interval;
    bound = stats_bound_of_none((uint64_t)trials, confidence);
    if (interval.value <= 0 && interval.high <= 0)
        interval.high = bound;
    if (interval.value >= 1 && interval.low >= 1)
        interval.low = 1 - bound;
    return interval;
}

double
stats_trials_for_bound(double limit, double confidence)
{
    assert(limit > 0 && limit < 1 && confidence > 0 && confidence < 1);
    return ceil(log1p(-confidence) / log1p(-limit));
}

double
stats_trials_for_precision(double p, double relative, double confidence)
{
    double z = gsl_cdf_ugaussian_Pinv((1 + confidence) / 2);

    assert(p > 0 && p < 1 && relative > 0 && confidence > 0 && confidence < 1);
    return z * z * (1 - p) / (p * relative * relative);
}
