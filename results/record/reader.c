/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/record/reader.h"

#include <math.h>
#include <string.h>

#include "results/record/schema.h"

struct RecordReader {
    sqlite3 *db;
    char *path;
    char *scenario_name;
    char *scenario_text;
    GStringChunk *words; /* every string that was given out */
    GArray *runs;        /* RecordRun */
    GHashTable *places;  /* run's number in the database -> its place in runs + 1 */
    GError *problem;     /* the first one */
};

static void
remember_problem(RecordReader *reader)
{
    if (reader->problem == NULL)
        schema_set_error(&reader->problem, reader->db, reader->path,
                         "cannot read results from");
}

/* A question with one text parameter, NULL for none. */
static sqlite3_stmt *
ask(RecordReader *reader, const char *sql, const char *parameter)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(reader->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        remember_problem(reader);
        return NULL;
    }
    if (parameter != NULL)
        sqlite3_bind_text(statement, 1, parameter, -1, SQLITE_TRANSIENT);
    return statement;
}

/* The next row; at the end (or in trouble) the question is finished and *statement NULL. */
static bool
next(RecordReader *reader, sqlite3_stmt **statement)
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

static const char *
word(RecordReader *reader, sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    return g_string_chunk_insert_const(reader->words, text != NULL ? text : "");
}

static double
number(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? NAN
               : sqlite3_column_double(statement, column);
}

/* The place of the run in @column; false for a run that was finished after opening. */
static bool
place(RecordReader *reader, sqlite3_stmt *statement, int column, uint32_t *ret_run)
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
    sqlite3_stmt *rows =
        ask(reader, "SELECT scenario_name, scenario_text FROM experiment", NULL);

    while (next(reader, &rows)) {
        g_free(reader->scenario_name);
        g_free(reader->scenario_text);
        reader->scenario_name = g_strdup((const char *)sqlite3_column_text(rows, 0));
        reader->scenario_text = g_strdup((const char *)sqlite3_column_text(rows, 1));
    }
}

static void
read_runs(RecordReader *reader)
{
    /* Seeds are unsigned: the large ones are negative here, and last. */
    sqlite3_stmt *rows = ask(reader,
                             "SELECT run, seed, commit_id, trace_hash, wall_s, simulated_s,"
                             " events, peak_rss_bytes FROM runs ORDER BY seed < 0, seed",
                             NULL);

    while (next(reader, &rows)) {
        RecordRun run = {
            .facts.seed = (uint64_t)sqlite3_column_int64(rows, 1),
            .facts.wall_s = sqlite3_column_double(rows, 4),
            .facts.simulated_s = sqlite3_column_double(rows, 5),
            .facts.events = (uint64_t)sqlite3_column_int64(rows, 6),
            .facts.peak_rss_bytes = (uint64_t)sqlite3_column_int64(rows, 7),
            .commit = word(reader, rows, 2),
        };

        g_strlcpy(run.facts.trace_hash, word(reader, rows, 3), sizeof run.facts.trace_hash);
        g_array_append_val(reader->runs, run);
        g_hash_table_insert(reader->places,
                            GSIZE_TO_POINTER((gsize)sqlite3_column_int64(rows, 0)),
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
    reader->runs = g_array_new(FALSE, FALSE, sizeof(RecordRun));
    reader->places = g_hash_table_new(NULL, NULL);
    read_experiment(reader);
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
    g_string_chunk_free(reader->words);
    g_array_unref(reader->runs);
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
            g_string_append_printf(text, "%s%.12s", i > 0 ? ", " : "", runs[i].commit);
    }
    return g_string_free(text, FALSE);
}

GArray *
record_reader_metrics(RecordReader *reader)
{
    /* Runs of one scenario record the same metrics; one that only some have stands where
     * it first came. */
    sqlite3_stmt *rows =
        ask(reader,
            "SELECT m.run, m.name, m.value, m.unit FROM metrics m JOIN runs r USING (run)"
            " JOIN (SELECT name, min(position) AS first FROM metrics GROUP BY name)"
            " USING (name) ORDER BY first, name, r.seed < 0, r.seed",
            NULL);
    GArray *metrics = g_array_new(FALSE, FALSE, sizeof(RecordMetric));

    while (next(reader, &rows)) {
        RecordMetric metric = { .name = word(reader, rows, 1),
                                .unit = word(reader, rows, 3),
                                .value = number(rows, 2) };

        if (place(reader, rows, 0, &metric.run))
            g_array_append_val(metrics, metric);
    }
    return metrics;
}

GArray *
record_reader_series(RecordReader *reader, const char *name)
{
    sqlite3_stmt *rows = ask(reader,
                             "SELECT run, t_s, value FROM series JOIN runs r USING (run)"
                             " WHERE name = ? ORDER BY r.seed < 0, r.seed, position",
                             name);
    GArray *points = g_array_new(FALSE, FALSE, sizeof(RecordPoint));

    while (next(reader, &rows)) {
        RecordPoint point = { .t_s = number(rows, 1), .value = number(rows, 2) };

        if (place(reader, rows, 0, &point.run))
            g_array_append_val(points, point);
    }
    return points;
}

GArray *
record_reader_bins(RecordReader *reader, const char *name)
{
    sqlite3_stmt *rows =
        ask(reader,
            "SELECT run, low, high, weight FROM bins JOIN runs r USING (run)"
            " WHERE name = ? ORDER BY r.seed < 0, r.seed, position",
            name);
    GArray *bins = g_array_new(FALSE, FALSE, sizeof(RecordBin));

    while (next(reader, &rows)) {
        RecordBin bin = { .low = number(rows, 1),
                          .high = number(rows, 2),
                          .weight = number(rows, 3) };

        if (place(reader, rows, 0, &bin.run))
            g_array_append_val(bins, bin);
    }
    return bins;
}

GArray *
record_reader_counts(RecordReader *reader, const char *group)
{
    sqlite3_stmt *rows =
        ask(reader,
            "SELECT run, group_name, key, count FROM counts JOIN runs r USING (run)"
            " WHERE group_name = ? ORDER BY r.seed < 0, r.seed, position",
            group);
    GArray *counts = g_array_new(FALSE, FALSE, sizeof(RecordCount));

    while (next(reader, &rows)) {
        RecordCount count = { .group = word(reader, rows, 1),
                              .key = word(reader, rows, 2),
                              .count = (uint64_t)sqlite3_column_int64(rows, 3) };

        if (place(reader, rows, 0, &count.run))
            g_array_append_val(counts, count);
    }
    return counts;
}

GArray *
record_reader_counts_summed(RecordReader *reader, const char *group)
{
    g_autoptr(GArray) counts = record_reader_counts(reader, group);
    GArray *sums = g_array_new(FALSE, FALSE, sizeof(RecordCount));

    for (guint i = 0; i < counts->len; i++) {
        RecordCount count = g_array_index(counts, RecordCount, i);
        guint k = 0;

        /* Words are unique: the same text is the same pointer. */
        while (k < sums->len && g_array_index(sums, RecordCount, k).key != count.key)
            k++;
        count.run = 0;
        if (k == sums->len)
            g_array_append_val(sums, count);
        else
            g_array_index(sums, RecordCount, k).count += count.count;
    }
    return sums;
}

GArray *
record_reader_loads(RecordReader *reader, const char *name)
{
    sqlite3_stmt *rows = ask(reader,
                             "SELECT run, node, value FROM nodes JOIN runs r USING (run)"
                             " WHERE name = ? ORDER BY r.seed < 0, r.seed, node",
                             name);
    GArray *loads = g_array_new(FALSE, FALSE, sizeof(RecordLoad));

    while (next(reader, &rows)) {
        RecordLoad load = { .node = (uint32_t)sqlite3_column_int64(rows, 1),
                            .value = number(rows, 2) };

        if (place(reader, rows, 0, &load.run))
            g_array_append_val(loads, load);
    }
    return loads;
}

GArray *
record_reader_names(RecordReader *reader, RecordNames table, const char *prefix)
{
    static const char *const questions[] = {
        [RECORD_SERIES] = "SELECT DISTINCT name FROM series"
                          " WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
        [RECORD_BINS] = "SELECT DISTINCT name FROM bins"
                        " WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
        [RECORD_GROUPS] = "SELECT DISTINCT group_name FROM counts"
                          " WHERE substr(group_name, 1, length(?1)) = ?1 ORDER BY 1",
        [RECORD_LOADS] = "SELECT DISTINCT name FROM nodes"
                         " WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
    };
    sqlite3_stmt *rows = ask(reader, questions[table], prefix);
    GArray *names = g_array_new(FALSE, FALSE, sizeof(const char *));

    while (next(reader, &rows)) {
        const char *name = word(reader, rows, 0);

        g_array_append_val(names, name);
    }
    return names;
}

uint64_t
record_reader_message_count(RecordReader *reader)
{
    sqlite3_stmt *rows = ask(reader, "SELECT count(*) FROM messages", NULL);
    uint64_t count = 0;

    while (next(reader, &rows))
        count = (uint64_t)sqlite3_column_int64(rows, 0);
    return count;
}

static RecordMessage
message_of_row(RecordReader *reader, sqlite3_stmt *row, uint32_t run)
{
    double delivered_s = number(row, 4);

    return (RecordMessage){ .run = run,
                            .message = (uint64_t)sqlite3_column_int64(row, 0),
                            .sent_s = number(row, 1),
                            .fate = word(reader, row, 2),
                            .cause = word(reader, row, 3),
                            .delivered_s = isnan(delivered_s) ? -1 : delivered_s };
}

static void
bind_numbers(sqlite3_stmt *rows, uint64_t first, uint64_t second)
{
    if (rows == NULL)
        return;
    sqlite3_bind_int64(rows, 1, (sqlite3_int64)first);
    sqlite3_bind_int64(rows, 2, (sqlite3_int64)second);
}

static GArray *
events_of(RecordReader *reader, uint64_t seed, uint64_t message)
{
    sqlite3_stmt *rows =
        ask(reader,
            "SELECT t_s, what FROM message_events WHERE message = ?2 AND"
            " run = (SELECT run FROM runs WHERE seed = ?1) ORDER BY position",
            NULL);
    GArray *events = g_array_new(FALSE, FALSE, sizeof(RecordEvent));

    bind_numbers(rows, seed, message);
    while (next(reader, &rows)) {
        RecordEvent event = { .t_s = number(rows, 0), .what = word(reader, rows, 1) };

        g_array_append_val(events, event);
    }
    return events;
}

bool
record_reader_message(RecordReader *reader, uint32_t run, uint64_t message,
                      RecordMessage *ret_message, GArray **ret_events)
{
    sqlite3_stmt *rows;
    uint64_t seed;
    bool found = false;

    if (run >= reader->runs->len)
        return false;
    seed = g_array_index(reader->runs, RecordRun, run).facts.seed;
    rows = ask(reader,
               "SELECT message, sent_s, fate, cause, delivered_s FROM messages"
               " WHERE message = ?2 AND run = (SELECT run FROM runs WHERE seed = ?1)",
               NULL);
    bind_numbers(rows, seed, message);
    while (next(reader, &rows)) {
        found = true;
        *ret_message = message_of_row(reader, rows, run);
    }
    if (found && ret_events != NULL)
        *ret_events = events_of(reader, seed, message);
    return found;
}

GArray *
record_reader_messages(RecordReader *reader, uint32_t run, uint32_t max)
{
    GArray *messages = g_array_new(FALSE, FALSE, sizeof(RecordMessage));
    sqlite3_stmt *rows;

    if (run >= reader->runs->len)
        return messages;
    rows = ask(reader,
               "SELECT message, sent_s, fate, cause, delivered_s FROM messages"
               " WHERE run = (SELECT run FROM runs WHERE seed = ?1)"
               " ORDER BY position LIMIT ?2",
               NULL);
    bind_numbers(rows, g_array_index(reader->runs, RecordRun, run).facts.seed, max);
    while (next(reader, &rows)) {
        RecordMessage message = message_of_row(reader, rows, run);

        g_array_append_val(messages, message);
    }
    return messages;
}
