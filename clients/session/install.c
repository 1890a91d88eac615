/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/install.h"

#include <stdlib.h>

#include "nodes/base/memory.h"
#include "nodes/base/wrapped.h"

#define FETCH_TIMEOUT (10 * MINUTE)
#define FETCH_REQUEST UINT64_MAX /* no client numbers its requests so far */

enum { PORT_HTTPS = 443 };

struct Installing {
    WrappedActor wrapped;
    Port *port;
    const char *host;
    bool installed, fetching;
    Packet *held; /* orders, in the order in which they came */
    uint32_t n_held, capacity;
};

Installing *
installing_new(Port *port, const char *host, const ActorOps *inner_ops, void *inner)
{
    Installing *d = memory_zeroed(1, sizeof *d);

    wrapped_bind(&d->wrapped, inner_ops, inner);
    d->port = port;
    d->host = host;
    return d;
}

/* --- orders that wait ------------------------------------------------------------------
 */

static void
hold(Installing *d, Packet *packet)
{
    if (d->n_held == INSTALL_HELD_MAX)
        return;
    if (d->n_held == d->capacity) {
        d->capacity = d->capacity == 0 ? 4 : 2 * d->capacity;
        d->held = memory_resized(d->held, d->capacity, sizeof *d->held);
    }
    d->held[d->n_held++] = packet_steal(packet);
}

static void
forget(Installing *d)
{
    for (uint32_t i = 0; i < d->n_held; i++)
        packet_clear(&d->held[i]);
    free(d->held);
    d->held = NULL;
    d->n_held = d->capacity = 0;
}

static void
run(Installing *d, Time now)
{
    d->installed = true;
    d->fetching = false;
    for (uint32_t i = 0; i < d->n_held; i++) {
        const Incoming in = { .kind = KIND_TELL, .packet = &d->held[i] };

        wrapped_receive(&d->wrapped, now, &in);
    }
    forget(d);
}

/* --- the actor -------------------------------------------------------------------------
 */

static void
fetch(Installing *d, Time now)
{
    uint32_t ip = port_lookup(d->port, d->host);
    Buffer text = BUFFER_EMPTY;
    Packet packet;

    if (ip == 0) {
        run(d, now);
        return;
    }
    d->fetching = true;
    buffer_append_literal(&text, "GET /download HTTP/1.1\r\nHost: ");
    buffer_append(&text, d->host, strlen(d->host));
    buffer_append_literal(&text, "\r\n\r\n");
    packet = packet_of_buffer(&text);
    port_send(d->port, address_of(ip, PORT_HTTPS), KIND_WEB, FETCH_REQUEST, FETCH_TIMEOUT,
              NULL, &packet);
}

static void
receive(void *self, Time now, const Incoming *in)
{
    Installing *d = self;

    if (d->installed) {
        wrapped_receive(self, now, in);
        return;
    }
    if (in->kind != KIND_TELL)
        return; /* there is no client that could be asked anything */
    hold(d, in->packet);
    if (!d->fetching)
        fetch(d, now);
}

static void
outcome(void *self, Time now, RequestId id, Outcome what, int status, Packet *packet)
{
    Installing *d = self;

    if (id == FETCH_REQUEST)
        run(d, now);
    else
        wrapped_outcome(self, now, id, what, status, packet);
}

/* What it had not fetched by then it fetches when it is told something again. */
static void
stop(void *self)
{
    Installing *d = self;

    d->fetching = false;
    forget(d);
    wrapped_stop(self);
}

static void
device_free(void *self)
{
    Installing *d = self;

    forget(d);
    wrapped_free(self);
    free(d);
}

const ActorOps installing_ops = {
    .name = "device",
    .start = wrapped_start,
    .receive = receive,
    .outcome = outcome,
    .expire = wrapped_expire,
    .stop = stop,
    .free = device_free,
    .warm = wrapped_warm,
};
