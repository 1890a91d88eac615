/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The summary for a terminal: plain text in columns. */
#include <string.h>

#include "results/report/adversary.h"
#include "results/report/faults.h"
#include "results/report/format.h"
#include "results/report/kinds.h"
#include "results/report/report.h"
#include "results/report/text.h"
#include "results/report/verdict.h"

enum { NUMBER_WIDTH = 13, NAME_WIDTH_MAX = 44 };

/* What is being written: the text and how wide its first column is. */
typedef struct Page {
    GString *out;
    glong name_width;
} Page;

void
text_append_padded(GString *out, const char *text, glong width, bool right)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    glong blanks = width - g_utf8_strlen(valid, -1);

    if (right && blanks > 0)
        g_string_append_printf(out, "%*s", (int)blanks, "");
    g_string_append(out, valid);
    if (!right && blanks > 0)
        g_string_append_printf(out, "%*s", (int)blanks, "");
}

static void
append_name(const Page *page, const char *indent, const char *name)
{
    g_string_append(page->out, indent);
    text_append_padded(page->out, name, page->name_width - (glong)strlen(indent), false);
}

static void
widen(Page *page, const char *name)
{
    page->name_width =
        MAX(page->name_width, MIN(g_utf8_strlen(name, -1), NAME_WIDTH_MAX) + 2);
}

/* As wide as the longest name needs. */
static void
find_width(Page *page, const Summary *summary)
{
    widen(page, "why not delivered");
    for (guint i = 0; i < summary->fates->len; i++)
        widen(page, g_array_index(summary->fates, ShareSummary, i).key);
    for (guint i = 0; i < summary->causes->len; i++)
        widen(page, g_array_index(summary->causes, ShareSummary, i).key);
    for (guint i = 0; i < summary->metrics->len; i++)
        widen(page, g_array_index(summary->metrics, MetricSummary, i).name);
}

/* Ends the line; blanks at its end are left out. */
static void
append_numbers(GString *out, const char *a, const char *b, const char *c, const char *d)
{
    text_append_padded(out, a, NUMBER_WIDTH, true);
    text_append_padded(out, b, NUMBER_WIDTH, true);
    text_append_padded(out, c, NUMBER_WIDTH, true);
    text_append_padded(out, d, NUMBER_WIDTH, true);
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

static void
append_head(GString *out, RecordReader *reader, const Summary *summary)
{
    const GArray *runs = record_reader_runs(reader);
    g_autofree char *seeds = record_reader_seeds(reader);
    g_autofree char *commits = record_reader_commits(reader);
    g_autofree char *wall = format_duration(summary->wall_s);
    g_autofree char *memory = format_value((double)summary->peak_rss_bytes, "bytes");

    g_string_append_printf(out, "%s: %u run%s", record_reader_scenario_name(reader),
                           runs->len, runs->len == 1 ? "" : "s");
    if (runs->len == 0) {
        g_string_append(out, " finished\n");
        return;
    }
    g_string_append_printf(out, ", seed%s %s, commit %s\n", runs->len == 1 ? "" : "s",
                           seeds, commits);
    g_string_append_printf(out, "  took %s, at most %s of memory\n", wall, memory);
    g_string_append(out, runs->len == 1
                             ? "  one run: no intervals (a run is one observation)\n"
                             : "  intervals: 95 % over runs, Student's t\n");
}

static void
append_shares(const Page *page, const char *title, const GArray *shares)
{
    if (shares->len == 0)
        return;
    g_string_append_c(page->out, '\n');
    append_name(page, "", title);
    append_numbers(page->out, "count", "share", "low", "high");
    for (guint i = 0; i < shares->len; i++) {
        const ShareSummary *share = &g_array_index(shares, ShareSummary, i);
        g_auto(IntervalText) text = format_share_summary(share);
        g_autofree char *count = format_count(share->count);

        append_name(page, "  ", share->key);
        append_numbers(page->out, count, text.value, text.low, text.high);
    }
}

static void
append_metrics(const Page *page, const GArray *metrics)
{
    if (metrics->len == 0)
        return;
    g_string_append_c(page->out, '\n');
    append_name(page, "", "metric");
    append_numbers(page->out, "value", "low", "high", "runs");
    for (guint i = 0; i < metrics->len; i++) {
        const MetricSummary *metric = &g_array_index(metrics, MetricSummary, i);
        g_auto(IntervalText) text = format_metric(metric);
        g_autofree char *runs = format_count(metric->interval.runs);

        append_name(page, "  ", metric->name);
        append_numbers(page->out, text.value, text.low, text.high, runs);
    }
}

static void
append_faults(const Page *page, const GArray *faults)
{
    if (faults->len == 0)
        return;
    g_string_append_c(page->out, '\n');
    append_name(page, "", "faults");
    append_numbers(page->out, "from", "to", "events", "runs");
    for (guint i = 0; i < faults->len; i++) {
        const FaultInterval *fault = &g_array_index(faults, FaultInterval, i);
        g_autofree char *from = format_duration(fault->from_s);
        g_autofree char *to = format_duration(fault->to_s);
        g_autofree char *events = g_strdup_printf("%.4g", fault->events);
        g_autofree char *runs = format_count(fault->runs);

        append_name(page, "  ", fault->title);
        append_numbers(page->out, from, to, events, runs);
    }
}

static void
append_exact(const Page *page, const GArray *metrics)
{
    bool any = false;

    for (guint i = 0; i < metrics->len; i++) {
        const MetricSummary *metric = &g_array_index(metrics, MetricSummary, i);
        g_autofree char *value = g_strdup_printf("%.6g", metric->interval.value);
        g_autofree char *exact = g_strdup_printf("%.6g", metric->exact);
        g_autofree char *error = g_strdup_printf("%.2g", metric->standard_error);

        if (!metric->has_exact)
            continue;
        if (!any) {
            g_string_append_c(page->out, '\n');
            append_name(page, "", "against its closed form");
            append_numbers(page->out, "value", "exact", "std error", "within 4");
        }
        any = true;
        append_name(page, "  ", metric->name);
        append_numbers(page->out, value, exact, error,
                       metric->interval.runs < 2 ? "one run"
                       : metric->within          ? "yes"
                                                 : "NO");
    }
}

static void
append_hashes(GString *out, const GArray *runs)
{
    if (runs->len == 0)
        return;
    g_string_append(out, "\ntrace hashes\n");
    for (guint i = 0; i < runs->len; i++) {
        const RunFacts *facts = &g_array_index(runs, RecordRun, i).facts;

        g_string_append_printf(out, "  seed %-8" G_GUINT64_FORMAT " %s\n", facts->seed,
                               facts->trace_hash);
    }
}

static void
append_judgements(GString *out, RecordReader *reader)
{
    g_autoptr(GArray) judgements = verdicts_of(reader);

    if (judgements->len > 0)
        g_string_append(out, "\nexpected\n");
    for (guint i = 0; i < judgements->len; i++) {
        g_autofree char *line =
            judgement_text(reader, &g_array_index(judgements, Judgement, i));

        g_string_append_printf(out, "  %s\n", line);
    }
}

static void
append_one(GString *out, RecordReader *reader)
{
    g_autoptr(Summary) summary = summary_new(reader);
    g_autoptr(GArray) faults = fault_intervals(reader);
    Page page = { .out = out };

    find_width(&page, summary);
    for (guint i = 0; i < faults->len; i++)
        widen(&page, g_array_index(faults, FaultInterval, i).title);
    append_head(out, reader, summary);
    append_shares(&page, "messages", summary->fates);
    append_shares(&page, "why not delivered", summary->causes);
    text_append_kinds(out, reader, summary);
    append_exact(&page, summary->metrics);
    append_metrics(&page, summary->metrics);
    append_faults(&page, faults);
    text_append_adversary(out, reader);
    append_hashes(out, record_reader_runs(reader));
}

char *
report_summary_text(const char *database, GError **error)
{
    g_autoptr(RecordReader) reader = record_reader_open(database, error);
    g_autoptr(GString) out = g_string_new(NULL);

    if (reader == NULL)
        return NULL;
    if (summary_is_sweep(reader))
        text_append_variants(out, reader);
    else
        append_one(out, reader);
    append_judgements(out, reader);
    if (!record_reader_check(reader, error))
        return NULL;
    return g_strdup(out->str);
}
