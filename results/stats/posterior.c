/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/stats/posterior.h"

#include <assert.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "results/stats/stats.h"

static int
largest_first(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (right > left) - (right < left);
}

StatsPosterior
stats_posterior(const double *weights, size_t count)
{
    double *p = malloc((count + 1) * sizeof *p), sum = 0;
    StatsPosterior of = { 0 };

    if (p == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        assert(weights[i] >= 0);
        sum += p[i] = weights[i];
    }
    assert(sum > 0);
    qsort(p, count, sizeof *p, largest_first);
    for (size_t i = 0; i < count && p[i] > 0; i++) {
        double share = p[i] / sum;

        of.entropy -= share * log2(share);
        of.guesses += share * (double)(i + 1);
        of.set_size++;
    }
    of.entropy = fmax(0, of.entropy);
    of.min_entropy = fmax(0, -log2(p[0] / sum));
    of.degree = count > 1 ? of.entropy / log2((double)count) : 0;
    of.effective_size = exp2(of.entropy);
    free(p);
    return of;
}

StatsSpread
stats_spread(const double *values, size_t count)
{
    StatsSpread spread = { 0, NAN, NAN, NAN, NAN };
    double *kept = malloc((count + 1) * sizeof *kept);

    if (kept == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            kept[spread.count++] = values[i];
    if (spread.count > 0) {
        qsort(kept, spread.count, sizeof *kept, largest_first);
        /* Largest first: the 5th percentile is the 95th from there. */
        spread.mean = gsl_stats_mean(kept, 1, spread.count);
        spread.percentile_5 =
            gsl_stats_quantile_from_sorted_data(kept, 1, spread.count, 0.95);
        spread.median = gsl_stats_quantile_from_sorted_data(kept, 1, spread.count, 0.5);
        spread.minimum = kept[spread.count - 1];
    }
    free(kept);
    return spread;
}
