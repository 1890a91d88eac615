/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server beyond the onion behind a test network: the real one, on a port of its own. */
#pragma once

#include "tests/unit/session/world.h"

typedef struct WorldOutside {
    RecordingPort *recording;
    Crypto crypto; /* for the server */
    const ActorOps *ops;
    void *server;
    SessionServer address; /* what clients know of it */
    World *world;
    guint posted; /* requests that came to it */
    bool silent;  /* it answers nothing that can be read */
} WorldOutside;

void outside_open(WorldOutside *outside);
/* The server, made with that crypto and port, is started, and the clients of @world reach
 * it as @host with @key from now on. */
void outside_start(WorldOutside *outside, World *world, const ActorOps *ops, void *server,
                   const char *host, const uint8_t key[KEY_BYTES]);
/* The clients of another world reach it too. */
void outside_serves(WorldOutside *outside, World *world);
/* With the world that it was started for. */
void outside_close(WorldOutside *outside);
