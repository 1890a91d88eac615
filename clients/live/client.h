/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client on real sockets: the actor of clients/session and its host. */
#pragma once

#include "clients/session/session.h"

typedef struct LiveClientSpec {
    uint8_t seed[KEY_BYTES];     /* of its account */
    Address seed_node;           /* whose /json_rpc is asked for nodes, over HTTP */
    const SessionConfig *config; /* borrowed */
    /* What it says (NOTE_ACCEPTED, NOTE_TEXT, ...); must not call it. */
    void (*note)(void *context, const Note *note);
    void *context;
} LiveClientSpec;

typedef struct LiveClient LiveClient;

/* It comes online at once: asks the seed node for nodes, builds paths, polls. */
LiveClient *live_client_new(const LiveClientSpec *spec);
void live_client_free(LiveClient *client); /* takes NULL */
void live_client_say(LiveClient *client, const uint8_t to[ACCOUNT_BYTES], Bytes text);
