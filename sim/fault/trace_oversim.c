/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The traces that OverSim's trace churn reads. */
#include "sim/fault/trace_builder.h"
#include "sim/fault/trace_formats.h"

#include <stdlib.h>

typedef struct OversimReader {
    TraceText text;
    TraceEvent *events;
    uint32_t n;
    uint64_t ignored;
    int64_t end_us;
} OversimReader;

static Status
read_line(OversimReader *r)
{
    Bytes rest = r->text.line;
    TraceEvent event = { .line = (uint32_t)r->text.error.line };
    Bytes time, word;

    if (!trace_take_word(&rest, &time) || time.p[0] == '#')
        return ST_OK;
    if (!trace_take_word(&rest, &event.name) || !trace_take_word(&rest, &word))
        return trace_text_fail(&r->text, ST_MALFORMED,
                               "a time, a node and a word such as JOIN are expected");
    if (!trace_read_seconds(time, &event.at_us))
        return trace_text_fail(&r->text, ST_MALFORMED, "a time in seconds is expected");
    if (event.at_us > r->end_us)
        r->end_us = event.at_us;
    if (bytes_equal_text(word, "JOIN")) {
        event.change = TRACE_JOIN;
    } else if (bytes_equal_text(word, "LEAVE")) {
        event.change = TRACE_LEAVE;
    } else {
        r->ignored++;
        return ST_OK;
    }
    if (r->n == TRACE_INTERVALS_MAX)
        return trace_text_fail(&r->text, ST_TOO_LARGE, "fewer events are expected");
    r->events = trace_with_room(r->events, r->n, sizeof event);
    r->events[r->n++] = event;
    return ST_OK;
}

Status
trace_parse_oversim(Bytes text, UptimeTrace **ret, uint64_t *ret_ignored,
                    TraceError *ret_error)
{
    OversimReader r = { .text = trace_text_over(text) };
    TraceBuilder builder = { 0 };
    Status status = trace_text_bounded(&r.text);

    while (status == ST_OK && trace_text_next(&r.text))
        status = read_line(&r);
    if (status == ST_OK && r.n == 0)
        status = trace_text_fail(&r.text, ST_MALFORMED, "a JOIN is expected");
    if (status == ST_OK)
        status = trace_events_pair(r.events, r.n, 0, r.end_us, &builder, &r.text.error);
    free(r.events);
    if (status == ST_OK) {
        status = trace_builder_finish(&builder, 0, r.end_us, ret);
        if (status != ST_OK)
            trace_text_fail(&r.text, status, "fewer nodes are expected");
    }
    trace_builder_clear(&builder);
    if (status == ST_OK)
        *ret_ignored = r.ignored;
    else
        *ret_error = r.text.error;
    return status;
}
