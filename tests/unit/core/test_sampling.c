/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each law against its closed form by Kolmogorov and Smirnov's test at alpha = 0.01
 * (science 3.2; critical value 1.6276 / sqrt n), and each once against a law that is
 * slightly wrong, which the same test must refuse. */
#include <glib.h>
#include <math.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

enum { DRAWS = 40000 };

typedef double (*Sampler)(uint64_t word);
typedef double (*Distribution)(double x);

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The greatest distance between the sample's and the law's distribution function. */
static double
kolmogorov_distance(Sampler sample, Distribution cdf)
{
    g_autofree double *x = g_new(double, DRAWS);
    const StreamKey key = { 42, stream_name("test", 0), 0, 0 };
    double distance = 0;

    for (unsigned i = 0; i < DRAWS; i++)
        x[i] = sample(stream_word(&key, i));
    qsort(x, DRAWS, sizeof *x, compare_doubles);
    for (unsigned i = 0; i < DRAWS; i++) {
        double f = cdf(x[i]);

        distance = fmax(distance, fmax((i + 1.0) / DRAWS - f, f - (double)i / DRAWS));
    }
    return distance;
}

static void
check_law(Sampler sample, Distribution right, Distribution wrong)
{
    double critical = 1.6276 / sqrt(DRAWS);

    g_assert_cmpfloat(kolmogorov_distance(sample, right), <, critical);
    g_assert_cmpfloat(kolmogorov_distance(sample, wrong), >, critical);
}

static double
uniform_cdf(double x)
{
    return x;
}

static double
wrong_uniform_cdf(double x)
{
    return x * (1.02 - 0.02 * x) + 0.006 * (1 - x) * x * 4;
}

static double
exponential_draw(uint64_t word)
{
    return sample_exponential(word, 7);
}

static double
exponential_cdf(double x)
{
    return -expm1(-x / 7);
}

static double
wrong_exponential_cdf(double x)
{
    return -expm1(-x / 7.3);
}

static double
weibull_draw(uint64_t word)
{
    return sample_weibull(word, 0.59, 20);
}

static double
weibull_cdf(double x)
{
    return -expm1(-pow(x / 20, 0.59));
}

static double
wrong_weibull_cdf(double x)
{
    return -expm1(-pow(x / 20, 0.62));
}

static double
normal_cdf(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

static double
wrong_normal_cdf(double x)
{
    return normal_cdf(x / 1.04);
}

static double
lognormal_draw(uint64_t word)
{
    return sample_lognormal(word, 10, 1.5);
}

static double
lognormal_cdf(double x)
{
    return normal_cdf(log(x / 10) / 1.5);
}

static double
wrong_lognormal_cdf(double x)
{
    return normal_cdf(log(x / 10.5) / 1.5);
}

static void
test_uniform(void)
{
    check_law(sample_uniform, uniform_cdf, wrong_uniform_cdf);
    g_assert_cmpfloat(sample_uniform(0), ==, 0x1p-53);
    g_assert_cmpfloat(sample_uniform(UINT64_MAX), ==, 1 - 0x1p-53);
}

static void
test_exponential(void)
{
    check_law(exponential_draw, exponential_cdf, wrong_exponential_cdf);
    g_assert_cmpfloat(sample_exponential(UINT64_MAX, 1), >, 0);
    g_assert_cmpfloat(sample_exponential(0, 1), <, 37);
}

static void
test_weibull(void)
{
    check_law(weibull_draw, weibull_cdf, wrong_weibull_cdf);
}

static void
test_normal(void)
{
    check_law(sample_normal, normal_cdf, wrong_normal_cdf);
}

static void
test_lognormal(void)
{
    check_law(lognormal_draw, lognormal_cdf, wrong_lognormal_cdf);
}

/* The inverse is that of the distribution function, in both tails and the middle. */
static void
test_normal_is_the_inverse(void)
{
    const StreamKey key = { 1, 1, 1, 1 };

    for (unsigned i = 0; i < 64 * 200; i++) {
        uint64_t word = stream_word(&key, i) >> i % 64;
        double p = sample_uniform(word);

        g_assert_cmpfloat(fabs(normal_cdf(sample_normal(word)) / p - 1), <, 5e-14);
        g_assert_cmpfloat(sample_normal(~word), ==, -sample_normal(word));
    }
}

/* Chi-square over the values 1..19 and the rest, 19 degrees of freedom, 0.999 quantile. */
static double
geometric_chi_square(double mean, double assumed_mean)
{
    const StreamKey key = { 42, stream_name("geometric", 0), 0, 0 };
    double p = 1 / assumed_mean;
    unsigned count[20] = { 0 };
    double rest = 1;
    double sum = 0;

    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t n = sample_geometric(stream_word(&key, i), mean);

        g_assert_cmpuint(n, >=, 1);
        count[MIN(n, 20) - 1]++;
    }
    for (unsigned n = 0; n < 20; n++) {
        double expected = DRAWS * (n < 19 ? p * pow(1 - p, n) : rest);

        rest -= p * pow(1 - p, n);
        sum += (count[n] - expected) * (count[n] - expected) / expected;
    }
    return sum;
}

static void
test_geometric(void)
{
    g_assert_cmpfloat(geometric_chi_square(4, 4), <, 43.82);
    g_assert_cmpfloat(geometric_chi_square(4, 4.2), >, 43.82);
    g_assert_cmpuint(sample_geometric(0, 1), ==, 1);
    g_assert_cmpuint(sample_geometric(UINT64_MAX, 1), ==, 1);
    g_assert_cmpuint(sample_geometric(UINT64_MAX, 1e6), ==, 1);
    g_assert_cmpuint(sample_geometric(0, 1e300), ==, (uint64_t)1 << 63);
}

static void
test_below(void)
{
    const StreamKey key = { 3, 1, 4, 1 };
    unsigned count[7] = { 0 };

    for (unsigned i = 0; i < 70000; i++)
        count[sample_below(stream_word(&key, i), 7)]++;
    for (unsigned i = 0; i < 7; i++)
        g_assert_cmpint(abs((int)count[i] - 10000), <, 400);
    g_assert_cmpuint(sample_below(UINT64_MAX, UINT64_MAX), ==, UINT64_MAX - 1);
    g_assert_cmpuint(sample_below(UINT64_MAX, 1), ==, 0);
    g_assert_cmpuint(sample_below(0, 5), ==, 0);
}

static void
test_golden_bits(void)
{
    const uint64_t word = 0x0123456789abcdef;

    g_assert_cmpfloat(sample_uniform(word), ==, 0x1.23456789abc8p-8);
    g_assert_cmpfloat(sample_exponential(word, 3.5), ==, 0x1.2f4d372239f2ep+4);
    g_assert_cmpfloat(sample_weibull(word, 0.59, 20), ==, 0x1.5e66f49578bfap+8);
    g_assert_cmpfloat(sample_normal(word), ==, -0x1.4ee2dc0a9e005p+1);
    g_assert_cmpfloat(sample_normal(1), ==, -0x1.06b48528cea51p+3);
    g_assert_cmpfloat(sample_normal((uint64_t)5 << 61), ==, 0x1.464965bdc7eb6p-2);
    g_assert_cmpfloat(sample_lognormal(word, 10, 1.5), ==, 0x1.948ae09c1f6f4p-3);
    g_assert_cmpuint(sample_geometric(word, 250), ==, 1352);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/core/sampling/uniform", test_uniform);
    g_test_add_func("/core/sampling/exponential", test_exponential);
    g_test_add_func("/core/sampling/weibull", test_weibull);
    g_test_add_func("/core/sampling/normal", test_normal);
    g_test_add_func("/core/sampling/lognormal", test_lognormal);
    g_test_add_func("/core/sampling/normal-is-the-inverse", test_normal_is_the_inverse);
    g_test_add_func("/core/sampling/geometric", test_geometric);
    g_test_add_func("/core/sampling/below", test_below);
    g_test_add_func("/core/sampling/golden-bits", test_golden_bits);
    return g_test_run();
}
