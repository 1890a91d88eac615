/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/http_server.h"

#include <string.h>

#include "nodes/live/clock.h"
#include "nodes/live/rate_limit.h"

enum { DOORS = 2 };

struct HttpServer {
    HttpServerSpec spec;
    Door *doors[DOORS]; /* by DoorKind */
    GHashTable *open;   /* SoupServerMessage to Reply */
    RateLimit limit;
};

/* A request that the node has, or an answer that is late by a fault. */
typedef struct Reply {
    HttpServer *server;
    Door *door;
    SoupServerMessage *message;
    MessageKind kind;
    ReplyToken token;
    GSource *delay;
} Reply;

/* --- answers ----------------------------------------------------------------- */

static void
reply_free(gpointer p)
{
    Reply *reply = p;

    if (reply->delay != NULL) {
        g_source_destroy(reply->delay);
        g_source_unref(reply->delay);
    }
    g_object_unref(reply->message);
    g_free(reply);
}

static void
respond(SoupServerMessage *message, int status, bool json, Bytes body)
{
    soup_server_message_set_status(message, (guint)status, NULL);
    soup_server_message_set_response(message, json ? "application/json" : "text/plain",
                                     SOUP_MEMORY_COPY, (const char *)body.p, body.n);
}

/* A ping's answer is the node's key, which travels in a header (protocol 6.1). */
static void
respond_to_ping(SoupServerMessage *message, int status, Bytes key)
{
    char hex[2 * KEY_BYTES + 1] = "";

    if (key.n == KEY_BYTES)
        hex_encode(key, hex);
    soup_message_headers_replace(soup_server_message_get_response_headers(message),
                                 "X-Oxen-Snode-Pubkey", hex);
    respond(message, status, false, (Bytes){ NULL, 0 });
}

static void
leave(Reply *reply)
{
    Door *door = reply->door;
    SoupServerMessage *message = g_object_ref(reply->message);

    g_hash_table_remove(reply->server->open, message);
    door_answer(door, message);
    g_object_unref(message);
}

static gboolean
delay_is_over(gpointer context)
{
    leave(context);
    return G_SOURCE_REMOVE;
}

static void
leave_late(Reply *reply, Duration delay)
{
    reply->delay = g_timeout_source_new(0);
    g_source_set_ready_time(reply->delay, (live_now() + delay) / MICROSECOND);
    g_source_set_callback(reply->delay, delay_is_over, reply, NULL);
    g_source_attach(reply->delay, NULL);
}

/* Results of storage requests are; what went wrong is said in plain text. */
static bool
is_json(MessageKind kind, Bytes body)
{
    return kind == KIND_STORAGE_RPC && body.n > 0 && body.p[0] == '{';
}

static void
answer(void *context, int status, Packet *packet)
{
    Reply *reply = context;
    const LiveFaults *faults = reply->server->spec.faults;

    reply->token = 0;
    if (reply->kind == KIND_PING_HTTPS)
        respond_to_ping(reply->message, status, packet_bytes(packet));
    else
        respond(reply->message, status, is_json(reply->kind, packet_bytes(packet)),
                packet_bytes(packet));
    packet_clear(packet);
    if (live_faults_drops(faults))
        g_hash_table_remove(reply->server->open, reply->message);
    else if (faults->delay > 0)
        leave_late(reply, faults->delay);
    else
        leave(reply);
}

static void
gone(void *context, SoupServerMessage *message)
{
    HttpServer *server = context;
    Reply *reply = g_hash_table_lookup(server->open, message);

    if (reply == NULL)
        return;
    live_host_forget(server->spec.host, reply->token);
    g_hash_table_remove(server->open, message);
}

/* --- requests ---------------------------------------------------------------- */

static void
respond_stats(const HttpServer *server, Door *door, SoupServerMessage *message)
{
    const int64_t *v = storage_version_numbers(server->spec.config);
    g_autofree char *text = g_strdup_printf("{\"version\":\"%" G_GINT64_FORMAT
                                            ".%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT "\"}",
                                            v[0], v[1], v[2]);

    respond(message, 200, true, bytes_of_text(text));
    door_answer(door, message);
}

static void
deliver(HttpServer *server, Door *door, const DoorRequest *request, MessageKind kind)
{
    SoupMessageBody *body = soup_server_message_get_request_body(request->message);
    g_autoptr(GBytes) bytes = soup_message_body_flatten(body);
    Reply *reply = g_new0(Reply, 1);
    Packet packet;
    gsize n;
    const uint8_t *p = g_bytes_get_data(bytes, &n);

    *reply = (Reply){ server, door, g_object_ref(request->message), kind, 0, NULL };
    g_hash_table_insert(server->open, request->message, reply);
    packet = packet_of_bytes((Bytes){ p, n });
    /* The node may answer before this returns, and the reply is gone then; the token is
     * written before that. */
    live_host_deliver(server->spec.host, address_of(request->from_ip, request->from_port),
                      request->peer_key, kind, &packet, answer, reply, &reply->token);
    packet_clear(&packet);
}

/* A path without its query. */
static void
receive(HttpServer *server, DoorKind kind, const DoorRequest *request)
{
    SoupServerMessage *message = request->message;
    Door *door = server->doors[kind];
    const char *method = soup_server_message_get_method(message);
    bool post = strcmp(method, "POST") == 0;
    MessageKind to = endpoint_kind(kind, request->path);

    if (live_faults_apart(server->spec.faults, request->from_ip)) {
        door_lose(door, message);
    } else if (soup_message_headers_get_one(
                   soup_server_message_get_request_headers(message), "x-loki-long-poll")) {
        door_answer_text(door, message, 410, "long polling is no longer supported");
    } else if (post && to == KIND_STORAGE_RPC &&
               !rate_limit_take(&server->limit, request->from_ip, live_now())) {
        door_answer_text(door, message, 429, "Too Many Requests");
    } else if (post && to != KIND_COUNT) {
        deliver(server, door, request, to);
    } else if (kind == DOOR_CLIENTS && strcmp(method, "GET") == 0 &&
               strcmp(request->path, "/get_stats/v1") == 0) {
        respond_stats(server, door, message);
    } else {
        door_answer_not_found(door, request);
    }
}

static void
receive_from_client(void *context, const DoorRequest *request)
{
    receive(context, DOOR_CLIENTS, request);
}

static void
receive_from_node(void *context, const DoorRequest *request)
{
    receive(context, DOOR_NODES, request);
}

/* --- the server -------------------------------------------------------------- */

HttpServer *
http_server_new(const HttpServerSpec *spec, GError **error)
{
    HttpServer *server = g_new0(HttpServer, 1);
    DoorSpec door = {
        .ip = spec->ip, .certificate = spec->certificate, .gone = gone, .context = server
    };

    server->spec = *spec;
    rate_limit_init(&server->limit);
    server->open = g_hash_table_new_full(NULL, NULL, NULL, reply_free);
    door.kind = DOOR_CLIENTS;
    door.port = spec->port_https;
    door.receive = receive_from_client;
    server->doors[DOOR_CLIENTS] = door_new(&door, error);
    door.kind = DOOR_NODES;
    door.port = spec->port_omq;
    door.receive = receive_from_node;
    if (server->doors[DOOR_CLIENTS] != NULL)
        server->doors[DOOR_NODES] = door_new(&door, error);
    if (server->doors[DOOR_NODES] != NULL)
        return server;
    http_server_free(server);
    return NULL;
}

void
http_server_free(HttpServer *server)
{
    if (server == NULL)
        return;
    for (int i = 0; i < DOORS; i++)
        door_free(server->doors[i]);
    g_hash_table_unref(server->open);
    rate_limit_clear(&server->limit);
    g_free(server);
}
