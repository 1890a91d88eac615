/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Verdicts over databases whose values are known. */
#include <glib.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "results/compare/compare.h"
#include "results/record/record.h"
#include "tests/lib/folder.h"

#define WORLD "[scenario]\nduration = 1h\n[protocol]\ndefect = no\n"

typedef struct Metric {
    const char *name, *unit;
    const double *values;
} Metric;

static char *
file_of(const Folder *folder, const char *name)
{
    return g_build_filename(folder->path, name, NULL);
}

/* Runs of the seeds @first, ...; as variant @label when that is not NULL. */
static void
write_runs(const char *path, const char *text, const char *label, uint64_t first,
           guint runs, const Metric *metrics, guint n_metrics)
{
    g_autoptr(GError) error = NULL;
    Recorder *recorder = recorder_open(path, "tale", text, "c0ffee", &error);

    g_assert_no_error(error);
    if (label != NULL) {
        RecordSetting setting = { "protocol.x", label };

        recorder_variant(recorder, label[0] == 'a' ? 0 : 1, label, &setting, 1);
    }
    for (guint i = 0; i < runs; i++) {
        RunFacts facts = { .seed = first + i, .trace_hash = "ab" };

        recorder_run_begin(recorder, facts.seed);
        for (guint m = 0; m < n_metrics; m++)
            recorder_metric(recorder, metrics[m].name, metrics[m].values[i],
                            metrics[m].unit);
        g_assert_true(recorder_run_commit(recorder, &facts, &error));
    }
    recorder_close(recorder);
}

/* Two databases with the same metrics: seeds from 1, and from @first. */
static Comparison *
compare_two(const Folder *folder, const Metric *base, const Metric *new_, guint n_metrics,
            guint runs, uint64_t first, const CompareOptions *options, GError **error)
{
    const CompareOptions plain = { 0 };
    g_autofree char *of_base = file_of(folder, "base.db"),
                    *of_new = file_of(folder, "new.db");

    folder_empty(folder);
    write_runs(of_base, WORLD, NULL, 1, runs, base, n_metrics);
    write_runs(of_new, WORLD, NULL, first, runs, new_, n_metrics);
    return compare_new(of_base, of_new, options != NULL ? options : &plain, error);
}

static const CompareRow *
row_named(const Comparison *c, guint variant, const char *name)
{
    const GArray *rows = g_array_index(c->variants, CompareVariant, variant).rows;

    for (guint i = 0; i < rows->len; i++)
        if (strcmp(g_array_index(rows, CompareRow, i).name, name) == 0)
            return &g_array_index(rows, CompareRow, i);
    g_error("no row %s", name);
}

static const double ones[10] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
static const double nines[10] = { 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9 };
static const double noise[10] = { 9.0, 11.0, 10.0, 9.5, 10.5, 9.2, 10.8, 10.1, 9.9, 10.0 };

/* Ten values around noise: those of @from, each @by more (a share). */
static const double *
scaled(double ret[10], const double *from, double by)
{
    for (int i = 0; i < 10; i++)
        ret[i] = from[i] * (1 + by);
    return ret;
}

static void
test_same(Folder *folder, gconstpointer data)
{
    const Metric metrics[] = { { "delivered", "1", ones }, { "latency.p99", "s", noise } };
    g_autoptr(GError) error = NULL;
    g_autoptr(Comparison) c = compare_two(folder, metrics, metrics, 2, 10, 1, NULL, &error);

    (void)data;
    g_assert_no_error(error);
    g_assert_cmpint(c->verdict, ==, COMPARE_PASS);
    g_assert_true(g_array_index(c->variants, CompareVariant, 0).paired);
    g_assert_cmpfloat(row_named(c, 0, "latency.p99")->difference.mean, ==, 0);
    g_assert_cmpuint(c->keys->len, ==, 0);
}

/* The same values under other seeds: what does not vary passes, what varies by 6 % cannot
 * be decided to 5 % with ten runs, and is aside unless somebody asked for it. */
static void
test_unpaired(Folder *folder, gconstpointer data)
{
    const Metric metrics[] = { { "delivered", "1", ones }, { "latency.p99", "s", noise } };
    const char *const asked[] = { "latency.p99=5%", NULL };
    const CompareOptions strict = { .strict = true }, named = { .margins = asked };
    g_autoptr(GError) error = NULL;
    Comparison *c = compare_two(folder, metrics, metrics, 2, 10, 11, NULL, &error);
    const CompareRow *row;

    (void)data;
    g_assert_no_error(error);
    g_assert_false(g_array_index(c->variants, CompareVariant, 0).paired);
    g_assert_cmpint(c->verdict, ==, COMPARE_PASS);
    row = row_named(c, 0, "latency.p99");
    g_assert_cmpint(row->verdict, ==, COMPARE_UNDECIDED);
    /* d = 0.5 / 0.64 of a deviation: 21 of each, one-sided 5 %, power 80 %; a little more
     * because the base's share of the margin varies too. */
    g_assert_cmpfloat(row->needs, >=, 20);
    g_assert_cmpfloat(row->needs, <=, 24);
    compare_free(c);
    c = compare_two(folder, metrics, metrics, 2, 10, 11, &strict, &error);
    g_assert_cmpint(c->verdict, ==, COMPARE_UNDECIDED);
    compare_free(c);
    c = compare_two(folder, metrics, metrics, 2, 10, 11, &named, &error);
    g_assert_cmpint(c->verdict, ==, COMPARE_UNDECIDED);
    compare_free(c);
}

/* In pairs what both share does not count: 3 % more passes at 5 %, 8 % more fails. */
static void
test_pairs_decide(Folder *folder, gconstpointer data)
{
    double more[10];
    Metric base[] = { { "delivered", "1", ones }, { "latency.p99", "s", noise } };
    Metric new_[] = { { "delivered", "1", ones }, { "latency.p99", "s", more } };
    const CompareOptions unpaired = { .unpaired = true };
    g_autoptr(GError) error = NULL;
    Comparison *c;

    (void)data;
    scaled(more, noise, 0.03);
    c = compare_two(folder, base, new_, 2, 10, 1, NULL, &error);
    g_assert_cmpint(row_named(c, 0, "latency.p99")->verdict, ==, COMPARE_PASS);
    g_assert_cmpfloat(row_named(c, 0, "latency.p99")->difference.correlation, >, 0.99);
    compare_free(c);
    scaled(more, noise, 0.08);
    c = compare_two(folder, base, new_, 2, 10, 1, NULL, &error);
    g_assert_cmpint(row_named(c, 0, "latency.p99")->verdict, ==, COMPARE_FAIL);
    g_assert_cmpint(c->verdict, ==, COMPARE_FAIL);
    compare_free(c);
    c = compare_two(folder, base, new_, 2, 10, 1, &unpaired, &error);
    g_assert_cmpint(row_named(c, 0, "latency.p99")->verdict, ==, COMPARE_UNDECIDED);
    compare_free(c);
    scaled(more, noise, -0.5); /* the better way is never a failure */
    c = compare_two(folder, base, new_, 2, 10, 1, NULL, &error);
    g_assert_cmpint(c->verdict, ==, COMPARE_PASS);
    compare_free(c);
}

/* More is better: less fails, and the margin moves that. */
static void
test_directions(Folder *folder, gconstpointer data)
{
    const Metric base[] = { { "delivered", "1", ones }, { "polls", "count", ones } };
    const Metric new_[] = { { "delivered", "1", nines }, { "polls", "count", nines } };
    const char *const wide[] = { "delivered=20pp", NULL };
    const char *const both[] = { "delivered=20pp", "polls=5%", NULL };
    CompareOptions options = { .margins = wide };
    g_autoptr(GError) error = NULL;
    Comparison *c = compare_two(folder, base, new_, 2, 10, 1, NULL, &error);

    (void)data;
    g_assert_cmpint(c->verdict, ==, COMPARE_FAIL);
    g_assert_cmpuint(g_array_index(c->variants, CompareVariant, 0).rows->len, ==, 1);
    compare_free(c);
    c = compare_two(folder, base, new_, 2, 10, 1, &options, &error);
    g_assert_cmpint(c->verdict, ==, COMPARE_PASS);
    compare_free(c);
    c = compare_two(folder, new_, base, 2, 10, 1, NULL, &error);
    g_assert_cmpint(c->verdict, ==, COMPARE_PASS);
    compare_free(c);
    /* Nobody knows which way polls are better: they have to stay what they are. */
    options.margins = both;
    c = compare_two(folder, base, new_, 2, 10, 1, &options, &error);
    g_assert_cmpint(row_named(c, 0, "polls")->verdict, ==, COMPARE_FAIL);
    compare_free(c);
    c = compare_two(folder, new_, base, 2, 10, 1, &options, &error);
    g_assert_cmpint(row_named(c, 0, "polls")->verdict, ==, COMPARE_FAIL);
    compare_free(c);
    c = compare_two(folder, base, base, 2, 10, 1, &options, &error);
    g_assert_cmpint(row_named(c, 0, "polls")->verdict, ==, COMPARE_PASS);
    compare_free(c);
}

/* Nothing lost in 10 runs of 300 messages: 0, and how frequent it may be (3 of 3,000). */
static void
test_bound(Folder *folder, gconstpointer data)
{
    double messages[10];
    Metric metrics[] = { { "delivered", "1", ones }, { "messages", "count", messages } };
    g_autoptr(GError) error = NULL;
    g_autoptr(Comparison) c = NULL;
    g_autofree char *text = NULL;

    (void)data;
    for (int i = 0; i < 10; i++)
        messages[i] = 300;
    c = compare_two(folder, metrics, metrics, 2, 10, 1, NULL, &error);
    text = compare_text(c);
    if (strstr(text, "pass     0 of 3,000: below 0.0998 %") == NULL)
        g_error("%s", text);
}

/* A difference that is there is no failure before it is certain. */
static void
test_few_runs(Folder *folder, gconstpointer data)
{
    const Metric base[] = { { "delivered", "1", ones } };
    const Metric new_[] = { { "delivered", "1", nines } };
    g_autoptr(GError) error = NULL;
    Comparison *c = compare_two(folder, base, new_, 1, 4, 1, NULL, &error);

    (void)data;
    g_assert_cmpint(c->verdict, ==, COMPARE_UNDECIDED);
    g_assert_cmpfloat(row_named(c, 0, "delivered")->needs, ==, COMPARE_RUNS_MIN);
    compare_free(c);
    c = compare_two(folder, base, new_, 1, 5, 1, NULL, &error);
    g_assert_cmpint(c->verdict, ==, COMPARE_FAIL);
    compare_free(c);
}

static void
test_not_measured(Folder *folder, gconstpointer data)
{
    const double some[10] = { NAN, NAN, 1, 1, 1, 1, 1, 1, 1, 1 };
    const double none[10] = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN };
    Metric base[] = { { "delivered", "1", ones },
                      { "latency.p99", "s", some },
                      { "latency.p50", "s", none } };
    Metric new_[] = { { "delivered", "1", some },
                      { "latency.p99", "s", none },
                      { "latency.p50", "s", none } };
    g_autoptr(GError) error = NULL;
    g_autoptr(Comparison) c = compare_two(folder, base, new_, 3, 10, 1, NULL, &error);
    g_autofree char *text = NULL;

    (void)data;
    g_assert_no_error(error);
    text = compare_text(c);
    g_assert_cmpint(row_named(c, 0, "delivered")->verdict, ==, COMPARE_PASS);
    g_assert_cmpuint(row_named(c, 0, "delivered")->difference.count_a, ==, 8);
    g_assert_nonnull(strstr(text, "measured in 10 of 10 and 8 of 10 runs"));
    g_assert_cmpint(row_named(c, 0, "latency.p99")->verdict, ==, COMPARE_UNDECIDED);
    g_assert_nonnull(strstr(text, "measured in 8 of 10 and 0 of 10 runs"));
    g_assert_null(strstr(text, "latency.p50")); /* by neither */
}

static void
test_worlds(Folder *folder, gconstpointer data)
{
    const Metric metrics[] = { { "delivered", "1", ones } };
    const CompareOptions plain = { 0 }, force = { .force = true };
    g_autofree char *base = file_of(folder, "base.db"), *new_ = file_of(folder, "new.db");
    g_autofree char *other = file_of(folder, "other.db");
    g_autoptr(GError) error = NULL;
    Comparison *c;

    (void)data;
    write_runs(base, WORLD, NULL, 1, 5, metrics, 1);
    write_runs(new_, "[scenario]\nduration = 1h\n[protocol]\ndefect = yes\nnewer = 3\n",
               NULL, 1, 5, metrics, 1);
    write_runs(other, "[scenario]\nduration = 2h\n[protocol]\ndefect = yes\n", NULL, 1, 5,
               metrics, 1);
    /* Another protocol may be what is compared, and a newer program knows more keys. */
    c = compare_new(base, new_, &plain, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(c->keys->len, ==, 2);
    g_assert_cmpstr(c->keys->pdata[0], ==, "protocol.defect: no | yes");
    g_assert_cmpstr(c->keys->pdata[1], ==, "protocol.newer: (none) | 3");
    compare_free(c);
    g_assert_null(compare_new(base, other, &plain, &error));
    g_assert_nonnull(strstr(error->message, "scenario.duration: 1h | 2h;"));
    g_assert_null(strstr(error->message, "protocol"));
    c = compare_new(base, other, &force, NULL);
    g_assert_cmpint(c->verdict, ==, COMPARE_PASS);
    compare_free(c);
}

/* Variants stand beside those of the same label. */
static void
test_variants(Folder *folder, gconstpointer data)
{
    const Metric good[] = { { "delivered", "1", ones } };
    const Metric bad[] = { { "delivered", "1", nines } };
    CompareOptions options = { 0 };
    g_autofree char *base = file_of(folder, "base.db"), *new_ = file_of(folder, "new.db");
    g_autoptr(GError) error = NULL;
    Comparison *c;
    g_autofree char *text = NULL;

    (void)data;
    write_runs(base, WORLD, "a", 1, 6, good, 1);
    write_runs(base, WORLD, "b", 1, 6, good, 1);
    write_runs(new_, WORLD, "b", 1, 6, bad, 1);
    write_runs(new_, WORLD, "a", 1, 6, good, 1);
    c = compare_new(base, new_, &options, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(c->variants->len, ==, 2);
    g_assert_cmpint(g_array_index(c->variants, CompareVariant, 0).verdict, ==,
                    COMPARE_PASS);
    g_assert_cmpint(g_array_index(c->variants, CompareVariant, 1).verdict, ==,
                    COMPARE_FAIL);
    g_assert_cmpint(c->verdict, ==, COMPARE_FAIL);
    text = compare_text(c);
    g_assert_nonnull(strstr(text, "fail: of 2 variants 1 pass, 1 fail, 0 are undecided"));
    compare_free(c);
    options.variant = "a";
    c = compare_new(base, new_, &options, &error);
    g_assert_cmpint(c->verdict, ==, COMPARE_PASS);
    compare_free(c);
    /* One beside another, in one database. */
    options.against = "b";
    c = compare_new(new_, new_, &options, &error);
    g_assert_no_error(error);
    g_assert_cmpint(c->verdict, ==, COMPARE_FAIL);
    g_assert_true(g_array_index(c->variants, CompareVariant, 0).paired);
    compare_free(c);
    options.against = "c";
    g_assert_null(compare_new(base, new_, &options, &error));
    g_assert_nonnull(strstr(error->message, "--against: "));
    g_clear_error(&error);
    options.against = "b";
    options.variant = NULL;
    g_assert_null(compare_new(base, new_, &options, &error));
    g_assert_nonnull(strstr(error->message, "expected --variant"));
    g_clear_error(&error);
    options.against = NULL;
    options.variant = "c";
    g_assert_null(compare_new(base, new_, &options, &error));
    g_assert_nonnull(strstr(error->message, "has no variant 'c'"));
}

static void
test_refusals(Folder *folder, gconstpointer data)
{
    const Metric some[] = { { "delivered", "1", ones } };
    const Metric others[] = { { "polls", "count", ones } };
    const char *const texts[][2] = {
        { "delivered", "expected METRIC=MARGIN" },
        { "=5%", "expected METRIC=MARGIN" },
        { "delivered=much", "expected METRIC=MARGIN" },
        { "delivered=50ms", "the metric is in parts of 1" },
        { "deliverd=5%", "no metric of this name in common" },
    };
    g_autoptr(GError) error = NULL;

    (void)data;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *const margins[] = { texts[i][0], NULL };
        const CompareOptions options = { .margins = margins };

        g_assert_null(compare_two(folder, some, some, 1, 5, 1, &options, &error));
        if (strstr(error->message, texts[i][1]) == NULL)
            g_error("%s", error->message);
        g_clear_error(&error);
    }
    g_assert_null(compare_two(folder, some, others, 1, 5, 1, NULL, &error));
    g_assert_nonnull(strstr(error->message, "no metric in common"));
    g_clear_error(&error);
    g_assert_null(compare_two(folder, some, some, 1, 0, 1, NULL, &error));
    g_assert_nonnull(strstr(error->message, "no finished run"));
}

/* Holm: a fail must be one among all that is judged, of every variant. */
static void
test_family(Folder *folder, gconstpointer data)
{
    double worse[10];
    const Metric base[] = { { "latency.p50", "s", noise },
                            { "latency.p99", "s", noise },
                            { "acknowledgement.p50", "s", noise } };
    const Metric new_[] = { { "latency.p50", "s", noise },
                            { "latency.p99", "s", worse },
                            { "acknowledgement.p50", "s", noise } };
    g_autoptr(GError) error = NULL;
    Comparison *alone, *among;

    (void)data;
    scaled(worse, noise, 0.17);
    alone = compare_two(folder, base + 1, new_ + 1, 1, 10, 11, NULL, &error);
    among = compare_two(folder, base, new_, 3, 10, 11, NULL, &error);
    g_assert_cmpfloat_with_epsilon(row_named(among, 0, "latency.p99")->p_fail,
                                   3 * row_named(alone, 0, "latency.p99")->p_fail, 1e-12);
    g_assert_cmpfloat(row_named(alone, 0, "latency.p99")->p_fail, <, 0.01);
    compare_free(alone);
    compare_free(among);
}

static void
test_json(Folder *folder, gconstpointer data)
{
    const Metric base[] = { { "delivered", "1", ones } };
    const Metric new_[] = { { "delivered", "1", nines } };
    g_autoptr(GError) error = NULL;
    g_autoptr(Comparison) c = compare_two(folder, base, new_, 1, 10, 1, NULL, &error);
    g_autofree char *text = compare_json(c), *xml = compare_junit(c);
    json_error_t trouble;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &trouble), *row;

    (void)data;
    g_assert_nonnull(json);
    g_assert_cmpstr(json_string_value(json_object_get(json, "verdict")), ==, "fail");
    row = json_array_get(
        json_object_get(json_array_get(json_object_get(json, "variants"), 0), "metrics"),
        0);
    g_assert_cmpstr(json_string_value(json_object_get(row, "name")), ==, "delivered");
    g_assert_cmpfloat_with_epsilon(
        json_real_value(json_object_get(json_object_get(row, "difference"), "value")), -0.1,
        1e-9);
    g_assert_cmpstr(json_string_value(json_object_get(row, "margin")), ==, "0.1pp");
    json_decref(json);
    g_assert_nonnull(strstr(xml, "tests=\"1\" failures=\"1\""));
    g_assert_nonnull(strstr(xml, "<failure type=\"fail\""));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test)(Folder *folder, gconstpointer data);
    } tests[] = {
        { "/compare/same", test_same },
        { "/compare/unpaired", test_unpaired },
        { "/compare/pairs-decide", test_pairs_decide },
        { "/compare/directions", test_directions },
        { "/compare/bound", test_bound },
        { "/compare/few-runs", test_few_runs },
        { "/compare/not-measured", test_not_measured },
        { "/compare/worlds", test_worlds },
        { "/compare/variants", test_variants },
        { "/compare/refusals", test_refusals },
        { "/compare/family", test_family },
        { "/compare/json-and-junit", test_json },
    };

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Folder, NULL, folder_set_up, tests[i].test,
                   folder_tear_down);
    return g_test_run();
}
