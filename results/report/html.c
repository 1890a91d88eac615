/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/report/adversary.h"
#include "results/report/html.h"

#include <string.h>

#include "results/report/faults.h"
#include "results/report/format.h"
#include "results/report/kinds.h"

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\"/>\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:\"/>\n"
    "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
    "<style>\n"
    "body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;\n"
    "  max-width: 72rem; margin: 2rem auto; padding: 0 1.5rem; }\n"
    "h1 { font-size: 1.7rem; margin-bottom: 0.3rem; }\n"
    "h2 { font-size: 1.2rem; margin-top: 2.5rem; border-bottom: 1px solid #ddd; }\n"
    "p.question { font-size: 1.05rem; white-space: pre-line; color: #444; }\n"
    "p.note, figcaption { color: #666; font-size: 0.9rem; }\n"
    "p.warning { border-left: 4px solid #D55E00; padding-left: 0.8rem; }\n"
    "table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n"
    "th, td { text-align: right; padding: 0.2rem 0.9rem 0.2rem 0; }\n"
    "th { font-weight: 600; border-bottom: 1px solid #bbb; }\n"
    "td { border-bottom: 1px solid #eee; }\n"
    "th:first-child, td:first-child { text-align: left; }\n"
    "td.hash { font: 0.8rem monospace; word-break: break-all; text-align: left; }\n"
    "dl { display: grid; grid-template-columns: max-content auto; gap: 0.1rem 1.2rem; }\n"
    "dt { color: #666; } dd { margin: 0; overflow-wrap: anywhere; }\n"
    "li.unmet { color: #a33c00; font-weight: 600; }\n"
    "figure { margin: 2rem 0; } figure svg { width: 100%; height: auto; }\n"
    "pre { background: #f6f6f6; padding: 1rem; overflow-x: auto; font-size: 0.85rem; }\n"
    "</style>\n";

void
html_append_text(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    for (const char *p = valid; *p != '\0'; p++) {
        if (*p == '&')
            g_string_append(out, "&amp;");
        else if (*p == '<')
            g_string_append(out, "&lt;");
        else if (*p == '>')
            g_string_append(out, "&gt;");
        else if (*p == '"')
            g_string_append(out, "&quot;");
        else if (*p == '\'')
            g_string_append(out, "&#39;");
        else if (g_ascii_iscntrl(*p) && *p != '\n' && *p != '\t')
            g_string_append(out, "\uFFFD"); /* XML cannot hold it, escaped or not */
        else
            g_string_append_c(out, *p);
    }
}

void
html_append_element(GString *out, const char *tag, const char *attributes, const char *text)
{
    g_string_append_printf(out, "<%s%s>", tag, attributes);
    html_append_text(out, text);
    g_string_append_printf(out, "</%s>", tag);
}

static void
append_fact(GString *out, const char *term, const char *text)
{
    html_append_element(out, "dt", "", term);
    html_append_element(out, "dd", "", text);
    g_string_append_c(out, '\n');
}

/* A row of cells, ended by NULL. */
static void append_row(GString *out, const char *tag, ...) G_GNUC_NULL_TERMINATED;

static void
append_row(GString *out, const char *tag, ...)
{
    va_list cells;
    const char *cell;

    g_string_append(out, "<tr>");
    va_start(cells, tag);
    while ((cell = va_arg(cells, const char *)) != NULL)
        html_append_element(out, tag, "", cell);
    va_end(cells);
    g_string_append(out, "</tr>\n");
}

static void
append_head(GString *out, const HtmlPage *page)
{
    g_string_append(out, head);
    html_append_element(out, "title", "", record_reader_scenario_name(page->reader));
    g_string_append(out, "\n</head>\n<body>\n");
    html_append_element(out, "h1", "", record_reader_scenario_name(page->reader));
    g_string_append_c(out, '\n');
    if (page->question != NULL && page->question[0] != '\0') {
        html_append_element(out, "p", " class=\"question\"", page->question);
        g_string_append_c(out, '\n');
    }
}

static void
append_facts(GString *out, const HtmlPage *page)
{
    guint count = record_reader_runs(page->reader)->len;
    g_autofree char *runs = format_count(count);
    g_autofree char *seeds = record_reader_seeds(page->reader);
    g_autofree char *commits = record_reader_commits(page->reader);
    g_autofree char *wall = format_duration(page->summary->wall_s);
    g_autofree char *memory = format_value((double)page->summary->peak_rss_bytes, "bytes");
    g_autofree char *messages = format_count(page->summary->messages);

    g_string_append(out, "<dl>\n");
    append_fact(out, "runs", runs);
    append_fact(out, "seeds", seeds);
    append_fact(out, "commit", commits);
    append_fact(out, "messages in all runs", messages);
    append_fact(out, "computing time of all runs", wall);
    append_fact(out, "largest memory", memory);
    g_string_append(out, "</dl>\n");
    if (strchr(commits, ',') != NULL)
        g_string_append(out, "<p class=\"warning\">The runs come from different commits of "
                             "the program: they are no sample of one experiment.</p>\n");
    if (count == 0)
        g_string_append(out, "<p class=\"warning\">No run is finished.</p>\n");
    else if (count == 1)
        g_string_append(
            out, "<p class=\"warning\">One run: there are no intervals. What happens "
                 "to the messages of a run hangs together, so that a run, however "
                 "large, is one observation; more seeds give intervals.</p>\n");
}

static void
append_metrics(GString *out, const GArray *metrics)
{
    if (metrics->len == 0)
        return;
    g_string_append(out, "<h2>Summary</h2>\n<table>\n");
    append_row(out, "th", "metric", "value", "low", "high", "runs", "unit", NULL);
    for (guint i = 0; i < metrics->len; i++) {
        const MetricSummary *metric = &g_array_index(metrics, MetricSummary, i);
        g_auto(IntervalText) text = format_metric(metric);
        g_autofree char *runs = format_count(metric->interval.runs);

        append_row(out, "td", metric->name, text.value, text.low, text.high, runs,
                   metric->unit, NULL);
    }
    g_string_append(out, "</table>\n<p class=\"note\">Value: mean over runs; low and high: "
                         "95 % interval over runs (Student's t).</p>\n");
}

static void
append_shares(GString *out, const char *title, const char *key, const GArray *shares)
{
    bool none = false;

    if (shares->len == 0)
        return;
    html_append_element(out, "h2", "", title);
    g_string_append(out, "\n<table>\n");
    append_row(out, "th", key, "count", "share of messages", "low", "high", NULL);
    for (guint i = 0; i < shares->len; i++) {
        const ShareSummary *share = &g_array_index(shares, ShareSummary, i);
        g_auto(IntervalText) text = format_share_summary(share);
        g_autofree char *count = format_count(share->count);

        none |= share->count == 0;
        append_row(out, "td", share->key, count, text.value, text.low, text.high, NULL);
    }
    g_string_append(out,
                    "</table>\n<p class=\"note\">Counts over all runs; each run's share, "
                    "its mean and 95 % interval over runs.");
    if (none)
        g_string_append(out,
                        " Where nothing was seen, the one-sided 95 % bound that so many "
                        "messages would give if they were independent.");
    g_string_append(out, "</p>\n");
}

static void
append_faults(GString *out, RecordReader *reader)
{
    g_autoptr(GArray) faults = fault_intervals(reader);

    if (faults->len == 0)
        return;
    g_string_append(out, "<h2>Faults</h2>\n<table>\n");
    append_row(out, "th", "fault", "from", "to", "events in a run", "runs", NULL);
    for (guint i = 0; i < faults->len; i++) {
        const FaultInterval *fault = &g_array_index(faults, FaultInterval, i);
        g_autofree char *from = format_duration(fault->from_s);
        g_autofree char *to = format_duration(fault->to_s);
        g_autofree char *events = g_strdup_printf("%.4g", fault->events);
        g_autofree char *runs = format_count(fault->runs);

        append_row(out, "td", fault->title, from, to, events, runs, NULL);
    }
    g_string_append(out,
                    "</table>\n<p class=\"note\">From the first to the last thing that "
                    "each did in any run, and to how many nodes and people.</p>\n");
}

static void
append_figures(GString *out, const HtmlPage *page)
{
    g_string_append(out, "<h2>Figures</h2>\n");
    if (page->no_figures != NULL) {
        html_append_element(out, "p", " class=\"warning\"", page->no_figures);
        g_string_append_c(out, '\n');
    }
    for (guint i = 0; i < page->figures->len; i++) {
        const HtmlFigure *figure = &g_array_index(page->figures, HtmlFigure, i);

        if (figure->svg == NULL)
            continue;
        g_string_append_printf(out, "<figure>\n%s\n", figure->svg);
        html_append_element(out, "figcaption", "", figure->note);
        g_string_append(out, "\n</figure>\n");
    }
}

/* One row for each kind of request, one column for each key that any kind has. */
static void
append_outcomes(GString *out, RecordReader *reader, const char *prefix, const char *title)
{
    g_autoptr(GArray) groups = record_reader_names(reader, RECORD_GROUPS, prefix);

    if (groups->len == 0)
        return;
    html_append_element(out, "h2", "", title);
    g_string_append(out, "\n<table>\n");
    append_row(out, "th", "kind", "outcome", "count over all runs", NULL);
    for (guint i = 0; i < groups->len; i++) {
        const char *group = g_array_index(groups, const char *, i);
        g_autoptr(GArray) sums = record_reader_counts_summed(reader, group);

        for (guint k = 0; k < sums->len; k++) {
            const RecordCount *sum = &g_array_index(sums, RecordCount, k);
            g_autofree char *count = format_count(sum->count);

            append_row(out, "td", k == 0 ? group + strlen(prefix) : "", sum->key, count,
                       NULL);
        }
    }
    g_string_append(out, "</table>\n");
}

static void
append_run(GString *out, const RecordRun *run)
{
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, run->facts.seed);
    g_autofree char *events = format_count(run->facts.events);
    g_autofree char *simulated = format_duration(run->facts.simulated_s);
    g_autofree char *wall = format_duration(run->facts.wall_s);
    g_autofree char *memory = format_value((double)run->facts.peak_rss_bytes, "bytes");

    g_string_append(out, "<tr>");
    html_append_element(out, "td", "", seed);
    html_append_element(out, "td", "", simulated);
    html_append_element(out, "td", "", events);
    html_append_element(out, "td", "", wall);
    html_append_element(out, "td", "", memory);
    html_append_element(out, "td", " class=\"hash\"", run->facts.trace_hash);
    g_string_append(out, "</tr>\n");
}

static void
append_runs(GString *out, const GArray *runs)
{
    if (runs->len == 0)
        return;
    g_string_append(out, "<h2>Runs</h2>\n<table>\n");
    append_row(out, "th", "seed", "simulated", "events", "took", "memory", "trace hash",
               NULL);
    for (guint i = 0; i < runs->len; i++)
        append_run(out, &g_array_index(runs, RecordRun, i));
    g_string_append(out,
                    "</table>\n<p class=\"note\">The same scenario, seed and commit give "
                    "the same trace hash on every machine.</p>\n");
}

static void
append_how(GString *out, const HtmlPage *page)
{
    g_string_append(
        out,
        "<h2>How this was made</h2>\n"
        "<p>Where no topology is named (network.topology), geography is put together: "
        "traces "
        "of real nodes have places but no latencies, measured latencies have no places. "
        "Each "
        "country gets a cluster of latency hosts from the seed, so that neighbours are "
        "near.</p>\n"
        "<details>\n<summary>The scenario with every key resolved</summary>\n<pre>");
    html_append_text(out, record_reader_scenario_text(page->reader));
    g_string_append(out, "</pre>\n</details>\n<h2>Data</h2>\n");
    html_append_data(out, page->reader);
}

/* A scenario without a sweep. */
static void
append_one(GString *out, const HtmlPage *page)
{
    append_facts(out, page);
    html_append_judgements(out, page->reader);
    append_metrics(out, page->summary->metrics);
    append_shares(out, "What became of the messages", "fate", page->summary->fates);
    append_shares(out, "Why messages were not delivered", "cause", page->summary->causes);
    html_append_kinds(out, page->reader, page->summary);
    append_faults(out, page->reader);
    html_append_adversary(out, page->reader);
    append_figures(out, page);
    append_outcomes(out, page->reader, "request:", "Outcomes of requests");
    append_outcomes(out, page->reader, "status:", "Answers to requests");
    append_runs(out, record_reader_runs(page->reader));
}

char *
html_page(const HtmlPage *page)
{
    GString *out = g_string_new(NULL);

    append_head(out, page);
    if (summary_is_sweep(page->reader)) {
        append_figures(out, page);
        html_append_judgements(out, page->reader);
        html_append_variants(out, page->reader);
    } else {
        append_one(out, page);
    }
    append_how(out, page);
    g_string_append(out, "</body>\n</html>\n");
    return g_string_free(out, FALSE);
}
