/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An actor handles its inputs, one at a time. */
#include "sim/host/host_internal.h"

#include "sim/core/sampling.h"
#include "sim/core/stream.h"

#include <assert.h>

void
host_begin_input(Host *host, Actor *actor)
{
    assert(host->n_effects == 0);
    actor->inputs++;
    host->totals.events++;
    host->meter.cost_ns = 0;
}

/* Kept out of its caller, which every event goes through and this hardly ever. */
__attribute__((noinline)) static void
draw_cost(Host *host, const Actor *actor)
{
    StreamKey key = { host->config.seed, actor->name, RANDOM_COST, actor->incarnation };

    host->meter.cost_ns = (uint64_t)sample_exponential(stream_word(&key, actor->inputs),
                                                       (double)host->meter.cost_ns);
}

/* Of the input that was handled. */
static Duration
cost_of(Host *host, const Actor *actor)
{
    if (host->config.exponential_costs)
        draw_cost(host, actor);
    return (Duration)((double)host->meter.cost_ns * actor->slowness);
}

void
host_end_input(Host *host, Actor *actor)
{
    Time end = actor->busy_until > host->now ? actor->busy_until : host->now;

    if (host->meter.cost_ns > 0) {
        Duration cost = cost_of(host, actor);

        actor->busy += cost;
        end += cost;
    }
    actor->busy_until = end;
    if (host->n_effects > 0)
        host_flush_effects(host, actor, end);
    host->current_request = NO_INDEX;
}

static void
fold(Host *host, Actor *actor, uint32_t from, const Message *m)
{
    actor->trace =
        trace_fold(actor->trace, host->now, from, (uint64_t)m->type << 8 | m->kind,
                   m->packet.length, (uint64_t)(uint16_t)m->status << 8 | m->outcome, 0);
}

static void
tell_ended(Host *host, uint32_t requester, MessageKind kind, Outcome outcome, int status)
{
    host->totals.outcomes[kind][outcome]++;
    for (uint32_t i = 0; i < host->n_observers; i++)
        if (host->observers[i].ended != NULL)
            host->observers[i].ended(host->observers[i].context, host->now, requester, kind,
                                     outcome, status);
}

static void
tell_delivered(Host *host, Actor *actor, uint32_t from, const Message *m)
{
    for (uint32_t i = 0; i < host->n_observers; i++)
        if (host->observers[i].delivered != NULL)
            host->observers[i].delivered(host->observers[i].context, host->now, from,
                                         actor->id, m->kind, m->type != MESSAGE_REQUEST,
                                         m->status, &m->packet);
}

static void
handle_request(Host *host, Actor *actor, uint32_t from, Message *m)
{
    const Actor *sender = from == 0 ? NULL : host_actor(host, from);
    Incoming in = { .kind = m->kind, .packet = &m->packet };

    if (sender != NULL) {
        in.from = m->kind == KIND_MONITOR ? host_connection(sender, m->sender_incarnation)
                                          : address_of(sender->ip, 0);
        in.peer_key = sender->has_transport_key ? sender->transport_key : NULL;
    }
    if (m->request != NO_INDEX)
        in.token = (ReplyToken)m->generation << 32 | m->request;
    host->current_request = m->request;
    actor->ops->receive(actor->self, host->now, &in);
}

static void
handle_answer(Host *host, Actor *actor, Message *m)
{
    Outcome outcome = m->type == MESSAGE_REPLY ? OUTCOME_ANSWER : (Outcome)m->outcome;
    RequestId id;

    if (!request_is(host, m->request, m->generation) ||
        !host->requests[m->request].requester_open) {
        host->totals.late_answers++;
        return;
    }
    id = host->requests[m->request].id;
    request_requester_done(host, m->request);
    tell_ended(host, actor->id, m->kind, outcome, m->status);
    actor->ops->outcome(actor->self, host->now, id, outcome, m->status, &m->packet);
}

static void
handle(Host *host, Actor *actor, uint32_t from, uint32_t index)
{
    Message m = host->messages[index];

    host->messages[index].packet = PACKET_EMPTY;
    message_free(host, index);
    host_begin_input(host, actor);
    meter_add(&host->meter, METER_REQUEST, m.packet.length);
    fold(host, actor, from, &m);
    if (host->n_observers > 0)
        tell_delivered(host, actor, from, &m);
    if (m.type == MESSAGE_REQUEST)
        handle_request(host, actor, from, &m);
    else
        handle_answer(host, actor, &m);
    packet_clear(&m.packet);
    host_end_input(host, actor);
}

/* --- the inbox of a busy actor -------------------------------------------------------- */

static void
wake_later(Host *host, Actor *actor)
{
    uint32_t index;

    if (actor->waking)
        return;
    actor->waking = true;
    index = message_new(host);
    host->messages[index] = (Message){ .request = NO_INDEX,
                                       .sender_incarnation = actor->incarnation,
                                       .type = MESSAGE_WAKE };
    event_queue_push(host->queue, &(Event){ .time = actor->busy_until,
                                            .to = actor->id,
                                            .from = actor->id,
                                            .sequence = actor->sequence++,
                                            .body = index });
}

static void
enqueue(Host *host, Actor *actor, uint32_t from, uint32_t index)
{
    Message *m = &host->messages[index];

    if (m->type == MESSAGE_REQUEST && actor->inbox_length >= host->config.inbox_max) {
        uint32_t request = m->request;

        host->totals.overflows++;
        message_free(host, index);
        if (request != NO_INDEX)
            host_answer_busy(host, request, actor->id);
        return;
    }
    m->argument = from;
    m->next = NO_INDEX;
    if (actor->inbox_length++ == 0)
        actor->inbox_first = index;
    else
        host->messages[actor->inbox_last].next = index;
    actor->inbox_last = index;
    wake_later(host, actor);
}

static void
wake(Host *host, Actor *actor, uint32_t incarnation)
{
    uint32_t index;

    if (incarnation != actor->incarnation)
        return;
    actor->waking = false;
    if (actor->inbox_length == 0)
        return;
    if (actor->busy_until <= host->now) {
        index = actor->inbox_first;
        actor->inbox_first = host->messages[index].next;
        actor->inbox_length--;
        handle(host, actor, (uint32_t)host->messages[index].argument, index);
    }
    if (actor->inbox_length > 0)
        wake_later(host, actor);
}

/* --- arrivals ----------------------------------------------------------------------------
 */

/* The sender crashed while its effect was still waiting to leave: it was never sent. */
static bool
never_left(const Host *host, uint32_t from, const Message *m)
{
    const Actor *sender = from == 0 ? NULL : host_actor(host, from);

    return sender != NULL && m->type != MESSAGE_FAILURE &&
           sender->incarnation != m->sender_incarnation && sender->crashed_at < m->left;
}

/* Nobody takes the message: the server side of its request ends here. */
static void
drop(Host *host, uint32_t index)
{
    const Message *m = &host->messages[index];

    if (m->type == MESSAGE_REQUEST && m->request != NO_INDEX &&
        request_is(host, m->request, m->generation))
        request_server_done(host, m->request);
    message_free(host, index);
}

static void
refuse(Host *host, Actor *actor, uint32_t index)
{
    const Message *m = &host->messages[index];

    if (m->type == MESSAGE_REQUEST && m->request != NO_INDEX &&
        host->requests[m->request].requester_open)
        host_send_failure(host, m->request, actor->id, OUTCOME_REFUSED);
    drop(host, index);
}

static void
arrive(Host *host, Actor *actor, const Event *event)
{
    Message *m = &host->messages[event->body];

    host->totals.bytes_in_flight -= m->wire_bytes;
    if (never_left(host, event->from, m)) {
        host->totals.bytes_sent -= m->wire_bytes;
        host_actor(host, event->from)->bytes_sent -= m->wire_bytes;
        drop(host, event->body);
        return;
    }
    if (actor->state != ACTOR_UP) {
        host->totals.bytes_lost += m->wire_bytes;
        if (actor->state == ACTOR_DOWN)
            refuse(host, actor, event->body);
        else
            drop(host, event->body);
        return;
    }
    host->totals.bytes_received += m->wire_bytes;
    actor->bytes_received += m->wire_bytes;
    if (m->wrong_key) {
        host->totals.key_mismatches++;
        refuse(host, actor, event->body);
        return;
    }
    if (m->type == MESSAGE_REQUEST && m->request != NO_INDEX)
        request_accept(host, m->request);
    if (actor->busy_until > host->now || actor->inbox_length > 0)
        enqueue(host, actor, event->from, event->body);
    else
        handle(host, actor, event->from, event->body);
}

static void
run_task(Host *host, uint32_t index)
{
    Message m = host->messages[index];

    message_free(host, index);
    host->totals.events++;
    m.task(m.context, host->now, m.argument);
}

void
host_deliver(Host *host, const Event *event)
{
    const Message *m = &host->messages[event->body];

    if (m->type == MESSAGE_TASK) {
        run_task(host, event->body);
    } else if (m->type == MESSAGE_WAKE) {
        uint32_t incarnation = m->sender_incarnation;

        message_free(host, event->body);
        wake(host, host_actor(host, event->to), incarnation);
    } else {
        arrive(host, host_actor(host, event->to), event);
    }
}

/* The alarm and time-outs do not wait behind the inbox: they are cheap, and what they cause
 * leaves when the actor is free.
 *
 * The alarm that rings stays in the heap meanwhile, because most actors set the next one at
 * once: it then moves, where taking it out and putting it back would cost twice. */
void
host_ring(Host *host, Actor *actor)
{
    host->ringing = actor->id;
    host_begin_input(host, actor);
    actor->trace = trace_fold(actor->trace, host->now, actor->id, 0xff, 0, 0, 0);
    actor->ops->expire(actor->self, host->now);
    if (host->ringing == actor->id)
        heap_set(&host->alarms, actor->id, TIME_NEVER);
    host->ringing = 0;
    host_end_input(host, actor);
}

void
host_time_out(Host *host, uint32_t index)
{
    Actor *actor = host_actor(host, host->requests[index].requester);
    RequestId id = host->requests[index].id;
    MessageKind kind = host->requests[index].kind;
    Packet none = PACKET_EMPTY;

    request_requester_done(host, index);
    host_begin_input(host, actor);
    actor->trace =
        trace_fold(actor->trace, host->now, actor->id, 0xfe, kind, OUTCOME_TIMEOUT, 0);
    tell_ended(host, actor->id, kind, OUTCOME_TIMEOUT, 0);
    actor->ops->outcome(actor->self, host->now, id, OUTCOME_TIMEOUT, 0, &none);
    host_end_input(host, actor);
}
