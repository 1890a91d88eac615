/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A record of when real servers were up, with their places.  Here it is read from a pair of
 * texts, nodes.csv (node,country,latitude,longitude,network) and up.csv
 * (node,up_from_s,up_to_s); other formats are in trace_formats.h.  The loader unpacks
 * files. A bad line is named with its number. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/time.h"

/* Bounds of memory: more servers, and more intervals of all together, than any published
 * record has. */
enum { TRACE_SERVERS_MAX = 1 << 22, TRACE_INTERVALS_MAX = 1 << 25 };

typedef struct UptimeInterval {
    int64_t from_us, to_us; /* since the record's beginning */
} UptimeInterval;

typedef struct TracedServer {
    uint32_t id;       /* its number in the record */
    char country[3];   /* "" where unknown */
    uint32_t network;  /* servers with the same number share a hoster (address /16) */
    uint32_t first, n; /* intervals, ascending */
} TracedServer;

typedef struct UptimeTrace {
    TracedServer *servers; /* ascending by id; those without intervals are left out */
    uint32_t n_servers;
    UptimeInterval *intervals;
    uint32_t n_intervals;
    int64_t end_us; /* end of the record */
} UptimeTrace;

/* Parse both texts.  On failure *ret_line is the line (from 1), *ret_in_up says in which of
 * the two, and *ret_error what was expected (static). ST_MALFORMED, ST_RANGE. */
Status uptime_trace_parse(Bytes nodes_csv, Bytes up_csv, UptimeTrace **ret,
                          size_t *ret_line, bool *ret_in_up,
                          const char **ret_error) WARN_UNUSED;
void uptime_trace_free(UptimeTrace *trace);
