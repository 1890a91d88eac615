/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A packet is a slice of one blob: what one message carries.  It is a small value; its
 * holder owns one reference to the blob.  "Take" in a comment means that the function
 * becomes the owner and leaves the caller's packet empty. */
#pragma once

#include "nodes/base/blob.h"

typedef struct Packet {
    Blob *blob; /* NULL: no bytes at all */
    uint32_t offset;
    uint32_t length;
} Packet;

#define PACKET_EMPTY ((Packet){ NULL, 0, 0 })

/* The whole of @blob, whose reference is taken. */
Packet packet_of_blob(Blob *blob);
/* Takes the buffer's memory. */
Packet packet_of_buffer(Buffer *b);
/* A copy of @in. */
Packet packet_of_bytes(Bytes in);
/* Another reference to the same slice. */
Packet packet_share(const Packet *packet);
/* Another reference to a part of the slice. */
Packet packet_slice(const Packet *packet, size_t offset, size_t length);
void packet_clear(Packet *packet);

/* Move the packet out of @packet, which is empty afterwards. */
static inline Packet
packet_steal(Packet *packet)
{
    Packet p = *packet;

    *packet = PACKET_EMPTY;
    return p;
}

/* The bytes (made now if they did not exist yet); valid as long as the packet. */
Bytes packet_bytes(const Packet *packet);
/* Append the bytes; of a whole blob they are made for this alone where they do not exist.
 */
void packet_append(const Packet *packet, Buffer *out);
/* The bytes, to be changed in place; copies them first where the blob is shared. */
uint8_t *packet_make_mutable(Packet *packet);
