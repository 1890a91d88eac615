/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/observed.h"

#include <assert.h>
#include <string.h>

#include "nodes/onion/onion.h"
#include "nodes/onion/onion_v1.h"
#include "nodes/onion/server.h"
#include "nodes/service/service.h"
#include "nodes/wire/server_later.h"
#include "sim/adversary/read_request.h"

void
watch_init(Watch *watch, ObservationLog *log, const Crypto *crypto)
{
    *watch = (Watch){ .log = log, .crypto = *crypto, .onion_version = 2, .to = TIME_NEVER };
    watch->crypto.meter = &watch->meter;
    watch->crypto.jobs = NULL;
    watch->crypto.signatures = NULL;
}

/* --- records ----------------------------------------------------------------------- */

static bool
is_watching(const Watch *watch)
{
    return watch->now >= watch->from && watch->now < watch->to;
}

static size_t
write_down(Observed *o, const Observation *record, RequestId request)
{
    size_t place = observation_log_append(o->watch->log, record);

    if (place != SIZE_MAX && o->watch->hook != NULL)
        o->watch->hook(o->watch->context, place, record->outgoing, request);
    return place;
}

static Observation
blank(const Observed *o, MessageKind kind, Address neighbour, size_t bytes)
{
    return (Observation){ .at = o->watch->now,
                          .answered_us = OBSERVED_UNANSWERED,
                          .observer = o->observer,
                          .neighbour = address_ip(neighbour),
                          .bytes = (uint32_t)bytes,
                          .kind = (uint8_t)(o->role == OBSERVER_LINK ? KIND_COUNT : kind),
                          .layer = OBSERVED_NO_LAYER,
                          .method = RPC_UNKNOWN };
}

static void
await(Observed *o, uint64_t name, size_t place)
{
    if (place == SIZE_MAX || name == 0)
        return;
    o->open[o->next_open] = (OpenExchange){ name, place };
    o->next_open = (o->next_open + 1) % OBSERVED_OPEN_MAX;
}

static void
answered(Observed *o, uint64_t name, int status, size_t bytes)
{
    /* From the newest on: most answers come soon. */
    for (uint32_t i = 1; i <= OBSERVED_OPEN_MAX; i++) {
        uint32_t at = (o->next_open + OBSERVED_OPEN_MAX - i) % OBSERVED_OPEN_MAX;
        Observation *record;
        Duration took;

        if (o->open[at].name != name || o->open[at].place == SIZE_MAX)
            continue;
        record = observation_log_at(o->watch->log, o->open[at].place);
        o->open[at].place = SIZE_MAX;
        took = (o->watch->now - record->at) / MICROSECOND;
        if (took > INT32_MAX)
            return;
        record->answered_us = (int32_t)took;
        record->bytes_answered = (uint32_t)bytes;
        /* A line shows no status. */
        record->status = (int16_t)(o->role == OBSERVER_LINK ? 0 : status);
        return;
    }
}

/* --- what its key opens ------------------------------------------------------------ */

static void
fill_in(Observed *o, const SeenRequest *seen, Observation *record)
{
    record->method = seen->method;
    record->batched = seen->batched;
    record->content = seen->content;
    record->content_bytes = seen->content_bytes;
    if (seen->has_account)
        record->account = observation_log_account(o->watch->log, seen->account);
}

static bool
peel(Observed *o, MessageKind kind, const Packet *packet, OnionPeeled *ret)
{
    const Crypto *crypto = &o->watch->crypto;
    OnionEnvelope envelope;
    OnionV1Layer layer;
    const char *error;
    Packet copy;
    Status status;

    if (o->watch->onion_version == 1) {
        if (onion_v1_parse(packet, &layer, &error) != ST_OK)
            return false;
        onion_v1_peel(crypto, &o->key, &layer, ret);
        return true;
    }
    status = kind == KIND_ONION ? onion_parse_guard(packet, &envelope, &error)
                                : onion_parse_hop(packet, &envelope, &error);
    if (status != ST_OK || packet->blob == NULL)
        return false;
    copy = packet_share(packet);
    onion_peel(crypto, &o->key, &envelope, &copy, ret);
    return true;
}

static void
read_onion(Observed *o, MessageKind kind, const Packet *packet, Observation *record)
{
    OnionPeeled peeled;
    SeenRequest seen;

    if (!peel(o, kind, packet, &peeled))
        return;
    record->layer = (uint8_t)peeled.kind;
    if (peeled.kind == ONION_FINAL) {
        seen_read_json(&o->watch->crypto, packet_bytes(&peeled.body), &seen);
        fill_in(o, &seen, record);
    }
    onion_peeled_clear(&peeled);
}

/* What a node posts to a server beyond the onion: a subscription names an account. */
static void
read_posted(Observed *o, const Packet *packet, Observation *record)
{
    Packet copy = packet_share(packet), payload, body;
    Buffer scratch = BUFFER_EMPTY;
    ServerRequest request;
    ChannelKey key;
    SeenRequest seen;

    if (onion_server_open(&o->watch->crypto, &o->key, &copy, &payload, &key) != ST_OK)
        return;
    if (server_request_open(&payload, &scratch, &request, &body) == ST_OK) {
        seen_read_subscription(packet_bytes(&body), &seen);
        fill_in(o, &seen, record);
        packet_clear(&body);
    }
    packet_clear(&payload);
    buffer_clear(&scratch);
}

typedef struct PushReading {
    Observed *observed;
    const Incoming *in;
} PushReading;

static void
write_pushed(void *context, const SeenRequest *seen)
{
    const PushReading *reading = context;
    Observation record =
        blank(reading->observed, KIND_DATA, reading->in->from, reading->in->packet->length);

    fill_in(reading->observed, seen, &record);
    (void)write_down(reading->observed, &record, 0);
}

static size_t
write_incoming(Observed *o, const Incoming *in)
{
    Observation record = blank(o, in->kind, in->from, in->packet->length);
    SeenRequest seen;

    switch ((int)in->kind) {
    case KIND_ONION:
    case KIND_ONION_HOP:
        read_onion(o, in->kind, in->packet, &record);
        break;
    case KIND_STORAGE_RPC:
        seen_read_json(&o->watch->crypto, packet_bytes(in->packet), &seen);
        fill_in(o, &seen, &record);
        break;
    case KIND_STORAGE_CC:
        seen_read_forwarded(&o->watch->crypto, packet_bytes(in->packet), &seen);
        fill_in(o, &seen, &record);
        break;
    case KIND_SERVER:
        if (o->has_key)
            read_posted(o, in->packet, &record);
        break;
    case KIND_NOTIFY:
        seen_read_notice(packet_bytes(in->packet), &seen);
        fill_in(o, &seen, &record);
        break;
    case KIND_DATA:
        (void)seen_read_push(packet_bytes(in->packet), write_pushed,
                             &(PushReading){ o, in });
        return SIZE_MAX;
    default:
        break;
    }
    return write_down(o, &record, 0);
}

/* Not what nodes and their chain have among themselves, nor what the host says. */
static bool
is_of_interest(MessageKind kind)
{
    switch ((int)kind) {
    case KIND_STORAGE_RPC:
    case KIND_ONION:
    case KIND_ONION_HOP:
    case KIND_STORAGE_CC:
    case KIND_DATA:
    case KIND_SEED_RPC:
    case KIND_SERVER:
    case KIND_STORAGE_OMQ:
    case KIND_MONITOR:
    case KIND_WEB:
    case KIND_NOTIFY:
        return true;
    default:
        return false;
    }
}

/* --- the port ---------------------------------------------------------------------- */

static Observed *
observed_of(Port *port)
{
    return (Observed *)wrapped_port_of(port);
}

static void
observe_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
             const uint8_t *peer_key, Packet *packet)
{
    Observed *o = observed_of(port);

    if (o->role == OBSERVER_LINK && is_watching(o->watch) && is_of_interest(kind)) {
        Observation record = blank(o, kind, to, packet->length);

        record.outgoing = true;
        await(o, id, write_down(o, &record, id));
    } else if (o->current != SIZE_MAX && (kind == KIND_ONION_HOP || kind == KIND_SERVER)) {
        Observation *record = observation_log_at(o->watch->log, o->current);

        record->next = address_ip(to);
        record->bytes_passed = packet->length;
    }
    wrapped_send(port, to, kind, id, timeout, peer_key, packet);
}

static void
observe_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    Observed *o = observed_of(port);

    answered(o, token, status, packet->length);
    wrapped_reply(port, token, status, packet);
}

static const PortOps port_ops = {
    .random = wrapped_random,
    .unix_ms = wrapped_unix_ms,
    .send = observe_send,
    .reply = observe_reply,
    .alarm = wrapped_alarm,
    .note = wrapped_note,
    .lookup = wrapped_lookup,
};

void
observed_init(Observed *o, Watch *watch, Port *inner, uint32_t observer, ObserverRole role,
              const X25519Pair *key)
{
    *o = (Observed){
        .watch = watch, .observer = observer, .role = role, .current = SIZE_MAX
    };
    wrapped_port_init(&o->wrapped, &port_ops, inner);
    o->has_key = key != NULL;
    if (key != NULL)
        o->key = *key;
    for (uint32_t i = 0; i < OBSERVED_OPEN_MAX; i++)
        o->open[i].place = SIZE_MAX;
}

void
observed_become(Observed *o, uint32_t observer)
{
    o->observer = observer;
}

/* --- the actor --------------------------------------------------------------------- */

static void
start(void *self, Time now)
{
    Observed *o = self;

    o->watch->now = now;
    wrapped_start(self, now);
}

static void
receive(void *self, Time now, const Incoming *in)
{
    Observed *o = self;

    o->watch->now = now;
    if (o->role != OBSERVER_LINK && is_watching(o->watch) && is_of_interest(in->kind)) {
        o->current = write_incoming(o, in);
        await(o, in->token, o->current);
    }
    wrapped_receive(self, now, in);
    o->current = SIZE_MAX;
}

static void
outcome(void *self, Time now, RequestId id, Outcome what, int status, Packet *packet)
{
    Observed *o = self;

    o->watch->now = now;
    if (o->role == OBSERVER_LINK && what == OUTCOME_ANSWER)
        answered(o, id, status, packet->length);
    wrapped_outcome(self, now, id, what, status, packet);
}

static void
expire(void *self, Time now)
{
    Observed *o = self;

    o->watch->now = now;
    wrapped_expire(self, now);
}

static void
stop(void *self)
{
    Observed *o = self;

    wrapped_stop(self);
    for (uint32_t i = 0; i < OBSERVED_OPEN_MAX; i++)
        o->open[i].place = SIZE_MAX;
}

const ActorOps observed_ops = {
    .name = "observed",
    .start = start,
    .receive = receive,
    .outcome = outcome,
    .expire = expire,
    .stop = stop,
    .free = wrapped_free,
    .warm = wrapped_warm,
};
