/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed forms of what an adversary learns against the rows of
 * tests/data/exact_anonymity.csv, and in corners. */
#include <glib.h>
#include <math.h>

#include "results/exact/anonymity.h"
#include "results/exact/exact.h"
#include "tests/unit/exact/rows.h"

static double
first_and_last(const char *p)
{
    return exact_all_corrupt(row_whole(p, "n"), row_whole(p, "c"), 2);
}

static double
any_hop(const char *p)
{
    return exact_any_corrupt(row_whole(p, "n"), row_whole(p, "c"), 3);
}

static double
all_hops(const char *p)
{
    return exact_all_corrupt(row_whole(p, "n"), row_whole(p, "c"), 3);
}

static double
swarm_many(const char *p)
{
    return exact_many_corrupt(row_whole(p, "n"), row_whole(p, "c"), row_whole(p, "s"),
                              row_whole(p, "k"));
}

static double
swarm_any(const char *p)
{
    return exact_any_corrupt(row_whole(p, "n"), row_whole(p, "c"), row_whole(p, "s"));
}

static double
swarm_all(const char *p)
{
    return exact_all_corrupt(row_whole(p, "n"), row_whole(p, "c"), row_whole(p, "s"));
}

static double
network_swarm_all(const char *p)
{
    return exact_any_swarm_gone(row_whole(p, "n"), row_whole(p, "s"), row_whole(p, "c"),
                                row_whole(p, "m"));
}

static double
guard_and_swarm(const char *p)
{
    return exact_guards_and_swarm(row_whole(p, "n"), row_whole(p, "c"), 1,
                                  row_whole(p, "s"));
}

static double
guards_and_swarm(const char *p)
{
    return exact_guards_and_swarm(row_whole(p, "n"), row_whole(p, "c"), 2,
                                  row_whole(p, "s"));
}

static double
sybil_stake(const char *p)
{
    return exact_sybils_needed(row_whole(p, "h"), row_parameter(p, "target")) *
           row_parameter(p, "stake");
}

static double
sybils(const char *p)
{
    return exact_sybils_needed(row_whole(p, "h"), row_parameter(p, "target"));
}

static double
rotations_mean(const char *p)
{
    return exact_rotations_mean(row_whole(p, "n"), row_whole(p, "c"));
}

static double
rotations_median(const char *p)
{
    return exact_rotations_median(row_whole(p, "n"), row_whole(p, "c"));
}

static double
within(const char *p)
{
    return exact_compromised_within(row_whole(p, "n"), row_whole(p, "c"),
                                    row_parameter(p, "K"));
}

static double
within_guarded(const char *p)
{
    return exact_compromised_within_guarded(row_whole(p, "n"), row_whole(p, "c"),
                                            row_parameter(p, "K"));
}

static double
guard_met(const char *p)
{
    return exact_guard_met(row_parameter(p, "f"), row_parameter(p, "guard_life_d"),
                           row_parameter(p, "t_d"));
}

static double
guards_any(const char *p)
{
    return exact_any_corrupt(row_whole(p, "n"), row_whole(p, "c"), row_whole(p, "g"));
}

static double
denial_usable(const char *p)
{
    return exact_denial_usable(row_parameter(p, "f"));
}

static double
denial_compromised(const char *p)
{
    return exact_denial_compromised(row_parameter(p, "f"));
}

static double
entropy_uniform(const char *p)
{
    return exact_entropy_mixed(row_parameter(p, "N"), 0);
}

static double
guesses_uniform(const char *p)
{
    return exact_guesses_uniform(row_parameter(p, "N"));
}

static double
crowds_entropy(const char *p)
{
    return exact_crowds_entropy(row_whole(p, "N"), row_whole(p, "C"),
                                row_parameter(p, "pf"));
}

static double
crowds_degree(const char *p)
{
    return exact_crowds_degree(row_whole(p, "N"), row_whole(p, "C"),
                               row_parameter(p, "pf"));
}

static double
crowds_guesses(const char *p)
{
    return exact_crowds_guesses(row_whole(p, "N"), row_whole(p, "C"),
                                row_parameter(p, "pf"));
}

static double
crowds_min_entropy(const char *p)
{
    return exact_crowds_min_entropy(row_whole(p, "N"), row_whole(p, "C"),
                                    row_parameter(p, "pf"));
}

static double
information_reveal(const char *p)
{
    return exact_information_reveal(row_parameter(p, "N"), row_parameter(p, "p"));
}

static double
information_symmetric(const char *p)
{
    return exact_information_symmetric(row_parameter(p, "N"), row_parameter(p, "q"));
}

static double
pool_mix(const char *p)
{
    return exact_pool_mix_entropy(row_parameter(p, "N"), row_parameter(p, "n"));
}

static double
exponential_mix(const char *p)
{
    return exact_exponential_mix_entropy(row_parameter(p, "lambda"),
                                         row_parameter(p, "mu"));
}

static double
poisson_mix(const char *p)
{
    return exact_window_entropy(row_parameter(p, "lambda_over_mu"));
}

static double
window_right(const char *p)
{
    return exact_window_right(row_parameter(p, "a"));
}

static double
precision(const char *p)
{
    return exact_precision(row_parameter(p, "N"), row_parameter(p, "tpr"),
                           row_parameter(p, "fpr"));
}

static double
auc_normal(const char *p)
{
    return exact_auc_normal(row_parameter(p, "dprime"));
}

static double
anoa(const char *p)
{
    return exact_anoa_poisson(row_parameter(p, "l0"), row_parameter(p, "l1"),
                              row_parameter(p, "eps"));
}

static double
exposed(const char *p)
{
    return exact_exposed(row_parameter(p, "f"), row_whole(p, "s"),
                         row_parameter(p, "member_life_d"), row_parameter(p, "T_d"));
}

static double
links_seen(const char *p)
{
    return exact_links_seen(row_parameter(p, "p_link"), row_parameter(p, "rotations"));
}

static double
links_seen_once(const char *p)
{
    return exact_links_seen(row_parameter(p, "p_link"), 1);
}

static double
entropy_mixed(const char *p)
{
    return exact_entropy_mixed(row_parameter(p, "U"), row_parameter(p, "c"));
}

static double
windows_needed(const char *p)
{
    return exact_windows_needed(row_parameter(p, "rho"), row_parameter(p, "N"));
}

static double
auc_correlation(const char *p)
{
    return exact_auc_correlation(row_parameter(p, "rho"), row_parameter(p, "windows"));
}

static double
disclosure_rounds(const char *p)
{
    return exact_disclosure_rounds(row_parameter(p, "N"), row_parameter(p, "b"),
                                   row_parameter(p, "m"), row_parameter(p, "l"));
}

static double
intersection_rounds_at(const char *p)
{
    return exact_intersection_rounds_at(row_parameter(p, "N"), row_parameter(p, "p"), 0.95);
}

static double
intersection_rounds(const char *p)
{
    return exact_intersection_rounds(row_parameter(p, "N"), row_parameter(p, "p"));
}

static double
intersection_set(const char *p)
{
    return exact_intersection_set(row_parameter(p, "N"), row_parameter(p, "p"),
                                  row_parameter(p, "k"));
}

static double
predecessor_rounds(const char *p)
{
    return exact_predecessor_rounds(row_whole(p, "n"), row_whole(p, "c"),
                                    row_whole(p, "T"));
}

static double
predecessor_rounds_at(const char *p)
{
    return exact_predecessor_rounds_at(row_whole(p, "n"), row_whole(p, "c"),
                                       row_whole(p, "T"), 0.95);
}

static double
contacts_seen(const char *p)
{
    return exact_contacts_seen(row_whole(p, "m"));
}

static double
window_others(const char *p)
{
    return exact_window_others(row_parameter(p, "users"), row_parameter(p, "msgs_per_day"),
                               row_parameter(p, "window_s"));
}

static double
window_right_stores(const char *p)
{
    return exact_window_right(window_others(p));
}

/* The longest prefix stands first. */
static const RowFamily families[] = {
    { "PRED_mean_", predecessor_rounds },
    { "SYBstake_", sybil_stake },
    { "TTC_mean_", rotations_mean },
    { "TTCg_cdf_", within_guarded },
    { "INT_mean_", intersection_rounds },
    { "PRED_q95_", predecessor_rounds_at },
    { "TTC_med_", rotations_median },
    { "TTC_cdf_", within },
    { "CRW_min_", crowds_min_entropy },
    { "GPAcorr_", window_right },
    { "INT_q95_", intersection_rounds_at },
    { "INT_set_", intersection_set },
    { "EXPMIX_", exponential_mix },
    { "LOOPIX_", poisson_mix },
    { "AS_rot_", links_seen },
    { "AS_e2e_", links_seen_once },
    { "SWmaj_", swarm_many },
    { "SWany_", swarm_any },
    { "SWall_", swarm_all },
    { "SWnet_", network_swarm_all },
    { "SDOSr_", denial_usable },
    { "CRW_H_", crowds_entropy },
    { "CRW_d_", crowds_degree },
    { "CRW_G_", crowds_guesses },
    { "TCORN_", windows_needed },
    { "SDAMC_", NULL }, /* simulations, not forms */
    { "SDOS_", denial_compromised },
    { "POOL_", pool_mix },
    { "ANOA_", anoa },
    { "EXPO_", exposed },
    { "HMIX_", entropy_mixed },
    { "TCOR_", auc_correlation },
    { "COUP_", contacts_seen },
    { "WINp_", window_right_stores },
    { "GSW_", guard_and_swarm },
    { "E2E_", guards_and_swarm },
    { "SYB_", sybils },
    { "MIq_", information_symmetric },
    { "PPV_", precision },
    { "AUC_", auc_normal },
    { "SDA_", disclosure_rounds },
    { "WIN_", window_others },
    { "FL_", first_and_last },
    { "A1_", any_hop },
    { "A3_", all_hops },
    { "GL_", guard_met },
    { "GS_", guards_any },
    { "HU_", entropy_uniform },
    { "GU_", guesses_uniform },
    { "MI_", information_reveal },
};

static void
test_reference_rows(void)
{
    g_assert_cmpuint(rows_check("exact_anonymity.csv", families, G_N_ELEMENTS(families)),
                     >=, 200);
}

/* Where a form is known without it. */
static void
test_nobody_and_everybody(void)
{
    g_assert_cmpfloat(exact_all_corrupt(70, 0, 2), ==, 0);
    g_assert_cmpfloat(exact_any_corrupt(70, 0, 7), ==, 0);
    g_assert_cmpfloat(exact_guards_and_swarm(70, 0, 1, 7), ==, 0);
    g_assert_cmpfloat(exact_compromised_within_guarded(70, 0, 9), ==, 0);
    g_assert_cmpfloat(exact_all_corrupt(70, 70, 3), ==, 1);
    g_assert_cmpfloat(exact_any_corrupt(70, 70, 7), ==, 1);
    g_assert_cmpfloat(exact_many_corrupt(70, 70, 7, 4), ==, 1);
    g_assert_cmpfloat(exact_guards_and_swarm(70, 70, 2, 7), ==, 1);
    g_assert_cmpfloat(exact_compromised_within(70, 70, 1), ==, 1);
    g_assert_cmpfloat(exact_compromised_within(70, 70, 0), ==, 0);
    g_assert_cmpfloat(exact_denial_compromised(1), ==, 1);
    /* A tail from 0 is everything, one from 1 what is not none. */
    row_assert("tail", exact_many_corrupt(70, 20, 7, 0), 1);
    row_assert("tail", exact_many_corrupt(70, 20, 7, 1), exact_any_corrupt(70, 20, 7));
}

static void
test_other_corners(void)
{
    row_assert("two, always on", exact_intersection_set(2, 1, 9), 2);
    g_assert_true(isinf(exact_intersection_rounds(2, 1)));
    g_assert_cmpfloat(exact_intersection_rounds(1, 0.5), ==, 0);
    /* One other, online half of the time: two rounds on average. */
    row_assert("one other", exact_intersection_rounds(2, 0.5), 2);
    row_assert("alone", exact_intersection_alone(2, 0.5, 1), 0.5);
    row_assert("in a window of its own", exact_window_right(0), 1);
    g_assert_cmpfloat(exact_window_entropy(0), ==, 0);
    g_assert_cmpfloat(exact_anoa_poisson(10, 10, 0), ==, 0);
    row_assert("no correlation", exact_auc_correlation(0, 100), 0.5);
    row_assert("guess", exact_information_symmetric(8, 0.125) + 1, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/exact/anonymity/reference-rows", test_reference_rows);
    g_test_add_func("/exact/anonymity/nobody-and-everybody", test_nobody_and_everybody);
    g_test_add_func("/exact/anonymity/other-corners", test_other_corners);
    return g_test_run();
}
