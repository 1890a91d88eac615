/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run is kept in memory and written in one short transaction at its end: a killed program
 * leaves nothing of it, and programs that share one database wait for each other only then.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "results/record/recorder_internal.h"

typedef struct Metric {
    const char *name, *unit;
    double value;
} Metric;

typedef struct Point {
    const char *name;
    double t_s, value;
} Point;

typedef struct Bin {
    const char *name;
    double low, high, weight;
} Bin;

typedef struct Tally {
    const char *group, *key;
    uint64_t count;
} Tally;

typedef struct Load {
    const char *name;
    double value;
    uint32_t node;
} Load;

typedef struct Message {
    uint64_t message;
    const char *fate, *cause;
    double sent_s, delivered_s;
} Message;

typedef struct Event {
    uint64_t message;
    const char *what;
    double t_s;
} Event;

typedef struct ClaimRow {
    const char *claim, *example;
    uint64_t tested, broken;
} ClaimRow;

/* Parameters of every statement: 1 the run, 2 the position, then the row's own. */
static void
bind_word(sqlite3_stmt *insert, int index, const char *word)
{
    sqlite3_bind_text(insert, index, word, -1, SQLITE_STATIC);
}

static void
bind_metric(sqlite3_stmt *insert, const void *row)
{
    const Metric *metric = row;

    bind_word(insert, 3, metric->name);
    sqlite3_bind_double(insert, 4, metric->value);
    bind_word(insert, 5, metric->unit);
}

static void
bind_point(sqlite3_stmt *insert, const void *row)
{
    const Point *point = row;

    bind_word(insert, 3, point->name);
    sqlite3_bind_double(insert, 4, point->t_s);
    sqlite3_bind_double(insert, 5, point->value);
}

static void
bind_bin(sqlite3_stmt *insert, const void *row)
{
    const Bin *bin = row;

    bind_word(insert, 3, bin->name);
    sqlite3_bind_double(insert, 4, bin->low);
    sqlite3_bind_double(insert, 5, bin->high);
    sqlite3_bind_double(insert, 6, bin->weight);
}

static void
bind_tally(sqlite3_stmt *insert, const void *row)
{
    const Tally *tally = row;

    bind_word(insert, 3, tally->group);
    bind_word(insert, 4, tally->key);
    sqlite3_bind_int64(insert, 5, (sqlite3_int64)tally->count);
}

static void
bind_load(sqlite3_stmt *insert, const void *row)
{
    const Load *load = row;

    sqlite3_bind_int64(insert, 3, load->node);
    bind_word(insert, 4, load->name);
    sqlite3_bind_double(insert, 5, load->value);
}

static void
bind_message(sqlite3_stmt *insert, const void *row)
{
    const Message *message = row;

    sqlite3_bind_int64(insert, 3, (sqlite3_int64)message->message);
    sqlite3_bind_double(insert, 4, message->sent_s);
    bind_word(insert, 5, message->fate);
    bind_word(insert, 6, message->cause);
    if (message->delivered_s >= 0)
        sqlite3_bind_double(insert, 7, message->delivered_s);
    else
        sqlite3_bind_null(insert, 7);
}

static void
bind_event(sqlite3_stmt *insert, const void *row)
{
    const Event *event = row;

    sqlite3_bind_int64(insert, 3, (sqlite3_int64)event->message);
    sqlite3_bind_double(insert, 4, event->t_s);
    bind_word(insert, 5, event->what);
}

static void
bind_claim(sqlite3_stmt *insert, const void *row)
{
    const ClaimRow *claim = row;

    bind_word(insert, 3, claim->claim);
    sqlite3_bind_int64(insert, 4, (sqlite3_int64)claim->tested);
    sqlite3_bind_int64(insert, 5, (sqlite3_int64)claim->broken);
    bind_word(insert, 6, claim->example);
}

static const struct {
    const char *sql;
    void (*bind)(sqlite3_stmt *insert, const void *row);
    guint row_size;
} kinds[KINDS] = {
    [METRIC] = { "INSERT INTO metrics (run, position, name, value, unit)"
                 " VALUES (?1, ?2, ?3, ?4, ?5)",
                 bind_metric, sizeof(Metric) },
    [SERIES] = { "INSERT INTO series (run, position, name, t_s, value)"
                 " VALUES (?1, ?2, ?3, ?4, ?5)",
                 bind_point, sizeof(Point) },
    [BIN] = { "INSERT INTO bins (run, position, name, low, high, weight)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
              bind_bin, sizeof(Bin) },
    [TALLY] = { "INSERT INTO counts (run, position, group_name, key, count)"
                " VALUES (?1, ?2, ?3, ?4, ?5)"
                " ON CONFLICT DO UPDATE SET count = count + excluded.count",
                bind_tally, sizeof(Tally) },
    [NODE_LOAD] = { "INSERT INTO nodes (run, node, name, value)"
                    " VALUES (?1, ?3, ?4, ?5)",
                    bind_load, sizeof(Load) },
    [MESSAGE] = { "INSERT INTO messages (run, position, message, sent_s, fate, cause,"
                  " delivered_s) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                  bind_message, sizeof(Message) },
    [MESSAGE_EVENT] = { "INSERT INTO message_events (run, position, message, t_s, what)"
                        " VALUES (?1, ?2, ?3, ?4, ?5)",
                        bind_event, sizeof(Event) },
    [CLAIM] = { "INSERT INTO claims (run, position, claim, tested, broken, example)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                bind_claim, sizeof(ClaimRow) },
};

/* Where two scenario texts first differ, in words; free with g_free(). */
static char *
first_difference(const char *there, const char *here)
{
    g_auto(GStrv) theirs = g_strsplit(there, "\n", -1);
    g_auto(GStrv) ours = g_strsplit(here, "\n", -1);
    guint i = 0;

    while (theirs[i] != NULL && ours[i] != NULL && strcmp(theirs[i], ours[i]) == 0)
        i++;
    return g_strdup_printf("line %u is \"%s\" there and \"%s\" here", i + 1,
                           theirs[i] != NULL ? theirs[i] : "",
                           ours[i] != NULL ? ours[i] : "");
}

static bool
same_experiment(Recorder *recorder, sqlite3_stmt *ask, const char *name, const char *text,
                GError **error)
{
    const char *name_there = (const char *)sqlite3_column_text(ask, 0);
    const char *text_there = (const char *)sqlite3_column_text(ask, 1);
    g_autofree char *difference = NULL;

    if (name_there == NULL || text_there == NULL) {
        schema_set_error(error, recorder->db, recorder->path, "cannot read results from");
        return false;
    }
    if (strcmp(name_there, name) != 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                    "%s holds another experiment: scenario \"%s\", not \"%s\"",
                    recorder->path, name_there, name);
        return false;
    }
    if (strcmp(text_there, text) == 0)
        return true;
    difference = first_difference(text_there, text);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                "%s holds \"%s\" with other settings: %s", recorder->path, name,
                difference);
    return false;
}

/* Write what the experiment is, unless it is there; then it must be the same. */
static bool
claim(Recorder *recorder, const char *name, const char *text, GError **error)
{
    sqlite3_stmt *put = NULL, *ask = NULL;
    bool written =
        sqlite3_prepare_v2(recorder->db,
                           "INSERT OR IGNORE INTO experiment VALUES (1, ?, ?, '')", -1,
                           &put, NULL) == SQLITE_OK &&
        sqlite3_bind_text(put, 1, name, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_bind_text(put, 2, text, -1, SQLITE_STATIC) == SQLITE_OK &&
        sqlite3_step(put) == SQLITE_DONE;
    bool same = false;

    if (!written)
        schema_set_error(error, recorder->db, recorder->path, "cannot write results to");
    sqlite3_finalize(put);
    if (!written)
        return false;
    if (sqlite3_prepare_v2(recorder->db,
                           "SELECT scenario_name, scenario_text FROM experiment", -1, &ask,
                           NULL) == SQLITE_OK &&
        sqlite3_step(ask) == SQLITE_ROW)
        same = same_experiment(recorder, ask, name, text, error);
    else
        schema_set_error(error, recorder->db, recorder->path, "cannot read results from");
    sqlite3_finalize(ask);
    return same;
}

Recorder *
recorder_open(const char *path, const char *scenario_name, const char *scenario_text,
              const char *commit, GError **error)
{
    sqlite3 *db = schema_open_for_writing(path, error);
    Recorder *recorder;

    if (db == NULL)
        return NULL;
    recorder = g_new0(Recorder, 1);
    recorder->db = db;
    recorder->path = g_strdup(path);
    recorder->commit = g_strdup(commit);
    recorder->label = g_strdup("");
    recorder->settings = g_ptr_array_new_with_free_func(g_free);
    recorder->words = g_string_chunk_new(4096);
    for (int i = 0; i < KINDS; i++)
        recorder->rows[i] = g_array_new(FALSE, FALSE, kinds[i].row_size);
    if (claim(recorder, scenario_name, scenario_text, error))
        return recorder;
    recorder_close(recorder);
    return NULL;
}

void
recorder_remove(const char *path)
{
    static const char *const endings[] = { "", "-wal", "-shm", "-journal" };

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *file = g_strconcat(path, endings[i], NULL);

        g_unlink(file);
    }
}

/* Forget the run; its memory is given back, one run may have been large. */
static void
forget(Recorder *recorder)
{
    recorder->running = false;
    g_string_chunk_clear(recorder->words);
    for (int i = 0; i < KINDS; i++) {
        g_array_unref(recorder->rows[i]);
        recorder->rows[i] = g_array_new(FALSE, FALSE, kinds[i].row_size);
    }
}

void
recorder_close(Recorder *recorder)
{
    if (recorder == NULL)
        return;
    for (int i = 0; i < KINDS; i++)
        g_array_unref(recorder->rows[i]);
    g_string_chunk_free(recorder->words);
    sqlite3_close(recorder->db);
    g_free(recorder->path);
    g_free(recorder->commit);
    g_free(recorder->label);
    g_ptr_array_unref(recorder->settings);
    g_free(recorder);
}

bool
recorder_has_run(Recorder *recorder, uint64_t seed)
{
    sqlite3_stmt *ask = NULL;
    bool found = sqlite3_prepare_v2(recorder->db,
                                    "SELECT 1 FROM runs WHERE variant = ? AND seed = ?", -1,
                                    &ask, NULL) == SQLITE_OK &&
                 sqlite3_bind_int64(ask, 1, recorder->variant) == SQLITE_OK &&
                 sqlite3_bind_int64(ask, 2, (sqlite3_int64)seed) == SQLITE_OK &&
                 sqlite3_step(ask) == SQLITE_ROW;

    sqlite3_finalize(ask);
    return found;
}

void
recorder_run_begin(Recorder *recorder, uint64_t seed)
{
    forget(recorder);
    recorder->running = true;
    recorder->seed = seed;
}

static const char *
word(Recorder *recorder, const char *text)
{
    g_assert(recorder->running);
    return g_string_chunk_insert_const(recorder->words, text);
}

void
recorder_metric(Recorder *recorder, const char *name, double value, const char *unit)
{
    Metric row = { word(recorder, name), word(recorder, unit), value };

    g_array_append_val(recorder->rows[METRIC], row);
}

void
recorder_series(Recorder *recorder, const char *name, double t_s, double value)
{
    Point row = { word(recorder, name), t_s, value };

    g_array_append_val(recorder->rows[SERIES], row);
}

void
recorder_bin(Recorder *recorder, const char *name, double low, double high, double weight)
{
    Bin row = { word(recorder, name), low, high, weight };

    g_array_append_val(recorder->rows[BIN], row);
}

void
recorder_count(Recorder *recorder, const char *group, const char *key, uint64_t count)
{
    Tally row = { word(recorder, group), word(recorder, key), count };

    g_array_append_val(recorder->rows[TALLY], row);
}

void
recorder_node(Recorder *recorder, uint32_t node, const char *name, double value)
{
    Load row = { word(recorder, name), value, node };

    g_array_append_val(recorder->rows[NODE_LOAD], row);
}

void
recorder_message(Recorder *recorder, uint64_t message, double sent_s, const char *fate,
                 const char *cause, double delivered_s)
{
    Message row = { message, word(recorder, fate),
                    word(recorder, cause != NULL ? cause : ""), sent_s, delivered_s };

    g_array_append_val(recorder->rows[MESSAGE], row);
}

void
recorder_message_event(Recorder *recorder, uint64_t message, double t_s, const char *what)
{
    Event row = { message, word(recorder, what), t_s };

    g_array_append_val(recorder->rows[MESSAGE_EVENT], row);
}

void
recorder_claim(Recorder *recorder, const char *claim, uint64_t tested, uint64_t broken,
               const char *example)
{
    ClaimRow row = { word(recorder, claim), word(recorder, example), tested, broken };

    g_array_append_val(recorder->rows[CLAIM], row);
}

static bool
write_facts(Recorder *recorder, const RunFacts *facts)
{
    sqlite3_stmt *insert = NULL;
    bool written =
        sqlite3_prepare_v2(recorder->db,
                           "INSERT INTO runs (seed, commit_id, trace_hash, wall_s,"
                           " simulated_s, events, peak_rss_bytes, variant)"
                           " VALUES (?,?,?,?,?,?,?,?)",
                           -1, &insert, NULL) == SQLITE_OK;

    if (written) {
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)recorder->seed);
        bind_word(insert, 2, recorder->commit);
        bind_word(insert, 3, facts->trace_hash);
        sqlite3_bind_double(insert, 4, facts->wall_s);
        sqlite3_bind_double(insert, 5, facts->simulated_s);
        sqlite3_bind_int64(insert, 6, (sqlite3_int64)facts->events);
        sqlite3_bind_int64(insert, 7, (sqlite3_int64)facts->peak_rss_bytes);
        sqlite3_bind_int64(insert, 8, recorder->variant);
        written = sqlite3_step(insert) == SQLITE_DONE;
    }
    sqlite3_finalize(insert);
    return written;
}

static bool
write_rows(Recorder *recorder, int kind, sqlite3_int64 run)
{
    const GArray *rows = recorder->rows[kind];
    sqlite3_stmt *insert = NULL;
    bool written =
        sqlite3_prepare_v2(recorder->db, kinds[kind].sql, -1, &insert, NULL) == SQLITE_OK;

    for (guint i = 0; written && i < rows->len; i++) {
        sqlite3_bind_int64(insert, 1, run);
        sqlite3_bind_int64(insert, 2, i);
        kinds[kind].bind(insert, rows->data + (size_t)i * kinds[kind].row_size);
        written = sqlite3_step(insert) == SQLITE_DONE && sqlite3_reset(insert) == SQLITE_OK;
    }
    sqlite3_finalize(insert);
    return written;
}

/* By message, then as written: the table's order, in which it fills fastest. */
static gint
compare_events(gconstpointer a, gconstpointer b)
{
    const Event *left = a, *right = b;

    return (left->message > right->message) - (left->message < right->message);
}

static bool
write_run(Recorder *recorder, const RunFacts *facts)
{
    sqlite3_int64 run;

    if (!recorder_execute(recorder, "BEGIN IMMEDIATE") ||
        !recorder_write_variant(recorder) || !write_facts(recorder, facts))
        return false;
    run = sqlite3_last_insert_rowid(recorder->db);
    g_array_sort(recorder->rows[MESSAGE_EVENT], compare_events); /* stable */
    for (int kind = 0; kind < KINDS; kind++)
        if (!write_rows(recorder, kind, run))
            return false;
    return recorder_execute(recorder, "COMMIT");
}

bool
recorder_run_commit(Recorder *recorder, const RunFacts *facts, GError **error)
{
    bool written;

    g_assert(recorder->running);
    written = write_run(recorder, facts);
    if (!written) {
        g_autofree char *what = g_strdup_printf(
            "cannot write the run of seed %" G_GUINT64_FORMAT " to", recorder->seed);

        schema_set_error(error, recorder->db, recorder->path, what);
        recorder_execute(recorder, "ROLLBACK");
    }
    forget(recorder);
    return written;
}
