/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What door.c (requests), door_connection.c (the life of a connection) and door_accept.c
 * (how it comes in) share. */
#pragma once

#include "nodes/crypto/crypto.h"
#include "nodes/live/door.h"
#include "nodes/live/source.h"

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
    bool refused; /* it is too large: at the next occasion this is said, and that was all */
    bool one_done; /* a request was answered on it */
    bool has_key;
    uint8_t key[KEY_BYTES];
} Connection;

/* On a connection's remote address, which libsoup shows with each of its messages. */
#define CONNECTION_OF_ADDRESS "swarmbed-connection"

/* --- door_connection.c --------------------------------------------------------- */

void connection_free(Connection *c);
/* It has that long for what it does now; then it ends. */
void connection_set_timer(Connection *c, guint seconds);
void connection_stop_timer(Connection *c);
void connection_is_silent_no_more(Connection *c);
/* Whoever waits for an answer on it waits no more. */
void connection_tell_gone(Connection *c);
/* The server has the stream from now on, and the connection ends with it. */
void connection_hand_over(Connection *c);

/* --- door_refuse.c ------------------------------------------------------------- */

#define DOOR_TOO_LARGE "Request body too large"
/* Say 413, linger a little, close.  The stream is taken. */
void door_refuse(GIOStream *stream);

/* --- door_accept.c ------------------------------------------------------------- */

void door_listen(Door *door);
