/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Protobuf messages in and out of bytes, with bounded memory: private to nodes/wire. */
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "nodes/base/bytes.h"

/* Memory for one unpacking: taken in sequence, given back at once.  At most three times the
 * input and 16 kB. */
typedef struct UnpackArena {
    uint8_t *p;
    size_t used, size;
    bool exhausted;
} UnpackArena;

void unpack_begin(UnpackArena *arena, size_t input_bytes);
void unpack_end(UnpackArena *arena);
/* The message lives as long as the arena.  ST_MALFORMED; ST_TOO_LARGE: the arena is used
 * up. */
Status unpack_message(UnpackArena *arena, const ProtobufCMessageDescriptor *type, Bytes in,
                      ProtobufCMessage **ret) WARN_UNUSED;
/* @n bytes of the arena; NULL when it is used up. */
void *unpack_take(UnpackArena *arena, size_t n);
/* The other way: append the message's bytes. */
void unpack_append(const ProtobufCMessage *message, Buffer *out);

/* For packing only: nothing writes through it. */
static inline ProtobufCBinaryData
unpack_lend(Bytes b)
{
    return (ProtobufCBinaryData){ b.n, (uint8_t *)(uintptr_t)b.p };
}

static inline Bytes
unpack_bytes(ProtobufCBinaryData data)
{
    return (Bytes){ data.data, data.len };
}
