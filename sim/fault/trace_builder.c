/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/trace_builder.h"

#include <assert.h>
#include <stdlib.h>

/* --- order --- */

static int
compare_names(Bytes a, Bytes b)
{
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return a.n == 0 ? 0 : memcmp(a.p, b.p, a.n);
}

static int
compare_times(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int
compare_spans(const void *a, const void *b)
{
    const TraceSpan *x = a, *y = b;
    int order = compare_names(x->name, y->name);

    if (order == 0)
        order = compare_times(x->from_us, y->from_us);
    return order != 0 ? order : compare_times(x->to_us, y->to_us);
}

/* Places of one name stay in the order in which they came: their names point into one
 * text. */
static int
compare_places(const void *a, const void *b)
{
    const TracePlace *x = a, *y = b;
    int order = compare_names(x->name, y->name);

    if (order == 0)
        order = (x->name.p > y->name.p) - (x->name.p < y->name.p);
    return order;
}

static int
compare_events(const void *a, const void *b)
{
    const TraceEvent *x = a, *y = b;
    int order = compare_names(x->name, y->name);

    if (order == 0)
        order = compare_times(x->at_us, y->at_us);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static void
sort(void *items, uint32_t n, size_t size, int (*compare)(const void *, const void *))
{
    if (n > 1)
        qsort(items, n, size, compare);
}

/* --- collecting --- */

bool
trace_builder_span(TraceBuilder *builder, Bytes name, int64_t from_us, int64_t to_us)
{
    assert(from_us <= to_us);
    if (from_us == to_us)
        return true;
    if (builder->n_spans == TRACE_INTERVALS_MAX)
        return false;
    builder->spans =
        trace_with_room(builder->spans, builder->n_spans, sizeof *builder->spans);
    builder->spans[builder->n_spans++] = (TraceSpan){ name, from_us, to_us };
    return true;
}

bool
trace_builder_place(TraceBuilder *builder, const TracePlace *place)
{
    if (builder->n_places == TRACE_INTERVALS_MAX)
        return false;
    builder->places =
        trace_with_room(builder->places, builder->n_places, sizeof *builder->places);
    builder->places[builder->n_places++] = *place;
    return true;
}

void
trace_builder_clear(TraceBuilder *builder)
{
    free(builder->spans);
    free(builder->places);
    *builder = (TraceBuilder){ 0 };
}

/* --- building --- */

/* A name that is the decimal form of a number below 2^32. */
static bool
is_number(Bytes name, int64_t *ret)
{
    return trace_read_whole(name, UINT32_MAX, ret) && (name.n == 1 || name.p[0] != '0');
}

static bool
all_are_numbers(const TraceBuilder *builder)
{
    int64_t number;

    for (uint32_t i = 0; i < builder->n_spans; i++)
        if (!is_number(builder->spans[i].name, &number))
            return false;
    return true;
}

/* The first place of this name at or after @at, or NULL. */
static const TracePlace *
find_place(const TraceBuilder *builder, uint32_t *at, Bytes name)
{
    while (*at < builder->n_places && compare_names(builder->places[*at].name, name) < 0)
        ++*at;
    if (*at == builder->n_places || !bytes_equal(builder->places[*at].name, name))
        return NULL;
    return &builder->places[*at];
}

/* After the largest network that is known; those at the very end of the range do not count.
 */
static uint32_t
first_free_network(const TraceBuilder *builder)
{
    uint32_t first = 0;

    for (uint32_t i = 0; i < builder->n_places; i++) {
        const TracePlace *place = &builder->places[i];

        if (place->has_network && place->network >= first &&
            place->network < UINT32_MAX - TRACE_SERVERS_MAX)
            first = place->network + 1;
    }
    return first;
}

static Status
add_server(const TraceBuilder *builder, UptimeTrace *trace, Bytes name, bool numbers,
           uint32_t alone, uint32_t *place_at)
{
    uint32_t i = trace->n_servers;
    TracedServer *server;
    const TracePlace *place = find_place(builder, place_at, name);
    int64_t number = i;

    if (i == TRACE_SERVERS_MAX)
        return ST_TOO_LARGE;
    if (numbers && !is_number(name, &number))
        assert(!"checked before");
    trace->servers = trace_with_room(trace->servers, i, sizeof *trace->servers);
    server = &trace->servers[trace->n_servers++];
    *server = (TracedServer){ .id = (uint32_t)number, .first = trace->n_intervals };
    if (place != NULL)
        memcpy(server->country, place->country, sizeof server->country);
    server->network = place != NULL && place->has_network ? place->network : alone + i;
    return ST_OK;
}

static void
add_span(UptimeTrace *trace, const TraceSpan *span, int64_t begin_us)
{
    TracedServer *server = &trace->servers[trace->n_servers - 1];
    UptimeInterval *last = server->n > 0 ? &trace->intervals[trace->n_intervals - 1] : NULL;
    UptimeInterval next = { span->from_us - begin_us, span->to_us - begin_us };

    assert(next.from_us >= 0 && next.to_us <= trace->end_us);
    if (last != NULL && next.from_us <= last->to_us) {
        if (next.to_us > last->to_us)
            last->to_us = next.to_us;
        return;
    }
    trace->intervals =
        trace_with_room(trace->intervals, trace->n_intervals, sizeof *trace->intervals);
    trace->intervals[trace->n_intervals++] = next;
    server->n++;
}

static Status
add_servers(const TraceBuilder *builder, UptimeTrace *trace, int64_t begin_us)
{
    bool numbers = all_are_numbers(builder);
    uint32_t alone = first_free_network(builder);
    uint32_t place_at = 0;

    for (uint32_t i = 0; i < builder->n_spans; i++) {
        const TraceSpan *span = &builder->spans[i];
        Status status = ST_OK;

        if (i == 0 || !bytes_equal(span[-1].name, span->name))
            status = add_server(builder, trace, span->name, numbers, alone, &place_at);
        if (status != ST_OK)
            return status;
        add_span(trace, span, begin_us);
    }
    return ST_OK;
}

Status
trace_builder_finish(TraceBuilder *builder, int64_t begin_us, int64_t end_us,
                     UptimeTrace **ret)
{
    UptimeTrace *trace = calloc(1, sizeof *trace);
    Status status;

    if (trace == NULL)
        abort();
    trace->end_us = end_us - begin_us;
    sort(builder->spans, builder->n_spans, sizeof *builder->spans, compare_spans);
    sort(builder->places, builder->n_places, sizeof *builder->places, compare_places);
    status = add_servers(builder, trace, begin_us);
    trace_builder_clear(builder);
    if (status == ST_OK)
        *ret = trace;
    else
        uptime_trace_free(trace);
    return status;
}

/* --- events --- */

typedef enum Presence { NEVER_SEEN, IS_UP, IS_DOWN, HAS_LEFT } Presence;

/* What the change makes of a node, or why it cannot be. */
static const char *
change(Presence *presence, TraceChange to)
{
    switch (to) {
    case TRACE_UP:
        if (*presence == IS_UP)
            return "a node that is down is expected";
        if (*presence == HAS_LEFT)
            return "after leave a join is expected";
        *presence = IS_UP;
        return NULL;
    case TRACE_JOIN:
        if (*presence == IS_UP || *presence == IS_DOWN)
            return "a node that is not there yet, or has left, is expected";
        *presence = IS_UP;
        return NULL;
    case TRACE_DOWN:
        if (*presence == IS_DOWN || *presence == HAS_LEFT)
            return "a node that is up is expected";
        *presence = IS_DOWN;
        return NULL;
    case TRACE_LEAVE:
        if (*presence == HAS_LEFT)
            return "a node that has not left is expected";
        *presence = HAS_LEFT;
        return NULL;
    }
    assert(!"a change");
    return NULL;
}

/* One node's events; the number of them goes to *ret_n. */
static Status
pair_node(const TraceEvent *events, uint32_t n, int64_t begin_us, int64_t end_us,
          TraceBuilder *builder, uint32_t *ret_n, TraceError *ret_error)
{
    Presence presence = NEVER_SEEN;
    int64_t since_us = begin_us;
    uint32_t i;
    bool room = true;

    for (i = 0; i < n && bytes_equal(events[i].name, events[0].name) && room; i++) {
        Presence before = presence;
        const char *expected = change(&presence, events[i].change);

        if (expected != NULL) {
            *ret_error = (TraceError){ events[i].line, expected };
            return ST_MALFORMED;
        }
        if (presence == IS_UP)
            since_us = events[i].at_us;
        else if (before == IS_UP || before == NEVER_SEEN)
            room = trace_builder_span(builder, events[i].name, since_us, events[i].at_us);
    }
    if (room && presence == IS_UP)
        room = trace_builder_span(builder, events[0].name, since_us, end_us);
    if (!room) {
        *ret_error = (TraceError){ events[i - 1].line, "fewer intervals are expected" };
        return ST_TOO_LARGE;
    }
    *ret_n = i;
    return ST_OK;
}

Status
trace_events_pair(TraceEvent *events, uint32_t n, int64_t begin_us, int64_t end_us,
                  TraceBuilder *builder, TraceError *ret_error)
{
    Status status = ST_OK;
    uint32_t of_node = 0;

    sort(events, n, sizeof *events, compare_events);
    for (uint32_t i = 0; i < n && status == ST_OK; i += of_node)
        status =
            pair_node(events + i, n - i, begin_us, end_us, builder, &of_node, ret_error);
    return status;
}
