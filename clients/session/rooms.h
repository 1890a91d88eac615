/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Open groups (protocol 5.9): rooms of a server beyond the onion, which are polled all at
 * once, by sequence number; posts and files that lie there as they are.  The server knows
 * an id that nobody knows elsewhere, and no address.  Shared by the files of the client
 * core only. */
#pragma once

#include "clients/session/more.h"
#include "nodes/crypto/blinding.h"
#include "nodes/wire/server_auth.h"

enum {
    ROOMS_MAX = 32,           /* of one client */
    ROOM_POSTS_READ_MAX = 256 /* in one answer, the most that a server gives */
};

typedef struct Room {
    uint8_t id[ACCOUNT_BYTES]; /* session_room_id */
    int64_t read_to;           /* sequence number; -1: it was never read */
    int64_t info;              /* as the server counts changes of the room itself */
} Room;

typedef struct OpenGroup {
    BlindedPair pair; /* oneself, there */
    Room *room;
    uint32_t n_rooms;
    uint32_t n_asked; /* of the poll under way: the first so many of them */
    bool asked;       /* a poll is under way */
    uint64_t serial;
    Time due;
} OpenGroup;

/* --- rooms.c: polling --------------------------------------------------------------- */

void session_room_join(Session *s, const uint8_t id[ACCOUNT_BYTES]);
void session_rooms_online(Session *s, Time at);
void session_rooms_offline(Session *s);
void session_rooms_run(Session *s);
Time session_rooms_due(const Session *s);
void session_rooms_clear(Session *s);
size_t session_rooms_memory(const Session *s);
void session_room_poll_done(Session *s, OnionRequest *request, RequestResult *result);
bool session_room_is_joined(const Session *s, const uint8_t id[ACCOUNT_BYTES]);
/* Append "/room/TOKEN". */
void session_room_path(const uint8_t id[ACCOUNT_BYTES], Buffer *out);

/* --- room_post.c ---------------------------------------------------------------------- */

/* A signed request to the server; @body is taken. */
Packet session_room_request(Session *s, const char *method, Bytes path, Packet *body);
/* Begin the attempt to post a message. */
void session_post(Session *s, OutMessage *message);
void session_post_done(Session *s, OnionRequest *request, RequestResult *result);

/* --- room_read.c ------------------------------------------------------------------------
 */

/* Read a room's messages, a JSON array; how many there were.  *ret_last rises to the last
 * sequence number. */
uint32_t session_room_read(Session *s, const uint8_t id[ACCOUNT_BYTES], JsonValue messages,
                           int64_t *ret_last);
