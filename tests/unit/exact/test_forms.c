/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed forms against the rows of tests/data/exact.csv, and in corners. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "results/exact/exact.h"

/* The number behind "name=" in "a=1;b=2". */
static double
parameter(const char *params, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(params, ";", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        size_t n = strlen(name);

        if (strncmp(parts[i], name, n) == 0 && parts[i][n] == '=')
            return g_ascii_strtod(parts[i] + n + 1, NULL);
    }
    g_error("no %s in %s", name, params);
}

static uint32_t
whole(const char *params, const char *name)
{
    return (uint32_t)parameter(params, name);
}

/* Family by family: what our code says for the row. */
typedef double (*Form)(const char *p);

static double
survives(const char *p)
{
    double life = exact_life_exponential(parameter(p, "mean_life_d"), parameter(p, "t_d"));

    return exact_k_of_n(whole(p, "n"), whole(p, "k"), life);
}

static double
weibull_scale(const char *p)
{
    return parameter(p, "mean_d") / tgamma(1 + 1 / parameter(p, "shape"));
}

static double
weibull_new(const char *p)
{
    return exact_life_weibull(parameter(p, "shape"), weibull_scale(p), parameter(p, "t_d"));
}

static double
weibull_in_service(const char *p)
{
    return exact_life_weibull_in_service(parameter(p, "shape"), weibull_scale(p),
                                         parameter(p, "t_d"));
}

static double
weibull_swarm(const char *p)
{
    return exact_k_of_n(whole(p, "n"), 1, weibull_in_service(p));
}

static double
time_to_loss(const char *p)
{
    return exact_time_to_loss(whole(p, "n"), whole(p, "k"), parameter(p, "mean_life_d"));
}

static double
time_to_loss_quantile(const char *p)
{
    return exact_time_to_loss_quantile(whole(p, "n"), parameter(p, "mean_life_d"),
                                       parameter(p, "q"));
}

static double
partly_stored(const char *p)
{
    double life = exact_life_exponential(parameter(p, "mean_life_d"), parameter(p, "t_d"));

    return exact_k_of_n(whole(p, "n"), 1, parameter(p, "a") * life);
}

static double
placed(const char *p)
{
    double life = exact_life_exponential(parameter(p, "mean_life_d"), parameter(p, "t_d"));

    return exact_placed(whole(p, "s"), parameter(p, "A"), life);
}

static double
unseen(const char *p)
{
    return exact_unseen(parameter(p, "mean_on_d"), parameter(p, "mean_off_d"),
                        parameter(p, "ttl_d"));
}

static double
retrieved(const char *p)
{
    return exact_retrieved(whole(p, "n"), parameter(p, "mean_life_d"),
                           parameter(p, "mean_off_d"), parameter(p, "ttl_d"));
}

static double
decommissioned(const char *p)
{
    return exact_outlasts(parameter(p, "mean_down_h"), parameter(p, "grace_h"));
}

static double
deregistered(const char *p)
{
    return exact_outlasts(parameter(p, "mean_down_h"),
                          parameter(p, "grace_h") + parameter(p, "credit_h"));
}

static double
availability(const char *p)
{
    return exact_availability(parameter(p, "up_h"), parameter(p, "down_h"));
}

static double
availability_at(const char *p)
{
    return exact_availability_at(parameter(p, "up_h"), parameter(p, "down_h"),
                                 parameter(p, "t_h"));
}

static double
k_up(const char *p)
{
    return exact_k_of_n(whole(p, "n"), whole(p, "k"), availability(p));
}

static double
all_down_gap(const char *p)
{
    return exact_all_down_gap(whole(p, "n"), parameter(p, "up_h"), parameter(p, "down_h"));
}

static double
all_down_by(const char *p)
{
    return exact_lost_by(whole(p, "n"), parameter(p, "up_h"), parameter(p, "down_h"),
                         EXACT_PARALLEL, parameter(p, "t_h"));
}

static ExactRepair
mode_of(const char *p)
{
    return strstr(p, "mode=serial") != NULL ? EXACT_SERIAL : EXACT_PARALLEL;
}

static double
mttdl(const char *p)
{
    return exact_mttdl(whole(p, "r"), parameter(p, "mean_life_d"),
                       parameter(p, "mean_repair_h") / 24, mode_of(p));
}

static double
lost_by(const char *p)
{
    return exact_lost_by(whole(p, "r"), parameter(p, "mean_life_d"),
                         parameter(p, "mean_repair_h") / 24, mode_of(p),
                         parameter(p, "t_d"));
}

static double
last_replica(const char *p)
{
    return exact_all_down_gap(whole(p, "r"), parameter(p, "mean_life_d"),
                              parameter(p, "mean_repair_h") / 24);
}

static double
shrunk(const char *p)
{
    return exact_time_to_loss(whole(p, "s"), whole(p, "m"), parameter(p, "node_life_d"));
}

static double
shocks(const char *p)
{
    double q = strstr(p, "q=") != NULL ? parameter(p, "q") : 1;

    return exact_shocks_lost_by(whole(p, "n"), parameter(p, "mean_life_d"),
                                parameter(p, "shock_rate_per_d"), q, parameter(p, "t_d"));
}

static double
shocks_time_to_loss(const char *p)
{
    return exact_shocks_time_to_loss(whole(p, "n"), parameter(p, "mean_life_d"),
                                     parameter(p, "shock_rate_per_d"));
}

static double
correlated_all_down(const char *p)
{
    return exact_correlated_all_down(whole(p, "n"), parameter(p, "p"), parameter(p, "rho"));
}

static double
swarm_gone(const char *p)
{
    return exact_swarm_gone(whole(p, "N"), whole(p, "s"), whole(p, "f"));
}

static double
swarms_gone(const char *p)
{
    return exact_swarms_gone(whole(p, "N"), whole(p, "s"), whole(p, "f"), whole(p, "m"));
}

static double
any_swarm_gone(const char *p)
{
    return exact_any_swarm_gone(whole(p, "N"), whole(p, "s"), whole(p, "f"), whole(p, "m"));
}

static double
mm1_sojourn(const char *p)
{
    return exact_mm1_sojourn(parameter(p, "lambda"), parameter(p, "mu"));
}

static double
mm1_quantile(const char *p)
{
    return exact_mm1_sojourn_quantile(parameter(p, "lambda"), parameter(p, "mu"),
                                      parameter(p, "q"));
}

static double
md1_wait(const char *p)
{
    return exact_md1_wait(parameter(p, "lambda"), parameter(p, "service"));
}

static double
poll_delay(const char *p)
{
    return exact_poll_delay(parameter(p, "T_s"));
}

static double
poll_delay_quantile(const char *p)
{
    return exact_poll_delay_quantile(parameter(p, "T_s"), parameter(p, "q"));
}

/* The longest prefix stands first. */
static const struct {
    const char *prefix;
    Form form;
} families[] = {
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
    { "MM1_W_", mm1_sojourn },
    { "MM1_q", mm1_quantile },
    { "MD1_", md1_wait },
    { "POLL_", poll_delay },
    { "POLLp_", poll_delay_quantile },
};

static Form
form_of(const char *id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        if (g_str_has_prefix(id, families[i].prefix))
            return families[i].form;
    g_error("%s: no form", id);
}

/* The reference's digits end at the 12th; alternating sums lose some of those before. */
static void
assert_row(const char *id, double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-9 * fabs(expected)))
        g_error("%s: %.15g, expected %.15g", id, value, expected);
}

static void
test_reference_rows(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", "exact.csv", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GError) error = NULL;
    guint rows = 0;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);

        if (lines[i][0] == '#' || g_strv_length(cells) != 3)
            continue;
        assert_row(cells[0], form_of(cells[0])(cells[1]), g_ascii_strtod(cells[2], NULL));
        rows++;
    }
    g_assert_cmpuint(rows, >=, 190);
}

/* Where a form is known without it. */
static void
test_corners(void)
{
    g_assert_cmpfloat(exact_k_of_n(7, 0, 0.5), ==, 1);
    g_assert_cmpfloat(exact_k_of_n(7, 8, 0.5), ==, 0);
    g_assert_cmpfloat(exact_k_of_n(7, 7, 1), ==, 1);
    g_assert_cmpfloat(exact_k_of_n(7, 1, 0), ==, 0);
    assert_row("1 of 1", exact_k_of_n(1, 1, 0.25), 0.25);
    assert_row("fixed", exact_life_fixed_in_service(10, 4), 0.6);
    g_assert_cmpfloat(exact_life_fixed_in_service(10, 11), ==, 0);
    /* Shape 1 has no memory. */
    assert_row("memoryless", exact_life_weibull_in_service(1, 30, 14),
               exact_life_exponential(30, 14));
    /* A single replica: its life. */
    assert_row("one", exact_mttdl(1, 30, 1, EXACT_PARALLEL), 30);
    assert_row("one", exact_lost_by(1, 30, 1, EXACT_SERIAL, 14),
               1 - exact_life_exponential(30, 14));
    /* Without shocks, without correlation. */
    assert_row("no shocks", exact_shocks_lost_by(3, 30, 0, 0.5, 14),
               1 - exact_k_of_n(3, 1, exact_life_exponential(30, 14)));
    assert_row("rho 0", exact_correlated_all_down(3, 0.1, 0), 1e-3);
    g_assert_cmpfloat(exact_swarm_gone(100, 7, 6), ==, 0);
    assert_row("all", exact_swarm_gone(100, 7, 100), 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/exact/reference-rows", test_reference_rows);
    g_test_add_func("/exact/corners", test_corners);
    return g_test_run();
}
