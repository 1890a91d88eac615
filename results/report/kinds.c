/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/report/kinds.h"

#include <string.h>

#include "results/report/format.h"
#include "results/report/html.h"
#include "results/report/text.h"

static const char fate_of[] = "fate:", cause_of[] = "cause:";

/* What is recorded of each kind, as PREFIX.KIND SUFFIX. */
static const struct {
    const char *title, *prefix, *suffix;
} columns[] = { { "written", "written.", "" },
                { "delivered", "delivered.", "" },
                { "median latency", "latency.", ".p50" },
                { "95 %", "latency.", ".p95" },
                { "99 %", "latency.", ".p99" },
                { "bytes a user and day", "bytes_per_user_day.", "" } };

static const MetricSummary *
metric_of(const Summary *summary, guint column, const char *kind)
{
    g_autofree char *name =
        g_strconcat(columns[column].prefix, kind, columns[column].suffix, NULL);

    return summary_metric(summary, name);
}

/* The value, and its interval where there is one. */
static char *
cell_text(const MetricSummary *metric)
{
    if (metric == NULL)
        return g_strdup("");
    {
        g_auto(IntervalText) text = format_metric(metric);

        if (text.low[0] == '\0')
            return g_strdup(text.value);
        return g_strdup_printf("%s (%s to %s)", text.value, text.low, text.high);
    }
}

/* Kinds whose fates are known, in the order of recording. */
static GArray *
kinds_of(RecordReader *reader)
{
    return record_reader_names(reader, RECORD_GROUPS, fate_of);
}

static const char *
kind_at(const GArray *kinds, guint i)
{
    return g_array_index(kinds, const char *, i) + strlen(fate_of);
}

/* --- text -------------------------------------------------------------------------------
 */

enum { TEXT_COLUMNS = 3, NAME_WIDTH = 14, GAP = 2 };

/* A column of the table, its head first. */
static void
append_column(GPtrArray *cells[], guint column, const Summary *summary, const GArray *kinds)
{
    cells[column] = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(cells[column], g_strdup(columns[column].title));
    for (guint i = 0; i < kinds->len; i++)
        g_ptr_array_add(cells[column],
                        cell_text(metric_of(summary, column, kind_at(kinds, i))));
}

static glong
width_of(const GPtrArray *cells)
{
    glong width = 0;

    for (guint i = 0; i < cells->len; i++)
        width = MAX(width, g_utf8_strlen(cells->pdata[i], -1));
    return width + GAP;
}

void
text_append_kinds(GString *out, RecordReader *reader, const Summary *summary)
{
    g_autoptr(GArray) kinds = kinds_of(reader);
    GPtrArray *cells[TEXT_COLUMNS];

    if (kinds->len == 0)
        return;
    for (guint c = 0; c < TEXT_COLUMNS; c++)
        append_column(cells, c, summary, kinds);
    g_string_append(out, "\n");
    for (guint row = 0; row <= kinds->len; row++) {
        g_autofree char *name =
            g_strconcat("  ", row > 0 ? kind_at(kinds, row - 1) : NULL, NULL);

        text_append_padded(out, row > 0 ? name : "each kind", NAME_WIDTH, false);
        for (guint c = 0; c < TEXT_COLUMNS; c++)
            text_append_padded(out, cells[c]->pdata[row], width_of(cells[c]), true);
        g_string_append_c(out, '\n');
    }
    for (guint c = 0; c < TEXT_COLUMNS; c++)
        g_ptr_array_unref(cells[c]);
}

/* --- html -------------------------------------------------------------------------------
 */

static void
append_causes(GString *out, RecordReader *reader, const GArray *kinds)
{
    GString *rows = g_string_new(NULL);

    for (guint i = 0; i < kinds->len; i++) {
        const char *kind = kind_at(kinds, i);
        g_autofree char *group = g_strconcat(cause_of, kind, NULL);
        g_autoptr(GArray) sums = record_reader_counts_summed(reader, group);

        for (guint k = 0; k < sums->len; k++) {
            const RecordCount *sum = &g_array_index(sums, RecordCount, k);
            g_autofree char *count = format_count(sum->count);

            g_string_append(rows, "<tr>");
            html_append_element(rows, "td", "", k == 0 ? kind : "");
            html_append_element(rows, "td", "", sum->key);
            html_append_element(rows, "td", "", count);
            g_string_append(rows, "</tr>\n");
        }
    }
    if (rows->len > 0)
        g_string_append_printf(
            out,
            "<table>\n<tr><th>kind</th><th>fate: cause of what was not "
            "delivered</th><th>count over all runs</th></tr>\n%s</table>\n",
            rows->str);
    g_string_free(rows, TRUE);
}

void
html_append_kinds(GString *out, RecordReader *reader, const Summary *summary)
{
    g_autoptr(GArray) kinds = kinds_of(reader);

    if (kinds->len == 0)
        return;
    g_string_append(out, "<h2>Each kind of message</h2>\n<table>\n<tr><th>kind</th>");
    for (guint c = 0; c < G_N_ELEMENTS(columns); c++)
        html_append_element(out, "th", "", columns[c].title);
    g_string_append(out, "</tr>\n");
    for (guint i = 0; i < kinds->len; i++) {
        g_string_append(out, "<tr>");
        html_append_element(out, "td", "", kind_at(kinds, i));
        for (guint c = 0; c < G_N_ELEMENTS(columns); c++) {
            g_autofree char *text = cell_text(metric_of(summary, c, kind_at(kinds, i)));

            html_append_element(out, "td", "", text);
        }
        g_string_append(out, "</tr>\n");
    }
    g_string_append(
        out, "</table>\n<p class=\"note\">A message to several counts once for each "
             "of them. Latency: from writing until it is read, with the file that it "
             "tells of. Bytes: of the messages and files, with every copy and try, "
             "at those who send and receive them.</p>\n");
    append_causes(out, reader, kinds);
}
