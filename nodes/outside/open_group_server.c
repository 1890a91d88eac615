/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/open_group_server.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/base/memory.h"
#include "nodes/outside/open_group_line.h"
#include "nodes/outside/open_group_room.h"
#include "nodes/outside/remembered.h"
#include "nodes/outside/server_actor.h"

const OpenGroupConfig open_group_config_default = {
    .file_size_max = 6000000,
    .file_life = 15 * DAY,
    .files_max = UINT64_C(1) << 50,
    .post_max = 65536,
    .posts_max = 1000000,
    .nonces_max = 1 << 20,
};

#define TIMESTAMP_TOLERANCE_S (24 * 3600)

enum { BATCH_MAX = 128, USERS_MAX = 1 << 20, HASH_KEY_BYTES = 16 };

struct OpenGroupServer {
    ServerActor actor;
    const OpenGroupConfig *config;
    OpenRoom *room;
    uint32_t n_rooms;
    Remembered nonces, users;
    uint8_t hash_key[HASH_KEY_BYTES]; /* of their short hashes, which nobody can aim at */
    bool has_hash_key;
};

static void answer_request(ServerActor *actor, Exchange *exchange);

/* One request, by itself or of a batch. */
typedef struct Asked {
    Bytes method, path, query;
    const Packet *body;     /* may be empty */
    const ServerAuth *auth; /* NULL: nobody says who it is */
    bool batched;
} Asked;

/* Its answer: a file, or else JSON (below 400) or a text. */
typedef struct Answer {
    int code;
    Buffer text;
    Packet file;
    bool is_file;
} Answer;

OpenGroupServer *
open_group_server_new(const Crypto *crypto, Port *port, const OpenGroupConfig *config,
                      const uint8_t seed[KEY_BYTES])
{
    OpenGroupServer *server = memory_zeroed(1, sizeof *server);

    assert(config->posts_max > 0);
    server_actor_init(&server->actor, crypto, port, seed, answer_request);
    server->config = config;
    file_shelf_init(&server->actor.shelf, config->file_life, config->files_max);
    remembered_init(&server->nonces, config->nonces_max);
    remembered_init(&server->users, USERS_MAX);
    return server;
}

const uint8_t *
open_group_server_key(const OpenGroupServer *server)
{
    return server->actor.outside.key.pk;
}

static OpenRoom *
room_of(const OpenGroupServer *server, Bytes token)
{
    for (uint32_t i = 0; i < server->n_rooms; i++)
        if (bytes_equal_text(token, server->room[i].token))
            return &server->room[i];
    return NULL;
}

bool
open_group_server_add_room(OpenGroupServer *server, const char *token)
{
    Bytes text = bytes_of_text(token);
    OpenRoom *room;

    if (!server_room_token_valid(text) || room_of(server, text) != NULL ||
        server->n_rooms == OPEN_GROUP_ROOMS_MAX)
        return false;
    server->room = memory_resized(server->room, server->n_rooms + 1, sizeof *server->room);
    room = &server->room[server->n_rooms++];
    *room = (OpenRoom){ .n = 0 };
    memcpy(room->token, text.p, text.n);
    return true;
}

void
open_group_server_set_disk(OpenGroupServer *server, ServerDisk *disk)
{
    server_actor_set_disk(&server->actor, disk);
}

FileShelf *
open_group_server_shelf(OpenGroupServer *server)
{
    return &server->actor.shelf;
}

uint64_t
open_group_server_posts(const OpenGroupServer *server, const char *token)
{
    const OpenRoom *room = room_of(server, bytes_of_text(token));

    return room == NULL ? 0 : room->posts;
}

size_t
open_group_server_files(const OpenGroupServer *server, uint64_t *ret_bytes)
{
    *ret_bytes = server->actor.shelf.bytes;
    return server->actor.shelf.n;
}

/* --- answers -----------------------------------------------------------------------------
 */

static void
say(Answer *answer, int code, const char *text)
{
    answer->code = code;
    buffer_append_text(&answer->text, text);
}

static void
answer_clear(Answer *answer)
{
    buffer_clear(&answer->text);
    packet_clear(&answer->file);
}

/* --- who asks
 * ------------------------------------------------------------------------------
 */

/* Keys that peers choose must not be aimed at slots of a table. */
static uint64_t
short_hash(OpenGroupServer *server, Bytes in)
{
    if (!server->has_hash_key) {
        port_random(server->actor.outside.port, RANDOM_NONCE, server->hash_key,
                    HASH_KEY_BYTES);
        server->has_hash_key = true;
    }
    return crypto_short_hash(server->actor.outside.crypto, server->hash_key, in);
}

static bool
signed_by(const OpenGroupServer *server, const ServerAuth *auth,
          const ServerRequest *request, const Packet *body)
{
    Buffer text = BUFFER_EMPTY;
    bool good;

    server_auth_text(server->actor.outside.crypto, server->actor.outside.key.pk, auth,
                     request->method, request->endpoint, body, &text);
    good = crypto_verify(server->actor.outside.crypto, auth->id + 1, buffer_bytes(&text),
                         auth->signature);
    buffer_clear(&text);
    return good;
}

/* Check the headers; false with @answer said.  *ret_there: somebody says who it is. */
static bool
authenticate(OpenGroupServer *server, const Exchange *exchange, ServerAuth *ret,
             bool *ret_there, Answer *answer)
{
    Status status = server_auth_read(exchange->request.headers, ret);
    int64_t now = port_unix_ms(server->actor.outside.port) / 1000;

    *ret_there = status == ST_OK;
    if (status == ST_NOT_FOUND)
        return true;
    if (status != ST_OK || (ret->id[0] != BLIND_15 && ret->id[0] != BLIND_25))
        say(answer, 400, "X-SOGS headers are not of their form");
    else if (ret->timestamp < now - TIMESTAMP_TOLERANCE_S ||
             ret->timestamp > now + TIMESTAMP_TOLERANCE_S)
        say(answer, 425, "X-SOGS-Timestamp is too far from the current time");
    else if (!signed_by(server, ret, &exchange->request, &exchange->body))
        say(answer, 401, "X-SOGS-Signature does not fit");
    else if (!remembered_add(&server->nonces,
                             short_hash(server, (Bytes){ ret->nonce, SERVER_NONCE_BYTES })))
        say(answer, 425, "X-SOGS-Nonce was used before");
    else
        (void)remembered_add(&server->users,
                             short_hash(server, (Bytes){ ret->id, BLINDED_ID_BYTES }));
    return answer->code == 0;
}

/* --- rooms
 * ---------------------------------------------------------------------------------
 */

/* The number of "limit=" in a query. */
static uint32_t
limit_of(Bytes query)
{
    static const char name[] = "limit=";
    size_t n = sizeof name - 1;
    uint32_t limit = 0;

    for (size_t i = 0; i + n < query.n; i++) {
        if ((i > 0 && query.p[i - 1] != '&') || memcmp(query.p + i, name, n) != 0)
            continue;
        for (i += n; i < query.n && query.p[i] >= '0' && query.p[i] <= '9' &&
                     limit <= POSTS_GIVEN_MAX;
             i++)
            limit = limit * 10 + (uint32_t)(query.p[i] - '0');
    }
    if (limit == 0)
        return POSTS_GIVEN;
    return limit < POSTS_GIVEN_MAX ? limit : POSTS_GIVEN_MAX;
}

/* Now; on its disk, where it has one.  False: that has no room. */
static bool
keep_post(OpenGroupServer *server, const OpenRoom *room, const Asked *asked, Post *new_post)
{
    ServerDisk *disk = server->actor.shelf.disk;
    Buffer line = BUFFER_EMPTY;
    bool kept;

    new_post->posted_ms = port_unix_ms(server->actor.outside.port);
    if (disk == NULL)
        return true;
    open_line_write(room->token, room->posts + 1, asked->auth->nonce, new_post, &line);
    kept = disk->ops->put_post(disk, buffer_bytes(&line)) == ST_OK;
    buffer_clear(&line);
    return kept;
}

static void
post(OpenGroupServer *server, OpenRoom *room, const Asked *asked, Answer *answer)
{
    Post *new_post;
    Status status;

    if (asked->auth == NULL) {
        say(answer, 401, "who posts must sign");
        return;
    }
    status = open_post_read(server->actor.outside.crypto, server->config,
                            packet_bytes(asked->body), asked->auth->id, &new_post);
    if (status == ST_TOO_LARGE) {
        say(answer, 413, "post is too large");
    } else if (status == ST_AUTH) {
        say(answer, 403, "the post's signature does not fit");
    } else if (status != ST_OK) {
        say(answer, 400, "expected data and signature");
    } else if (!keep_post(server, room, asked, new_post)) {
        say(answer, 507, "no room for this post");
        open_post_free(new_post);
    } else {
        open_room_put(room, server->config, new_post);
        answer->code = 201;
        open_room_write_last(room, &answer->text);
    }
}

Status
open_group_server_restore(OpenGroupServer *server, Bytes line)
{
    uint8_t nonce[SERVER_NONCE_BYTES];
    uint64_t number;
    OpenRoom *room;
    Bytes token;
    Post *kept;
    Status status = open_line_read(server->actor.outside.crypto, server->config, line,
                                   &token, &number, nonce, &kept);

    if (status != ST_OK)
        return status;
    room = room_of(server, token);
    if (room == NULL)
        status = ST_NOT_FOUND;
    else if (room->n > 0 && number != room->posts + 1)
        status = ST_MALFORMED;
    if (status != ST_OK) {
        open_post_free(kept);
        return status;
    }
    room->posts = number - 1;
    open_room_put(room, server->config, kept);
    (void)remembered_add(&server->nonces,
                         short_hash(server, (Bytes){ nonce, SERVER_NONCE_BYTES }));
    return ST_OK;
}

static void
upload(OpenGroupServer *server, const Asked *asked, Answer *answer)
{
    Packet file = packet_share(asked->body);
    uint64_t number;

    if (asked->auth == NULL) {
        say(answer, 401, "who uploads must sign");
    } else if (asked->batched || file.length == 0) {
        say(answer, 400, "no file in request");
    } else if (file.length > server->config->file_size_max) {
        say(answer, 413, "file is too large");
    } else if (file_shelf_put(&server->actor.shelf, server->actor.now,
                              port_unix_ms(server->actor.outside.port), &file,
                              &number) != ST_OK) {
        say(answer, 507, "no room for this file");
    } else {
        answer->code = 201;
        buffer_append_literal(&answer->text, "{\"id\":");
        buffer_append_u64_decimal(&answer->text, number);
        buffer_append_literal(&answer->text, "}");
    }
    packet_clear(&file);
}

static void
download(const OpenGroupServer *server, const Asked *asked, uint64_t number, Answer *answer)
{
    const ShelvedFile *file =
        file_shelf_get(&server->actor.shelf, server->actor.now, number);

    if (asked->batched) {
        say(answer, 400, "files are not given in a batch");
    } else if (file == NULL) {
        say(answer, 404, "file not found");
    } else {
        answer->code = 200;
        answer->file = packet_share(&file->bytes);
        answer->is_file = true;
    }
}

/* GET of what follows "/room/TOKEN". */
static void
get_of_room(const OpenGroupServer *server, const OpenRoom *room, const Asked *asked,
            Bytes path, Answer *answer)
{
    uint64_t number;
    Bytes rest;

    answer->code = 200;
    if (path.n == 0) {
        open_room_write_info(room, server->users.n, &answer->text);
    } else if (exchange_number(path, "/pollInfo/", &number, &rest) && rest.n == 0) {
        open_room_write_poll(room, server->users.n, number, &answer->text);
    } else if (bytes_equal_text(path, "/messages/recent")) {
        open_room_write_recent(room, limit_of(asked->query), &answer->text);
    } else if (exchange_number(path, "/messages/since/", &number, &rest) && rest.n == 0) {
        open_room_write_since(room, number, limit_of(asked->query), &answer->text);
    } else if (exchange_number(path, "/file/", &number, &rest) && rest.n == 0) {
        answer->code = 0;
        download(server, asked, number, answer);
    } else {
        say(answer, 404, "no such endpoint");
    }
}

static bool
is_method(const Asked *asked, const char *method)
{
    return bytes_equal_text(asked->method, method);
}

/* What follows "/room/". */
static void
ask_room(OpenGroupServer *server, const Asked *asked, Bytes path, Answer *answer)
{
    const uint8_t *slash = path.n == 0 ? NULL : memchr(path.p, '/', path.n);
    Bytes token = { path.p, slash == NULL ? path.n : (size_t)(slash - path.p) };
    OpenRoom *room = room_of(server, token);
    Bytes rest = { path.p + token.n, path.n - token.n };

    if (room == NULL)
        say(answer, 404, "no such room");
    else if (is_method(asked, "GET"))
        get_of_room(server, room, asked, rest, answer);
    else if (is_method(asked, "POST") && bytes_equal_text(rest, "/message"))
        post(server, room, asked, answer);
    else if (is_method(asked, "POST") && bytes_equal_text(rest, "/file"))
        upload(server, asked, answer);
    else
        say(answer, 404, "no such endpoint");
}

static void
ask(OpenGroupServer *server, const Asked *asked, Answer *answer)
{
    static const char rooms[] = "/room/";
    size_t n = sizeof rooms - 1;

    if (is_method(asked, "GET") && bytes_equal_text(asked->path, "/capabilities")) {
        say(answer, 200, "{\"capabilities\":[\"sogs\",\"blind\"]}");
    } else if (asked->path.n > n && memcmp(asked->path.p, rooms, n) == 0) {
        Bytes path = { asked->path.p + n, asked->path.n - n };

        ask_room(server, asked, path, answer);
    } else {
        say(answer, 404, "no such endpoint");
    }
}

/* --- batches
 * -------------------------------------------------------------------------------
 */

/* A path with its query, in two. */
static void
set_path(Asked *asked, Bytes text)
{
    const uint8_t *mark = text.n == 0 ? NULL : memchr(text.p, '?', text.n);

    asked->path = (Bytes){ text.p, mark == NULL ? text.n : (size_t)(mark - text.p) };
    asked->query = (Bytes){ NULL, 0 };
    if (mark != NULL)
        asked->query = (Bytes){ mark + 1, text.n - asked->path.n - 1 };
}

/* One item, as JSON; false: it is no request. */
static bool
ask_item(OpenGroupServer *server, const ServerAuth *auth, JsonValue item, Buffer *out)
{
    Asked asked = { .auth = auth, .batched = true };
    Packet body = PACKET_EMPTY;
    Answer answer = { .code = 0 };
    JsonValue value;
    Bytes path;

    if (!json_get(item, "method", &value) || !json_string_plain(value, &asked.method) ||
        !json_get(item, "path", &value) || !json_string_plain(value, &path))
        return false;
    if (json_get(item, "json", &value))
        body = packet_of_bytes(value.text);
    set_path(&asked, path);
    asked.body = &body;
    ask(server, &asked, &answer);
    json_write_comma(out);
    buffer_append_literal(out, "{\"code\":");
    buffer_append_i64_decimal(out, answer.code);
    buffer_append_literal(out, ",\"headers\":{},\"body\":");
    if (answer.code < 400)
        buffer_append_bytes(out, buffer_bytes(&answer.text));
    else
        json_write_string(out, buffer_bytes(&answer.text));
    buffer_append_literal(out, "}");
    packet_clear(&body);
    answer_clear(&answer);
    return true;
}

enum { BATCH_ANSWER_MAX = 8 << 20 };

static void
ask_batch(OpenGroupServer *server, const ServerAuth *auth, Bytes json, Answer *answer)
{
    JsonValue list, item;
    JsonIterator it;
    bool good = true;
    Bytes key;

    if (json_parse(json, &list) != ST_OK || list.type != JSON_TYPE_ARRAY ||
        json_length(list) > BATCH_MAX) {
        say(answer, 400, "expected a list of at most 128 requests");
        return;
    }
    buffer_append_literal(&answer->text, "[");
    it = json_iterate(list);
    while (good && answer->text.n < BATCH_ANSWER_MAX && json_next(&it, &key, &item))
        good = ask_item(server, auth, item, &answer->text);
    buffer_append_literal(&answer->text, "]");
    answer->code = 200;
    if (good)
        return;
    answer->text.n = 0;
    say(answer, 400, "expected method and path in each request");
}

/* --- the actor ---------------------------------------------------------------------------
 */

static void
reply(const OpenGroupServer *server, const Exchange *exchange, Answer *answer)
{
    Packet body =
        answer->is_file ? packet_steal(&answer->file) : packet_of_buffer(&answer->text);
    const char *type = answer->code < 400 ? "application/json" : "text/plain";

    exchange_reply(&server->actor.outside, exchange, answer->code,
                   answer->is_file ? "application/octet-stream" : type, &body);
}

static void
answer_request(ServerActor *actor, Exchange *exchange)
{
    OpenGroupServer *server = (OpenGroupServer *)actor;
    Asked asked = { .method = exchange->request.method, .body = &exchange->body };
    Answer answer = { .code = 0 };
    ServerAuth auth;
    bool there;

    set_path(&asked, exchange->request.endpoint);
    if (authenticate(server, exchange, &auth, &there, &answer)) {
        asked.auth = there ? &auth : NULL;
        if (is_method(&asked, "POST") && bytes_equal_text(asked.path, "/batch"))
            ask_batch(server, asked.auth, packet_bytes(&exchange->body), &answer);
        else
            ask(server, &asked, &answer);
    }
    reply(server, exchange, &answer);
    answer_clear(&answer);
}

static void
server_free(void *self)
{
    OpenGroupServer *server = self;

    for (uint32_t i = 0; i < server->n_rooms; i++)
        open_room_clear(&server->room[i]);
    free(server->room);
    file_shelf_clear(&server->actor.shelf);
    remembered_clear(&server->nonces);
    remembered_clear(&server->users);
    free(server);
}

const ActorOps open_group_server_ops = {
    .name = "open-group server",
    .start = server_actor_start,
    .receive = server_actor_receive,
    .outcome = server_actor_outcome,
    .expire = server_actor_expire,
    .stop = server_actor_stop,
    .free = server_free,
};
