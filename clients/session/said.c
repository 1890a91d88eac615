/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/said.h"

#include <stdlib.h>

#include "nodes/base/memory.h"

enum { FILE_NAME_MAX = 255 };

/* --- saying ------------------------------------------------------------------------------
 */

/* The order, with copies of what it was given. */
typedef struct Saying {
    SessionKind kind;
    uint8_t to[ACCOUNT_BYTES];
    GivenFile given;
} Saying;

static void
given_clear(GivenFile *given)
{
    packet_clear(&given->bytes);
    buffer_clear(&given->text);
    buffer_clear(&given->name);
    buffer_clear(&given->type);
}

static void
saying_free(void *object)
{
    Saying *saying = object;

    given_clear(&saying->given);
    free(saying);
}

const BlobType session_saying_type = { "session-saying", NULL, saying_free };

Packet
session_say_packet(const SessionSaying *saying)
{
    Saying *copy = memory_zeroed(1, sizeof *copy);

    copy->kind = saying->kind;
    memcpy(copy->to, saying->to, ACCOUNT_BYTES);
    buffer_append_bytes(&copy->given.text, saying->text);
    buffer_append_bytes(&copy->given.name, saying->file_name);
    buffer_append_bytes(&copy->given.type, saying->file_type);
    if (saying->file != NULL)
        copy->given.bytes = packet_share(saying->file);
    return packet_of_blob(blob_from_object(&session_saying_type, copy, 0));
}

void
session_given_free(GivenFile *given)
{
    if (given == NULL)
        return;
    given_clear(given);
    free(given);
}

static GivenFile *
given_copy(const GivenFile *given)
{
    GivenFile *copy = memory_zeroed(1, sizeof *copy);

    copy->bytes = packet_share(&given->bytes);
    buffer_append_bytes(&copy->text, buffer_bytes(&given->text));
    buffer_append_bytes(&copy->name, buffer_bytes(&given->name));
    buffer_append_bytes(&copy->type, buffer_bytes(&given->type));
    return copy;
}

/* What a text says is written now, with the time of now. */
static void
write_text(Session *s, const Saying *saying, OutWhere where, Buffer *out)
{
    char group[2 * ACCOUNT_BYTES];
    Content content = { .kind = CONTENT_DATA,
                        .body = buffer_bytes(&saying->given.text),
                        .timestamp = session_network_ms(s) };

    if (where == OUT_TO_GROUP) {
        hex_encode((Bytes){ saying->to, ACCOUNT_BYTES }, group);
        content.context = (ContentContext){ .id = { (const uint8_t *)group, sizeof group },
                                            .type = GROUP_CONTEXT_DELIVER };
    }
    content_write(&content, out);
}

/* A file's pointer is known when it has been uploaded: its message is written then. */
static void
say_file(Session *s, const Saying *saying, OutWhere where)
{
    OutMessage *message = session_outbox_add_bare(s, saying->kind, saying->to);

    if (message == NULL)
        return;
    message->where = (uint8_t)where;
    message->bytes = (uint32_t)saying->given.bytes.length;
    message->file = memory_zeroed(1, sizeof *message->file);
    message->file->given = given_copy(&saying->given);
}

void
session_say(Session *s, const Blob *blob)
{
    const Saying *saying = blob->object;
    OutWhere where = OUT_TO_ACCOUNT;
    Buffer content = BUFFER_EMPTY;
    OutMessage *message;

    if (session_kind_is_group(saying->kind))
        where = OUT_TO_GROUP;
    else if (session_kind_is_room(saying->kind))
        where = OUT_TO_ROOM;
    if (session_kind_has_file(saying->kind)) {
        say_file(s, saying, where);
        return;
    }
    write_text(s, saying, where, &content);
    message = session_outbox_add_own(s, saying->kind, saying->to, &content);
    if (message != NULL)
        message->where = (uint8_t)where;
}

/* --- hearing -----------------------------------------------------------------------------
 */

static void
append_from(const SaidFrom *from, Buffer *out)
{
    buffer_append(out, from->author, ACCOUNT_BYTES);
    buffer_append(out, from->mailbox, ACCOUNT_BYTES);
}

static void
hear_text(Session *s, const SaidFrom *from, Bytes text)
{
    Buffer said = BUFFER_EMPTY;

    append_from(from, &said);
    buffer_append_bytes(&said, text);
    port_note(s->port, NOTE_TEXT, (uint64_t)from->sent_ms, 0, buffer_bytes(&said));
    buffer_clear(&said);
}

void
session_said_free(SaidFile *said)
{
    if (said == NULL)
        return;
    buffer_clear(&said->name);
    free(said);
}

void
session_hear_file(Session *s, SaidFile *said, SessionKind kind, const Packet *file,
                  FileLoss loss)
{
    uint8_t head[2] = { (uint8_t)session_kind_base(kind), (uint8_t)said->name.n };
    Buffer out = BUFFER_EMPTY;

    append_from(&said->from, &out);
    buffer_append(&out, head, sizeof head);
    buffer_append_bytes(&out, buffer_bytes(&said->name));
    if (file != NULL)
        packet_append(file, &out);
    port_note(s->port, NOTE_FILE, (uint64_t)said->from.sent_ms,
              file != NULL ? 0 : 1 + (uint64_t)loss, buffer_bytes(&out));
    buffer_clear(&out);
    session_said_free(said);
}

static bool
is_of_room(const SaidFrom *from)
{
    return from->mailbox[0] == 0 && from->mailbox[1] != 0;
}

static void
hear_pointer(Session *s, const SaidFrom *from, const ContentPointer *pointer, Bytes hash)
{
    bool room = is_of_room(from);
    SessionKind kind = session_pointer_kind(pointer);
    SaidFile *said;

    if (pointer->id == 0 || pointer->size > ATTACHMENT_BYTES_MAX ||
        (!room && !session_pointer_read(pointer, &kind)))
        return; /* none that anybody can fetch */
    said = memory_zeroed(1, sizeof *said);
    said->from = *from;
    buffer_append(&said->name, pointer->name.p,
                  pointer->name.n < FILE_NAME_MAX ? pointer->name.n : FILE_NAME_MAX);
    session_download(s, kind, 0, pointer, room ? from->mailbox : NULL, hash, said);
}

void
session_hear(Session *s, const SaidFrom *from, const Content *content, Bytes hash)
{
    if (content->body.n > 0)
        hear_text(s, from, content->body);
    for (size_t i = 0; i < content->n_pointers; i++)
        hear_pointer(s, from, &content->pointer[i], hash);
}
