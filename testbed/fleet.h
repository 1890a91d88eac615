/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The node processes: started, told of faults, stopped politely or killed.  Each is a
 * `swarmbed node` that reads commands on its standard input, says `ready` on its standard
 * output, and ends when its supervisor does. */
#pragma once

#include "testbed/plan.h"

typedef enum FleetState {
    FLEET_DOWN,
    FLEET_STARTING,
    FLEET_UP, /* it said that it is ready */
    FLEET_ENDING
} FleetState;

typedef struct Fleet Fleet;

/* A node changed its state (@what, for the status line). */
typedef void (*FleetChanged)(void *context, uint32_t node, const char *what);

/* @plan is borrowed; @scenario may be NULL. */
Fleet *fleet_new(const TestbedPlan *plan, const char *scenario, FleetChanged changed,
                 void *context);
void fleet_free(Fleet *fleet); /* kills what is left; takes NULL */

FleetState fleet_state(const Fleet *fleet, uint32_t node);
int fleet_pid(const Fleet *fleet, uint32_t node); /* 0: down */
uint32_t fleet_count(const Fleet *fleet, FleetState state);

/* Start it; nothing happens to one that is there.  False with @error. */
bool fleet_start(Fleet *fleet, uint32_t node, GError **error);
void fleet_stop(Fleet *fleet, uint32_t node);    /* SIGTERM */
void fleet_kill(Fleet *fleet, uint32_t node);    /* SIGKILL */
void fleet_restart(Fleet *fleet, uint32_t node); /* stopped politely first, if it is up */
/* Killed, its store deleted, started again. */
void fleet_wipe(Fleet *fleet, uint32_t node);

/* Faults of the transport hold until changed, also over restarts. */
void fleet_delay(Fleet *fleet, uint32_t node, int64_t ms);
void fleet_drop(Fleet *fleet, uint32_t node, double share);
void fleet_skew(Fleet *fleet, uint32_t node, int64_t ms);
/* The nodes of which @apart is true on one side, all others on the other. */
void fleet_partition(Fleet *fleet, const bool *apart);
