/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The least that the command line needs, until the report room is furnished. */
#include "results/record/reader.h"
#include "results/report/report.h"

static void
append_metrics(GString *text, RecordReader *reader)
{
    g_autoptr(GArray) metrics = record_reader_metrics(reader);

    for (guint i = 0; i < metrics->len; i++) {
        const RecordMetric *m = &g_array_index(metrics, RecordMetric, i);

        g_string_append_printf(text, "%-36s %g %s\n", m->name, m->value, m->unit);
    }
}

static void
append_counts(GString *text, RecordReader *reader)
{
    g_autoptr(GArray) groups = record_reader_names(reader, RECORD_GROUPS, "");

    for (guint g = 0; g < groups->len; g++) {
        const char *group = g_array_index(groups, const char *, g);
        g_autoptr(GArray) counts = record_reader_counts_summed(reader, group);

        for (guint i = 0; i < counts->len; i++) {
            const RecordCount *c = &g_array_index(counts, RecordCount, i);

            if (c->count > 0)
                g_string_append_printf(text, "%s / %s: %" G_GUINT64_FORMAT "\n", group,
                                       c->key, c->count);
        }
    }
}

char *
report_summary_text(const char *database, GError **error)
{
    g_autoptr(RecordReader) reader = record_reader_open(database, error);
    GString *text;
    const GArray *runs;

    if (reader == NULL)
        return NULL;
    text = g_string_new(NULL);
    runs = record_reader_runs(reader);
    for (guint i = 0; i < runs->len; i++) {
        const RunFacts *f = &g_array_index(runs, RecordRun, i).facts;

        g_string_append_printf(text, "seed %" G_GUINT64_FORMAT ": %s, %.1f s\n", f->seed,
                               f->trace_hash, f->wall_s);
    }
    append_metrics(text, reader);
    append_counts(text, reader);
    return g_string_free(text, FALSE);
}

char *
report_json(const char *database, GError **error)
{
    g_autoptr(RecordReader) reader = record_reader_open(database, error);
    const RunFacts *f;

    if (reader == NULL)
        return NULL;
    f = &g_array_index(record_reader_runs(reader), RecordRun, 0).facts;
    return g_strdup_printf("{\"runs\": [{\"trace_hash\": \"%s\"}]}", f->trace_hash);
}

char *
report_csv(const char *database, const char *table, GError **error)
{
    (void)table;
    return report_summary_text(database, error);
}

char *
report_write(const char *database, const char *folder, const char *question, GError **error)
{
    (void)question;
    (void)error;
    (void)folder;
    return g_strdup(database);
}
