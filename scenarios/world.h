/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A world: everything that one run of a scenario is made of, put together from the rooms.
 * One world, one seed, one sequential run. */
#pragma once

#include "clients/workload/message_trace.h"
#include "results/record/record.h"
#include "scenarios/scenario.h"
#include "sim/host/host.h"

typedef struct World World;

typedef struct WorldOptions {
    uint64_t seed;
    EventQueueKind queue; /* the ladder, or its oracle */
    unsigned threads;     /* 1: this one alone; more: workers for real cryptography */
    bool no_shortcuts;    /* make every byte, also those that nobody reads */
    bool keep_deeds;      /* write down what people do (world_deeds_text) */
    bool check;           /* hold the invariants of sim/check after every event (slow) */
    const volatile bool *interrupted; /* may be NULL */
    const struct WorldStage *stage;   /* borrowed; NULL: simulated (world_stage.h) */
    /* Told now and then; may be NULL. */
    void (*progress)(void *context, Time now, Time end, uint64_t events);
    void *progress_context;
} WorldOptions;

/* Data files that runs of one scenario share, read once. */
typedef struct WorldData {
    uint32_t *rtt_us;
    uint32_t n_places;
    Topology *topology; /* NULL: none; else instead of rtt_us */
    UptimeTrace *trace;
    MessageTrace *messages; /* NULL: the workload says what people do */
} WorldData;

/* False with @error set: a file is missing or bad (named with its line). */
bool world_data_load(const Scenario *scenario, WorldData *ret, GError **error);
void world_data_clear(WorldData *data);

/* @scenario and @data are borrowed.  NULL with @error set when the scenario cannot be built
 * (a trace with too few servers). */
World *world_new(const Scenario *scenario, const WorldData *data,
                 const WorldOptions *options, GError **error);
void world_free(World *world);
/* Run to the end; false when interrupted. */
bool world_run(World *world);
/* The same in steps: begin, then run until times that do not fall (false: interrupted),
 * then end, at the end of the scenario or before.  What comes next, not before the end:
 * TIME_NEVER. */
void world_begin(World *world);
bool world_run_until(World *world, Time until);
Time world_next(const World *world);
Time world_last(const World *world); /* the scenario's end */
void world_end(World *world);
/* Write all that was measured into the recorder's current run, and the facts. */
void world_record(World *world, Recorder *recorder, RunFacts *ret_facts);
/* Breaches of the invariants (with options.check), the first ones as text; 0 and ""
 * without. */
uint64_t world_breaches(const World *world, const char **ret_text);
/* What people did, in the form of workload.trace (with options.keep_deeds). */
Bytes world_deeds_text(const World *world);
/* The host that drives it, for its counters (borrowed). */
const Host *world_host(const World *world);
/* The trace hash in hex; "" of what was not simulated. */
void world_trace_hash(World *world, char ret[65]);
