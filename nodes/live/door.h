/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A door: one listening socket with a libsoup server behind it.  It bounds how many
 * connections there are (of those that say nothing the oldest makes room; without any, more
 * are closed as soon as they come), how long each may take over
 * its handshake, its headers, its body and over taking its answer, and how large a body may
 * be.  On DOOR_NODES a connection that shows no node key is closed. */
#pragma once

#include <libsoup/soup.h>

#include "nodes/live/endpoint.h"

enum {
    DOOR_BODY_MAX = 10 << 20,   /* bytes: a 413 at the headers (protocol 3.1) */
    DOOR_BODY_EXCESS = 1 << 20, /* read beyond that, so that the answer can be seen */
    DOOR_CONNECTIONS_MAX = 2048,
    DOOR_HANDSHAKE_S = 5,
    DOOR_FIRST_HEADERS_S = 10,
    DOOR_IDLE_S = 60,   /* a kept connection, until the next request's headers are there */
    DOOR_BODY_S = 30,   /* the rest of the request */
    DOOR_ANSWER_S = 120 /* until the answer is there and has been taken */
};

typedef struct Door Door;

/* A whole request.  The message is paused: door_answer, or door_lose, at any time. */
typedef struct DoorRequest {
    SoupServerMessage *message;
    const char *path;
    uint32_t from_ip;
    uint16_t from_port;
    const uint8_t *peer_key; /* the X25519 key that it proved, or NULL; borrowed */
} DoorRequest;

typedef void (*DoorReceive)(void *context, const DoorRequest *request);
/* The connection of this message broke, or took too long, before it was answered. */
typedef void (*DoorGone)(void *context, SoupServerMessage *message);

typedef struct DoorSpec {
    DoorKind kind;
    uint32_t ip;
    uint16_t port;
    GTlsCertificate *certificate; /* borrowed; NULL: plain HTTP */
    DoorReceive receive;
    DoorGone gone;
    void *context;
} DoorSpec;

/* NULL with @error: the address is in use. */
Door *door_new(const DoorSpec *spec, GError **error);
void door_free(Door *door); /* takes NULL */

/* Answer: headers and body have been set on the message. */
void door_answer(Door *door, SoupServerMessage *message);
/* Answer in plain text; and that there is nothing at this path (protocol 3.1). */
void door_answer_text(Door *door, SoupServerMessage *message, guint status,
                      const char *text);
void door_answer_not_found(Door *door, const DoorRequest *request);
/* Never answer; the connection ends when its time is up. */
void door_lose(Door *door, SoupServerMessage *message);
