/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Other people's uptime records.  The first byte says which parser; the Failure Trace
 * Archive's two tables are parted by a NUL, and so are Tor's consensuses.  What is read is
 * in order, and comes back when it is written as CSV. */
#include "tests/fuzz/trace_check.h"

#include "sim/fault/trace_formats.h"
#include "sim/fault/trace_statistics.h"
#include "sim/fault/trace_tor.h"

static void
check_read(const UptimeTrace *trace)
{
    TraceStatistics statistics = trace_statistics(trace);

    check_trace(trace);
    fuzz_check(trace->end_us >= 0 && trace->end_us <= INT64_MAX / 1000);
    fuzz_check(statistics.up_share >= 0 && statistics.up_share <= 1 + 1e-9);
    fuzz_check(statistics.session_median_us <= trace->end_us);
}

static void
check_comes_back(const UptimeTrace *trace)
{
    Buffer text = BUFFER_EMPTY, again = BUFFER_EMPTY;
    UptimeTrace *read = NULL;
    TraceError why;

    trace_write_csv(trace, &text);
    fuzz_check(trace_parse_csv(buffer_bytes(&text), &read, &why) == ST_OK);
    trace_write_csv(read, &again);
    fuzz_check(bytes_equal(buffer_bytes(&text), buffer_bytes(&again)));
    uptime_trace_free(read);
    buffer_clear(&text);
    buffer_clear(&again);
}

/* The part before the first NUL; *text becomes what is behind it. */
static Bytes
part_of(Bytes *text)
{
    const uint8_t *end = text->n > 0 ? memchr(text->p, '\0', text->n) : NULL;
    Bytes part = *text;

    if (end == NULL) {
        *text = (Bytes){ NULL, 0 };
        return part;
    }
    part.n = (size_t)(end - text->p);
    *text = (Bytes){ end + 1, text->n - part.n - 1 };
    return part;
}

static Status
parse_tor(Bytes text, UptimeTrace **ret, TraceError *why)
{
    TorRecord *record = tor_record_new();
    Status status = ST_OK;

    while (text.n > 0 && status == ST_OK) {
        Bytes part = part_of(&text);

        status = tor_record_add(record, part, why);
    }
    if (status == ST_OK) {
        *why = (TraceError){ 1, "" };
        status = tor_record_finish(record, ret);
    }
    tor_record_free(record);
    return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes text;
    UptimeTrace *trace = NULL;
    TraceError why = { 0 };
    uint64_t ignored;
    bool in_nodes;
    Bytes part;
    Status status = ST_OK;

    if (n == 0)
        return 0;
    text = (Bytes){ data + 1, n - 1 };
    (void)trace_format_of("", text);
    switch (data[0] % 5) {
    case 0:
        status = trace_parse_csv(text, &trace, &why);
        break;
    case 1:
        status = trace_parse_avt(text, &trace, &why);
        break;
    case 2:
        status = trace_parse_oversim(text, &trace, &ignored, &why);
        break;
    case 3:
        part = part_of(&text);
        status = trace_parse_fta(part, text, &trace, &in_nodes, &why);
        break;
    default:
        status = parse_tor(text, &trace, &why);
        break;
    }
    if (status == ST_OK) {
        check_read(trace);
        check_comes_back(trace);
    } else {
        fuzz_check(trace == NULL && why.line > 0 && why.text != NULL);
    }
    uptime_trace_free(trace);
    return 0;
}
