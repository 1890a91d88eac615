/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One SQLite database per experiment (WAL): the resolved scenario, and for every finished
 * run its metrics, series, histograms, causes, per-node load, and optionally single
 * messages.  A run is committed whole or not at all; the same experiment started again
 * skips the seeds that are finished.  Takes plain records; knows neither engine nor
 * protocol. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Recorder Recorder;

/* Open or create the database at @path.  @scenario_name, @scenario_text (the resolved
 * scenario, which must equal the one already there), @commit (of the program).  NULL with
 * @error set: unwritable, full, of another experiment, of another schema version. */
Recorder *recorder_open(const char *path, const char *scenario_name,
                        const char *scenario_text, const char *commit, GError **error);
/* Delete the database at @path with its journals, if it is there. */
void recorder_remove(const char *path);
/* Closes; an unfinished run is dropped. */
void recorder_close(Recorder *recorder);

/* What a variant of a sweep sets over the scenario. */
typedef struct RecordSetting {
    const char *key, *value; /* "section.key" */
} RecordSetting;

/* From now on, runs are those of the variant at place @number of the sweep; it is written
 * with its first run.  Never called: number 0, without label and settings. */
void recorder_variant(Recorder *recorder, uint32_t number, const char *label,
                      const RecordSetting *settings, size_t count);
/* True when the seed's run of this variant is finished already. */
bool recorder_has_run(Recorder *recorder, uint64_t seed);

/* What the scenario expects of each variant's metric; text: as the scenario says it. */
typedef struct RecordExpectation {
    const char *metric, *relation; /* one of ">=", ">", "<=", "<", "=" */
    double value;                  /* in the metric's unit */
    const char *text;
} RecordExpectation;

/* A figure over the variants: metrics @y (separated by commas, a panel each) along key @x,
 * a curve for each value of @by (empty: of all other keys together); log: "", "x", "y" (of
 * the first metric), "xy". */
typedef struct RecordPlot {
    const char *name, *title, *x, *y, *by, *log;
} RecordPlot;

/* Write what the experiment is about, its primary metric, what is expected and drawn,
 * instead of what was there: it may change without new runs.  False with @error set. */
bool recorder_describe(Recorder *recorder, const char *metric,
                       const RecordExpectation *expectations, size_t n_expectations,
                       const RecordPlot *plots, size_t n_plots, GError **error);

/* Everything below belongs to the run begun last.  Errors are remembered and given by
 * recorder_run_commit. */
void recorder_run_begin(Recorder *recorder, uint64_t seed);
/* Unit: "1", "s", "bytes", "count", ...; higher_is_better may matter to compare. */
void recorder_metric(Recorder *recorder, const char *name, double value, const char *unit);
/* A point of a time series, e.g. ("nodes_up", t_s, 998). */
void recorder_series(Recorder *recorder, const char *name, double t_s, double value);
/* A bin of a histogram or a point of a curve, e.g. ("latency_s", low, high, weight). */
void recorder_bin(Recorder *recorder, const char *name, double low, double high,
                  double weight);
/* A count under a group, e.g. ("fate", "delivered", 1234), ("cause", "no_replica_left", 3),
 * ("request:storage_rpc", "answer", 99). */
void recorder_count(Recorder *recorder, const char *group, const char *key, uint64_t count);
/* One node's load: any number of named values. */
void recorder_node(Recorder *recorder, uint32_t node, const char *name, double value);
/* One message and the lines of its life. */
void recorder_message(Recorder *recorder, uint64_t message, double sent_s, const char *fate,
                      const char *cause, double delivered_s /* < 0: not */);
void recorder_message_event(Recorder *recorder, uint64_t message, double t_s,
                            const char *what);

/* A claim of the system that was held against what parties saw. @example: the events of the
 * first breach, one a line; "" when there was none. */
void recorder_claim(Recorder *recorder, const char *claim, uint64_t tested, uint64_t broken,
                    const char *example);

typedef struct RunFacts {
    uint64_t seed;
    char trace_hash[65]; /* hex */
    double wall_s, simulated_s;
    uint64_t events, peak_rss_bytes;
} RunFacts;

/* Commit; false with @error set when anything of this run could not be written (the run is
 * then not there). */
bool recorder_run_commit(Recorder *recorder, const RunFacts *facts, GError **error);
