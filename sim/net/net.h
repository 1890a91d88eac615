/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network between actors: places and round-trip times, last mile, jitter, loss,
 * bandwidth with queueing at the sender, connections.  Told when a message leaves, it says
 * when it arrives.  Protocols are unknown here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodes/base/time.h"
#include "sim/net/topology.h"

/* What stands at an end of the network. */
typedef enum EndpointKind {
    ENDPOINT_NODE,
    ENDPOINT_CLIENT, /* behind a last mile */
    ENDPOINT_SEED,   /* what gives new clients their first node list */
    ENDPOINT_SERVER, /* beyond the network of nodes */
    ENDPOINT_KINDS
} EndpointKind;

typedef struct NetConfig {
    Duration floor;            /* least latency between any two actors: 1 ms */
    Duration constant_latency; /* > 0: instead of the matrix, one way, between all places */
    Duration
        last_mile_median; /* log-normal per endpoint, one way, clients; nodes have none */
    double last_mile_sigma;
    double jitter;           /* log-normal sigma on the one-way time, never below it: the
                              * extra is |lognormal(1, jitter) - 1| * one-way time */
    double loss;             /* chance that a message's transmission must be repeated */
    Duration retransmit;     /* first repetition after this (200 ms), doubling */
    uint32_t retransmit_max; /* then the message is lost (6) */
    double uplink_bits_per_s[ENDPOINT_KINDS]; /* 0: no limit */
    Duration idle_timeout; /* a connection unused this long is closed: 60 s */
    uint32_t setup_round_trips_https,
        setup_round_trips_omq; /* 3 (TCP, TLS), 3 (TCP, curve) */
    uint32_t connections_max;  /* that one endpoint opened and keeps; beyond: the least
                                * recently used one closes */
    uint32_t header_bytes;     /* added to each message on the wire */
} NetConfig;

extern const NetConfig net_config_default;

typedef struct Net Net;

/* @rtt_us: matrix of round-trip times in microseconds between @n_places measured hosts
 * (copied; may be NULL with constant_latency).  @seed: of the run. */
Net *net_new(const NetConfig *config, const uint32_t *rtt_us, uint32_t n_places,
             uint64_t seed);
/* Over the paths of a topology (borrowed) instead: latency as it says, one way and in each
 * direction; its losses beside config.loss; its jitter beside config.jitter, an extra that
 * is uniform from 0 to the path's; its uplinks for nodes, and for clients where they are
 * less than config's.  config.constant_latency does not count. */
Net *net_new_over(const NetConfig *config, const Topology *topology, uint64_t seed);
void net_free(Net *net);

/* A new endpoint: the next number from 0 on.  @country: two letters, or "" (any place):
 * each country gets a cluster of neighbouring latency hosts from the seed (design 5); over
 * a topology it is one of the country's places, or any where it has none.
 * @name: the endpoint's stable name (stream_name), from which its place and last mile are
 * drawn. */
uint32_t net_add_endpoint(Net *net, const char *country, EndpointKind kind, uint64_t name);
/* The latency host, or place of the topology, an endpoint was placed at. */
uint32_t net_place(const Net *net, uint32_t endpoint);
/* One-way time without jitter, loss or queueing. */
Duration net_latency(const Net *net, uint32_t a, uint32_t b);

typedef enum Transport { TRANSPORT_HTTPS, TRANSPORT_OMQ, TRANSPORT_LOCAL } Transport;

/* False when net_send would not look at its @words. */
bool net_draws(const Net *net, Transport transport);

typedef struct Transit {
    Time leaves;  /* when its last bit is on the wire (after the uplink's queue, and the
                   * set-up, which keeps nothing else waiting) */
    Time arrives; /* meaningless when lost */
    bool lost;
    bool set_up;         /* a connection had to be made first */
    uint32_t wire_bytes; /* with header_bytes, repetitions not counted */
    Duration latency;    /* as net_latency; 0: local */
} Transit;

/* A message of @bytes leaves @from for @to at @now.  @as_reply: on the connection that the
 * other side opened (no set-up).  @words: two random words of the sender's stream.
 * A connection belongs to the pair and the transport, is kept by its opener, and dies when
 * unused for idle_timeout, when a message on it is lost, or with either side's process.
 * TRANSPORT_LOCAL is the host's own hand: the floor, and nothing else, between any two.
 * @known_latency: what a transit between the two told, so that two endpoints and a cell of
 * the matrix need not be looked at again; 0: nothing is known. */
Transit net_send(Net *net, Time now, uint32_t from, uint32_t to, Transport transport,
                 bool as_reply, size_t bytes, const uint64_t words[2],
                 Duration known_latency);
/* The endpoint's process died: all its connections are gone (on both sides). */
void net_reset_endpoint(Net *net, uint32_t endpoint);
/* Partition: endpoints of different groups cannot reach each other (all start in group 0).
 * TRANSPORT_LOCAL is cut only between groups that differ in a bit of @bits, at first none.
 */
void net_set_group(Net *net, uint32_t endpoint, uint32_t group);
uint32_t net_group(const Net *net, uint32_t endpoint);
void net_cut_local(Net *net, uint32_t bits);
bool net_connected(const Net *net, uint32_t a, uint32_t b);

/* What is wrong with a link, beside the network's own loss and latency. */
typedef struct LinkFault {
    double loss; /* chance that a transmission must be repeated; 1: nothing gets through */
    Duration delay; /* one way */
} LinkFault;

/* Asked for every message that is not local: what is wrong with the link now (@ret is zero
 * before).  The same for both
 * directions, or not, as it likes. */
typedef void (*LinkLook)(void *context, uint32_t from, uint32_t to, LinkFault *ret);
void net_set_link_fault(Net *net, LinkLook look, void *context); /* NULL: nothing */
/* Fetch what the endpoint's next message will touch; a number that is none does nothing. */
void net_prefetch(const Net *net, uint32_t endpoint);
/* The same of a request from one to the other. */
void net_prefetch_request(const Net *net, uint32_t from, uint32_t to, Transport transport);
size_t net_bytes(const Net *net); /* memory held */
