/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <math.h>

#include "results/stats/detection.h"

static void
assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        g_error("%.15g, expected %.15g", value, expected);
}

static void
test_area_by_hand(void)
{
    /* 3 beats both, 2 beats 1 and ties with 2: 3.5 of 4. */
    const StatsScore four[] = { { 3, true }, { 2, false }, { 2, true }, { 1, false } };
    const StatsScore apart[] = { { 1, false }, { 5, true }, { 0, false }, { 4, true } };
    StatsScore tied[] = { { 1, true }, { 1, false }, { 1, false } };

    assert_near(stats_auc(four, 4, STATS_CONFIDENCE).value, 0.875, 1e-15);
    assert_near(stats_auc(apart, 4, STATS_CONFIDENCE).low, 1, 0);
    assert_near(stats_auc(tied, 3, STATS_CONFIDENCE).value, 0.5, 0);
    g_assert_true(isnan(stats_auc(four, 1, STATS_CONFIDENCE).value));
    g_assert_true(isnan(stats_auc(NULL, 0, STATS_CONFIDENCE).value));
}

/* What DeLong's paper defines, pair by pair. */
static StatsInterval
area_by_definition(const StatsScore *s, size_t n)
{
    double sum[2] = { 0 }, squares[2] = { 0 }, kind[2] = { 0 }, half;
    StatsInterval auc;

    for (size_t i = 0; i < n; i++)
        kind[s[i].positive]++;
    for (size_t i = 0; i < n; i++) {
        double placement = 0;

        for (size_t j = 0; j < n; j++) {
            double more = s[i].positive ? s[i].score - s[j].score : s[j].score - s[i].score;

            if (s[j].positive != s[i].positive)
                placement += more > 0 ? 1 : more < 0 ? 0 : 0.5;
        }
        placement /= kind[!s[i].positive];
        sum[s[i].positive] += placement;
        squares[s[i].positive] += placement * placement;
    }
    auc.value = sum[1] / kind[1];
    half = 0;
    for (int k = 0; k < 2; k++)
        half += (squares[k] - sum[k] * sum[k] / kind[k]) / (kind[k] - 1) / kind[k];
    half = 1.959963984540054 * sqrt(half);
    auc.low = fmax(0, auc.value - half);
    auc.high = fmin(1, auc.value + half);
    return auc;
}

/* A normal variable, as a sum of uniform ones. */
static double
normal(void)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += g_test_rand_double();
    return sum;
}

static void
test_area_by_definition(void)
{
    for (int round = 0; round < 50; round++) {
        StatsScore scores[60];
        StatsInterval fast, slow;

        for (int i = 0; i < 60; i++) {
            scores[i].positive = i % 3 == 0;
            /* Rounded, so that there are ties. */
            scores[i].score = rint(2 * (normal() + scores[i].positive));
        }
        fast = stats_auc(scores, 60, 0.95);
        slow = area_by_definition(scores, 60);
        assert_near(fast.value, slow.value, 1e-12);
        assert_near(fast.low, slow.low, 1e-9);
        assert_near(fast.high, slow.high, 1e-9);
    }
}

/* Normal scores one deviation apart: Phi(1 / sqrt 2), in about 95 % of samples. */
static void
test_area_covers(void)
{
    int inside = 0;

    for (int round = 0; round < 400; round++) {
        StatsScore scores[200];
        StatsInterval auc;

        for (int i = 0; i < 200; i++)
            scores[i] = (StatsScore){ normal() + (i % 2), i % 2 == 1 };
        auc = stats_auc(scores, 200, 0.95);
        inside += auc.low <= 0.760249938907 && 0.760249938907 <= auc.high;
    }
    g_assert_cmpint(inside, >=, 355);
    g_assert_cmpint(inside, <, 400);
}

static void
test_curve(void)
{
    const StatsScore scores[] = { { 1, false }, { 3, true }, { 2, false },
                                  { 2, true },  { 0, true }, { 0, false } };
    StatsRocPoint points[6];

    g_assert_cmpuint(stats_roc(scores, 6, points), ==, 4);
    assert_near(points[0].threshold, 3, 0);
    assert_near(points[0].true_positive_rate, 1.0 / 3, 1e-15);
    assert_near(points[0].false_positive_rate, 0, 0);
    assert_near(points[1].true_positive_rate, 2.0 / 3, 1e-15);
    assert_near(points[1].false_positive_rate, 1.0 / 3, 1e-15);
    assert_near(points[3].true_positive_rate, 1, 0);
    assert_near(points[3].false_positive_rate, 1, 0);
    assert_near(stats_roc_at(points, 4, 0.3), 1.0 / 3, 1e-15);
    assert_near(stats_roc_at(points, 4, 0.4), 2.0 / 3, 1e-15);
    g_assert_cmpuint(stats_roc(NULL, 0, points), ==, 0);
    assert_near(stats_roc_at(points, 0, 1), 0, 0);
}

static void
test_threshold(void)
{
    /* The reference's PPV_1000_0.001: one partner among 1,000. */
    const StatsDetection known = { 90, 10, 10, 9990 };
    const StatsDetection none = { 96, 4, 0, 9900 };
    StatsInterval precision = stats_precision_at(&known, 0.001, STATS_CONFIDENCE);
    StatsScore scores[] = { { 2, true }, { 1, true }, { 2, false }, { 0, false } };
    StatsDetection d = stats_detect(scores, 4, 2);

    assert_near(precision.value, 0.473933649289, 1e-12);
    g_assert_cmpfloat(precision.low, <, 0.4);
    g_assert_cmpfloat(precision.high, >, 0.6);
    assert_near(stats_precision(&known, STATS_CONFIDENCE).value, 0.9, 1e-15);
    assert_near(stats_recall(&known, STATS_CONFIDENCE).value, 0.9, 1e-15);
    /* None in 9,900 may still be most of what is found among 1,000. */
    precision = stats_precision_at(&none, 0.001, STATS_CONFIDENCE);
    assert_near(precision.value, 1, 0);
    g_assert_cmpfloat(precision.low, <, 0.75);
    g_assert_cmpuint(d.true_positives, ==, 1);
    g_assert_cmpuint(d.false_negatives, ==, 1);
    g_assert_cmpuint(d.false_positives, ==, 1);
    g_assert_cmpuint(d.true_negatives, ==, 1);
}

static void
test_advantage(void)
{
    const StatsDetection guess = { 50, 50, 500, 500 }, sure = { 100, 0, 0, 1000 };
    StatsInterval advantage = stats_advantage(&guess, 0, STATS_CONFIDENCE);

    assert_near(advantage.value, 0, 1e-15);
    g_assert_cmpfloat(advantage.low, <, -0.1);
    g_assert_cmpfloat(advantage.high, >, 0.1);
    assert_near(stats_advantage(&guess, log(2), STATS_CONFIDENCE).value, -0.5, 1e-12);
    advantage = stats_advantage(&sure, 0, STATS_CONFIDENCE);
    assert_near(advantage.value, 1, 0);
    g_assert_cmpfloat(advantage.low, <, 0.97);
    assert_near(advantage.high, 1, 0);
}

/* Pairs of uniform counts: the correlation of so many is beyond it in a twentieth. */
static void
test_chance(void)
{
    double limit = stats_correlation_by_chance(0.05, 40), mean = 0;
    int beyond = 0;

    for (int sample = 0; sample < 2000; sample++) {
        double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0, r;

        for (int i = 0; i < 40; i++) {
            double x = normal(), y = normal();

            sx += x;
            sy += y;
            sxx += x * x;
            syy += y * y;
            sxy += x * y;
        }
        r = (sxy - sx * sy / 40) / sqrt((sxx - sx * sx / 40) * (syy - sy * sy / 40));
        beyond += r > limit;
        mean += stats_fisher_z(r, 40) / 2000;
    }
    /* 100 are due, with a deviation of 9.7. */
    g_assert_cmpint(beyond, >=, 55);
    g_assert_cmpint(beyond, <=, 148);
    assert_near(mean, 0, 0.02);
    assert_near(stats_fisher_z(0.5, 51), atanh(0.5) - 0.005, 1e-12);
    g_assert_true(isfinite(stats_fisher_z(1, 10)));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stats/detection/area-by-hand", test_area_by_hand);
    g_test_add_func("/stats/detection/area-by-definition", test_area_by_definition);
    g_test_add_func("/stats/detection/area-covers", test_area_covers);
    g_test_add_func("/stats/detection/curve", test_curve);
    g_test_add_func("/stats/detection/threshold", test_threshold);
    g_test_add_func("/stats/detection/advantage", test_advantage);
    g_test_add_func("/stats/detection/chance", test_chance);
    return g_test_run();
}
