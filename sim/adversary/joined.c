/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/joined.h"

#include <math.h>
#include <stdlib.h>

#include "nodes/base/memory.h"
#include "nodes/base/port.h"
#include "sim/adversary/map64.h"

static int
compare_gaps(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
median(double *values, size_t n)
{
    if (n == 0)
        return NAN;
    qsort(values, n, sizeof *values, compare_gaps);
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/* The records of one kind at servers: each address with its first one; how many. */
static uint64_t
first_of(const ObservationLog *log, MessageKind kind, Map64 *ret)
{
    const Observation *records = observation_log_all(log);
    uint64_t addresses = 0;
    uint32_t n, ignored;
    const Observer *observers = observation_log_observers(log, &n);

    for (size_t i = 0; i < observation_log_count(log); i++) {
        const Observation *o = &records[i];

        if (observers[o->observer].role != OBSERVER_SERVER || o->kind != kind ||
            map64_get(ret, o->neighbour, &ignored))
            continue;
        map64_set(ret, o->neighbour, (uint32_t)i);
        addresses++;
    }
    return addresses;
}

JoinedLogs
joined_logs_of(const ObservationLog *log)
{
    const Observation *records = observation_log_all(log);
    Map64 web = { 0 }, lists = { 0 };
    JoinedLogs ret = { .web = first_of(log, KIND_WEB, &web),
                       .lists = first_of(log, KIND_SEED_RPC, &lists) };
    double *gaps = memory_zeroed(ret.web + 1, sizeof *gaps);
    size_t n = 0;

    for (size_t i = 0; i < observation_log_count(log); i++) {
        uint32_t fetched, asked;

        if (!map64_get(&web, records[i].neighbour, &fetched) || fetched != i ||
            !map64_get(&lists, records[i].neighbour, &asked))
            continue;
        ret.both++;
        if (records[asked].at >= records[i].at)
            gaps[n++] = (double)(records[asked].at - records[i].at) / SECOND;
    }
    ret.gap_s = median(gaps, n);
    free(gaps);
    map64_clear(&web);
    map64_clear(&lists);
    return ret;
}
