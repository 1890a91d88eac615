/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/stats/planning.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

/* --- power -------------------------------------------------------------------------- */

typedef struct NoncentralT {
    double t, degrees, shift;
} NoncentralT;

/* For the root s of chi2 / degrees: its density, times P(Z + shift > t s). */
static double
above_at(double s, void *context)
{
    const NoncentralT *of = context;
    double chi2 = of->degrees * s * s;

    return 2 * of->degrees * s * gsl_ran_chisq_pdf(chi2, of->degrees) *
           gsl_cdf_ugaussian_Q(of->t * s - of->shift);
}

double
stats_noncentral_t_above(double t, double degrees, double shift)
{
    NoncentralT of = { t, degrees, shift };
    gsl_function f = { above_at, &of };
    double reach =
        10 / sqrt(2 * degrees); /* the root's deviation is nearly a tenth of it */
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(200);
    double above;

    assert(degrees > 0 && table != NULL);
    above = gsl_integration_glfixed(&f, fmax(0, 1 - reach), 1 + reach, table);
    gsl_integration_glfixed_table_free(table);
    return fmin(1, above);
}

static double
power_of_t(double shift, double degrees, double alpha, bool two_sided)
{
    double t = stats_student_quantile(1 - (two_sided ? alpha / 2 : alpha), degrees);
    double power = stats_noncentral_t_above(t, degrees, shift);

    if (two_sided)
        power += stats_noncentral_t_above(t, degrees, -shift);
    return fmin(1, power);
}

double
stats_power_of_pairs(double effect, size_t pairs, double alpha, bool two_sided)
{
    assert(alpha > 0 && alpha < 1);
    if (pairs < 2)
        return 0;
    return power_of_t(effect * sqrt((double)pairs), (double)pairs - 1, alpha, two_sided);
}

static double
power_of_groups(double effect, size_t runs, double alpha, bool two_sided)
{
    if (runs < 2)
        return 0;
    return power_of_t(effect * sqrt((double)runs / 2), 2 * (double)runs - 2, alpha,
                      two_sided);
}

#define NEEDED_MAX ((size_t)1000000)

/* The power grows with the number: double, then halve the gap. */
static size_t
needed(double (*power_of)(double, size_t, double, bool), double effect, double power,
       double alpha, bool two_sided)
{
    size_t low = 1, high = 2;

    assert(power > 0 && power < 1 && alpha > 0 && alpha < 1);
    while (power_of(effect, high, alpha, two_sided) < power) {
        low = high;
        high *= 2;
        if (high > NEEDED_MAX)
            return NEEDED_MAX;
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (power_of(effect, middle, alpha, two_sided) < power)
            low = middle;
        else
            high = middle;
    }
    return high;
}

size_t
stats_pairs_needed(double effect, double power, double alpha, bool two_sided)
{
    return needed(stats_power_of_pairs, effect, power, alpha, two_sided);
}

size_t
stats_runs_needed(double effect, double power, double alpha, bool two_sided)
{
    return needed(power_of_groups, effect, power, alpha, two_sided);
}

/* --- stopping ----------------------------------------------------------------------- */

size_t
stats_stop_next_look(const StatsStopRule *rule, size_t count)
{
    size_t next = rule->first;

    assert(rule->step > 0);
    if (count >= rule->first)
        next += ((count - rule->first) / rule->step + 1) * rule->step;
    return next < rule->max ? next : rule->max;
}

StatsStop
stats_stop(const StatsStopRule *rule, const double *values, size_t count)
{
    bool look = count >= rule->first && (count - rule->first) % rule->step == 0;
    StatsInterval mean;

    if (!look && count < rule->max)
        return STATS_GO_ON;
    mean = stats_mean(values, count, rule->confidence);
    if (mean.runs > 1 && (mean.high - mean.low) / 2 <= rule->half_width)
        return STATS_STOP;
    return count >= rule->max ? STATS_STOP_MAX_RUNS : STATS_GO_ON;
}

static void
check_test(const StatsSprt *test)
{
    assert(test->p0 > 0 && test->p0 < test->p1 && test->p1 < 1);
    assert(test->alpha > 0 && test->beta > 0 && test->alpha + test->beta < 1);
}

double
stats_sprt_upper(const StatsSprt *test)
{
    check_test(test);
    return log((1 - test->beta) / test->alpha);
}

double
stats_sprt_lower(const StatsSprt *test)
{
    check_test(test);
    return log(test->beta / (1 - test->alpha));
}

static double
ratio_of_hit(const StatsSprt *test)
{
    return log(test->p1 / test->p0);
}

static double
ratio_of_miss(const StatsSprt *test)
{
    return log1p(-test->p1) - log1p(-test->p0);
}

double
stats_sprt_ratio(const StatsSprt *test, size_t hits, size_t trials)
{
    check_test(test);
    assert(hits <= trials);
    return (double)hits * ratio_of_hit(test) +
           (double)(trials - hits) * ratio_of_miss(test);
}

double
stats_sprt_expected_trials(const StatsSprt *test, bool h1)
{
    double p = h1 ? test->p1 : test->p0;
    double up = h1 ? 1 - test->beta : test->alpha; /* chance to end at the upper one */

    return (up * stats_sprt_upper(test) + (1 - up) * stats_sprt_lower(test)) /
           (p * ratio_of_hit(test) + (1 - p) * ratio_of_miss(test));
}
