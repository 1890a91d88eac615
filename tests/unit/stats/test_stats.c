/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "results/stats/stats.h"

static void
assert_close(const char *id, double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        g_error("%s: %.15g, expected %.15g", id, value, expected);
}

static void
test_student_of_few_runs(void)
{
    /* Densities that can be integrated by hand: one and two degrees of freedom. */
    assert_close("df 1", stats_student_quantile(0.975, 1), tan(G_PI * 0.475), 1e-12);
    assert_close("df 2", stats_student_quantile(0.975, 2),
                 0.95 * sqrt(2 / (1 - 0.95 * 0.95)), 1e-12);
    assert_close("df 2, below", stats_student_quantile(0.025, 2),
                 -0.95 * sqrt(2 / (1 - 0.95 * 0.95)), 1e-12);
}

static void
test_mean(void)
{
    /* 1, 2, 3: mean 2, s = 1; with two degrees of freedom t has a closed form. */
    const double three[] = { 3, NAN, 1, 2 };
    const double half = 0.95 * sqrt(2 / (1 - 0.95 * 0.95)) / sqrt(3);
    StatsInterval mean = stats_mean(three, 4, STATS_CONFIDENCE);

    g_assert_cmpuint(mean.runs, ==, 3);
    g_assert_cmpfloat(mean.value, ==, 2);
    assert_close("low", mean.low, 2 - half, 1e-12);
    assert_close("high", mean.high, 2 + half, 1e-12);

    mean = stats_mean(three, 1, STATS_CONFIDENCE);
    g_assert_cmpuint(mean.runs, ==, 1);
    g_assert_cmpfloat(mean.low, ==, 3);
    g_assert_cmpfloat(mean.high, ==, 3);

    mean = stats_mean(three + 1, 1, STATS_CONFIDENCE);
    g_assert_cmpuint(mean.runs, ==, 0);
    g_assert_true(isnan(mean.value) && isnan(mean.low) && isnan(mean.high));
    g_assert_cmpuint(stats_mean(NULL, 0, STATS_CONFIDENCE).runs, ==, 0);
}

static void
test_mean_of_equal_runs(void)
{
    const double same[] = { 0.1, 0.1, 0.1, 0.1 };
    StatsInterval mean = stats_mean(same, 4, STATS_CONFIDENCE);

    g_assert_cmpfloat(mean.high - mean.low, <, 1e-15);
    g_assert_cmpfloat(mean.low, <=, mean.value);
    g_assert_cmpfloat(mean.high, >=, mean.value);
}

static void
test_quantile(void)
{
    double values[10], coverage;
    StatsInterval median;

    for (int i = 0; i < 10; i++)
        values[i] = 10 - i;
    /* Ten values: the 2nd and 9th of them hold the median in 1 - 22/1024. */
    median = stats_quantile(values, 10, 0.5, STATS_CONFIDENCE, &coverage);
    g_assert_cmpfloat(median.value, ==, 5.5);
    g_assert_cmpfloat(median.low, ==, 2);
    g_assert_cmpfloat(median.high, ==, 9);
    assert_close("coverage", coverage, 1 - 22.0 / 1024, 1e-12);

    /* Four cannot give the level: extremes, and it says so. */
    median = stats_quantile(values, 4, 0.5, STATS_CONFIDENCE, &coverage);
    g_assert_cmpfloat(median.low, ==, 7);
    g_assert_cmpfloat(median.high, ==, 10);
    assert_close("coverage", coverage, 1 - 2.0 / 16, 1e-12);

    median = stats_quantile(values, 1, 0.5, STATS_CONFIDENCE, &coverage);
    g_assert_cmpfloat(median.low, ==, 10);
    g_assert_cmpfloat(median.high, ==, 10);
    g_assert_cmpfloat(coverage, ==, 0);
    g_assert_cmpuint(stats_quantile(NULL, 0, 0.5, STATS_CONFIDENCE, NULL).runs, ==, 0);
}

/* The level is kept by construction: counted over a thousand random samples. */
static void
test_quantile_covers(void)
{
    int inside = 0;

    for (int round = 0; round < 1000; round++) {
        double values[25];
        StatsInterval interval;

        for (int i = 0; i < 25; i++)
            values[i] = g_test_rand_double();
        interval = stats_quantile(values, 25, 0.3, STATS_CONFIDENCE, NULL);
        inside += interval.low <= 0.3 && 0.3 <= interval.high;
    }
    /* At least 95 %; five standard deviations below that is 915. */
    g_assert_cmpint(inside, >=, 915);
}

static void
test_proportions(void)
{
    StatsInterval exact = stats_clopper_pearson(7, 7, STATS_CONFIDENCE);

    g_assert_cmpfloat(exact.high, ==, 1);
    assert_close("7 of 7", exact.low, pow(0.025, 1.0 / 7), 1e-12);
    exact = stats_clopper_pearson(0, 7, STATS_CONFIDENCE);
    g_assert_cmpfloat(exact.low, ==, 0);
    assert_close("0 of 7", exact.high, 1 - pow(0.025, 1.0 / 7), 1e-12);
    g_assert_true(isnan(stats_clopper_pearson(0, 0, STATS_CONFIDENCE).value));
    g_assert_true(isnan(stats_wilson(0, 0, STATS_CONFIDENCE).high));
    g_assert_cmpfloat(stats_wilson(9, 9, STATS_CONFIDENCE).high, ==, 1);
    g_assert_cmpfloat(stats_wilson(0, 9, STATS_CONFIDENCE).low, ==, 0);
}

/* Counts of whole experiments: where the library's own inverse fails. */
static void
test_large_counts(void)
{
    const uint64_t hits[] = { 1, 5000000, 500000000, 999999999 };

    for (int i = 0; i < 4; i++) {
        StatsInterval exact = stats_clopper_pearson(hits[i], 1000000000, STATS_CONFIDENCE);
        StatsInterval score = stats_wilson(hits[i], 1000000000, STATS_CONFIDENCE);

        g_assert_cmpfloat(exact.low, <, exact.value);
        g_assert_cmpfloat(exact.high, >, exact.value);
        if (i == 2)
            assert_close("half", exact.low, score.low, 1e-8);
    }
}

static void
test_none(void)
{
    assert_close("none of 1000", stats_bound_of_none(1000, STATS_CONFIDENCE),
                 1 - pow(0.05, 1e-3), 1e-9);
    assert_close("rule of three", stats_bound_of_none(1000000, STATS_CONFIDENCE), 3e-6,
                 2e-3);
    g_assert_cmpfloat(stats_bound_of_none(0, STATS_CONFIDENCE), ==, 1);
}

/* Runs that all saw nothing do not differ, and are no certainty for that. */
static void
test_none_seen(void)
{
    static const double none[] = { 0, 0, 0 }, all[] = { 1, 1, 1 }, some[] = { 0, 0.25, 0 };
    StatsInterval seen = stats_mean(some, 3, STATS_CONFIDENCE);
    StatsInterval i;

    i = stats_none_seen(stats_mean(none, 3, STATS_CONFIDENCE), 1000, STATS_CONFIDENCE);
    assert_close("0 of 1000", i.high, 1 - pow(0.05, 1.0 / 1000), 1e-9);
    g_assert_cmpfloat(i.low, ==, 0);
    i = stats_none_seen(stats_mean(all, 3, STATS_CONFIDENCE), 1000, STATS_CONFIDENCE);
    assert_close("1000 of 1000", i.low, pow(0.05, 1.0 / 1000), 1e-9);
    g_assert_cmpfloat(i.high, ==, 1);
    i = stats_none_seen(seen, 1000, STATS_CONFIDENCE);
    g_assert_true(i.low == seen.low && i.high == seen.high);
    i = stats_none_seen(stats_mean(none, 3, STATS_CONFIDENCE), NAN, STATS_CONFIDENCE);
    g_assert_cmpfloat(i.high, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stats/student-of-few-runs", test_student_of_few_runs);
    g_test_add_func("/stats/none-seen", test_none_seen);
    g_test_add_func("/stats/mean", test_mean);
    g_test_add_func("/stats/mean-of-equal-runs", test_mean_of_equal_runs);
    g_test_add_func("/stats/quantile", test_quantile);
    g_test_add_func("/stats/quantile-covers", test_quantile_covers);
    g_test_add_func("/stats/proportions", test_proportions);
    g_test_add_func("/stats/large-counts", test_large_counts);
    g_test_add_func("/stats/none", test_none);
    return g_test_run();
}
