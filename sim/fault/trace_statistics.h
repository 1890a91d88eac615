/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a record of uptimes is like, in a few numbers. */
#pragma once

#include "sim/fault/uptime_trace.h"

typedef struct TraceStatistics {
    uint32_t servers, sessions;
    int64_t span_us;      /* of the record */
    double up_share;      /* mean over the servers, of the whole record */
    uint32_t up_at_start; /* servers */
    uint32_t up_at_end;   /* servers */
    int64_t
        session_median_us; /* those that an end of the record cuts off included; 0: none */
    int64_t outage_median_us; /* between two sessions of a server; 0: none */
    uint32_t countries;       /* known ones */
    uint32_t networks;
} TraceStatistics;

TraceStatistics trace_statistics(const UptimeTrace *trace);
