/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stored messages: container and envelope, the padding, the content inside.  What is read
 * can be written, and reads the same. */
#include "tests/fuzz/fuzz.h"

#include "nodes/crypto/session_message.h"
#include "nodes/wire/content.h"
#include "nodes/wire/message.h"

static bool
lies_within(Bytes part, Bytes whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static bool
same_list(ContentBytesList a, ContentBytesList b)
{
    bool same = a.n == b.n;

    for (size_t i = 0; same && i < a.n; i++)
        same = bytes_equal(a.item[i], b.item[i]);
    return same;
}

static void
check_same_group(const ContentGroup *a, const ContentGroup *b)
{
    fuzz_check(a->type == b->type && a->n_wrappers == b->n_wrappers);
    fuzz_check(bytes_equal(a->public_key, b->public_key) && bytes_equal(a->name, b->name));
    fuzz_check(same_list(a->members, b->members) && same_list(a->admins, b->admins));
    for (size_t i = 0; i < a->n_wrappers; i++)
        fuzz_check(bytes_equal(a->wrapper[i].public_key, b->wrapper[i].public_key) &&
                   bytes_equal(a->wrapper[i].encrypted_key_pair,
                               b->wrapper[i].encrypted_key_pair));
}

static void
check_same_data(const Content *a, const Content *b)
{
    fuzz_check(a->timestamp == b->timestamp && a->n_pointers == b->n_pointers);
    fuzz_check(bytes_equal(a->sync_target, b->sync_target));
    fuzz_check((a->control == NULL) == (b->control == NULL));
    if (a->control == NULL)
        fuzz_check(bytes_equal(a->body, b->body));
    else
        check_same_group(a->control, b->control);
    for (size_t i = 0; i < a->n_pointers; i++)
        fuzz_check(a->pointer[i].id == b->pointer[i].id &&
                   bytes_equal(a->pointer[i].key, b->pointer[i].key) &&
                   bytes_equal(a->pointer[i].digest, b->pointer[i].digest) &&
                   bytes_equal(a->pointer[i].url, b->pointer[i].url));
    fuzz_check(bytes_equal(a->context.id, b->context.id));
    if (a->context.id.n > 0)
        fuzz_check(same_list(a->context.members, b->context.members));
}

static void
check_content(Bytes in)
{
    Content content = { .timestamp = 99 }, again;
    Buffer out = BUFFER_EMPTY;

    if (content_read(in, &content) != ST_OK) {
        fuzz_check(content.timestamp == 99 && content.memory == NULL);
        return;
    }
    content_write(&content, &out);
    fuzz_check(content_read(buffer_bytes(&out), &again) == ST_OK);
    fuzz_check(again.kind == content.kind && again.action == content.action);
    fuzz_check(again.n_read == content.n_read && again.n_groups == content.n_groups);
    for (size_t i = 0; i < content.n_groups; i++)
        check_same_group(&content.group[i], &again.group[i]);
    check_same_data(&content, &again);
    content_clear(&content);
    content_clear(&again);
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
