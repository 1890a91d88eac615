/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/door_internal.h"

void
connection_stop_timer(Connection *c)
{
    if (c->timer != 0)
        g_source_remove(c->timer);
    c->timer = 0;
}

void
connection_is_silent_no_more(Connection *c)
{
    if (c->silent != NULL)
        g_queue_delete_link(&c->door->silent, c->silent);
    c->silent = NULL;
}

/* Whoever waits for an answer on it waits no more. */
void
connection_tell_gone(Connection *c)
{
    SoupServerMessage *message = g_steal_pointer(&c->message);

    if (message == NULL)
        return;
    if (c->door != NULL)
        c->door->spec.gone(c->door->spec.context, message);
    g_object_unref(message);
}

void
connection_free(Connection *c)
{
    connection_stop_timer(c);
    source_drop(&c->source);
    connection_is_silent_no_more(c);
    connection_tell_gone(c);
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

    if (message == NULL || !c->refused)
        g_socket_shutdown(c->socket, TRUE, TRUE, NULL);
    if (message == NULL)
        return; /* libsoup finds it closed */
    g_object_ref(message);
    connection_tell_gone(c);
    stream = soup_server_message_steal_connection(message);
    if (stream != NULL && c->refused) {
        door_refuse(stream);
    } else if (stream != NULL) {
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

void
connection_set_timer(Connection *c, guint seconds)
{
    connection_stop_timer(c);
    c->timer = g_timeout_add_seconds(seconds, time_is_up, c);
}

void
connection_hand_over(Connection *c)
{
    GIOStream *stream = g_steal_pointer(&c->stream);
    Door *door = c->door;

    g_object_set_data(G_OBJECT(c->remote), CONNECTION_OF_ADDRESS, c);
    g_object_weak_ref(G_OBJECT(stream), stream_is_gone, c);
    connection_set_timer(c, DOOR_FIRST_HEADERS_S);
    /* When it fails, the stream goes, and the connection with it. */
    (void)soup_server_accept_iostream(door->server, stream, c->local, c->remote, NULL);
    g_object_unref(stream);
}
