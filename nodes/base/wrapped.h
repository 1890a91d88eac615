/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An actor around an actor, and a port around a port: who stands between an actor and its
 * host begins with one of these, has functions of its own for what it changes or watches,
 * and takes those here, which pass everything through, for the rest. */
#pragma once

#include "nodes/base/port.h"

/* First in what is bound as self. */
typedef struct WrappedActor {
    const ActorOps *inner_ops;
    void *inner_self;
} WrappedActor;

/* The same, where the actor's port is wrapped too. */
typedef struct WrappedPort {
    WrappedActor actor;
    Port port; /* the actor is made with this one */
    Port *inner_port;
} WrappedPort;

/* With the meter and the store of @inner, which is borrowed. */
void wrapped_port_init(WrappedPort *wrapped, const PortOps *ops, Port *inner);
/* Around this actor, from now on; borrowed. */
void wrapped_bind(WrappedActor *wrapped, const ActorOps *ops, void *self);

static inline WrappedPort *
wrapped_port_of(Port *port)
{
    return (WrappedPort *)(void *)((char *)port - offsetof(WrappedPort, port));
}

/* For ActorOps, with a WrappedActor as self; wrapped_free frees the inner actor alone. */
void wrapped_start(void *self, Time now);
void wrapped_receive(void *self, Time now, const Incoming *in);
void wrapped_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
                     Packet *packet);
void wrapped_expire(void *self, Time now);
void wrapped_stop(void *self);
void wrapped_free(void *self);
void wrapped_warm(const void *self);

/* For PortOps, with the port of a WrappedPort. */
void wrapped_random(Port *port, Purpose purpose, void *out, size_t n);
UnixMs wrapped_unix_ms(Port *port);
void wrapped_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
                  const uint8_t *peer_key, Packet *packet);
void wrapped_reply(Port *port, ReplyToken token, int status, Packet *packet);
void wrapped_alarm(Port *port, Time at);
void wrapped_note(Port *port, const Note *note);
uint32_t wrapped_lookup(Port *port, const char *name);
/* Only around a port that has one. */
void wrapped_post(Port *port, const ServerUrl *url, RequestId id, Duration timeout,
                  Packet *packet);
