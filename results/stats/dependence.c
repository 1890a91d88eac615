/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is not independent: neighbours in one long run, messages of one run, weights. */
#include "results/stats/planning.h"

#include <assert.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

double
stats_ar1_inflation(double phi)
{
    assert(phi > -1 && phi < 1);
    return (1 + phi) / (1 - phi);
}

double
stats_lag1(const double *values, size_t count)
{
    double mean, all = 0, neighbours = 0;

    if (count < 3)
        return NAN;
    mean = gsl_stats_mean(values, 1, count);
    for (size_t i = 0; i < count; i++) {
        all += (values[i] - mean) * (values[i] - mean);
        if (i > 0)
            neighbours += (values[i] - mean) * (values[i - 1] - mean);
    }
    return all > 0 ? neighbours / all : NAN;
}

StatsInterval
stats_batch_means(const double *values, size_t count, size_t batches, double confidence,
                  double *ret_lag1)
{
    size_t length = batches == 0 ? 0 : count / batches;
    double *means = calloc(batches + 1, sizeof *means);
    StatsInterval mean;

    if (means == NULL)
        abort();
    if (length == 0)
        batches = 0;
    for (size_t i = 0; i < batches; i++)
        means[i] = gsl_stats_mean(values + count - (batches - i) * length, 1, length);
    mean = stats_mean(means, batches, confidence);
    if (ret_lag1 != NULL)
        *ret_lag1 = stats_lag1(means, batches);
    free(means);
    return mean;
}

/* Intraclass correlation by analysis of variance of clusters of unlike size (Donner 1986).
 * Sets *ret_size to their mean size. */
static double
correlation_within(const double *hits, const double *trials, size_t count, double *ret_size)
{
    double all = 0, squares = 0, hit = 0, clusters = 0, between = 0, within = 0, p, size;

    for (size_t i = 0; i < count; i++) {
        if (trials[i] <= 0)
            continue;
        clusters++;
        all += trials[i];
        squares += trials[i] * trials[i];
        hit += hits[i];
    }
    *ret_size = clusters > 0 ? all / clusters : NAN;
    if (clusters < 2 || all <= clusters)
        return NAN;
    p = hit / all;
    for (size_t i = 0; i < count; i++) {
        double share;

        if (trials[i] <= 0)
            continue;
        share = hits[i] / trials[i];
        between += trials[i] * (share - p) * (share - p);
        within += trials[i] * share * (1 - share);
    }
    between /= clusters - 1;
    within /= all - clusters;
    size = (all - squares / all) / (clusters - 1);
    if (between + (size - 1) * within <= 0)
        return NAN;
    return (between - within) / (between + (size - 1) * within);
}

StatsClustered
stats_clustered(const double *hits, const double *trials, size_t count, double confidence)
{
    double *shares = calloc(count + 1, sizeof *shares);
    StatsClustered c;
    double size;

    if (shares == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        assert(!(trials[i] > 0) || (hits[i] >= 0 && hits[i] <= trials[i]));
        shares[i] = trials[i] > 0 ? hits[i] / trials[i] : NAN;
    }
    c.share = stats_mean(shares, count, confidence);
    c.share.low = fmax(c.share.low, 0);
    c.share.high = fmin(c.share.high, 1);
    if (c.share.runs == 0)
        c.share.low = c.share.high = NAN;
    c.correlation = correlation_within(hits, trials, count, &size);
    c.design_effect = 1 + (size - 1) * c.correlation;
    free(shares);
    return c;
}

double
stats_effective_samples(const double *weights, size_t count)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < count; i++) {
        assert(weights[i] >= 0);
        sum += weights[i];
        squares += weights[i] * weights[i];
    }
    return squares > 0 ? sum * sum / squares : 0;
}

double
stats_relative_deviation(double p, unsigned n)
{
    assert(p > 0 && p < 1);
    return sqrt(pow(p, -(double)n) - 1);
}
