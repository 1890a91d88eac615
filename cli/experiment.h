/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `swarmbed run` works on: a scenario, its study, and the database of its runs. */
#pragma once

#include <glib.h>

#include "scenarios/study.h"
#include "scenarios/world.h"

typedef struct RunOptions {
    gint64 seed;    /* < 0: not said */
    gint64 variant; /* of a worker; < 0: all */
    char *seeds, *out, *queue, *grid;
    char **set;
    int jobs, threads;
    gboolean observations, messages, no_shortcuts, json, quiet, again, no_report, check,
        worker;
    gboolean live; /* over sockets (testbed_run.c) */
    char *bed;     /* there: the network's folder, which is kept; NULL: one that goes */
} RunOptions;

typedef struct Experiment {
    const RunOptions *options;
    const volatile bool *interrupted;
    Scenario *scenario; /* without the settings of any variant */
    Study *study;
    Recorder *recorder;
    char *folder, *database;
    uint64_t breaches; /* of invariants, in the runs made now */
} Experiment;

/* Load the file, its study and its data; false with @error set.  Every variant is looked
 * at, so that a sweep does not end in the middle for a bad value. */
bool experiment_load(Experiment *experiment, const char *path, GError **error);
/* Open or begin the database in its folder. */
bool experiment_open(Experiment *experiment, GError **error);
void experiment_close(Experiment *experiment);

/* run.c: the whole, from the file to the verdict; an exit code. */
int run_experiment(const RunOptions *options, const char *path);
/* run_tasks.c: write a run that is over into the database; an exit code. */
int experiment_keep(Experiment *experiment, uint64_t seed, World *world);
/* testbed_run.c: one run over sockets; an exit code. */
int experiment_run_live(Experiment *experiment, const Scenario *scenario,
                        const WorldData *data, uint64_t seed, const char *title);
/* run_tasks.c: all runs that are missing, until the study's rule lets a variant stop; an
 * exit code. */
int experiment_run(Experiment *experiment);
