/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several seeds at a time, each in a process of its own that commits its run to the shared
 * database. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "results/record/record.h"

/* Run the seeds that @recorder does not have yet, each as `run @scenario_path --out
 * @folder` with @options (up to NULL); returns an exit code. */
int workers_run(int jobs, uint64_t first, uint64_t last, Recorder *recorder,
                const char *folder, const char *scenario_path, char *const *options,
                bool quiet, const volatile bool *interrupted);
