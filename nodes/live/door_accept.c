/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "nodes/live/certificate.h"
#include "nodes/live/door_internal.h"

enum {
    ACCEPTS_AT_A_TIME = 64,
    NO_FILES_PAUSE_MS = 100,
    TLS_RECORD_HEADER = 5, /* type, version, length */
    TLS_HANDSHAKE = 22,
    TLS_RECORD_MAX = 16384
};

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
        connection_hand_over(c);
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
    source_drop(&c->source);
    connection_is_silent_no_more(c);
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
        connection_hand_over(c);
        return;
    }
    connection_set_timer(c, DOOR_HANDSHAKE_S);
    g_queue_push_tail(&door->silent, c);
    c->silent = door->silent.tail;
    c->source = g_socket_create_source(socket, G_IO_IN, NULL);
    g_source_set_callback(c->source, G_SOURCE_FUNC(first_bytes), c, NULL);
    g_source_attach(c->source, NULL);
}

static gboolean on_listening(GSocket *socket, GIOCondition condition, gpointer context);

void
door_listen(Door *door)
{
    door->listening = g_socket_create_source(door->socket, G_IO_IN, NULL);
    g_source_set_callback(door->listening, G_SOURCE_FUNC(on_listening), door, NULL);
    g_source_attach(door->listening, NULL);
}

static gboolean
pause_is_over(gpointer context)
{
    Door *door = context;

    source_drop(&door->listening);
    door_listen(door);
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
