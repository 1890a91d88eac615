/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/unpack.h"

#include <stdlib.h>

enum {
    /* What unpacking may take: the fields that we know copy at most all of the input, into
     * structures of a few hundred bytes; so may unknown fields, as long as they are few. */
    UNPACK_BYTES_FIXED = 16384,
    UNPACK_BYTES_PER_BYTE = 3,
    ALIGNMENT = 16
};

static void *
arena_take(void *context, size_t n)
{
    UnpackArena *arena = context;
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

void *
unpack_take(UnpackArena *arena, size_t n)
{
    return arena_take(arena, n);
}

void
unpack_begin(UnpackArena *arena, size_t input_bytes)
{
    size_t size = UNPACK_BYTES_FIXED + UNPACK_BYTES_PER_BYTE * input_bytes;

    *arena = (UnpackArena){ .p = malloc(size), .size = size };
    if (arena->p == NULL)
        abort();
}

void
unpack_end(UnpackArena *arena)
{
    free(arena->p);
    *arena = (UnpackArena){ 0 };
}

Status
unpack_message(UnpackArena *arena, const ProtobufCMessageDescriptor *type, Bytes in,
               ProtobufCMessage **ret)
{
    ProtobufCAllocator allocator = { arena_take, arena_give, arena };
    ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, in.n, in.p);

    if (message == NULL)
        return arena->exhausted ? ST_TOO_LARGE : ST_MALFORMED;
    *ret = message;
    return ST_OK;
}

void
unpack_append(const ProtobufCMessage *message, Buffer *out)
{
    uint8_t *to = buffer_reserve(out, protobuf_c_message_get_packed_size(message));

    out->n += protobuf_c_message_pack(message, to);
}
