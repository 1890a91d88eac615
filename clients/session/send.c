/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One attempt to store a message (protocol 5.5, 5.6): choose a node of the recipient's
 * swarm, seal, store.  The time inside the content stays the same over all attempts; the
 * ephemeral key, and so the hash, does not (8.12), unless each attempt seals as the first
 * one did. */
#include "clients/session/groups.h"
#include "clients/session/said.h"
#include "nodes/crypto/session_message.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/content.h"
#include "nodes/wire/message.h"

#include <assert.h>

/* The time of sending, which no two messages of this client share (within the second by
 * which its clock may jump back). */
UnixMs
session_sent_time(Session *s)
{
    UnixMs ms = session_network_ms(s);

    if (ms <= s->last_sent_ms && s->last_sent_ms - ms < 1000)
        ms = s->last_sent_ms + 1;
    s->last_sent_ms = ms;
    return ms;
}

void
session_set_sent_time(Session *s, OutMessage *message)
{
    if (message->sent_ms == 0)
        message->sent_ms = session_sent_time(s);
}

static void
write_text(const Session *s, const OutMessage *message, Buffer *out)
{
    char target[2 * ACCOUNT_BYTES], url[FILE_URL_BYTES_MAX];
    Content content = { .kind = CONTENT_DATA, .timestamp = message->sent_ms };
    Buffer text = BUFFER_EMPTY;

    if (message->kind == SESSION_SYNC) {
        hex_encode((Bytes){ message->sync_target, ACCOUNT_BYTES }, target);
        content.sync_target = (Bytes){ (const uint8_t *)target, sizeof target };
    }
    if (message->where == OUT_TO_GROUP) {
        hex_encode((Bytes){ message->to, ACCOUNT_BYTES }, target);
        content.context =
            (ContentContext){ .id = { (const uint8_t *)target, sizeof target },
                              .type = GROUP_CONTEXT_DELIVER };
    }
    if (message->file != NULL) {
        session_file_pointer(s, message, url, &content.pointer[0]);
        content.n_pointers = 1;
    }
    /* A file's message has the shortest text, which names it. */
    if (message->file != NULL && message->file->given != NULL)
        buffer_append_bytes(&text, buffer_bytes(&message->file->given->text));
    else
        session_text_of(message->message, message->file != NULL ? 0 : message->bytes,
                        &text);
    content.body = buffer_bytes(&text);
    content_write(&content, out);
    buffer_clear(&text);
}

void
session_write_content(const Session *s, const OutMessage *message, Buffer *out)
{
    if (message->content != NULL)
        buffer_append(out, message->content, message->content_n);
    else
        write_text(s, message, out);
}

/* With what to seal this attempt: drawn anew, or as before. */
static UnixMs
choose_seal(Session *s, OutMessage *message, uint8_t ephemeral[KEY_BYTES])
{
    if (s->config->defect_retry_reseals || message->sealed_ms == 0) {
        port_random(s->port, RANDOM_KEY, message->ephemeral, KEY_BYTES);
        message->sealed_ms = session_network_ms(s);
    }
    memcpy(ephemeral, message->ephemeral, KEY_BYTES);
    return message->sealed_ms;
}

/* Whose key opens it; a group's is there, as session_send_attempt saw. */
static const uint8_t *
seal_key(const Session *s, const OutMessage *message)
{
    return message->where == OUT_TO_GROUP ? session_group_seal_key(s, message)
                                          : message->to + 1;
}

/* A group's messages name it outside. */
static void
wrap(const OutMessage *message, UnixMs timestamp, Bytes sealed, Buffer *out)
{
    char group[2 * ACCOUNT_BYTES];

    if (message->where != OUT_TO_GROUP) {
        message_wrap(ENVELOPE_SESSION_MESSAGE, (Bytes){ NULL, 0 }, timestamp, sealed, out);
        return;
    }
    hex_encode((Bytes){ message->to, ACCOUNT_BYTES }, group);
    message_wrap(ENVELOPE_CLOSED_GROUP_MESSAGE,
                 (Bytes){ (const uint8_t *)group, sizeof group }, timestamp, sealed, out);
}

static int32_t
namespace_of(const Session *s, const OutMessage *message)
{
    return message->where == OUT_TO_GROUP ? SESSION_GROUP_NAMESPACE
                                          : s->config->message_namespace;
}

/* Content, padding, signature, sealed box, envelope, container.  Appends.  ST_AUTH: the
 * recipient's key is none. */
static Status
seal(Session *s, OutMessage *message, Buffer *out, uint64_t *ret_digest)
{
    Buffer content = BUFFER_EMPTY, padded = BUFFER_EMPTY, sealed = BUFFER_EMPTY;
    uint8_t ephemeral[KEY_BYTES];
    UnixMs timestamp = choose_seal(s, message, ephemeral);
    Status status;

    session_write_content(s, message, &content);
    *ret_digest = session_seen_hash(SEEN_HASH_START, buffer_bytes(&content));
    session_message_pad(buffer_bytes(&content), &padded);
    status = session_message_seal(s->crypto, &s->ed25519, seal_key(s, message), ephemeral,
                                  buffer_bytes(&padded), &sealed);
    if (status == ST_OK)
        wrap(message, timestamp, buffer_bytes(&sealed), out);
    buffer_clear(&content);
    buffer_clear(&padded);
    buffer_clear(&sealed);
    return status;
}

static Duration
ttl_of(const Session *s, const OutMessage *message)
{
    return session_kind_ttl(s->config, (SessionKind)message->kind);
}

static void
write_store(const Session *s, const OutMessage *message, UnixMs timestamp, Bytes data,
            Buffer *out)
{
    buffer_append_literal(out, "{\"jsonrpc\":\"2.0\",\"method\":\"batch\",\"params\":"
                               "{\"requests\":[{\"method\":\"store\",\"params\":"
                               "{\"pubkey\":\"");
    buffer_append_hex(out, (Bytes){ message->to, ACCOUNT_BYTES });
    buffer_append_literal(out, "\",\"timestamp\":");
    buffer_append_i64_decimal(out, timestamp);
    buffer_append_literal(out, ",\"ttl\":");
    buffer_append_i64_decimal(out, ttl_of(s, message) / MILLISECOND);
    buffer_append_literal(out, ",\"namespace\":");
    buffer_append_i64_decimal(out, namespace_of(s, message));
    buffer_append_literal(out, ",\"data\":\"");
    base64_encode(data, true, out);
    buffer_append_literal(out, "\"}}]}}");
}

/* Seal for this attempt, and say what the hash will be. */
static Status
write_payload(Session *s, OutMessage *message, Buffer *out)
{
    UnixMs timestamp = session_network_ms(s);
    char hash[MESSAGE_HASH_MAX];
    size_t hash_n = MESSAGE_HASH_BYTES;
    Buffer data = BUFFER_EMPTY;
    uint64_t digest;
    Status status;

    session_set_sent_time(s, message);
    status = seal(s, message, &data, &digest);
    if (status != ST_OK)
        return status;
    if (s->config->storage_rpc == STORAGE_RPC_2020) {
        hash_n = MESSAGE_HASH_MAX;
        session_2020_store(s, message->to + 1, timestamp, ttl_of(s, message),
                           buffer_bytes(&data), out, hash);
    } else {
        message_hash(s->crypto, message->to, (int16_t)namespace_of(s, message),
                     buffer_bytes(&data), hash);
        write_store(s, message, timestamp, buffer_bytes(&data), out);
    }
    port_note(s->port, NOTE_SEALED, session_out_id(message), message->attempt,
              (Bytes){ (const uint8_t *)hash, hash_n });
    port_note(s->port, NOTE_CONTENT, 0, digest, (Bytes){ (const uint8_t *)hash, hash_n });
    buffer_clear(&data);
    return ST_OK;
}

bool
session_store_start(Session *s, const OutMessage *message, const RequestOrder *order,
                    Packet *payload)
{
    port_note(s->port, NOTE_BYTES, message->kind, payload->length, (Bytes){ NULL, 0 });
    return session_request_start(s, order, payload);
}

/* @n: nodes there are, for a client that sends to several. */
static void
send_to(Session *s, OutMessage *message, uint32_t n, const Target *node)
{
    RequestOrder order = { .use = USE_STORE,
                           .owner = message->serial,
                           .account = message->to + 1,
                           .target = *node };
    Buffer payload = BUFFER_EMPTY;
    Packet packet;

    if (write_payload(s, message, &payload) != ST_OK) {
        session_outbox_failed(s, message, SEND_REFUSED);
        return;
    }
    message->state = OUT_SENT;
    port_note(s->port, NOTE_ATTEMPT, session_out_id(message), message->attempt,
              (Bytes){ NULL, 0 });
    packet = packet_of_buffer(&payload);
    if (session_spreads(s->config))
        session_spread_start(s, message, n, &packet);
    else if (!session_store_start(s, message, &order, &packet))
        session_outbox_failed(s, message, SEND_NO_PATH);
}

void
session_send_attempt(Session *s, OutMessage *message)
{
    Target node;
    uint32_t n;

    if ((message->where == OUT_TO_GROUP && session_group_seal_key(s, message) == NULL) ||
        (message->where == OUT_TO_ROOM && !session_room_is_joined(s, message->to))) {
        session_outbox_refused(s, message, SEND_NO_GROUP);
        return;
    }
    if (message->file != NULL && message->file->number == 0) {
        session_upload(s, message);
        return;
    }
    if (message->where == OUT_TO_ROOM) {
        session_post(s, message);
        return;
    }
    switch (session_swarm_ready(s, message->to + 1, &n)) {
    case PICK_NOW:
        node = session_swarm_node(s, message->to + 1,
                                  port_random_below(s->port, RANDOM_SEND, n));
        send_to(s, message, n, &node);
        break;
    case PICK_LATER:
        message->state = OUT_SWARM;
        break;
    case PICK_NEVER:
        session_outbox_failed(s, message, SEND_NO_SWARM);
        break;
    }
}

/* A copy in one's own swarm, or a group's, is marked as seen, as other devices' are not. */
static void
mark_own_copy(Session *s, const OutMessage *message, JsonValue body)
{
    JsonValue value;
    Bytes hash;

    if ((message->where == OUT_TO_GROUP || session_is_self(s, message->to + 1)) &&
        json_get(body, "hash", &value) && json_string_plain(value, &hash) && hash.n > 0 &&
        hash.n <= MESSAGE_HASH_MAX)
        session_receive_mark_seen(s, hash);
}

static SendFailure
read_result(Session *s, OnionRequest *request, const OutMessage *message,
            const RequestResult *result)
{
    JsonIndex index;
    JsonValue body;
    int code;

    if (!session_answer_single(s, request, result, &index, &code, &body))
        return SEND_UNREADABLE;
    session_learn_time(s, &request->target, body);
    if (s->config->storage_rpc == STORAGE_RPC_2020)
        session_2020_learn_difficulty(s, body);
    if (code != 200)
        return session_failure_of_status(code);
    mark_own_copy(s, message, body);
    return SEND_FAILURES;
}

void
session_send_done(Session *s, OnionRequest *request, RequestResult *result)
{
    OutMessage *message = session_outbox_find(s, request->owner);
    SendFailure failure = result->failure;

    if (message == NULL && session_spreads(s->config))
        return; /* other nodes' successes were first */
    assert(message != NULL && message->state == OUT_SENT);
    if (result->answered)
        failure = read_result(s, request, message, result);
    if (failure == SEND_FAILURES && message->spread != NULL &&
        !session_spread_stored(s, message))
        return; /* more of them must have it */
    if (failure == SEND_FAILURES)
        session_outbox_accepted(s, message);
    else if (message->spread != NULL)
        session_spread_failed(
            s, message, request,
            &(RequestResult){ .failure = failure, .status = result->status });
    else
        session_outbox_failed(s, message, failure);
}
