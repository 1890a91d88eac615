/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What actors asked for leaves for the network. */
#include "sim/host/host_internal.h"

#include <assert.h>

static Transport
transport_of(MessageKind kind)
{
    switch (kind) {
    case KIND_STORAGE_RPC:
    case KIND_ONION:
    case KIND_PING_HTTPS:
    case KIND_SEED_RPC:
    case KIND_SERVER:
    case KIND_WEB:
        return TRANSPORT_HTTPS;
    case KIND_PING_OMQ:
    case KIND_ONION_HOP:
    case KIND_STORAGE_CC:
    case KIND_DATA:
    case KIND_ANTI_ENTROPY:
    case KIND_STORAGE_OMQ:
    case KIND_MONITOR:
    case KIND_NOTIFY:
        return TRANSPORT_OMQ;
    case KIND_BLOCK:
    case KIND_UPTIME_PROOF:
    case KIND_VOTE:
    case KIND_TELL:
    case KIND_COUNT:
        break;
    }
    /* The chain's own network of daemons is not modelled. */
    return TRANSPORT_LOCAL;
}

/* The sender's next two words of the network's stream; counted whether they are looked at
 * or not. */
static void
draw(const Host *host, Actor *from, uint64_t ret_words[2])
{
    StreamKey key = { host->config.seed, from->name, RANDOM_NETWORK, from->incarnation };

    stream_pair(&key, from->draws, ret_words);
}

/* @message's way; its request, if it has one, remembers the latency for the way back. */
static Transit
transit(Host *host, Actor *from, uint32_t to, const Message *message, bool as_reply,
        Time leave)
{
    MessageKind kind = message->kind;
    Request *request =
        message->request == NO_INDEX ? NULL : &host->requests[message->request];
    Transit way;
    Transport transport = transport_of(kind);
    uint64_t words[2] = { 0 };

    if (net_draws(host->net, transport))
        draw(host, from, words);
    from->draws++;
    way = net_send(host->net, leave, from->id - 1, to - 1, transport, as_reply,
                   message->packet.length, words, request != NULL ? request->latency : 0);
    if (request != NULL)
        request->latency = way.latency;
    return way;
}

/* Put a message on the wire, or count it as lost and free it; true when it will arrive. */
static bool
dispatch(Host *host, Actor *from, uint32_t to, uint32_t index, bool as_reply, Time leave)
{
    Message *message = &host->messages[index];
    Transit way = transit(host, from, to, message, as_reply, leave);

    host->totals.bytes_sent += way.wire_bytes;
    from->bytes_sent += way.wire_bytes;
    if (way.lost) {
        host->totals.bytes_lost += way.wire_bytes;
        message_free(host, index);
        return false;
    }
    host->totals.bytes_in_flight += way.wire_bytes;
    message->left = way.leaves;
    message->wire_bytes = way.wire_bytes;
    event_queue_push(host->queue, &(Event){ .time = way.arrives,
                                            .to = to,
                                            .from = from->id,
                                            .sequence = from->sequence++,
                                            .body = index });
    return true;
}

static bool
is_wrong_key(const Host *host, const Effect *effect, uint32_t to)
{
    const Actor *server = host_actor(host, to);

    return effect->has_peer_key &&
           (!server->has_transport_key ||
            memcmp(server->transport_key, effect->peer_key, sizeof effect->peer_key) != 0);
}

/* Who is at the other end: for a notification the connection's opener, as long as it is the
 * process that it was (host_connection). */
static uint32_t
addressee(const Host *host, MessageKind kind, Address address)
{
    uint32_t to = address_table_find(&host->addresses, address_ip(address));
    const Actor *actor;

    if (kind != KIND_NOTIFY || to == 0)
        return to;
    actor = host_actor(host, to);
    return host_connection(actor, actor->incarnation) == address ? to : 0;
}

void
host_prepare_send(Host *host, const Actor *actor, Effect *effect, MessageKind kind,
                  Address to)
{
    Transport transport = transport_of(kind);

    effect->receiver = addressee(host, kind, to);
    if (effect->receiver == 0 || transport == TRANSPORT_LOCAL || !host_looks_ahead(host))
        return;
    net_prefetch_request(host->net, actor->id - 1, effect->receiver - 1, transport);
    if (effect->has_peer_key) {
        const Actor *receiver = host_actor(host, effect->receiver);

        __builtin_prefetch(receiver);
        __builtin_prefetch(receiver->transport_key);
    }
}

void
host_prepare_reply(const Host *host, uint32_t request)
{
    if (host_looks_ahead(host) && request < host->requests_capacity)
        __builtin_prefetch(&host->requests[request], 1);
}

static void
flush_send(Host *host, Actor *actor, const Effect *effect, Time leave)
{
    Message *message = &host->messages[effect->message];
    MessageKind kind = message->kind;
    uint32_t to = effect->receiver, request = NO_INDEX;
    bool arrives = false;

    host->totals.sent[kind]++;
    if (effect->timeout > 0) {
        request = request_new(host, actor, to, kind, effect->id, leave, effect->timeout);
        message->request = request;
        message->generation = host->requests[request].generation;
    }
    if (to != 0) {
        message->wrong_key = is_wrong_key(host, effect, to);
        arrives = dispatch(host, actor, to, effect->message, kind == KIND_NOTIFY, leave);
    } else {
        message_free(host, effect->message); /* nobody lives there: silence */
    }
    if (!arrives && request != NO_INDEX)
        request_server_done(host, request);
}

static void
flush_reply(Host *host, Actor *actor, const Effect *effect, Time leave)
{
    Message *message = &host->messages[effect->message];
    uint32_t index = message->request;
    const Request *request =
        request_is(host, index, message->generation) ? &host->requests[index] : NULL;

    if (request == NULL || !request->accepted || request->server != actor->id) {
        message_free(host, effect->message);
        return;
    }
    message->kind = request->kind;
    dispatch(host, actor, request->requester, effect->message, true, leave);
    request_server_done(host, index);
}

void
host_flush_effects(Host *host, Actor *actor, Time leave)
{
    uint32_t n = host->n_effects;

    for (uint32_t i = 0; i < n; i++) {
        if (host->effects[i].is_reply)
            flush_reply(host, actor, &host->effects[i], leave);
        else
            flush_send(host, actor, &host->effects[i], leave);
    }
    assert(host->n_effects == n);
    host->n_effects = 0;
}

void
host_send_failure(Host *host, uint32_t request, uint32_t from, Outcome outcome)
{
    const Request *r = &host->requests[request];
    uint32_t to = r->requester;
    uint32_t index;

    if (!net_connected(host->net, from - 1, to - 1))
        return; /* the requester's deadline tells it */
    index = message_new(host);
    host->messages[index] =
        (Message){ .request = request,
                   .generation = r->generation,
                   .sender_incarnation = host_actor(host, from)->incarnation,
                   .type = MESSAGE_FAILURE,
                   .kind = r->kind,
                   .outcome = (uint8_t)outcome };
    event_queue_push(host->queue,
                     &(Event){ .time = host->now + net_latency(host->net, from - 1, to - 1),
                               .to = to,
                               .from = from,
                               .sequence = host_actor(host, from)->sequence++,
                               .body = index });
}

void
host_answer_busy(Host *host, uint32_t request, uint32_t server)
{
    static const char text[] = "Server busy, try again later"; /* protocol 3.1 */
    const Request *r = &host->requests[request];
    Actor *actor = host_actor(host, server);
    uint32_t index = message_new(host);

    host->messages[index] = (Message){ .packet = packet_of_bytes(bytes_of_text(text)),
                                       .request = request,
                                       .generation = r->generation,
                                       .sender_incarnation = actor->incarnation,
                                       .type = MESSAGE_REPLY,
                                       .kind = r->kind,
                                       .status = 503 };
    dispatch(host, actor, r->requester, index, true, host->now);
    request_server_done(host, request);
}
