/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Godfrey's availability traces (pbg.cs.illinois.edu/availability). */
#include "sim/fault/trace_builder.h"
#include "sim/fault/trace_formats.h"

typedef struct AvtReader {
    TraceText text;
    TraceBuilder builder;
    int64_t begin_us, end_us;
    bool begun;
} AvtReader;

static Status
read_pair(AvtReader *r, Bytes name, Bytes *rest)
{
    Bytes start, end;
    int64_t from_us, to_us;

    if (!trace_take_word(rest, &start) || !trace_take_word(rest, &end))
        return trace_text_fail(&r->text, ST_TRUNCATED,
                               "as many starts and ends as the second number says are "
                               "expected");
    if (!trace_read_seconds(start, &from_us) || !trace_read_seconds(end, &to_us))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "starts and ends in seconds are expected");
    if (to_us < from_us)
        return trace_text_fail(&r->text, ST_RANGE, "an end after its start is expected");
    if (!trace_builder_span(&r->builder, name, from_us, to_us))
        return trace_text_fail(&r->text, ST_TOO_LARGE, "fewer intervals are expected");
    if (!r->begun || from_us < r->begin_us)
        r->begin_us = from_us;
    if (!r->begun || to_us > r->end_us)
        r->end_us = to_us;
    r->begun = true;
    return ST_OK;
}

static Status
read_line(AvtReader *r)
{
    Bytes rest = r->text.line;
    Bytes name, count, more;
    int64_t n;
    Status status = ST_OK;

    if (!trace_take_word(&rest, &name) || name.p[0] == '#')
        return ST_OK;
    if (!trace_take_word(&rest, &count) ||
        !trace_read_whole(count, TRACE_INTERVALS_MAX, &n))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "a node and its number of intervals are expected");
    for (int64_t i = 0; i < n && status == ST_OK; i++)
        status = read_pair(r, name, &rest);
    if (status == ST_OK && trace_take_word(&rest, &more))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "no more starts and ends than the second number says are "
                               "expected");
    return status;
}

Status
trace_parse_avt(Bytes text, UptimeTrace **ret, TraceError *ret_error)
{
    AvtReader r = { .text = trace_text_over(text) };
    Status status = trace_text_bounded(&r.text);

    while (status == ST_OK && trace_text_next(&r.text))
        status = read_line(&r);
    if (status == ST_OK && r.builder.n_spans == 0)
        status = trace_text_fail(&r.text, ST_MALFORMED, "a node that was up is expected");
    if (status == ST_OK) {
        status = trace_builder_finish(&r.builder, r.begin_us, r.end_us, ret);
        if (status != ST_OK)
            trace_text_fail(&r.text, status, "fewer nodes are expected");
    }
    trace_builder_clear(&r.builder);
    if (status != ST_OK)
        *ret_error = r.text.error;
    return status;
}
