/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The port that simulated actors see.  Effects are only written down here; they leave when
 * the processing of the input ends (transmit.c). */
#include "sim/host/host_internal.h"

#include <assert.h>
#include <stdlib.h>

enum { WORD_BYTES = 8 };

static Actor *
actor_of(Port *port)
{
    return (Actor *)port;
}

static void
sim_random(Port *port, Purpose purpose, void *out, size_t n)
{
    Actor *actor = actor_of(port);
    StreamKey key = { host_of(actor)->config.seed, actor->name, purpose,
                      actor->incarnation };
    uint32_t *taken = &actor->random_words[purpose];
    size_t words = (n + WORD_BYTES - 1) / WORD_BYTES;

    assert(words <= UINT32_MAX - *taken); /* 32 GB in one incarnation */
    stream_bytes(&key, (uint64_t)*taken * WORD_BYTES, out, n);
    *taken += (uint32_t)words;
}

static UnixMs
sim_unix_ms(Port *port)
{
    const Actor *actor = actor_of(port);
    UnixMs true_ms = host_unix_ms(host_of(actor));
    double drift =
        actor->clock_drift_ppm * 1e-6 * (double)(host_of(actor)->now / MILLISECOND);

    return true_ms + actor->clock_offset_ms + (int64_t)drift;
}

static Effect *
effect_new(Host *host)
{
    if (host->n_effects == host->effects_capacity) {
        host->effects_capacity =
            host->effects_capacity == 0 ? 64 : host->effects_capacity * 2;
        host->effects =
            realloc(host->effects, host->effects_capacity * sizeof *host->effects);
        if (host->effects == NULL)
            abort();
    }
    return &host->effects[host->n_effects++];
}

static void
sim_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
         const uint8_t *peer_key, Packet *packet)
{
    Actor *actor = actor_of(port);
    Host *host = host_of(actor);
    Effect *effect = effect_new(host);

    effect->id = id;
    effect->timeout = timeout;
    effect->message = message_new(host);
    effect->is_reply = false;
    effect->has_peer_key = peer_key != NULL;
    if (peer_key != NULL)
        memcpy(effect->peer_key, peer_key, sizeof effect->peer_key);
    host->messages[effect->message] = (Message){ .packet = packet_steal(packet),
                                                 .request = NO_INDEX,
                                                 .sender_incarnation = actor->incarnation,
                                                 .type = MESSAGE_REQUEST,
                                                 .kind = (uint8_t)kind };
    host_prepare_send(host, actor, effect, kind, to);
}

static void
sim_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    Actor *actor = actor_of(port);
    Host *host = host_of(actor);
    Effect *effect = effect_new(host);
    uint32_t request = (uint32_t)token;

    effect->message = message_new(host);
    effect->is_reply = true;
    host->messages[effect->message] = (Message){ .packet = packet_steal(packet),
                                                 .request = request,
                                                 .generation = (uint32_t)(token >> 32),
                                                 .sender_incarnation = actor->incarnation,
                                                 .type = MESSAGE_REPLY,
                                                 .status = (int16_t)status };
    host_prepare_reply(host, request);
}

static void
sim_alarm(Port *port, Time at)
{
    Actor *actor = actor_of(port);
    Host *host = host_of(actor);

    heap_set(&host->alarms, actor->id, at < host->now ? host->now : at);
    if (host->ringing == actor->id)
        host->ringing = 0;
}

static void
sim_note(Port *port, const Note *note)
{
    Actor *actor = actor_of(port);
    Host *host = host_of(actor);

    if (note_is_traced(note->kind))
        actor->trace = trace_fold(actor->trace, host->now, actor->id, 0x100 + note->kind, 0,
                                  note->b, note->a);
    for (uint32_t i = 0; i < host->n_observers; i++)
        if (host->observers[i].note != NULL)
            host->observers[i].note(host->observers[i].context, host->now, actor->id, note);
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
same_name(const char *a, const char *b)
{
    for (; lower(*a) == lower(*b); a++, b++)
        if (*a == '\0')
            return true;
    return false;
}

static uint32_t
sim_lookup(Port *port, const char *name)
{
    const Host *host = host_of(actor_of(port));

    for (uint32_t i = host->n_names; i-- > 0;)
        if (same_name(host->names[i].name, name))
            return host->names[i].ip;
    return 0;
}

const PortOps host_port_ops = {
    .random = sim_random,
    .unix_ms = sim_unix_ms,
    .send = sim_send,
    .reply = sim_reply,
    .alarm = sim_alarm,
    .note = sim_note,
    .lookup = sim_lookup,
};
