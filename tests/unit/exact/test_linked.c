/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain of linked accounts, where there is another way to know. */
#include <glib.h>
#include <math.h>
#include <stdbool.h>

#include "results/exact/anonymity.h"
#include "results/exact/linked.h"

/* Nothing changes: guard and member are both corrupt from the beginning, or never. */
static void
test_still(void)
{
    const LinkedRates rates = { .corrupt = 0.1, .guards = 2, .members = 7 };
    double expected = (1 - pow(0.9, 2)) * (1 - pow(0.9, 7));

    g_assert_cmpfloat_with_epsilon(exact_linked(&rates, 0), expected, 1e-12);
    g_assert_cmpfloat_with_epsilon(exact_linked(&rates, 365), expected, 1e-12);
}

/* One guard for ever: it is corrupt, and a member is some day (exact_exposed). */
static void
test_guard_stays(void)
{
    const LinkedRates rates = {
        .corrupt = 0.05, .guards = 1, .members = 7, .members_new = 7.0 / 90
    };

    g_assert_cmpfloat_with_epsilon(exact_linked(&rates, 365),
                                   0.05 * exact_exposed(0.05, 7, 90, 365), 1e-9);
}

/* One member for ever, and one guard after the other. */
static void
test_member_stays(void)
{
    const LinkedRates rates = {
        .corrupt = 0.1, .guards = 1, .members = 1, .guards_new = { 0, 1.0 / 30 }
    };

    g_assert_cmpfloat_with_epsilon(exact_linked(&rates, 180),
                                   0.1 * exact_guard_met(0.1, 30, 180), 1e-9);
}

/* All guards anew at each change: independent trials while a member is corrupt. */
static void
test_all_at_once(void)
{
    const LinkedRates rates = {
        .corrupt = 0.1, .guards = 2, .members = 1, .guards_new = { 0, 0, 0.1 }
    };
    double each = 1 - pow(0.9, 2);
    double expected = 0.1 * (1 - (1 - each) * exp(-each * 0.1 * 100));

    g_assert_cmpfloat_with_epsilon(exact_linked(&rates, 100), expected, 1e-9);
}

static double
uniform(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 11) * 0x1p-53;
}

static guint
draw(uint64_t *state, guint n, double f)
{
    guint bad = 0;

    for (guint i = 0; i < n; i++)
        bad += uniform(state) < f;
    return bad;
}

/* The same by chance, node by node. */
static void
test_simulated(void)
{
    const double f = 0.1, days = 200, guards_rate = 0.02, members_rate = 0.05;
    const LinkedRates rates = { .corrupt = f,
                                .guards = 2,
                                .members = 4,
                                .guards_new = { 0, guards_rate },
                                .members_new = members_rate };
    guint linked = 0, trials = 40000;
    uint64_t state = 1;
    double p, share;

    for (guint i = 0; i < trials; i++) {
        bool guard[2], member[4], met = false;
        double t = 0;

        for (guint k = 0; k < 2; k++)
            guard[k] = draw(&state, 1, f) == 1;
        for (guint k = 0; k < 4; k++)
            member[k] = draw(&state, 1, f) == 1;
        while (t < days && !met) {
            met = (guard[0] || guard[1]) &&
                  (member[0] || member[1] || member[2] || member[3]);
            t -= log(1 - uniform(&state)) / (guards_rate + members_rate);
            if (uniform(&state) * (guards_rate + members_rate) < guards_rate)
                guard[uniform(&state) < 0.5] = draw(&state, 1, f) == 1;
            else
                member[(guint)(uniform(&state) * 4)] = draw(&state, 1, f) == 1;
        }
        linked += met;
    }
    p = exact_linked(&rates, days);
    share = (double)linked / trials;
    g_assert_cmpfloat(fabs(share - p), <, 4 * sqrt(p * (1 - p) / trials));
}

static void
test_denial(void)
{
    /* 2 of 4: first and last of 4 * 3 / 2 pairs ..., by hand: 2/12 and, of honest ones, 0.
     */
    g_assert_cmpfloat_with_epsilon(exact_denial_usable_of(4, 2), 1.0 / 6, 1e-12);
    g_assert_cmpfloat_with_epsilon(exact_denial_compromised_of(4, 2), 1, 1e-12);
    g_assert_cmpfloat_with_epsilon(exact_denial_usable_of(100000000, 10000000),
                                   exact_denial_usable(0.1), 1e-6);
    g_assert_cmpfloat_with_epsilon(exact_denial_compromised_of(100, 0), 0, 1e-12);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/linked/still", test_still);
    g_test_add_func("/linked/guard-stays", test_guard_stays);
    g_test_add_func("/linked/member-stays", test_member_stays);
    g_test_add_func("/linked/all-at-once", test_all_at_once);
    g_test_add_func("/linked/simulated", test_simulated);
    g_test_add_func("/linked/denial", test_denial);
    return g_test_run();
}
