/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/uptime_trace.h"

#include <assert.h>
#include <stdlib.h>

enum {
    SERVERS_MAX = 1 << 22,
    INTERVALS_MAX = 1 << 26,
    NUMBER_DIGITS_MAX = 12 /* 30,000 years in seconds */
};

/* Where in a text the parser stands, and what it would say. */
typedef struct Cursor {
    Reader rest;
    Bytes line;
    size_t number; /* of the line, from 1 */
    const char *error;
} Cursor;

static Status
fail(Cursor *c, Status status, const char *error)
{
    c->error = error;
    return status;
}

/* The next line without its end; false after the last one. */
static bool
next_line(Cursor *c)
{
    const uint8_t *end;
    size_t n;

    if (c->rest.left == 0)
        return false;
    end = memchr(c->rest.p, '\n', c->rest.left);
    n = end != NULL ? (size_t)(end - c->rest.p) : c->rest.left;
    c->line = (Bytes){ c->rest.p, n };
    if (n > 0 && c->line.p[n - 1] == '\r')
        c->line.n--;
    n += end != NULL;
    c->rest.p += n;
    c->rest.left -= n;
    c->number++;
    return true;
}

/* The field up to the next comma or the line's end; false when there is none left. */
static bool
take_field(Bytes *line, Bytes *ret)
{
    const uint8_t *comma;

    if (line->p == NULL)
        return false;
    comma = line->n > 0 ? memchr(line->p, ',', line->n) : NULL;
    if (comma == NULL) {
        *ret = *line;
        *line = (Bytes){ NULL, 0 };
    } else {
        size_t n = (size_t)(comma - line->p);

        *ret = (Bytes){ line->p, n };
        *line = (Bytes){ comma + 1, line->n - n - 1 };
    }
    return true;
}

/* Exactly @n fields. */
static bool
split(Bytes line, Bytes *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!take_field(&line, &fields[i]))
            return false;
    return line.p == NULL;
}

static bool
read_number(Bytes field, int64_t *ret)
{
    int64_t value = 0;

    if (field.n == 0 || field.n > NUMBER_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < field.n; i++) {
        if (field.p[i] < '0' || field.p[i] > '9')
            return false;
        value = value * 10 + (field.p[i] - '0');
    }
    *ret = value;
    return true;
}

/* Nothing, or two capital letters. */
static bool
read_country(Bytes field, char ret[3])
{
    if (field.n == 0) {
        ret[0] = '\0';
        return true;
    }
    if (field.n != 2)
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (field.p[i] < 'A' || field.p[i] > 'Z')
            return false;
        ret[i] = (char)field.p[i];
    }
    ret[2] = '\0';
    return true;
}

/* Double the room when it is used up. */
static void *
with_room(void *items, uint32_t n, size_t size)
{
    if (n > 0 && (n & (n - 1)) != 0)
        return items;
    items = realloc(items, (n == 0 ? 1 : (size_t)n * 2) * size);
    if (items == NULL)
        abort();
    return items;
}

/* --- nodes.csv --- */

static Status
read_server(Cursor *c, UptimeTrace *trace)
{
    Bytes fields[5];
    int64_t id, network;
    TracedServer server = { 0 };

    if (!split(c->line, fields, 5))
        return fail(c, ST_MALFORMED, "five fields are expected");
    if (!read_number(fields[0], &id))
        return fail(c, ST_MALFORMED, "the node is a number");
    if (!read_country(fields[1], server.country))
        return fail(c, ST_MALFORMED, "the country is two capital letters, or nothing");
    if (!read_number(fields[4], &network))
        return fail(c, ST_MALFORMED, "the network is a number");
    if (id > UINT32_MAX || network > UINT32_MAX || trace->n_servers == SERVERS_MAX)
        return fail(c, ST_RANGE, "the number is too large");
    if (trace->n_servers > 0 && trace->servers[trace->n_servers - 1].id >= id)
        return fail(c, ST_MALFORMED, "nodes are expected in ascending order");
    server.id = (uint32_t)id;
    server.network = (uint32_t)network;
    trace->servers = with_room(trace->servers, trace->n_servers, sizeof server);
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
read_interval(Cursor *c, UptimeTrace *trace, uint32_t *at)
{
    Bytes fields[3];
    int64_t id;
    UptimeInterval interval;
    TracedServer *server;

    if (!split(c->line, fields, 3))
        return fail(c, ST_MALFORMED, "three fields are expected");
    if (!read_number(fields[0], &id) || !read_number(fields[1], &interval.from_s) ||
        !read_number(fields[2], &interval.to_s))
        return fail(c, ST_MALFORMED, "the node and both times are numbers");
    if (interval.from_s >= interval.to_s)
        return fail(c, ST_RANGE, "the interval ends before it begins");
    if (interval.to_s > INT64_MAX / SECOND || trace->n_intervals == INTERVALS_MAX)
        return fail(c, ST_RANGE, "the number is too large");
    server = find_server(trace, at, id);
    if (server == NULL)
        return fail(c, ST_MALFORMED, "an unknown node, or out of ascending order");
    if (server->n == 0)
        server->first = trace->n_intervals;
    else if (trace->intervals[trace->n_intervals - 1].to_s >= interval.from_s)
        return fail(c, ST_MALFORMED, "the interval begins before the last one has ended");
    server->n++;
    trace->intervals = with_room(trace->intervals, trace->n_intervals, sizeof interval);
    trace->intervals[trace->n_intervals++] = interval;
    if (interval.to_s > trace->end_s)
        trace->end_s = interval.to_s;
    return ST_OK;
}

/* --- both --- */

static Status
read_header(Cursor *c, const char *header, const char *error)
{
    if (!next_line(c)) {
        c->number = 1;
        return fail(c, ST_MALFORMED, error);
    }
    return bytes_equal_text(c->line, header) ? ST_OK : fail(c, ST_MALFORMED, error);
}

static Status
read_servers(Cursor *c, UptimeTrace *trace)
{
    Status status = read_header(c, "node,country,latitude,longitude,network",
                                "node,country,latitude,longitude,network is expected");

    while (status == ST_OK && next_line(c))
        status = read_server(c, trace);
    return status;
}

static Status
read_intervals(Cursor *c, UptimeTrace *trace)
{
    Status status =
        read_header(c, "node,up_from_s,up_to_s", "node,up_from_s,up_to_s is expected");
    uint32_t at = 0;

    while (status == ST_OK && next_line(c))
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
    Cursor nodes = { .rest = reader_over(nodes_csv) };
    Cursor up = { .rest = reader_over(up_csv) };
    UptimeTrace *trace = calloc(1, sizeof *trace);
    Status status;
    const Cursor *at = &nodes;

    if (trace == NULL)
        abort();
    status = read_servers(&nodes, trace);
    if (status == ST_OK) {
        at = &up;
        status = read_intervals(&up, trace);
    }
    if (status != ST_OK) {
        *ret_line = at->number;
        *ret_in_up = at == &up;
        *ret_error = at->error;
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
