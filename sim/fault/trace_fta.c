/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of the Failure Trace Archive. */
#include "sim/fault/trace_builder.h"
#include "sim/fault/trace_formats.h"

/* A column that is looked for, and where it stands where no header says it. */
typedef struct Column {
    const char *name;
    size_t at;
} Column;

enum { COLUMNS_MAX = 64 };

enum { EVENT_NODE, EVENT_TYPE, EVENT_START, EVENT_STOP, EVENT_COLUMNS };
enum { NODE_NODE, NODE_IP, NODE_LOCATION, NODE_COLUMNS };

static const Column event_columns[EVENT_COLUMNS] = { { "node_id", 2 },
                                                     { "event_type", 5 },
                                                     { "event_start_time", 6 },
                                                     { "event_stop_time", 7 } };
static const Column node_columns[NODE_COLUMNS] = { { "node_id", 0 },
                                                   { "node_ip", 3 },
                                                   { "node_location", 4 } };

typedef struct FtaReader {
    TraceText text;
    TraceBuilder *builder;
    Column columns[EVENT_COLUMNS]; /* as found */
    size_t n_columns;
    int64_t begin_us, end_us;
    bool begun;
} FtaReader;

static const size_t NOT_THERE = COLUMNS_MAX;

/* --- tables --- */

static FtaReader
reader_of(Bytes text, TraceBuilder *builder, const Column *columns, size_t n)
{
    FtaReader r = { .text = trace_text_over(text), .builder = builder, .n_columns = n };

    for (size_t i = 0; i < n; i++)
        r.columns[i] = columns[i];
    return r;
}

/* The first line says where the columns are when it begins with # or names one of them;
 * else it is a row. */
static bool
read_header(FtaReader *r)
{
    Bytes rest = r->text.line;
    Bytes field;
    size_t found[EVENT_COLUMNS];
    bool is_header = rest.p[0] == '#';

    if (is_header) {
        rest.p++;
        rest.n--;
    }
    for (size_t i = 0; i < r->n_columns; i++)
        found[i] = NOT_THERE;
    for (size_t at = 0; at < COLUMNS_MAX && trace_take_field(&rest, '\t', &field); at++) {
        for (size_t i = 0; i < r->n_columns; i++) {
            if (!bytes_equal_text(trace_trimmed(field), r->columns[i].name))
                continue;
            found[i] = at;
            is_header = true;
        }
    }
    for (size_t i = 0; i < r->n_columns && is_header; i++)
        r->columns[i].at = found[i];
    return is_header;
}

/* The columns that are looked for, trimmed; empty where there is none.  The first @needed
 * of them must be there. */
static Status
read_columns(FtaReader *r, size_t needed, Bytes *ret)
{
    Bytes rest = r->text.line;
    Bytes field;

    for (size_t i = 0; i < r->n_columns; i++)
        ret[i] = (Bytes){ NULL, 0 };
    for (size_t at = 0; at < COLUMNS_MAX && trace_take_field(&rest, '\t', &field); at++)
        for (size_t i = 0; i < r->n_columns; i++)
            if (r->columns[i].at == at)
                ret[i] = trace_trimmed(field);
    for (size_t i = 0; i < needed; i++)
        if (ret[i].n == 0)
            return trace_text_fail(&r->text, ST_MALFORMED,
                                   needed == 1
                                       ? "a node_id between tabs is expected"
                                       : "node_id, event_type, event_start_time and "
                                         "event_stop_time between tabs are "
                                         "expected");
    return ST_OK;
}

static Status
read_table(FtaReader *r, Status (*read_row)(FtaReader *r))
{
    Status status = trace_text_bounded(&r->text);
    bool first = true;

    while (status == ST_OK && trace_text_next(&r->text)) {
        if (trace_trimmed(r->text.line).n == 0)
            continue;
        if (!(first && read_header(r)) && r->text.line.p[0] != '#')
            status = read_row(r);
        first = false;
    }
    return status;
}

/* --- event_trace.tab --- */

/* Each event is of the record, whatever it says. */
static void
widen(FtaReader *r, int64_t from_us, int64_t to_us)
{
    if (!r->begun || from_us < r->begin_us)
        r->begin_us = from_us;
    if (!r->begun || to_us > r->end_us)
        r->end_us = to_us;
    r->begun = true;
}

static Status
read_event(FtaReader *r)
{
    Bytes field[EVENT_COLUMNS];
    int64_t from_us, to_us;
    bool up;
    Status status = read_columns(r, EVENT_COLUMNS, field);

    if (status != ST_OK)
        return status;
    up = bytes_equal_text(field[EVENT_TYPE], "1");
    if (!up && !bytes_equal_text(field[EVENT_TYPE], "0"))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "event_type 0 or 1 (available) is expected");
    if (!trace_read_seconds(field[EVENT_START], &from_us))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "event_start_time in seconds is expected");
    if (bytes_equal_text(field[EVENT_STOP], "NULL"))
        to_us = TRACE_TIME_MAX; /* cut at the record's end */
    else if (!trace_read_seconds(field[EVENT_STOP], &to_us))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "event_stop_time in seconds, or NULL, is expected");
    if (to_us < from_us)
        return trace_text_fail(&r->text, ST_RANGE,
                               "event_stop_time after event_start_time is expected");
    widen(r, from_us, to_us == TRACE_TIME_MAX ? from_us : to_us);
    if (up && !trace_builder_span(r->builder, field[EVENT_NODE], from_us, to_us))
        return trace_text_fail(&r->text, ST_TOO_LARGE, "fewer intervals are expected");
    return ST_OK;
}

/* Spans that nothing ended last until the record's end. */
static void
cut_open_spans(FtaReader *r)
{
    TraceBuilder *b = r->builder;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < b->n_spans; i++) {
        TraceSpan span = b->spans[i];

        if (span.to_us > r->end_us)
            span.to_us = r->end_us;
        if (span.from_us < span.to_us)
            b->spans[kept++] = span;
    }
    b->n_spans = kept;
}

/* --- node.tab --- */

/* Locations are free text; two capital letters alone, or after the last comma, are taken as
 * a country. */
static void
read_location(Bytes location, char ret[3])
{
    Bytes part;

    ret[0] = '\0';
    while (trace_take_field(&location, ',', &part))
        if (location.p == NULL && !trace_read_country(trace_trimmed(part), ret))
            ret[0] = '\0';
}

static Status
read_node(FtaReader *r)
{
    Bytes field[NODE_COLUMNS];
    TracePlace place = { .has_network = false };
    Status status = read_columns(r, 1, field);

    if (status != ST_OK)
        return status;
    place.name = field[NODE_NODE];
    place.has_network = trace_read_network(field[NODE_IP], &place.network);
    read_location(field[NODE_LOCATION], place.country);
    if (!trace_builder_place(r->builder, &place))
        return trace_text_fail(&r->text, ST_TOO_LARGE, "fewer nodes are expected");
    return ST_OK;
}

/* --- both --- */

Status
trace_parse_fta(Bytes events, Bytes nodes, UptimeTrace **ret, bool *ret_in_nodes,
                TraceError *ret_error)
{
    TraceBuilder builder = { 0 };
    FtaReader e = reader_of(events, &builder, event_columns, EVENT_COLUMNS);
    FtaReader n = reader_of(nodes, &builder, node_columns, NODE_COLUMNS);
    bool in_nodes = false;
    Status status = read_table(&e, read_event);

    if (status == ST_OK)
        cut_open_spans(&e);
    if (status == ST_OK && builder.n_spans == 0)
        status = trace_text_fail(&e.text, ST_MALFORMED,
                                 "an event of type 1 (available) is expected");
    if (status == ST_OK) {
        status = read_table(&n, read_node);
        in_nodes = status != ST_OK;
    }
    if (status == ST_OK) {
        status = trace_builder_finish(&builder, e.begin_us, e.end_us, ret);
        if (status != ST_OK)
            trace_text_fail(&e.text, status, "fewer nodes are expected");
    }
    trace_builder_clear(&builder);
    if (status != ST_OK) {
        *ret_in_nodes = in_nodes;
        *ret_error = in_nodes ? n.text.error : e.text.error;
    }
    return status;
}
