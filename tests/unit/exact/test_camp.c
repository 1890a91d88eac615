/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Camping next to a target: against single geometric laws, against the same chain
 * backwards, and the chance of a draw against the chain's own assignment. */
#include <glib.h>
#include <math.h>

#include "nodes/swarm/assign.h"
#include "results/exact/anonymity.h"

static void
test_one_member(void)
{
    const double chance[] = { 0.125 };

    g_assert_cmpfloat(exact_camp_registrations(chance, 1, 0), ==, 8);
    g_assert_cmpfloat(exact_camped(chance, 1, 0), ==, 1);
    g_assert_cmpfloat_with_epsilon(exact_camped(chance, 1, 20), 1 - pow(0.875, 20), 1e-12);
    g_assert_cmpfloat_with_epsilon(exact_camp_registrations(chance, 1, 20),
                                   (1 - pow(0.875, 20)) / 0.125, 1e-12);
}

/* Where a swarm is too large to be drawn nobody registers. */
static void
test_no_chance(void)
{
    const double never[] = { 0 }, then_never[] = { 0.5, 0 };

    g_assert_cmpfloat(exact_camped(never, 1, 0), ==, 0);
    g_assert_cmpfloat(exact_camped(never, 1, 50), ==, 0);
    g_assert_cmpfloat(exact_camp_registrations(never, 1, 50), ==, 0);
    g_assert_cmpfloat(exact_camped(then_never, 2, 0), ==, 0);
    g_assert_cmpfloat(exact_camp_registrations(then_never, 2, 0), ==, 2);
    g_assert_cmpfloat_with_epsilon(exact_camp_registrations(then_never, 2, 60), 2, 1e-12);
}

/* From the end: what is still to come with @left registrations and @in members. */
static double
to_come(const double *chance, uint32_t members, uint32_t left, uint32_t in, bool reached)
{
    if (in == members)
        return reached;
    if (left == 0 || chance[in] == 0)
        return 0;
    return !reached + chance[in] * to_come(chance, members, left - 1, in + 1, reached) +
           (1 - chance[in]) * to_come(chance, members, left - 1, in, reached);
}

static void
test_backwards(void)
{
    const double chance[] = { 0.1, 0.3, 0.05 };

    for (uint32_t budget = 1; budget <= 12; budget++) {
        g_assert_cmpfloat_with_epsilon(exact_camped(chance, 3, budget),
                                       to_come(chance, 3, budget, 0, true), 1e-12);
        g_assert_cmpfloat_with_epsilon(exact_camp_registrations(chance, 3, budget),
                                       to_come(chance, 3, budget, 0, false), 1e-12);
    }
    g_assert_cmpfloat_with_epsilon(exact_camp_registrations(chance, 3, 3000),
                                   exact_camp_registrations(chance, 3, 0), 1e-9);
}

enum { DRAWS = 20000 };

/* How often the chain puts one new node into the swarm at @which of those sizes. */
static uint32_t
drawn_into(const uint32_t *sizes, uint32_t n, uint32_t which)
{
    uint32_t hits = 0;

    for (uint64_t seed = 1; seed <= DRAWS; seed++) {
        SwarmMap map = { 0 };
        uint32_t node = 0;

        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; j < sizes[i]; j++)
                swarm_map_add(&map, (uint64_t)i << 32, node++);
        swarm_assign(&map, &node, 1, seed);
        g_assert_cmpuint(map.n, ==, n);
        hits += map.swarms[which].n > sizes[which];
        swarm_map_clear(&map);
    }
    return hits;
}

static void
test_against_the_chain(void)
{
    const uint32_t sizes[] = { 7, 6, 8, 7, 5, 7, 6, 8, 7 };
    const uint32_t n = G_N_ELEMENTS(sizes);

    for (uint32_t i = 0; i < n; i++) {
        double p = exact_join_chance(sizes, n, sizes[i]);
        double deviation = sqrt(DRAWS * p * (1 - p));

        g_assert_cmpfloat(p, ==, sizes[i] <= 6 ? 1.0 / 3 : 0);
        g_assert_cmpfloat(fabs(drawn_into(sizes, n, i) - DRAWS * p), <=, 4 * deviation);
    }
    g_assert_cmpfloat(exact_join_chance(sizes, 0, 7), ==, 0);
    g_assert_cmpfloat(exact_join_chance(sizes, 1, 7), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/exact/camp/one-member", test_one_member);
    g_test_add_func("/exact/camp/no-chance", test_no_chance);
    g_test_add_func("/exact/camp/backwards", test_backwards);
    g_test_add_func("/exact/camp/against-the-chain", test_against_the_chain);
    return g_test_run();
}
