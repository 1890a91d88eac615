/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The simulator's host: the port for simulated actors, and the loop that drives them.
 * Knows actors, requests, queues, incarnations and the network between them; knows no
 * protocol.  One host is one sequential run.
 *
 * Order of what happens at one instant: the world's tasks first; then by actor, its alarm,
 * its timeouts, the messages to it (by source, by the source's sequence).
 *
 * Processing: an actor handles one input at a time.  Its cost is what the meter counted;
 * the effects leave when the cost is over; what arrives meanwhile waits in a bounded queue.
 */
#pragma once

#include "nodes/base/port.h"
#include "sim/core/event_queue.h"
#include "sim/net/net.h"

typedef uint32_t ActorId; /* 1, 2, ...; 0 is the world */

typedef struct HostConfig {
    uint64_t seed;
    UnixMs unix_ms_start; /* wall clock at simulation time 0 */
    EventQueueKind queue;
    uint32_t inbox_max; /* inputs that wait at one actor (1 000); requests beyond: 503 */
    bool exponential_costs; /* each cost is the mean of an exponential law */
} HostConfig;

/* Counters of the whole run.  Every request ends in exactly one of the outcomes; bytes sent
 * = received + lost + in flight. */
typedef struct HostTotals {
    uint64_t events;           /* inputs handled by actors, and tasks */
    uint64_t sent[KIND_COUNT]; /* requests and one-way messages that left */
    uint64_t outcomes[KIND_COUNT][OUTCOME_COUNT];
    uint64_t abandoned[KIND_COUNT]; /* the requester's incarnation ended first */
    uint64_t open[KIND_COUNT];      /* requests without outcome now */
    uint64_t late_answers;          /* arrived after the outcome: dropped */
    uint64_t overflows;             /* inputs refused by a full inbox */
    uint64_t key_mismatches;        /* connections refused: the peer's key is wrong */
    uint64_t bytes_sent, bytes_received, bytes_lost, bytes_in_flight; /* on the wire */
} HostTotals;

/* Who watches.  Any function may be NULL. */
typedef struct HostObserver {
    void *context;
    void (*note)(void *context, Time now, ActorId actor, const Note *note);
    /* A message reaches an actor that is up (before it handles it). @from 0: the world.
     * @is_reply: what a request of its own led to, an answer or the news of its failure. */
    void (*delivered)(void *context, Time now, ActorId from, ActorId to, MessageKind kind,
                      bool is_reply, int status, const Packet *packet);
    void (*ended)(void *context, Time now, ActorId requester, MessageKind kind,
                  Outcome outcome, int status);
    /* After every event; for invariants. */
    void (*after_event)(void *context, Time now);
} HostObserver;

typedef struct Host Host;

/* @net is borrowed; its endpoints are the actors in order of addition (actor 1 is endpoint
 * 0).  @meter_costs gives ns_per_op and ps_per_byte. */
Host *host_new(const HostConfig *config, Net *net, const Meter *meter_costs);
void host_free(Host *host); /* stops and frees all actors */
void host_observe(Host *host, const HostObserver *observer); /* copied; up to 4 of them */

typedef struct ActorSpec {
    const char *name;             /* kind: "node", "client", ... (static) */
    uint64_t number;              /* with the name: the stable name of its random streams */
    uint32_t ip;                  /* 0: cannot be addressed */
    const char *country;          /* for its place in the network; "" any */
    EndpointKind kind;            /* what it is to the network */
    const uint8_t *transport_key; /* X25519 key that it proves on connecting; NULL: none */
    double speed; /* processing speed factor; 1 = as the meter says; 0: no cost */
} ActorSpec;

/* A new actor, down until host_start.  Its port is there at once. */
ActorId host_add(Host *host, const ActorSpec *spec);
Port *host_port(Host *host, ActorId actor);
/* @self is owned by the host from now on (freed by ops->free). */
void host_bind(Host *host, ActorId actor, const ActorOps *ops, void *self);
/* The actor at an IP, or 0. */
ActorId host_actor_at(const Host *host, uint32_t ip);
/* Give a host name to an IP: what actors find when they look it up, upper or lower case.
 * The last one given counts. */
void host_name(Host *host, const char *name, uint32_t ip);
/* Which wall clock it has: offset to the true one now, and drift in parts per million. */
void host_set_clock(Host *host, ActorId actor, int64_t offset_ms, double drift_ppm);
void host_set_store(Host *host, ActorId actor, Store *store); /* borrowed */
/* Its processing speed from the next input on (ActorSpec's speed until then). */
void host_set_speed(Host *host, ActorId actor, double speed);

/* --- life and death ------------------------------------------------------------------ */

typedef enum ActorState {
    ACTOR_DOWN,      /* the process is not running; the host answers with resets */
    ACTOR_HOST_DOWN, /* silence */
    ACTOR_UP
} ActorState;

ActorState host_state(const Host *host, ActorId actor);
/* Begin an incarnation at the current time. */
void host_start(Host *host, ActorId actor);
/* End the incarnation: process only (resets), or the whole host (silence). */
void host_stop(Host *host, ActorId actor, bool whole_host);

/* --- running -----------------------------------------------------------------------------
 */

Time host_now(const Host *host);
UnixMs host_unix_ms(const Host *host); /* the true wall clock */
/* Call @task(context, now, argument) at @at, before any actor at that instant. */
typedef void (*HostTask)(void *context, Time now, uint64_t argument);
void host_schedule(Host *host, Time at, HostTask task, void *context, uint64_t argument);
/* Tell an actor something (KIND_TELL, from the world) at @at; the packet is taken. */
void host_tell(Host *host, ActorId actor, Time at, Packet *packet);
/* A one-way message of any kind as if @from had sent it: what reached the actor by ways
 * that are not modelled (a node's daemon that synchronised, for one).  The packet is taken.
 */
void host_post(Host *host, ActorId from, ActorId to, MessageKind kind, Time at,
               Packet *packet);
/* Handle everything up to and including @until, or until *@interrupted turns true (may be
 * NULL) or nothing is left.  Returns false when interrupted. */
bool host_run(Host *host, Time until, const volatile bool *interrupted);

/* While an actor handles a request (in an observer's note): who made the first request of
 * the chain that led to it, and to whom.  False when no request is being handled. */
bool host_chain_root(const Host *host, ActorId *ret_requester, ActorId *ret_server);

/* The same: who made that first request, and its own number of it. */
bool host_chain_request(const Host *host, ActorId *ret_requester, RequestId *ret_id);

/* When the next thing happens; TIME_NEVER: nothing is left. */
Time host_next(Host *host);
const HostTotals *host_totals(const Host *host);
const Meter *host_meter(const Host *host);
Meter *host_meter_mutable(Host *host); /* for Crypto's meter */
/* Folded trace of one actor so far. */
uint64_t host_trace(const Host *host, ActorId actor);
uint32_t host_actor_count(const Host *host); /* ids are 1 .. count */
/* Load of one actor: inputs handled, wire bytes, busy time. */
typedef struct ActorLoad {
    uint64_t inputs, bytes_sent, bytes_received;
    Duration busy;
} ActorLoad;
ActorLoad host_load(const Host *host, ActorId actor);
