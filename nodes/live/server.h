/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server beyond the onion on a real socket: the file server's or the open-group server's
 * actor (nodes/outside), its host, its door, its folder.  Over plain HTTP, it answers POST
 * /oxen/v4/lsrpc alone: what comes in is sealed to its key, and so is what goes out. */
#pragma once

#include <glib.h>

#include "nodes/outside/file_server.h"
#include "nodes/outside/open_group_server.h"

typedef enum LiveServerKind { LIVE_FILE_SERVER, LIVE_OPEN_GROUP_SERVER } LiveServerKind;

typedef struct LiveServerSpec {
    LiveServerKind kind;
    uint8_t seed[KEY_BYTES]; /* of its key */
    uint32_t ip;
    uint16_t port;
    const char *folder;          /* made when it does not exist; taken up when it does */
    FileServerConfig files;      /* of the file server */
    OpenGroupConfig open_groups; /* of the other */
    char *const *rooms;          /* its rooms (NULL at the end); borrowed */
} LiveServerSpec;

/* Where the spec's limits are beyond these, these hold: */
enum { LIVE_SERVER_POSTS_MAX = 10000 };                  /* of a room, in memory */
#define LIVE_SERVER_FILES_BYTES_MAX (UINT64_C(10) << 30) /* of all files, on disk */

enum {
    LIVE_SERVER_ANSWERS_BYTES_MAX = 256 << 20 /* that nobody has taken yet: further requests
                                               * get 503 */
};

typedef struct LiveServer LiveServer;

/* The X25519 key of a server with this seed, which its clients must know. */
void live_server_key(const uint8_t seed[KEY_BYTES], uint8_t ret[KEY_BYTES]);

/* NULL with @error: its folder cannot be understood, a room's name is none, the address is
 * in use. */
LiveServer *live_server_new(const LiveServerSpec *spec, GError **error);
void live_server_free(LiveServer *server); /* takes NULL */
