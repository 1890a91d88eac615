/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packing and unpacking by libprotobuf-c (measured: about 0.1 us to wrap, 0.2 us to unwrap
 * a short message; there is no need for a reader of our own). */
#include "nodes/wire/message.h"

#include <stdlib.h>

#include "session.pb-c.h"

/* --- memory ------------------------------------------------------------------------------
 */

enum {
    /* What unpacking may take: the fields that we know copy at most all of the input, into
     * structures of a few hundred bytes; so may unknown fields, as long as they are few. */
    UNPACK_BYTES_FIXED = 16384,
    UNPACK_BYTES_PER_BYTE = 3,
    ALIGNMENT = 16
};

/* Memory for one unpacking: taken in sequence, given back at once. */
typedef struct Arena {
    uint8_t *p;
    size_t used, size;
    bool exhausted;
} Arena;

static void *
arena_take(void *context, size_t n)
{
    Arena *arena = context;
    size_t used = (arena->used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

    if (used > arena->size || arena->size - used < n) {
        arena->exhausted = true;
        return NULL;
    }
    arena->used = used + n;
    return arena->p + used;
}

static void
arena_give(void *context, void *p)
{
    (void)context;
    (void)p;
}

static void
arena_init(Arena *arena, size_t input_bytes)
{
    size_t size = UNPACK_BYTES_FIXED + UNPACK_BYTES_PER_BYTE * input_bytes;

    *arena = (Arena){ .p = malloc(size), .size = size };
    if (arena->p == NULL)
        abort();
}

static Status
unpack(Arena *arena, const ProtobufCMessageDescriptor *type, Bytes in,
       ProtobufCMessage **ret)
{
    ProtobufCAllocator allocator = { arena_take, arena_give, arena };
    ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, in.n, in.p);

    if (message == NULL)
        return arena->exhausted ? ST_TOO_LARGE : ST_MALFORMED;
    *ret = message;
    return ST_OK;
}

/* Bytes that were copied out of @in, where they stand in @in.  The one that is large stands
 * at the end but for a number or two. */
static Bytes
borrow(Bytes in, ProtobufCBinaryData copy)
{
    if (copy.len == 0)
        return (Bytes){ NULL, 0 };
    for (size_t behind = 0; behind <= 4 && behind + copy.len <= in.n; behind++) {
        const uint8_t *p = in.p + in.n - copy.len - behind;

        if (memcmp(p, copy.data, copy.len) == 0)
            return (Bytes){ p, copy.len };
    }
    return (Bytes){ memmem(in.p, in.n, copy.data, copy.len), copy.len };
}

/* For packing only: nothing writes through it. */
static ProtobufCBinaryData
lend(Bytes b)
{
    return (ProtobufCBinaryData){ b.n, (uint8_t *)(uintptr_t)b.p };
}

static void
append_packed(const ProtobufCMessage *message, Buffer *out)
{
    uint8_t *to = buffer_reserve(out, protobuf_c_message_get_packed_size(message));

    out->n += protobuf_c_message_pack(message, to);
}

/* --- envelope ----------------------------------------------------------------------------
 */

void
message_wrap(int envelope_type, Bytes source, UnixMs timestamp, Bytes content, Buffer *out)
{
    Swarmbed__WebSocketMessage message = SWARMBED__WEB_SOCKET_MESSAGE__INIT;
    Swarmbed__WebSocketRequest request = SWARMBED__WEB_SOCKET_REQUEST__INIT;
    Swarmbed__Envelope envelope = SWARMBED__ENVELOPE__INIT;
    char verb[] = "PUT", path[] = "/api/v1/message";
    Buffer body = BUFFER_EMPTY;

    envelope.type = (Swarmbed__Envelope__Type)envelope_type;
    envelope.has_source = source.n > 0;
    envelope.source = lend(source);
    envelope.timestamp = (uint64_t)timestamp;
    envelope.has_content = true;
    envelope.content = lend(content);
    append_packed(&envelope.base, &body);
    request.verb = verb;
    request.path = path;
    request.has_body = true;
    request.body = lend(buffer_bytes(&body));
    request.has_id = true;
    request.id = 0;
    message.has_type = true;
    message.type = SWARMBED__WEB_SOCKET_MESSAGE__TYPE__REQUEST;
    message.request = &request;
    append_packed(&message.base, out);
    buffer_clear(&body);
}

/* The body of the request in @data, copied into the arena. */
static Status
unpack_body(Arena *arena, Bytes data, Bytes *ret)
{
    const Swarmbed__WebSocketMessage *message;
    ProtobufCMessage *unpacked;
    Status status =
        unpack(arena, &swarmbed__web_socket_message__descriptor, data, &unpacked);

    if (status != ST_OK)
        return status;
    message = (const Swarmbed__WebSocketMessage *)unpacked;
    if (message->type != SWARMBED__WEB_SOCKET_MESSAGE__TYPE__REQUEST ||
        message->request == NULL || !message->request->has_body)
        return ST_MALFORMED;
    *ret = (Bytes){ message->request->body.data, message->request->body.len };
    return ST_OK;
}

static Status
unpack_envelope(Arena *arena, Bytes data, MessageEnvelope *ret)
{
    const Swarmbed__Envelope *envelope;
    ProtobufCMessage *unpacked;
    Bytes body;
    Status status = unpack_body(arena, data, &body);

    if (status == ST_OK)
        status = unpack(arena, &swarmbed__envelope__descriptor, body, &unpacked);
    if (status != ST_OK)
        return status;
    envelope = (const Swarmbed__Envelope *)unpacked;
    if (envelope->timestamp > INT64_MAX)
        return ST_MALFORMED;
    *ret = (MessageEnvelope){ .type = (int)envelope->type,
                              .source = borrow(data, envelope->source),
                              .timestamp = (UnixMs)envelope->timestamp,
                              .content = borrow(data, envelope->content) };
    return ST_OK;
}

Status
message_unwrap(Bytes data, MessageEnvelope *ret)
{
    Arena arena;
    Status status;

    arena_init(&arena, data.n);
    status = unpack_envelope(&arena, data, ret);
    free(arena.p);
    return status;
}

/* --- content -----------------------------------------------------------------------------
 */

void
content_text(Bytes body, UnixMs timestamp, Bytes sync_target, Buffer *out)
{
    Swarmbed__DataMessage message = SWARMBED__DATA_MESSAGE__INIT;
    Swarmbed__Content content = SWARMBED__CONTENT__INIT;

    message.has_body = true;
    message.body = lend(body);
    message.has_timestamp = true;
    message.timestamp = (uint64_t)timestamp;
    message.has_sync_target = sync_target.n > 0;
    message.sync_target = lend(sync_target);
    content.data_message = &message;
    append_packed(&content.base, out);
}

static Status
unpack_content(Arena *arena, Bytes in, ContentText *ret)
{
    const Swarmbed__DataMessage *message;
    ProtobufCMessage *unpacked;
    Status status = unpack(arena, &swarmbed__content__descriptor, in, &unpacked);
    ContentText text = { .timestamp = 0 };

    if (status != ST_OK)
        return status;
    message = ((const Swarmbed__Content *)unpacked)->data_message;
    if (message != NULL) {
        if (message->timestamp > INT64_MAX)
            return ST_MALFORMED;
        text.body = borrow(in, message->body);
        text.timestamp = (UnixMs)message->timestamp;
        text.sync_target = borrow(in, message->sync_target);
    }
    *ret = text;
    return ST_OK;
}

Status
content_parse(Bytes content, ContentText *ret)
{
    Arena arena;
    Status status;

    arena_init(&arena, content.n);
    status = unpack_content(&arena, content, ret);
    free(arena.p);
    return status;
}
