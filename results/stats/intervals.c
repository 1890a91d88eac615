/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/stats/stats.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

static const StatsInterval nothing = { NAN, NAN, NAN, 0 };

/* The values that were measured, in a new array; *ret_count of them. */
static double *
measured(const double *values, size_t count, size_t *ret_count)
{
    double *kept = malloc((count + 1) * sizeof *kept);
    size_t n = 0;

    if (kept == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            kept[n++] = values[i];
    *ret_count = n;
    return kept;
}

double
stats_student_quantile(double p, double degrees)
{
    double t = gsl_cdf_tdist_Pinv(p, degrees);

    /* GSL stops at about 1e-8; Newton from there gives what doubles hold. */
    for (int i = 0; i < 3 && isfinite(t); i++)
        t -= (gsl_cdf_tdist_P(t, degrees) - p) / gsl_ran_tdist_pdf(t, degrees);
    return t;
}

static StatsInterval
mean_of_measured(const double *values, size_t count, double confidence)
{
    StatsInterval mean = nothing;
    double half;

    if (count == 0)
        return nothing;
    mean.runs = count;
    mean.value = gsl_stats_mean(values, 1, count);
    mean.low = mean.high = mean.value;
    if (count == 1)
        return mean;
    half = stats_student_quantile((1 + confidence) / 2, (double)(count - 1)) *
           gsl_stats_sd_m(values, 1, count, mean.value) / sqrt((double)count);
    mean.low -= half;
    mean.high += half;
    return mean;
}

StatsInterval
stats_mean(const double *values, size_t count, double confidence)
{
    size_t kept_count;
    double *kept = measured(values, count, &kept_count);
    StatsInterval mean = mean_of_measured(kept, kept_count, confidence);

    assert(confidence > 0 && confidence < 1);
    free(kept);
    return mean;
}

static int
compare_doubles(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Order statistics (from 0) around the @q quantile of @n values.  The number of values
 * below the quantile is binomial: it lies below order statistic k when at most k are, above
 * it when more than k are. */
static void
ranks_around(unsigned n, double q, double confidence, unsigned *ret_low, unsigned *ret_high)
{
    double tail = (1 - confidence) / 2;
    unsigned low = 0, high = n - 1;

    while (low + 1 < n && gsl_cdf_binomial_P(low + 1, q, n) <= tail)
        low++;
    while (high > 0 && gsl_cdf_binomial_Q(high - 1, q, n) <= tail)
        high--;
    *ret_low = low;
    *ret_high = high;
}

StatsInterval
stats_quantile(const double *values, size_t count, double q, double confidence,
               double *ret_coverage)
{
    size_t kept_count;
    double *kept = measured(values, count, &kept_count);
    StatsInterval quantile = nothing;
    unsigned low = 0, high = 0, n = (unsigned)kept_count;
    double coverage = 0;

    assert(q > 0 && q < 1 && confidence > 0 && confidence < 1);
    if (kept_count > 0) {
        qsort(kept, kept_count, sizeof *kept, compare_doubles);
        ranks_around(n, q, confidence, &low, &high);
        quantile = (StatsInterval){
            .value = gsl_stats_quantile_from_sorted_data(kept, 1, kept_count, q),
            .low = kept[low],
            .high = kept[high],
            .runs = kept_count,
        };
        coverage = gsl_cdf_binomial_P(high, q, n) - gsl_cdf_binomial_P(low, q, n);
    }
    if (ret_coverage != NULL)
        *ret_coverage = coverage;
    free(kept);
    return quantile;
}
