/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests to an open-group server, signed with one's id there, and posts (protocol 5.9).
 */
#include "clients/session/rooms.h"
#include "nodes/crypto/session_message.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"
#include "nodes/wire/server_later.h"

Packet
session_room_request(Session *s, const char *method, Bytes path, Packet *body)
{
    const OpenGroup *group = s->more->rooms;
    const uint8_t *server_pk = s->config->open_group->x25519;
    ServerRequest request = { .method = bytes_of_text(method), .endpoint = path };
    ServerAuth auth = { .timestamp = session_network_ms(s) / 1000 };
    Buffer text = BUFFER_EMPTY, headers = BUFFER_EMPTY;
    Packet payload;

    memcpy(auth.id, group->pair.id, BLINDED_ID_BYTES);
    port_random(s->port, RANDOM_NONCE, auth.nonce, sizeof auth.nonce);
    server_auth_text(s->crypto, server_pk, &auth, request.method, path, body, &text);
    blinded_sign(s->crypto, &s->ed25519, &group->pair, buffer_bytes(&text), auth.signature);
    server_auth_write(&auth, &headers);
    request.headers = buffer_bytes(&headers);
    payload = server_request_packet(&request, body);
    buffer_clear(&text);
    buffer_clear(&headers);
    return payload;
}

/* {"data":..,"signature":..,"files":[..]} of the padded content; its hash. */
static void
write_post(Session *s, const OutMessage *message, Buffer *out, char ret_hash[],
           uint64_t *ret_digest)
{
    Buffer content = BUFFER_EMPTY, padded = BUFFER_EMPTY;
    uint8_t signature[SIGNATURE_BYTES];

    session_write_content(s, message, &content);
    *ret_digest = session_seen_hash(SEEN_HASH_START, buffer_bytes(&content));
    session_message_pad(buffer_bytes(&content), &padded);
    blinded_sign(s->crypto, &s->ed25519, &s->more->rooms->pair, buffer_bytes(&padded),
                 signature);
    message_hash(s->crypto, message->to, 0, buffer_bytes(&padded), ret_hash);
    buffer_append_literal(out, "{\"data\":\"");
    base64_encode(buffer_bytes(&padded), true, out);
    buffer_append_literal(out, "\",\"signature\":\"");
    base64_encode((Bytes){ signature, sizeof signature }, true, out);
    buffer_append_literal(out, "\"");
    if (message->file != NULL) {
        buffer_append_literal(out, ",\"files\":[");
        buffer_append_u64_decimal(out, message->file->number);
        buffer_append_literal(out, "]");
    }
    buffer_append_literal(out, "}");
    buffer_clear(&content);
    buffer_clear(&padded);
}

void
session_post(Session *s, OutMessage *message)
{
    RequestOrder order = { .use = USE_POST,
                           .owner = message->serial,
                           .target = { .node = NODE_NONE },
                           .server = s->config->open_group };
    char hash[MESSAGE_HASH_BYTES];
    Bytes text = { (const uint8_t *)hash, sizeof hash };
    Buffer json = BUFFER_EMPTY, path = BUFFER_EMPTY;
    Packet body, payload;
    uint64_t digest;

    session_set_sent_time(s, message);
    write_post(s, message, &json, hash, &digest);
    session_room_path(message->to, &path);
    buffer_append_literal(&path, "/message");
    port_note(s->port, NOTE_SEALED, session_out_id(message), message->attempt, text);
    port_note(s->port, NOTE_CONTENT, 0, digest, text);
    port_note(s->port, NOTE_ATTEMPT, session_out_id(message), message->attempt,
              (Bytes){ NULL, 0 });
    body = packet_of_buffer(&json);
    payload = session_room_request(s, "POST", buffer_bytes(&path), &body);
    buffer_clear(&path);
    message->state = OUT_SENT;
    port_note(s->port, NOTE_BYTES, message->kind, payload.length, (Bytes){ NULL, 0 });
    if (!session_request_start(s, &order, &payload))
        session_outbox_failed(s, message, SEND_NO_PATH);
}

void
session_post_done(Session *s, OnionRequest *request, RequestResult *result)
{
    OutMessage *message = session_outbox_find(s, request->owner);

    if (message == NULL || message->state != OUT_SENT)
        return;
    if (!result->answered)
        session_outbox_failed(s, message, result->failure);
    else if (result->status == 200 || result->status == 201)
        session_outbox_accepted(s, message);
    else if (result->status == 425) /* the clock, or this nonce once more */
        session_outbox_failed(s, message, SEND_CLOCK);
    else
        session_outbox_refused(s, message, SEND_REFUSED);
}
