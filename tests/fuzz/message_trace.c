/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table of what people did: refused with a line and a sentence, or read; and what was
 * read is written and read again to the same deeds. */
#include "tests/fuzz/fuzz.h"

#include "clients/workload/message_trace.h"

static MessageTrace *
read_text(Bytes text)
{
    MessageTrace *trace = NULL;
    const char *why = NULL;
    size_t line = 0;
    Status status = message_trace_parse(text, &trace, &line, &why);

    fuzz_check((status == ST_OK) == (trace != NULL));
    fuzz_check(status == ST_OK || (line > 0 && why != NULL));
    return trace;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    MessageTrace *trace = read_text((Bytes){ data, n }), *again;
    Buffer out = BUFFER_EMPTY;

    if (trace == NULL)
        return 0;
    message_trace_write_head(&out);
    for (size_t i = 0; i < trace->n; i++) {
        fuzz_check(i == 0 || trace->deed[i].at >= trace->deed[i - 1].at);
        fuzz_check(trace->deed[i].from < trace->people);
        message_trace_write(&trace->deed[i], &out);
    }
    again = read_text(buffer_bytes(&out));
    fuzz_check(again != NULL && again->n == trace->n);
    for (size_t i = 0; i < trace->n; i++)
        fuzz_check(again->deed[i].at == trace->deed[i].at &&
                   again->deed[i].kind == trace->deed[i].kind &&
                   again->deed[i].from == trace->deed[i].from);
    message_trace_free(again);
    message_trace_free(trace);
    buffer_clear(&out);
    return 0;
}
