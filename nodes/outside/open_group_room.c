/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/open_group_room.h"

#include <stdlib.h>

#include "nodes/base/memory.h"
#include "nodes/wire/base64.h"

void
open_post_free(Post *post)
{
    if (post == NULL)
        return;
    buffer_clear(&post->data);
    free(post);
}

void
open_room_clear(OpenRoom *room)
{
    for (uint32_t i = 0; i < room->n; i++)
        open_post_free(room->post[i]);
    free(room->post);
    *room = (OpenRoom){ .n = 0 };
}

/* --- posting
 * -------------------------------------------------------------------------------
 */

static Status
check_signature(const Crypto *crypto, Bytes data, Bytes signature_text,
                const uint8_t author[BLINDED_ID_BYTES], uint8_t ret[SIGNATURE_BYTES])
{
    uint8_t signature[SIGNATURE_BYTES];

    if (base64_decode_exact(signature_text, signature, sizeof signature) != ST_OK)
        return ST_MALFORMED;
    if (!crypto_verify(crypto, author + 1, data, signature))
        return ST_AUTH;
    memcpy(ret, signature, sizeof signature);
    return ST_OK;
}

Status
open_post_read(const Crypto *crypto, const OpenGroupConfig *config, Bytes json,
               const uint8_t author[BLINDED_ID_BYTES], Post **ret)
{
    static const char *const names[] = { "data", "signature" };
    uint8_t signature[SIGNATURE_BYTES];
    Buffer data = BUFFER_EMPTY;
    JsonValue object, part[2];
    Bytes text, signature_text;
    Status status;

    if (json_parse(json, &object) != ST_OK || json_get_each(object, names, 2, part) != 3 ||
        !json_string_plain(part[0], &text) || !json_string_plain(part[1], &signature_text))
        return ST_MALFORMED;
    if (base64_decoded_bytes_max(text.n) > config->post_max)
        return ST_TOO_LARGE;
    status = base64_decode(text, &data);
    if (status == ST_OK && data.n == 0)
        status = ST_MALFORMED;
    if (status == ST_OK)
        status =
            check_signature(crypto, buffer_bytes(&data), signature_text, author, signature);
    buffer_clear(&data);
    if (status != ST_OK)
        return status;
    *ret = memory_zeroed(1, sizeof **ret);
    memcpy((*ret)->author, author, BLINDED_ID_BYTES);
    memcpy((*ret)->signature, signature, sizeof signature);
    buffer_append_bytes(&(*ret)->data, text);
    return ST_OK;
}

void
open_room_put(OpenRoom *room, const OpenGroupConfig *config, Post *post)
{
    room->posts++;
    if (room->n == config->posts_max) {
        open_post_free(room->post[room->oldest]);
        room->post[room->oldest] = post;
        room->oldest = (room->oldest + 1) % room->n;
        return;
    }
    if (room->n == room->capacity) {
        room->capacity = room->capacity == 0 ? 16 : 2 * room->capacity;
        room->post = memory_resized(room->post, room->capacity, sizeof(Post *));
    }
    room->post[room->n++] = post;
}

/* --- giving
 * ---------------------------------------------------------------------------------
 */

/* The post of this sequence number, which is kept. */
static const Post *
post_at(const OpenRoom *room, uint64_t number)
{
    uint64_t first = room->posts - room->n + 1;

    return room->post[(room->oldest + (number - first)) % room->n];
}

static void
write_post(const OpenRoom *room, uint64_t number, Buffer *out)
{
    const Post *post = post_at(room, number);
    uint32_t ms = (uint32_t)(post->posted_ms % 1000);
    char fraction[3] = { (char)('0' + ms / 100), (char)('0' + ms / 10 % 10),
                         (char)('0' + ms % 10) };

    json_write_comma(out);
    buffer_append_literal(out, "{\"id\":");
    buffer_append_u64_decimal(out, number);
    buffer_append_literal(out, ",\"session_id\":\"");
    buffer_append_hex(out, (Bytes){ post->author, BLINDED_ID_BYTES });
    buffer_append_literal(out, "\",\"posted\":");
    buffer_append_i64_decimal(out, post->posted_ms / 1000);
    buffer_append_literal(out, ".");
    buffer_append(out, fraction, sizeof fraction);
    buffer_append_literal(out, ",\"seqno\":");
    buffer_append_u64_decimal(out, number);
    buffer_append_literal(out, ",\"data\":\"");
    buffer_append_bytes(out, buffer_bytes(&post->data));
    buffer_append_literal(out, "\",\"signature\":\"");
    base64_encode((Bytes){ post->signature, SIGNATURE_BYTES }, true, out);
    buffer_append_literal(out, "\"}");
}

void
open_room_write_last(const OpenRoom *room, Buffer *out)
{
    write_post(room, room->posts, out);
}

void
open_room_write_recent(const OpenRoom *room, uint32_t limit, Buffer *out)
{
    uint32_t n = limit < room->n ? limit : room->n;

    buffer_append_literal(out, "[");
    for (uint32_t i = 0; i < n; i++)
        write_post(room, room->posts - i, out);
    buffer_append_literal(out, "]");
}

void
open_room_write_since(const OpenRoom *room, uint64_t after, uint32_t limit, Buffer *out)
{
    uint64_t gone = room->posts - room->n;

    if (after < gone)
        after = gone;
    buffer_append_literal(out, "[");
    for (uint32_t i = 0; i < limit && after < room->posts; i++)
        write_post(room, ++after, out);
    buffer_append_literal(out, "]");
}

enum { INFO_UPDATES = 1 }; /* a room is made, and never changed */

static void
write_short(const OpenRoom *room, uint32_t users, Buffer *out)
{
    buffer_append_literal(out, "{\"token\":\"");
    buffer_append_text(out, room->token);
    buffer_append_literal(out, "\",\"active_users\":");
    buffer_append_u64_decimal(out, users);
    buffer_append_literal(out, ",\"read\":true,\"write\":true,\"upload\":true");
}

void
open_room_write_info(const OpenRoom *room, uint32_t users, Buffer *out)
{
    write_short(room, users, out);
    buffer_append_literal(out, ",\"name\":\"");
    buffer_append_text(out, room->token);
    buffer_append_literal(out, "\",\"info_updates\":");
    buffer_append_u64_decimal(out, INFO_UPDATES);
    buffer_append_literal(out, ",\"message_sequence\":");
    buffer_append_u64_decimal(out, room->posts);
    buffer_append_literal(out, "}");
}

void
open_room_write_poll(const OpenRoom *room, uint32_t users, uint64_t known, Buffer *out)
{
    write_short(room, users, out);
    if (known != INFO_UPDATES) {
        buffer_append_literal(out, ",\"details\":");
        open_room_write_info(room, users, out);
    }
    buffer_append_literal(out, "}");
}
