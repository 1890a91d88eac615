/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What holds of every uptime trace, whatever it was read from. */
#pragma once

#include <string.h>

#include "sim/fault/uptime_trace.h"
#include "tests/fuzz/fuzz.h"

static inline void
check_trace(const UptimeTrace *trace)
{
    uint32_t intervals = 0;

    for (uint32_t i = 0; i < trace->n_servers; i++) {
        const TracedServer *server = &trace->servers[i];

        fuzz_check(i == 0 || trace->servers[i - 1].id < server->id);
        fuzz_check(strlen(server->country) % 2 == 0 && strlen(server->country) <= 2);
        fuzz_check(server->n > 0 && server->first == intervals);
        for (uint32_t j = 0; j < server->n; j++) {
            const UptimeInterval *interval = &trace->intervals[server->first + j];

            fuzz_check(interval->from_us >= 0 && interval->from_us < interval->to_us);
            fuzz_check(j == 0 || interval[-1].to_us < interval->from_us);
            fuzz_check(interval->to_us <= trace->end_us);
        }
        intervals += server->n;
    }
    fuzz_check(intervals == trace->n_intervals);
}
