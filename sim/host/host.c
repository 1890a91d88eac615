/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/host/host_internal.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

/* Of an actor's record and its endpoint in the network. */
enum { ACTOR_HOT_BYTES = 4 * CACHE_LINE_BYTES };

/* Ports, and so actors, stay in place: new ones come in chunks. */
static void
grow_actors(Host *host)
{
    host->chunks = realloc(host->chunks, (host->n_chunks + 1) * sizeof *host->chunks);
    if (host->chunks == NULL)
        abort();
    host->chunks[host->n_chunks++] = host_lines(NULL, 0, ACTORS_PER_CHUNK, sizeof(Actor));
    if (host->alarms.capacity < host->n_chunks * ACTORS_PER_CHUNK)
        heap_grow(&host->alarms, host_grown(host->n_chunks * ACTORS_PER_CHUNK));
}

Host *
host_new(const HostConfig *config, Net *net, const Meter *meter_costs)
{
    Host *host = memory_zeroed(1, sizeof *host);

    host->config = *config;
    host->net = net;
    host->queue = event_queue_new(config->queue);
    host->meter = (Meter){ 0 };
    memcpy(host->meter.ns_per_op, meter_costs->ns_per_op, sizeof host->meter.ns_per_op);
    memcpy(host->meter.ps_per_byte, meter_costs->ps_per_byte,
           sizeof host->meter.ps_per_byte);
    address_table_init(&host->addresses);
    grow_actors(host);
    heap_init(&host->timeouts, TIMEOUT_CLASSES_MAX);
    host->messages_free = NO_INDEX;
    host->requests_free = NO_INDEX;
    host->current_request = NO_INDEX;
    return host;
}

static void
free_waiting(Host *host)
{
    Event event;

    while (event_queue_pop(host->queue, &event)) {
        if (host->messages[event.body].type != MESSAGE_TASK)
            packet_clear(&host->messages[event.body].packet);
    }
    for (uint32_t id = 1; id <= host->n_actors; id++) {
        const Actor *actor = host_actor(host, id);
        uint32_t index = actor->inbox_first;

        for (uint32_t i = 0; i < actor->inbox_length; i++) {
            packet_clear(&host->messages[index].packet);
            index = host->messages[index].next;
        }
    }
}

void
host_free(Host *host)
{
    if (host == NULL)
        return;
    free_waiting(host);
    for (uint32_t id = 1; id <= host->n_actors; id++) {
        Actor *actor = host_actor(host, id);

        if (actor->ops == NULL)
            continue;
        if (actor->state == ACTOR_UP)
            actor->ops->stop(actor->self);
        actor->ops->free(actor->self);
    }
    for (uint32_t i = 0; i < host->n_chunks; i++)
        free(host->chunks[i]);
    for (uint32_t i = 0; i < host->n_classes; i++)
        free(host->classes[i].ring);
    event_queue_free(host->queue);
    heap_clear(&host->alarms);
    heap_clear(&host->timeouts);
    for (uint32_t i = 0; i < host->n_names; i++)
        free(host->names[i].name);
    free(host->names);
    free(host->chunks);
    address_table_clear(&host->addresses);
    free(host->messages);
    free(host->requests);
    free(host->effects);
    free(host);
}

void
host_observe(Host *host, const HostObserver *observer)
{
    assert(host->n_observers < OBSERVERS_MAX);
    host->observers[host->n_observers++] = *observer;
}

ActorId
host_actor_at(const Host *host, uint32_t ip)
{
    return address_table_find(&host->addresses, ip);
}

ActorId
host_add(Host *host, const ActorSpec *spec)
{
    ActorId id = ++host->n_actors;
    Actor *actor;
    uint32_t endpoint;

    if (id == host->n_chunks * ACTORS_PER_CHUNK)
        grow_actors(host);
    actor = host_actor(host, id);
    actor->id = id;
    actor->port = (Port){ .ops = &host_port_ops, .meter = &host->meter };
    actor->name = stream_name(spec->name, spec->number);
    actor->ip = spec->ip;
    actor->slowness = spec->speed > 0 ? 1 / spec->speed : 0;
    if (spec->transport_key != NULL) {
        actor->has_transport_key = true;
        memcpy(actor->transport_key, spec->transport_key, sizeof actor->transport_key);
    }
    if (spec->ip != 0)
        address_table_add(&host->addresses, spec->ip, id);
    endpoint = net_add_endpoint(host->net, spec->country, spec->kind, actor->name);
    assert(endpoint == actor->id - 1);
    return actor->id;
}

void
host_name(Host *host, const char *name, uint32_t ip)
{
    size_t bytes = strlen(name) + 1;
    char *copy = memory_zeroed(1, bytes);

    memcpy(copy, name, bytes);
    host->names = realloc(host->names, (host->n_names + 1) * sizeof *host->names);
    if (host->names == NULL)
        abort();
    host->names[host->n_names++] = (HostName){ copy, ip };
}

Port *
host_port(Host *host, ActorId actor)
{
    return &host_actor(host, actor)->port;
}

void
host_bind(Host *host, ActorId actor, const ActorOps *ops, void *self)
{
    assert(host_actor(host, actor)->ops == NULL);
    host->hot_bytes += ACTOR_HOT_BYTES + ops->hot_bytes;
    host_actor(host, actor)->ops = ops;
    host_actor(host, actor)->self = self;
}

void
host_set_clock(Host *host, ActorId actor, int64_t offset_ms, double drift_ppm)
{
    host_actor(host, actor)->clock_offset_ms = offset_ms;
    host_actor(host, actor)->clock_drift_ppm = drift_ppm;
}

void
host_set_store(Host *host, ActorId actor, Store *store)
{
    host_actor(host, actor)->port.store = store;
}

void
host_set_speed(Host *host, ActorId actor, double speed)
{
    host_actor(host, actor)->slowness = speed > 0 ? 1 / speed : 0;
}

ActorState
host_state(const Host *host, ActorId actor)
{
    return host_actor(host, actor)->state;
}

void
host_start(Host *host, ActorId id)
{
    Actor *actor = host_actor(host, id);

    assert(actor->state != ACTOR_UP && actor->ops != NULL);
    actor->state = ACTOR_UP;
    actor->busy_until = host->now;
    host_begin_input(host, actor);
    actor->trace = trace_fold(actor->trace, host->now, id, 0xfd, 0, actor->incarnation, 0);
    actor->ops->start(actor->self, host->now);
    host_end_input(host, actor);
}

/* A crash is rare: its requests are looked for among all. */
static void
abandon_requests(Host *host, const Actor *actor)
{
    for (uint32_t i = 0; i < host->requests_capacity; i++) {
        const Request *request = &host->requests[i];

        if (request->requester == actor->id && request->requester_open) {
            host->totals.abandoned[request->kind]++;
            request_requester_done(host, i);
        }
    }
}

static void
end_serving(Host *host, const Actor *actor, bool silently)
{
    for (uint32_t i = 0; i < host->requests_capacity; i++) {
        const Request *request = &host->requests[i];

        if (request->server != actor->id || !request->accepted)
            continue;
        if (!silently && request->requester_open)
            host_send_failure(host, i, actor->id, OUTCOME_RESET);
        request_server_done(host, i);
    }
}

static void
empty_inbox(Host *host, Actor *actor)
{
    while (actor->inbox_length > 0) {
        uint32_t index = actor->inbox_first;

        actor->inbox_first = host->messages[index].next;
        actor->inbox_length--;
        message_free(host, index);
    }
}

void
host_stop(Host *host, ActorId id, bool whole_host)
{
    Actor *actor = host_actor(host, id);

    if (actor->state == ACTOR_UP) {
        actor->ops->stop(actor->self);
        actor->trace = trace_fold(actor->trace, host->now, id, 0xfc, whole_host,
                                  actor->incarnation, 0);
        abandon_requests(host, actor);
        end_serving(host, actor, whole_host);
        empty_inbox(host, actor);
        heap_set(&host->alarms, id, TIME_NEVER);
        net_reset_endpoint(host->net, id - 1);
        actor->crashed_at = host->now;
        actor->incarnation++;
        actor->waking = false;
        memset(actor->random_words, 0, sizeof actor->random_words);
        actor->draws = 0;
        if (whole_host && actor->port.store != NULL)
            actor->port.store->ops->power_loss(actor->port.store);
    }
    actor->state = whole_host ? ACTOR_HOST_DOWN : ACTOR_DOWN;
}

Time
host_now(const Host *host)
{
    return host->now;
}

UnixMs
host_unix_ms(const Host *host)
{
    return host->config.unix_ms_start + host->now / MILLISECOND;
}

void
host_schedule(Host *host, Time at, HostTask task, void *context, uint64_t argument)
{
    uint32_t index = message_new(host);

    assert(at >= host->now);
    host->messages[index] = (Message){
        .task = task, .context = context, .argument = argument, .type = MESSAGE_TASK
    };
    event_queue_push(host->queue, &(Event){ .time = at,
                                            .to = 0,
                                            .from = 0,
                                            .sequence = host->world_sequence++,
                                            .body = index });
}

void
host_post(Host *host, ActorId from, ActorId to, MessageKind kind, Time at, Packet *packet)
{
    uint32_t index = message_new(host);
    uint32_t *sequence =
        from == 0 ? &host->world_sequence : &host_actor(host, from)->sequence;

    assert(at >= host->now);
    host->messages[index] =
        (Message){ .packet = packet_steal(packet),
                   .request = NO_INDEX,
                   .sender_incarnation =
                       from == 0 ? 0 : host_actor(host, from)->incarnation,
                   .type = MESSAGE_REQUEST,
                   .kind = (uint8_t)kind };
    event_queue_push(
        host->queue,
        &(Event){
            .time = at, .to = to, .from = from, .sequence = (*sequence)++, .body = index });
}

void
host_tell(Host *host, ActorId actor, Time at, Packet *packet)
{
    host_post(host, 0, actor, KIND_TELL, at, packet);
}

bool
host_chain_root(const Host *host, ActorId *ret_requester, ActorId *ret_server)
{
    const Request *request;

    if (host->current_request == NO_INDEX)
        return false;
    request = &host->requests[host->current_request];
    *ret_requester = request->root_requester;
    *ret_server = request->root_server;
    return true;
}

bool
host_chain_request(const Host *host, ActorId *ret_requester, RequestId *ret_id)
{
    const Request *request;

    if (host->current_request == NO_INDEX)
        return false;
    request = &host->requests[host->current_request];
    *ret_requester = request->root_requester;
    *ret_id = request->root_id;
    return true;
}

const HostTotals *
host_totals(const Host *host)
{
    return &host->totals;
}

const Meter *
host_meter(const Host *host)
{
    return &host->meter;
}

Meter *
host_meter_mutable(Host *host)
{
    return &host->meter;
}

uint64_t
host_trace(const Host *host, ActorId actor)
{
    return host_actor(host, actor)->trace;
}

uint32_t
host_actor_count(const Host *host)
{
    return host->n_actors;
}

ActorLoad
host_load(const Host *host, ActorId id)
{
    const Actor *actor = host_actor(host, id);

    return (ActorLoad){ actor->inputs, actor->bytes_sent, actor->bytes_received,
                        actor->busy };
}
