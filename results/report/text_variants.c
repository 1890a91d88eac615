/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sweep on a terminal: a line for each variant, the metrics that it is about beside each
 * other, each with its interval. */
#include "results/report/format.h"
#include "results/report/text.h"

#include <string.h>

enum { GAP = 2 };

/* "0.9931 (0.9912 to 0.9950)"; the value alone for one run. */
static char *
cell(const Summary *summary, const char *name)
{
    const MetricSummary *metric = summary_metric(summary, name);
    g_auto(IntervalText) text = { NULL, NULL, NULL };

    if (metric == NULL)
        return g_strdup("\u2014");
    text = format_metric(metric);
    if (text.low[0] == '\0')
        return g_strdup(text.value);
    return g_strdup_printf("%s (%s to %s)", text.value, text.low, text.high);
}

static glong
longest(const GPtrArray *cells, guint columns, guint column)
{
    glong width = 0;

    for (guint i = column; i < cells->len; i += columns)
        width = MAX(width, g_utf8_strlen(cells->pdata[i], -1));
    return width;
}

static void
append_table(GString *out, const GPtrArray *cells, guint columns)
{
    g_autofree glong *widths = g_new(glong, columns);

    for (guint column = 0; column < columns; column++)
        widths[column] = longest(cells, columns, column) + GAP;
    for (guint i = 0; i < cells->len; i++) {
        guint column = i % columns;
        bool last = column == columns - 1;

        text_append_padded(out, cells->pdata[i], last ? 0 : widths[column], false);
        if (last)
            g_string_append_c(out, '\n');
    }
}

/* One variant's row; its runs are counted. */
static void
add_row(GPtrArray *cells, RecordReader *reader, const RecordVariant *variant,
        const GArray *columns, guint *runs, double *wall_s)
{
    g_autoptr(Summary) summary = summary_new(reader);
    guint count = record_reader_runs(reader)->len;

    g_ptr_array_add(cells, g_strdup(variant->label));
    g_ptr_array_add(cells, g_strdup_printf("%u", count));
    for (guint i = 0; i < columns->len; i++)
        g_ptr_array_add(cells, cell(summary, g_array_index(columns, const char *, i)));
    *runs += count;
    *wall_s += summary->wall_s;
}

void
text_append_variants(GString *out, RecordReader *reader)
{
    const GArray *variants = record_reader_variants(reader);
    g_autoptr(GArray) columns = summary_columns(reader);
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *seeds = record_reader_seeds(reader);
    g_autofree char *wall = NULL;
    guint runs = 0;
    double wall_s = 0;

    g_ptr_array_add(cells, g_strdup("variant"));
    g_ptr_array_add(cells, g_strdup("runs"));
    for (guint i = 0; i < columns->len; i++)
        g_ptr_array_add(cells, g_strdup(g_array_index(columns, const char *, i)));
    for (guint v = 0; v < variants->len; v++) {
        record_reader_choose(reader, v);
        add_row(cells, reader, &g_array_index(variants, RecordVariant, v), columns, &runs,
                &wall_s);
    }
    record_reader_choose(reader, 0);
    wall = format_duration(wall_s);
    g_string_append_printf(
        out, "%s: %u variants, %u runs (seeds %s, the same for all), %s\n",
        record_reader_scenario_name(reader), variants->len, runs, seeds, wall);
    g_string_append(out, "  intervals: 95 % over runs, Student's t; of what no run saw: 0 "
                         "of all messages\n\n");
    append_table(out, cells, columns->len + 2);
}
