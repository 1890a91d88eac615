/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "results/record/reader_internal.h"

static void
remember_problem(RecordReader *reader)
{
    if (reader->problem == NULL)
        schema_set_error(&reader->problem, reader->db, reader->path,
                         "cannot read results from");
}

sqlite3_stmt *
reader_ask(RecordReader *reader, const char *sql, const char *parameter)
{
    sqlite3_stmt *statement = NULL;
    int variant;

    if (sqlite3_prepare_v2(reader->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        remember_problem(reader);
        return NULL;
    }
    if (parameter != NULL)
        sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_TRANSIENT);
    variant = sqlite3_bind_parameter_index(statement, ":variant");
    if (variant > 0)
        sqlite3_bind_int64(statement, variant,
                           g_array_index(reader->numbers, int64_t, reader->chosen));
    return statement;
}

bool
reader_next(RecordReader *reader, sqlite3_stmt **statement)
{
    int code;

    if (*statement == NULL)
        return false;
    code = sqlite3_step(*statement);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        remember_problem(reader);
    sqlite3_finalize(*statement);
    *statement = NULL;
    return false;
}

const char *
reader_word(RecordReader *reader, sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    return g_string_chunk_insert_const(reader->words, text != NULL ? text : "");
}

double
reader_number(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? NAN
               : sqlite3_column_double(statement, column);
}

bool
reader_place(RecordReader *reader, sqlite3_stmt *statement, int column, uint32_t *ret_run)
{
    gpointer key = GSIZE_TO_POINTER((gsize)sqlite3_column_int64(statement, column));
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(reader->places, key));

    if (found == 0)
        return false;
    *ret_run = found - 1;
    return true;
}

static void
read_experiment(RecordReader *reader)
{
    sqlite3_stmt *rows = reader_ask(
        reader, "SELECT scenario_name, scenario_text, metric FROM experiment", NULL);

    while (reader_next(reader, &rows)) {
        g_free(reader->scenario_name);
        g_free(reader->scenario_text);
        g_free(reader->metric);
        reader->metric = g_strdup((const char *)sqlite3_column_text(rows, 2));
        reader->scenario_name = g_strdup((const char *)sqlite3_column_text(rows, 0));
        reader->scenario_text = g_strdup((const char *)sqlite3_column_text(rows, 1));
    }
}

static void
variant_clear(gpointer data)
{
    g_array_unref(((RecordVariant *)data)->settings);
}

static GArray *
read_settings(RecordReader *reader, int64_t number)
{
    sqlite3_stmt *rows = reader_ask(
        reader, "SELECT key, value FROM settings WHERE variant = ? ORDER BY position",
        NULL);
    GArray *settings = g_array_new(FALSE, FALSE, sizeof(RecordSetting));

    if (rows != NULL)
        sqlite3_bind_int64(rows, 1, number);
    while (reader_next(reader, &rows)) {
        RecordSetting setting = { reader_word(reader, rows, 0),
                                  reader_word(reader, rows, 1) };

        g_array_append_val(settings, setting);
    }
    return settings;
}

static void
read_variants(RecordReader *reader)
{
    sqlite3_stmt *rows =
        reader_ask(reader, "SELECT variant, label FROM variants ORDER BY variant", NULL);

    while (reader_next(reader, &rows)) {
        int64_t number = sqlite3_column_int64(rows, 0);
        RecordVariant variant = { reader_word(reader, rows, 1),
                                  read_settings(reader, number) };

        g_array_append_val(reader->variants, variant);
        g_array_append_val(reader->numbers, number);
    }
    if (reader->variants->len == 0) {
        RecordVariant none = { "", g_array_new(FALSE, FALSE, sizeof(RecordSetting)) };
        int64_t number = 0;

        g_array_append_val(reader->variants, none);
        g_array_append_val(reader->numbers, number);
    }
}

static void
read_runs(RecordReader *reader)
{
    /* Seeds are unsigned: the large ones are negative here, and last. */
    sqlite3_stmt *rows =
        reader_ask(reader,
                   "SELECT run, seed, commit_id, trace_hash, wall_s, simulated_s,"
                   " events, peak_rss_bytes FROM runs WHERE variant = :variant"
                   " ORDER BY seed < 0, seed",
                   NULL);

    while (reader_next(reader, &rows)) {
        int64_t number = sqlite3_column_int64(rows, 0);
        RecordRun run = {
            .facts.seed = (uint64_t)sqlite3_column_int64(rows, 1),
            .facts.wall_s = sqlite3_column_double(rows, 4),
            .facts.simulated_s = sqlite3_column_double(rows, 5),
            .facts.events = (uint64_t)sqlite3_column_int64(rows, 6),
            .facts.peak_rss_bytes = (uint64_t)sqlite3_column_int64(rows, 7),
            .commit = reader_word(reader, rows, 2),
        };

        g_strlcpy(run.facts.trace_hash, reader_word(reader, rows, 3),
                  sizeof run.facts.trace_hash);
        g_array_append_val(reader->runs, run);
        g_array_append_val(reader->run_numbers, number);
        g_hash_table_insert(reader->places, GSIZE_TO_POINTER((gsize)number),
                            GUINT_TO_POINTER(reader->runs->len));
    }
}

RecordReader *
record_reader_open(const char *path, GError **error)
{
    sqlite3 *db = schema_open_for_reading(path, error);
    RecordReader *reader;

    if (db == NULL)
        return NULL;
    reader = g_new0(RecordReader, 1);
    reader->db = db;
    reader->path = g_strdup(path);
    reader->words = g_string_chunk_new(4096);
    reader->variants = g_array_new(FALSE, FALSE, sizeof(RecordVariant));
    g_array_set_clear_func(reader->variants, variant_clear);
    reader->numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    reader->runs = g_array_new(FALSE, FALSE, sizeof(RecordRun));
    reader->run_numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    reader->places = g_hash_table_new(NULL, NULL);
    read_experiment(reader);
    read_variants(reader);
    read_runs(reader);
    if (reader->problem == NULL && reader->scenario_text == NULL)
        g_set_error(&reader->problem, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s was begun but says no scenario: run it again", path);
    if (record_reader_check(reader, error))
        return reader;
    record_reader_close(reader);
    return NULL;
}

void
record_reader_close(RecordReader *reader)
{
    if (reader == NULL)
        return;
    sqlite3_close(reader->db);
    g_free(reader->path);
    g_free(reader->scenario_name);
    g_free(reader->scenario_text);
    g_free(reader->metric);
    g_string_chunk_free(reader->words);
    g_array_unref(reader->variants);
    g_array_unref(reader->numbers);
    g_array_unref(reader->runs);
    g_array_unref(reader->run_numbers);
    g_hash_table_unref(reader->places);
    g_clear_error(&reader->problem);
    g_free(reader);
}

bool
record_reader_check(const RecordReader *reader, GError **error)
{
    if (reader->problem == NULL)
        return true;
    g_propagate_error(error, g_error_copy(reader->problem));
    return false;
}

const char *
record_reader_path(const RecordReader *reader)
{
    return reader->path;
}

const char *
record_reader_scenario_name(const RecordReader *reader)
{
    return reader->scenario_name;
}

const char *
record_reader_scenario_text(const RecordReader *reader)
{
    return reader->scenario_text;
}

const char *
record_reader_metric(const RecordReader *reader)
{
    return reader->metric;
}

const GArray *
record_reader_variants(const RecordReader *reader)
{
    return reader->variants;
}

void
record_reader_choose(RecordReader *reader, guint variant)
{
    g_assert(variant < reader->variants->len);
    reader->chosen = variant;
    g_array_set_size(reader->runs, 0);
    g_array_set_size(reader->run_numbers, 0);
    g_hash_table_remove_all(reader->places);
    read_runs(reader);
}

const char *
record_variant_setting(const RecordVariant *variant, const char *key)
{
    for (guint i = 0; i < variant->settings->len; i++) {
        const RecordSetting *setting = &g_array_index(variant->settings, RecordSetting, i);

        if (strcmp(setting->key, key) == 0)
            return setting->value;
    }
    return NULL;
}

GArray *
record_reader_expectations(RecordReader *reader)
{
    sqlite3_stmt *rows = reader_ask(reader,
                                    "SELECT metric, relation, value, text FROM expectations"
                                    " ORDER BY position",
                                    NULL);
    GArray *expectations = g_array_new(FALSE, FALSE, sizeof(RecordExpectation));

    while (reader_next(reader, &rows)) {
        RecordExpectation e = { reader_word(reader, rows, 0), reader_word(reader, rows, 1),
                                reader_number(rows, 2), reader_word(reader, rows, 3) };

        g_array_append_val(expectations, e);
    }
    return expectations;
}

GArray *
record_reader_plots(RecordReader *reader)
{
    sqlite3_stmt *rows = reader_ask(
        reader, "SELECT name, title, x, y, by, log FROM plots ORDER BY position", NULL);
    GArray *plots = g_array_new(FALSE, FALSE, sizeof(RecordPlot));

    while (reader_next(reader, &rows)) {
        RecordPlot plot = { .name = reader_word(reader, rows, 0),
                            .title = reader_word(reader, rows, 1),
                            .x = reader_word(reader, rows, 2),
                            .y = reader_word(reader, rows, 3),
                            .by = reader_word(reader, rows, 4),
                            .log = reader_word(reader, rows, 5) };

        g_array_append_val(plots, plot);
    }
    return plots;
}

GPtrArray *
record_reader_plot_metrics(RecordReader *reader, const RecordPlot *plot)
{
    GPtrArray *metrics = g_ptr_array_new();
    g_auto(GStrv) names = g_strsplit(plot->y, ",", -1);

    for (guint i = 0; names[i] != NULL; i++)
        g_ptr_array_add(metrics,
                        g_string_chunk_insert_const(reader->words, g_strstrip(names[i])));
    return metrics;
}

const GArray *
record_reader_runs(const RecordReader *reader)
{
    return reader->runs;
}

char *
record_reader_seeds(const RecordReader *reader)
{
    enum { RANGES_MAX = 6 };
    const RecordRun *runs = (const RecordRun *)(const void *)reader->runs->data;
    guint count = reader->runs->len, end, ranges = 0;
    GString *text = g_string_new(NULL);

    for (guint start = 0; start < count && ranges <= RANGES_MAX; start = end, ranges++) {
        uint64_t first = runs[start].facts.seed;

        for (end = start + 1; end < count; end++)
            if (runs[end].facts.seed != first + (end - start))
                break;
        g_string_append(text, start > 0 ? ", " : "");
        if (ranges == RANGES_MAX)
            g_string_append(text, "...");
        else if (end - start == 1)
            g_string_append_printf(text, "%" G_GUINT64_FORMAT, first);
        else
            g_string_append_printf(text, "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, first,
                                   first + (end - start) - 1);
    }
    return g_string_free(text, FALSE);
}

/* Twelve characters; all of "0123456-dirty". */
static int
shown_of_commit(const char *commit)
{
    enum { SHORT_DIRTY = 13, SHORT = 12 };

    return strlen(commit) <= SHORT_DIRTY ? SHORT_DIRTY : SHORT;
}

char *
record_reader_commits(const RecordReader *reader)
{
    const RecordRun *runs = (const RecordRun *)(const void *)reader->runs->data;
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < reader->runs->len; i++) {
        guint k = 0;

        /* Words of a reader are unique: the same commit is the same pointer. */
        while (runs[k].commit != runs[i].commit)
            k++;
        if (k == i)
            g_string_append_printf(text, "%s%.*s", i > 0 ? ", " : "",
                                   shown_of_commit(runs[i].commit), runs[i].commit);
    }
    return g_string_free(text, FALSE);
}
