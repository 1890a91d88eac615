/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The daily rhythm, and the presence of somebody who comes and goes with it: offline, a
 * session begins at a rate that follows the rhythm; online, it ends after an exponential
 * time.  The rate is chosen so that the mean number of sessions a day is what was asked
 * for, whatever the rhythm (solved once; every number here comes from portable arithmetic).
 */
#pragma once

#include <stdint.h>

#include "nodes/base/time.h"

enum { RHYTHM_STEPS = 288 }; /* of five minutes */

typedef struct Rhythm {
    double strength;              /* 0: flat; 1: nothing at 4 in the morning */
    double off_s;                 /* offline time between sessions in a flat day, seconds */
    double online;                /* share of the day; 1: always, 0: never */
    double present[RHYTHM_STEPS]; /* chance to be online at each local time of day */
} Rhythm;

/* For @sessions_per_day of mean length @session; sessions that would fill the whole day
 * make somebody who is always online. */
void rhythm_init(Rhythm *rhythm, double strength, double sessions_per_day,
                 Duration session);
/* How active people are at this local time, against a mean of 1: between 1 - strength at
 * 4:00 and 1 + strength at 18:00, in straight lines (an assumption). */
double rhythm_at(const Rhythm *rhythm, Time local);
/* The chance to be online at this local time. */
double rhythm_present(const Rhythm *rhythm, Time local);
/* A time zone as what local time is ahead of UTC, by the shares of people that live there
 * (an assumption: half in Europe and Africa, a third in the Americas). */
Duration rhythm_time_zone(uint64_t word);
