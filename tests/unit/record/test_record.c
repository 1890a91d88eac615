/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the recorder wrote, the reader and the CSV give back. */
#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "results/record/csv.h"
#include "results/record/reader.h"
#include "tests/lib/folder.h"

static Recorder *
open_recorder(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    Recorder *recorder = recorder_open(folder->database, "churn",
                                       "[scenario]\nname = churn\n", "abc123", &error);

    g_assert_no_error(error);
    return recorder;
}

static RecordReader *
open_reader(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    RecordReader *reader = record_reader_open(folder->database, &error);

    g_assert_no_error(error);
    return reader;
}

static void
commit(Recorder *recorder, uint64_t seed)
{
    g_autoptr(GError) error = NULL;
    RunFacts facts = { .seed = seed,
                       .wall_s = 1.5,
                       .simulated_s = 3600,
                       .events = 1000 + seed,
                       .peak_rss_bytes = 1 << 20 };

    memset(facts.trace_hash, 'a', 64);
    recorder_run_commit(recorder, &facts, &error);
    g_assert_no_error(error);
    g_assert_true(recorder_has_run(recorder, seed));
}

static void
write_everything(Recorder *recorder, uint64_t seed)
{
    recorder_run_begin(recorder, seed);
    recorder_metric(recorder, "delivery_ratio", 0.9 + (double)seed / 1000, "1");
    recorder_metric(recorder, "loss", NAN, "1");
    recorder_series(recorder, "nodes_up", 0, 100);
    recorder_series(recorder, "nodes_up", 60, 99);
    recorder_bin(recorder, "latency_s", 0.1, 0.2, 5);
    recorder_count(recorder, "fate", "lost", 1);
    recorder_count(recorder, "fate", "delivered", 10);
    recorder_count(recorder, "fate", "delivered", seed);
    recorder_count(recorder, "request:storage_rpc", "answer", 7);
    recorder_node(recorder, 7, "requests", 3);
    recorder_node(recorder, 2, "requests", 4);
    recorder_message(recorder, 5, 12.5, "delivered", "", 14);
    recorder_message(recorder, 4, 13, "lost", "no, \"replica\"\nleft", -1);
    recorder_message_event(recorder, 5, 12.5, "sent");
    recorder_message_event(recorder, 4, 13, "sent");
    recorder_message_event(recorder, 5, 14, "fetched");
    commit(recorder, seed);
}

static void
test_gives_back(Folder *folder, gconstpointer data)
{
    Recorder *recorder = open_recorder(folder);
    g_autoptr(RecordReader) reader = NULL;
    const GArray *runs;

    (void)data;
    g_assert_false(recorder_has_run(recorder, 2));
    write_everything(recorder, 2);
    write_everything(recorder, UINT64_MAX);
    write_everything(recorder, 1);
    g_assert_true(recorder_has_run(recorder, 2));
    g_assert_true(recorder_has_run(recorder, UINT64_MAX));
    g_assert_false(recorder_has_run(recorder, 3));
    recorder_close(recorder);

    reader = open_reader(folder);
    g_assert_cmpstr(record_reader_scenario_name(reader), ==, "churn");
    g_assert_cmpstr(record_reader_scenario_text(reader), ==, "[scenario]\nname = churn\n");
    runs = record_reader_runs(reader);
    g_assert_cmpuint(runs->len, ==, 3);
    g_assert_cmpuint(g_array_index(runs, RecordRun, 0).facts.seed, ==, 1);
    g_assert_cmpuint(g_array_index(runs, RecordRun, 1).facts.seed, ==, 2);
    g_assert_cmpuint(g_array_index(runs, RecordRun, 2).facts.seed, ==, UINT64_MAX);
    g_assert_cmpuint(g_array_index(runs, RecordRun, 1).facts.events, ==, 1002);
    g_assert_cmpstr(g_array_index(runs, RecordRun, 1).commit, ==, "abc123");
    g_assert_cmpuint(strlen(g_array_index(runs, RecordRun, 1).facts.trace_hash), ==, 64);
    g_assert_true(record_reader_check(reader, NULL));
}

static void
test_rows(Folder *folder, gconstpointer data)
{
    Recorder *recorder = open_recorder(folder);
    g_autoptr(RecordReader) reader = NULL;

    (void)data;
    write_everything(recorder, 2);
    write_everything(recorder, 1);
    recorder_close(recorder);
    reader = open_reader(folder);
    {
        g_autoptr(GArray) metrics = record_reader_metrics(reader);
        RecordMetric *metric = &g_array_index(metrics, RecordMetric, 1);

        g_assert_cmpuint(metrics->len, ==, 4);
        g_assert_cmpstr(metric->name, ==, "delivery_ratio");
        g_assert_cmpuint(metric->run, ==, 1);
        g_assert_cmpfloat(metric->value, ==, 0.9 + 2.0 / 1000);
        g_assert_cmpstr(metric->unit, ==, "1");
        g_assert_true(isnan(g_array_index(metrics, RecordMetric, 2).value));
    }
    {
        g_autoptr(GArray) points = record_reader_series(reader, "nodes_up");
        g_autoptr(GArray) bins = record_reader_bins(reader, "latency_s");
        g_autoptr(GArray) none = record_reader_series(reader, "nodes_down");

        g_assert_cmpuint(points->len, ==, 4);
        g_assert_cmpuint(g_array_index(points, RecordPoint, 3).run, ==, 1);
        g_assert_cmpfloat(g_array_index(points, RecordPoint, 3).t_s, ==, 60);
        g_assert_cmpfloat(g_array_index(points, RecordPoint, 3).value, ==, 99);
        g_assert_cmpuint(bins->len, ==, 2);
        g_assert_cmpfloat(g_array_index(bins, RecordBin, 0).high, ==, 0.2);
        g_assert_cmpfloat(g_array_index(bins, RecordBin, 0).weight, ==, 5);
        g_assert_cmpuint(none->len, ==, 0);
    }
    {
        g_autoptr(GArray) counts = record_reader_counts(reader, "fate");
        g_autoptr(GArray) sums = record_reader_counts_summed(reader, "fate");
        g_autoptr(GArray) groups = record_reader_names(reader, RECORD_GROUPS, "request:");
        g_autoptr(GArray) loads = record_reader_loads(reader, "requests");

        g_assert_cmpuint(counts->len, ==, 4);
        g_assert_cmpuint(g_array_index(counts, RecordCount, 1).count, ==, 11);
        g_assert_cmpuint(sums->len, ==, 2);
        g_assert_cmpstr(g_array_index(sums, RecordCount, 0).key, ==, "lost");
        g_assert_cmpuint(g_array_index(sums, RecordCount, 0).count, ==, 2);
        g_assert_cmpstr(g_array_index(sums, RecordCount, 1).key, ==, "delivered");
        g_assert_cmpuint(g_array_index(sums, RecordCount, 1).count, ==, 23);
        g_assert_cmpuint(groups->len, ==, 1);
        g_assert_cmpstr(g_array_index(groups, const char *, 0), ==, "request:storage_rpc");
        g_assert_cmpuint(loads->len, ==, 4);
        g_assert_cmpuint(g_array_index(loads, RecordLoad, 0).node, ==, 2);
        g_assert_cmpfloat(g_array_index(loads, RecordLoad, 0).value, ==, 4);
    }
    g_assert_true(record_reader_check(reader, NULL));
}

static void
test_message(Folder *folder, gconstpointer data)
{
    Recorder *recorder = open_recorder(folder);
    g_autoptr(RecordReader) reader = NULL;
    g_autoptr(GArray) events = NULL;
    RecordMessage message = { 0 };

    (void)data;
    write_everything(recorder, 1);
    recorder_close(recorder);
    reader = open_reader(folder);
    g_assert_cmpuint(record_reader_message_count(reader), ==, 2);
    g_assert_true(record_reader_message(reader, 0, 5, &message, &events));
    g_assert_cmpfloat(message.delivered_s, ==, 14);
    g_assert_cmpstr(message.fate, ==, "delivered");
    g_assert_cmpuint(events->len, ==, 2);
    g_assert_cmpstr(g_array_index(events, RecordEvent, 0).what, ==, "sent");
    g_assert_cmpstr(g_array_index(events, RecordEvent, 1).what, ==, "fetched");
    g_assert_true(record_reader_message(reader, 0, 4, &message, NULL));
    g_assert_cmpfloat(message.delivered_s, <, 0);
    g_assert_cmpstr(message.cause, ==, "no, \"replica\"\nleft");
    g_assert_false(record_reader_message(reader, 0, 6, &message, NULL));
    g_assert_false(record_reader_message(reader, 1, 5, &message, NULL));
    g_assert_cmpuint(message.message, ==, 4);
}

/* In the order in which they were recorded, which is not that of their numbers. */
static void
test_messages(Folder *folder, gconstpointer data)
{
    Recorder *recorder = open_recorder(folder);
    g_autoptr(RecordReader) reader = NULL;
    g_autoptr(GArray) all = NULL, one = NULL, none = NULL;

    (void)data;
    write_everything(recorder, 1);
    recorder_close(recorder);
    reader = open_reader(folder);
    all = record_reader_messages(reader, 0, 100);
    one = record_reader_messages(reader, 0, 1);
    none = record_reader_messages(reader, 1, 100);
    g_assert_cmpuint(all->len, ==, 2);
    g_assert_cmpuint(g_array_index(all, RecordMessage, 0).message, ==, 5);
    g_assert_cmpfloat(g_array_index(all, RecordMessage, 0).delivered_s, ==, 14);
    g_assert_cmpuint(g_array_index(all, RecordMessage, 1).message, ==, 4);
    g_assert_cmpstr(g_array_index(all, RecordMessage, 1).fate, ==, "lost");
    g_assert_cmpuint(one->len, ==, 1);
    g_assert_cmpuint(none->len, ==, 0);
}

static void
test_remove(Folder *folder, gconstpointer data)
{
    Recorder *recorder = open_recorder(folder);
    g_autoptr(GDir) dir = NULL;

    (void)data;
    write_everything(recorder, 1);
    recorder_remove(folder->database); /* in the middle: its journals go too */
    recorder_close(recorder);
    recorder_remove(folder->database);
    recorder_remove(folder->database);
    dir = g_dir_open(folder->path, 0, NULL);
    g_assert_null(g_dir_read_name(dir));
    recorder = open_recorder(folder);
    g_assert_false(recorder_has_run(recorder, 1));
    recorder_close(recorder);
}

static char *
csv(const Folder *folder, const char *table)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    g_assert_true(record_csv_write(folder->database, table, out, &error));
    g_assert_no_error(error);
    fclose(out);
    return text;
}

static void
test_csv(Folder *folder, gconstpointer data)
{
    Recorder *recorder = open_recorder(folder);
    g_autofree char *metrics = NULL, *messages = NULL, *runs = NULL;
    g_autoptr(GError) error = NULL;

    (void)data;
    write_everything(recorder, UINT64_MAX);
    write_everything(recorder, 1);
    recorder_close(recorder);
    messages = csv(folder, "messages");
    g_assert_cmpstr(messages, ==,
                    "variant,seed,position,message,sent_s,fate,cause,delivered_s\n"
                    "0,1,0,5,12.5,delivered,,14\n"
                    "0,1,1,4,13,lost,\"no, \"\"replica\"\"\nleft\",\n"
                    "0,18446744073709551615,0,5,12.5,delivered,,14\n"
                    "0,18446744073709551615,1,4,13,lost,\"no, \"\"replica\"\"\nleft\",\n");
    metrics = csv(folder, "metrics");
    g_assert_true(g_str_has_prefix(metrics,
                                   "variant,seed,position,name,value,unit\n"
                                   "0,1,0,delivery_ratio,0.901,1\n0,1,1,loss,,1\n"));
    runs = csv(folder, "runs");
    g_assert_true(g_str_has_prefix(runs, "variant,seed,commit_id,trace_hash,wall_s,"));
    for (size_t i = 0; record_csv_table(i) != NULL; i++) {
        g_autofree char *text = csv(folder, record_csv_table(i));

        g_assert_true(g_str_has_suffix(text, "\n"));
    }
    g_assert_false(record_csv_write(folder->database, "metric", stdout, &error));
    g_assert_cmpstr(error->message, ==,
                    "there is no table \"metric\"; there are experiment, variants, "
                    "settings, expectations, plots, runs, metrics, "
                    "series, bins, counts, nodes, messages, message_events, claims, "
                    "schema_note");
}

/* Every table and every column is explained, and nothing that is not there. */
static void
test_schema_is_documented(Folder *folder, gconstpointer data)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *ask = NULL;

    (void)data;
    recorder_close(open_recorder(folder));
    g_assert_cmpint(sqlite3_open(folder->database, &db), ==, SQLITE_OK);
    g_assert_cmpint(
        sqlite3_prepare_v2(db,
                           "WITH thing AS ("
                           "  SELECT name AS t, '' AS c FROM sqlite_schema"
                           "    WHERE type = 'table'"
                           "  UNION SELECT s.name, i.name FROM sqlite_schema s,"
                           "    pragma_table_info(s.name) i)"
                           " SELECT (SELECT count(*) FROM thing),"
                           "  (SELECT count(*) FROM schema_note WHERE note <> ''),"
                           "  (SELECT count(*) FROM thing JOIN schema_note"
                           "    ON t = table_name AND c = column_name)",
                           -1, &ask, NULL),
        ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(ask), ==, SQLITE_ROW);
    g_assert_cmpint(sqlite3_column_int(ask, 0), >, 40);
    g_assert_cmpint(sqlite3_column_int(ask, 0), ==, sqlite3_column_int(ask, 1));
    g_assert_cmpint(sqlite3_column_int(ask, 0), ==, sqlite3_column_int(ask, 2));
    sqlite3_finalize(ask);
    sqlite3_close(db);
}

/* An unfinished run is dropped, by closing or by beginning anew. */
static void
test_unfinished_run(Folder *folder, gconstpointer data)
{
    Recorder *recorder = open_recorder(folder);
    g_autoptr(RecordReader) reader = NULL;

    (void)data;
    recorder_run_begin(recorder, 1);
    recorder_count(recorder, "fate", "lost", 1000);
    write_everything(recorder, 2);
    recorder_run_begin(recorder, 3);
    recorder_count(recorder, "fate", "lost", 1000);
    recorder_close(recorder);

    recorder = open_recorder(folder);
    g_assert_false(recorder_has_run(recorder, 1));
    g_assert_true(recorder_has_run(recorder, 2));
    g_assert_false(recorder_has_run(recorder, 3));
    write_everything(recorder, 3);
    recorder_close(recorder);
    reader = open_reader(folder);
    {
        g_autoptr(GArray) sums = record_reader_counts_summed(reader, "fate");

        g_assert_cmpuint(g_array_index(sums, RecordCount, 0).count, ==, 2);
    }
}

/* Half a million lines in one run, as a scenario that records every message writes. */
static void
test_many_events(Folder *folder, gconstpointer data)
{
    enum { MESSAGES = 50000, LINES = 10 };
    Recorder *recorder = open_recorder(folder);
    g_autoptr(RecordReader) reader = NULL;
    g_autoptr(GArray) events = NULL;
    RecordMessage message;

    (void)data;
    recorder_run_begin(recorder, 1);
    for (uint64_t i = 0; i < MESSAGES; i++)
        recorder_message(recorder, i, (double)i, "pending", "", -1);
    for (int line = 0; line < LINES; line++)
        for (uint64_t i = 0; i < MESSAGES; i++)
            recorder_message_event(recorder, i, line, "stored");
    commit(recorder, 1);
    recorder_close(recorder);
    reader = open_reader(folder);
    g_assert_cmpuint(record_reader_message_count(reader), ==, MESSAGES);
    g_assert_true(record_reader_message(reader, 0, MESSAGES - 1, &message, &events));
    g_assert_cmpuint(events->len, ==, LINES);
    for (guint i = 0; i < events->len; i++)
        g_assert_cmpfloat(g_array_index(events, RecordEvent, i).t_s, ==, i);
}

/* A reader beside a writer sees what was finished when it was opened. */
static void
test_reader_beside_writer(Folder *folder, gconstpointer data)
{
    Recorder *recorder = open_recorder(folder);
    g_autoptr(RecordReader) reader = NULL;
    g_autoptr(GArray) metrics = NULL;

    (void)data;
    write_everything(recorder, 1);
    reader = open_reader(folder);
    write_everything(recorder, 2);
    metrics = record_reader_metrics(reader);
    g_assert_cmpuint(record_reader_runs(reader)->len, ==, 1);
    g_assert_cmpuint(metrics->len, ==, 2);
    recorder_close(recorder);
}

#define ADD(name, function)                                                                \
    g_test_add("/record/" name, Folder, NULL, folder_set_up, function, folder_tear_down)

/* Two variants of a sweep have the same seeds, and a reader looks at one of them. */
static void
test_variants(Folder *folder, gconstpointer data)
{
    static const RecordSetting settings[][2] = {
        { { "swarm.size", "5" }, { "churn.life", "exp(mean=30d)" } },
        { { "swarm.size", "7" }, { "churn.life", "exp(mean=30d)" } },
    };
    Recorder *recorder = open_recorder(folder);
    g_autoptr(RecordReader) reader = NULL;
    const RecordVariant *second;

    (void)data;
    recorder_variant(recorder, 1, "size 7", settings[1], 2);
    write_everything(recorder, 3);
    recorder_variant(recorder, 0, "size 5", settings[0], 2);
    g_assert_false(recorder_has_run(recorder, 3));
    write_everything(recorder, 3);
    write_everything(recorder, 4);
    recorder_close(recorder);

    reader = open_reader(folder);
    g_assert_cmpuint(record_reader_variants(reader)->len, ==, 2);
    g_assert_cmpuint(record_reader_runs(reader)->len, ==, 2);
    g_assert_cmpuint(record_reader_message_count(reader), ==, 4);
    second = &g_array_index(record_reader_variants(reader), RecordVariant, 1);
    g_assert_cmpstr(second->label, ==, "size 7");
    g_assert_cmpuint(second->settings->len, ==, 2);
    g_assert_cmpstr(record_variant_setting(second, "swarm.size"), ==, "7");
    g_assert_null(record_variant_setting(second, "swarm.siz"));
    record_reader_choose(reader, 1);
    g_assert_cmpuint(record_reader_runs(reader)->len, ==, 1);
    g_assert_cmpuint(record_reader_message_count(reader), ==, 2);
    {
        g_autoptr(GArray) metrics = record_reader_metrics(reader);

        g_assert_cmpuint(metrics->len, ==, 2);
        g_assert_cmpuint(g_array_index(metrics, RecordMetric, 0).run, ==, 0);
    }
    g_assert_true(record_reader_check(reader, NULL));
}

/* What is expected and drawn is replaced, not added to. */
static void
test_described(Folder *folder, gconstpointer data)
{
    static const RecordExpectation expected[] = {
        { "loss", "<=", 0.001, "loss <= 0.1%" },
        { "delivered", ">=", 0.9, "delivered >= 90%" },
    };
    static const RecordPlot plot = { "loss", "Which?", "swarm.size", "loss", "", "y" };
    Recorder *recorder = open_recorder(folder);
    g_autoptr(RecordReader) reader = NULL;
    g_autoptr(GArray) expectations = NULL;
    g_autoptr(GArray) plots = NULL;

    (void)data;
    g_assert_true(recorder_describe(recorder, "loss", expected, 2, &plot, 1, NULL));
    g_assert_true(recorder_describe(recorder, "loss", expected + 1, 1, &plot, 1, NULL));
    recorder_close(recorder);
    reader = open_reader(folder);
    expectations = record_reader_expectations(reader);
    plots = record_reader_plots(reader);
    g_assert_cmpuint(expectations->len, ==, 1);
    g_assert_cmpstr(g_array_index(expectations, RecordExpectation, 0).text, ==,
                    "delivered >= 90%");
    g_assert_cmpfloat(g_array_index(expectations, RecordExpectation, 0).value, ==, 0.9);
    g_assert_cmpuint(plots->len, ==, 1);
    g_assert_cmpstr(record_reader_metric(reader), ==, "loss");
    g_assert_cmpstr(g_array_index(plots, RecordPlot, 0).log, ==, "y");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("gives-back-runs", test_gives_back);
    ADD("gives-back-rows", test_rows);
    ADD("gives-back-a-message", test_message);
    ADD("messages-in-order", test_messages);
    ADD("remove", test_remove);
    ADD("csv", test_csv);
    ADD("schema-is-documented", test_schema_is_documented);
    ADD("unfinished-run-is-dropped", test_unfinished_run);
    ADD("variants", test_variants);
    ADD("described", test_described);
    ADD("many-events", test_many_events);
    ADD("reader-beside-writer", test_reader_beside_writer);
    return g_test_run();
}
