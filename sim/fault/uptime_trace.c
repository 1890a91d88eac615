/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/uptime_trace.h"

#include <stdlib.h>

#include "sim/fault/trace_text.h"

/* 30,000 years in seconds: what is longer is no number. */
#define NUMBER_MAX 999999999999

static bool
read_number(Bytes field, int64_t *ret)
{
    return trace_read_whole(field, NUMBER_MAX, ret);
}

/* --- nodes.csv --- */

static Status
read_server(TraceText *c, UptimeTrace *trace)
{
    Bytes fields[5];
    int64_t id, network;
    TracedServer server = { 0 };

    if (!trace_split(c->line, ',', fields, 5))
        return trace_text_fail(c, ST_MALFORMED, "five fields are expected");
    if (!read_number(fields[0], &id))
        return trace_text_fail(c, ST_MALFORMED, "the node is a number");
    if (!trace_read_country(fields[1], server.country))
        return trace_text_fail(c, ST_MALFORMED,
                               "the country is two capital letters, or nothing");
    if (!read_number(fields[4], &network))
        return trace_text_fail(c, ST_MALFORMED, "the network is a number");
    if (id > UINT32_MAX || network > UINT32_MAX || trace->n_servers == TRACE_SERVERS_MAX)
        return trace_text_fail(c, ST_RANGE, "the number is too large");
    if (trace->n_servers > 0 && trace->servers[trace->n_servers - 1].id >= id)
        return trace_text_fail(c, ST_MALFORMED, "nodes are expected in ascending order");
    server.id = (uint32_t)id;
    server.network = (uint32_t)network;
    trace->servers = trace_with_room(trace->servers, trace->n_servers, sizeof server);
    trace->servers[trace->n_servers++] = server;
    return ST_OK;
}

/* --- up.csv --- */

/* The server with this number, at or after @at; both files are in ascending order. */
static TracedServer *
find_server(const UptimeTrace *trace, uint32_t *at, int64_t id)
{
    while (*at < trace->n_servers && trace->servers[*at].id < id)
        ++*at;
    if (*at == trace->n_servers || trace->servers[*at].id != id)
        return NULL;
    return &trace->servers[*at];
}

static Status
read_interval(TraceText *c, UptimeTrace *trace, uint32_t *at)
{
    Bytes fields[3];
    int64_t id, from_s, to_s;
    UptimeInterval interval;
    TracedServer *server;

    if (!trace_split(c->line, ',', fields, 3))
        return trace_text_fail(c, ST_MALFORMED, "three fields are expected");
    if (!read_number(fields[0], &id) || !read_number(fields[1], &from_s) ||
        !read_number(fields[2], &to_s))
        return trace_text_fail(c, ST_MALFORMED, "the node and both times are numbers");
    if (from_s >= to_s)
        return trace_text_fail(c, ST_RANGE, "the interval ends before it begins");
    if (to_s > INT64_MAX / SECOND || trace->n_intervals == TRACE_INTERVALS_MAX)
        return trace_text_fail(c, ST_RANGE, "the number is too large");
    interval =
        (UptimeInterval){ from_s * (SECOND / MICROSECOND), to_s * (SECOND / MICROSECOND) };
    server = find_server(trace, at, id);
    if (server == NULL)
        return trace_text_fail(c, ST_MALFORMED,
                               "an unknown node, or out of ascending order");
    if (server->n == 0)
        server->first = trace->n_intervals;
    else if (trace->intervals[trace->n_intervals - 1].to_us >= interval.from_us)
        return trace_text_fail(c, ST_MALFORMED,
                               "the interval begins before the last one has ended");
    server->n++;
    trace->intervals =
        trace_with_room(trace->intervals, trace->n_intervals, sizeof interval);
    trace->intervals[trace->n_intervals++] = interval;
    if (interval.to_us > trace->end_us)
        trace->end_us = interval.to_us;
    return ST_OK;
}

/* --- both --- */

static Status
read_header(TraceText *c, const char *header, const char *error)
{
    if (!trace_text_next(c))
        return trace_text_fail(c, ST_MALFORMED, error);
    return bytes_equal_text(c->line, header) ? ST_OK
                                             : trace_text_fail(c, ST_MALFORMED, error);
}

static Status
read_servers(TraceText *c, UptimeTrace *trace)
{
    Status status = read_header(c, "node,country,latitude,longitude,network",
                                "node,country,latitude,longitude,network is expected");

    while (status == ST_OK && trace_text_next(c))
        status = read_server(c, trace);
    return status;
}

static Status
read_intervals(TraceText *c, UptimeTrace *trace)
{
    Status status =
        read_header(c, "node,up_from_s,up_to_s", "node,up_from_s,up_to_s is expected");
    uint32_t at = 0;

    while (status == ST_OK && trace_text_next(c))
        status = read_interval(c, trace, &at);
    return status;
}

static void
leave_out_empty(UptimeTrace *trace)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < trace->n_servers; i++)
        if (trace->servers[i].n > 0)
            trace->servers[n++] = trace->servers[i];
    trace->n_servers = n;
}

Status
uptime_trace_parse(Bytes nodes_csv, Bytes up_csv, UptimeTrace **ret, size_t *ret_line,
                   bool *ret_in_up, const char **ret_error)
{
    TraceText nodes = trace_text_over(nodes_csv);
    TraceText up = trace_text_over(up_csv);
    UptimeTrace *trace = calloc(1, sizeof *trace);
    Status status;
    const TraceText *at = &nodes;

    if (trace == NULL)
        abort();
    status = read_servers(&nodes, trace);
    if (status == ST_OK) {
        at = &up;
        status = read_intervals(&up, trace);
    }
    if (status != ST_OK) {
        *ret_line = at->error.line;
        *ret_in_up = at == &up;
        *ret_error = at->error.text;
        uptime_trace_free(trace);
        return status;
    }
    leave_out_empty(trace);
    *ret = trace;
    return ST_OK;
}

void
uptime_trace_free(UptimeTrace *trace)
{
    if (trace == NULL)
        return;
    free(trace->servers);
    free(trace->intervals);
    free(trace);
}
