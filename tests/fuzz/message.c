/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stored messages: container and envelope, the padding, the content inside.  What is read
 * can be written, and reads the same. */
#include "tests/fuzz/fuzz.h"

#include "nodes/crypto/session_message.h"
#include "nodes/wire/message.h"

static bool
lies_within(Bytes part, Bytes whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void
check_content(Bytes in)
{
    ContentText text = { .timestamp = 99 }, again;
    Buffer out = BUFFER_EMPTY;

    if (content_parse(in, &text) != ST_OK) {
        fuzz_check(text.timestamp == 99 && text.body.p == NULL);
        return;
    }
    fuzz_check(lies_within(text.body, in) && lies_within(text.sync_target, in));
    content_text(text.body, text.timestamp, text.sync_target, &out);
    fuzz_check(content_parse(buffer_bytes(&out), &again) == ST_OK);
    fuzz_check(bytes_equal(again.body, text.body) && again.timestamp == text.timestamp);
    fuzz_check(bytes_equal(again.sync_target, text.sync_target));
    buffer_clear(&out);
}

static void
check_padding(Bytes in)
{
    Buffer padded = BUFFER_EMPTY;
    Bytes content = { NULL, 77 }, again;

    if (session_message_unpad(in, &content) == ST_OK) {
        fuzz_check(lies_within(content, in));
        check_content(content);
    } else {
        fuzz_check(content.n == 77);
    }
    session_message_pad(in, &padded);
    fuzz_check(session_message_unpad(buffer_bytes(&padded), &again) == ST_OK);
    fuzz_check(bytes_equal(again, in));
    buffer_clear(&padded);
}

static void
check_envelope(Bytes in)
{
    MessageEnvelope envelope = { .type = 99 }, again;
    Buffer out = BUFFER_EMPTY;

    if (message_unwrap(in, &envelope) != ST_OK) {
        fuzz_check(envelope.type == 99 && envelope.content.p == NULL);
        return;
    }
    fuzz_check(lies_within(envelope.source, in) && lies_within(envelope.content, in));
    check_padding(envelope.content);
    message_wrap(envelope.type, envelope.source, envelope.timestamp, envelope.content,
                 &out);
    fuzz_check(message_unwrap(buffer_bytes(&out), &again) == ST_OK);
    fuzz_check(again.type == envelope.type && again.timestamp == envelope.timestamp);
    fuzz_check(bytes_equal(again.source, envelope.source));
    fuzz_check(bytes_equal(again.content, envelope.content));
    buffer_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes in = { data, n };

    check_envelope(in);
    check_padding(in);
    check_content(in);
    return 0;
}
