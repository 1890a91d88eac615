/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page's part on a sweep, and on what the scenario expects. */
#include "results/report/format.h"
#include "results/report/html.h"
#include "results/report/kinds.h"
#include "results/report/verdict.h"

static void
append_cell(GString *out, const char *tag, const char *text)
{
    html_append_element(out, tag, "", text);
}

/* Value and, below it in small, its interval. */
static void
append_interval(GString *out, const MetricSummary *metric)
{
    g_auto(IntervalText) text = { NULL, NULL, NULL };

    if (metric == NULL) {
        append_cell(out, "td", "\u2014");
        return;
    }
    text = format_metric(metric);
    g_string_append(out, "<td>");
    html_append_text(out, text.value);
    if (text.low[0] != '\0') {
        g_string_append(out, "<br/><small>");
        html_append_text(out, text.low);
        g_string_append(out, " to ");
        html_append_text(out, text.high);
        g_string_append(out, "</small>");
    }
    g_string_append(out, "</td>");
}

static void
append_row(GString *out, RecordReader *reader, const Summary *summary,
           const RecordVariant *variant, const GArray *columns)
{
    g_autofree char *runs = format_count(record_reader_runs(reader)->len);

    g_string_append(out, "<tr>");
    append_cell(out, "td", variant->label);
    append_cell(out, "td", runs);
    for (guint i = 0; i < columns->len; i++)
        append_interval(out,
                        summary_metric(summary, g_array_index(columns, const char *, i)));
    g_string_append(out, "</tr>\n");
}

static void
append_details(GString *out, RecordReader *reader, const Summary *summary,
               const RecordVariant *variant)
{
    g_string_append(out, "<details>\n");
    html_append_element(out, "summary", "", variant->label);
    g_string_append(out,
                    "\n<table>\n<tr><th>metric</th><th>value and interval</th></tr>\n");
    for (guint i = 0; i < summary->metrics->len; i++) {
        const MetricSummary *metric = &g_array_index(summary->metrics, MetricSummary, i);

        g_string_append(out, "<tr>");
        append_cell(out, "td", metric->name);
        append_interval(out, metric);
        g_string_append(out, "</tr>\n");
    }
    g_string_append(out, "</table>\n");
    html_append_kinds(out, reader, summary);
    g_string_append(out, "</details>\n");
}

void
html_append_variants(GString *out, RecordReader *reader)
{
    const GArray *variants = record_reader_variants(reader);
    g_autoptr(GArray) columns = summary_columns(reader);
    g_autoptr(GString) details = g_string_new(NULL);

    g_string_append(out, "<h2>Variants</h2>\n<table>\n<tr><th>variant</th><th>runs</th>");
    for (guint i = 0; i < columns->len; i++)
        append_cell(out, "th", g_array_index(columns, const char *, i));
    g_string_append(out, "</tr>\n");
    for (guint v = 0; v < variants->len; v++) {
        const RecordVariant *variant = &g_array_index(variants, RecordVariant, v);
        g_autoptr(Summary) summary = NULL;

        record_reader_choose(reader, v);
        summary = summary_new(reader);
        append_row(out, reader, summary, variant, columns);
        append_details(details, reader, summary, variant);
    }
    record_reader_choose(reader, 0);
    g_string_append(out, "</table>\n<p class=\"note\">Means over runs with their 95 % "
                         "intervals (Student's t; of what no run saw: 0 of all messages). "
                         "All variants run the same seeds and "
                         "share their luck.</p>\n<h2>All metrics of each variant</h2>\n");
    g_string_append_len(out, details->str, (gssize)details->len);
}

void
html_append_judgements(GString *out, RecordReader *reader)
{
    g_autoptr(GArray) judgements = verdicts_of(reader);

    if (judgements->len == 0)
        return;
    g_string_append(out, "<h2>What was expected</h2>\n<ul>\n");
    for (guint i = 0; i < judgements->len; i++) {
        const Judgement *judgement = &g_array_index(judgements, Judgement, i);
        g_autofree char *line = judgement_text(reader, judgement);

        html_append_element(
            out, "li", judgement->verdict == VERDICT_MET ? "" : " class=\"unmet\"", line);
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "</ul>\n");
}
