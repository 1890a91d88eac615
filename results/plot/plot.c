/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/plot/plot.h"

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
    { { "survival", "How many messages still have a copy at an age?",
        "Kaplan-Meier estimate: a copy on any disk; messages that were delivered or "
        "expired "
        "are watched no longer. Line: mean over runs; band: from the least to the greatest "
        "run." },
      false,
      chart_survival },
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

/* "churn: 5 runs, seeds 1-5, commit abc; band: ..." */
static char *
caption_of(RecordReader *reader, bool pooled)
{
    guint runs = record_reader_runs(reader)->len;
    g_autofree char *seeds = record_reader_seeds(reader);
    g_autofree char *commits = record_reader_commits(reader);
    const char *bands =
        runs > 1 ? "; bands from the least to the greatest run" : "; one run has no band";

    return g_strdup_printf("%s: %u run%s, seed%s %s, commit %s%s",
                           record_reader_scenario_name(reader), runs, runs == 1 ? "" : "s",
                           runs == 1 ? "" : "s", seeds, commits, pooled ? "" : bands);
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
