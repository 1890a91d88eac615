/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a retrieve brought (protocol 5.4, 5.6): base64, container, envelope, sealed box,
 * padding, content.  A hash that was seen is not opened again; a message whose sender and
 * sent time were seen is a copy that its sender stored again. */
#include "clients/session/more.h"

#include "nodes/crypto/session_message.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/content.h"
#include "nodes/wire/message.h"

/* What came out of a stored message. */
typedef struct Received {
    SessionKind kind;
    bool had; /* the application has it already */
    uint8_t sender[KEY_BYTES];
    UnixMs sent_ms;
    uint64_t digest; /* of the content */
    uint64_t message;
    const ContentPointer *pointer; /* the file it tells of, in the content; NULL: none */
} Received;

/* A key for what the recipient's application calls the same message. */
static uint64_t
sent_key(const uint8_t sender[KEY_BYTES], UnixMs sent_ms)
{
    uint64_t key = session_seen_hash(SEEN_HASH_START, (Bytes){ sender, KEY_BYTES });

    return session_seen_hash(key, (Bytes){ (const uint8_t *)&sent_ms, sizeof sent_ms });
}

/* The content of a stored message, appended to @out. */
static Status
unseal(Session *s, Bytes data, uint8_t ret_sender[KEY_BYTES], Buffer *out)
{
    MessageEnvelope envelope;
    Status status = message_unwrap(data, &envelope);

    if (status != ST_OK)
        return status;
    if (envelope.type != ENVELOPE_SESSION_MESSAGE)
        return ST_MALFORMED;
    return session_message_open(s->crypto, &s->x25519, envelope.content, out, ret_sender);
}

/* What a person wrote goes to the application as it is, once. */
static void
note_said(Session *s, const Content *content, const uint8_t sender[KEY_BYTES])
{
    Buffer said = BUFFER_EMPTY;

    if (!session_seen_add(&s->seen_sent, sent_key(sender, content->timestamp),
                          s->config->seen_max))
        return;
    buffer_append(&said, sender, KEY_BYTES);
    buffer_append_bytes(&said, content->body);
    port_note(s->port, NOTE_TEXT, (uint64_t)content->timestamp, 0, buffer_bytes(&said));
    buffer_clear(&said);
}

/* A text that we understand, what it tells of, and whether the application had it. */
static Status
read_text(Session *s, const Content *content, Received *ret)
{
    ret->kind = SESSION_TEXT;
    if (!session_text_parse(content->body, &ret->message)) {
        note_said(s, content, ret->sender);
        return ST_MALFORMED;
    }
    if (content->n_pointers > 0) {
        ret->pointer = &content->pointer[0];
        if (!session_pointer_read(ret->pointer, &ret->kind))
            return ST_MALFORMED;
    }
    if (content->sync_target.n > 0)
        ret->kind = SESSION_SYNC;
    ret->sent_ms = content->timestamp;
    ret->had = !session_seen_add(&s->seen_sent, sent_key(ret->sender, content->timestamp),
                                 s->config->seen_max);
    return ST_OK;
}

static Status
read_kind(Session *s, const Content *content, Received *ret)
{
    switch (content->kind) {
    case CONTENT_DATA:
        return read_text(s, content, ret);
    case CONTENT_RECEIPT:
        ret->kind = SESSION_RECEIPT;
        return content->action == CONTENT_READ && content->n_read > 0 ? ST_OK
                                                                      : ST_MALFORMED;
    case CONTENT_TYPING:
        ret->kind = SESSION_TYPING;
        return content->action <= CONTENT_TYPING_STOPPED ? ST_OK : ST_MALFORMED;
    case CONTENT_CONFIGURATION:
    case CONTENT_UNKNOWN:
        break;
    }
    return ST_MALFORMED;
}

/* The content within @padded, to be cleared. */
static Status
read_content(Session *s, Bytes padded, Received *ret, Content *ret_content)
{
    Content content;
    Bytes text;
    Status status = session_message_unpad(padded, &text);

    if (status == ST_OK)
        status = content_read(text, &content);
    if (status != ST_OK)
        return status;
    *ret_content = content;
    ret->digest = session_seen_hash(SEEN_HASH_START, text);
    status = read_kind(s, ret_content, ret);
    if (status != ST_OK)
        content_clear(ret_content);
    return status;
}

static Status
open_message(Session *s, Bytes base64, Received *ret, Content *ret_content)
{
    Buffer data = BUFFER_EMPTY, padded = BUFFER_EMPTY;
    Status status = base64_decode(base64, &data);

    *ret = (Received){ .had = false };
    meter_add(s->port->meter, METER_PARSE, base64.n);
    if (status == ST_OK)
        status = unseal(s, buffer_bytes(&data), ret->sender, &padded);
    if (status == ST_OK)
        status = read_content(s, buffer_bytes(&padded), ret, ret_content);
    buffer_clear(&data);
    buffer_clear(&padded);
    return status;
}

static bool
text_member(JsonValue object, const char *name, Bytes *ret)
{
    JsonValue value;

    return json_get(object, name, &value) && json_string_plain(value, ret);
}

/* A message came out of @hash, @bytes long. */
static void
take_message(Session *s, Bytes hash, size_t bytes, const Received *received, ReadList *read)
{
    bool own = memcmp(received->sender, s->x25519.pk, KEY_BYTES) == 0;

    port_note(s->port, NOTE_BYTES, (uint64_t)received->kind, bytes, (Bytes){ NULL, 0 });
    port_note(s->port, NOTE_CONTENT, 1, received->digest, hash);
    if (received->pointer != NULL && !received->had)
        session_download(s, received->kind, received->message, received->pointer, hash);
    else
        port_note(s->port, NOTE_OPENED, received->had, 0, hash);
    if (s->config->read_receipts && received->kind <= SESSION_VOICE && !received->had &&
        !own)
        session_read_add(read, received->sender, received->sent_ms);
}

/* One message of the inbox. */
static void
receive_one(Session *s, Bytes hash, JsonValue item, ReadList *read)
{
    uint64_t key = session_seen_hash(SEEN_HASH_START, hash);
    Received received;
    Content content;
    Bytes data;

    if (!session_seen_add(&s->seen_hashes, key, s->config->seen_max)) {
        port_note(s->port, NOTE_AGAIN, 0, 0, hash);
        return;
    }
    if (!text_member(item, "data", &data) ||
        open_message(s, data, &received, &content) != ST_OK) {
        port_note(s->port, NOTE_UNREADABLE, 0, 0, hash);
        return;
    }
    take_message(s, hash, data.n, &received, read);
    content_clear(&content);
}

uint32_t
session_receive(Session *s, int node, int8_t name_space, JsonValue body, bool *ret_more)
{
    JsonValue messages, item, value;
    Bytes hash, last = { NULL, 0 }, name;
    ReadList read = { .n = 0 };
    uint32_t n = 0;
    JsonIterator it;
    bool more;

    if (!json_get(body, "messages", &messages) || messages.type != JSON_TYPE_ARRAY)
        return 0;
    it = json_iterate(messages);
    while (json_next(&it, &name, &item)) {
        if (!text_member(item, "hash", &hash) || hash.n == 0 || hash.n > MESSAGE_HASH_MAX)
            continue; /* no node says this */
        if (name_space == s->config->message_namespace)
            receive_one(s, hash, item, &read);
        last = hash;
        n++;
    }
    if (read.n > 0)
        session_notice_read(s, &read);
    /* Without a message the cursor stays, and the same would come again. */
    if (n > 0 && json_get(body, "more", &value) && json_bool(value, &more) && more)
        *ret_more = true;
    if (last.n > 0 && node != NODE_NONE)
        session_cursor_set(s, (NodeRef)node, name_space, last);
    return n;
}

void
session_receive_mark_seen(Session *s, Bytes hash)
{
    (void)session_seen_add(&s->seen_hashes, session_seen_hash(SEEN_HASH_START, hash),
                           s->config->seen_max);
}
