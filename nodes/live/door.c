/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/door.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "nodes/live/door_internal.h"
#include "nodes/live/faults.h"

enum { BACKLOG = 1024 };

/* --- requests ---------------------------------------------------------------- */

static Connection *
connection_of(SoupServerMessage *message)
{
    GSocketAddress *remote = soup_server_message_get_remote_address(message);

    return remote == NULL ? NULL
                          : g_object_get_data(G_OBJECT(remote), CONNECTION_OF_ADDRESS);
}

static void
refuse_large(SoupServerMessage *message)
{
    soup_server_message_set_status(message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
    soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_STATIC,
                                     DOOR_TOO_LARGE, sizeof DOOR_TOO_LARGE - 1);
    soup_message_headers_replace(soup_server_message_get_response_headers(message),
                                 "Connection", "close");
}

/* In the middle of a request: as soon as libsoup is not at work on it. */
static void
refuse_soon(Connection *c, SoupServerMessage *message)
{
    soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
    c->refused = true;
    connection_set_timer(c, 0);
}

static void
got_headers(SoupServerMessage *message, gpointer context)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
    Connection *c = connection_of(message);

    (void)context;
    if (c == NULL)
        return;
    connection_set_timer(c, DOOR_BODY_S);
    c->body_bytes = 0;
    if (soup_message_headers_get_encoding(headers) != SOUP_ENCODING_CONTENT_LENGTH ||
        soup_message_headers_get_content_length(headers) <= DOOR_BODY_MAX)
        return;
    if ((soup_message_headers_get_expectations(headers) & SOUP_EXPECTATION_CONTINUE) != 0)
        refuse_large(message); /* it waits for an answer before it sends the body */
    else
        refuse_soon(c, message);
}

/* Without a length said before, the body shows when it is too large. */
static void
got_chunk(SoupServerMessage *message, GBytes *chunk, gpointer context)
{
    Connection *c = connection_of(message);

    (void)context;
    if (c == NULL)
        return;
    c->body_bytes += (goffset)g_bytes_get_size(chunk);
    if (c->body_bytes > DOOR_BODY_MAX && !c->refused)
        refuse_soon(c, message);
}

static void
request_started(SoupServer *server, SoupServerMessage *message, gpointer context)
{
    Connection *c = connection_of(message);

    (void)server;
    (void)context;
    g_signal_connect(message, "got-headers", G_CALLBACK(got_headers), NULL);
    g_signal_connect(message, "got-chunk", G_CALLBACK(got_chunk), NULL);
    if (c == NULL)
        return;
    c->current = message;
    connection_set_timer(c, c->one_done ? DOOR_IDLE_S : DOOR_FIRST_HEADERS_S);
}

/* Answered, or broken off. */
static void
request_ended(SoupServer *server, SoupServerMessage *message, gpointer context)
{
    Connection *c = connection_of(message);

    (void)server;
    (void)context;
    if (c == NULL)
        return;
    c->one_done = true;
    if (c->current == message)
        c->current = NULL;
    connection_set_timer(c, DOOR_IDLE_S);
    if (c->message == message)
        connection_tell_gone(c);
}

static void
handle(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
       gpointer context)
{
    Door *door = context;
    Connection *c = connection_of(message);
    GInetSocketAddress *from;
    g_autofree char *ip = NULL;
    DoorRequest request;

    (void)server;
    (void)query;
    if (c == NULL || c->door == NULL || soup_server_message_get_status(message) != 0)
        return;
    connection_set_timer(c, DOOR_ANSWER_S);
    if (c->refused) { /* the body ended just now: the usual way */
        c->refused = false;
        refuse_large(message);
        return;
    }
    from = G_INET_SOCKET_ADDRESS(c->remote);
    ip = g_inet_address_to_string(g_inet_socket_address_get_address(from));
    request =
        (DoorRequest){ message, path, live_ip_parse(ip),
                       g_inet_socket_address_get_port(from), c->has_key ? c->key : NULL };
    c->message = g_object_ref(message);
    soup_server_message_pause(message);
    door->spec.receive(door->spec.context, &request);
}

void
door_answer(Door *door, SoupServerMessage *message)
{
    Connection *c = connection_of(message);

    (void)door;
    if (c != NULL && c->message == message) {
        c->message = NULL;
        g_object_unref(message);
    }
    soup_server_message_unpause(message);
}

void
door_answer_text(Door *door, SoupServerMessage *message, guint status, const char *text)
{
    soup_server_message_set_status(message, status, NULL);
    soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_COPY, text,
                                     strlen(text));
    door_answer(door, message);
}

void
door_answer_not_found(Door *door, const DoorRequest *request)
{
    g_autofree char *method =
        g_ascii_strdown(soup_server_message_get_method(request->message), -1);
    g_autofree char *text = g_strdup_printf("%s %s Not Found", method, request->path);

    door_answer_text(door, request->message, 404, text);
}

void
door_lose(Door *door, SoupServerMessage *message)
{
    (void)door;
    (void)message; /* it stays paused until its timer ends the connection */
}

/* --- the door ---------------------------------------------------------------- */

static GSocket *
open_socket(const DoorSpec *spec, GError **error)
{
    g_autofree char *ip = live_ip_text(spec->ip);
    g_autoptr(GSocketAddress) address =
        g_inet_socket_address_new_from_string(ip, spec->port);
    g_autoptr(GSocket) socket = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, error);

    if (socket == NULL)
        return NULL;
    g_socket_set_blocking(socket, FALSE);
    g_socket_set_listen_backlog(socket, BACKLOG);
    if (!g_socket_bind(socket, address, TRUE, error) || !g_socket_listen(socket, error)) {
        g_prefix_error(error, "%s:%u: ", ip, spec->port);
        return NULL;
    }
    return g_steal_pointer(&socket);
}

/* libsoup keeps connections open after their first answer only as long as its server
 * listens somewhere.  The door listens itself, so the server gets a socket that has no name
 * any more: nobody can connect to it. */
static bool
listen_nowhere(SoupServer *server, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("swarmbed-XXXXXX", error);
    g_autoptr(GSocketAddress) address = NULL;
    g_autoptr(GSocket) socket = NULL;
    g_autofree char *path = NULL;
    bool fine;

    if (folder == NULL)
        return false;
    path = g_build_filename(folder, "socket", NULL);
    address = g_unix_socket_address_new(path);
    socket = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                          G_SOCKET_PROTOCOL_DEFAULT, error);
    fine = socket != NULL && g_socket_bind(socket, address, FALSE, error) &&
           g_socket_listen(socket, error) &&
           soup_server_listen_socket(server, socket, 0, error);
    (void)g_unlink(path);
    (void)g_rmdir(folder);
    return fine;
}

Door *
door_new(const DoorSpec *spec, GError **error)
{
    GSocket *socket = open_socket(spec, error);
    Door *door;

    if (socket == NULL)
        return NULL;
    door = g_new0(Door, 1);
    door->spec = *spec;
    door->socket = socket;
    door->connections = g_hash_table_new(NULL, NULL);
    door->server = soup_server_new("server-header", "swarmbed", "raw-paths", TRUE, NULL);
    g_signal_connect(door->server, "request-started", G_CALLBACK(request_started), door);
    g_signal_connect(door->server, "request-finished", G_CALLBACK(request_ended), door);
    g_signal_connect(door->server, "request-aborted", G_CALLBACK(request_ended), door);
    soup_server_add_handler(door->server, NULL, handle, door, NULL);
    door_listen(door);
    if (listen_nowhere(door->server, error))
        return door;
    door_free(door);
    return NULL;
}

void
door_free(Door *door)
{
    g_autoptr(GList) connections = NULL;

    if (door == NULL)
        return;
    source_drop(&door->listening);
    connections = g_hash_table_get_keys(door->connections);
    for (GList *l = connections; l != NULL; l = l->next) {
        Connection *c = l->data;

        connection_is_silent_no_more(c);
        c->door = NULL;
        connection_stop_timer(c);
        if (c->handshake != NULL)
            g_cancellable_cancel(c->handshake);
        else if (c->stream != NULL)
            connection_free(c);
    }
    g_hash_table_remove_all(door->connections);
    soup_server_disconnect(door->server);
    g_object_unref(door->server);
    g_socket_close(door->socket, NULL);
    g_object_unref(door->socket);
    g_hash_table_unref(door->connections);
    g_free(door);
}
