/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files, images and voice messages (protocol 5.7): padded, sealed, uploaded through an
 * onion request; then a message tells where the file lies and how it opens. */
#include "clients/session/said.h"

#include "nodes/base/memory.h"
#include "nodes/wire/json.h"
#include "nodes/wire/server_later.h"

#include <stdlib.h>

bool
session_kind_has_file(SessionKind kind)
{
    return session_kind_is_peoples(kind) && session_kind_base(kind) != SESSION_TEXT;
}

/* --- what is in a file ------------------------------------------------------------------
 */

typedef struct FileContent {
    uint64_t message;
    uint32_t bytes;
} FileContent;

static void
encode_file(const void *object, Buffer *out)
{
    const FileContent *file = object;
    uint8_t *p = buffer_reserve(out, file->bytes);
    uint64_t state = file->message;

    for (uint32_t i = 0; i < file->bytes; i += 8) {
        uint64_t word = session_filler_next(&state);
        uint32_t n = file->bytes - i < 8 ? file->bytes - i : 8;

        for (uint32_t j = 0; j < n; j++)
            p[i + j] = (uint8_t)(word >> (8 * j));
    }
    out->n += file->bytes;
}

static const BlobType file_type = { "file", encode_file, free };

Packet
session_file_of(uint64_t message, uint32_t bytes)
{
    FileContent *file = memory_resized(NULL, 1, sizeof *file);

    *file = (FileContent){ message, bytes };
    return packet_of_blob(blob_from_object(&file_type, file, bytes));
}

bool
session_file_is(const Packet *packet, uint64_t message, uint32_t bytes)
{
    const FileContent *file = NULL;
    Packet expected;
    bool same;

    if (packet->length != bytes)
        return false;
    if (packet->blob != NULL && packet->blob->type == &file_type)
        file = packet->blob->object;
    if (file != NULL)
        return file->message == message && file->bytes == bytes;
    expected = session_file_of(message, bytes);
    same = bytes_equal(packet_bytes(packet), packet_bytes(&expected));
    packet_clear(&expected);
    return same;
}

/* --- pointers ---------------------------------------------------------------------------
 */

static const char *
content_type(SessionKind kind)
{
    if (session_kind_base(kind) == SESSION_IMAGE)
        return "image/jpeg";
    return session_kind_base(kind) == SESSION_VOICE ? "audio/mpeg"
                                                    : "application/octet-stream";
}

/* @room: whose server it is, or NULL. */
static Bytes
write_url(const SessionServer *server, const uint8_t *room, uint64_t number, char *url)
{
    Buffer out = { (uint8_t *)url, 0, FILE_URL_BYTES_MAX };

    buffer_append_text(&out, server->https ? "https://" : "http://");
    buffer_append_text(&out, server->host);
    if (room != NULL)
        session_room_path(room, &out);
    buffer_append_literal(&out, "/file/");
    buffer_append_u64_decimal(&out, number);
    return buffer_bytes(&out);
}

void
session_file_pointer(const Session *s, const OutMessage *message, char *url,
                     ContentPointer *ret)
{
    const OutFile *file = message->file;
    SessionKind kind = (SessionKind)message->file_kind;
    bool voice = session_kind_base(kind) == SESSION_VOICE;
    bool open = message->where == OUT_TO_ROOM;

    *ret = (ContentPointer){
        .id = file->number,
        .content_type = bytes_of_text(content_type(kind)),
        .url = write_url(open ? s->config->open_group : s->config->file_server,
                         open ? message->to : NULL, file->number, url),
        .size = message->bytes,
        .flags = voice ? CONTENT_POINTER_VOICE : 0,
    };
    if (file->given != NULL) {
        ret->name = buffer_bytes(&file->given->name);
        if (file->given->type.n > 0)
            ret->content_type = buffer_bytes(&file->given->type);
    }
    if (open)
        return; /* it lies there as it is */
    ret->key = (Bytes){ file->key, ATTACHMENT_KEY_BYTES };
    ret->digest = (Bytes){ file->digest, ATTACHMENT_DIGEST_BYTES };
}

SessionKind
session_pointer_kind(const ContentPointer *pointer)
{
    static const char image[] = "image/";

    if (pointer->flags & CONTENT_POINTER_VOICE)
        return SESSION_VOICE;
    if (pointer->content_type.n >= sizeof image - 1 &&
        memcmp(pointer->content_type.p, image, sizeof image - 1) == 0)
        return SESSION_IMAGE;
    return SESSION_FILE;
}

bool
session_pointer_read(const ContentPointer *pointer, SessionKind *ret)
{
    if (pointer->key.n != ATTACHMENT_KEY_BYTES ||
        pointer->digest.n != ATTACHMENT_DIGEST_BYTES || pointer->id == 0 ||
        pointer->size > ATTACHMENT_BYTES_MAX)
        return false;
    *ret = session_pointer_kind(pointer);
    return true;
}

/* --- uploading --------------------------------------------------------------------------
 */

static Packet
file_of(const OutMessage *message)
{
    if (message->file->given != NULL)
        return packet_share(&message->file->given->bytes);
    return session_file_of(message->message, message->bytes);
}

/* The v4 request, with the sealed file as its body. */
static Packet
write_upload(Session *s, OutMessage *message)
{
    ServerRequest request = { .method = BYTES_LITERAL("POST"),
                              .endpoint = BYTES_LITERAL("/file") };
    Packet file = file_of(message), sealed;
    uint8_t iv[ATTACHMENT_IV_BYTES];

    port_random(s->port, RANDOM_KEY, message->file->key, ATTACHMENT_KEY_BYTES);
    port_random(s->port, RANDOM_NONCE, iv, sizeof iv);
    sealed = attachment_seal_later(s->crypto, message->file->key, iv, &file,
                                   message->file->digest);
    packet_clear(&file);
    return server_request_packet(&request, &sealed);
}

/* The same for a room: signed, with the file as it is. */
static Packet
write_room_upload(Session *s, const OutMessage *message)
{
    Packet file = file_of(message), payload;
    Buffer path = BUFFER_EMPTY;

    session_room_path(message->to, &path);
    buffer_append_literal(&path, "/file");
    payload = session_room_request(s, "POST", buffer_bytes(&path), &file);
    buffer_clear(&path);
    return payload;
}

void
session_upload(Session *s, OutMessage *message)
{
    bool open = message->where == OUT_TO_ROOM;
    RequestOrder order = { .use = USE_UPLOAD,
                           .owner = message->serial,
                           .target = { .node = NODE_NONE },
                           .server =
                               open ? s->config->open_group : s->config->file_server };
    Packet payload;

    port_note(s->port, NOTE_ATTEMPT, session_out_id(message), message->attempt,
              (Bytes){ NULL, 0 });
    if (order.server == NULL) {
        session_outbox_refused(s, message, SEND_FILE_REFUSED);
        return;
    }
    payload = open ? write_room_upload(s, message) : write_upload(s, message);
    message->state = OUT_SENT;
    port_note(s->port, NOTE_BYTES, message->kind, payload.length, (Bytes){ NULL, 0 });
    if (!session_request_start(s, &order, &payload))
        session_outbox_failed(s, message, SEND_NO_PATH);
}

/* {"id": a number} */
static bool
read_number(Bytes body, uint64_t *ret)
{
    JsonValue answer, id;
    int64_t number;

    if (json_parse(body, &answer) != ST_OK || answer.type != JSON_TYPE_OBJECT ||
        !json_get(answer, "id", &id) || !json_i64(id, &number) || number <= 0)
        return false;
    *ret = (uint64_t)number;
    return true;
}

void
session_upload_done(Session *s, OnionRequest *request, RequestResult *result)
{
    OutMessage *message = session_outbox_find(s, request->owner);

    if (message == NULL || message->state != OUT_SENT)
        return;
    if (!result->answered)
        session_outbox_failed(s, message, result->failure);
    else if (result->status == 413)
        session_outbox_refused(s, message, SEND_FILE_TOO_LARGE);
    else if (result->status != 200 && result->status != 201)
        session_outbox_refused(s, message, SEND_FILE_REFUSED);
    else if (!read_number(packet_bytes(&result->body), &message->file->number))
        session_outbox_failed(s, message, SEND_UNREADABLE);
    else
        session_send_attempt(s, message);
}
