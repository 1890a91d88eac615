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
    guint posted; /* requests that came to it */
    bool silent;  /* it answers nothing that can be read */
} WorldOutside;

void outside_open(WorldOutside *outside);
/* The server, made with that crypto and port, which is started here. */
void outside_start(WorldOutside *outside, const ActorOps *ops, void *server);
/* Clients of @world reach it from now on. */
void outside_serves(WorldOutside *outside, World *world);
void outside_close(WorldOutside *outside);
