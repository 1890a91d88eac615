/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>
#include <string.h>

#include "results/compare/metrics.h"

static void
test_margins(void)
{
    static const struct {
        const char *text;
        double value;
        bool relative;
        const char *unit;
    } good[] = {
        { "0.1pp", 0.001, false, "1" },  { "5%", 0.05, true, NULL },
        { "50ms", 0.05, false, "s" },    { "2m", 120, false, "s" },
        { "0.001", 0.001, false, NULL }, { "0", 0, false, NULL },
        { "1e-4", 1e-4, false, NULL },   { "2MB", 2e6, false, "bytes" },
        { ".5s", 0.5, false, "s" },
    };
    static const char *const bad[] = {
        "",    "pp",   "-1%",   "+1%",      "1 %",
        "5%%", "nan",  "inf",   "1x",       "1,5s",
        " 5%", "0x10", "1e999", "5percent", "0.00000000000000000000000001"
    };
    Margin margin;

    for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
        g_assert_true(margin_parse(good[i].text, &margin));
        g_assert_cmpfloat_with_epsilon(margin.value, good[i].value, 1e-12);
        g_assert_true(margin.relative == good[i].relative);
        g_assert_cmpstr(margin.unit, ==, good[i].unit);
        g_assert_cmpstr(margin.text, ==, good[i].text);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        if (margin_parse(bad[i], &margin))
            g_error("'%s' was taken for a margin", bad[i]);
}

static void
test_table(void)
{
    const KnownMetric *metric;
    guint usual = 0, required = 0;
    Margin margin;

    for (gsize i = 0; (metric = known_metric(i)) != NULL; i++) {
        g_assert_true(margin_parse(metric->margin, &margin));
        g_assert_true(metric->better != BETTER_NEITHER);
        /* What is required is looked at. */
        g_assert_true(metric->usual || !metric->required);
        g_assert_true(known_metric_find(metric->name) == metric); /* each name once */
        usual += metric->usual;
        required += metric->required;
    }
    g_assert_cmpuint(usual, >, 5);
    g_assert_cmpuint(required, >, 1);
    g_assert_cmpint(known_metric_find("delivered")->better, ==, BETTER_MORE);
    g_assert_cmpint(known_metric_find("loss")->better, ==, BETTER_LESS);
    g_assert_cmpstr(known_metric_find("latency.p999")->name, ==, "latency.");
    g_assert_true(known_metric_find("latency.p99")->usual);
    g_assert_null(known_metric_find("latency"));
    g_assert_null(known_metric_find("polls"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compare/metrics/margins", test_margins);
    g_test_add_func("/compare/metrics/table", test_table);
    return g_test_run();
}
