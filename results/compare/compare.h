/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is the new experiment not worse than the base?  Non-inferiority, metric by metric, with
 * margins that were declared before (science 3.2): a metric passes when its difference is
 * within its margin with confidence, fails when it is beyond it with confidence, and is
 * undecided otherwise; "no significant difference" is never the reason for a pass. */
#pragma once

#include "results/compare/metrics.h"
#include "results/record/reader.h"
#include "results/stats/differences.h"

/* A pass is wrong at most once in 20 times for a metric at its margin.  A fail stops
 * somebody's work: for what is no worse than its margin, all metrics together, at most once
 * in 200 comparisons. */
#define COMPARE_PASS_LEVEL 0.05
#define COMPARE_FAIL_LEVEL 0.005
#define COMPARE_RUNS_MIN 5 /* on each side, or pairs: with fewer nothing is judged */

typedef enum CompareVerdict {
    COMPARE_PASS,
    COMPARE_FAIL,
    COMPARE_UNDECIDED
} CompareVerdict;

const char *compare_verdict_name(CompareVerdict verdict);

/* All runs of one metric.  Strings belong to the readers. */
typedef struct CompareRow {
    const char *name, *unit;
    Better better;
    Margin margin;
    bool required;
    guint measured_base, measured_new; /* runs in which it has a value */
    StatsInterval base, new_;          /* means, with 95 % intervals */
    double trials; /* a share of messages: so many of them in new's runs; else NAN */
    StatsDifference difference; /* new - base */
    StatsInterval shown;        /* of that: 90 %, so that each end is a one-sided 95 % */
    double p_pass, p_fail;      /* adjusted by Holm; NAN: not judged */
    double needs;               /* undecided: so many runs on each side would do in
                                 * 4 of 5 cases if it is as it looks; NAN: none known */
    CompareVerdict verdict;
} CompareRow;

typedef struct CompareVariant {
    const char *label, *new_label; /* as a rule the same */
    bool paired;
    guint runs_base, runs_new, pairs;
    guint judged, passed, failed;
    GArray *rows; /* CompareRow */
    CompareVerdict verdict;
} CompareVariant;

typedef struct CompareOptions {
    bool unpaired;              /* though the seeds are the same */
    bool force;                 /* though the scenarios are of different worlds */
    bool strict;                /* every metric is required */
    const char *against;        /* new's variant beside `variant`; NULL: the same label */
    const char *variant;        /* NULL: all that both have */
    const char *const *margins; /* "METRIC=MARGIN"; NULL-terminated; may be NULL */
} CompareOptions;

typedef struct Comparison {
    RecordReader *base, *new_;
    GPtrArray *keys;  /* char *: "section.key: this | that", where the scenarios differ */
    GPtrArray *alone; /* char *: variants that only one of them has */
    GArray *variants; /* CompareVariant */
    CompareVerdict verdict;
} Comparison;

/* NULL with @error set: one cannot be read, no runs, other worlds without force, no metric
 * in common, an option that does not parse or fit. */
Comparison *compare_new(const char *base, const char *new_, const CompareOptions *options,
                        GError **error);
void compare_free(Comparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Comparison, compare_free)

/* For people; for programs; for continuous integration (JUnit XML, a test case for each
 * metric).  Free with g_free(). */
char *compare_text(const Comparison *comparison);
char *compare_json(const Comparison *comparison);
char *compare_junit(const Comparison *comparison);
