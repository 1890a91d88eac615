/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every row of tests/data/stats.csv. */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/stats/differences.h"
#include "results/stats/lifetimes.h"
#include "results/stats/planning.h"

static void
assert_close(const char *id, double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        g_error("%s: %.15g, expected %.15g", id, value, expected);
}

static double
param(const char *params, const char *name)
{
    g_auto(GStrv) cells = g_strsplit(params, ";", -1);

    for (guint i = 0; cells[i] != NULL; i++)
        if (g_str_has_prefix(cells[i], name) && cells[i][strlen(name)] == '=')
            return g_ascii_strtod(cells[i] + strlen(name) + 1, NULL);
    g_error("%s: no %s", params, name);
}

static bool
starts(const char *id, const char *family)
{
    return g_str_has_prefix(id, family);
}

static bool
answer_proportion(const char *id, const char *params, double *ret)
{
    StatsInterval interval;

    if (starts(id, "WIL_") || starts(id, "CP_")) {
        uint64_t x = (uint64_t)param(params, "x"), n = (uint64_t)param(params, "n");

        interval = starts(id, "WIL_") ? stats_wilson(x, n, STATS_CONFIDENCE)
                                      : stats_clopper_pearson(x, n, STATS_CONFIDENCE);
        *ret = strstr(id, "_lo_") != NULL ? interval.low : interval.high;
    } else if (starts(id, "T975_")) {
        *ret = stats_student_quantile(0.975, param(params, "df"));
    } else if (starts(id, "N0_")) {
        *ret = stats_trials_for_bound(param(params, "p"), STATS_CONFIDENCE);
    } else if (starts(id, "N10_")) {
        *ret = stats_trials_for_precision(param(params, "p"), 0.1, STATS_CONFIDENCE);
    } else {
        return false;
    }
    return true;
}

static double
answer_sprt(const char *id, const char *params)
{
    bool whole = starts(id, "SPRT_E");
    StatsSprt test = { .p0 = whole ? param(params, "p0") : 0.1,
                       .p1 = whole ? param(params, "p1") : 0.2,
                       .alpha = param(params, "alpha"),
                       .beta = param(params, "beta") };

    if (whole)
        return stats_sprt_expected_trials(&test, starts(id, "SPRT_E1_"));
    return starts(id, "SPRT_A_") ? stats_sprt_upper(&test) : stats_sprt_lower(&test);
}

static bool
answer_planning(const char *id, const char *params, double *ret)
{
    if (starts(id, "PAIRN_"))
        *ret = (double)stats_pairs_needed(param(params, "d"), 0.8, 0.05, true);
    else if (starts(id, "NIN_"))
        *ret = (double)stats_pairs_needed(param(params, "d"), 0.8, 0.05, false);
    else if (starts(id, "SPRT_"))
        *ret = answer_sprt(id, params);
    else if (starts(id, "IS_re_"))
        *ret =
            stats_relative_deviation(param(params, "tilt"), (unsigned)param(params, "n"));
    else if (starts(id, "MC_re_"))
        *ret = stats_relative_deviation(param(params, "p"), (unsigned)param(params, "n"));
    else if (starts(id, "RARE_"))
        *ret = 1 / (1 + pow(stats_relative_deviation(param(params, "p"),
                                                     (unsigned)param(params, "n")),
                            2));
    else if (starts(id, "AR1_"))
        *ret = stats_ar1_inflation(param(params, "phi"));
    else
        return false;
    return true;
}

/* The data stand in the rows of S(t): "times=[6  6  6 ...];events=[1  1  1 ...]". */
static size_t
leukaemia(StatsLifetime *ret)
{
    static const double times[] = { 6,  6,  6,  6,  7,  9,  10, 10, 11, 13, 16,
                                    17, 19, 20, 22, 23, 25, 32, 32, 34, 35 };
    static const int events[] = { 1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1,
                                  0, 0, 0, 1, 1, 0, 0, 0, 0, 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        ret[i] = (StatsLifetime){ times[i], events[i] != 0 };
    return G_N_ELEMENTS(times);
}

static size_t
lifetimes_of_row(const char *params, StatsLifetime *ret)
{
    const char *times = strstr(params, "times=["), *events = strstr(params, "events=[");
    size_t n = 0;

    if (times == NULL || events == NULL)
        return leukaemia(ret);
    for (times += 7, events += 8; *times != ']'; n++) {
        char *after;

        ret[n].time = g_ascii_strtod(times, &after);
        times = after + strspn(after, " ");
        ret[n].event = g_ascii_strtod(events, &after) > 0;
        events = after;
        g_assert_cmpuint(n, <, 21);
    }
    return n;
}

/* Pairs with this correlation and equal variances: y = rho x + sqrt(1 - rho^2) z, where x
 * and z are orthogonal. */
static double
ratio_at_correlation(double rho)
{
    const double x[] = { 1, -1, 1, -1 }, z[] = { 1, 1, -1, -1 };
    double y[4];
    StatsDifference d;

    for (int i = 0; i < 4; i++)
        y[i] = rho * x[i] + sqrt(1 - rho * rho) * z[i];
    d = stats_paired(x, y, 4);
    assert_close("correlation", d.correlation, rho, 1e-12);
    return d.variance_ratio;
}

static bool
answer_curve(const char *id, const char *params, double *ret)
{
    StatsLifetime lifetimes[21];
    StatsSurvival steps[21], at;
    size_t n;

    if (starts(id, "CRN_")) {
        *ret = ratio_at_correlation(param(params, "corr"));
        return true;
    }
    if (!starts(id, "KM_") && !starts(id, "KMse_"))
        return false;
    n = lifetimes_of_row(params, lifetimes);
    n = stats_kaplan_meier(lifetimes, n, STATS_CONFIDENCE, STATS_BAND_LOG_LOG, steps);
    at = stats_survival_at(steps, n, param(params, "t"));
    *ret = starts(id, "KM_") ? at.survival : at.standard_error;
    return true;
}

static void
test_rows(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", "stats.csv", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GError) error = NULL;
    guint rows = 0;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) cells = g_strsplit(lines[i], ",", -1);
        double value = NAN, expected;

        if (lines[i][0] == '#' || g_strv_length(cells) < 5 || strcmp(cells[0], "id") == 0)
            continue;
        expected = g_ascii_strtod(cells[3], NULL);
        if (!answer_proportion(cells[0], cells[2], &value) &&
            !answer_planning(cells[0], cells[2], &value) &&
            !answer_curve(cells[0], cells[2], &value))
            g_error("nothing answers row %s", cells[0]);
        /* Where two methods were used they may differ in the tenth digit; ours is between
         * or beside them. */
        assert_close(cells[0], value, expected, 1e-9);
        rows++;
    }
    g_assert_cmpuint(rows, ==, 55);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stats/reference/rows", test_rows);
    return g_test_run();
}
