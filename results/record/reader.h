/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a results database: what plot/, report/ and compare/ look at.  Strings and arrays
 * live as noted; a reader sees every run that was finished when it was opened or since.
 *
 * A reader looks at one variant at a time, first at the first one: everything that it says
 * of runs is of that variant.  A row names its run by `run`, the run's place in
 * record_reader_runs() (0, 1, ... by seed). Trouble with the file while reading ends the
 * answer early and is remembered: ask record_reader_check() once, after the last question.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "results/record/record.h"

typedef struct RecordReader RecordReader;

typedef struct RecordRun {
    RunFacts facts;
    const char *commit; /* of the program that ran it */
} RecordRun;

typedef struct RecordMetric {
    uint32_t run;
    const char *name, *unit;
    double value; /* NAN: could not be measured */
} RecordMetric;

typedef struct RecordPoint {
    uint32_t run;
    double t_s, value;
} RecordPoint;

typedef struct RecordBin {
    uint32_t run;
    double low, high, weight;
} RecordBin;

typedef struct RecordCount {
    uint32_t run; /* 0 in a sum over runs */
    const char *group, *key;
    uint64_t count;
} RecordCount;

typedef struct RecordLoad {
    uint32_t run, node;
    double value;
} RecordLoad;

typedef struct RecordMessage {
    uint32_t run;
    uint64_t message;
    double sent_s, delivered_s; /* delivered_s < 0: not */
    const char *fate, *cause;
} RecordMessage;

typedef struct RecordEvent {
    double t_s;
    const char *what;
} RecordEvent;

/* Which names a table holds, for record_reader_names(). */
typedef enum RecordNames {
    RECORD_SERIES,
    RECORD_BINS,
    RECORD_GROUPS, /* of counts */
    RECORD_LOADS,
} RecordNames;

/* NULL with @error set: not there, not ours, of another schema. */
RecordReader *record_reader_open(const char *path, GError **error);
void record_reader_close(RecordReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecordReader, record_reader_close)

/* False with @error set when anything so far could not be read. */
bool record_reader_check(const RecordReader *reader, GError **error);

/* Owned by the reader, as every string that it gives. */
const char *record_reader_path(const RecordReader *reader);
const char *record_reader_scenario_name(const RecordReader *reader);
const char *record_reader_scenario_text(const RecordReader *reader);
/* The primary metric's name; "" when none was said. */
const char *record_reader_metric(const RecordReader *reader);

typedef struct RecordVariant {
    const char *label; /* empty: the scenario has no sweep */
    GArray *settings;  /* RecordSetting, in the order of the sweep */
} RecordVariant;

/* RecordVariant in the order of the sweep, those that have runs (or one without label and
 * settings when there is no run at all); owned by the reader. */
const GArray *record_reader_variants(const RecordReader *reader);
/* Look at the variant at @place of that array from now on. */
void record_reader_choose(RecordReader *reader, guint place);
/* The value of a variant's setting, or NULL. */
const char *record_variant_setting(const RecordVariant *variant, const char *key);

/* RecordRun by seed; owned by the reader, until another variant is chosen. */
const GArray *record_reader_runs(const RecordReader *reader);
/* New arrays of RecordExpectation and RecordPlot, whose texts are the reader's. */
GArray *record_reader_expectations(RecordReader *reader);
GArray *record_reader_plots(RecordReader *reader);
/* The metrics that a plot draws: its y, split at commas; the array is new, the texts are
 * the reader's. */
GPtrArray *record_reader_plot_metrics(RecordReader *reader, const RecordPlot *plot);

/* The seeds in a few words, "1-5, 9" (many: cut after the first ranges), and the different
 * commits, each in 12 characters or so, separated by ", ".  Free with g_free(). */
char *record_reader_seeds(const RecordReader *reader);
char *record_reader_commits(const RecordReader *reader);

/* The arrays below are new: g_array_unref() them (g_autoptr(GArray)). */

/* RecordMetric, by the order in which they were recorded, then run. */
GArray *record_reader_metrics(RecordReader *reader);
/* double: the values of one metric, by run; NAN where it could not be measured.  *ret_unit
 * (may be NULL) is its unit, left as it was when no run has the metric. */
GArray *record_reader_values(RecordReader *reader, const char *name, const char **ret_unit);
/* By its name: delivered, loss, accepted, near_loss. */
bool record_is_share_of_messages(const char *name);
/* The messages of all runs; NAN: not recorded. */
double record_reader_messages_in_all(RecordReader *reader);
/* The same, where the metric is a share of them; NAN: it is not. */
double record_reader_trials(RecordReader *reader, const char *name);
/* RecordPoint of the series, by run, then as recorded. */
GArray *record_reader_series(RecordReader *reader, const char *name);
/* RecordBin of the histogram or curve, by run, then as recorded. */
GArray *record_reader_bins(RecordReader *reader, const char *name);
/* RecordCount of the group, by run, then as recorded. */
GArray *record_reader_counts(RecordReader *reader, const char *group);
/* RecordCount of the group summed over runs, in the order first recorded. */
GArray *record_reader_counts_summed(RecordReader *reader, const char *group);
/* RecordLoad of that name, by run and node. */
GArray *record_reader_loads(RecordReader *reader, const char *name);
/* const char *: the names that begin with @prefix, in alphabetical order. */
GArray *record_reader_names(RecordReader *reader, RecordNames table, const char *prefix);

/* What became of a claim over all runs of the variant; the example is the first there is.
 */
typedef struct RecordClaim {
    const char *claim, *example;
    uint64_t tested, broken;
} RecordClaim;

/* RecordClaim in the order first recorded. */
GArray *record_reader_claims(RecordReader *reader);

/* How many messages were recorded singly, over all runs of the variant. */
uint64_t record_reader_message_count(RecordReader *reader);
/* One message of the run at place @run; false when it is not there.  @ret_events may be
 * NULL; else it becomes a new array of RecordEvent in order. */
bool record_reader_message(RecordReader *reader, uint32_t run, uint64_t message,
                           RecordMessage *ret_message, GArray **ret_events);
/* RecordMessage of the run at place @run, at most @max of them, as recorded (the lost ones
 * come first). */
GArray *record_reader_messages(RecordReader *reader, uint32_t run, uint32_t max);
