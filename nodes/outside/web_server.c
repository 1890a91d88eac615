/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/web_server.h"

#include <stdlib.h>

#include "nodes/base/memory.h"

struct WebServer {
    Port *port;
    Blob *program; /* its bytes exist when somebody reads them */
};

static void
write_zeros(const void *object, Buffer *out)
{
    const uint32_t *bytes = object;

    buffer_reserve(out, *bytes);
    for (uint32_t i = 0; i < *bytes; i++)
        buffer_append(out, "", 1);
}

static const BlobType program_type = { "program", write_zeros, free };

WebServer *
web_server_new(Port *port, uint32_t program_bytes)
{
    WebServer *server = memory_zeroed(1, sizeof *server);
    uint32_t *bytes = memory_zeroed(1, sizeof *bytes);

    *bytes = program_bytes;
    server->port = port;
    server->program = blob_from_object(&program_type, bytes, program_bytes);
    return server;
}

/* "GET PATH " at the start of a request; false: it is none. */
static bool
read_get(Bytes request, Bytes *ret_path)
{
    static const char verb[] = "GET ";
    size_t n = sizeof verb - 1, end = n;

    if (request.n < n || memcmp(request.p, verb, n) != 0)
        return false;
    while (end < request.n && end - n <= WEB_PATH_MAX && request.p[end] != ' ')
        end++;
    if (end == request.n || request.p[end] != ' ')
        return false;
    *ret_path = (Bytes){ request.p + n, end - n };
    return true;
}

static void
receive(void *self, Time now, const Incoming *in)
{
    WebServer *server = self;
    Packet program;
    Bytes path;

    (void)now;
    meter_add(server->port->meter, METER_REQUEST, 0);
    if (in->kind != KIND_WEB || in->token == 0)
        return;
    if (!read_get(packet_bytes(in->packet), &path)) {
        port_reply_text(server->port, in->token, 400, "Bad Request");
    } else if (!bytes_equal_text(path, "/download")) {
        port_reply_text(server->port, in->token, 404, "Not Found");
    } else {
        program = packet_of_blob(blob_ref(server->program));
        port_reply(server->port, in->token, 200, &program);
    }
}

/* --- what it does not do: it asks nobody, and keeps nothing -------------------------- */

static void
pass(void *self, Time now)
{
    (void)self;
    (void)now;
}

static void
outcome(void *self, Time now, RequestId id, Outcome what, int status, Packet *packet)
{
    (void)self;
    (void)now;
    (void)id;
    (void)what;
    (void)status;
    (void)packet;
}

static void
stop(void *self)
{
    (void)self;
}

static void
server_free(void *self)
{
    WebServer *server = self;

    blob_unref(server->program);
    free(server);
}

const ActorOps web_server_ops = {
    .name = "web server",
    .start = pass,
    .receive = receive,
    .outcome = outcome,
    .expire = pass,
    .stop = stop,
    .free = server_free,
};
