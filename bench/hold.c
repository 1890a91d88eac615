/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/hold.h"

#include "bench/model.h"
#include "sim/host/host.h"

enum { MESSAGE_ACTORS = 1000 };

/* The run so far. */
typedef struct Hold {
    const HoldSpec *spec;
    ModelRandom random;
    uint64_t left; /* events until the warm-up's end, then until the end */
    bool warm;     /* the warm-up is over */
    volatile bool over;
    uint64_t check;
    double begin_s, end_s; /* CPU time */
} Hold;

uint64_t
hold_warm_up(uint64_t pending)
{
    return pending < 300000 ? 3 * pending : pending / 2;
}

static void
hold_begin(Hold *hold, const HoldSpec *spec)
{
    *hold = (Hold){ .spec = spec, .left = hold_warm_up(spec->pending) };
    model_seed(&hold->random, 42);
}

/* One of the two phases is over. */
static void
next_phase(Hold *hold)
{
    if (hold->warm) {
        hold->over = true;
        hold->end_s = bench_cpu_s();
        return;
    }
    hold->warm = true;
    hold->left = hold->spec->events;
    hold->check = 0;
    hold->begin_s = bench_cpu_s();
}

/* An event happens: returns the time from now to its next. */
static inline Duration
hold_event(Hold *hold, Time now)
{
    if (hold->left-- == 0) {
        next_phase(hold);
        hold->left--;
        if (hold->over)
            return 0;
    }
    hold->check = hold->check * 31 + (uint64_t)now;
    return model_exponential(model_word(&hold->random));
}

static void
hold_report(const Hold *hold, double bytes, Measured *ret)
{
    ret->value[HOLD_EVENTS_PER_S] =
        (double)hold->spec->events / (hold->end_s - hold->begin_s);
    ret->value[HOLD_BYTES_PER_EVENT] = bytes / (double)hold->spec->pending;
    ret->check = hold->check;
}

/* --- the queue alone ------------------------------------------------------------------ */

static void
measure_queue(const HoldSpec *spec, Measured *ret)
{
    EventQueue *queue =
        event_queue_new(spec->through == HOLD_HEAP ? EVENT_QUEUE_HEAP : EVENT_QUEUE_LADDER);
    Hold hold;
    double bytes;

    hold_begin(&hold, spec);
    for (uint64_t i = 0; i < spec->pending; i++)
        event_queue_push(queue,
                         &(Event){ .time = model_exponential(model_word(&hold.random)),
                                   .to = (uint32_t)i,
                                   .body = (uint32_t)i });
    bytes = (double)event_queue_bytes(queue);
    for (;;) {
        Event event;
        Duration wait;

        event_queue_pop(queue, &event);
        wait = hold_event(&hold, event.time);
        if (hold.over)
            break;
        event.time += wait;
        event_queue_push(queue, &event);
    }
    hold_report(&hold, bytes, ret);
    event_queue_free(queue);
}

/* --- through the host -------------------------------------------------------------------
 */

typedef struct HoldActor {
    Hold *hold;
    Host *host;
    Port *port;
    ActorId id;
} HoldActor;

static void
post_self(HoldActor *self, Time at)
{
    Packet none = PACKET_EMPTY;

    host_post(self->host, self->id, self->id, KIND_TELL, at, &none);
}

static void
actor_start(void *self, Time now)
{
    HoldActor *a = self;

    if (a->hold->spec->through == HOLD_ALARMS)
        port_alarm(a->port, now + model_exponential(model_word(&a->hold->random)));
}

static void
actor_receive(void *self, Time now, const Incoming *in)
{
    HoldActor *a = self;
    Duration wait = hold_event(a->hold, now);

    (void)in;
    if (!a->hold->over)
        post_self(a, now + wait);
}

static void
actor_expire(void *self, Time now)
{
    HoldActor *a = self;
    Duration wait = hold_event(a->hold, now);

    if (!a->hold->over)
        port_alarm(a->port, now + wait);
}

static void
actor_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
              Packet *packet)
{
    (void)self;
    (void)now;
    (void)id;
    (void)outcome;
    (void)status;
    (void)packet;
}

static void
actor_ignore(void *self)
{
    (void)self;
}

static const ActorOps hold_ops = { "hold",       actor_start,  actor_receive, actor_outcome,
                                   actor_expire, actor_ignore, actor_ignore };

typedef struct HoldTask {
    Hold *hold;
    Host *host;
} HoldTask;

static void
task(void *context, Time now, uint64_t argument)
{
    HoldTask *t = context;
    Duration wait = hold_event(t->hold, now);

    if (!t->hold->over)
        host_schedule(t->host, now + wait, task, t, argument);
}

static HoldActor *
add_actors(Host *host, Hold *hold, uint64_t n)
{
    HoldActor *actors = g_new0(HoldActor, n);

    for (uint64_t i = 0; i < n; i++) {
        HoldActor *a = &actors[i];

        a->hold = hold;
        a->host = host;
        a->id = host_add(host, &(ActorSpec){ .name = "hold",
                                             .number = i,
                                             .ip = (uint32_t)i + 1,
                                             .country = "",
                                             .speed = 0 });
        a->port = host_port(host, a->id);
        host_bind(host, a->id, &hold_ops, a);
        host_start(host, a->id);
    }
    return actors;
}

static void
add_events(Host *host, Hold *hold, HoldTask *context, HoldActor *actors)
{
    for (uint64_t i = 0; i < hold->spec->pending; i++) {
        Duration at;

        if (hold->spec->through == HOLD_ALARMS)
            return; /* they began with their actors */
        at = model_exponential(model_word(&hold->random));
        if (hold->spec->through == HOLD_TASKS)
            host_schedule(host, at, task, context, i);
        else
            post_self(&actors[i % MESSAGE_ACTORS], at);
    }
}

static void
measure_host(const HoldSpec *spec, Measured *ret)
{
    NetConfig net_config = net_config_default;
    HostConfig config = { .seed = 1, .queue = EVENT_QUEUE_LADDER, .inbox_max = UINT32_MAX };
    Meter costs = { 0 };
    double before = bench_heap_bytes(), bytes;
    Hold hold;
    HoldTask context;
    HoldActor *actors = NULL;
    Net *net;

    net_config.constant_latency = net_config.floor;
    net = net_new(&net_config, NULL, 0, config.seed);
    context = (HoldTask){ &hold, host_new(&config, net, &costs) };
    hold_begin(&hold, spec);
    if (spec->through != HOLD_TASKS)
        actors = add_actors(context.host, &hold,
                            spec->through == HOLD_ALARMS ? spec->pending : MESSAGE_ACTORS);
    add_events(context.host, &hold, &context, actors);
    bytes = bench_heap_bytes() - before;
    host_run(context.host, TIME_NEVER - 1, &hold.over);
    hold_report(&hold, bytes, ret);
    host_free(context.host);
    net_free(net);
    g_free(actors);
}

bool
hold_measure(const void *what, Measured *ret)
{
    const HoldSpec *spec = what;

    if (spec->through == HOLD_LADDER || spec->through == HOLD_HEAP)
        measure_queue(spec, ret);
    else
        measure_host(spec, ret);
    return true;
}
