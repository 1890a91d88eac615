/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a retrieve brought (protocol 5.4, 5.6): base64, container, envelope, sealed box,
 * padding, content.  A hash that was seen is not opened again; a message whose sender and
 * sent time were seen is a copy that its sender stored again.  A closed group's message
 * that no key opens may have come before its key: it does not count as seen. */
#include "clients/session/said.h"

#include "nodes/crypto/session_message.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/content.h"
#include "nodes/wire/message.h"

/* What came out of a stored message. */
typedef struct Received {
    Group *group; /* whose mailbox it is; NULL: one's own */
    Bytes hash;
    SessionKind kind;
    bool had;       /* the application has it already */
    bool no_member; /* who wrote it is in the group no more, or not yet */
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

/* With the group's keys, the newest first.  ST_EXPIRED: it was sent before one was in the
 * group, and is nobody's here. */
static Status
unseal_of_group(const Session *s, const Group *group, const MessageEnvelope *envelope,
                uint8_t ret_sender[KEY_BYTES], Buffer *out)
{
    Status status = ST_AUTH;

    if (envelope->type != ENVELOPE_CLOSED_GROUP_MESSAGE)
        return ST_MALFORMED;
    if (envelope->timestamp < group->joined_ms)
        return ST_EXPIRED;
    for (uint32_t i = group->n_keys; i-- > 0 && status == ST_AUTH;)
        status = session_message_open(s->crypto, &group->key[i].pair, envelope->content,
                                      out, ret_sender);
    return status;
}

/* The content of a stored message, appended to @out. */
static Status
unseal(Session *s, const Group *group, Bytes data, uint8_t ret_sender[KEY_BYTES],
       Buffer *out)
{
    MessageEnvelope envelope;
    Status status = message_unwrap(data, &envelope);

    if (status != ST_OK)
        return status;
    if (group != NULL)
        return unseal_of_group(s, group, &envelope, ret_sender, out);
    if (envelope.type != ENVELOPE_SESSION_MESSAGE)
        return ST_MALFORMED;
    return session_message_open(s->crypto, &s->x25519, envelope.content, out, ret_sender);
}

/* What a person wrote goes to the application as it is, once. */
static void
hear(Session *s, const Content *content, const Received *received)
{
    SaidFrom from = { .sent_ms = content->timestamp };

    if (!session_seen_add(&s->seen_sent, sent_key(received->sender, content->timestamp),
                          s->config->seen_max))
        return;
    session_account_of_key(received->sender, from.author);
    if (received->group != NULL)
        memcpy(from.mailbox, received->group->id, ACCOUNT_BYTES);
    session_hear(s, &from, content, received->hash);
}

/* A text that we understand, what it tells of, and whether the application had it. */
static Status
read_text(Session *s, const Content *content, Received *ret)
{
    ret->kind = SESSION_TEXT;
    if (!session_text_parse(content->body, &ret->message)) {
        hear(s, content, ret);
        return ST_MALFORMED;
    }
    if (content->n_pointers > 0) {
        ret->pointer = &content->pointer[0];
        if (!session_pointer_read(ret->pointer, &ret->kind))
            return ST_MALFORMED;
    }
    if (ret->group != NULL || content->context.id.n > 0)
        ret->kind = (SessionKind)(ret->kind + SESSION_GROUP_TEXT);
    else if (content->sync_target.n > 0)
        ret->kind = SESSION_SYNC;
    ret->sent_ms = content->timestamp;
    ret->had = !session_seen_add(&s->seen_sent, sent_key(ret->sender, content->timestamp),
                                 s->config->seen_max);
    return ST_OK;
}

/* A change of a closed group, once: an older one must not undo a newer one. */
static Status
read_control(Session *s, const Content *content, Received *ret)
{
    Status status;

    ret->kind = SESSION_CONTROL;
    if (session_seen_has(&s->seen_sent, sent_key(ret->sender, content->timestamp))) {
        ret->had = true;
        return ST_OK;
    }
    status = content->control != NULL
                 ? session_group_apply(s, ret->group, content, ret->sender)
                 : session_group_apply_context(s, content, ret->sender);
    if (status == ST_OK)
        (void)session_seen_add(&s->seen_sent, sent_key(ret->sender, content->timestamp),
                               s->config->seen_max);
    return status;
}

static Status
read_data(Session *s, const Content *content, Received *ret)
{
    uint8_t account[ACCOUNT_BYTES];

    session_account_of_key(ret->sender, account);
    if (ret->group != NULL && content->timestamp < ret->group->joined_ms)
        return ST_EXPIRED;
    if (ret->group != NULL && !session_group_has(ret->group, account)) {
        ret->no_member = true; /* though it has a key */
        return ST_AUTH;
    }
    if (content->control != NULL || (ret->group == NULL && content->context.id.n > 0 &&
                                     content->context.type == GROUP_CONTEXT_UPDATE))
        return read_control(s, content, ret);
    return read_text(s, content, ret);
}

static Status
read_kind(Session *s, const Content *content, Received *ret)
{
    if (ret->group != NULL && content->kind != CONTENT_DATA)
        return ST_MALFORMED;
    switch (content->kind) {
    case CONTENT_DATA:
        return read_data(s, content, ret);
    case CONTENT_RECEIPT:
        ret->kind = SESSION_RECEIPT;
        return content->action == CONTENT_READ && content->n_read > 0 ? ST_OK
                                                                      : ST_MALFORMED;
    case CONTENT_TYPING:
        ret->kind = SESSION_TYPING;
        return content->action <= CONTENT_TYPING_STOPPED ? ST_OK : ST_MALFORMED;
    case CONTENT_CONFIGURATION:
        ret->kind = SESSION_SYNC;
        return session_group_apply_configuration(s, content, ret->sender);
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
open_message(Session *s, Group *group, Bytes hash, Bytes base64, Received *ret,
             Content *ret_content)
{
    Buffer data = BUFFER_EMPTY, padded = BUFFER_EMPTY;
    Status status = base64_decode(base64, &data);

    *ret = (Received){ .group = group, .hash = hash };
    meter_add(s->port->meter, METER_PARSE, base64.n);
    if (status == ST_OK)
        status = unseal(s, group, buffer_bytes(&data), ret->sender, &padded);
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
    bool own = session_is_self(s, received->sender);

    port_note(s->port, NOTE_BYTES, (uint64_t)received->kind, bytes, (Bytes){ NULL, 0 });
    port_note(s->port, NOTE_CONTENT, 1, received->digest, hash);
    if (received->pointer != NULL && !received->had)
        session_download(s, received->kind, received->message, received->pointer, NULL,
                         hash, NULL);
    else
        port_note(s->port, NOTE_OPENED, received->had, 0, hash);
    if (s->config->read_receipts && received->kind <= SESSION_VOICE && !received->had &&
        !own)
        session_read_add(read, received->sender, received->sent_ms);
}

/* One message of a mailbox. */
static void
receive_one(Session *s, Group *group, Bytes hash, JsonValue item, ReadList *read)
{
    uint64_t key = session_seen_hash(SEEN_HASH_START, hash);
    Status status = ST_MALFORMED;
    Received received = { .group = group };
    Content content;
    Bytes data;

    if (session_seen_has(&s->seen_hashes, key)) {
        port_note(s->port, NOTE_AGAIN, 0, 0, hash);
        return;
    }
    if (text_member(item, "data", &data))
        status = open_message(s, group, hash, data, &received, &content);
    if (group == NULL || status != ST_AUTH)
        (void)session_seen_add(&s->seen_hashes, key, s->config->seen_max);
    if (status == ST_OK) {
        take_message(s, hash, data.n, &received, read);
        content_clear(&content);
    } else if (status != ST_EXPIRED || group == NULL) {
        port_note(s->port, NOTE_UNREADABLE, received.no_member, 0, hash);
    }
}

/* All messages of an answer, opened where @opens; how many there were. */
static uint32_t
receive_all(Session *s, Group *group, bool opens, JsonValue body, Bytes *ret_last,
            bool *ret_more)
{
    JsonValue messages, item, value;
    ReadList read = { .n = 0 };
    Bytes hash, name;
    uint32_t n = 0;
    JsonIterator it;
    bool more;

    if (!json_get(body, "messages", &messages) || messages.type != JSON_TYPE_ARRAY)
        return 0;
    it = json_iterate(messages);
    while (json_next(&it, &name, &item)) {
        if (group != NULL && group->gone)
            break; /* what comes now is for the others */
        if (!text_member(item, "hash", &hash) || hash.n == 0 || hash.n > MESSAGE_HASH_MAX)
            continue; /* no node says this */
        if (opens)
            receive_one(s, group, hash, item, &read);
        *ret_last = hash;
        n++;
    }
    if (read.n > 0)
        session_notice_read(s, &read);
    /* Without a message the cursor stays, and the same would come again. */
    if (n > 0 && json_get(body, "more", &value) && json_bool(value, &more) && more)
        *ret_more = true;
    return n;
}

uint32_t
session_receive(Session *s, int node, int8_t name_space, JsonValue body, bool *ret_more)
{
    bool opens = name_space == s->config->message_namespace;
    Bytes last = { NULL, 0 };
    uint32_t n = receive_all(s, NULL, opens, body, &last, ret_more);

    if (last.n > 0 && node != NODE_NONE)
        session_cursor_set(s, (NodeRef)node, name_space, last);
    session_groups_sweep(s);
    return n;
}

uint32_t
session_receive_group(Session *s, Group *group, JsonValue body, Bytes *ret_last,
                      bool *ret_more)
{
    return receive_all(s, group, true, body, ret_last, ret_more);
}

void
session_receive_mark_seen(Session *s, Bytes hash)
{
    (void)session_seen_add(&s->seen_hashes, session_seen_hash(SEEN_HASH_START, hash),
                           s->config->seen_max);
}
