/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A made-up experiment for tests of what reads results: two weeks of a network of 200 nodes
 * in which messages get lost, by plain formulas, the same every time. */
#pragma once

#include <stdint.h>

/* Write @runs runs (seeds 1, 2, ...) into a new database at @path.  @scenario_name and
 * @cause (one of the causes of loss) may hold whatever a test wants to see escaped. */
void experiment_write(const char *path, uint64_t runs, const char *scenario_name,
                      const char *cause);

enum {
    EXPERIMENT_SENT_A_WINDOW = 1000,
    EXPERIMENT_WINDOWS = 56, /* of six hours */
    EXPERIMENT_NODES = 200,
};
