/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "results/stats/planning.h"

static void
assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        g_error("%.15g, expected %.15g", value, expected);
}

static void
test_noncentral_t(void)
{
    const double degrees[] = { 1, 2, 5, 30, 1000, 100000 };

    for (size_t i = 0; i < G_N_ELEMENTS(degrees); i++) {
        double t = stats_student_quantile(0.975, degrees[i]);

        assert_near(stats_noncentral_t_above(t, degrees[i], 0), 0.025, 1e-9);
        /* At 0 the denominator does not matter: P(Z > -shift). */
        assert_near(stats_noncentral_t_above(0, degrees[i], 1.5), 0.9331927987311419, 1e-9);
    }
    /* Two degrees of freedom, where the integral has a closed form: s has the density
     * 2 s exp(-s^2), and by parts P(T > t) = P(Z > -d) - (t / r) exp(-d^2 / r^2)
     * P(Z > -t d / r) with r^2 = 2 + t^2. */
    for (double d = -1; d <= 3; d += 0.5) {
        double t = 1.7, r = sqrt(2 + t * t);
        double expected = 0.5 * erfc(-d / sqrt(2)) -
                          t / r * exp(-d * d / (r * r)) * 0.5 * erfc(-t * d / r / sqrt(2));

        assert_near(stats_noncentral_t_above(t, 2, d), expected, 1e-9);
    }
}

static void
test_runs_needed(void)
{
    /* Science 3.2: d = 0.5 needs 34 pairs, or 27 one-sided. */
    g_assert_cmpuint(stats_pairs_needed(0.5, 0.8, 0.05, true), ==, 34);
    g_assert_cmpuint(stats_pairs_needed(0.5, 0.8, 0.05, false), ==, 27);
    g_assert_cmpfloat(stats_power_of_pairs(0.5, 33, 0.05, true), <, 0.8);
    /* Cohen 1988, table 2.4.1: 64 of each group. */
    g_assert_cmpuint(stats_runs_needed(0.5, 0.8, 0.05, true), ==, 64);
    g_assert_cmpuint(stats_runs_needed(0.8, 0.8, 0.05, true), ==, 26);
    g_assert_cmpuint(stats_pairs_needed(0, 0.8, 0.05, true), ==, 1000000);
    g_assert_cmpuint(stats_pairs_needed(1e6, 0.8, 0.05, true), ==, 2);
    assert_near(stats_power_of_pairs(0, 10, 0.05, true), 0.05, 1e-9);
    g_assert_cmpfloat(stats_power_of_pairs(9, 1, 0.05, true), ==, 0);
}

static void
test_stop(void)
{
    const StatsStopRule rule = { 0.5, 0.95, STATS_STOP_FIRST, STATS_STOP_STEP, 22 };
    double quiet[30], loud[30];

    for (int i = 0; i < 30; i++) {
        quiet[i] = i % 2 * 0.1;
        loud[i] = i % 2 * 100;
    }
    g_assert_cmpint(stats_stop(&rule, quiet, 9), ==, STATS_GO_ON);
    g_assert_cmpint(stats_stop(&rule, quiet, 10), ==, STATS_STOP);
    g_assert_cmpint(stats_stop(&rule, quiet, 11), ==, STATS_GO_ON); /* no look */
    g_assert_cmpint(stats_stop(&rule, loud, 10), ==, STATS_GO_ON);
    g_assert_cmpint(stats_stop(&rule, loud, 22), ==, STATS_STOP_MAX_RUNS);
    g_assert_cmpint(stats_stop(&rule, quiet, 22), ==, STATS_STOP);
    for (int i = 0; i < 29; i++)
        quiet[i] = NAN;
    g_assert_cmpint(stats_stop(&rule, quiet, 20), ==, STATS_GO_ON);
    g_assert_cmpuint(stats_stop_next_look(&rule, 0), ==, 10);
    g_assert_cmpuint(stats_stop_next_look(&rule, 10), ==, 15);
    g_assert_cmpuint(stats_stop_next_look(&rule, 13), ==, 15);
    g_assert_cmpuint(stats_stop_next_look(&rule, 20), ==, 22);
}

/* Counted over 2,000 tests under each hypothesis: errors are below the levels, and the mean
 * number of trials is about Wald's (which does not count that the bounds are overshot). */
static void
test_sprt(void)
{
    const StatsSprt test = { .p0 = 0.1, .p1 = 0.3, .alpha = 0.05, .beta = 0.1 };

    for (int h1 = 0; h1 < 2; h1++) {
        double trials = 0;
        int accepted = 0;

        for (int round = 0; round < 2000; round++) {
            size_t n = 0, hits = 0;
            double ratio = 0;

            while (ratio > stats_sprt_lower(&test) && ratio < stats_sprt_upper(&test)) {
                hits += g_test_rand_double() < (h1 ? test.p1 : test.p0);
                ratio = stats_sprt_ratio(&test, hits, ++n);
            }
            accepted += ratio >= stats_sprt_upper(&test);
            trials += (double)n / 2000;
        }
        if (h1)
            g_assert_cmpint(accepted, >, 2000 * (1 - 0.1 - 0.03));
        else
            g_assert_cmpint(accepted, <, 2000 * (0.05 + 0.025));
        g_assert_cmpfloat(trials, >, 0.9 * stats_sprt_expected_trials(&test, h1));
        g_assert_cmpfloat(trials, <, 1.5 * stats_sprt_expected_trials(&test, h1));
    }
}

static void
test_neighbours(void)
{
    const double climb[] = { 1, 2, 3, 4 }, same[] = { 2, 2, 2, 2 };
    double series[4003], lag1;
    StatsInterval mean;

    assert_near(stats_lag1(climb, 4), 0.25, 1e-12);
    g_assert_true(isnan(stats_lag1(same, 4)) && isnan(stats_lag1(climb, 2)));
    assert_near(stats_ar1_inflation(0), 1, 0);

    /* AR(1): the batches are nearly independent, the values are not; the first three, a
     * start far off, are left over. */
    series[0] = series[1] = series[2] = 1e9;
    for (int i = 3; i < 4003; i++)
        series[i] = (i == 3 ? 0 : 0.8 * series[i - 1]) + g_test_rand_double() - 0.5;
    mean = stats_batch_means(series, 4003, STATS_BATCHES, STATS_CONFIDENCE, &lag1);
    g_assert_cmpuint(mean.runs, ==, STATS_BATCHES);
    g_assert_cmpfloat(fabs(mean.value), <, 0.5);
    g_assert_cmpfloat(fabs(lag1), <, 0.7);
    assert_near(stats_lag1(series + 3, 4000), 0.8, 0.06);
    /* sd of the mean: 0.2887 / 0.2 / sqrt(4000) = 0.0228; its interval about 4.2 of them.
     */
    g_assert_cmpfloat(mean.high - mean.low, >, 0.03);
    g_assert_cmpfloat(mean.high - mean.low, <, 0.25);
    g_assert_cmpuint(stats_batch_means(series, 10, 20, 0.95, &lag1).runs, ==, 0);
}

static void
test_clusters(void)
{
    const double ten[] = { 10, 10, 10, 10, 0 }, all_or_none[] = { 10, 0, 10, 0, 0 };
    const double alike[] = { 4, 4, 4, 4, 0 };
    StatsClustered c = stats_clustered(all_or_none, ten, 5, STATS_CONFIDENCE);

    /* All of a run or none of it: ten trials are one. */
    g_assert_cmpuint(c.share.runs, ==, 4);
    g_assert_cmpfloat(c.share.value, ==, 0.5);
    g_assert_cmpfloat(c.share.low, ==, 0);
    g_assert_cmpfloat(c.share.high, ==, 1);
    assert_near(c.correlation, 1, 1e-12);
    assert_near(c.design_effect, 10, 1e-12);
    /* As alike as can be: less than chance. */
    c = stats_clustered(alike, ten, 5, STATS_CONFIDENCE);
    assert_near(c.correlation, -1.0 / 9, 1e-12);
    assert_near(c.design_effect, 0, 1e-12);
    c = stats_clustered(alike, ten, 1, STATS_CONFIDENCE);
    g_assert_true(isnan(c.correlation) && isnan(c.design_effect));
    c = stats_clustered(alike + 4, ten + 4, 1, STATS_CONFIDENCE);
    g_assert_true(isnan(c.share.value) && isnan(c.share.low) && c.share.runs == 0);
}

static void
test_weights(void)
{
    const double even[] = { 2, 2, 2, 2 }, one[] = { 0, 0, 7, 0 }, none[] = { 0, 0 };

    g_assert_cmpfloat(stats_effective_samples(even, 4), ==, 4);
    g_assert_cmpfloat(stats_effective_samples(one, 4), ==, 1);
    g_assert_cmpfloat(stats_effective_samples(none, 2), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stats/planning/noncentral-t", test_noncentral_t);
    g_test_add_func("/stats/planning/runs-needed", test_runs_needed);
    g_test_add_func("/stats/planning/stop", test_stop);
    g_test_add_func("/stats/planning/sprt", test_sprt);
    g_test_add_func("/stats/planning/neighbours", test_neighbours);
    g_test_add_func("/stats/planning/clusters", test_clusters);
    g_test_add_func("/stats/planning/weights", test_weights);
    return g_test_run();
}
