/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/stats/differences.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

static const StatsDifference nothing = { NAN, NAN, 0, 0, 0, NAN, NAN, NAN };

static double *
room_for(size_t count)
{
    double *values = malloc((count + 1) * sizeof *values);

    if (values == NULL)
        abort();
    return values;
}

/* Rounding of equal values is no deviation. */
static double
variance(const double *values, size_t count)
{
    double mean = gsl_stats_mean(values, 1, count);
    double deviation = gsl_stats_sd_m(values, 1, count, mean);

    return deviation <= 1e-13 * fabs(mean) ? 0 : deviation * deviation;
}

static void
judge_pairs(StatsDifference *d, const double *a, const double *b, const double *differences,
            size_t n)
{
    double of_a = variance(a, n), of_b = variance(b, n), of_pairs;
    double scale = fmax(fabs(gsl_stats_mean(a, 1, n)), fabs(gsl_stats_mean(b, 1, n)));

    d->deviation = gsl_stats_sd(differences, 1, n);
    if (d->deviation <= 1e-13 * scale)
        d->deviation = 0;
    of_pairs = d->deviation * d->deviation;
    d->standard_error = d->deviation / sqrt((double)n);
    d->degrees = (double)n - 1;
    if (of_a > 0 && of_b > 0)
        d->correlation = gsl_stats_correlation(a, 1, b, 1, n);
    if (of_a + of_b > 0)
        d->variance_ratio = of_pairs / (of_a + of_b);
}

StatsDifference
stats_paired(const double *a, const double *b, size_t count)
{
    StatsDifference d = nothing;
    double *kept_a = room_for(count), *kept_b = room_for(count), *pairs = room_for(count);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (isnan(a[i]) || isnan(b[i]))
            continue;
        kept_a[n] = a[i];
        kept_b[n] = b[i];
        pairs[n++] = b[i] - a[i];
    }
    d.count_a = d.count_b = n;
    if (n > 0)
        d.mean = gsl_stats_mean(pairs, 1, n);
    if (n > 1)
        judge_pairs(&d, kept_a, kept_b, pairs, n);
    free(kept_a);
    free(kept_b);
    free(pairs);
    return d;
}

static size_t
keep(const double *values, size_t count, double *ret_kept)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            ret_kept[n++] = values[i];
    return n;
}

/* Degrees of freedom of Welch and Satterthwaite, of two squared standard errors. */
static double
welch_degrees(double a, size_t n_a, double b, size_t n_b)
{
    if (a + b <= 0)
        return (double)(n_a + n_b) - 2;
    return (a + b) * (a + b) / (a * a / ((double)n_a - 1) + b * b / ((double)n_b - 1));
}

StatsDifference
stats_welch(const double *a, size_t count_a, const double *b, size_t count_b)
{
    StatsDifference d = nothing;
    double *kept_a = room_for(count_a), *kept_b = room_for(count_b);
    size_t n_a = keep(a, count_a, kept_a), n_b = keep(b, count_b, kept_b);

    d.count_a = n_a;
    d.count_b = n_b;
    if (n_a > 0 && n_b > 0)
        d.mean = gsl_stats_mean(kept_b, 1, n_b) - gsl_stats_mean(kept_a, 1, n_a);
    if (n_a > 1 && n_b > 1) {
        double of_a = variance(kept_a, n_a), of_b = variance(kept_b, n_b);

        d.deviation = sqrt((of_a + of_b) / 2);
        d.standard_error = sqrt(of_a / (double)n_a + of_b / (double)n_b);
        d.degrees = welch_degrees(of_a / (double)n_a, n_a, of_b / (double)n_b, n_b);
    }
    free(kept_a);
    free(kept_b);
    return d;
}

double
stats_upper_bound(const StatsDifference *d, double confidence)
{
    assert(confidence > 0 && confidence < 1);
    if (isnan(d->standard_error))
        return INFINITY;
    return d->mean + stats_student_quantile(confidence, d->degrees) * d->standard_error;
}

double
stats_lower_bound(const StatsDifference *d, double confidence)
{
    assert(confidence > 0 && confidence < 1);
    if (isnan(d->standard_error))
        return -INFINITY;
    return d->mean - stats_student_quantile(confidence, d->degrees) * d->standard_error;
}

StatsInterval
stats_difference_interval(const StatsDifference *d, double confidence)
{
    double one_sided = (1 + confidence) / 2;

    return (StatsInterval){ .value = d->mean,
                            .low = stats_lower_bound(d, one_sided),
                            .high = stats_upper_bound(d, one_sided),
                            .runs = d->count_b };
}

/* @distance > 0 is what is to be shown.  All runs agree: then there is nothing to be
 * uncertain of. */
static double
p_of_distance(const StatsDifference *d, double distance, bool at_limit)
{
    if (isnan(d->standard_error) || isnan(distance))
        return 1;
    if (d->standard_error <= 0)
        return distance > 0 || (at_limit && distance >= 0) ? 0 : 1;
    return gsl_cdf_tdist_Q(distance / d->standard_error, d->degrees);
}

double
stats_p_below(const StatsDifference *d, double limit)
{
    return p_of_distance(d, limit - d->mean, true);
}

double
stats_p_above(const StatsDifference *d, double limit)
{
    return p_of_distance(d, d->mean - limit, false);
}

double
stats_p_different(const StatsDifference *d)
{
    return fmin(1, 2 * p_of_distance(d, fabs(d->mean), false));
}

double
stats_p_equivalent(const StatsDifference *d, double margin)
{
    return fmax(stats_p_below(d, margin), p_of_distance(d, d->mean + margin, true));
}

/* --- Holm ------------------------------------------------------------------------- */

static int
compare_p(const void *a, const void *b)
{
    const double left = **(double *const *)a, right = **(double *const *)b;

    return (left > right) - (left < right);
}

void
stats_holm(double *p, size_t count)
{
    double **order = malloc((count + 1) * sizeof *order);
    double largest = 0;
    size_t n = 0;

    if (order == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        if (!isnan(p[i]))
            order[n++] = &p[i];
    qsort(order, n, sizeof *order, compare_p);
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fmin(1, (double)(n - i) * *order[i]));
        *order[i] = largest;
    }
    free(order);
}
