/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run of a scenario with real nodes and real clients: a testbed of node processes, the
 * clients of all people in this process, and the scenario's world above them
 * (scenarios/world_stage.h), in real time. */
#pragma once

#include "scenarios/world.h"

typedef struct TrialSpec {
    const Scenario *scenario; /* borrowed, as all here */
    const WorldData *data;
    char *const *set;   /* how it was overridden, for the nodes; NULL: not */
    uint64_t seed;      /* of keys, people and faults */
    const char *folder; /* of the testbed: a new one */
    const volatile bool *interrupted;
    /* Told now and then; may be NULL. */
    void (*progress)(void *context, Time now, Time end, uint64_t sent, uint64_t opened);
    /* News of nodes, for people; may be NULL. */
    void (*say)(void *context, const char *line);
    void *context;
} TrialSpec;

typedef struct Trial Trial;

/* NULL with @error: the scenario asks for what cannot be done, or the folder is not a new
 * one. */
Trial *trial_new(const TrialSpec *spec, GError **error);
/* Start the network, run to the end of the scenario or until interrupted, stop the network,
 * and read its disks.  False with @error: the network did not come up. */
bool trial_run(Trial *trial, GError **error);
/* The world, which has ended then; NULL: it never began. */
World *trial_world(Trial *trial);
void trial_free(Trial *trial); /* takes NULL */
