/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stored messages: the envelope, and the content inside it. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/message.h"

static bool
lies_within(Bytes part, Bytes whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes in = { data, n };
    MessageEnvelope envelope;
    ContentText text;

    if (message_unwrap(in, &envelope) == ST_OK) {
        fuzz_check(lies_within(envelope.source, in) && lies_within(envelope.content, in));
        (void)!content_parse(envelope.content, &text);
    }
    if (content_parse(in, &text) == ST_OK)
        fuzz_check(lies_within(text.body, in) && lies_within(text.sync_target, in));
    return 0;
}
