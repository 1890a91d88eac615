/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two logs of one owner put side by side: who fetched the program from the web server, and
 * who asked the server that gives out node lists, by address, out of what both saw. */
#pragma once

#include "sim/adversary/observation.h"

typedef struct JoinedLogs {
    uint64_t web, lists; /* addresses in the one, in the other */
    uint64_t both;
    double gap_s; /* median from fetching to the first list asked for after it; NaN: none */
} JoinedLogs;

JoinedLogs joined_logs_of(const ObservationLog *log);
