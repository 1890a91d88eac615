/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all servers beyond the onion are as actors: they open what nodes post, answer it at
 * once, keep files that expire, and ask nobody.  Which endpoints there are is each one's.
 */
#pragma once

#include "nodes/outside/exchange.h"
#include "nodes/outside/file_shelf.h"

/* First in what is bound as self. */
typedef struct ServerActor {
    Outside outside;
    FileShelf shelf; /* on its disk, as all that it has: it outlives an incarnation */
    Time now;        /* of the input that is being handled */
    void (*answer)(struct ServerActor *actor, Exchange *exchange);
} ServerActor;

/* @seed: 32 random bytes of its key.  @crypto and @port are borrowed; the shelf is to be
 * initialised by the caller, and cleared. */
void server_actor_init(ServerActor *actor, const Crypto *crypto, Port *port,
                       const uint8_t seed[KEY_BYTES],
                       void (*answer)(ServerActor *actor, Exchange *exchange));

/* From now on what it is given is kept on @disk too (borrowed). */
void server_actor_set_disk(ServerActor *actor, ServerDisk *disk);

/* For ActorOps, with a ServerActor as self. */
void server_actor_start(void *self, Time now);
void server_actor_receive(void *self, Time now, const Incoming *in);
void server_actor_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
                          Packet *packet);
void server_actor_expire(void *self, Time now);
void server_actor_stop(void *self);
