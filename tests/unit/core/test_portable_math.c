/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Against libm, and against golden bits: those must be the same for every compiler, level
 * of optimisation and CPU. */
#include <glib.h>
#include <math.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

enum { DRAWS = 100000 };

static const StreamKey key = { 7, 7, 7, 7 };

static double
uniform_between(uint64_t index, double low, double high)
{
    return low + (high - low) * sample_uniform(stream_word(&key, index));
}

/* Relative, or equal outright (infinities, zeros). */
static void
assert_close(double got, double expected, double tolerance)
{
    if (got != expected && !(fabs(got - expected) <= tolerance * fabs(expected)))
        g_error("got %.17g, expected %.17g", got, expected);
}

static void
test_log(void)
{
    for (unsigned i = 0; i < DRAWS; i++) {
        double wide = exp2(uniform_between(i, -1074, 1023.9));
        double near = 1 + uniform_between(i, -0.5, 1.0);
        double nearest = 1 + exp2(uniform_between(i, -52, -1));

        assert_close(portable_log(wide), log(wide), 4e-16);
        assert_close(portable_log(near), log(near), 4e-16);
        assert_close(portable_log(nearest), log(nearest), 4e-16);
    }
}

static void
test_log_at_the_edges(void)
{
    static const double x[] = { 0x1p-1074,
                                0x1.fffffffffffffp-1023,
                                0x1p-1022,
                                0x1.fffffffffffffp-1,
                                1,
                                0x1.0000000000001p0,
                                0x1.6a09e667f3bccp0,
                                0x1.6a09e667f3bcdp0,
                                2,
                                0x1.fffffffffffffp1023,
                                INFINITY };

    for (size_t i = 0; i < G_N_ELEMENTS(x); i++)
        assert_close(portable_log(x[i]), log(x[i]), 4e-16);
}

static void
test_log1p(void)
{
    for (unsigned i = 0; i < DRAWS; i++) {
        double small = exp2(uniform_between(i, -300, -1));
        double x = uniform_between(i, -0.999, 3);

        assert_close(portable_log1p(small), log1p(small), 1e-15);
        assert_close(portable_log1p(-small), log1p(-small), 1e-15);
        assert_close(portable_log1p(x), log1p(x), 1e-14);
    }
}

static void
test_exp(void)
{
    for (unsigned i = 0; i < DRAWS; i++) {
        double wide = uniform_between(i, -708, 709.7);
        double small = exp2(uniform_between(i, -80, 0));

        assert_close(portable_exp(wide), exp(wide), 4e-16);
        assert_close(portable_exp(small), exp(small), 4e-16);
        assert_close(portable_exp(-small), exp(-small), 4e-16);
    }
}

static void
test_exp_at_the_edges(void)
{
    static const double x[] = { 0,      -0.0,     709.78,    709.79,
                                710,    1e300,    -745,      -745.2,
                                -746,   -1e300,   0.25,      0x1p-1074,
                                -708.5, INFINITY, -INFINITY, 0.34657359027997264 };

    for (size_t i = 0; i < G_N_ELEMENTS(x); i++)
        assert_close(portable_exp(x[i]), exp(x[i]), 4e-16);
    /* Subnormal results: one unit of the last place, which is 2^-1074. */
    for (unsigned i = 0; i < DRAWS; i++) {
        double y = uniform_between(i, -745, -708.5);

        g_assert_cmpfloat(fabs(portable_exp(y) - exp(y)), <=, 0x1p-1074);
    }
}

static void
test_pow(void)
{
    for (unsigned i = 0; i < DRAWS; i++) {
        double x = exp2(uniform_between(2 * i, -1000, 1000));
        double y = uniform_between(2 * i + 1, -1, 1);
        double base = uniform_between(2 * i, 0.001, 40);
        double power = uniform_between(2 * i + 1, -180, 180);

        assert_close(portable_pow(x, y), pow(x, y), 1e-15);
        assert_close(portable_pow(base, power), pow(base, power), 1e-15);
    }
}

static void
test_pow_at_the_edges(void)
{
    static const double pairs[][2] = { { 2, 10 },
                                       { 2, -1074 },
                                       { 2, 1023 },
                                       { 2, 1024 },
                                       { 2, -1080 },
                                       { 10, 308 },
                                       { 10, 309 },
                                       { 10, -330 },
                                       { 0x1p-1074, 1 },
                                       { 0x1p-1074, -0.5 },
                                       { 1, 1e300 },
                                       { 5, 0 },
                                       { 1 + 0x1p-52, 1e18 },
                                       { 1 + 0x1p-52, 1e300 } };

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        assert_close(portable_pow(pairs[i][0], pairs[i][1]), pow(pairs[i][0], pairs[i][1]),
                     1e-15);
}

static void
test_sqrt_is_exact(void)
{
    g_assert_cmpfloat(portable_sqrt(2), ==, 0x1.6a09e667f3bcdp0);
    g_assert_cmpfloat(portable_sqrt(0x1p-1074), ==, 0x1p-537);
}

static void
test_golden_bits(void)
{
    g_assert_cmpfloat(portable_log(3), ==, 0x1.193ea7aad030bp+0);
    g_assert_cmpfloat(portable_log(0.1), ==, -0x1.26bb1bbb55515p+1);
    g_assert_cmpfloat(portable_log(0x1.23456789abcdep-1050), ==, -0x1.6bd6758e4fa84p+9);
    g_assert_cmpfloat(portable_log1p(-1e-7), ==, -0x1.ad7f2b1414ae8p-24);
    g_assert_cmpfloat(portable_exp(1), ==, 0x1.5bf0a8b14576ap+1);
    g_assert_cmpfloat(portable_exp(-0.7), ==, 0x1.fc80db9dd5542p-2);
    g_assert_cmpfloat(portable_exp(-740), ==, 0x0.0000000000055p-1022);
    g_assert_cmpfloat(portable_exp(300.3), ==, 0x1.2e9c6cabf8f3fp+433);
    g_assert_cmpfloat(portable_pow(0.59, 1.6949), ==, 0x1.a2b6ac36ab63bp-2);
    g_assert_cmpfloat(portable_pow(1234.5, -77.7), ==, 0x1.07d39812a893ep-798);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/core/math/log", test_log);
    g_test_add_func("/core/math/log-at-the-edges", test_log_at_the_edges);
    g_test_add_func("/core/math/log1p", test_log1p);
    g_test_add_func("/core/math/exp", test_exp);
    g_test_add_func("/core/math/exp-at-the-edges", test_exp_at_the_edges);
    g_test_add_func("/core/math/pow", test_pow);
    g_test_add_func("/core/math/pow-at-the-edges", test_pow_at_the_edges);
    g_test_add_func("/core/math/sqrt-is-exact", test_sqrt_is_exact);
    g_test_add_func("/core/math/golden-bits", test_golden_bits);
    return g_test_run();
}
