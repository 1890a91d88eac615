/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/net/net.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "sim/net/connections.h"
#include "sim/net/place.h"
#include "sim/net/purpose.h"

/* Limits of single draws, so that no law's tail leaves the range of time. */
#define LAST_MILE_MAX (10 * SECOND)
#define JITTER_MAX MINUTE
#define SITE_LATENCY_MAX (400 * MICROSECOND)
#define RETRANSMIT_MAX_MAX 20

const NetConfig net_config_default = {
    .floor = MILLISECOND,
    .constant_latency = 0,
    /* Assumption: home and mobile access add 10 to 30 ms each way for most people. */
    .last_mile_median = 15 * MILLISECOND,
    .last_mile_sigma = 0.5,
    /* Assumption: the matrix holds medians; single packets differ by about a tenth. */
    .jitter = 0.1,
    /* Assumption: half a percent of messages meet a lost segment. */
    .loss = 0.005,
    /* Linux: TCP_RTO_MIN; six doublings are 12.6 s, longer than most deadlines. */
    .retransmit = 200 * MILLISECOND,
    .retransmit_max = 6,
    /* Assumption: the smaller of usual server plans, and a home uplink. */
    .uplink_bits_per_s = { [ENDPOINT_NODE] = 250e6, [ENDPOINT_CLIENT] = 20e6 },
    .idle_timeout = MINUTE,
    /* One of TCP's handshake, two of TLS 1.2's or of CurveZMQ's. */
    .setup_round_trips_https = 3,
    .setup_round_trips_omq = 3,
    .connections_max = 4096,
    /* IPv4 20, TCP with time stamps 32, a TLS record's head, type and tag 22. */
    .header_bytes = 74,
};

typedef struct Endpoint {
    Time uplink_free;   /* its last bit so far is on the wire then */
    Duration last_mile; /* one way */
    Connections opened;
    uint32_t place;
    uint32_t group; /* of the partition */
    uint32_t tag;   /* of its stable name */
    uint8_t kind;   /* EndpointKind */
} Endpoint;

struct Net {
    NetConfig config;
    uint32_t *rtt_us; /* n_places squared, or NULL */
    uint32_t n_places;
    uint64_t seed;
    Places *places;           /* NULL without a matrix */
    const Topology *topology; /* NULL: none.  Borrowed */
    Endpoint *endpoints;
    uint32_t *epochs; /* by endpoint: how often it was reset */
    uint32_t n, capacity;
    uint32_t n_apart;   /* endpoints that are not in group 0 */
    uint32_t local_cut; /* bits of groups */
    bool by_chance;     /* what happens to a message hangs on random words */
    LinkLook look;      /* NULL: no link is faulty */
    void *look_context;
};

static void
check_config(const NetConfig *config)
{
    assert(config->floor > 0 && config->constant_latency >= 0);
    assert(config->last_mile_median >= 0 && config->last_mile_sigma >= 0);
    assert(config->jitter >= 0 && config->loss >= 0 && config->loss <= 1);
    assert(config->retransmit >= 0 && config->retransmit <= MINUTE);
    assert(config->retransmit_max <= RETRANSMIT_MAX_MAX);
    for (int kind = 0; kind < ENDPOINT_KINDS; kind++)
        assert(config->uplink_bits_per_s[kind] >= 0);
    assert(config->connections_max > 0);
    (void)config;
}

static void
look_for_chance(Net *net)
{
    const Topology *topology = net->topology;

    net->by_chance =
        net->config.jitter > 0 || net->config.loss > 0 || net->look != NULL ||
        (topology != NULL && (topology->jitter_us != NULL || topology->loss != NULL));
}

static Net *
new_net(const NetConfig *config, const Topology *topology, uint64_t seed)
{
    Net *net = calloc(1, sizeof *net);

    if (net == NULL)
        abort();
    check_config(config);
    net->config = *config;
    net->topology = topology;
    net->seed = seed;
    look_for_chance(net);
    return net;
}

Net *
net_new_over(const NetConfig *config, const Topology *topology, uint64_t seed)
{
    Net *net = new_net(config, topology, seed);

    net->config.constant_latency = 0;
    return net;
}

Net *
net_new(const NetConfig *config, const uint32_t *rtt_us, uint32_t n_places, uint64_t seed)
{
    Net *net = new_net(config, NULL, seed);

    assert(config->constant_latency > 0 || rtt_us != NULL);
    if (rtt_us != NULL) {
        assert(n_places > 0);
        net->n_places = n_places;
        net->rtt_us = memory_resized(NULL, (size_t)n_places * n_places, sizeof *rtt_us);
        memcpy(net->rtt_us, rtt_us, (size_t)n_places * n_places * sizeof *rtt_us);
        net->places = places_new(net->rtt_us, n_places, seed);
    }
    return net;
}

void
net_free(Net *net)
{
    if (net == NULL)
        return;
    for (uint32_t i = 0; i < net->n; i++)
        connections_clear(&net->endpoints[i].opened);
    places_free(net->places);
    free(net->rtt_us);
    free(net->endpoints);
    free(net->epochs);
    free(net);
}

size_t
net_bytes(const Net *net)
{
    size_t bytes =
        sizeof *net + (size_t)net->n_places * net->n_places * sizeof *net->rtt_us;

    if (net->places != NULL)
        bytes += places_bytes(net->places);
    if (net->topology != NULL)
        bytes += topology_bytes(net->topology);
    for (uint32_t i = 0; i < net->n; i++)
        bytes += connections_bytes(&net->endpoints[i].opened);
    return bytes + net->capacity * (sizeof *net->endpoints + sizeof *net->epochs);
}

/* A positive draw as a duration, at most @max. */
static Duration
capped(double ns, Duration max)
{
    return ns < (double)max ? (Duration)ns : max;
}

static Duration
draw_last_mile(const Net *net, uint64_t name)
{
    const StreamKey key = { net->seed, name, NET_PURPOSE_LAST_MILE, 0 };

    return capped(sample_lognormal(stream_word(&key, 0),
                                   (double)net->config.last_mile_median,
                                   net->config.last_mile_sigma),
                  LAST_MILE_MAX);
}

static uint32_t
draw_place(const Net *net, const char *country, uint64_t name)
{
    const StreamKey key = { net->seed, name, NET_PURPOSE_PLACE, 0 };

    if (net->topology != NULL)
        return topology_draw(net->topology, country, stream_word(&key, 0));
    return net->places == NULL ? 0 : places_draw(net->places, country, name);
}

uint32_t
net_add_endpoint(Net *net, const char *country, EndpointKind kind, uint64_t name)
{
    uint32_t i = net->n++;

    assert(net->n < CONNECTION_PEERS_MAX);
    if (i == net->capacity) {
        net->capacity = net->capacity < 16 ? 16 : net->capacity + net->capacity / 4;
        net->endpoints =
            memory_resized(net->endpoints, net->capacity, sizeof *net->endpoints);
        net->epochs = memory_resized(net->epochs, net->capacity, sizeof *net->epochs);
    }
    net->epochs[i] = 0;
    net->endpoints[i] = (Endpoint){
        .uplink_free = INT64_MIN,
        .last_mile = kind == ENDPOINT_CLIENT ? draw_last_mile(net, name) : 0,
        .place = draw_place(net, country, name),
        .tag = (uint32_t)(name >> 32 ^ name),
        .kind = (uint8_t)kind,
    };
    return i;
}

static const Endpoint *
endpoint_at(const Net *net, uint32_t endpoint)
{
    assert(endpoint < net->n);
    return &net->endpoints[endpoint];
}

uint32_t
net_place(const Net *net, uint32_t endpoint)
{
    return endpoint_at(net, endpoint)->place;
}

/* Two endpoints at one place differ by a little that hangs on their names alone. */
static Duration
site_latency(const Net *net, const Endpoint *a, const Endpoint *b)
{
    return net->config.floor + (a->tag ^ b->tag) % SITE_LATENCY_MAX;
}

/* Of the path in the topology's matrices. */
static size_t
path_of(const Net *net, const Endpoint *from, const Endpoint *to)
{
    return (size_t)from->place * net->topology->n + to->place;
}

static Duration
topology_latency(const Net *net, const Endpoint *from, const Endpoint *to)
{
    uint32_t latency_us = net->topology->latency_us[path_of(net, from, to)];

    if (latency_us == TOPOLOGY_NO_PATH)
        return site_latency(net, from, to);
    return (Duration)latency_us * MICROSECOND;
}

/* Between places. */
static Duration
path_latency(const Net *net, const Endpoint *a, const Endpoint *b)
{
    uint32_t low = a->place < b->place ? a->place : b->place;
    uint32_t high = a->place < b->place ? b->place : a->place;

    if (net->topology != NULL)
        return topology_latency(net, a, b);
    if (net->config.constant_latency > 0)
        return net->config.constant_latency;
    if (low == high)
        return site_latency(net, a, b);
    return (Duration)net->rtt_us[(size_t)low * net->n_places + high] * MICROSECOND / 2;
}

Duration
net_latency(const Net *net, uint32_t a, uint32_t b)
{
    const Endpoint *from = endpoint_at(net, a);
    const Endpoint *to = endpoint_at(net, b);
    Duration latency = path_latency(net, from, to) + from->last_mile + to->last_mile;

    return latency < net->config.floor ? net->config.floor : latency;
}

/* Of an endpoint's uplink; 0: no limit. */
static double
uplink_of(const Net *net, const Endpoint *from)
{
    double own = net->config.uplink_bits_per_s[from->kind];
    double place;

    if (net->topology == NULL || from->kind == ENDPOINT_SEED)
        return own;
    place = net->topology->places[from->place].up_bits_per_s;
    if (place == 0 || (from->kind == ENDPOINT_CLIENT && own > 0 && own < place))
        return own;
    return place;
}

/* Put so many bytes into the queue of the uplink; returns when the last bit leaves. */
static Time
take_uplink(Net *net, Endpoint *from, Time now, uint32_t bytes)
{
    double bits_per_s = uplink_of(net, from);

    if (bits_per_s == 0)
        return now;
    if (from->uplink_free < now)
        from->uplink_free = now;
    from->uplink_free += (Duration)(bytes * 8.0 * (double)SECOND / bits_per_s + 0.5);
    return from->uplink_free;
}

/* How often the message has to be repeated, up to one more than allowed: by inversion, the
 * first k were lost when u < loss^k. */
static uint32_t
count_repetitions(double loss, uint32_t max, uint64_t word)
{
    double u = sample_uniform(word);
    double chance = loss;
    uint32_t n = 0;

    while (n <= max && u < chance) {
        chance *= loss;
        n++;
    }
    return n;
}

/* Either of two losses. */
static double
either(double a, double b)
{
    return b == 0 ? a : 1 - (1 - a) * (1 - b);
}

/* What is lost anyway, by a fault of the link, or by the path. */
static double
loss_of(const Net *net, const Endpoint *from, const Endpoint *to, const LinkFault *fault)
{
    double loss = either(net->config.loss, fault->loss);

    if (net->topology == NULL || net->topology->loss == NULL)
        return loss;
    return either(loss, net->topology->loss[path_of(net, from, to)]);
}

/* Another word that hangs on this one (the finaliser of SplitMix64). */
static uint64_t
mixed(uint64_t word)
{
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
    word = (word ^ word >> 27) * 0x94d049bb133111eb;
    return word ^ word >> 31;
}

/* Uniform from 0 to the path's jitter. */
static Duration
path_jitter(const Net *net, const Endpoint *from, const Endpoint *to, uint64_t word)
{
    double jitter_us;

    if (net->topology == NULL || net->topology->jitter_us == NULL)
        return 0;
    jitter_us = net->topology->jitter_us[path_of(net, from, to)];
    return capped(sample_uniform(mixed(word)) * jitter_us * (double)MICROSECOND,
                  JITTER_MAX);
}

static Duration
jitter_of(const NetConfig *config, uint64_t word, Duration latency)
{
    double factor;

    if (config->jitter == 0)
        return 0;
    factor = sample_lognormal(word, 1, config->jitter) - 1;
    return capped((factor < 0 ? -factor : factor) * (double)latency, JITTER_MAX);
}

static uint32_t
setup_round_trips(const NetConfig *config, Transport transport)
{
    return transport == TRANSPORT_OMQ ? config->setup_round_trips_omq
                                      : config->setup_round_trips_https;
}

/* Find or make the connection (the opener's; a reply uses that of the other side).  NULL
 * when a reply finds none; *ret_set_up when it had to be made. */
static Connection *
use_connection(Net *net, Time now, uint32_t opener, uint32_t key, bool may_open,
               bool *ret_set_up)
{
    const ConnectionRules rules = { net->epochs, net->config.idle_timeout,
                                    net->config.connections_max };
    Connections *table = &net->endpoints[opener].opened;
    Connection *connection;

    connection = connections_use(table, &rules, key, now, now);
    *ret_set_up = connection == NULL && may_open;
    return *ret_set_up ? connections_open(table, &rules, key, now, now) : connection;
}

/* The connection is busy until the message is there, and breaks when it never gets there.
 */
static void
close_or_keep(Net *net, uint32_t opener, Connection *connection, const Transit *transit)
{
    if (connection == NULL)
        return;
    if (transit->lost)
        connections_close(&net->endpoints[opener].opened, connection->key);
    else if (connection->last_used < transit->arrives)
        connection->last_used = transit->arrives;
}

static Transit
send_locally(const Net *net, Time now, uint32_t from, uint32_t to, size_t bytes)
{
    uint32_t apart = net->endpoints[from].group ^ net->endpoints[to].group;

    return (Transit){ .leaves = now,
                      .arrives = now + net->config.floor,
                      .lost = (apart & net->local_cut) != 0,
                      .wire_bytes = (uint32_t)bytes };
}

bool
net_draws(const Net *net, Transport transport)
{
    return transport != TRANSPORT_LOCAL && net->by_chance;
}

/* What chance, and what is wrong with the link, do to a message. */
typedef struct Chance {
    Duration jitter, delay;
    uint32_t repetitions;
} Chance;

static Chance
meet_chance(const Net *net, uint32_t from, uint32_t to, Duration latency,
            const uint64_t words[2])
{
    const Endpoint *sender = &net->endpoints[from], *receiver = &net->endpoints[to];
    LinkFault fault = { 0 };
    Chance chance;

    if (net->look != NULL)
        net->look(net->look_context, from, to, &fault);
    chance.delay = fault.delay;
    chance.jitter = jitter_of(&net->config, words[0], latency) +
                    path_jitter(net, sender, receiver, words[0]);
    chance.repetitions = count_repetitions(loss_of(net, sender, receiver, &fault),
                                           net->config.retransmit_max, words[1]);
    return chance;
}

Transit
net_send(Net *net, Time now, uint32_t from, uint32_t to, Transport transport, bool as_reply,
         size_t bytes, const uint64_t words[2], Duration known_latency)
{
    const NetConfig *config = &net->config;
    uint32_t opener = as_reply ? to : from;
    uint32_t round_trips = setup_round_trips(config, transport);
    Transit transit = { .wire_bytes = (uint32_t)bytes + config->header_bytes };
    Chance chance = { 0 };
    Connection *connection = NULL;
    Duration latency;

    assert(from < net->n && to < net->n && bytes <= UINT32_MAX - config->header_bytes);
    if (transport == TRANSPORT_LOCAL)
        return send_locally(net, now, from, to, bytes);
    /* Where connections cost nothing they need not be known. */
    if (round_trips > 0)
        connection =
            use_connection(net, now, opener,
                           connection_key(as_reply ? from : to, transport == TRANSPORT_OMQ),
                           !as_reply, &transit.set_up);
    /* Over a topology both directions may differ. */
    if (known_latency == 0 || net->topology != NULL)
        known_latency = net_latency(net, from, to);
    transit.latency = latency = known_latency;
    if (net->by_chance)
        chance = meet_chance(net, from, to, latency, words);
    latency += chance.delay;
    transit.leaves = take_uplink(net, &net->endpoints[from], now, transit.wire_bytes);
    /* The set-up delays what this connection carries, not the rest of the uplink's queue.
     */
    if (transit.set_up)
        connection->ready =
            transit.leaves +
            round_trips * (latency + net_latency(net, to, from) + chance.delay);
    if (connection != NULL && transit.leaves < connection->ready)
        transit.leaves = connection->ready;
    transit.lost =
        chance.repetitions > config->retransmit_max || !net_connected(net, from, to);
    transit.arrives = transit.leaves + latency + chance.jitter +
                      config->retransmit * (((Duration)1 << chance.repetitions) - 1);
    close_or_keep(net, opener, connection, &transit);
    return transit;
}

/* Every second one lies across two cache lines. */
static void
prefetch_endpoint(const Endpoint *endpoint)
{
    __builtin_prefetch(endpoint, 1);
    __builtin_prefetch((const char *)(endpoint + 1) - 1, 1);
}

void
net_prefetch(const Net *net, uint32_t endpoint)
{
    if (endpoint < net->n)
        prefetch_endpoint(&net->endpoints[endpoint]);
}

void
net_prefetch_request(const Net *net, uint32_t from, uint32_t to, Transport transport)
{
    connections_prefetch(&net->endpoints[from].opened,
                         connection_key(to, transport == TRANSPORT_OMQ));
    __builtin_prefetch(&net->epochs[to]);
    prefetch_endpoint(&net->endpoints[to]);
}

void
net_reset_endpoint(Net *net, uint32_t endpoint)
{
    assert(endpoint < net->n);
    connections_clear(&net->endpoints[endpoint].opened);
    net->epochs[endpoint]++;
}

void
net_set_group(Net *net, uint32_t endpoint, uint32_t group)
{
    assert(endpoint < net->n);
    net->n_apart -= net->endpoints[endpoint].group != 0;
    net->n_apart += group != 0;
    net->endpoints[endpoint].group = group;
}

uint32_t
net_group(const Net *net, uint32_t endpoint)
{
    return endpoint_at(net, endpoint)->group;
}

void
net_cut_local(Net *net, uint32_t bits)
{
    net->local_cut = bits;
}

bool
net_connected(const Net *net, uint32_t a, uint32_t b)
{
    return net->n_apart == 0 || endpoint_at(net, a)->group == endpoint_at(net, b)->group;
}

void
net_set_link_fault(Net *net, LinkLook look, void *context)
{
    net->look = look;
    net->look_context = context;
    look_for_chance(net);
}
