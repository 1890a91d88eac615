/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an experiment is about: its variants, what is expected of them, and its figures. */
#include "results/record/recorder_internal.h"

bool
recorder_execute(Recorder *recorder, const char *sql)
{
    return sqlite3_exec(recorder->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

void
recorder_variant(Recorder *recorder, uint32_t number, const char *label,
                 const RecordSetting *settings, size_t count)
{
    g_assert(!recorder->running);
    recorder->variant = number;
    g_free(recorder->label);
    recorder->label = g_strdup(label);
    g_ptr_array_set_size(recorder->settings, 0);
    for (size_t i = 0; i < count; i++) {
        g_ptr_array_add(recorder->settings, g_strdup(settings[i].key));
        g_ptr_array_add(recorder->settings, g_strdup(settings[i].value));
    }
}

/* One row of a small table: two numbers, of which @sql may leave one out, and texts. */
static bool
put_row(Recorder *recorder, const char *sql, int64_t first, int64_t second,
        const char *const *texts)
{
    sqlite3_stmt *insert = NULL;
    bool written = sqlite3_prepare_v2(recorder->db, sql, -1, &insert, NULL) == SQLITE_OK;

    if (written) {
        sqlite3_bind_int64(insert, 1, first);
        sqlite3_bind_int64(insert, 2, second);
        for (int i = 0; texts[i] != NULL; i++)
            sqlite3_bind_text(insert, 3 + i, texts[i], -1, SQLITE_STATIC);
        written = sqlite3_step(insert) == SQLITE_DONE;
    }
    sqlite3_finalize(insert);
    return written;
}

bool
recorder_write_variant(Recorder *recorder)
{
    const GPtrArray *settings = recorder->settings;
    bool written =
        put_row(recorder, "INSERT OR IGNORE INTO variants (variant, label) VALUES (?1, ?3)",
                recorder->variant, 0, (const char *[]){ recorder->label, NULL });

    for (guint i = 0; written && i < settings->len; i += 2)
        written =
            put_row(recorder, "INSERT OR IGNORE INTO settings VALUES (?1, ?2, ?3, ?4)",
                    recorder->variant, i / 2,
                    (const char *[]){ settings->pdata[i], settings->pdata[i + 1], NULL });
    return written;
}

static bool
write_expectation(Recorder *recorder, const RecordExpectation *e, size_t position)
{
    sqlite3_stmt *insert = NULL;
    bool written =
        sqlite3_prepare_v2(recorder->db, "INSERT INTO expectations VALUES (?, ?, ?, ?, ?)",
                           -1, &insert, NULL) == SQLITE_OK;

    if (written) {
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)position);
        sqlite3_bind_text(insert, 2, e->metric, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, e->relation, -1, SQLITE_STATIC);
        sqlite3_bind_double(insert, 4, e->value);
        sqlite3_bind_text(insert, 5, e->text, -1, SQLITE_STATIC);
        written = sqlite3_step(insert) == SQLITE_DONE;
    }
    sqlite3_finalize(insert);
    return written;
}

static bool
write_plot(Recorder *recorder, const RecordPlot *plot, size_t position)
{
    return put_row(recorder, "INSERT INTO plots VALUES (?1, ?3, ?4, ?5, ?6, ?7, ?8)",
                   (int64_t)position, 0,
                   (const char *[]){ plot->name, plot->title, plot->x, plot->y, plot->by,
                                     plot->log, NULL });
}

bool
recorder_describe(Recorder *recorder, const char *metric,
                  const RecordExpectation *expectations, size_t n_expectations,
                  const RecordPlot *plots, size_t n_plots, GError **error)
{
    bool written =
        recorder_execute(recorder,
                         "BEGIN IMMEDIATE; DELETE FROM expectations; DELETE FROM plots") &&
        put_row(recorder, "UPDATE experiment SET metric = ?3", 0, 0,
                (const char *[]){ metric, NULL });

    for (size_t i = 0; written && i < n_expectations; i++)
        written = write_expectation(recorder, &expectations[i], i);
    for (size_t i = 0; written && i < n_plots; i++)
        written = write_plot(recorder, &plots[i], i);
    if (written && recorder_execute(recorder, "COMMIT"))
        return true;
    schema_set_error(error, recorder->db, recorder->path, "cannot write results to");
    recorder_execute(recorder, "ROLLBACK");
    return false;
}
