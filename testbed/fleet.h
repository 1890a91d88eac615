/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The node processes, each a `swarmbed node`: started, told of faults, stopped politely or
 * killed. */
#pragma once

#include "testbed/children.h"
#include "testbed/plan.h"

typedef struct Fleet Fleet;

typedef struct FleetSpec {
    const TestbedPlan *plan; /* borrowed */
    const char *scenario;    /* for the nodes' [protocol]; NULL: none */
    char *const *set;        /* keys of it that are overridden (borrowed); NULL: none */
    /* A node changed its state (@what, for the status line). */
    void (*changed)(void *context, uint32_t node, const char *what);
    /* What it stores and does, a line of nodes/live/news.h; NULL: nobody asks. */
    void (*news)(void *context, uint32_t node, const char *line);
    void *context;
    bool transcripts; /* each node writes one (nodes/live/transcript.h) */
} FleetSpec;

Fleet *fleet_new(const FleetSpec *spec);
void fleet_free(Fleet *fleet); /* kills what is left; takes NULL */

ChildState fleet_state(const Fleet *fleet, uint32_t node);
int fleet_pid(const Fleet *fleet, uint32_t node); /* 0: down */
uint32_t fleet_count(const Fleet *fleet, ChildState state);

/* Start it; nothing happens to one that is there.  False with @error. */
bool fleet_start(Fleet *fleet, uint32_t node, GError **error);
void fleet_stop(Fleet *fleet, uint32_t node);    /* SIGTERM */
void fleet_kill(Fleet *fleet, uint32_t node);    /* SIGKILL */
void fleet_restart(Fleet *fleet, uint32_t node); /* stopped politely first, if it is up */
/* As if its host were gone: it has its connections, and says nothing (SIGSTOP). */
void fleet_freeze(Fleet *fleet, uint32_t node);
/* A new process in place of whatever is there, which is killed. */
void fleet_start_anew(Fleet *fleet, uint32_t node);
/* Killed, its store deleted, started again. */
void fleet_wipe(Fleet *fleet, uint32_t node);

/* Faults of the transport hold until changed, also over restarts. */
void fleet_delay(Fleet *fleet, uint32_t node, int64_t ms);
void fleet_drop(Fleet *fleet, uint32_t node, double share);
void fleet_skew(Fleet *fleet, uint32_t node, int64_t ms);
/* The nodes of which @apart is true on one side, all others on the other. */
void fleet_partition(Fleet *fleet, const bool *apart);
/* Nodes of different @group, by node, cannot reach each other; nor can those of @alone (by
 * node) the registry. */
void fleet_divide(Fleet *fleet, const uint32_t *group, const bool *alone);
