/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/json_around.h"

#include "nodes/wire/json_scan.h"

#include <stdlib.h>

typedef struct Around {
    SharedText middle;
    size_t before_n, after_n;
    uint8_t own[]; /* before, then after */
} Around;

static Bytes
before_of(const Around *around)
{
    return (Bytes){ around->own, around->before_n };
}

static Bytes
after_of(const Around *around)
{
    return (Bytes){ around->own + around->before_n, around->after_n };
}

static void
encode(const void *object, Buffer *out)
{
    const Around *around = object;
    Blob *middle = around->middle.blob;

    buffer_append_bytes(out, before_of(around));
    buffer_append(out, blob_data(middle), middle->size);
    buffer_append_bytes(out, after_of(around));
}

static void
free_around(void *object)
{
    Around *around = object;

    blob_unref(around->middle.blob);
    free(around);
}

static const BlobType around_type = { "json around", encode, free_around };

static const Around *
around_of(const Packet *packet)
{
    const Blob *blob = packet->blob;

    if (blob == NULL || blob->type != &around_type || packet->length != blob->size)
        return NULL;
    return blob->object;
}

SharedText
shared_text_of_buffer(Buffer *text)
{
    size_t string_bytes = json_string_bytes(buffer_bytes(text));

    return (SharedText){ blob_from_buffer(text), string_bytes };
}

void
shared_text_clear(SharedText *text)
{
    blob_unref(text->blob);
    *text = (SharedText){ NULL, 0 };
}

Packet
json_around(Bytes before, const SharedText *middle, Bytes after)
{
    Around *around = malloc(sizeof *around + before.n + after.n);

    if (around == NULL)
        abort();
    *around =
        (Around){ { blob_ref(middle->blob), middle->string_bytes }, before.n, after.n };
    memcpy(around->own, before.p, before.n);
    memcpy(around->own + before.n, after.p, after.n);
    return packet_of_blob(
        blob_from_object(&around_type, around, before.n + middle->blob->size + after.n));
}

bool
json_around_parts(const Packet *packet, Bytes *ret_before, Blob **ret_middle,
                  Bytes *ret_after)
{
    const Around *around = around_of(packet);

    if (around == NULL)
        return false;
    *ret_before = before_of(around);
    *ret_middle = around->middle.blob;
    *ret_after = after_of(around);
    return true;
}

enum { COUNT_BLOCK_BYTES = 128 }; /* what is counted of it fits a byte */

/* How many bytes at @p need an escape of two; *ret_other where one is no plain ASCII.
 * (Without branches, and of a block known before: compilers make vectors of it.) */
static size_t
count_escapes(const uint8_t *p, size_t n, bool *ret_other)
{
    uint8_t escapes = 0, other = 0;

    for (size_t i = 0; i < n; i++) {
        escapes += (p[i] == '"') | (p[i] == '\\');
        other |= (uint8_t)(p[i] - 0x20) >= 0x60;
    }
    *ret_other |= other != 0;
    return escapes;
}

size_t
json_string_bytes(Bytes text)
{
    size_t escapes = 0, at = 0;
    bool other = false;

    for (; text.n - at >= COUNT_BLOCK_BYTES && !other; at += COUNT_BLOCK_BYTES)
        escapes += count_escapes(text.p + at, COUNT_BLOCK_BYTES, &other);
    escapes += count_escapes(text.p + at, text.n - at < COUNT_BLOCK_BYTES ? text.n - at : 0,
                             &other);
    return other ? 0 : 2 + text.n + escapes;
}

size_t
json_packet_string_bytes(const Packet *packet)
{
    const Around *around = around_of(packet);
    size_t before, after;

    if (around == NULL)
        return json_string_bytes(packet_bytes(packet));
    before = json_string_bytes(before_of(around));
    after = json_string_bytes(after_of(around));
    if (before == 0 || after == 0 || around->middle.string_bytes == 0)
        return 0;
    return before + around->middle.string_bytes + after - 4; /* quotes counted thrice */
}
