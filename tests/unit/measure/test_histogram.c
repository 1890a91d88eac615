/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Histograms: quantiles within half a bin, at the ends too. */
#include <glib.h>
#include <math.h>

#include "sim/measure/histogram.h"

/* Half a bin, as a factor. */
static void
assert_near(double got, double wanted)
{
    double tolerance = exp2(1.0 / HISTOGRAM_PER_OCTAVE);

    if (!(got >= wanted / tolerance && got <= wanted * tolerance))
        g_error("%g is not near %g", got, wanted);
}

static void
test_empty(void)
{
    Histogram h;

    histogram_init(&h, 1e-3);
    g_assert_true(isnan(histogram_quantile(&h, 0.5)));
    g_assert_true(isnan(histogram_mean(&h)));
}

static void
test_one(void)
{
    Histogram h;

    histogram_init(&h, 1e-3);
    histogram_add(&h, 4.2);
    for (int i = 0; i <= 10; i++)
        assert_near(histogram_quantile(&h, i / 10.0), 4.2);
    g_assert_cmpfloat(histogram_mean(&h), ==, 4.2);
}

static void
test_uniform(void)
{
    Histogram h;

    histogram_init(&h, 1e-3);
    for (int i = 1; i <= 100000; i++)
        histogram_add(&h, i / 100.0);
    for (int i = 1; i <= 99; i++)
        assert_near(histogram_quantile(&h, i / 100.0), i * 10.0);
    assert_near(histogram_quantile(&h, 0.999), 999);
    assert_near(histogram_mean(&h), 500);
    g_assert_cmpuint(h.total, ==, 100000);
}

/* Half of it here, half of it there: the median is the lower half's end. */
static void
test_two_heaps(void)
{
    Histogram h;

    histogram_init(&h, 1e-3);
    for (int i = 0; i < 500; i++) {
        histogram_add(&h, 1);
        histogram_add(&h, 1000);
    }
    assert_near(histogram_quantile(&h, 0.49), 1);
    assert_near(histogram_quantile(&h, 0.5), 1);
    assert_near(histogram_quantile(&h, 0.51), 1000);
}

/* What is beyond the bins falls into the first or the last; nothing is written outside. */
static void
test_extremes(void)
{
    static const double values[] = { 0, -5, 1e-300, 1e300, INFINITY, NAN };
    Histogram h;
    uint64_t sum = 0;

    histogram_init(&h, 1e-3);
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        histogram_add(&h, values[i]);
    for (int i = 0; i < HISTOGRAM_BINS; i++)
        sum += h.count[i];
    g_assert_cmpuint(sum, ==, G_N_ELEMENTS(values));
    g_assert_cmpuint(h.count[0], ==, 4);
    g_assert_cmpuint(h.count[HISTOGRAM_BINS - 1], ==, 2);
}

static void
test_bins(void)
{
    Histogram h;

    histogram_init(&h, 2);
    g_assert_cmpfloat(histogram_bin_low(&h, 0), ==, 2);
    g_assert_cmpfloat(histogram_bin_low(&h, HISTOGRAM_PER_OCTAVE), ==, 4);
    for (int bin = 0; bin < HISTOGRAM_BINS - 1; bin++) {
        double low = histogram_bin_low(&h, bin), high = histogram_bin_low(&h, bin + 1);

        histogram_init(&h, 2);
        histogram_add(&h, sqrt(low * high));
        g_assert_cmpuint(h.count[bin], ==, 1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/measure/histogram/empty", test_empty);
    g_test_add_func("/measure/histogram/one", test_one);
    g_test_add_func("/measure/histogram/uniform", test_uniform);
    g_test_add_func("/measure/histogram/two-heaps", test_two_heaps);
    g_test_add_func("/measure/histogram/extremes", test_extremes);
    g_test_add_func("/measure/histogram/bins", test_bins);
    return g_test_run();
}
