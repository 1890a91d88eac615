/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/record/schema.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

typedef struct Column {
    const char *name;
    const char *type;
    const char *note;
} Column;

typedef struct Table {
    const char *name;
    const char *note;
    const char *key; /* the clauses after the columns */
    Column columns[10];
} Table;

#define OF_RUN "run", "INTEGER NOT NULL REFERENCES runs", "the run it belongs to"
#define POSITION "position", "INTEGER NOT NULL", "the order in which the run wrote it"

static const Table tables[] = {
    { "experiment",
      "one row: what was asked",
      "",
      { { "id", "INTEGER PRIMARY KEY CHECK (id = 1)", "always 1" },
        { "scenario_name", "TEXT NOT NULL", "the scenario's name" },
        { "scenario_text", "TEXT NOT NULL",
          "the scenario with every key resolved, and its sweep; all runs had this, with "
          "their variant's settings" },
        { "metric", "TEXT NOT NULL", "the primary metric; empty: none was said" } } },
    { "variants",
      "the variants of a sweep, where the scenario has one; else one without a label",
      "",
      { { "variant", "INTEGER PRIMARY KEY", "its place in the sweep, from 0" },
        { "label", "TEXT NOT NULL", "its settings in short" } } },
    { "settings",
      "what a variant sets, over the scenario",
      "PRIMARY KEY (variant, position)",
      { { "variant", "INTEGER NOT NULL REFERENCES variants", "the variant" },
        { "position", "INTEGER NOT NULL", "the order of the sweep" },
        { "key", "TEXT NOT NULL", "section.key" },
        { "value", "TEXT NOT NULL", "as the sweep writes it" } } },
    { "expectations",
      "what the scenario expects of every variant",
      "PRIMARY KEY (position)",
      { { "position", "INTEGER NOT NULL", "the order in the scenario" },
        { "metric", "TEXT NOT NULL", "a metric's name" },
        { "relation", "TEXT NOT NULL", ">=, >, <=, < or =" },
        { "value", "REAL NOT NULL", "in the metric's unit" },
        { "text", "TEXT NOT NULL", "as the scenario says it" } } },
    { "plots",
      "figures that the scenario asks for, over the variants",
      "PRIMARY KEY (position)",
      { { "position", "INTEGER NOT NULL", "the order in the scenario" },
        { "name", "TEXT NOT NULL", "of the figure" },
        { "title", "TEXT NOT NULL", "its question" },
        { "x", "TEXT NOT NULL", "the key along the axis" },
        { "y", "TEXT NOT NULL", "the metric" },
        { "by", "TEXT NOT NULL",
          "the key that tells curves apart; empty: every other one" },
        { "log", "TEXT NOT NULL", "x, y, xy, or empty" } } },
    { "runs",
      "one row for each finished run; a run is written whole or not at all",
      "UNIQUE (variant, seed)",
      { { "run", "INTEGER PRIMARY KEY", "number of the run in this database" },
        { "variant", "INTEGER NOT NULL REFERENCES variants", "the variant that it ran" },
        { "seed", "INTEGER NOT NULL", "the 64 bits of its seed as a signed number" },
        { "commit_id", "TEXT NOT NULL", "commit of the program that ran it" },
        { "trace_hash", "TEXT NOT NULL",
          "hexadecimal; the same seed, scenario and commit give the same hash" },
        { "wall_s", "REAL NOT NULL", "seconds it took" },
        { "simulated_s", "REAL NOT NULL", "seconds that it simulated" },
        { "events", "INTEGER NOT NULL", "events executed" },
        { "peak_rss_bytes", "INTEGER NOT NULL", "largest resident memory" } } },
    { "metrics",
      "one number about a whole run",
      "PRIMARY KEY (run, name)",
      { { OF_RUN },
        { POSITION },
        { "name", "TEXT NOT NULL", "what was measured" },
        { "value", "REAL", "the number; NULL when it could not be measured" },
        { "unit", "TEXT NOT NULL", "1, s, bytes, count, ..." } } },
    { "series",
      "time series",
      "PRIMARY KEY (run, name, position)",
      { { OF_RUN },
        { POSITION },
        { "name", "TEXT NOT NULL", "what was measured" },
        { "t_s", "REAL NOT NULL", "simulated seconds since the run began" },
        { "value", "REAL", "its value then" } } },
    { "bins",
      "histograms and curves",
      "PRIMARY KEY (run, name, position)",
      { { OF_RUN },
        { POSITION },
        { "name", "TEXT NOT NULL", "the histogram or curve" },
        { "low", "REAL NOT NULL", "the bin reaches from here" },
        { "high", "REAL NOT NULL", "to here, exclusive" },
        { "weight", "REAL", "how much is in it; for a curve its height" } } },
    { "counts",
      "counts: fates of messages, causes of loss, outcomes of requests",
      "PRIMARY KEY (run, group_name, key)",
      { { OF_RUN },
        { POSITION },
        { "group_name", "TEXT NOT NULL", "fate, cause, request:KIND, status:KIND, ..." },
        { "key", "TEXT NOT NULL", "what was counted" },
        { "count", "INTEGER NOT NULL", "how often" } } },
    { "nodes",
      "what one service node had to carry over the whole run",
      "PRIMARY KEY (run, name, node)",
      { { OF_RUN },
        { "node", "INTEGER NOT NULL", "number of the node" },
        { "name", "TEXT NOT NULL", "requests, stores, bytes_in, stored_bytes, cpu_s, ..." },
        { "value", "REAL", "how much" } } },
    { "messages",
      "single messages, where the scenario records them",
      "PRIMARY KEY (run, message)",
      { { OF_RUN },
        { POSITION },
        { "message", "INTEGER NOT NULL", "logical number, not its hash" },
        { "sent_s", "REAL NOT NULL", "when its author sent it" },
        { "fate", "TEXT NOT NULL", "delivered, pending, lost, ..." },
        { "cause", "TEXT NOT NULL", "why, where it is not delivered; else empty" },
        { "delivered_s", "REAL", "when the recipient had it; NULL: not" } } },
    { "message_events",
      "lines of a message's life, in order",
      "PRIMARY KEY (run, message, position)",
      { { OF_RUN },
        { POSITION },
        { "message", "INTEGER NOT NULL", "logical number" },
        { "t_s", "REAL NOT NULL", "simulated seconds" },
        { "what", "TEXT NOT NULL", "what happened" } } },
    { "claims",
      "what the system claims, held against what parties saw in the run",
      "PRIMARY KEY (run, position)",
      { { OF_RUN },
        { POSITION },
        { "claim", "TEXT NOT NULL", "in words" },
        { "tested", "INTEGER NOT NULL", "how often it could have been broken" },
        { "broken", "INTEGER NOT NULL", "how often it was" },
        { "example", "TEXT NOT NULL",
          "the events that show the first breach, one a line; empty: none" } } },
    { "schema_note",
      "what every table and column means",
      "PRIMARY KEY (table_name, column_name)",
      { { "table_name", "TEXT NOT NULL", "the table" },
        { "column_name", "TEXT NOT NULL", "the column; empty: the table itself" },
        { "note", "TEXT NOT NULL", "what it means" } } },
};

const char *
schema_table_name(size_t index)
{
    return index < G_N_ELEMENTS(tables) ? tables[index].name : NULL;
}

void
schema_set_error(GError **error, sqlite3 *db, const char *path, const char *what)
{
    int system_errno = db != NULL ? sqlite3_system_errno(db) : 0;
    int code = db != NULL ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;
    bool of_system = system_errno != 0 && (code == SQLITE_CANTOPEN || code == SQLITE_IOERR);

    g_set_error(error, G_IO_ERROR,
                code == SQLITE_FULL ? (gint)G_IO_ERROR_NO_SPACE : (gint)G_IO_ERROR_FAILED,
                "%s %s: %s%s%s%s", what, path,
                db != NULL ? sqlite3_errmsg(db) : "out of memory", of_system ? " (" : "",
                of_system ? g_strerror(system_errno) : "", of_system ? ")" : "");
}

static bool
run_sql(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool
note(sqlite3_stmt *insert, const char *table, const char *column, const char *text)
{
    sqlite3_bind_text(insert, 1, table, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, column, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 3, text, -1, SQLITE_STATIC);
    return sqlite3_step(insert) == SQLITE_DONE && sqlite3_reset(insert) == SQLITE_OK;
}

static bool
lay_table(sqlite3 *db, const Table *table)
{
    g_autoptr(GString) sql = g_string_new("CREATE TABLE ");

    g_string_append_printf(sql, "%s (", table->name);
    for (const Column *c = table->columns; c->name != NULL; c++)
        g_string_append_printf(sql, "%s%s %s", c == table->columns ? "" : ", ", c->name,
                               c->type);
    if (table->key[0] != '\0')
        g_string_append_printf(sql, ", %s", table->key);
    g_string_append(sql, g_str_has_prefix(table->key, "PRIMARY") ? ") WITHOUT ROWID" : ")");
    return run_sql(db, sql->str);
}

static bool
note_all(sqlite3 *db)
{
    sqlite3_stmt *insert = NULL;
    bool fine = sqlite3_prepare_v2(db, "INSERT INTO schema_note VALUES (?, ?, ?)", -1,
                                   &insert, NULL) == SQLITE_OK;

    for (size_t i = 0; fine && i < G_N_ELEMENTS(tables); i++) {
        fine = note(insert, tables[i].name, "", tables[i].note);
        for (const Column *c = tables[i].columns; fine && c->name != NULL; c++)
            fine = note(insert, tables[i].name, c->name, c->note);
    }
    return sqlite3_finalize(insert) == SQLITE_OK && fine;
}

static bool
set_number(sqlite3 *db, const char *pragma, int number)
{
    g_autofree char *sql = g_strdup_printf("PRAGMA %s = %d", pragma, number);

    return run_sql(db, sql);
}

static bool
lay(sqlite3 *db)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        if (!lay_table(db, &tables[i]))
            return false;
    return note_all(db) && set_number(db, "application_id", SCHEMA_APPLICATION) &&
           set_number(db, "user_version", SCHEMA_VERSION);
}

static bool
ask_number(sqlite3 *db, const char *sql, int64_t *ret_number)
{
    sqlite3_stmt *ask = NULL;
    bool found = sqlite3_prepare_v2(db, sql, -1, &ask, NULL) == SQLITE_OK &&
                 sqlite3_step(ask) == SQLITE_ROW;

    if (found)
        *ret_number = sqlite3_column_int64(ask, 0);
    sqlite3_finalize(ask);
    return found;
}

/* The database is ours and of our version, or (when @may_lay) empty and now laid. */
static bool
settle(sqlite3 *db, const char *path, bool may_lay, GError **error)
{
    int64_t application, version, table_count;

    if (!ask_number(db, "PRAGMA application_id", &application) ||
        !ask_number(db, "PRAGMA user_version", &version) ||
        !ask_number(db, "SELECT count(*) FROM sqlite_schema", &table_count)) {
        schema_set_error(error, db, path, "cannot read results from");
        return false;
    }
    if (table_count == 0 && may_lay) {
        if (lay(db))
            return true;
        schema_set_error(error, db, path, "cannot begin the results database");
        return false;
    }
    if (application != SCHEMA_APPLICATION) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s is not a results database of this program", path);
        return false;
    }
    if (version != SCHEMA_VERSION) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "%s has results schema %" G_GINT64_FORMAT
                    ", this program has schema %d: keep that file for the program that "
                    "wrote it",
                    path, version, SCHEMA_VERSION);
        return false;
    }
    return true;
}

static bool
settle_in_transaction(sqlite3 *db, const char *path, GError **error)
{
    /* Two programs may begin the same file: the one that gets the lock lays the tables. */
    if (!run_sql(db, "BEGIN IMMEDIATE")) {
        schema_set_error(error, db, path, "cannot write results to");
        return false;
    }
    if (!settle(db, path, true, error)) {
        run_sql(db, "ROLLBACK");
        return false;
    }
    if (run_sql(db, "COMMIT"))
        return true;
    schema_set_error(error, db, path, "cannot write results to");
    run_sql(db, "ROLLBACK");
    return false;
}

sqlite3 *
schema_open_for_writing(const char *path, GError **error)
{
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK) {
        schema_set_error(error, db, path, "cannot open the results database");
        sqlite3_close(db);
        return NULL;
    }
    sqlite3_busy_timeout(db, SCHEMA_BUSY_MS_MAX);
    if (sqlite3_db_readonly(db, "main") == 1) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_READ_ONLY,
                    "cannot write results to %s: it is read-only", path);
        sqlite3_close(db);
        return NULL;
    }
    /* A file of somebody else must stay as it is: look before the journal is changed. */
    if (!settle_in_transaction(db, path, error)) {
        sqlite3_close(db);
        return NULL;
    }
    /* One commit for each run: it may well reach the disk. */
    if (!run_sql(db, "PRAGMA journal_mode = WAL") ||
        !run_sql(db, "PRAGMA synchronous = FULL")) {
        schema_set_error(error, db, path, "cannot write results to");
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

/* In a directory that may not be written to, SQLite opens a WAL database only when told
 * that nobody changes it. */
static sqlite3 *
open_unchanging(const char *path)
{
    g_autofree char *full = g_canonicalize_filename(path, NULL);
    g_autofree char *plain = g_filename_to_uri(full, NULL, NULL);
    g_autofree char *uri = g_strconcat(plain, "?immutable=1", NULL);
    sqlite3 *db = NULL;

    sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    return db;
}

sqlite3 *
schema_open_for_reading(const char *path, GError **error)
{
    sqlite3 *db = NULL;
    int64_t table_count;

    /* Where it may write, a reader that is the last to close tidies the journals away. */
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        schema_set_error(error, db, path, "cannot open the results database");
        sqlite3_close(db);
        return NULL;
    }
    sqlite3_busy_timeout(db, SCHEMA_BUSY_MS_MAX);
    if (!ask_number(db, "SELECT count(*) FROM sqlite_schema", &table_count) &&
        (sqlite3_errcode(db) & 0xff) == SQLITE_CANTOPEN) {
        sqlite3_close(db);
        db = open_unchanging(path);
    }
    if (!settle(db, path, false, error)) {
        sqlite3_close(db);
        return NULL;
    }
    return db;
}
