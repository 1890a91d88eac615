/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sweeps, seeds, expectations and figures of a scenario. */
#include <glib/gstdio.h>
#include <string.h>

#include "scenarios/study.h"

/* What a list of values means: items joined by "|", or NULL when it is none. */
static void
assert_values(const char *text, const char *expected)
{
    g_autofree char *why = NULL;
    g_autoptr(GPtrArray) values = study_values(text, &why);
    g_autofree char *joined = NULL;

    if (values == NULL) {
        g_assert_null(expected);
        g_assert_nonnull(strstr(why, "a list such as"));
        return;
    }
    g_ptr_array_add(values, NULL);
    joined = g_strjoinv("|", (char **)values->pdata);
    g_assert_cmpstr(joined, ==, expected);
}

static void
test_values(void)
{
    assert_values("3", "3");
    assert_values("3, 5,7", "3|5|7");
    assert_values("3..6", "3|4|5|6");
    assert_values("0..1 step 0.25", "0|0.25|0.5|0.75|1");
    assert_values("1h..3h", "1h|2h|3h");
    assert_values("10..30ms step 10ms, 1s", "10ms|20ms|30ms|1s");
    assert_values("exp(mean=7d), weibull(shape=0.59, mean=30d)",
                  "exp(mean=7d)|weibull(shape=0.59, mean=30d)");
    assert_values("\"\", tor.csv", "|tor.csv");
    assert_values("0.1..0.3 step 0.1", "0.1|0.2|0.3");
    assert_values("", NULL);
    assert_values("3,,4", NULL);
    assert_values("6..3", NULL);
    assert_values("1..2000", NULL);
    assert_values("1..5 step 0", NULL);
    assert_values("1..5 step -1", NULL);
    assert_values("1h..3m", "1h..3m"); /* no range: no key will take it */
}

static void
assert_seeds(const char *text, guint count, uint64_t last)
{
    g_autofree char *why = NULL;
    g_autoptr(GArray) seeds = study_seeds(text, &why);

    if (count == 0) {
        g_assert_null(seeds);
        return;
    }
    g_assert_nonnull(seeds);
    g_assert_cmpuint(seeds->len, ==, count);
    g_assert_cmpuint(g_array_index(seeds, uint64_t, count - 1), ==, last);
}

static void
test_seeds(void)
{
    assert_seeds("7", 1, 7);
    assert_seeds("1..20", 20, 20);
    assert_seeds("5, 1, 9..12", 6, 12);
    assert_seeds("18446744073709551615", 1, UINT64_MAX);
    assert_seeds("18446744073709551616", 0, 0);
    assert_seeds("1..100000", 100000, 100000);
    assert_seeds("1..100001", 0, 0);
    assert_seeds("3..1", 0, 0);
    assert_seeds("1, 1..2", 0, 0);
    assert_seeds("-1", 0, 0);
    assert_seeds("one", 0, 0);
    assert_seeds("", 0, 0);
}

/* --- whole files -------------------------------------------------------------------- */

typedef struct File {
    char *folder, *path;
} File;

static void
set_up(File *file, gconstpointer data)
{
    (void)data;
    file->folder = g_dir_make_tmp("swarmbed-XXXXXX", NULL);
    file->path = g_build_filename(file->folder, "study.ini", NULL);
}

static void
tear_down(File *file, gconstpointer data)
{
    (void)data;
    g_unlink(file->path);
    g_rmdir(file->folder);
    g_free(file->path);
    g_free(file->folder);
}

static Study *
study_of(const File *file, const char *text, const char *grid, char *const *overrides,
         GError **error)
{
    g_autoptr(Scenario) scenario = NULL;

    g_assert_true(g_file_set_contents(file->path, text, -1, NULL));
    scenario = scenario_load(file->path, overrides, error);
    return scenario != NULL ? study_new(scenario, grid, overrides, error) : NULL;
}

static const StudyVariant *
variant(const Study *study, guint i)
{
    g_assert_cmpuint(i, <, study->variants->len);
    return study->variants->pdata[i];
}

static const char sweep_text[] = "[network]\nnodes = 30\n"
                                 "[sweep]\n"
                                 "network.nodes = 30, 40\n"
                                 "client.clients = 2..4\n"
                                 "protocol.ttl_public = 14d, 15d, 16d\n"
                                 "pair = client.clients, protocol.ttl_public\n"
                                 "seeds = 1..20\n"
                                 "metric = loss\n"
                                 "stop = half-width 0.1%\n"
                                 "[sweep quick]\n"
                                 "network.nodes = 50\n"
                                 "seeds = 1, 2\n"
                                 "[expect]\n"
                                 "delivered >= 99.9%\n"
                                 "latency.p99<20s\n"
                                 "[plot loss]\n"
                                 "x = client.clients\n"
                                 "y = loss\n"
                                 "log = y\n";

static void
test_sweep(File *file, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Study) study = study_of(file, sweep_text, NULL, NULL, &error);
    const RecordExpectation *expected;
    g_autoptr(Scenario) scenario = NULL;

    (void)data;
    g_assert_no_error(error);
    g_assert_cmpuint(study->variants->len, ==, 6);
    g_assert_cmpstr(variant(study, 0)->label, ==,
                    "network.nodes=30, client.clients=2, protocol.ttl_public=14d");
    g_assert_cmpstr(variant(study, 5)->label, ==,
                    "network.nodes=40, client.clients=4, protocol.ttl_public=16d");
    g_assert_cmpuint(study->seeds->len, ==, 20);
    g_assert_cmpstr(study->metric, ==, "loss");
    g_assert_cmpfloat(study->half_width, ==, 0.001);
    g_assert_cmpuint(study->expectations->len, ==, 2);
    expected = &g_array_index(study->expectations, RecordExpectation, 1);
    g_assert_cmpstr(expected->metric, ==, "latency.p99");
    g_assert_cmpstr(expected->relation, ==, "<");
    g_assert_cmpfloat(expected->value, ==, 20);
    g_assert_cmpuint(study->plots->len, ==, 1);
    scenario = study_scenario(study, 5, file->path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(scenario->nodes, ==, 40);
    g_assert_cmpuint(scenario->clients, ==, 4);
    g_assert_cmpint(scenario->service.ttl_max_public, ==, 16 * DAY);
}

/* A grid's keys stand instead of the sweep's; what it does not name stays. */
static void
test_grid(File *file, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Study) study = study_of(file, sweep_text, "quick", NULL, &error);

    (void)data;
    g_assert_no_error(error);
    g_assert_cmpuint(study->variants->len, ==, 3);
    g_assert_cmpuint(study->seeds->len, ==, 2);
    g_assert_cmpstr(variant(study, 2)->label, ==,
                    "client.clients=4, protocol.ttl_public=16d");
    g_assert_cmpstr(variant(study, 2)->settings[0].value, ==, "50");
}

/* --set fixes a key: it is swept no more, also out of a pair. */
static void
test_override(File *file, gconstpointer data)
{
    char *overrides[] = { (char *)"client.clients=9", (char *)"network.nodes = 33", NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(Study) study = study_of(file, sweep_text, NULL, overrides, &error);

    (void)data;
    g_assert_no_error(error);
    g_assert_cmpuint(study->variants->len, ==, 3);
    g_assert_cmpstr(variant(study, 1)->label, ==, "protocol.ttl_public=15d");
}

/* A pair of which --set fixes one key says some values of the other twice: once is enough.
 */
static void
test_half_a_pair(File *file, gconstpointer data)
{
    char *overrides[] = { (char *)"client.clients=9", NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(Study) study = study_of(file,
                                      "[sweep]\nclient.clients = 2, 3, 4\n"
                                      "network.nodes = 30, 30, 40\n"
                                      "pair = client.clients, network.nodes\n",
                                      NULL, overrides, &error);

    (void)data;
    g_assert_no_error(error);
    g_assert_cmpuint(study->variants->len, ==, 2);
    g_assert_cmpstr(variant(study, 1)->label, ==, "network.nodes=40");
}

/* Without these sections: one variant, the scenario's seed, nothing expected. */
static void
test_plain(File *file, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Study) study = study_of(file, "[scenario]\nseed = 7\n", NULL, NULL, &error);

    (void)data;
    g_assert_no_error(error);
    g_assert_cmpuint(study->variants->len, ==, 1);
    g_assert_cmpstr(variant(study, 0)->label, ==, "");
    g_assert_cmpuint(variant(study, 0)->n_settings, ==, 0);
    g_assert_cmpuint(g_array_index(study->seeds, uint64_t, 0), ==, 7);
    g_assert_cmpuint(study->expectations->len + study->plots->len, ==, 0);
    g_assert_cmpstr(study->text, ==, "");
}

typedef struct Bad {
    const char *text, *grid;
    const char *expected; /* "@" is the file's path */
} Bad;

static const Bad bad[] = {
    { "[sweep]\nnetwork.noeds = 3\n", NULL,
      "@:2: there is no key network.noeds; the nearest is network.nodes" },
    { "[sweep]\nnetwork.nodes = 3, many\n", NULL,
      "@:2: network.nodes = 'many': expected a whole number" },
    { "[sweep]\nnodes = 3\n", NULL,
      "@:2: nodes: expected section.key, or one of seeds, metric, stop, pair" },
    { "[sweep]\nnetwork.nodes = 5..3\n", NULL, "@:2: network.nodes: expected a list" },
    { "[sweep]\nnetwork.nodes\n", NULL, "@:2: expected 'section.key = values'" },
    { "[sweep]\nseeds = none\n", NULL, "@:2: seeds: expected different whole numbers" },
    { "[sweep]\nstop = 0.001\n", NULL, "@:2: stop: expected 'half-width X'" },
    { "[sweep]\nstop = half-width 0\n", NULL, "@:2: stop: expected 'half-width X'" },
    { "[sweep]\nnetwork.nodes = 30, 40\nclient.clients = 2, 3, 4\n"
      "pair = network.nodes, client.clients\n",
      NULL,
      "@:3: client.clients: 3 values, but network.nodes, with which it is paired, has 2" },
    { "[sweep]\nnetwork.nodes = 30\npair = network.nodes, client.clients\n", NULL,
      "@:3: pair: client.clients is not swept" },
    { "[sweep]\nnetwork.nodes = 30..529\nclient.clients = 2..1001\n", NULL,
      "@:3: these are more than 10000 variants" },
    { "[sweep]\nseeds = 1\n[sweep]\n", NULL,
      "@:3: section [sweep] is there twice (first in line 1)" },
    { "[sweep a]\nseeds = 1\n", "b", "@: there is no grid [sweep b]; there are: a" },
    { "[sweep]\nseeds = 1\n", "b", "@: there is no grid [sweep b]; there is none" },
    { "[expect]\ndelivered 0.9\n", NULL, "@:2: expected 'metric >= value'" },
    { "[expect]\ndelivered >= much\n", NULL,
      "@:2: delivered >= much: expected a metric's name and a number" },
    { "[expect]\n>= 1\n", NULL, "@:2: >= 1: expected a metric's name" },
    { "[plot]\nx = a.b\n", NULL, "@:1: a figure's section is written [plot NAME]" },
    { "[plot ../x]\nx = a.b\n", NULL, "@:1: a figure's section is written [plot NAME]" },
    { "[plot p]\nx = a.b\n", NULL, "@:1: [plot p]: expected x, the key along the axis" },
    { "[plot p]\nz = 1\n", NULL, "@:2: z: expected one of x, y, by, log, title" },
    { "[plot p]\nx = a.b\ny = c\nlog = z\n", NULL, "@:4: log: expected x, y or xy" },
};

static void
test_bad(File *file, gconstpointer data)
{
    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Study) study = study_of(file, bad[i].text, bad[i].grid, NULL, &error);
        g_autoptr(GString) expected = g_string_new(bad[i].expected);

        g_string_replace(expected, "@", file->path, 1);
        g_assert_null(study);
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, expected->str));
    }
}

#define ADD(name, test) g_test_add("/study/" name, File, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/study/values", test_values);
    g_test_add_func("/study/seeds", test_seeds);
    ADD("sweep", test_sweep);
    ADD("grid", test_grid);
    ADD("override", test_override);
    ADD("half-a-pair", test_half_a_pair);
    ADD("plain", test_plain);
    ADD("bad", test_bad);
    return g_test_run();
}
