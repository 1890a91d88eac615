/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed forms against the rows of tests/data/exact.csv, and in corners. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "results/exact/exact.h"
#include "tests/unit/exact/rows.h"

/* Family by family: what our code says for the row. */

static double
survives(const char *p)
{
    double life =
        exact_life_exponential(row_parameter(p, "mean_life_d"), row_parameter(p, "t_d"));

    return exact_k_of_n(row_whole(p, "n"), row_whole(p, "k"), life);
}

static double
weibull_scale(const char *p)
{
    return row_parameter(p, "mean_d") / tgamma(1 + 1 / row_parameter(p, "shape"));
}

static double
weibull_new(const char *p)
{
    return exact_life_weibull(row_parameter(p, "shape"), weibull_scale(p),
                              row_parameter(p, "t_d"));
}

static double
weibull_in_service(const char *p)
{
    return exact_life_weibull_in_service(row_parameter(p, "shape"), weibull_scale(p),
                                         row_parameter(p, "t_d"));
}

static double
weibull_swarm(const char *p)
{
    return exact_k_of_n(row_whole(p, "n"), 1, weibull_in_service(p));
}

static double
time_to_loss(const char *p)
{
    return exact_time_to_loss(row_whole(p, "n"), row_whole(p, "k"),
                              row_parameter(p, "mean_life_d"));
}

static double
time_to_loss_quantile(const char *p)
{
    return exact_time_to_loss_quantile(row_whole(p, "n"), row_parameter(p, "mean_life_d"),
                                       row_parameter(p, "q"));
}

static double
partly_stored(const char *p)
{
    double life =
        exact_life_exponential(row_parameter(p, "mean_life_d"), row_parameter(p, "t_d"));

    return exact_k_of_n(row_whole(p, "n"), 1, row_parameter(p, "a") * life);
}

static double
placed(const char *p)
{
    double life =
        exact_life_exponential(row_parameter(p, "mean_life_d"), row_parameter(p, "t_d"));

    return exact_placed(row_whole(p, "s"), row_parameter(p, "A"), life);
}

static double
unseen(const char *p)
{
    return exact_unseen(row_parameter(p, "mean_on_d"), row_parameter(p, "mean_off_d"),
                        row_parameter(p, "ttl_d"));
}

static double
retrieved(const char *p)
{
    return exact_retrieved(row_whole(p, "n"), row_parameter(p, "mean_life_d"),
                           row_parameter(p, "mean_off_d"), row_parameter(p, "ttl_d"));
}

static double
decommissioned(const char *p)
{
    return exact_outlasts(row_parameter(p, "mean_down_h"), row_parameter(p, "grace_h"));
}

static double
deregistered(const char *p)
{
    return exact_outlasts(row_parameter(p, "mean_down_h"),
                          row_parameter(p, "grace_h") + row_parameter(p, "credit_h"));
}

static double
availability(const char *p)
{
    return exact_availability(row_parameter(p, "up_h"), row_parameter(p, "down_h"));
}

static double
availability_at(const char *p)
{
    return exact_availability_at(row_parameter(p, "up_h"), row_parameter(p, "down_h"),
                                 row_parameter(p, "t_h"));
}

static double
k_up(const char *p)
{
    return exact_k_of_n(row_whole(p, "n"), row_whole(p, "k"), availability(p));
}

static double
all_down_gap(const char *p)
{
    return exact_all_down_gap(row_whole(p, "n"), row_parameter(p, "up_h"),
                              row_parameter(p, "down_h"));
}

static double
all_down_by(const char *p)
{
    return exact_lost_by(row_whole(p, "n"), row_parameter(p, "up_h"),
                         row_parameter(p, "down_h"), EXACT_PARALLEL,
                         row_parameter(p, "t_h"));
}

static ExactRepair
mode_of(const char *p)
{
    return strstr(p, "mode=serial") != NULL ? EXACT_SERIAL : EXACT_PARALLEL;
}

static double
mttdl(const char *p)
{
    return exact_mttdl(row_whole(p, "r"), row_parameter(p, "mean_life_d"),
                       row_parameter(p, "mean_repair_h") / 24, mode_of(p));
}

static double
lost_by(const char *p)
{
    return exact_lost_by(row_whole(p, "r"), row_parameter(p, "mean_life_d"),
                         row_parameter(p, "mean_repair_h") / 24, mode_of(p),
                         row_parameter(p, "t_d"));
}

static double
last_replica(const char *p)
{
    return exact_all_down_gap(row_whole(p, "r"), row_parameter(p, "mean_life_d"),
                              row_parameter(p, "mean_repair_h") / 24);
}

static double
shrunk(const char *p)
{
    return exact_time_to_loss(row_whole(p, "s"), row_whole(p, "m"),
                              row_parameter(p, "node_life_d"));
}

static double
shocks(const char *p)
{
    double q = strstr(p, "q=") != NULL ? row_parameter(p, "q") : 1;

    return exact_shocks_lost_by(row_whole(p, "n"), row_parameter(p, "mean_life_d"),
                                row_parameter(p, "shock_rate_per_d"), q,
                                row_parameter(p, "t_d"));
}

static double
shocks_time_to_loss(const char *p)
{
    return exact_shocks_time_to_loss(row_whole(p, "n"), row_parameter(p, "mean_life_d"),
                                     row_parameter(p, "shock_rate_per_d"));
}

static double
correlated_all_down(const char *p)
{
    return exact_correlated_all_down(row_whole(p, "n"), row_parameter(p, "p"),
                                     row_parameter(p, "rho"));
}

static double
swarm_gone(const char *p)
{
    return exact_swarm_gone(row_whole(p, "N"), row_whole(p, "s"), row_whole(p, "f"));
}

static double
swarms_gone(const char *p)
{
    return exact_swarms_gone(row_whole(p, "N"), row_whole(p, "s"), row_whole(p, "f"),
                             row_whole(p, "m"));
}

static double
any_swarm_gone(const char *p)
{
    return exact_any_swarm_gone(row_whole(p, "N"), row_whole(p, "s"), row_whole(p, "f"),
                                row_whole(p, "m"));
}

static double
mm1_sojourn(const char *p)
{
    return exact_mm1_sojourn(row_parameter(p, "lambda"), row_parameter(p, "mu"));
}

static double
mm1_quantile(const char *p)
{
    return exact_mm1_sojourn_quantile(row_parameter(p, "lambda"), row_parameter(p, "mu"),
                                      row_parameter(p, "q"));
}

static double
md1_wait(const char *p)
{
    return exact_md1_wait(row_parameter(p, "lambda"), row_parameter(p, "service"));
}

static double
poll_delay(const char *p)
{
    return exact_poll_delay(row_parameter(p, "T_s"));
}

static double
key_share_min(const char *p)
{
    return exact_key_share_min(row_whole(p, "m"));
}

static double
key_share_max(const char *p)
{
    return exact_key_share_max(row_whole(p, "m"));
}

static double
key_share_cv(const char *p)
{
    return exact_key_share_cv(row_whole(p, "m"));
}

static double
poll_delay_quantile(const char *p)
{
    return exact_poll_delay_quantile(row_parameter(p, "T_s"), row_parameter(p, "q"));
}

/* The longest prefix stands first. */
static const RowFamily families[] = {
    { "S1_", survives },
    { "Sk_", survives },
    { "MTTL_", time_to_loss },
    { "TTLq_", time_to_loss_quantile },
    { "W_res_", weibull_in_service },
    { "W_fresh_", weibull_new },
    { "W_sw_", weibull_swarm },
    { "PS_", partly_stored },
    { "PSC_s", placed },
    { "TTL_", unseen },
    { "RET_", retrieved },
    { "DECOM_", decommissioned },
    { "DEREG_", deregistered },
    { "A_", availability },
    { "At_", availability_at },
    { "Ak_", k_up },
    { "MUT_", all_down_gap },
    { "AD14_", all_down_by },
    { "MTTDL_", mttdl },
    { "PL14_", lost_by },
    { "E10_", last_replica },
    { "DISS_", shrunk },
    { "SHK_", shocks },
    { "MO_MTTL_", shocks_time_to_loss },
    { "MO_", shocks },
    { "BB_", correlated_all_down },
    { "REG1_", swarm_gone },
    { "REGE_", swarms_gone },
    { "REGU_", any_swarm_gone },
    { "SHARE_min_", key_share_min },
    { "SHARE_max_", key_share_max },
    { "SHARE_cv_", key_share_cv },
    { "MM1_W_", mm1_sojourn },
    { "MM1_q", mm1_quantile },
    { "MD1_", md1_wait },
    { "POLL_", poll_delay },
    { "POLLp_", poll_delay_quantile },
};

static void
test_reference_rows(void)
{
    g_assert_cmpuint(rows_check("exact.csv", families, G_N_ELEMENTS(families)), >=, 190);
}

/* Where a form is known without it. */
static void
test_corners(void)
{
    g_assert_cmpfloat(exact_k_of_n(7, 0, 0.5), ==, 1);
    g_assert_cmpfloat(exact_k_of_n(7, 8, 0.5), ==, 0);
    g_assert_cmpfloat(exact_k_of_n(7, 7, 1), ==, 1);
    g_assert_cmpfloat(exact_k_of_n(7, 1, 0), ==, 0);
    row_assert("1 of 1", exact_k_of_n(1, 1, 0.25), 0.25);
    row_assert("fixed", exact_life_fixed_in_service(10, 4), 0.6);
    g_assert_cmpfloat(exact_life_fixed_in_service(10, 11), ==, 0);
    /* Shape 1 has no memory. */
    row_assert("memoryless", exact_life_weibull_in_service(1, 30, 14),
               exact_life_exponential(30, 14));
    /* A single replica: its life. */
    row_assert("one", exact_mttdl(1, 30, 1, EXACT_PARALLEL), 30);
    row_assert("one", exact_lost_by(1, 30, 1, EXACT_SERIAL, 14),
               1 - exact_life_exponential(30, 14));
    /* Without shocks, without correlation. */
    row_assert("no shocks", exact_shocks_lost_by(3, 30, 0, 0.5, 14),
               1 - exact_k_of_n(3, 1, exact_life_exponential(30, 14)));
    row_assert("rho 0", exact_correlated_all_down(3, 0.1, 0), 1e-3);
    g_assert_cmpfloat(exact_key_share_cv(1), ==, 0);
    g_assert_cmpfloat(exact_key_share_max(1), ==, 1);
    /* Ids at 0, 1/2 and 1/4 have 3/8, 3/8 and 1/4 of the keys. */
    row_assert("three", exact_key_share_max(3), 9.0 / 8);
    row_assert("three", exact_key_share_min(3), 3.0 / 4);
    g_assert_cmpfloat(exact_swarm_gone(100, 7, 6), ==, 0);
    row_assert("all", exact_swarm_gone(100, 7, 100), 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/exact/reference-rows", test_reference_rows);
    g_test_add_func("/exact/corners", test_corners);
    return g_test_run();
}
