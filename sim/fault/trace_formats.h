/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Other people's records of uptime, as text (the loader unpacks files and walks folders):
 * all become an UptimeTrace.  A bad line is named with its number and what was expected.
 * docs/traces.md says what each format is and what is taken from it. */
#pragma once

#include "sim/fault/trace_text.h"
#include "sim/fault/uptime_trace.h"

/* Parsers write *ret only on ST_OK and *ret_error only otherwise.  ST_MALFORMED; ST_RANGE:
 * a time beyond TRACE_TIME_MAX, or one before another; ST_TOO_LARGE: a text longer than
 * TRACE_TEXT_MAX, or more servers or intervals than uptime_trace.h allows. */

/* Our own: `t_us,node,event` or `t_us,node,event,country,network`, times in microseconds
 * since the record's beginning, events up, down, join and leave, in any order.  Comment
 * lines begin with #; those that say `units: us` and `horizon_us: N` (or with `=`) count:
 * without a horizon the record ends with its last event. */
Status trace_parse_csv(Bytes text, UptimeTrace **ret, TraceError *ret_error) WARN_UNUSED;
/* The same, so that trace_parse_csv gives an equal trace: in order of time, with a join
 * where a server first appears and a leave where it goes for good. */
void trace_write_csv(const UptimeTrace *trace, Buffer *out);

/* Godfrey's .avt: a line per node, `id n start end start end ...` in seconds, n pairs.  The
 * record begins with the first start and ends with the last end. */
Status trace_parse_avt(Bytes text, UptimeTrace **ret, TraceError *ret_error) WARN_UNUSED;

/* OverSim's traces: `seconds node WORD ...`.  JOIN and LEAVE count; lines with other words
 * are counted in *ret_ignored (written only on ST_OK).  The record begins at 0 and ends
 * with the last line's time. */
Status trace_parse_oversim(Bytes text, UptimeTrace **ret, uint64_t *ret_ignored,
                           TraceError *ret_error) WARN_UNUSED;

/* Failure Trace Archive: event_trace.tab, and node.tab (or nothing) for places.  Columns
 * are found by the names in the line that begins with #, else they are where the archive
 * has them.  Type 1 events are the intervals; components of one node are joined.
 * *ret_in_nodes, written with *ret_error: which text. */
Status trace_parse_fta(Bytes events, Bytes nodes, UptimeTrace **ret, bool *ret_in_nodes,
                       TraceError *ret_error) WARN_UNUSED;

typedef enum TraceFormat {
    TRACE_FORMAT_UNKNOWN,
    TRACE_FORMAT_PAIR, /* nodes.csv, with its up.csv */
    TRACE_FORMAT_CSV,
    TRACE_FORMAT_AVT,
    TRACE_FORMAT_OVERSIM,
    TRACE_FORMAT_FTA,
    TRACE_FORMAT_TOR, /* a consensus */
    TRACE_FORMATS
} TraceFormat;

/* What it is called in messages. */
const char *trace_format_name(TraceFormat format);
/* By the file's name (without .gz or .xz) where it says it, else by the first line. */
TraceFormat trace_format_of(const char *name, Bytes text);
