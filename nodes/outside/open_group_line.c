/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/open_group_line.h"

#include "nodes/wire/base64.h"

static void
write_text(Buffer *out, const char *key, Bytes text)
{
    json_write_key(out, key);
    json_write_string(out, text);
}

static void
write_base64(Buffer *out, const char *key, Bytes bytes)
{
    json_write_key(out, key);
    buffer_append_literal(out, "\"");
    base64_encode(bytes, true, out);
    buffer_append_literal(out, "\"");
}

void
open_line_write(const char *room, uint64_t number, const uint8_t nonce[SERVER_NONCE_BYTES],
                const Post *post, Buffer *out)
{
    char id[2 * BLINDED_ID_BYTES];

    hex_encode((Bytes){ post->author, BLINDED_ID_BYTES }, id);
    buffer_append_literal(out, "{");
    write_text(out, "room", bytes_of_text(room));
    json_write_key(out, "seqno");
    buffer_append_u64_decimal(out, number);
    json_write_key(out, "posted_ms");
    buffer_append_i64_decimal(out, post->posted_ms);
    write_text(out, "session_id", (Bytes){ (const uint8_t *)id, sizeof id });
    write_base64(out, "nonce", (Bytes){ nonce, SERVER_NONCE_BYTES });
    write_text(out, "data", buffer_bytes(&post->data));
    write_base64(out, "signature", (Bytes){ post->signature, SIGNATURE_BYTES });
    buffer_append_literal(out, "}");
}

Status
open_line_read(const Crypto *crypto, const OpenGroupConfig *config, Bytes line,
               Bytes *ret_room, uint64_t *ret_number, uint8_t ret_nonce[SERVER_NONCE_BYTES],
               Post **ret)
{
    static const char *const names[] = { "room", "seqno", "posted_ms", "session_id",
                                         "nonce" };
    uint8_t author[BLINDED_ID_BYTES], nonce[SERVER_NONCE_BYTES];
    JsonValue object, part[5];
    Bytes room, id, nonce_text;
    int64_t number, posted_ms;
    Status status;

    if (json_parse(line, &object) != ST_OK || object.type != JSON_TYPE_OBJECT ||
        json_get_each(object, names, 5, part) != 31 || !json_string_plain(part[0], &room) ||
        !json_i64(part[1], &number) || number < 1 || !json_i64(part[2], &posted_ms) ||
        !json_string_plain(part[3], &id) || id.n != 2 * sizeof author ||
        !hex_decode(id, author, sizeof author) ||
        !json_string_plain(part[4], &nonce_text) ||
        base64_decode_exact(nonce_text, nonce, sizeof nonce) != ST_OK)
        return ST_MALFORMED;
    status = open_post_read(crypto, config, line, author, ret);
    if (status != ST_OK)
        return status;
    (*ret)->posted_ms = posted_ms;
    *ret_room = room;
    *ret_number = (uint64_t)number;
    memcpy(ret_nonce, nonce, sizeof nonce);
    return ST_OK;
}
