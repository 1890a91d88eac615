/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/file_server.h"

#include <stdlib.h>

#include "nodes/base/memory.h"
#include "nodes/outside/server_actor.h"

const FileServerConfig file_server_config_default = {
    .size_max = 10000000,
    .life = 14 * DAY,
    .bytes_max = UINT64_C(1) << 50,
};

struct FileServer {
    ServerActor actor;
    const FileServerConfig *config;
};

static void answer(ServerActor *actor, Exchange *exchange);

FileServer *
file_server_new(const Crypto *crypto, Port *port, const FileServerConfig *config,
                const uint8_t seed[KEY_BYTES])
{
    FileServer *server = memory_zeroed(1, sizeof *server);

    server_actor_init(&server->actor, crypto, port, seed, answer);
    server->config = config;
    file_shelf_init(&server->actor.shelf, config->life, config->bytes_max);
    return server;
}

const uint8_t *
file_server_key(const FileServer *server)
{
    return server->actor.outside.key.pk;
}

FileShelf *
file_server_shelf(FileServer *server)
{
    return &server->actor.shelf;
}

void
file_server_set_disk(FileServer *server, ServerDisk *disk)
{
    server_actor_set_disk(&server->actor, disk);
}

size_t
file_server_count(const FileServer *server, uint64_t *ret_bytes)
{
    *ret_bytes = server->actor.shelf.bytes;
    return server->actor.shelf.n;
}

/* --- requests ----------------------------------------------------------------------------
 */

static void
append_times(const FileServer *server, const ShelvedFile *file, Buffer *out)
{
    buffer_append_literal(out, ",\"uploaded\":");
    buffer_append_i64_decimal(out, file->uploaded_ms / 1000);
    buffer_append_literal(out, ",\"expires\":");
    buffer_append_i64_decimal(
        out, (file->uploaded_ms + server->config->life / MILLISECOND) / 1000);
    buffer_append_literal(out, "}");
}

static void
reply_json(const FileServer *server, const Exchange *exchange, Buffer *json)
{
    Packet body = packet_of_buffer(json);

    exchange_reply(&server->actor.outside, exchange, 200, "application/json", &body);
}

static void
upload(FileServer *server, Exchange *exchange)
{
    UnixMs now_ms = port_unix_ms(server->actor.outside.port);
    Buffer json = BUFFER_EMPTY;
    uint64_t number;

    if (exchange->body.length == 0) {
        exchange_reply_text(&server->actor.outside, exchange, 400, "no file in request");
    } else if (exchange->body.length > server->config->size_max) {
        exchange_reply_text(&server->actor.outside, exchange, 413, "file is too large");
    } else if (file_shelf_put(&server->actor.shelf, server->actor.now, now_ms,
                              &exchange->body, &number) != ST_OK) {
        exchange_reply_text(&server->actor.outside, exchange, 507, "no room for this file");
    } else {
        buffer_append_literal(&json, "{\"id\":");
        buffer_append_u64_decimal(&json, number);
        append_times(
            server, file_shelf_get(&server->actor.shelf, server->actor.now, number), &json);
        reply_json(server, exchange, &json);
    }
}

static void
download(const FileServer *server, const Exchange *exchange, const ShelvedFile *file,
         Bytes rest)
{
    Buffer json = BUFFER_EMPTY;
    Packet bytes;

    if (file == NULL || (rest.n > 0 && !bytes_equal_text(rest, "/info"))) {
        exchange_reply_text(&server->actor.outside, exchange, 404, "file not found");
    } else if (rest.n == 0) {
        bytes = packet_share(&file->bytes);
        exchange_reply(&server->actor.outside, exchange, 200, "application/octet-stream",
                       &bytes);
    } else {
        buffer_append_literal(&json, "{\"size\":");
        buffer_append_u64_decimal(&json, file->bytes.length);
        append_times(server, file, &json);
        reply_json(server, exchange, &json);
    }
}

static void
answer(ServerActor *actor, Exchange *exchange)
{
    FileServer *server = (FileServer *)actor;
    const ServerRequest *request = &exchange->request;
    uint64_t number;
    Bytes rest;

    if (bytes_equal_text(request->method, "POST") &&
        bytes_equal_text(request->endpoint, "/file"))
        upload(server, exchange);
    else if (bytes_equal_text(request->method, "GET") &&
             exchange_number(request->endpoint, "/file/", &number, &rest))
        download(server, exchange,
                 file_shelf_get(&server->actor.shelf, server->actor.now, number), rest);
    else
        exchange_reply_text(&server->actor.outside, exchange, 404, "no such endpoint");
}

/* --- the actor ---------------------------------------------------------------------------
 */

static void
server_free(void *self)
{
    FileServer *server = self;

    file_shelf_clear(&server->actor.shelf);
    free(server);
}

const ActorOps file_server_ops = {
    .name = "file server",
    .start = server_actor_start,
    .receive = server_actor_receive,
    .outcome = server_actor_outcome,
    .expire = server_actor_expire,
    .stop = server_actor_stop,
    .free = server_free,
};
