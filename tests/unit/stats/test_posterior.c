/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "results/stats/posterior.h"

static void
assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        g_error("%.15g, expected %.15g", value, expected);
}

/* Crowds of 100 with 10 collaborators, pf 0.75: the predecessor has 0.3325, 89 others
 * 0.0075 (rows CRW_*_100_10_0.75 of the science reference, and its d). */
static void
test_crowds(void)
{
    double weights[90];
    StatsPosterior p;

    for (int i = 0; i < 90; i++)
        weights[i] = 7.5;
    weights[41] = 332.5;
    p = stats_posterior(weights, 90);
    assert_near(p.entropy, 5.24001231074, 1e-10);
    assert_near(p.degree, 0.8072, 5e-5);
    assert_near(p.min_entropy, 1.58857375427, 1e-10);
    /* The first, then ranks 2 to 90. */
    assert_near(p.guesses, 0.3325 + 0.0075 * (90 * 91 / 2.0 - 1), 1e-10);
    assert_near(p.set_size, 90, 0);
    assert_near(p.effective_size, exp2(5.24001231074), 1e-8);
    /* Massey 1994. */
    g_assert_cmpfloat(p.guesses, >=, exp2(p.entropy - 2) + 1);
}

static void
test_corners(void)
{
    const double sure[] = { 0, 3, 0 }, alike[] = { 2, 2, 2, 2 }, one[] = { 1 };
    StatsPosterior p = stats_posterior(sure, 3);

    assert_near(p.entropy, 0, 0);
    assert_near(p.min_entropy, 0, 0);
    assert_near(p.guesses, 1, 0);
    assert_near(p.set_size, 1, 0);
    p = stats_posterior(alike, 4);
    assert_near(p.entropy, 2, 1e-15);
    assert_near(p.degree, 1, 1e-15);
    assert_near(p.guesses, 2.5, 1e-15);
    assert_near(stats_posterior(one, 1).degree, 0, 0);
}

static void
test_spread(void)
{
    double values[102];
    StatsSpread s;

    for (int i = 0; i < 101; i++)
        values[i] = 100 - i;
    values[101] = NAN;
    s = stats_spread(values, 102);
    g_assert_cmpuint(s.count, ==, 101);
    assert_near(s.mean, 50, 1e-12);
    assert_near(s.percentile_5, 5, 1e-12);
    assert_near(s.median, 50, 1e-12);
    assert_near(s.minimum, 0, 0);
    g_assert_true(isnan(stats_spread(NULL, 0).percentile_5));
}

/* Samples with exactly the shares of a channel of 4 that is right with q = 0.5. */
static void
test_information_of_channel(void)
{
    uint32_t secret[24], seen[24];
    StatsInformation i;
    int n = 0;

    for (uint32_t s = 0; s < 4; s++)
        for (uint32_t o = 0; o < 4; o++)
            for (int k = 0; k < (s == o ? 3 : 1); k++, n++) {
                secret[n] = 7 + s;
                seen[n] = 900 + o;
            }
    g_assert_cmpint(n, ==, 24);
    i = stats_information(secret, seen, 24, 0, 1);
    assert_near(i.plug_in, 2 + 0.5 * log2(0.5) + 0.5 * log2(0.5 / 3), 1e-12);
    /* 4 + 4 classes, 16 cells: (3 + 3 - 15) / (2 n ln 2). */
    assert_near(i.corrected, i.plug_in - 9 / (2 * 24 * M_LN2), 1e-12);
    g_assert_true(isnan(i.null_mean) && isnan(i.p));
    g_assert_true(isnan(stats_information(secret, seen, 0, 9, 1).plug_in));
}

/* Pairs that have nothing to do with each other: the plug-in is biased, the correction
 * takes most of that away, and the null is like the value. */
static void
test_information_of_noise(void)
{
    uint32_t secret[1000], seen[1000];
    StatsInformation noise, copy;

    for (int k = 0; k < 1000; k++) {
        secret[k] = (uint32_t)g_test_rand_int_range(0, 8);
        seen[k] = (uint32_t)g_test_rand_int_range(0, 8);
    }
    noise = stats_information(secret, seen, 1000, 199, 5);
    /* 49 / (2 n ln 2) = 0.035 is the bias; its deviation a fifth of that. */
    g_assert_cmpfloat(noise.plug_in, >, 0.01);
    g_assert_cmpfloat(fabs(noise.corrected), <, 0.04);
    g_assert_cmpfloat(fabs(noise.null_mean), <, 0.005);
    copy = stats_information(secret, secret, 1000, 199, 5);
    assert_near(copy.plug_in, 3, 0.05);
    assert_near(copy.p, 1.0 / 200, 1e-15);
    g_assert_cmpfloat(copy.null_percentile_95, <, 0.05);
    /* The same seed, the same shuffles. */
    g_assert_cmpfloat(stats_information(secret, seen, 1000, 199, 5).p, ==, noise.p);
}

/* The null is rejected as often as it says: p <= 0.1 in a tenth of samples of noise. */
static void
test_information_keeps_level(void)
{
    int rejected = 0;

    for (int round = 0; round < 300; round++) {
        uint32_t secret[60], seen[60];

        for (int k = 0; k < 60; k++) {
            secret[k] = (uint32_t)g_test_rand_int_range(0, 3);
            seen[k] = (uint32_t)g_test_rand_int_range(0, 3);
        }
        rejected += stats_information(secret, seen, 60, 99, (uint64_t)round).p <= 0.1;
    }
    /* 30 are due; five deviations (26) above that. */
    g_assert_cmpint(rejected, <=, 56);
    g_assert_cmpint(rejected, >=, 8);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stats/posterior/crowds", test_crowds);
    g_test_add_func("/stats/posterior/corners", test_corners);
    g_test_add_func("/stats/posterior/spread", test_spread);
    g_test_add_func("/stats/information/of-channel", test_information_of_channel);
    g_test_add_func("/stats/information/of-noise", test_information_of_noise);
    g_test_add_func("/stats/information/keeps-level", test_information_keeps_level);
    return g_test_run();
}
