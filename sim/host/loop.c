/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The loop: what comes next among the queue, the alarms and the time-outs. */
#include "sim/host/host_internal.h"

#include <assert.h>

typedef enum Source { FROM_NOTHING, FROM_ALARM, FROM_TIMEOUT, FROM_QUEUE } Source;

typedef struct Next {
    Time time;
    uint32_t to;
    Source source;
} Next;

/* Who made the request that times out first; there is one. */
static uint32_t
first_waiting(const Host *host)
{
    const TimeoutClass *class = &host->classes[heap_first_slot(&host->timeouts)];

    return host->requests[timeout_class_first(class)].requester;
}

/* At one instant: by actor (the world first), then alarm, time-out, message. */
static void
consider(Next *best, Time time, uint32_t to, Source source)
{
    if (time < best->time || (time == best->time && to < best->to))
        *best = (Next){ time, to, source };
}

/* Where several come at one instant, or a deadline comes, which may be that of a request
 * that was answered long ago. */
__attribute__((noinline)) static Next
first_of_several(Host *host, const Event *event)
{
    Time alarm = heap_first_time(&host->alarms);
    Time timeout = request_first_deadline(host);
    Next best = { TIME_NEVER, UINT32_MAX, FROM_NOTHING };

    if (alarm < TIME_NEVER)
        consider(&best, alarm, heap_first_slot(&host->alarms), FROM_ALARM);
    if (timeout < TIME_NEVER)
        consider(&best, timeout, first_waiting(host), FROM_TIMEOUT);
    if (event != NULL)
        consider(&best, event->time, event->to, FROM_QUEUE);
    return best;
}

static Next
next_of(Host *host)
{
    const Event *event = event_queue_peek(host->queue);
    Time queued = event != NULL ? event->time : TIME_NEVER;
    Time alarm = heap_first_time(&host->alarms);
    Time timeout = heap_first_time(&host->timeouts);

    if (queued < alarm && queued < timeout)
        return (Next){ queued, event->to, FROM_QUEUE };
    if (alarm < queued && alarm < timeout)
        return (Next){ alarm, heap_first_slot(&host->alarms), FROM_ALARM };
    return first_of_several(host, event);
}

/* Where the tables are larger than a cache (host_looks_ahead), fetch what the events that
 * come next will touch.  Furthest ahead their records, nearer what those point to, nearest
 * what only the actor knows.  An access to main memory takes as long as an event or two. */
enum { AHEAD_FAR = 12, AHEAD_NEAR = 6, AHEAD_NEAREST = 3 };

_Static_assert((int)AHEAD_FAR < (int)EVENT_QUEUE_AHEAD, "there to be looked at");

static void
prefetch_record(const Host *host, uint32_t id)
{
    const Actor *actor = host_actor(host, id);

    __builtin_prefetch(actor, 1);
    __builtin_prefetch(&actor->busy_until, 1);
    net_prefetch(host->net, id - 1);
}

static void
prefetch_self(const Actor *actor)
{
    const char *self = actor->self;
    const char *last;

    if (self == NULL)
        return;
    last = self + (actor->ops->hot_bytes > 0 ? actor->ops->hot_bytes - 1 : 0);
    for (; self < last; self += CACHE_LINE_BYTES)
        __builtin_prefetch(self, 1);
    __builtin_prefetch(last, 1); /* it need not begin a line */
}

static void
warm(const Actor *actor)
{
    if (actor->self != NULL && actor->ops->warm != NULL)
        actor->ops->warm(actor->self);
}

static void
prefetch_messages(const Host *host)
{
    const Event *far = event_queue_ahead(host->queue, AHEAD_FAR);
    const Event *near = event_queue_ahead(host->queue, AHEAD_NEAR);
    const Event *nearest = event_queue_ahead(host->queue, AHEAD_NEAREST);

    if (far != NULL) {
        __builtin_prefetch(&host->messages[far->body], 1);
        prefetch_record(host, far->to);
    }
    if (near != NULL) {
        const Message *message = &host->messages[near->body];

        prefetch_self(host_actor(host, near->to));
        __builtin_prefetch(message->packet.blob, 1);
        if (message->request < host->requests_capacity)
            __builtin_prefetch(&host->requests[message->request], 1);
    }
    if (nearest != NULL)
        warm(host_actor(host, nearest->to));
}

/* Below the first alarm of the heap are those that ring next: the records of several, the
 * actor of the very next. */
static void
prefetch_alarms(const Host *host)
{
    const Heap *alarms = &host->alarms;
    uint32_t next = 1;

    for (uint32_t i = 1; i < alarms->length && i <= HEAP_ARITY; i++) {
        prefetch_record(host, alarms->entry[i].slot);
        if (alarms->entry[i].time < alarms->entry[next].time)
            next = i;
    }
    if (next < alarms->length)
        prefetch_self(host_actor(host, alarms->entry[next].slot));
}

static void
take(Host *host, const Next *next)
{
    Event event;

    switch (next->source) {
    case FROM_ALARM:
        if (host_looks_ahead(host))
            prefetch_alarms(host);
        host_ring(host, host_actor(host, next->to));
        break;
    case FROM_TIMEOUT:
        host_time_out(
            host, timeout_class_first(&host->classes[heap_first_slot(&host->timeouts)]));
        break;
    case FROM_QUEUE:
        event_queue_pop(host->queue, &event);
        if (host_looks_ahead(host))
            prefetch_messages(host);
        host_deliver(host, &event);
        break;
    case FROM_NOTHING:
        break;
    }
}

Time
host_next(Host *host)
{
    return next_of(host).time;
}

static void
tell_after_event(Host *host)
{
    for (uint32_t i = 0; i < host->n_observers; i++)
        if (host->observers[i].after_event != NULL)
            host->observers[i].after_event(host->observers[i].context, host->now);
}

bool
host_run(Host *host, Time until, const volatile bool *interrupted)
{
    assert(until >= host->now && until < TIME_NEVER);
    while (interrupted == NULL || !*interrupted) {
        Next next = next_of(host);

        if (next.time > until) {
            host->now = until;
            return true;
        }
        assert(next.time >= host->now);
        host->now = next.time;
        take(host, &next);
        if (host->n_observers > 0)
            tell_after_event(host);
    }
    return false;
}
