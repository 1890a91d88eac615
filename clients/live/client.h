/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client on real sockets: the actor of clients/session and its host. */
#pragma once

#include "clients/session/session.h"
#include "nodes/live/faults.h"

typedef struct LiveClientSpec {
    uint8_t seed[KEY_BYTES];     /* of its account */
    Address seed_node;           /* whose /json_rpc is asked for nodes, over HTTP */
    const SessionConfig *config; /* borrowed */
    uint32_t local_ip;           /* where its requests come from; 0: any address */
    NodeListMemo *list_memo;     /* of several clients (borrowed); NULL: its own */
    bool waits;                  /* it comes online when it is told to */
    /* What it says (NOTE_ACCEPTED, NOTE_TEXT, ...); must not call it. */
    void (*note)(void *context, const Note *note);
    void *context;
} LiveClientSpec;

typedef struct LiveClient LiveClient;

/* It comes online at once, unless it waits: asks the seed node for nodes, builds paths,
 * polls. */
LiveClient *live_client_new(const LiveClientSpec *spec);
void live_client_free(LiveClient *client); /* takes NULL */
/* An order of clients/session (KIND_TELL); the packet is taken. */
void live_client_tell(LiveClient *client, Packet *order);
/* Its wall clock is so much off from now on. */
void live_client_set_skew(LiveClient *client, UnixMs skew);
/* What goes wrong with all that it sends from now on: its own, to be changed. */
LiveFaults *live_client_faults(LiveClient *client);
