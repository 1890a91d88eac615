/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The numbers that the text, the JSON and the HTML report say: one value per run, an
 * interval over runs (results/stats).  Used inside report only. */
#pragma once

#include <stdbool.h>

#include "results/record/reader.h"
#include "results/stats/stats.h"

typedef struct MetricSummary {
    const char *name, *unit;
    StatsInterval interval;
    /* A metric NAME.exact is no metric of its own: it is what NAME should be. */
    bool has_exact;
    double exact, standard_error;
    bool within; /* SUMMARY_WITHIN standard errors of it (and 1e-12, what doubles hold) */
} MetricSummary;

enum { SUMMARY_WITHIN = 4 };

/* A key of a group of counts, as a share of all messages. */
typedef struct ShareSummary {
    const char *key;
    uint64_t count;      /* over all runs */
    StatsInterval share; /* within 0 and 1 */
    double bound;        /* where the count is 0: stats_bound_of_none() of all messages */
} ShareSummary;

typedef struct Summary {
    GArray *metrics;         /* MetricSummary, as recorded */
    GArray *fates;           /* ShareSummary */
    GArray *causes;          /* ShareSummary, the most frequent first */
    uint64_t messages;       /* with a fate, over all runs */
    double wall_s;           /* over all runs */
    uint64_t peak_rss_bytes; /* of the largest run */
} Summary;

/* Of the variant that the reader looks at. */
Summary *summary_new(RecordReader *reader);
void summary_free(Summary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Summary, summary_free)

/* More than one variant, or one with a label. */
bool summary_is_sweep(const RecordReader *reader);
/* const char *: the metrics that tell variants apart, the primary one first, then those
 * that are drawn and expected, or a few usual ones. */
GArray *summary_columns(RecordReader *reader);
/* The interval of the metric of that name, or NULL. */
const MetricSummary *summary_metric(const Summary *summary, const char *name);
