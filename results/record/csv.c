/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/record/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "results/record/schema.h"

const char *
record_csv_table(size_t index)
{
    return schema_table_name(index);
}

static bool
known(const char *table, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (size_t i = 0; schema_table_name(i) != NULL; i++) {
        if (strcmp(schema_table_name(i), table) == 0)
            return true;
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", schema_table_name(i));
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "there is no table \"%s\"; there are %s", table, names->str);
    return false;
}

/* The columns of @table, each after ", t."; the run's number is left out. */
static bool
list_columns(sqlite3 *db, const char *table, GString *columns, bool *ret_of_run)
{
    sqlite3_stmt *ask = NULL;
    int code =
        sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_info(?)", -1, &ask, NULL);

    *ret_of_run = false;
    if (code != SQLITE_OK)
        return false;
    sqlite3_bind_text(ask, 1, table, -1, SQLITE_STATIC);
    while ((code = sqlite3_step(ask)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(ask, 0);

        if (strcmp(name, "run") == 0)
            *ret_of_run = true;
        else
            g_string_append_printf(columns, ", t.%s", name);
    }
    sqlite3_finalize(ask);
    return code == SQLITE_DONE;
}

/* The question for a whole table, in a fixed order; rows of runs begin with variant and
 * seed.  NULL in trouble. */
static char *
question(sqlite3 *db, const char *table)
{
    g_autoptr(GString) columns = g_string_new(NULL);
    bool of_run;

    if (!list_columns(db, table, columns, &of_run))
        return NULL;
    if (strcmp(table, "runs") == 0)
        return g_strdup_printf("SELECT %s FROM runs t ORDER BY variant, seed < 0, seed",
                               columns->str + 2);
    if (!of_run)
        return g_strdup_printf("SELECT %s FROM %s t ORDER BY 1, 2", columns->str + 2,
                               table);
    return g_strdup_printf("SELECT r.variant, r.seed%s FROM %s t JOIN runs r USING (run)"
                           " ORDER BY r.variant, r.seed < 0, r.seed, 3, 4",
                           columns->str, table);
}

static void
put_text(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

/* With as few digits as give the same number back. */
static void
put_double(FILE *out, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(text, sizeof text, "%.15g", value);
    if (g_ascii_strtod(text, NULL) != value)
        g_ascii_dtostr(text, sizeof text, value);
    fputs(text, out);
}

static void
put_cell(FILE *out, sqlite3_stmt *rows, int column)
{
    switch (sqlite3_column_type(rows, column)) {
    case SQLITE_NULL:
        break;
    case SQLITE_FLOAT:
        put_double(out, sqlite3_column_double(rows, column));
        break;
    case SQLITE_INTEGER:
        if (strcmp(sqlite3_column_name(rows, column), "seed") == 0)
            fprintf(out, "%" G_GUINT64_FORMAT, (guint64)sqlite3_column_int64(rows, column));
        else
            fprintf(out, "%" G_GINT64_FORMAT, (gint64)sqlite3_column_int64(rows, column));
        break;
    default:
        put_text(out, (const char *)sqlite3_column_text(rows, column));
    }
}

static bool
put_rows(FILE *out, sqlite3_stmt *rows)
{
    int count = sqlite3_column_count(rows);
    int code;

    for (int i = 0; i < count; i++)
        fprintf(out, "%s%s", i > 0 ? "," : "", sqlite3_column_name(rows, i));
    fputc('\n', out);
    while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
        for (int i = 0; i < count; i++) {
            if (i > 0)
                fputc(',', out);
            put_cell(out, rows, i);
        }
        fputc('\n', out);
    }
    return code == SQLITE_DONE;
}

bool
record_csv_write(const char *path, const char *table, FILE *out, GError **error)
{
    g_autofree char *sql = NULL;
    sqlite3 *db;
    sqlite3_stmt *rows = NULL;
    bool fine;

    if (!known(table, error))
        return false;
    db = schema_open_for_reading(path, error);
    if (db == NULL)
        return false;
    sql = question(db, table);
    fine = sql != NULL && sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK &&
           put_rows(out, rows);
    if (!fine)
        schema_set_error(error, db, path, "cannot read results from");
    sqlite3_finalize(rows);
    sqlite3_close(db);
    if (fine && (fflush(out) != 0 || ferror(out))) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                    "cannot write table \"%s\": %s", table, g_strerror(errno));
        return false;
    }
    return fine;
}
