/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several runs at a time, each in a process of its own that commits its run to the shared
 * database. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Task {
    uint32_t variant;
    uint64_t seed;
    char *title; /* for people */
} Task;

typedef struct Workers {
    int jobs;
    const char *folder, *scenario_path;
    char *const *options; /* of each worker, up to NULL */
    bool quiet;
    const volatile bool *interrupted;
} Workers;

/* Make the runs, each as `run SCENARIO --out FOLDER --variant V --seeds S` with the
 * options; an exit code. */
int workers_run(const Workers *workers, const Task *tasks, size_t count);
