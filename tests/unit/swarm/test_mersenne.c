/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/swarm/mersenne.h"

/* The C++ standard's own check: [rand.predef]; protocol 2.3. */
static void
test_ten_thousandth_output(void)
{
    Mersenne mersenne;
    uint64_t x = 0;

    mersenne_seed(&mersenne, 5489);
    for (int i = 0; i < 10000; i++)
        x = mersenne_next(&mersenne);
    g_assert_cmphex(x, ==, 9981545732273789042U);
}

static void
test_below_divides(void)
{
    static const uint64_t bounds[] = { 1, 2, 3, 7, 1000, UINT64_C(1) << 63, UINT64_MAX };
    Mersenne a, b;

    for (size_t i = 0; i < G_N_ELEMENTS(bounds); i++) {
        uint64_t limit = UINT64_MAX - UINT64_MAX % bounds[i];

        mersenne_seed(&a, 42);
        mersenne_seed(&b, 42);
        for (int draw = 0; draw < 200; draw++) {
            uint64_t x = mersenne_next(&b);

            while (x >= limit)
                x = mersenne_next(&b);
            g_assert_cmphex(mersenne_below(&a, bounds[i]), ==, x / (limit / bounds[i]));
        }
    }
}

/* Some 2^63 + 1 values: half of the words are refused, so the draws move on. */
static void
test_below_refuses(void)
{
    Mersenne a, b;
    int refused = 0;

    mersenne_seed(&a, 1);
    mersenne_seed(&b, 1);
    for (int draw = 0; draw < 100; draw++) {
        uint64_t x;

        while ((x = mersenne_next(&b)) > UINT64_C(1) << 63)
            refused++;
        g_assert_cmphex(mersenne_below(&a, (UINT64_C(1) << 63) + 1), ==, x);
    }
    g_assert_cmpint(refused, >, 50);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/swarm/mersenne/ten-thousandth-output", test_ten_thousandth_output);
    g_test_add_func("/swarm/mersenne/below-divides", test_below_divides);
    g_test_add_func("/swarm/mersenne/below-refuses", test_below_refuses);
    return g_test_run();
}
