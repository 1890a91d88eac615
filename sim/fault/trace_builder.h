/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what the formats of uptime records have in common to an UptimeTrace: a node by its
 * name and the spans of time in which it was up, in any order; or what changed when.
 *
 * Spans of one node that touch or overlap become one.  A server's number is its name where
 * every name is a number below 2^32, else its rank among the names (shorter ones first,
 * then by bytes).  Where a node's network is not known it is taken as alone in one. */
#pragma once

#include "sim/fault/trace_text.h"
#include "sim/fault/uptime_trace.h"

typedef struct TraceSpan {
    Bytes name; /* borrowed until the trace is built */
    int64_t from_us, to_us;
} TraceSpan;

typedef struct TracePlace {
    Bytes name;
    char country[3]; /* "" where unknown */
    bool has_network;
    uint32_t network;
} TracePlace;

/* Begins as zeros. */
typedef struct TraceBuilder {
    TraceSpan *spans;
    uint32_t n_spans;
    TracePlace *places; /* of a node's places the first counts */
    uint32_t n_places;
} TraceBuilder;

/* Empty spans are dropped.  False beyond TRACE_INTERVALS_MAX. */
bool trace_builder_span(TraceBuilder *builder, Bytes name, int64_t from_us, int64_t to_us);
/* False beyond TRACE_INTERVALS_MAX. */
bool trace_builder_place(TraceBuilder *builder, const TracePlace *place);
void trace_builder_clear(TraceBuilder *builder);
/* The record from @begin_us to @end_us, whose first moment becomes 0; all spans lie in it.
 * Clears the builder.  ST_TOO_LARGE: more than TRACE_SERVERS_MAX servers. */
Status trace_builder_finish(TraceBuilder *builder, int64_t begin_us, int64_t end_us,
                            UptimeTrace **ret) WARN_UNUSED;

typedef enum TraceChange { TRACE_UP, TRACE_DOWN, TRACE_JOIN, TRACE_LEAVE } TraceChange;

typedef struct TraceEvent {
    Bytes name;
    int64_t at_us;
    uint32_t line;
    TraceChange change;
} TraceEvent;

/* Spans of events, which are sorted by name, time and line.  A node goes up when it is
 * down, and joins when it was never there or has left; one whose first event takes it down
 * was up from @begin_us on, one that is up after its last stays so until @end_us.
 * ST_MALFORMED: events that contradict each other. */
Status trace_events_pair(TraceEvent *events, uint32_t n, int64_t begin_us, int64_t end_us,
                         TraceBuilder *builder, TraceError *ret_error) WARN_UNUSED;
