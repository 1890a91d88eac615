/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Corrupt sets and how often they hold what they need, against counting by hand. */
#include <glib.h>
#include <math.h>

#include "sim/adversary/compromise.h"

enum { PARTIES = 10, DRAWS = 100000 };

static void
assert_near(double value, double p)
{
    g_assert_cmpfloat(fabs(value - p), <=, 4.5 * sqrt(p * (1 - p) / DRAWS) + 1e-12);
}

static void
add(Compromise *c, uint32_t metric, uint32_t group, uint32_t set, uint32_t at_least)
{
    compromise_add_event(
        c, &(CompromiseEvent){ metric, group, set, at_least, COMPROMISE_NO_SET, 0 });
}

/* Everybody is corrupted as often as the others, and draws of one number are the same. */
static void
test_draws(void)
{
    const CorruptLaw three = { 3, 1 }, each = { -1, 0.25 };
    uint32_t by_party[2][PARTIES] = { { 0 } };
    uint32_t drawn[PARTIES], again[PARTIES];

    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        g_assert_cmpuint(corrupt_draw(&three, 1, "a", draw, PARTIES, drawn), ==, 3);
        for (int i = 0; i < 3; i++)
            by_party[0][drawn[i]]++;
        for (uint32_t n = corrupt_draw(&each, 1, "a", draw, PARTIES, drawn); n > 0; n--)
            by_party[1][drawn[n - 1]]++;
    }
    for (int i = 0; i < PARTIES; i++) {
        assert_near((double)by_party[0][i] / DRAWS, 0.3);
        assert_near((double)by_party[1][i] / DRAWS, 0.25);
    }
    g_assert_cmpuint(corrupt_draw(&three, 1, "a", 7, PARTIES, drawn), ==, 3);
    g_assert_cmpuint(corrupt_draw(&three, 1, "a", 7, PARTIES, again), ==, 3);
    g_assert_cmpmem(drawn, 12, again, 12);
}

static Compromise *
example(void)
{
    static const uint32_t pair[2] = { 0, 1 }, four[4] = { 2, 3, 4, 5 }, one[1] = { 9 };
    Compromise *c = compromise_new(PARTIES, 4);
    uint32_t ends = compromise_add_set(c, pair, 2);
    uint32_t swarm = compromise_add_set(c, four, 4);
    uint32_t guard = compromise_add_set(c, one, 1);

    add(c, 0, 0, ends, 2);
    add(c, 1, 0, swarm, 1);
    compromise_add_event(c, &(CompromiseEvent){ 2, 0, guard, 1, swarm, 1 });
    /* Two groups; in the second any of two is enough. */
    add(c, 3, 0, guard, 1);
    add(c, 3, 1, ends, 2);
    add(c, 3, 1, swarm, 4);
    return c;
}

static void
test_three_of_ten(void)
{
    Compromise *c = example();
    double got[4];

    compromise_count(c, &(CorruptLaw){ 3, 1 }, 1, "x", DRAWS, got);
    assert_near(got[0], 3.0 * 2 / (10 * 9));
    assert_near(got[1], 1 - 20.0 / 120);                 /* C(6,3) / C(10,3) */
    assert_near(got[2], 0.3 * (1 - 10.0 / 36));          /* C(5,2) / C(9,2) */
    assert_near(got[3], (0.3 + 3.0 * 2 / (10 * 9)) / 2); /* four of three: never */
    compromise_free(c);
}

/* Nobody is corrupted, everybody is. */
static void
test_none_and_all(void)
{
    Compromise *c = example();
    double got[4];

    compromise_count(c, &(CorruptLaw){ 0, 1 }, 1, "x", 100, got);
    for (int m = 0; m < 4; m++)
        g_assert_cmpfloat(got[m], ==, 0);
    compromise_count(c, &(CorruptLaw){ PARTIES, 1 }, 1, "x", 100, got);
    for (int m = 0; m < 4; m++)
        g_assert_cmpfloat(got[m], ==, 1);
    compromise_count(c, &(CorruptLaw){ -1, 1 }, 1, "x", 100, got);
    for (int m = 0; m < 4; m++)
        g_assert_cmpfloat(got[m], ==, 1);
    compromise_free(c);
    c = compromise_new(PARTIES, 1);
    compromise_count(c, &(CorruptLaw){ 3, 1 }, 1, "x", 100, got);
    g_assert_true(isnan(got[0])); /* nothing to compromise */
    compromise_free(c);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/adversary/corrupt/draws", test_draws);
    g_test_add_func("/adversary/compromise/three-of-ten", test_three_of_ten);
    g_test_add_func("/adversary/compromise/none-and-all", test_none_and_all);
    return g_test_run();
}
