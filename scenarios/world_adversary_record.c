/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the [adversary NAME] sections of a run come to, written down. */
#include "scenarios/world_adversary.h"

void
world_adversary_record(const World *w, Recorder *r)
{
    const WorldAdversary *a = w->adversary;

    if (a == NULL)
        return;
    recorder_metric(r, "observations", (double)observation_log_count(a->log), "count");
    recorder_metric(r, "observations_left_out", (double)observation_log_left_out(a->log),
                    "count");
}
