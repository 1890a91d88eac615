/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The numbers as people and programs read them: JSON, terminal, CSV. */
#include <glib.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "results/record/record.h"
#include "results/report/format.h"
#include "results/report/report.h"
#include "tests/lib/experiment.h"
#include "tests/lib/folder.h"

static void
assert_says(const char *text, const char *words)
{
    if (strstr(text, words) == NULL)
        g_error("\"%s\" is not in:\n%s", words, text);
}

/* Two runs, 0.9 and 0.8 of the messages delivered, nothing ever lost. */
static void
write_two_runs(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    Recorder *recorder = recorder_open(folder->database, "two", "t", "c0ffee", &error);

    g_assert_no_error(error);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        RunFacts facts = { .seed = seed == 1 ? 1 : UINT64_MAX,
                           .trace_hash = "ab",
                           .wall_s = 2.5,
                           .events = 77,
                           .peak_rss_bytes = 3000000 };

        recorder_run_begin(recorder, facts.seed);
        recorder_metric(recorder, "delivery_ratio", seed == 1 ? 0.9 : 0.8, "1");
        recorder_metric(recorder, "stored", 1.5e9, "bytes");
        recorder_metric(recorder, "never measured", NAN, "s");
        recorder_count(recorder, "fate", "delivered", seed == 1 ? 900 : 1600);
        recorder_count(recorder, "fate", "pending", seed == 1 ? 100 : 400);
        recorder_count(recorder, "fate", "lost", 0);
        recorder_count(recorder, "cause", "gone", seed == 1 ? 10 : 0);
        recorder_bin(recorder, "fault:storm (outage)", seed == 1 ? 60 : 30, 180,
                     seed == 1 ? 3 : 4);
        if (seed == 2)
            recorder_bin(recorder, "fault:a (join)", 10, 10, 1);
        g_assert_true(recorder_run_commit(recorder, &facts, &error));
    }
    recorder_close(recorder);
}

static json_t *
json_of(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = report_json(folder->database, &error);
    json_error_t trouble;
    json_t *json;

    g_assert_no_error(error);
    json = json_loads(text, JSON_REJECT_DUPLICATES, &trouble);
    g_assert_nonnull(json);
    return json;
}

/* The object has these keys, in this order, and no other. */
static void
assert_keys(json_t *object, const char *keys)
{
    g_autoptr(GString) there = g_string_new(NULL);
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
        g_string_append_printf(there, "%s%s", there->len > 0 ? " " : "", key);
    g_assert_cmpstr(there->str, ==, keys);
}

static double
number_of(json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static void
test_json(Folder *folder, gconstpointer data)
{
    json_t *json, *run, *metric;
    const double t = 12.706204736174698; /* Student, one degree of freedom, 97.5 % */

    (void)data;
    write_two_runs(folder);
    json = json_of(folder);
    assert_keys(json, "scenario database runs metrics");
    g_assert_cmpstr(json_string_value(json_object_get(json, "scenario")), ==, "two");
    g_assert_cmpstr(json_string_value(json_object_get(json, "database")), ==,
                    folder->database);
    g_assert_cmpuint(json_array_size(json_object_get(json, "runs")), ==, 2);
    run = json_array_get(json_object_get(json, "runs"), 0);
    assert_keys(run, "seed trace_hash wall_s events peak_rss_bytes metrics");
    g_assert_cmpint(json_integer_value(json_object_get(run, "seed")), ==, 1);
    g_assert_cmpint(json_integer_value(json_object_get(run, "events")), ==, 77);
    g_assert_cmpint(json_integer_value(json_object_get(run, "peak_rss_bytes")), ==,
                    3000000);
    assert_keys(json_object_get(run, "metrics"), "delivery_ratio stored never measured");
    g_assert_cmpfloat(number_of(json_object_get(run, "metrics"), "delivery_ratio"), ==,
                      0.9);
    run = json_array_get(json_object_get(json, "runs"), 1);
    g_assert_cmpstr(json_string_value(json_object_get(run, "seed")), ==,
                    "18446744073709551615");

    metric = json_object_get(json_object_get(json, "metrics"), "delivery_ratio");
    assert_keys(metric, "value low high runs unit standard_error");
    g_assert_cmpfloat_with_epsilon(number_of(metric, "value"), 0.85, 1e-12);
    g_assert_cmpfloat_with_epsilon(number_of(metric, "low"), 0.85 - t * 0.05, 1e-9);
    g_assert_cmpfloat_with_epsilon(number_of(metric, "high"), 0.85 + t * 0.05, 1e-9);
    g_assert_cmpint(json_integer_value(json_object_get(metric, "runs")), ==, 2);
    g_assert_cmpstr(json_string_value(json_object_get(metric, "unit")), ==, "1");
    metric = json_object_get(json_object_get(json, "metrics"), "never measured");
    g_assert_true(json_is_null(json_object_get(metric, "value")));
    g_assert_cmpint(json_integer_value(json_object_get(metric, "runs")), ==, 0);
    json_decref(json);
}

static void
test_json_of_one_run(Folder *folder, gconstpointer data)
{
    json_t *json, *metric;

    (void)data;
    experiment_write(folder->database, 1, "\xff\"<name>", "c");
    json = json_of(folder);
    metric = json_object_get(json_object_get(json, "metrics"), "delivery_ratio");
    g_assert_cmpfloat(number_of(metric, "low"), ==, number_of(metric, "value"));
    g_assert_cmpfloat(number_of(metric, "high"), ==, number_of(metric, "value"));
    g_assert_cmpint(json_integer_value(json_object_get(metric, "runs")), ==, 1);
    json_decref(json);
}

static void
test_text(Folder *folder, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    (void)data;
    write_two_runs(folder);
    text = report_summary_text(folder->database, &error);
    g_assert_no_error(error);
    assert_says(text, "two: 2 runs, seeds 1, 18446744073709551615, commit c0ffee\n"
                      "  took 5 s, at most 3 MB of memory\n");
    assert_says(text, "\n  delivered                2,500       85.0 %       21.5 %");
    /* The interval of two runs reaches beyond what a share can be; 0 is a bound. */
    assert_says(text, "100 %\n");
    assert_says(text, "\n  lost                         0            0"
                      "             below 0.0998 %\n");
    assert_says(
        text,
        "\n  gone                        10      0.500 %          0 %       6.85 %\n");
    assert_says(text, "\n  stored                  1.5 GB       1.5 GB       1.5 GB"
                      "            2\n");
    assert_says(text, "\n  never measured               \u2014");
    /* From the earliest to the latest of all runs, in the order in which they began. */
    assert_says(text, "runs\n  a (join)                  10 s         10 s            1"
                      "            1\n"
                      "  storm (outage)            30 s        3 min          3.5"
                      "            2\n");
    assert_says(text, "  seed 1        ab\n");
}

static void
test_text_of_one_run(Folder *folder, gconstpointer data)
{
    g_autofree char *text = NULL;

    (void)data;
    experiment_write(folder->database, 1, "churn", "c");
    text = report_summary_text(folder->database, NULL);
    assert_says(text, "one run: no intervals");
    g_assert_null(strstr(text, "faults"));
    assert_says(text, "\n  lost_messages                                 1,603"
                      "                                      1\n");
}

static void
test_no_run(Folder *folder, gconstpointer data)
{
    g_autofree char *text = NULL, *json = NULL;

    (void)data;
    experiment_write(folder->database, 0, "churn", "c");
    text = report_summary_text(folder->database, NULL);
    g_assert_cmpstr(text, ==, "churn: 0 runs finished\n");
    json = report_json(folder->database, NULL);
    assert_says(json, "\"runs\": []");
}

static void
test_csv(Folder *folder, gconstpointer data)
{
    static const char *const tables[] = { "metrics", "series",   "bins", "counts",
                                          "nodes",   "messages", "runs" };
    g_autoptr(GError) error = NULL;
    g_autofree char *counts = NULL;

    (void)data;
    write_two_runs(folder);
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autofree char *csv = report_csv(folder->database, tables[i], &error);

        g_assert_no_error(error);
        g_assert_true(g_str_has_prefix(csv, "variant,seed,"));
    }
    counts = report_csv(folder->database, "counts", &error);
    assert_says(counts,
                "variant,seed,position,group_name,key,count\n0,1,0,fate,delivered,900\n");
    g_assert_null(report_csv(folder->database, "colours", &error));
    assert_says(error->message, "there is no table \"colours\"");
}

static void
test_no_database(Folder *folder, gconstpointer data)
{
    g_autoptr(GError) of_json = NULL, of_text = NULL, of_csv = NULL, of_page = NULL;

    (void)data;
    g_assert_null(report_json(folder->database, &of_json));
    g_assert_null(report_summary_text(folder->database, &of_text));
    g_assert_null(report_csv(folder->database, "runs", &of_csv));
    g_assert_null(report_write(folder->database, folder->path, NULL, &of_page));
    assert_says(of_json->message, folder->database);
    assert_says(of_text->message, "No such file");
    assert_says(of_csv->message, "No such file");
    assert_says(of_page->message, "No such file");
}

static void
assert_text(char *text, const char *expected)
{
    g_assert_cmpstr(text, ==, expected);
    g_free(text);
}

static void
test_formats(void)
{
    assert_text(format_count(0), "0");
    assert_text(format_count(999), "999");
    assert_text(format_count(1000), "1,000");
    assert_text(format_count(UINT64_MAX), "18,446,744,073,709,551,615");
    assert_text(format_value(0.99871, "1"), "0.99871");
    assert_text(format_value(1, "1"), "1");
    assert_text(format_value(-12345.6, "count"), "-12,346");
    assert_text(format_value(999, "bytes"), "999 B");
    assert_text(format_value(76800, "bytes"), "76.8 kB");
    assert_text(format_value(0.25, "s"), "0.25 s");
    assert_text(format_value(NAN, "s"), "\u2014");
    assert_text(format_value(-INFINITY, "s"), "-infinite");
    assert_text(format_share(0), "0 %");
    assert_text(format_share(1), "100 %");
    assert_text(format_share(0.5), "50.0 %");
    assert_text(format_share(0.0000123), "0.00123 %");
    assert_text(format_share(0.9999877), "99.99877 %");
    assert_text(format_share(NAN), "\u2014");
    assert_text(format_duration(0.5), "0.5 s");
    assert_text(format_duration(119), "119 s");
    assert_text(format_duration(600), "10 min");
    assert_text(format_duration(14 * 86400), "14 d");
}

#define ADD(name, function)                                                                \
    g_test_add("/report/" name, Folder, NULL, folder_set_up, function, folder_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("json", test_json);
    ADD("json-of-one-run", test_json_of_one_run);
    ADD("text", test_text);
    ADD("text-of-one-run", test_text_of_one_run);
    ADD("no-run", test_no_run);
    ADD("csv", test_csv);
    ADD("no-database", test_no_database);
    g_test_add_func("/report/formats", test_formats);
    return g_test_run();
}
