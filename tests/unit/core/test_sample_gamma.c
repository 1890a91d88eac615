/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The gamma function against libm's, the law against closed forms by Kolmogorov and
 * Smirnov's test (alpha = 0.01), each once against a shape that is slightly wrong. */
#include <glib.h>
#include <math.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

enum { DRAWS = 40000 };

static void
test_log_gamma(void)
{
    for (double x = 0.01; x < 60; x *= 1.01) {
        double want = lgamma(x);

        g_assert_cmpfloat(fabs(portable_log_gamma(x) - want), <=, 4e-15 * (4 + fabs(want)));
    }
    g_assert_cmpfloat(fabs(portable_log_gamma(171) / lgamma(171) - 1), <, 1e-15);
}

static double
half_cdf(double x)
{
    return erf(sqrt(x));
}

static double
one_cdf(double x)
{
    return 1 - exp(-x);
}

static double
one_and_a_half_cdf(double x)
{
    return erf(sqrt(x)) - 2 * sqrt(x / G_PI) * exp(-x);
}

static double
two_cdf(double x)
{
    return 1 - (1 + x) * exp(-x);
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double
distance(double shape, double (*cdf)(double))
{
    g_autofree double *x = g_new(double, DRAWS);
    const StreamKey key = { 42, stream_name("gamma", 0), 0, 0 };
    double greatest = 0;

    for (unsigned i = 0; i < DRAWS; i++)
        x[i] = sample_gamma(stream_word(&key, i), shape);
    qsort(x, DRAWS, sizeof *x, compare_doubles);
    for (unsigned i = 0; i < DRAWS; i++) {
        double f = cdf(x[i]);

        greatest = fmax(greatest, fmax((i + 1.0) / DRAWS - f, f - (double)i / DRAWS));
    }
    return greatest;
}

static void
test_gamma(void)
{
    static const struct {
        double shape;
        double (*cdf)(double x);
    } CASES[] = {
        { 0.5, half_cdf }, { 1, one_cdf }, { 1.5, one_and_a_half_cdf }, { 2, two_cdf }
    };
    double critical = 1.6276 / sqrt(DRAWS);

    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_assert_cmpfloat(distance(CASES[i].shape, CASES[i].cdf), <, critical);
        g_assert_cmpfloat(distance(CASES[i].shape * 1.05, CASES[i].cdf), >, critical);
    }
}

/* Small shapes reach down to zero and stay numbers. */
static void
test_small_shapes(void)
{
    const StreamKey key = { 42, stream_name("gamma", 1), 0, 0 };
    double sum = 0;

    for (unsigned i = 0; i < DRAWS; i++) {
        double x = sample_gamma(stream_word(&key, i), 0.01);

        g_assert_true(isfinite(x) && x >= 0);
        sum += x;
    }
    /* mean 0.01, variance 0.01: four standard errors */
    g_assert_cmpfloat(fabs(sum / DRAWS - 0.01), <, 4 * 0.1 / sqrt(DRAWS));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/core/log-gamma", test_log_gamma);
    g_test_add_func("/core/gamma", test_gamma);
    g_test_add_func("/core/gamma-of-small-shapes", test_small_shapes);
    return g_test_run();
}
