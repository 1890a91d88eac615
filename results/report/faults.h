/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When faults were on: what runs recorded as bins named "fault:NAME (kind)", from the first
 * to the last thing that each did (s), weighted by how many.  Used inside report only. */
#pragma once

#include "results/record/reader.h"

typedef struct FaultInterval {
    const char *title;   /* "storm (outage)" */
    double from_s, to_s; /* the earliest and the latest of all runs */
    double events;       /* mean over the runs in which it did something */
    uint32_t runs;       /* so many */
} FaultInterval;

/* FaultInterval by beginning; empty when no run had faults. */
GArray *fault_intervals(RecordReader *reader);
