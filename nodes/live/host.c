/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/host.h"

#include <assert.h>

#include "nodes/live/clock.h"

typedef struct Asker {
    LiveAnswer answer;
    void *context;
} Asker;

struct LiveHost {
    Port port; /* first */
    Meter meter;
    Crypto crypto;
    LiveSend send;
    LivePost post; /* NULL: none */
    void *send_context;
    void (*watch)(void *context, const Note *note);
    void *watch_context;
    UnixMs skew;
    const ActorOps *ops; /* NULL until started */
    void *actor;
    GSource *alarm;
    ReplyToken last_token;
    GHashTable *askers; /* token to Asker */
};

static LiveHost *
of(Port *port)
{
    return (LiveHost *)(void *)port;
}

/* --- the port ---------------------------------------------------------------- */

static void
host_random(Port *port, Purpose purpose, void *out, size_t n)
{
    (void)port;
    (void)purpose;
    live_random(out, n);
}

static UnixMs
host_unix_ms(Port *port)
{
    return live_unix_ms() + of(port)->skew;
}

static void
host_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
          const uint8_t *peer_key, Packet *packet)
{
    of(port)->send(of(port)->send_context, to, kind, id, timeout, peer_key, packet);
}

static void
host_post(Port *port, const ServerUrl *url, RequestId id, Duration timeout, Packet *packet)
{
    assert(of(port)->post != NULL);
    of(port)->post(of(port)->send_context, url, id, timeout, packet);
}

static void
host_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    LiveHost *host = of(port);
    Asker *asker = g_hash_table_lookup(host->askers, &token);
    Asker found;

    if (asker == NULL) {
        packet_clear(packet);
        return;
    }
    found = *asker;
    g_hash_table_remove(host->askers, &token);
    found.answer(found.context, status, packet);
}

static gboolean
ring(gpointer context)
{
    LiveHost *host = context;
    /* GLib counts in its own monotonic clock, in microseconds: it may be early by one. */
    Time now = live_now();

    g_source_unref(host->alarm);
    host->alarm = NULL;
    host->ops->expire(host->actor, now);
    return G_SOURCE_REMOVE;
}

static void
host_alarm(Port *port, Time at)
{
    LiveHost *host = of(port);

    if (host->alarm != NULL) {
        g_source_destroy(host->alarm);
        g_source_unref(host->alarm);
        host->alarm = NULL;
    }
    if (at == TIME_NEVER)
        return;
    host->alarm = g_timeout_source_new(0);
    g_source_set_ready_time(host->alarm, at / MICROSECOND + 1);
    g_source_set_callback(host->alarm, ring, host, NULL);
    g_source_attach(host->alarm, NULL);
}

static void
host_note(Port *port, const Note *note)
{
    if (of(port)->watch != NULL)
        of(port)->watch(of(port)->watch_context, note);
}

static const PortOps host_ops = {
    .random = host_random,
    .unix_ms = host_unix_ms,
    .send = host_send,
    .reply = host_reply,
    .alarm = host_alarm,
    .note = host_note,
    .post = host_post,
};

/* --- the host ---------------------------------------------------------------- */

LiveHost *
live_host_new(Store *store, LiveSend send, void *context)
{
    LiveHost *host = g_new0(LiveHost, 1);

    host->port = (Port){ &host_ops, &host->meter, store };
    host->crypto = (Crypto){ .ops = &crypto_real, .meter = &host->meter };
    host->send = send;
    host->send_context = context;
    host->askers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return host;
}

void
live_host_free(LiveHost *host)
{
    if (host == NULL)
        return;
    if (host->ops != NULL) {
        host->ops->stop(host->actor);
        host->ops->free(host->actor);
    }
    host_alarm(&host->port, TIME_NEVER);
    g_hash_table_unref(host->askers);
    g_free(host);
}

Port *
live_host_port(LiveHost *host)
{
    return &host->port;
}

const Crypto *
live_host_crypto(const LiveHost *host)
{
    return &host->crypto;
}

void
live_host_set_post(LiveHost *host, LivePost post)
{
    host->post = post;
}

void
live_host_watch(LiveHost *host, void (*watch)(void *context, const Note *note),
                void *context)
{
    host->watch = watch;
    host->watch_context = context;
}

void
live_host_set_skew(LiveHost *host, UnixMs skew)
{
    host->skew = skew;
}

void
live_host_start(LiveHost *host, const ActorOps *ops, void *actor)
{
    host->ops = ops;
    host->actor = actor;
    ops->start(actor, live_now());
}

static ReplyToken
add_asker(LiveHost *host, LiveAnswer answer, void *context)
{
    ReplyToken *key = g_new(ReplyToken, 1);
    Asker *asker = g_new(Asker, 1);

    *asker = (Asker){ answer, context };
    *key = ++host->last_token;
    g_hash_table_insert(host->askers, key, asker);
    return *key;
}

void
live_host_deliver(LiveHost *host, Address from, const uint8_t *peer_key, MessageKind kind,
                  Packet *packet, LiveAnswer answer, void *context, ReplyToken *ret_token)
{
    Incoming in = { from, peer_key, kind, 0, packet };

    if (answer != NULL)
        in.token = add_asker(host, answer, context);
    if (ret_token != NULL)
        *ret_token = in.token;
    meter_add(&host->meter, METER_REQUEST, 0);
    host->ops->receive(host->actor, live_now(), &in);
}

void
live_host_forget(LiveHost *host, ReplyToken token)
{
    g_hash_table_remove(host->askers, &token);
}

void
live_host_outcome(LiveHost *host, RequestId id, Outcome outcome, int status, Packet *packet)
{
    host->ops->outcome(host->actor, live_now(), id, outcome, status, packet);
}
