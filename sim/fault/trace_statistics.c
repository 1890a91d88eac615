/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/trace_statistics.h"
#include "nodes/base/memory.h"

#include <stdbool.h>
#include <stdlib.h>

static int
compare_i64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int
compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The mean of the two in the middle where there are two. */
static int64_t
median(int64_t *values, uint32_t n)
{
    if (n == 0)
        return 0;
    qsort(values, n, sizeof *values, compare_i64);
    return values[(n - 1) / 2] + (values[n / 2] - values[(n - 1) / 2]) / 2;
}

static uint32_t
count_networks(const UptimeTrace *trace)
{
    uint32_t *networks = memory_zeroed(trace->n_servers, sizeof *networks);
    uint32_t n = 0;

    for (uint32_t i = 0; i < trace->n_servers; i++)
        networks[i] = trace->servers[i].network;
    qsort(networks, trace->n_servers, sizeof *networks, compare_u32);
    for (uint32_t i = 0; i < trace->n_servers; i++)
        n += i == 0 || networks[i] != networks[i - 1];
    free(networks);
    return n;
}

static uint32_t
count_countries(const UptimeTrace *trace)
{
    bool seen[26][26] = { { false } };
    uint32_t n = 0;

    for (uint32_t i = 0; i < trace->n_servers; i++) {
        const char *country = trace->servers[i].country;

        if (country[0] == '\0' || seen[country[0] - 'A'][country[1] - 'A'])
            continue;
        seen[country[0] - 'A'][country[1] - 'A'] = true;
        n++;
    }
    return n;
}

TraceStatistics
trace_statistics(const UptimeTrace *trace)
{
    TraceStatistics s = { .servers = trace->n_servers,
                          .sessions = trace->n_intervals,
                          .span_us = trace->end_us,
                          .countries = count_countries(trace),
                          .networks = count_networks(trace) };
    int64_t *sessions = memory_zeroed(trace->n_intervals, sizeof *sessions);
    int64_t *outages = memory_zeroed(trace->n_intervals, sizeof *outages);
    uint32_t n_outages = 0;
    double up_us = 0;

    for (uint32_t i = 0; i < trace->n_servers; i++) {
        const TracedServer *server = &trace->servers[i];

        for (uint32_t k = 0; k < server->n; k++) {
            const UptimeInterval *interval = &trace->intervals[server->first + k];

            sessions[server->first + k] = interval->to_us - interval->from_us;
            up_us += (double)(interval->to_us - interval->from_us);
            s.up_at_start += interval->from_us == 0;
            s.up_at_end += interval->to_us == trace->end_us;
            if (k > 0)
                outages[n_outages++] = interval->from_us - interval[-1].to_us;
        }
    }
    if (trace->n_servers > 0 && trace->end_us > 0)
        s.up_share = up_us / (double)trace->end_us / trace->n_servers;
    s.session_median_us = median(sessions, trace->n_intervals);
    s.outage_median_us = median(outages, n_outages);
    free(sessions);
    free(outages);
    return s;
}
