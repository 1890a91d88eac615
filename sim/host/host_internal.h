/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files of sim/host only. */
#pragma once

#include <assert.h>
#include <stddef.h>

#include "nodes/base/heap.h"
#include "sim/core/stream.h"
#include "sim/core/trace_hash.h"
#include "sim/host/address_table.h"
#include "sim/host/host.h"

enum {
    NO_INDEX = UINT32_MAX,
    OBSERVERS_MAX = 4,
    TIMEOUT_CLASSES_MAX = 64,
    CACHE_LINE_BYTES = 64,
    NEAR_CACHE_BYTES = 512 * 1024,
    ACTORS_PER_CHUNK = 256
};

typedef enum MessageType {
    MESSAGE_REQUEST, /* or one-way, when request is NO_INDEX */
    MESSAGE_REPLY,
    MESSAGE_FAILURE, /* a reset or refusal on its way to the requester */
    MESSAGE_WAKE,    /* no message: the actor is free again and looks at its inbox */
    MESSAGE_TASK     /* to the world */
} MessageType;

/* What an event of the queue carries; pooled, one cache line.  A free record links through
 * `next`. */
typedef struct Message {
    _Alignas(CACHE_LINE_BYTES) Packet packet;
    union {
        struct {
            uint32_t request;    /* index in the request pool, or NO_INDEX */
            uint32_t generation; /* of that record when this was sent */
        };
        HostTask task;
    };
    union {
        Time left;     /* when the sender's last bit left */
        void *context; /* of a task */
    };
    uint64_t argument; /* of a task; or the event's `from` while waiting in an inbox */
    uint32_t sender_incarnation;
    uint32_t wire_bytes;
    uint32_t next; /* free list, or the next one in an inbox */
    int16_t status;
    uint8_t type;    /* MessageType */
    uint8_t kind;    /* MessageKind */
    uint8_t outcome; /* of a MESSAGE_FAILURE */
    bool wrong_key;  /* the receiver is not who the sender expects */
} Message;

_Static_assert(sizeof(Message) == CACHE_LINE_BYTES, "one line");

/* One request from send to the end of both sides' interest in it; one cache line. */
typedef struct Request {
    _Alignas(CACHE_LINE_BYTES) Time deadline;
    RequestId id;
    uint32_t requester, server;
    uint32_t root_requester, root_server; /* of the first request of the chain it is in */
    RequestId root_id;
    uint32_t generation;
    uint32_t next_free;
    Duration latency; /* of its way (net.h), for the way back */
    uint8_t kind;
    uint8_t timeout_class;
    bool requester_open : 1; /* no outcome yet */
    bool server_open : 1; /* under way to the server, or held by it without a reply yet */
    bool accepted : 1;    /* held by the server */
} Request;

/* A request that waits for its outcome. */
typedef struct Waiting {
    Time deadline;
    uint32_t request, generation;
} Waiting;

/* The requests with one and the same time-out, in order of their deadlines: a ring.  What
 * was answered stays in it until its deadline, and is skipped there. */
typedef struct TimeoutClass {
    Duration timeout;
    Waiting *ring;
    uint32_t first, length, capacity; /* capacity: a power of two, or 0 */
} TimeoutClass;

/* What every input touches, and what leaves because of it, stands in the first two cache
 * lines, which are fetched ahead (loop.c). */
typedef struct Actor {
    _Alignas(CACHE_LINE_BYTES) Port port; /* first: a Port* is an Actor* */
    const ActorOps *ops;
    void *self;
    uint64_t trace;
    uint32_t sequence;
    uint32_t incarnation : 31;
    bool has_transport_key : 1;
    uint32_t id, ip;
    /* second */
    Time busy_until;
    Duration busy;
    double slowness;
    uint64_t name;
    uint64_t bytes_sent, bytes_received;
    uint32_t inputs;
    uint32_t draws; /* of the network's stream, for what this actor sent */
    uint32_t inbox_length;
    uint8_t state; /* ActorState */
    bool waking;   /* a MESSAGE_WAKE is in the queue */
    /* third: those whom nodes write to, or who are busy */
    Time crashed_at;
    uint8_t transport_key[32];
    uint32_t inbox_first, inbox_last;
    int64_t clock_offset_ms;
    double clock_drift_ppm;
    /* the rest */
    uint32_t random_words[RANDOM_PURPOSES]; /* taken so far from each of its streams */
} Actor;

_Static_assert(offsetof(Actor, busy_until) == CACHE_LINE_BYTES, "the first line");
_Static_assert(offsetof(Actor, crashed_at) == 2 * CACHE_LINE_BYTES, "the second line");
_Static_assert(offsetof(Actor, random_words) == 3 * CACHE_LINE_BYTES, "the third line");
_Static_assert(sizeof(Actor) == 4 * CACHE_LINE_BYTES,
               "a million actors: no line for nothing");

/* What an actor asked for during the input being handled: a message, written into the pool
 * at once, that leaves when the processing ends. */
typedef struct Effect {
    RequestId id;
    Duration timeout;
    uint32_t message;
    uint32_t receiver; /* of a request; 0: nobody lives there */
    bool is_reply, has_peer_key;
    uint8_t peer_key[32]; /* not set without has_peer_key */
} Effect;

typedef struct HostName {
    char *name;
    uint32_t ip;
} HostName;

struct Host {
    HostConfig config;
    Net *net;
    EventQueue *queue;
    Meter meter;
    Time now;
    Actor **chunks; /* actors by id, ACTORS_PER_CHUNK each; [0][0] is nobody */
    uint32_t n_actors, n_chunks;
    size_t hot_bytes; /* what the events of all actors touch */
    AddressTable addresses;
    HostName *names; /* few: servers beyond the network of nodes */
    uint32_t n_names;
    Heap alarms;      /* by actor id */
    uint32_t ringing; /* whose alarm rings and was not set again so far; 0: nobody's */
    Message *messages;
    uint32_t messages_capacity, messages_free;
    Request *requests;
    uint32_t requests_capacity, requests_free;
    TimeoutClass classes[TIMEOUT_CLASSES_MAX];
    uint32_t n_classes;
    Heap timeouts; /* by class: the deadline of its first request, answered or not */
    Effect *effects;
    uint32_t n_effects, effects_capacity;
    uint32_t world_sequence;
    uint32_t current_request; /* the one being handled, or NO_INDEX */
    HostTotals totals;
    HostObserver observers[OBSERVERS_MAX];
    uint32_t n_observers;
};

/* What comes next is fetched where that is more than a second-level cache holds. */
static inline bool
host_looks_ahead(const Host *host)
{
    return host->hot_bytes > NEAR_CACHE_BYTES;
}

static inline Actor *
host_actor(const Host *host, ActorId id)
{
    return &host->chunks[id / ACTORS_PER_CHUNK][id % ACTORS_PER_CHUNK];
}

/* All actors charge the host's own meter. */
static inline Host *
host_of(const Actor *actor)
{
    return (Host *)((char *)actor->port.meter - offsetof(Host, meter));
}

/* memory.c: whole cache lines, zeroed; grown from @old records to @count. */
void *host_lines(void *p, size_t old, size_t count, size_t size);
/* The capacity of a pool that was full: a quarter more, because what doubled would be half
 * empty beside a million actors. */
static inline uint32_t
host_grown(uint32_t capacity)
{
    return capacity == 0 ? 1024 : capacity + capacity / 4;
}

/* message_pool.c.  A new message is not set. */
uint32_t message_new(Host *host);
void message_free(Host *host, uint32_t index);

/* request_table.c */
uint32_t request_new(Host *host, Actor *requester, uint32_t server, MessageKind kind,
                     RequestId id, Time sent, Duration timeout);
void request_accept(Host *host, uint32_t index);
/* The server has no more to do with it. */
void request_server_done(Host *host, uint32_t index);
/* It has its outcome (or was abandoned). */
void request_requester_done(Host *host, uint32_t index);
/* When the first request that still waits times out, or TIME_NEVER: what was answered is
 * skipped, and the request stands in front of the first class of `timeouts`. */
Time request_first_deadline(Host *host);
static inline uint32_t
timeout_class_first(const TimeoutClass *class)
{
    return class->ring[class->first].request;
}
static inline bool
request_is(const Host *host, uint32_t index, uint32_t generation)
{
    return index < host->requests_capacity &&
           host->requests[index].generation == generation;
}

/* The address that stands for the connections of an actor's process: when that ends, so do
 * they. */
static inline Address
host_connection(const Actor *actor, uint32_t incarnation)
{
    return address_of(actor->ip, (uint16_t)incarnation);
}

/* transmit.c: effects leave */
void host_flush_effects(Host *host, Actor *actor, Time leave);
/* Who is meant by an effect that has just been written down; what will be touched when it
 * leaves is fetched. */
void host_prepare_send(Host *host, const Actor *actor, Effect *effect, MessageKind kind,
                       Address to);
void host_prepare_reply(const Host *host, uint32_t request);
void host_send_failure(Host *host, uint32_t request, uint32_t from, Outcome outcome);
void host_answer_busy(Host *host, uint32_t request, uint32_t server);

/* process.c: an actor handles an input */
void host_deliver(Host *host, const Event *event);
void host_ring(Host *host, Actor *actor);
void host_time_out(Host *host, uint32_t request);
void host_begin_input(Host *host, Actor *actor);
void host_end_input(Host *host, Actor *actor);

extern const PortOps host_port_ops; /* port.c */
