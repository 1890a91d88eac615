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
/* True when the seed's run is finished already. */
bool recorder_has_run(Recorder *recorder, uint64_t seed);

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

typedef struct RunFacts {
    uint64_t seed;
    char trace_hash[65]; /* hex */
    double wall_s, simulated_s;
    uint64_t events, peak_rss_bytes;
} RunFacts;

/* Commit; false with @error set when anything of this run could not be written (the run is
 * then not there). */
bool recorder_run_commit(Recorder *recorder, const RunFacts *facts, GError **error);
