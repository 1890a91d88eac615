/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/trace_formats.h"

#include <assert.h>

/* Longest first line that is looked at. */
enum { FIRST_LINE_MAX = 4096 };
#define FTA_COLUMN "event_start_time"

static const char *const names[TRACE_FORMATS] = {
    [TRACE_FORMAT_UNKNOWN] = "unknown", [TRACE_FORMAT_PAIR] = "nodes.csv and up.csv",
    [TRACE_FORMAT_CSV] = "csv",         [TRACE_FORMAT_AVT] = "avt",
    [TRACE_FORMAT_OVERSIM] = "oversim", [TRACE_FORMAT_FTA] = "fta",
    [TRACE_FORMAT_TOR] = "tor",
};

const char *
trace_format_name(TraceFormat format)
{
    assert(format < TRACE_FORMATS);
    return names[format];
}

static bool
ends_with(Bytes text, const char *end)
{
    size_t n = strlen(end);

    return text.n >= n && memcmp(text.p + text.n - n, end, n) == 0;
}

static bool
begins_with(Bytes text, const char *begin)
{
    size_t n = strlen(begin);

    return text.n >= n && memcmp(text.p, begin, n) == 0;
}

/* `seconds node JOIN ...` is OverSim's, `id n start end` Godfrey's. */
static TraceFormat
format_of_words(Bytes line)
{
    Bytes first, second, third;
    int64_t number;

    if (!trace_take_word(&line, &first) || !trace_take_word(&line, &second))
        return TRACE_FORMAT_UNKNOWN;
    if (trace_take_word(&line, &third) && third.p[0] >= 'A' && third.p[0] <= 'Z' &&
        trace_read_seconds(first, &number))
        return TRACE_FORMAT_OVERSIM;
    if (trace_read_whole(second, TRACE_INTERVALS_MAX, &number))
        return TRACE_FORMAT_AVT;
    return TRACE_FORMAT_UNKNOWN;
}

static TraceFormat
format_of_line(Bytes line)
{
    if (begins_with(line, "node,country,"))
        return TRACE_FORMAT_PAIR;
    if (begins_with(line, "t_us,"))
        return TRACE_FORMAT_CSV;
    if (begins_with(line, "@type network-status-") ||
        begins_with(line, "network-status-version"))
        return TRACE_FORMAT_TOR;
    if (memmem(line.p, line.n, FTA_COLUMN, strlen(FTA_COLUMN)) != NULL)
        return TRACE_FORMAT_FTA;
    if (line.p[0] == '#')
        return TRACE_FORMAT_UNKNOWN;
    return format_of_words(line);
}

/* The first line that is no comment decides, or a comment that is a header. */
static TraceFormat
format_of_text(Bytes bytes)
{
    TraceText text = trace_text_over(bytes);
    TraceFormat format = TRACE_FORMAT_UNKNOWN;
    bool said = false;

    while (!said && trace_text_next(&text)) {
        Bytes line = text.line;

        if (line.n > FIRST_LINE_MAX)
            line.n = FIRST_LINE_MAX;
        if (trace_trimmed(line).n == 0)
            continue;
        format = format_of_line(line);
        said = format != TRACE_FORMAT_UNKNOWN || line.p[0] != '#';
    }
    return format;
}

TraceFormat
trace_format_of(const char *name, Bytes text)
{
    Bytes bytes = bytes_of_text(name);

    if (ends_with(bytes, "nodes.csv"))
        return TRACE_FORMAT_PAIR;
    if (ends_with(bytes, ".avt"))
        return TRACE_FORMAT_AVT;
    if (ends_with(bytes, "event_trace.tab"))
        return TRACE_FORMAT_FTA;
    if (ends_with(bytes, "-consensus") || ends_with(bytes, "-consensus-microdesc"))
        return TRACE_FORMAT_TOR;
    return format_of_text(text);
}
