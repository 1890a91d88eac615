/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/file_server.h"

#include <stdlib.h>

#include "nodes/outside/exchange.h"
#include "nodes/outside/file_shelf.h"

const FileServerConfig file_server_config_default = {
    .size_max = 10000000,
    .life = 14 * DAY,
    .bytes_max = UINT64_C(1) << 50,
};

struct FileServer {
    Outside outside;
    const FileServerConfig *config;
    FileShelf shelf;
    Time now;
};

FileServer *
file_server_new(const Crypto *crypto, Port *port, const FileServerConfig *config,
                const uint8_t seed[KEY_BYTES])
{
    FileServer *server = calloc(1, sizeof *server);

    if (server == NULL)
        abort();
    server->outside = (Outside){ .crypto = crypto, .port = port };
    crypto_keygen(crypto, seed, &server->outside.key);
    server->config = config;
    file_shelf_init(&server->shelf, config->life, config->bytes_max);
    return server;
}

const uint8_t *
file_server_key(const FileServer *server)
{
    return server->outside.key.pk;
}

FileShelf *
file_server_shelf(FileServer *server)
{
    return &server->shelf;
}

size_t
file_server_count(const FileServer *server, uint64_t *ret_bytes)
{
    *ret_bytes = server->shelf.bytes;
    return server->shelf.n;
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

    exchange_reply(&server->outside, exchange, 200, "application/json", &body);
}

static void
upload(FileServer *server, Exchange *exchange)
{
    UnixMs now_ms = port_unix_ms(server->outside.port);
    Buffer json = BUFFER_EMPTY;
    uint64_t number;

    if (exchange->body.length == 0) {
        exchange_reply_text(&server->outside, exchange, 400, "no file in request");
    } else if (exchange->body.length > server->config->size_max) {
        exchange_reply_text(&server->outside, exchange, 413, "file is too large");
    } else if (file_shelf_put(&server->shelf, server->now, now_ms, &exchange->body,
                              &number) != ST_OK) {
        exchange_reply_text(&server->outside, exchange, 507, "no room for this file");
    } else {
        buffer_append_literal(&json, "{\"id\":");
        buffer_append_u64_decimal(&json, number);
        append_times(server, file_shelf_get(&server->shelf, server->now, number), &json);
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
        exchange_reply_text(&server->outside, exchange, 404, "file not found");
    } else if (rest.n == 0) {
        bytes = packet_share(&file->bytes);
        exchange_reply(&server->outside, exchange, 200, "application/octet-stream", &bytes);
    } else {
        buffer_append_literal(&json, "{\"size\":");
        buffer_append_u64_decimal(&json, file->bytes.length);
        append_times(server, file, &json);
        reply_json(server, exchange, &json);
    }
}

static void
answer(FileServer *server, Exchange *exchange)
{
    const ServerRequest *request = &exchange->request;
    uint64_t number;
    Bytes rest;

    if (bytes_equal_text(request->method, "POST") &&
        bytes_equal_text(request->endpoint, "/file"))
        upload(server, exchange);
    else if (bytes_equal_text(request->method, "GET") &&
             exchange_number(request->endpoint, "/file/", &number, &rest))
        download(server, exchange, file_shelf_get(&server->shelf, server->now, number),
                 rest);
    else
        exchange_reply_text(&server->outside, exchange, 404, "no such endpoint");
}

/* --- the actor ---------------------------------------------------------------------------
 */

static void
expire(FileServer *server)
{
    port_alarm(server->outside.port, file_shelf_expire(&server->shelf, server->now));
}

static void
server_start(void *self, Time now)
{
    FileServer *server = self;

    server->now = now;
    expire(server);
}

static void
server_receive(void *self, Time now, const Incoming *in)
{
    FileServer *server = self;
    bool was_empty = server->shelf.n == 0;
    Exchange exchange;

    server->now = now;
    meter_add(server->outside.port->meter, METER_REQUEST, 0);
    if (in->kind != KIND_SERVER || in->token == 0)
        return;
    if (!exchange_open(&server->outside, in, &exchange))
        return;
    answer(server, &exchange);
    exchange_clear(&exchange);
    if (was_empty)
        expire(server);
}

static void
server_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
               Packet *packet)
{
    (void)self;
    (void)now;
    (void)id;
    (void)outcome;
    (void)status;
    (void)packet; /* it asks nobody */
}

static void
server_expire(void *self, Time now)
{
    FileServer *server = self;

    server->now = now;
    expire(server);
}

static void
server_stop(void *self)
{
    (void)self; /* all it has is on its disk */
}

static void
server_free(void *self)
{
    FileServer *server = self;

    file_shelf_clear(&server->shelf);
    free(server);
}

const ActorOps file_server_ops = {
    .name = "file server",
    .start = server_start,
    .receive = server_receive,
    .outcome = server_outcome,
    .expire = server_expire,
    .stop = server_stop,
    .free = server_free,
};
