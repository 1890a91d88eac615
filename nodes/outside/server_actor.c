/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/server_actor.h"

void
server_actor_init(ServerActor *actor, const Crypto *crypto, Port *port,
                  const uint8_t seed[KEY_BYTES],
                  void (*answer)(ServerActor *actor, Exchange *exchange))
{
    *actor =
        (ServerActor){ .outside = { .crypto = crypto, .port = port }, .answer = answer };
    crypto_keygen(crypto, seed, &actor->outside.key);
}

void
server_actor_set_disk(ServerActor *actor, ServerDisk *disk)
{
    actor->shelf.disk = disk;
}

static void
expire(ServerActor *actor)
{
    port_alarm(actor->outside.port, file_shelf_expire(&actor->shelf, actor->now));
}

void
server_actor_start(void *self, Time now)
{
    ServerActor *actor = self;

    actor->now = now;
    expire(actor);
}

void
server_actor_receive(void *self, Time now, const Incoming *in)
{
    ServerActor *actor = self;
    bool was_empty = actor->shelf.n == 0;
    Exchange exchange;

    actor->now = now;
    meter_add(actor->outside.port->meter, METER_REQUEST, 0);
    if (in->kind != KIND_SERVER || in->token == 0)
        return;
    if (!exchange_open(&actor->outside, in, &exchange))
        return;
    actor->answer(actor, &exchange);
    exchange_clear(&exchange);
    if (was_empty)
        expire(actor);
}

void
server_actor_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
                     Packet *packet)
{
    (void)self;
    (void)now;
    (void)id;
    (void)outcome;
    (void)status;
    (void)packet; /* it asks nobody */
}

void
server_actor_expire(void *self, Time now)
{
    ServerActor *actor = self;

    actor->now = now;
    expire(actor);
}

void
server_actor_stop(void *self)
{
    (void)self; /* all it has is on its disk */
}
