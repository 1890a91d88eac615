/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/wrapped.h"

void
wrapped_port_init(WrappedPort *wrapped, const PortOps *ops, Port *inner)
{
    *wrapped =
        (WrappedPort){ .port = { ops, inner->meter, inner->store }, .inner_port = inner };
}

void
wrapped_bind(WrappedActor *wrapped, const ActorOps *ops, void *self)
{
    *wrapped = (WrappedActor){ ops, self };
}

/* --- the actor ------------------------------------------------------------------------ */

void
wrapped_start(void *self, Time now)
{
    const WrappedActor *w = self;

    w->inner_ops->start(w->inner_self, now);
}

void
wrapped_receive(void *self, Time now, const Incoming *in)
{
    const WrappedActor *w = self;

    w->inner_ops->receive(w->inner_self, now, in);
}

void
wrapped_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
                Packet *packet)
{
    const WrappedActor *w = self;

    w->inner_ops->outcome(w->inner_self, now, id, outcome, status, packet);
}

void
wrapped_expire(void *self, Time now)
{
    const WrappedActor *w = self;

    w->inner_ops->expire(w->inner_self, now);
}

void
wrapped_stop(void *self)
{
    const WrappedActor *w = self;

    w->inner_ops->stop(w->inner_self);
}

void
wrapped_free(void *self)
{
    const WrappedActor *w = self;

    w->inner_ops->free(w->inner_self);
}

void
wrapped_warm(const void *self)
{
    const WrappedActor *w = self;

    if (w->inner_ops->warm != NULL)
        w->inner_ops->warm(w->inner_self);
}

/* --- the port ------------------------------------------------------------------------- */

void
wrapped_random(Port *port, Purpose purpose, void *out, size_t n)
{
    port_random(wrapped_port_of(port)->inner_port, purpose, out, n);
}

UnixMs
wrapped_unix_ms(Port *port)
{
    return port_unix_ms(wrapped_port_of(port)->inner_port);
}

void
wrapped_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
             const uint8_t *peer_key, Packet *packet)
{
    port_send(wrapped_port_of(port)->inner_port, to, kind, id, timeout, peer_key, packet);
}

void
wrapped_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    port_reply(wrapped_port_of(port)->inner_port, token, status, packet);
}

void
wrapped_alarm(Port *port, Time at)
{
    port_alarm(wrapped_port_of(port)->inner_port, at);
}

void
wrapped_note(Port *port, const Note *note)
{
    Port *inner = wrapped_port_of(port)->inner_port;

    inner->ops->note(inner, note);
}

void
wrapped_post(Port *port, const ServerUrl *url, RequestId id, Duration timeout,
             Packet *packet)
{
    Port *inner = wrapped_port_of(port)->inner_port;

    inner->ops->post(inner, url, id, timeout, packet);
}

uint32_t
wrapped_lookup(Port *port, const char *name)
{
    return port_lookup(wrapped_port_of(port)->inner_port, name);
}
