/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Our own format of uptime records. */
#include "sim/fault/trace_builder.h"
#include "sim/fault/trace_formats.h"

#include <stdlib.h>

#define HEADER "t_us,node,event"
#define HEADER_PLACES HEADER ",country,network"

static const char *const changes[] = {
    [TRACE_UP] = "up", [TRACE_DOWN] = "down", [TRACE_JOIN] = "join", [TRACE_LEAVE] = "leave"
};

enum { CHANGES = sizeof changes / sizeof changes[0], NAME_BYTES_MAX = 64 };

typedef struct CsvReader {
    TraceText text;
    TraceBuilder builder;
    TraceEvent *events;
    uint32_t n;
    int64_t end_us;
    int64_t horizon_us; /* -1: not said */
    size_t horizon_line;
    bool headed, with_places;
} CsvReader;

/* --- reading --- */

/* `key: value` or `key = value`; false for other words. */
static bool
split_pair(Bytes piece, Bytes *ret_key, Bytes *ret_value)
{
    for (size_t i = 0; i < piece.n; i++) {
        if (piece.p[i] != ':' && piece.p[i] != '=')
            continue;
        *ret_key = trace_trimmed((Bytes){ piece.p, i });
        *ret_value = trace_trimmed((Bytes){ piece.p + i + 1, piece.n - i - 1 });
        return true;
    }
    return false;
}

static Status
read_comment(CsvReader *r)
{
    Bytes rest = { r->text.line.p + 1, r->text.line.n - 1 };
    Bytes piece, key, value;

    while (trace_take_field(&rest, ';', &piece)) {
        if (!split_pair(piece, &key, &value))
            continue;
        if (bytes_equal_text(key, "units") && !bytes_equal_text(value, "us"))
            return trace_text_fail(&r->text, ST_MALFORMED, "units: us is expected");
        if (!bytes_equal_text(key, "horizon_us"))
            continue;
        if (!trace_read_whole(value, TRACE_TIME_MAX, &r->horizon_us))
            return trace_text_fail(&r->text, ST_RANGE,
                                   "a horizon in microseconds is expected");
        r->horizon_line = r->text.error.line;
    }
    return ST_OK;
}

static Status
read_header(CsvReader *r)
{
    r->with_places = bytes_equal_text(r->text.line, HEADER_PLACES);
    if (!r->with_places && !bytes_equal_text(r->text.line, HEADER))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               HEADER " or " HEADER_PLACES " is expected");
    r->headed = true;
    return ST_OK;
}

static bool
read_change(Bytes word, TraceChange *ret)
{
    for (int i = 0; i < CHANGES; i++) {
        if (!bytes_equal_text(word, changes[i]))
            continue;
        *ret = (TraceChange)i;
        return true;
    }
    return false;
}

static Status
read_place(CsvReader *r, Bytes name, Bytes country, Bytes network)
{
    TracePlace place = { .name = name, .has_network = network.n > 0 };
    int64_t number = 0;

    if (!trace_read_country(country, place.country))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "the country is two capital letters, or nothing");
    if (place.has_network && !trace_read_whole(network, UINT32_MAX, &number))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "the network is a number below 2^32, or nothing");
    place.network = (uint32_t)number;
    if ((place.has_network || country.n > 0) && !trace_builder_place(&r->builder, &place))
        return trace_text_fail(&r->text, ST_TOO_LARGE, "fewer places are expected");
    return ST_OK;
}

static Status
read_event(CsvReader *r)
{
    Bytes field[5];
    size_t n = r->with_places ? 5 : 3;
    TraceEvent event = { .line = (uint32_t)r->text.error.line };

    if (!trace_split(r->text.line, ',', field, n))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               n == 5 ? "five fields are expected"
                                      : "three fields are expected");
    event.name = field[1];
    if (!trace_read_whole(field[0], TRACE_TIME_MAX, &event.at_us))
        return trace_text_fail(&r->text, ST_RANGE, "a time in microseconds is expected");
    if (event.name.n == 0 || event.name.n > NAME_BYTES_MAX)
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "a node's name of 1 to 64 bytes is expected");
    if (!read_change(field[2], &event.change))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "up, down, join or leave is expected");
    if (r->n == TRACE_INTERVALS_MAX)
        return trace_text_fail(&r->text, ST_TOO_LARGE, "fewer events are expected");
    r->events = trace_with_room(r->events, r->n, sizeof event);
    r->events[r->n++] = event;
    if (event.at_us > r->end_us)
        r->end_us = event.at_us;
    return n == 5 ? read_place(r, event.name, field[3], field[4]) : ST_OK;
}

static Status
read_line(CsvReader *r)
{
    if (r->text.line.n == 0)
        return ST_OK;
    if (r->text.line.p[0] == '#')
        return read_comment(r);
    return r->headed ? read_event(r) : read_header(r);
}

static Status
read_all(CsvReader *r)
{
    Status status = trace_text_bounded(&r->text);

    while (status == ST_OK && trace_text_next(&r->text))
        status = read_line(r);
    if (status != ST_OK)
        return status;
    if (!r->headed)
        return trace_text_fail(&r->text, ST_MALFORMED, HEADER " is expected");
    if (r->horizon_us < 0)
        r->horizon_us = r->end_us;
    if (r->horizon_us < r->end_us) {
        r->text.error.line = r->horizon_line;
        return trace_text_fail(&r->text, ST_RANGE,
                               "a horizon not before the last event is expected");
    }
    return trace_events_pair(r->events, r->n, 0, r->horizon_us, &r->builder,
                             &r->text.error);
}

Status
trace_parse_csv(Bytes text, UptimeTrace **ret, TraceError *ret_error)
{
    CsvReader r = { .text = trace_text_over(text), .horizon_us = -1 };
    Status status = read_all(&r);

    free(r.events);
    if (status == ST_OK) {
        status = trace_builder_finish(&r.builder, 0, r.horizon_us, ret);
        if (status != ST_OK)
            trace_text_fail(&r.text, status, "fewer nodes are expected");
    }
    trace_builder_clear(&r.builder);
    if (status != ST_OK)
        *ret_error = r.text.error;
    return status;
}

/* --- writing --- */

typedef struct WrittenEvent {
    int64_t at_us;
    uint32_t server;
    uint8_t change;
    bool first; /* of the server: says its place */
} WrittenEvent;

static int
compare_written(const void *a, const void *b)
{
    const WrittenEvent *x = a, *y = b;

    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return (x->server > y->server) - (x->server < y->server);
}

/* The events of one server, at most two an interval. */
static size_t
list_events(const UptimeTrace *trace, uint32_t index, WrittenEvent *ret)
{
    const TracedServer *server = &trace->servers[index];
    size_t n = 0;

    for (uint32_t i = 0; i < server->n; i++) {
        const UptimeInterval *interval = &trace->intervals[server->first + i];
        bool appears = i == 0 && interval->from_us > 0;

        ret[n++] = (WrittenEvent){ interval->from_us, index,
                                   appears ? TRACE_JOIN : TRACE_UP, i == 0 };
        if (interval->to_us < trace->end_us)
            ret[n++] =
                (WrittenEvent){ interval->to_us, index,
                                i + 1 == server->n ? TRACE_LEAVE : TRACE_DOWN, false };
    }
    return n;
}

static void
write_event(const TracedServer *server, const WrittenEvent *event, Buffer *out)
{
    buffer_append_i64_decimal(out, event->at_us);
    buffer_append_literal(out, ",");
    buffer_append_u64_decimal(out, server->id);
    buffer_append_literal(out, ",");
    buffer_append_text(out, changes[event->change]);
    buffer_append_literal(out, ",");
    if (event->first)
        buffer_append_text(out, server->country);
    buffer_append_literal(out, ",");
    if (event->first)
        buffer_append_u64_decimal(out, server->network);
    buffer_append_literal(out, "\n");
}

void
trace_write_csv(const UptimeTrace *trace, Buffer *out)
{
    WrittenEvent *events = malloc(((size_t)trace->n_intervals * 2 + 1) * sizeof *events);
    size_t n = 0;

    if (events == NULL)
        abort();
    for (uint32_t i = 0; i < trace->n_servers; i++)
        n += list_events(trace, i, events + n);
    qsort(events, n, sizeof *events, compare_written);
    buffer_append_literal(out, "# units: us; horizon_us: ");
    buffer_append_i64_decimal(out, trace->end_us);
    buffer_append_literal(out, "\n" HEADER_PLACES "\n");
    for (size_t i = 0; i < n; i++)
        write_event(&trace->servers[events[i].server], &events[i], out);
    free(events);
}
