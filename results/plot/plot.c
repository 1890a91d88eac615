/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/plot/plot.h"

#include <string.h>

#include "results/plot/charts.h"

typedef struct ChartKind {
    PlotChart chart;
    bool pooled; /* a sum over runs: it has no bands */
    bool (*fill)(RecordReader *reader, Figure *figure);
} ChartKind;

static const ChartKind kinds[] = {
    { { "fates", "What became of the messages?",
        "All messages of all runs by when they were sent; below, those that did not "
        "arrive, "
        "by their first cause, on a scale of their own." },
      true,
      chart_fates },
    { { "replicas", "How many copies are left as a message ages?",
        "Copies on nodes of the recipient's swarm. Line: mean over runs; band: from the "
        "least to the greatest run." },
      false,
      chart_replicas },
    { { "latency", "How long until a message is there?",
        "Each run's own distribution over the messages that were delivered. Line: mean "
        "over "
        "runs; band: from the least to the greatest run." },
      false,
      chart_latency },
    { { "network", "How many nodes serve?",
        "Line: mean over runs; band: from the least to the greatest run." },
      false,
      chart_network },
    { { "load", "How evenly is the work spread over nodes?",
        "Each curve is sorted by itself, the busiest node first. Line: mean over runs; "
        "band: "
        "from the least to the greatest run." },
      false,
      chart_load },
};

const PlotChart *
plot_chart(size_t index)
{
    return index < G_N_ELEMENTS(kinds) ? &kinds[index].chart : NULL;
}

/* Seeds in a few words: "1-5, 9"; the rest is cut. */
static void
append_seeds(GString *text, const GArray *runs)
{
    enum { RANGES_MAX = 6 };
    guint end;
    int ranges = 0;

    for (guint start = 0; start < runs->len; start = end, ranges++) {
        uint64_t first = g_array_index(runs, RecordRun, start).facts.seed;

        if (ranges == RANGES_MAX) {
            g_string_append(text, ", ...");
            return;
        }
        end = start + 1;
        while (end < runs->len &&
               g_array_index(runs, RecordRun, end).facts.seed == first + (end - start))
            end++;
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT, start > 0 ? ", " : "", first);
        if (end - start > 1)
            g_string_append_printf(text, "-%" G_GUINT64_FORMAT, first + (end - start) - 1);
    }
}

static void
append_commits(GString *text, const GArray *runs)
{
    const char *last = NULL;

    for (guint i = 0; i < runs->len; i++) {
        const char *commit = g_array_index(runs, RecordRun, i).commit;

        if (last == NULL || strcmp(commit, last) != 0)
            g_string_append_printf(text, "%s%.12s", last == NULL ? "" : ", ", commit);
        last = commit;
    }
}

/* "churn: 5 runs, seeds 1-5, commit abc; band: ..." */
static char *
caption_of(RecordReader *reader, bool pooled)
{
    const GArray *runs = record_reader_runs(reader);
    GString *text = g_string_new(record_reader_scenario_name(reader));

    g_string_append_printf(text, ": %u run%s, seed%s ", runs->len,
                           runs->len == 1 ? "" : "s", runs->len == 1 ? "" : "s");
    append_seeds(text, runs);
    g_string_append(text, ", commit ");
    append_commits(text, runs);
    if (!pooled)
        g_string_append(text, runs->len > 1 ? "; bands from the least to the greatest run"
                                            : "; one run has no band");
    return g_string_free(text, FALSE);
}

PlotOutcome
plot_draw(RecordReader *reader, const PlotChart *chart, const char *folder, GError **error)
{
    const ChartKind *kind = (const ChartKind *)chart;
    g_autofree char *caption = NULL;
    g_autoptr(Figure) figure = NULL;

    if (record_reader_runs(reader)->len == 0)
        return PLOT_NOTHING_RECORDED;
    caption = caption_of(reader, kind->pooled);
    figure = figure_new(chart->name, chart->question, caption);
    if (!kind->fill(reader, figure))
        return record_reader_check(reader, error) ? PLOT_NOTHING_RECORDED : PLOT_FAILED;
    if (!record_reader_check(reader, error) || !figure_draw(figure, folder, error))
        return PLOT_FAILED;
    return PLOT_DRAWN;
}
