/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "results/stats/lifetimes.h"

static void
assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        g_error("%.15g, expected %.15g", value, expected);
}

/* Freireich et al. 1963, the data of most textbooks: weeks of remission with 6-MP (+ is
 * censored) and with placebo. */
static const StatsLifetime drug[] = {
    { 6, true },   { 6, true },   { 6, true },   { 6, false }, { 7, true },   { 9, false },
    { 10, true },  { 10, false }, { 11, false }, { 13, true }, { 16, true },  { 17, false },
    { 19, false }, { 20, false }, { 22, true },  { 23, true }, { 25, false }, { 32, false },
    { 32, false }, { 34, false }, { 35, false },
};
static const double placebo_weeks[] = { 1, 1, 2,  2,  3,  4,  4,  5,  5,  8, 8,
                                        8, 8, 11, 11, 12, 12, 15, 17, 22, 23 };

static void
placebo(StatsLifetime ret[21])
{
    for (int i = 0; i < 21; i++)
        ret[i] = (StatsLifetime){ placebo_weeks[20 - i], true }; /* in no order */
}

static void
test_curve(void)
{
    StatsSurvival steps[21], at;
    size_t n = stats_kaplan_meier(drug, 21, 0.95, STATS_BAND_LOG_LOG, steps);

    g_assert_cmpuint(n, ==, 7);
    g_assert_cmpuint(steps[0].at_risk, ==, 21);
    g_assert_cmpuint(steps[0].events, ==, 3);
    /* What R (survfit, conf.type "log-log") and SAS print. */
    assert_near(steps[0].low, 0.6197, 5e-5);
    assert_near(steps[0].high, 0.9516, 5e-5);
    at = stats_survival_at(steps, n, 9.5);
    g_assert_cmpfloat(at.time, ==, 7);
    at = stats_survival_at(steps, n, 5.9);
    g_assert_true(at.survival == 1 && at.standard_error == 0 && at.low == 1);
    g_assert_cmpfloat(stats_survival_at(steps, n, 99).survival, ==, steps[6].survival);
    g_assert_cmpfloat(stats_survival_quantile(steps, n, 0.5), ==, 23);
    g_assert_true(isinf(stats_survival_quantile(steps, n, 0.9)));

    stats_kaplan_meier(drug, 21, 0.95, STATS_BAND_PLAIN, steps);
    assert_near(steps[0].low, 0.857142857143 - 1.959963985 * 0.0763603548321, 1e-9);
    g_assert_cmpfloat(steps[0].high, ==, 1); /* cut */
}

/* Without censoring the curve is the share that is left. */
static void
test_without_censoring(void)
{
    StatsLifetime all[21];
    StatsSurvival steps[21];
    size_t n;

    placebo(all);
    n = stats_kaplan_meier(all, 21, 0.95, STATS_BAND_LOG_LOG, steps);
    g_assert_cmpuint(n, ==, 12);
    assert_near(stats_survival_at(steps, n, 8).survival, 8.0 / 21, 1e-12);
    assert_near(stats_survival_at(steps, n, 8).standard_error,
                sqrt(8.0 / 21 * 13.0 / 21 / 21), 1e-12);
    g_assert_cmpfloat(steps[n - 1].survival, ==, 0);
    g_assert_cmpfloat(steps[n - 1].high, ==, 0);
    g_assert_cmpuint(stats_kaplan_meier(all, 0, 0.95, STATS_BAND_PLAIN, steps), ==, 0);
    for (int i = 0; i < 21; i++)
        all[i].event = false;
    g_assert_cmpuint(stats_kaplan_meier(all, 21, 0.95, STATS_BAND_PLAIN, steps), ==, 0);
}

static void
test_log_rank(void)
{
    StatsLifetime control[21];
    StatsLogRank ranks, same;

    placebo(control);
    ranks = stats_log_rank(drug, 21, control, 21);
    /* Kleinbaum and Klein, Survival Analysis, chapter 2. */
    g_assert_cmpfloat(ranks.observed, ==, 9);
    assert_near(ranks.expected, 19.25, 5e-3);
    assert_near(stats_log_rank_statistic(ranks), 16.79, 5e-3);
    assert_near(stats_log_rank_p(ranks), 4.17e-5, 5e-8);
    /* The other way around it is the same distance. */
    ranks = stats_log_rank(control, 21, drug, 21);
    assert_near(stats_log_rank_statistic(ranks), 16.79, 5e-3);

    same = stats_log_rank(drug, 21, drug, 21);
    assert_near(same.observed, same.expected, 1e-9);
    assert_near(stats_log_rank_p(same), 1, 1e-6);
    same = stats_log_rank(drug, 0, control, 21);
    g_assert_cmpfloat(stats_log_rank_statistic(same), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stats/lifetimes/curve", test_curve);
    g_test_add_func("/stats/lifetimes/without-censoring", test_without_censoring);
    g_test_add_func("/stats/lifetimes/log-rank", test_log_rank);
    return g_test_run();
}
