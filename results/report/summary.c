/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/report/summary.h"

#include <math.h>
#include <string.h>

/* What shares near 1 are good to, and reference values have 12 digits. */
#define RESOLUTION 1e-12

/* Half the interval is the quantile of Student's t times the standard error. */
static double
standard_error(const StatsInterval *i)
{
    if (i->runs < 2)
        return NAN;
    return (i->high - i->low) / 2 /
           stats_student_quantile(1 - (1 - STATS_CONFIDENCE) / 2, (double)i->runs - 1);
}

static void
set_exact(MetricSummary *metric, double exact)
{
    metric->has_exact = true;
    metric->exact = exact;
    metric->within = fabs(metric->interval.value - exact) <=
                     SUMMARY_WITHIN * metric->standard_error + RESOLUTION;
}

/* Give each NAME.exact to its NAME, and take it out. */
static void
join_exact(GArray *metrics)
{
    for (guint i = 0; i < metrics->len;) {
        MetricSummary exact = g_array_index(metrics, MetricSummary, i);
        size_t n = strlen(exact.name);

        if (!g_str_has_suffix(exact.name, ".exact")) {
            i++;
            continue;
        }
        for (guint j = 0; j < metrics->len; j++) {
            MetricSummary *metric = &g_array_index(metrics, MetricSummary, j);

            if (strlen(metric->name) == n - strlen(".exact") &&
                strncmp(metric->name, exact.name, strlen(metric->name)) == 0)
                set_exact(metric, exact.interval.value);
        }
        g_array_remove_index(metrics, i);
    }
}

static GArray *
summarise_metrics(RecordReader *reader)
{
    g_autoptr(GArray) rows = record_reader_metrics(reader);
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    GArray *metrics = g_array_new(FALSE, FALSE, sizeof(MetricSummary));
    guint end;

    for (guint start = 0; start < rows->len; start = end) {
        const RecordMetric *first = &g_array_index(rows, RecordMetric, start);
        MetricSummary metric = { .name = first->name, .unit = first->unit };

        /* Words of a reader are unique: the same name is the same pointer. */
        g_array_set_size(values, 0);
        for (end = start; end < rows->len && first[end - start].name == first->name; end++)
            g_array_append_val(values, first[end - start].value);
        metric.interval = stats_mean((const double *)(const void *)values->data,
                                     values->len, STATS_CONFIDENCE);
        metric.standard_error = standard_error(&metric.interval);
        metric.interval = stats_none_seen(
            metric.interval, record_reader_trials(reader, metric.name), STATS_CONFIDENCE);
        g_array_append_val(metrics, metric);
    }
    join_exact(metrics);
    return metrics;
}

/* How many messages have a fate, for each run; free with g_free(). */
static uint64_t *
messages_of_runs(const GArray *fates, guint runs)
{
    uint64_t *messages = g_new0(uint64_t, runs + 1);

    for (guint i = 0; i < fates->len; i++) {
        const RecordCount *count = &g_array_index(fates, RecordCount, i);

        messages[count->run] += count->count;
    }
    return messages;
}

/* One key: its share in every run that has messages. */
static ShareSummary
share_of_key(const GArray *counts, const RecordCount *sum, const uint64_t *messages,
             guint runs)
{
    g_autofree double *shares = g_new0(double, runs + 1);
    ShareSummary summary = { sum->key, sum->count, { 0 }, 0 };
    uint64_t all = 0;

    for (guint run = 0; run < runs; run++) {
        all += messages[run];
        if (messages[run] == 0)
            shares[run] = NAN;
    }
    for (guint i = 0; i < counts->len; i++) {
        const RecordCount *count = &g_array_index(counts, RecordCount, i);

        if (count->key == sum->key && messages[count->run] > 0)
            shares[count->run] = (double)count->count / (double)messages[count->run];
    }
    summary.share = stats_mean(shares, runs, STATS_CONFIDENCE);
    summary.share.low = MAX(summary.share.low, 0);
    summary.share.high = MIN(summary.share.high, 1);
    summary.bound = stats_bound_of_none(all, STATS_CONFIDENCE);
    return summary;
}

static GArray *
summarise_shares(RecordReader *reader, const char *group, const uint64_t *messages)
{
    g_autoptr(GArray) counts = record_reader_counts(reader, group);
    g_autoptr(GArray) sums = record_reader_counts_summed(reader, group);
    GArray *shares = g_array_new(FALSE, FALSE, sizeof(ShareSummary));

    for (guint i = 0; i < sums->len; i++) {
        ShareSummary share = share_of_key(counts, &g_array_index(sums, RecordCount, i),
                                          messages, record_reader_runs(reader)->len);

        g_array_append_val(shares, share);
    }
    return shares;
}

static gint
compare_counts(gconstpointer a, gconstpointer b)
{
    const ShareSummary *left = a, *right = b;

    return (left->count < right->count) - (left->count > right->count);
}

static void
summarise_runs(Summary *summary, const GArray *runs)
{
    for (guint i = 0; i < runs->len; i++) {
        const RunFacts *facts = &g_array_index(runs, RecordRun, i).facts;

        summary->wall_s += facts->wall_s;
        summary->peak_rss_bytes = MAX(summary->peak_rss_bytes, facts->peak_rss_bytes);
    }
}

Summary *
summary_new(RecordReader *reader)
{
    const GArray *runs = record_reader_runs(reader);
    g_autoptr(GArray) fates = record_reader_counts(reader, "fate");
    g_autofree uint64_t *messages = messages_of_runs(fates, runs->len);
    Summary *summary = g_new0(Summary, 1);

    for (guint run = 0; run < runs->len; run++)
        summary->messages += messages[run];
    summary->metrics = summarise_metrics(reader);
    summary->fates = summarise_shares(reader, "fate", messages);
    summary->causes = summarise_shares(reader, "cause", messages);
    g_array_sort(summary->causes, compare_counts);
    summarise_runs(summary, runs);
    return summary;
}

void
summary_free(Summary *summary)
{
    if (summary == NULL)
        return;
    g_array_unref(summary->metrics);
    g_array_unref(summary->fates);
    g_array_unref(summary->causes);
    g_free(summary);
}

bool
summary_is_sweep(const RecordReader *reader)
{
    const GArray *variants = record_reader_variants(reader);

    return variants->len > 1 || g_array_index(variants, RecordVariant, 0).label[0] != '\0';
}

static void
add_column(GArray *columns, const char *name)
{
    for (guint i = 0; i < columns->len; i++)
        if (strcmp(g_array_index(columns, const char *, i), name) == 0)
            return;
    if (name[0] != '\0')
        g_array_append_val(columns, name);
}

GArray *
summary_columns(RecordReader *reader)
{
    static const char *const usual[] = { "delivered", "loss", "latency.p99",
                                         "repair_bytes" };
    g_autoptr(GArray) plots = record_reader_plots(reader);
    g_autoptr(GArray) expectations = record_reader_expectations(reader);
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(const char *));

    add_column(columns, record_reader_metric(reader));
    for (guint i = 0; i < plots->len; i++) {
        g_autoptr(GPtrArray) metrics =
            record_reader_plot_metrics(reader, &g_array_index(plots, RecordPlot, i));

        for (guint j = 0; j < metrics->len; j++)
            add_column(columns, metrics->pdata[j]);
    }
    for (guint i = 0; i < expectations->len; i++)
        add_column(columns, g_array_index(expectations, RecordExpectation, i).metric);
    for (guint i = 0; i < G_N_ELEMENTS(usual) && columns->len < 4; i++)
        add_column(columns, usual[i]);
    return columns;
}

const MetricSummary *
summary_metric(const Summary *summary, const char *name)
{
    for (guint i = 0; i < summary->metrics->len; i++) {
        const MetricSummary *metric = &g_array_index(summary->metrics, MetricSummary, i);

        if (strcmp(metric->name, name) == 0)
            return metric;
    }
    return NULL;
}
