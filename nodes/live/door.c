/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/door.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "nodes/live/certificate.h"
#include "nodes/live/faults.h"

enum {
    BACKLOG = 1024,
    ACCEPTS_AT_A_TIME = 64,
    NO_FILES_PAUSE_MS = 100,
    TLS_RECORD_HEADER = 5, /* type, version, length */
    TLS_HANDSHAKE = 22,
    TLS_RECORD_MAX = 16384
};

struct Door {
    DoorSpec spec;
    SoupServer *server;
    GSocket *socket;
    GSource *listening;
    GHashTable *connections; /* set of Connection */
    GQueue silent;           /* of them, those that have said nothing yet, oldest first */
};

typedef struct Connection {
    Door *door; /* NULL: it is gone */
    GSocket *socket;
    GSocketAddress *remote, *local;
    GIOStream *stream;       /* until the server has it */
    GCancellable *handshake; /* under way, or NULL */
    GSource *source;         /* waits for the first bytes */
    GList *silent;           /* its place in the door's queue, or NULL */
    guint timer;
    SoupServerMessage *current; /* the one that libsoup reads or writes; borrowed */
    SoupServerMessage *message; /* the one whose answer is awaited, or NULL */
    goffset body_bytes;         /* of the request that comes in now, so far */
    bool one_done;              /* a request was answered on it */
    bool has_key;
    uint8_t key[KEY_BYTES];
} Connection;

#define CONNECTION_OF_ADDRESS "swarmbed-connection"

static void
drop_source(GSource **source)
{
    if (*source == NULL)
        return;
    g_source_destroy(*source);
    g_source_unref(*source);
    *source = NULL;
}

/* --- the life of a connection
 * ---------------------------------------------------------------
 */

static void
stop_timer(Connection *c)
{
    if (c->timer != 0)
        g_source_remove(c->timer);
    c->timer = 0;
}

static void
is_silent_no_more(Connection *c)
{
    if (c->silent != NULL)
        g_queue_delete_link(&c->door->silent, c->silent);
    c->silent = NULL;
}

/* Whoever waits for an answer on it waits no more. */
static void
tell_gone(Connection *c)
{
    SoupServerMessage *message = g_steal_pointer(&c->message);

    if (message == NULL)
        return;
    if (c->door != NULL)
        c->door->spec.gone(c->door->spec.context, message);
    g_object_unref(message);
}

static void
connection_free(Connection *c)
{
    stop_timer(c);
    drop_source(&c->source);
    is_silent_no_more(c);
    tell_gone(c);
    if (c->door != NULL)
        g_hash_table_remove(c->door->connections, c);
    g_object_set_data(G_OBJECT(c->remote), CONNECTION_OF_ADDRESS, NULL);
    g_clear_object(&c->handshake);
    g_clear_object(&c->stream);
    g_object_unref(c->remote);
    g_object_unref(c->local);
    g_object_unref(c->socket);
    g_free(c);
}

/* libsoup let go of the stream: that is the end of the connection. */
static void
stream_is_gone(gpointer context, GObject *stream)
{
    (void)stream;
    connection_free(context);
}

/* End a connection that libsoup has, now, whatever the other side goes on sending. */
static void
cut(Connection *c)
{
    SoupServerMessage *message = g_steal_pointer(&c->current);
    GIOStream *stream;

    g_socket_shutdown(c->socket, TRUE, TRUE, NULL);
    if (message == NULL)
        return; /* libsoup finds it closed */
    g_object_ref(message);
    tell_gone(c);
    stream = soup_server_message_steal_connection(message);
    if (stream != NULL) {
        g_io_stream_close(stream, NULL, NULL);
        g_object_unref(stream);
    }
    g_object_unref(message);
}

static gboolean
time_is_up(gpointer context)
{
    Connection *c = context;

    c->timer = 0;
    if (c->handshake != NULL)
        g_cancellable_cancel(c->handshake);
    else if (c->stream != NULL)
        connection_free(c);
    else
        cut(c);
    return G_SOURCE_REMOVE;
}

static void
set_timer(Connection *c, guint seconds)
{
    stop_timer(c);
    c->timer = g_timeout_add_seconds(seconds, time_is_up, c);
}

static Connection *
connection_of(SoupServerMessage *message)
{
    GSocketAddress *remote = soup_server_message_get_remote_address(message);

    return remote == NULL ? NULL
                          : g_object_get_data(G_OBJECT(remote), CONNECTION_OF_ADDRESS);
}

/* --- requests
 * ------------------------------------------------------------------------------- */

static void
refuse_large(SoupServerMessage *message)
{
    static const char text[] = "Request body too large";

    soup_server_message_set_status(message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
    soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_STATIC, text,
                                     sizeof text - 1);
    soup_message_headers_replace(soup_server_message_get_response_headers(message),
                                 "Connection", "close");
}

static void
got_headers(SoupServerMessage *message, gpointer context)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
    Connection *c = connection_of(message);

    (void)context;
    if (c != NULL) {
        set_timer(c, DOOR_BODY_S);
        c->body_bytes = 0;
    }
    if (soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH &&
        soup_message_headers_get_content_length(headers) > DOOR_BODY_MAX) {
        soup_message_body_set_accumulate(soup_server_message_get_request_body(message),
                                         FALSE);
        refuse_large(message);
    }
}

/* Without a length said before, the body shows when it is too large: what comes then is
 * not kept, and after a little more of it the connection ends. */
static void
got_chunk(SoupServerMessage *message, GBytes *chunk, gpointer context)
{
    Connection *c = connection_of(message);

    (void)context;
    if (c == NULL)
        return;
    c->body_bytes += (goffset)g_bytes_get_size(chunk);
    if (c->body_bytes > DOOR_BODY_MAX)
        soup_message_body_set_accumulate(soup_server_message_get_request_body(message),
                                         FALSE);
    if (c->body_bytes > DOOR_BODY_MAX + DOOR_BODY_EXCESS)
        set_timer(c, 0);
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
    set_timer(c, c->one_done ? DOOR_IDLE_S : DOOR_FIRST_HEADERS_S);
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
    set_timer(c, DOOR_IDLE_S);
    if (c->message == message)
        tell_gone(c);
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
    set_timer(c, DOOR_ANSWER_S);
    if (c->body_bytes > DOOR_BODY_MAX) {
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

/* --- coming in
 * ------------------------------------------------------------------------------ */

static void
hand_over(Connection *c)
{
    GIOStream *stream = g_steal_pointer(&c->stream);
    Door *door = c->door;

    g_object_set_data(G_OBJECT(c->remote), CONNECTION_OF_ADDRESS, c);
    g_object_weak_ref(G_OBJECT(stream), stream_is_gone, c);
    set_timer(c, DOOR_FIRST_HEADERS_S);
    /* When it fails, the stream goes, and the connection with it. */
    (void)soup_server_accept_iostream(door->server, stream, c->local, c->remote, NULL);
    g_object_unref(stream);
}

static gboolean
take_any_certificate(GTlsConnection *tls, GTlsCertificate *certificate,
                     GTlsCertificateFlags errors, gpointer context)
{
    (void)tls;
    (void)certificate;
    (void)errors;
    (void)context;
    return TRUE; /* who has it has its key, and the key is all that counts */
}

static void
read_peer_key(Connection *c)
{
    GTlsCertificate *certificate =
        g_tls_connection_get_peer_certificate(G_TLS_CONNECTION(c->stream));

    c->has_key = certificate != NULL && certificate_x25519(certificate, c->key);
}

static void
handshake_done(GObject *source, GAsyncResult *result, gpointer context)
{
    Connection *c = context;
    bool fine = g_tls_connection_handshake_finish(G_TLS_CONNECTION(source), result, NULL);

    g_clear_object(&c->handshake);
    if (fine && c->door != NULL && c->door->spec.kind == DOOR_NODES)
        read_peer_key(c);
    if (fine && c->door != NULL && (c->has_key || c->door->spec.kind != DOOR_NODES))
        hand_over(c);
    else
        connection_free(c);
}

static void
begin_handshake(Connection *c)
{
    GIOStream *tls =
        g_tls_server_connection_new(c->stream, c->door->spec.certificate, NULL);

    if (tls == NULL) {
        connection_free(c);
        return;
    }
    g_object_unref(c->stream);
    c->stream = tls;
    g_object_set(tls, "authentication-mode",
                 c->door->spec.kind == DOOR_NODES ? G_TLS_AUTHENTICATION_REQUIRED
                                                  : G_TLS_AUTHENTICATION_NONE,
                 "require-close-notify", FALSE, NULL);
    g_signal_connect(tls, "accept-certificate", G_CALLBACK(take_any_certificate), NULL);
    c->handshake = g_cancellable_new();
    g_tls_connection_handshake_async(G_TLS_CONNECTION(tls), G_PRIORITY_DEFAULT,
                                     c->handshake, handshake_done, c);
}

/* GLib makes handshakes in a few threads that wait: so none begins before the whole first
 * record is there, and who sends nothing or garbage costs no thread. */
static gboolean
first_bytes(GSocket *socket, GIOCondition condition, gpointer context)
{
    Connection *c = context;
    uint8_t peeked[TLS_RECORD_HEADER + TLS_RECORD_MAX];
    ssize_t n =
        recv(g_socket_get_fd(socket), peeked, sizeof peeked, MSG_PEEK | MSG_DONTWAIT);
    int need = TLS_RECORD_HEADER;

    (void)condition;
    if (n >= TLS_RECORD_HEADER)
        need += peeked[3] << 8 | peeked[4];
    if (n <= 0 || peeked[0] != TLS_HANDSHAKE || need > (int)sizeof peeked ||
        (condition & (G_IO_HUP | G_IO_ERR)) != 0) {
        connection_free(c);
        return G_SOURCE_REMOVE;
    }
    if (n < need) {
        (void)setsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_RCVLOWAT, &need,
                         sizeof need);
        return G_SOURCE_CONTINUE;
    }
    need = 1;
    (void)setsockopt(g_socket_get_fd(socket), SOL_SOCKET, SO_RCVLOWAT, &need, sizeof need);
    drop_source(&c->source);
    is_silent_no_more(c);
    begin_handshake(c);
    return G_SOURCE_REMOVE;
}

/* When there are as many as there may be, the one that has been silent longest has to go:
 * who only holds connections keeps nobody out. */
static bool
has_room(Door *door)
{
    if (g_hash_table_size(door->connections) < DOOR_CONNECTIONS_MAX)
        return true;
    if (g_queue_is_empty(&door->silent))
        return false;
    connection_free(g_queue_peek_head(&door->silent));
    return true;
}

/* Takes the socket. */
static void
welcome(Door *door, GSocket *socket)
{
    GSocketAddress *remote = g_socket_get_remote_address(socket, NULL);
    Connection *c;

    if (remote == NULL || !has_room(door)) {
        g_clear_object(&remote);
        g_socket_close(socket, NULL);
        g_object_unref(socket);
        return;
    }
    c = g_new0(Connection, 1);
    c->door = door;
    c->socket = socket;
    c->remote = remote;
    c->local = g_socket_get_local_address(socket, NULL);
    c->stream = G_IO_STREAM(g_socket_connection_factory_create_connection(socket));
    g_hash_table_add(door->connections, c);
    if (door->spec.certificate == NULL) {
        hand_over(c);
        return;
    }
    set_timer(c, DOOR_HANDSHAKE_S);
    g_queue_push_tail(&door->silent, c);
    c->silent = door->silent.tail;
    c->source = g_socket_create_source(socket, G_IO_IN, NULL);
    g_source_set_callback(c->source, G_SOURCE_FUNC(first_bytes), c, NULL);
    g_source_attach(c->source, NULL);
}

static gboolean on_listening(GSocket *socket, GIOCondition condition, gpointer context);

static void
listen_again(Door *door)
{
    door->listening = g_socket_create_source(door->socket, G_IO_IN, NULL);
    g_source_set_callback(door->listening, G_SOURCE_FUNC(on_listening), door, NULL);
    g_source_attach(door->listening, NULL);
}

static gboolean
pause_is_over(gpointer context)
{
    Door *door = context;

    drop_source(&door->listening);
    listen_again(door);
    return G_SOURCE_REMOVE;
}

static gboolean
on_listening(GSocket *socket, GIOCondition condition, gpointer context)
{
    Door *door = context;

    (void)condition;
    for (int i = 0; i < ACCEPTS_AT_A_TIME; i++) {
        g_autoptr(GError) error = NULL;
        GSocket *accepted = g_socket_accept(socket, NULL, &error);

        if (accepted != NULL) {
            g_socket_set_blocking(accepted, FALSE);
            g_socket_set_option(accepted, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
            welcome(door, accepted);
            continue;
        }
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
            g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
            return G_SOURCE_CONTINUE;
        /* No files left: those who wait outside wait a little longer. */
        g_source_unref(door->listening);
        door->listening = g_timeout_source_new(NO_FILES_PAUSE_MS);
        g_source_set_callback(door->listening, pause_is_over, door, NULL);
        g_source_attach(door->listening, NULL);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

/* --- the door
 * ------------------------------------------------------------------------------- */

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
    listen_again(door);
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
    drop_source(&door->listening);
    connections = g_hash_table_get_keys(door->connections);
    for (GList *l = connections; l != NULL; l = l->next) {
        Connection *c = l->data;

        is_silent_no_more(c);
        c->door = NULL;
        stop_timer(c);
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
