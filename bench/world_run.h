/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scenario, run to be measured. */
#pragma once

#include "bench/measure.h"
#include "nodes/base/meter.h"

enum { WORLD_SETS_MAX = 16 };

typedef struct WorldSpec {
    const char *scenario;                /* a file of scenarios/bench, without .ini */
    const char *set[WORLD_SETS_MAX + 1]; /* "section.key=value", NULL-terminated */
    unsigned threads;                    /* 0 counts as 1 */
    bool no_shortcuts;
    bool with_costs; /* the costs of cryptographic operations too, before the run */
} WorldSpec;

/* Fields of a Measured.  Its check is the beginning of the trace hash. */
enum {
    WORLD_CPU_S,  /* of the run, without building the world */
    WORLD_WALL_S, /* the same */
    WORLD_MAIN_S, /* CPU time of the thread that runs the world */
    WORLD_EVENTS,
    WORLD_MESSAGES,        /* delivered requests and answers, by their outcomes */
    WORLD_CLIENT_REQUESTS, /* onion requests to guards */
    WORLD_EVENTS_PER_S,    /* these three per second of CPU time */
    WORLD_MESSAGES_PER_S,
    WORLD_REQUESTS_PER_S,
    WORLD_HEAP_BYTES,                           /* in use at the end of the run */
    WORLD_FLOOR_S,                              /* with_costs: counts times costs */
    WORLD_FLOOR_RATIO,                          /* CPU time in the run / floor */
    WORLD_COUNTS,                               /* METER_OPS counts, then METER_OPS bytes */
    WORLD_COSTS = WORLD_COUNTS + 2 * METER_OPS, /* ns per call, then ns per byte */
    WORLD_FIELDS = WORLD_COSTS + 2 * METER_OPS
};

/* As BenchCase.measure of a WorldSpec. */
bool world_measure(const void *spec, Measured *ret);
