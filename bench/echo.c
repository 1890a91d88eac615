/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/echo.h"

#include "bench/model.h"
#include "sim/host/host.h"

typedef struct Echo {
    const EchoSpec *spec;
    uint64_t messages;
    uint8_t text[ECHO_BYTES];
} Echo;

typedef struct EchoActor {
    Echo *echo;
    Port *port;
    uint64_t random;
    RequestId last_id;
} EchoActor;

static Address
address_of_host(uint32_t host)
{
    return address_of(host + 1, 443);
}

static void
actor_start(void *self, Time now)
{
    EchoActor *a = self;

    port_alarm(a->port, now + model_exponential(splitmix64(&a->random)));
}

static void
actor_expire(void *self, Time now)
{
    EchoActor *a = self;
    const EchoSpec *spec = a->echo->spec;
    Address to = address_of_host(echo_pick(splitmix64(&a->random), spec->hosts));
    Packet packet = packet_of_bytes((Bytes){ a->echo->text, ECHO_BYTES });

    if (spec->one_way)
        port_send(a->port, to, KIND_TELL, 0, 0, NULL, &packet);
    else
        port_send(a->port, to, KIND_SERVER, ++a->last_id, 10 * SECOND, NULL, &packet);
    port_alarm(a->port, now + model_exponential(splitmix64(&a->random)));
}

/* The first byte of a one-way message says whether it is an answer. */
static void
answer_one_way(EchoActor *a, const Incoming *in)
{
    Packet packet;
    uint8_t *text;

    if (packet_bytes(in->packet).p[0] != 0)
        return;
    packet = packet_of_bytes(packet_bytes(in->packet));
    text = packet_make_mutable(&packet);
    text[0] = 1;
    port_send(a->port, in->from, KIND_TELL, 0, 0, NULL, &packet);
}

static void
actor_receive(void *self, Time now, const Incoming *in)
{
    EchoActor *a = self;
    Packet packet;

    (void)now;
    a->echo->messages++;
    if (a->echo->spec->one_way) {
        answer_one_way(a, in);
        return;
    }
    packet = packet_of_bytes(packet_bytes(in->packet));
    port_reply(a->port, in->token, 200, &packet);
}

static void
actor_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
              Packet *packet)
{
    EchoActor *a = self;

    (void)now;
    (void)id;
    (void)status;
    a->echo->messages += outcome == OUTCOME_ANSWER && packet->length == ECHO_BYTES;
}

static void
actor_ignore(void *self)
{
    (void)self;
}

static const ActorOps echo_ops = {
    .name = "echo",
    .start = actor_start,
    .receive = actor_receive,
    .outcome = actor_outcome,
    .expire = actor_expire,
    .stop = actor_ignore,
    .free = actor_ignore,
    .hot_bytes = sizeof(EchoActor),
};

/* Nothing but the latency: no connections to set up, no loss, no limit of bandwidth. */
static Net *
plain_net(uint64_t seed)
{
    NetConfig config = net_config_default;

    config.floor = ECHO_LATENCY;
    config.constant_latency = ECHO_LATENCY;
    config.last_mile_median = 0;
    config.jitter = 0;
    config.loss = 0;
    config.uplink_bits_per_s[ENDPOINT_NODE] = 0;
    config.setup_round_trips_https = config.setup_round_trips_omq = 0;
    config.header_bytes = 0;
    return net_new(&config, NULL, 0, seed);
}

static EchoActor *
add_hosts(Host *host, Echo *echo)
{
    EchoActor *actors = g_new0(EchoActor, echo->spec->hosts);

    for (uint32_t i = 0; i < echo->spec->hosts; i++) {
        ActorId id = host_add(
            host,
            &(ActorSpec){
                .name = "echo", .number = i, .ip = i + 1, .country = "", .speed = 0 });

        actors[i] = (EchoActor){ .echo = echo,
                                 .port = host_port(host, id),
                                 .random = echo_seed(i) };
        host_bind(host, id, &echo_ops, &actors[i]);
        host_start(host, id);
    }
    return actors;
}

bool
echo_measure(const void *what, Measured *ret)
{
    Echo echo = { .spec = what };
    HostConfig config = { .seed = 1, .queue = EVENT_QUEUE_LADDER, .inbox_max = 1000 };
    Meter costs = { 0 };
    double heap = bench_heap_bytes(), begin_s, cpu_s;
    Net *net = plain_net(config.seed);
    Host *host = host_new(&config, net, &costs);
    EchoActor *actors = add_hosts(host, &echo);

    begin_s = bench_cpu_s();
    host_run(host, echo.spec->simulated_s * SECOND, NULL);
    cpu_s = bench_cpu_s() - begin_s;
    ret->value[ECHO_MESSAGES_PER_S] = (double)echo.messages / cpu_s;
    ret->value[ECHO_EVENTS_PER_S] = (double)host_totals(host)->events / cpu_s;
    ret->value[ECHO_BYTES_PER_HOST] =
        (bench_heap_bytes() - heap) / (double)echo.spec->hosts;
    ret->check = echo.messages;
    host_free(host);
    net_free(net);
    g_free(actors);
    return true;
}
