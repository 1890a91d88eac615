/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Posts as an open-group server gives them (protocol 5.9): base64, signature, padding,
 * content.  The server is believed nothing but their order. */
#include "clients/session/said.h"
#include "nodes/crypto/session_message.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"

/* Data and signature of a post, and that its author signed it. */
static Status
open_post(Session *s, JsonValue post, const uint8_t id[BLINDED_ID_BYTES], Buffer *data)
{
    static const char *const names[] = { "data", "signature" };
    uint8_t signature[SIGNATURE_BYTES];
    JsonValue part[2];
    Bytes text;
    Status status;

    if (json_get_each(post, names, 2, part) != 3 || !json_string_plain(part[0], &text))
        return ST_MALFORMED;
    status = base64_decode(text, data);
    if (status == ST_OK && !json_string_plain(part[1], &text))
        status = ST_MALFORMED;
    if (status == ST_OK)
        status = base64_decode_exact(text, signature, sizeof signature);
    if (status == ST_OK && !crypto_verify(s->crypto, id + 1, buffer_bytes(data), signature))
        status = ST_AUTH;
    return status;
}

/* What a person wrote there. */
static void
hear_post(Session *s, const uint8_t room[ACCOUNT_BYTES], const uint8_t id[BLINDED_ID_BYTES],
          const Content *content, Bytes hash)
{
    SaidFrom from = { .sent_ms = content->timestamp };

    memcpy(from.author, id, ACCOUNT_BYTES);
    memcpy(from.mailbox, room, ACCOUNT_BYTES);
    session_hear(s, &from, content, hash);
}

/* What a post says; a file of it is fetched. */
static Status
take_post(Session *s, const uint8_t room[ACCOUNT_BYTES], const uint8_t id[BLINDED_ID_BYTES],
          Bytes padded, size_t bytes, Bytes hash)
{
    SessionKind kind = SESSION_TEXT;
    Content content;
    uint64_t message = 0;
    Status status;
    Bytes text;
    bool said;

    status = session_message_unpad(padded, &text);
    if (status == ST_OK)
        status = content_read(text, &content);
    if (status != ST_OK)
        return status;
    said = content.kind == CONTENT_DATA && content.control == NULL;
    if (!said || !session_text_parse(content.body, &message)) {
        if (said)
            hear_post(s, room, id, &content, hash);
        content_clear(&content);
        return ST_MALFORMED;
    }
    if (content.n_pointers > 0)
        kind = session_pointer_kind(&content.pointer[0]);
    kind = (SessionKind)(kind + SESSION_ROOM_TEXT);
    port_note(s->port, NOTE_BYTES, (uint64_t)kind, bytes, (Bytes){ NULL, 0 });
    port_note(s->port, NOTE_CONTENT, 1, session_seen_hash(SEEN_HASH_START, text), hash);
    if (content.n_pointers > 0)
        session_download(s, kind, message, &content.pointer[0], room, hash, NULL);
    else
        port_note(s->port, NOTE_OPENED, 0, 0, hash);
    content_clear(&content);
    return ST_OK;
}

static void
read_post(Session *s, const uint8_t room[ACCOUNT_BYTES], JsonValue post)
{
    uint8_t id[BLINDED_ID_BYTES];
    char hash[MESSAGE_HASH_BYTES];
    Bytes text = { (const uint8_t *)hash, sizeof hash }, author;
    Buffer data = BUFFER_EMPTY;
    JsonValue value;
    Status status;

    if (!json_get(post, "session_id", &value) || !json_string_plain(value, &author) ||
        author.n != 2 * BLINDED_ID_BYTES || !hex_decode(author, id, BLINDED_ID_BYTES))
        return;
    if (!s->config->own_posts && memcmp(id, s->more->rooms->pair.id, BLINDED_ID_BYTES) == 0)
        return; /* one's own */
    status = open_post(s, post, id, &data);
    message_hash(s->crypto, room, 0, buffer_bytes(&data), hash);
    if (status == ST_OK &&
        !session_seen_add(&s->seen_hashes, session_seen_hash(SEEN_HASH_START, text),
                          s->config->seen_max)) {
        port_note(s->port, NOTE_AGAIN, 0, 0, text);
        buffer_clear(&data);
        return;
    }
    if (status == ST_OK)
        status = take_post(s, room, id, buffer_bytes(&data), post.text.n, text);
    if (status != ST_OK)
        port_note(s->port, NOTE_UNREADABLE, 0, 0, text);
    buffer_clear(&data);
}

uint32_t
session_room_read(Session *s, const uint8_t id[ACCOUNT_BYTES], JsonValue messages,
                  int64_t *ret_last)
{
    JsonIterator it = json_iterate(messages);
    JsonValue post, value;
    int64_t number;
    uint32_t n = 0;
    Bytes key;

    while (n < ROOM_POSTS_READ_MAX && json_next(&it, &key, &post)) {
        if (!json_get(post, "seqno", &value) || !json_i64(value, &number))
            continue; /* no server says this */
        read_post(s, id, post);
        if (number > *ret_last)
            *ret_last = number;
        n++;
    }
    return n;
}
