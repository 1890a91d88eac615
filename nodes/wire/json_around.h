/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer that holds a text which many answers hold: a few bytes of its own around a
 * shared blob.  Its bytes are put together when somebody reads them; who knows the form
 * takes the shared part itself, and what was parsed of it, by its identity. */
#pragma once

#include "nodes/base/packet.h"
#include "nodes/wire/json.h"

/* The text that is shared, and its length as a JSON string (0: see json_string_bytes). */
typedef struct SharedText {
    Blob *blob; /* NULL: none */
    size_t string_bytes;
} SharedText;

/* Takes the memory of @text. */
SharedText shared_text_of_buffer(Buffer *text);
void shared_text_clear(SharedText *text);

/* @before, @middle, @after, one after the other; adds a reference to the shared blob, and
 * copies the others. */
Packet json_around(Bytes before, const SharedText *middle, Bytes after);
/* The parts of a packet that is the whole of such a blob, borrowed; false for any other. */
bool json_around_parts(const Packet *packet, Bytes *ret_before, Blob **ret_middle,
                       Bytes *ret_after);

/* How many bytes json_write_string makes of @text; 0 when reading them back would not give
 * @text again, or when that is not seen at once (control characters, what is not ASCII). */
size_t json_string_bytes(Bytes text);
/* The same of a packet, whose bytes are not made for it. */
size_t json_packet_string_bytes(const Packet *packet);
