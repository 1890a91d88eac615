/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "sim/core/trace_hash.h"

static uint64_t
fold_words(uint64_t state, const uint64_t w[6])
{
    return trace_fold(state, (int64_t)w[0], w[1], w[2], w[3], w[4], w[5]);
}

static void
test_every_bit_counts(void)
{
    unsigned changed = 0;
    unsigned flips = 0;

    for (uint64_t round = 0; round < 20; round++) {
        uint64_t w[6] = { round * 1000, round, 3, 200 * round, 0, 7 };
        uint64_t before = fold_words(round, w);

        for (unsigned bit = 0; bit < 6 * 64; bit++, flips++) {
            uint64_t after;

            w[bit / 64] ^= (uint64_t)1 << bit % 64;
            after = fold_words(round, w);
            w[bit / 64] ^= (uint64_t)1 << bit % 64;
            g_assert_cmphex(before, !=, after);
            changed += (unsigned)__builtin_popcountll(before ^ after);
        }
    }
    /* The last word passes one step only, so a flip of its top bit moves few bits. */
    g_assert_cmpfloat(changed / (double)flips, >, 28);
}

static void
test_order_matters(void)
{
    uint64_t a[6] = { 1, 2, 3, 4, 5, 6 };
    uint64_t b[6] = { 1, 2, 3, 4, 5, 7 };

    g_assert_cmphex(fold_words(fold_words(0, a), b), !=, fold_words(fold_words(0, b), a));
    for (unsigned i = 0; i + 1 < 6; i++) {
        uint64_t swapped[6];

        memcpy(swapped, a, sizeof swapped);
        swapped[i] = a[i + 1];
        swapped[i + 1] = a[i];
        g_assert_cmphex(fold_words(0, a), !=, fold_words(0, swapped));
    }
}

/* An event of zeros is an event. */
static void
test_zeros_count(void)
{
    const uint64_t zeros[6] = { 0 };
    uint64_t once = fold_words(0, zeros);

    g_assert_cmphex(once, !=, 0);
    g_assert_cmphex(fold_words(once, zeros), !=, once);
}

static void
test_golden(void)
{
    g_assert_cmphex(trace_fold(0, 0, 0, 0, 0, 0, 0), ==, 0x01f41e81d86ec288);
    g_assert_cmphex(trace_fold(0x0123456789abcdef, -1, 2, 3, 4, 5, 6), ==,
                    0x8f9a06e985be8263);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/core/trace-hash/every-bit-counts", test_every_bit_counts);
    g_test_add_func("/core/trace-hash/order-matters", test_order_matters);
    g_test_add_func("/core/trace-hash/zeros-count", test_zeros_count);
    g_test_add_func("/core/trace-hash/golden", test_golden);
    return g_test_run();
}
