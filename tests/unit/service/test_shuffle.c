/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keyed permutation in which peers are tested. */
#include "nodes/service/shuffle.h"

#include <glib.h>
#include <stdbool.h>

static void
test_shuffle(void)
{
    const uint32_t sizes[] = { 1, 2, 3, 4, 5, 16, 17, 100, 2000 };
    bool moved = false;

    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
        uint32_t n = sizes[s];
        bool *seen = g_new0(bool, n);

        for (uint32_t i = 0; i < n; i++) {
            uint32_t place = shuffle_place(0x123456789abcdef0 + s, n, i);

            g_assert_cmpuint(place, <, n);
            g_assert_false(seen[place]);
            seen[place] = true;
            moved |= place != i;
        }
        g_free(seen);
    }
    g_assert_true(moved);
}

/* Places of a number must not depend on its size: each fifth of the order holds about a
 * fifth of the upper half. */
static void
test_shuffle_mixes(void)
{
    for (int key = 0; key < 20; key++) {
        for (uint32_t fifth = 0; fifth < 5; fifth++) {
            int upper = 0;

            for (uint32_t i = 0; i < 400; i++)
                upper += shuffle_place((uint64_t)key, 2000, fifth * 400 + i) >= 1000;
            g_assert_cmpint(upper, >, 140);
            g_assert_cmpint(upper, <, 260);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/service/shuffle/is-a-permutation", test_shuffle);
    g_test_add_func("/service/shuffle/mixes", test_shuffle_mixes);
    return g_test_run();
}
