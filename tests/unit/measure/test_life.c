/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lives of messages: what is written is read, at the ends of every range too. */
#include <glib.h>
#include <stdlib.h>

#include "sim/measure/life.h"

static void
assert_same(const LifeEvent *got, const LifeEvent *wanted)
{
    g_assert_cmpint(got->at, ==, wanted->at);
    g_assert_cmpuint(got->what, ==, wanted->what);
    g_assert_cmpuint(got->who, ==, wanted->who);
    g_assert_cmpuint(got->detail, ==, wanted->detail);
}

static void
assert_kept(const LifeEvent *events, size_t n)
{
    Life *life = NULL;
    LifeReader reader;
    LifeEvent got;

    for (size_t i = 0; i < n; i++)
        life_add(&life, &events[i]);
    reader = life_read(life);
    for (size_t i = 0; i < n; i++) {
        g_assert_true(life_next(&reader, &got));
        assert_same(&got, &events[i]);
    }
    g_assert_false(life_next(&reader, &got));
    free(life);
}

static void
test_none(void)
{
    LifeReader reader = life_read(NULL);
    LifeEvent event;

    g_assert_false(life_next(&reader, &event));
}

static void
test_ends(void)
{
    static const LifeEvent events[] = {
        { 0, 0, 0, 0 },
        { INT64_MAX, UINT64_MAX, UINT32_MAX, UINT8_MAX },
        { INT64_MIN, (uint64_t)INT64_MAX, 127, 1 },
        { INT64_MAX, (uint64_t)INT64_MAX + 1, 128, 0 },
        { -1, (uint64_t)(int64_t)-10, 1, 200 },
        { 0, 64, 16383, 255 },
        { 0, 63, 16384, 2 },
    };

    assert_kept(events, G_N_ELEMENTS(events));
}

static void
test_many(void)
{
    enum { MANY = 5000 };
    g_autofree LifeEvent *events = g_new(LifeEvent, MANY);
    g_autoptr(GRand) draws = g_rand_new_with_seed(1);

    for (size_t i = 0; i < MANY; i++) {
        uint64_t word = (uint64_t)g_rand_int(draws) << 32 | g_rand_int(draws);

        events[i] = (LifeEvent){ .at = (Time)(word >> g_rand_int_range(draws, 1, 64)),
                                 .detail = word >> g_rand_int_range(draws, 0, 64),
                                 .who = g_rand_int(draws) >> g_rand_int_range(draws, 0, 32),
                                 .what = (uint8_t)word };
    }
    assert_kept(events, MANY);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/life/none", test_none);
    g_test_add_func("/life/ends", test_ends);
    g_test_add_func("/life/many", test_many);
    return g_test_run();
}
