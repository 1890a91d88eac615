/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "results/stats/differences.h"

static void
assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        g_error("%.15g, expected %.15g", value, expected);
}

/* Student 1908: hours of sleep that two drugs gave ten patients; what R's t.test() says of
 * them stands in its manual (data set `sleep`). */
static const double drug_1[] = { 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 };
static const double drug_2[] = { 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 };

static void
test_paired(void)
{
    StatsDifference d = stats_paired(drug_1, drug_2, 10);
    StatsInterval interval = stats_difference_interval(&d, 0.95);

    assert_near(d.mean, 1.58, 1e-12);
    assert_near(d.mean / d.standard_error, 4.0621, 5e-5);
    assert_near(d.degrees, 9, 0);
    assert_near(interval.low, 0.7001142, 5e-8);
    assert_near(interval.high, 2.4598858, 5e-8);
    assert_near(d.correlation, 0.7951702, 5e-8);
    assert_near(stats_p_different(&d), 0.002833, 5e-7);
    assert_near(d.variance_ratio * (1.789010 * 1.789010 + 2.002249 * 2.002249),
                1.229995 * 1.229995, 1e-5); /* the three standard deviations */
}

static void
test_welch(void)
{
    StatsDifference d = stats_welch(drug_1, 10, drug_2, 10);
    StatsInterval interval = stats_difference_interval(&d, 0.95);

    assert_near(d.mean / d.standard_error, 1.8608, 5e-5);
    assert_near(d.degrees, 17.776, 5e-4);
    assert_near(stats_p_different(&d), 0.07939, 5e-6);
    assert_near(interval.low, -0.2054832, 5e-8);
    assert_near(interval.high, 3.3654832, 5e-8);
    g_assert_true(isnan(d.correlation) && isnan(d.variance_ratio));
}

/* One-sided bounds are where the one-sided tests are at their level. */
static void
test_bounds_and_tests_agree(void)
{
    StatsDifference d = stats_welch(drug_1, 10, drug_2, 10);
    double above = stats_upper_bound(&d, 0.95), below = stats_lower_bound(&d, 0.95);

    assert_near(stats_p_below(&d, above), 0.05, 1e-9);
    assert_near(stats_p_above(&d, below), 0.05, 1e-9);
    assert_near(stats_p_below(&d, 2) + stats_p_above(&d, 2), 1, 1e-12);
    /* TOST: the farther bound decides. */
    assert_near(stats_p_equivalent(&d, above), 0.05, 1e-9);
    g_assert_cmpfloat(stats_p_equivalent(&d, above + 1), <, 0.05);
    g_assert_cmpfloat(stats_p_equivalent(&d, d.mean), ==, 0.5);
}

/* A part of the runs has no value: it is left out with its partner. */
static void
test_not_measured(void)
{
    const double a[] = { 1, NAN, 3, 4 }, b[] = { 2, 5, NAN, 4 };
    StatsDifference d = stats_paired(a, b, 4);

    g_assert_cmpuint(d.count_a, ==, 2);
    g_assert_cmpfloat(d.mean, ==, 0.5);
    d = stats_welch(a, 4, b, 4);
    g_assert_cmpuint(d.count_a, ==, 3);
    g_assert_cmpuint(d.count_b, ==, 3);
    assert_near(d.mean, 11.0 / 3 - 8.0 / 3, 1e-12);

    d = stats_paired(a, b, 2); /* one pair: a difference, and no idea how sure */
    g_assert_cmpfloat(d.mean, ==, 1);
    g_assert_true(isinf(stats_upper_bound(&d, 0.95)));
    g_assert_cmpfloat(stats_p_below(&d, 1e9), ==, 1);
    g_assert_cmpfloat(stats_p_above(&d, -1e9), ==, 1);
    d = stats_welch(a, 0, b, 4);
    g_assert_true(isnan(d.mean));
    g_assert_cmpfloat(stats_p_below(&d, 1), ==, 1);
}

static void
test_all_agree(void)
{
    const double ones[] = { 1, 1, 1 }, others[] = { 0.9, 0.9, 0.9 };
    StatsDifference d = stats_paired(ones, ones, 3);

    g_assert_cmpfloat(d.standard_error, ==, 0);
    g_assert_cmpfloat(stats_p_below(&d, 0.001), ==, 0);
    g_assert_cmpfloat(stats_p_above(&d, 0), ==, 1);
    g_assert_cmpfloat(stats_p_below(&d, 0), ==, 0);
    g_assert_cmpfloat(stats_p_equivalent(&d, 0), ==, 0);
    g_assert_cmpfloat(stats_p_below(&d, -0.001), ==, 1);
    g_assert_cmpfloat(stats_p_different(&d), ==, 1);
    g_assert_true(isnan(d.correlation));
    d = stats_welch(ones, 3, others, 3);
    g_assert_cmpfloat(stats_p_above(&d, -0.001), ==, 1);
    g_assert_cmpfloat(stats_p_below(&d, -0.001), ==, 0);
    g_assert_cmpfloat(stats_upper_bound(&d, 0.95), ==, d.mean);
    /* Equal differences of values that vary are rounding, not deviation. */
    d = stats_paired((double[]){ 0.1, 0.2, 0.3 }, (double[]){ 1.1, 1.2, 1.3 }, 3);
    g_assert_cmpfloat(d.standard_error, ==, 0);
    g_assert_cmpfloat(d.correlation, >, 0.999);
}

static void
test_holm(void)
{
    double p[] = { 0.01, NAN, 0.04, 0.03, 0.005 };
    const double adjusted[] = { 0.03, NAN, 0.06, 0.06, 0.02 };

    stats_holm(p, 5);
    for (int i = 0; i < 5; i++)
        if (!isnan(adjusted[i]))
            assert_near(p[i], adjusted[i], 1e-12);
    g_assert_true(isnan(p[1]));
    stats_holm(p, 0);
    p[0] = 0.9;
    p[2] = 0.8;
    stats_holm(p, 3);
    g_assert_cmpfloat(p[0], ==, 1);
    g_assert_cmpfloat(p[2], ==, 1);
}

static double
normal(void)
{
    return sqrt(-2 * log(1 - g_test_rand_double())) * cos(2 * G_PI * g_test_rand_double());
}

/* Counted over 4,000 pairs of samples: at the margin itself the test errs in 5 % of the
 * cases (five standard deviations are 1.7 points), and far from it hardly ever. */
static void
test_level(void)
{
    int at_margin = 0, equal = 0;

    for (int round = 0; round < 4000; round++) {
        double a[10], worse[14], same[14];
        StatsDifference d;

        for (int i = 0; i < 10; i++)
            a[i] = normal();
        for (int i = 0; i < 14; i++) {
            same[i] = 2 * normal();
            worse[i] = same[i] + 5;
        }
        d = stats_welch(a, 10, worse, 14);
        at_margin += stats_p_below(&d, 5) <= 0.05;
        d = stats_welch(a, 10, same, 14);
        equal += stats_p_below(&d, 5) <= 0.05;
    }
    g_assert_cmpint(at_margin, >, 4000 * 0.033);
    g_assert_cmpint(at_margin, <, 4000 * 0.067);
    g_assert_cmpint(equal, >, 3990);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stats/differences/paired", test_paired);
    g_test_add_func("/stats/differences/welch", test_welch);
    g_test_add_func("/stats/differences/bounds-and-tests-agree",
                    test_bounds_and_tests_agree);
    g_test_add_func("/stats/differences/not-measured", test_not_measured);
    g_test_add_func("/stats/differences/all-agree", test_all_agree);
    g_test_add_func("/stats/differences/holm", test_holm);
    g_test_add_func("/stats/differences/level", test_level);
    return g_test_run();
}
