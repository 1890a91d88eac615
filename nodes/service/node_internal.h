/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the storage node share: its state, and what each file offers the
 * others.  One file per request (request_*.c), per timer and per way of speaking. */
#pragma once

#include "nodes/base/heap.h"
#include "nodes/onion/reply_later.h"
#include "nodes/service/request.h"
#include "nodes/service/service.h"
#include "nodes/wire/message.h"

/* Before this hard fork a node serves nobody (protocol 3.1). */
enum { HARDFORK_MAJOR = 19, HARDFORK_MINOR = 3 };

/* Named limits beside those of ServiceConfig. */
enum {
    REQUEST_BODY_MAX = 10 * 1024 * 1024, /* bytes of an HTTPS body: more is a 413 */
    TESTS_OPEN_MAX = 8,                  /* reachability tests under way at a time */
    FAILING_MAX = 1024,      /* peers that a node remembers as failing, at most */
    PACED_MAX = 4096,        /* batches that wait for their turn; more leave at once */
    READY_TARGETS_MAX = 256, /* members that wait to be asked whether they are ready */
    DUMP_TRIES_MAX = 6,      /* members that a node asks for a dump, one after another */
    DUMP_SOURCES = 2,        /* members whose dump it wants */
    TOMBSTONES_MAX = 4096,   /* deleted messages that a node remembers */
    PENDING_FIRST = 16,      /* entries of the table of own requests when it is small */
    BATCH_REQUESTS_MAX = 20, /* sub-requests of a batch or a sequence */
    /* Subscriptions to new messages: of the node, of one account (one for each connection),
     * and in one request. */
    MONITORS_MAX = 16384,
    MONITORS_PER_ACCOUNT_MAX = 64,
    MONITOR_REQUESTS_MAX = 1000,
};
#define MONITOR_LIFE (65 * MINUTE) /* a subscription, unless renewed */

/* --- timers (timers.c) ------------------------------------------------------------ */

typedef enum TimerSlot {
    TIMER_SWEEP,        /* expired messages go */
    TIMER_PROOF,        /* uptime proof */
    TIMER_TEST,         /* next reachability test */
    TIMER_RETEST,       /* next test of a peer known to fail */
    TIMER_SILENCE,      /* a request that OxenMQ keeps although its connection broke ends */
    TIMER_RETRY,        /* replicas that failed */
    TIMER_READY,        /* members that were not ready for a push */
    TIMER_DUMP,         /* ask a member for what was missed */
    TIMER_RELAY,        /* what clients stored goes to the other members (2020) */
    TIMER_ANTI_ENTROPY, /* compare with another member */
    TIMER_HOP,          /* an onion request that was held goes on (hop_delay) */
    TIMERS
} TimerSlot;

void timer_set(ServiceNode *node, TimerSlot slot, Time at);
/* Run what is due. */
void timers_run(ServiceNode *node, Time now);
/* Move the port's alarm to the first timer, if that changed. */
void timers_rearm(ServiceNode *node);

/* --- own requests (pending.c) ----------------------------------------------------- */

typedef struct Fanout Fanout;
typedef struct Test Test;
typedef struct ServerPost ServerPost;

typedef enum PendingKind {
    PENDING_FREE,
    PENDING_FORWARD, /* a client's request forwarded to a member: `fanout`, `part` */
    PENDING_RELAY,   /* an onion request handed to the next node: `token`; `part`: 1 when a
                      * client sent it */
    PENDING_SERVER,  /* an onion request posted to a server: `post` */
    PENDING_PUSH,    /* messages pushed: `part` names the paced batch (0: none) */
    PENDING_READY,   /* a member asked whether it is ready: `key` is its legacy key */
    PENDING_DUMP,    /* a member asked for a dump */
    PENDING_RETRY,   /* a replica tried again: `part` names the entry of the queue */
    PENDING_PING_HTTPS,
    PENDING_PING_OMQ,    /* a reachability test: `test` */
    PENDING_ANTI_ENTROPY /* the exchange under way */
} PendingKind;

typedef struct Pending {
    RequestId id; /* index in the low half, generation in the high one */
    PendingKind kind;
    uint32_t part;
    Time deadline;
    union {
        Fanout *fanout;
        Test *test;
        ServerPost *post;
        ReplyToken token;
        uint64_t key; /* first bytes of a legacy key */
    };
} Pending;

typedef struct PendingTable {
    Pending *entries;
    uint32_t capacity, open;
    uint32_t first_free; /* chain through `part` */
    uint32_t generation;
    Heap silences; /* by index: requests whose connection broke */
} PendingTable;

/* Room for @n more own requests? */
bool pending_has_room(const ServiceNode *node, uint32_t n);
/* Open a request of the given kind that ends at now + @timeout; the entry is valid until
 * the next one is opened.  There must be room. */
Pending *pending_open(ServiceNode *node, PendingKind kind, Time now, Duration timeout);
/* End a request: its outcome goes to whoever asked. */
void pending_outcome(ServiceNode *node, Time now, RequestId id, Outcome outcome, int status,
                     Packet *packet);
/* End the requests that were kept in silence. */
void pending_silences(ServiceNode *node, Time now);
/* The incarnation ends: drop everything. */
void pending_clear(ServiceNode *node);

/* --- onion requests that are passed on (onion_relay.c, hop_delay.c) ---------------- */

typedef struct Relay {
    ReplyToken token;
    bool from_client;
    Address to;
    uint8_t peer_key[32]; /* that the next node must prove */
    Packet packet;
} Relay;

typedef struct HeldRelay HeldRelay;
typedef struct HeldRelays {
    HeldRelay *item; /* in order of time */
    uint32_t n, capacity;
} HeldRelays;

/* Pass it on, or answer that there is no room; takes the packet. */
void onion_relay_send(ServiceNode *node, Time now, Relay *relay);
bool hop_delay_has_room(const ServiceNode *node);
/* Pass it on after a random time (config->hop_delay > 0); takes the packet. */
void hop_delay_hold(ServiceNode *node, Time now, Relay *relay);
void hop_delay_due(ServiceNode *node, Time now);
void hop_delay_clear(ServiceNode *node);

/* --- what is remembered of peers (reachability.c) --------------------------------- */

typedef struct Failing {
    uint8_t legacy[32];
    Time first, last; /* failures of the current run */
    uint32_t failures;
    bool reported; /* 2020: the daemon was told */
} Failing;

typedef struct Reachability {
    Failing *failing;
    uint32_t n_failing, failing_capacity;
    Heap retests; /* by index in `failing` */
    uint32_t open;
    /* The shuffled queue of all nodes: a keyed permutation of 0 .. domain - 1. */
    uint64_t shuffle_key;
    uint32_t shuffle_domain, shuffle_next;
} Reachability;

void reachability_adopt(ServiceNode *node, Time now);
void reachability_test_due(ServiceNode *node, Time now);
void reachability_retests_due(ServiceNode *node, Time now);
void reachability_ping_ended(ServiceNode *node, Time now, Test *test, bool passed);
/* The on-chain key of the node that is tested. */
Bytes reachability_tested(const Test *test);
/* One of a test's two requests will never end. */
void reachability_test_drop(Test *test);
/* By this node's records @legacy has been out of reach for long (protocol 6.1). */
bool reachability_unreachable(const ServiceNode *node, Time now, const uint8_t legacy[32]);
void reachability_answer_ping(ServiceNode *node, const Incoming *in);
void reachability_clear(ServiceNode *node);

/* --- replicas to be tried again (retry.c) ----------------------------------------- */

typedef struct Retry {
    uint32_t id;
    MessageKind kind;
    uint8_t legacy[32]; /* whom it is for */
    Packet request;
    UnixMs until; /* it makes no sense afterwards */
    bool open;    /* under way */
} Retry;

typedef struct RetryQueue {
    Retry *entries;
    uint32_t n, capacity;
    uint32_t last_id;
} RetryQueue;

/* --- stores that wait to be replicated (relay.c) ---------------------------------- */

typedef struct RelayBuffer {
    Buffer batch; /* begun, not ended */
    uint64_t messages;
} RelayBuffer;

/* --- handshakes before pushes (ready.c) ------------------------------------------- */

typedef struct ReadyTarget {
    uint8_t legacy[32];
    bool open;  /* asked, no answer yet */
    Time again; /* not asked before then */
} ReadyTarget;

typedef struct ReadyState {
    ReadyTarget *targets;
    uint32_t n, capacity;
    uint32_t dumps_wanted, dumps_tried;
    uint32_t dump_next; /* whom to ask next, counted around the swarm */
    bool dump_open;     /* somebody was asked, no answer yet */
} ReadyState;

/* --- pushes that wait for their turn (pace.c) -------------------------------------- */

typedef struct PacedBatch {
    uint32_t id;
    uint8_t legacy[32]; /* whom it is for */
    Packet batch;
    uint64_t messages;
    bool open; /* under way */
} PacedBatch;

typedef struct PaceQueue {
    PacedBatch *batches; /* in the order of their making */
    uint32_t n, capacity;
    uint32_t last_id;
} PaceQueue;

/* --- anti-entropy (anti_entropy.h) -------------------------------------------------- */

typedef enum CompareStep {
    COMPARE_SUMMARY = 1,
    COMPARE_RANGES,
    COMPARE_FETCH,
    COMPARE_GIVE
} CompareStep;

enum { COMPARE_SALT_BYTES = 16 };

/* Which messages are compared, and how ids are made. */
typedef struct CompareScope {
    uint8_t salt[COMPARE_SALT_BYTES];
    UnixMs alive_after;    /* only those with a later expiry ... */
    UnixMs written_before; /* ... and an earlier timestamp */
} CompareScope;

/* Ids; most functions want them sorted. */
typedef struct IdList {
    uint64_t *ids;
    size_t n, capacity;
} IdList;

/* A node has at most one of its own under way. */
typedef struct Exchange {
    uint8_t legacy[32]; /* with whom */
    CompareStep step;   /* what was asked last */
    CompareScope scope;
    Packet ranges; /* as they were asked */
    IdList wants;  /* what I lack, oldest first: ids hang on the bytes of messages, and what
                    * is  fetched first must not */
    IdList gives;  /* what the other one lacks, sorted */
    uint32_t rounds, tries;
} Exchange;

typedef struct Tombstone {
    UnixMs expiry;
    uint8_t n;
    uint8_t hash[MESSAGE_HASH_MAX];
} Tombstone;

typedef struct Tombstones {
    Tombstone *stones; /* a ring, once it is full */
    uint32_t n, capacity, next;
} Tombstones;

/* Subscriptions (monitor.c). */
typedef struct Monitors Monitors;

/* --- the node --------------------------------------------------------------------- */

/* What every input touches stands in the first of them, which hosts fetch ahead. */
enum { SERVICE_HOT_BYTES = 192 };

struct ServiceNode {
    const Crypto *crypto;
    Port *port;
    const ServiceConfig *config;

    /* Of this incarnation: */
    Snapshot *snapshot;     /* last one seen, or NULL */
    Snapshot *shown;        /* that it tells of instead; NULL: it does not lie */
    const NodeRecord *self; /* in the snapshot; NULL when not listed */
    const Swarm *swarm;     /* mine; NULL when in none */
    Time started;
    Time alarm; /* where the port's alarm stands */
    Heap timers;
    PendingTable pending;
    UnixMs sweep_expiry; /* the expiry for which TIMER_SWEEP is set */
    Reachability reachability;
    ReadyState ready;
    RelayBuffer relay;
    HeldRelays held;
    PaceQueue pace;
    Monitors *monitors;    /* NULL as long as nobody subscribed */
    Exchange *exchange;    /* NULL: none under way */
    uint32_t compare_next; /* with whom next, counted around the swarm */

    /* As it was made: */
    Address chain;
    Ed25519Pair identity;
    X25519Pair x25519;
    uint8_t legacy[32];

    /* On its disk: */
    RetryQueue retry;
    Tombstones tombstones;
    uint64_t swarm_before; /* in which it was last; SWARM_NONE: in none, or not known */
};

/* My index in the snapshot's list; only when listed. */
uint32_t node_self_index(const ServiceNode *node);
/* A node by its on-chain key, or NULL. */
const NodeRecord *node_by_legacy(const ServiceNode *node, const uint8_t legacy[32]);
/* The record of the registered node that proved @peer_key, or NULL. */
const NodeRecord *node_by_peer_key(const ServiceNode *node, const uint8_t *peer_key);
/* True when @record is in my swarm. */
bool node_is_swarm_peer(const ServiceNode *node, const NodeRecord *record);
static inline const NodeRecord *
node_member(const ServiceNode *node, const Swarm *swarm, uint32_t i)
{
    return &node->snapshot->nodes->nodes[node->snapshot->members[swarm->first + i]];
}
/* True when this node relays onion requests: in a swarm or, since 2025, not. */
bool node_relays(const ServiceNode *node);
/* True when this node serves; otherwise the reasons, joined, are appended to @reasons
 * (which may be NULL). */
bool node_ready(const ServiceNode *node, Buffer *reasons);
/* Answer 413 or 503 when an HTTPS request cannot be served; true when it can. */
bool service_check_ready(ServiceNode *node, const Incoming *in);
/* True when my swarm keeps this account's messages. */
bool node_keeps(const ServiceNode *node, const uint8_t account[ACCOUNT_BYTES]);

/* Answered to a peer that is no service node; OxenMQ fails the request at once on it. */
#define FORBIDDEN_SN "FORBIDDEN_SN"
enum { STATUS_FORBIDDEN_SN = 403 };
bool answer_is_forbidden(Outcome outcome, int status, const Packet *packet);

/* A message of @expiry came in, or its expiry changed: set the sweep for it. */
void sweep_consider(ServiceNode *node, Time now, UnixMs expiry);
void sweep_due(ServiceNode *node, Time now);

/* --- storage requests ------------------------------------------------------------- */

/* A client's request text; the packet is shared, not taken. */
void rpc_handle(ServiceNode *node, Time now, const Packet *body, const ReplyTo *to);
/* Parse and carry out a request by name; @text holds what @params borrow. */
void rpc_call(ServiceNode *node, Time now, Bytes name, RpcValue params, const Packet *text,
              const ReplyTo *to);
/* Carry out a parsed request; takes what is in it. */
void rpc_execute(ServiceNode *node, Time now, Request *request, const ReplyTo *to);
/* The two parts of a forwarded request, borrowed. */
bool storage_cc_split(Bytes text, Bytes *ret_method, Bytes *ret_params);
/* storage.<method> and monitor.messages */
void client_omq_receive(ServiceNode *node, Time now, const Incoming *in);
/* sn.storage_cc */
void storage_cc_receive(ServiceNode *node, Time now, const Incoming *in);

/* --- forwarding (forward.c) ------------------------------------------------------- */

/* Forward a request to the other members of my swarm, all at once; the caller then adds
 * its own entry with fanout_own_done.  @hash: of the message that is stored, or empty.
 * NULL, with a 503 answered, when there is no room for as many requests. */
Fanout *fanout_start(ServiceNode *node, Time now, const Request *request, const ReplyTo *to,
                     Bytes hash);
/* What became of a request on the node that forwards it. */
typedef enum OwnOutcome {
    OWN_FAILED, /* its entry says so */
    OWN_DONE,
    OWN_REMOVED /* done, and delete removed something */
} OwnOutcome;

/* This node's own entry, a JSON object (taken). */
void fanout_own_done(ServiceNode *node, Time now, Fanout *fanout, Buffer *entry,
                     OwnOutcome own);
/* Instead of that: the client gets this error now, and nothing of what the members say. */
void fanout_give_up(ServiceNode *node, Time now, Fanout *fanout, int status,
                    const char *text);
void fanout_outcome(ServiceNode *node, Time now, Fanout *fanout, uint32_t part,
                    Outcome outcome, int status, Packet *packet);
/* One of its requests will never end. */
void fanout_drop(Fanout *fanout);

/* --- the rest --------------------------------------------------------------------- */

void onion_receive(ServiceNode *node, Time now, const Incoming *in);
/* @from_client: it came to me as the guard. */
void onion_relay_outcome(ServiceNode *node, ReplyToken token, bool from_client,
                         Outcome outcome, int status, Packet *packet);

/* Hand the opened layer to the server that it names (onion_server.c). */
void server_post(ServiceNode *node, Time now, ReplyToken token, OnionPeeled *peeled);
/* Takes @post. */
void server_outcome(ServiceNode *node, Time now, ServerPost *post, Outcome outcome,
                    int status, Packet *packet);
void server_drop(ServerPost *post);

void blocks_receive(ServiceNode *node, Time now, const Incoming *in);

/* The first byte of sn.data. */
enum {
    DATA_PUSH = 0x01,  /* messages */
    DATA_READY = 0x02, /* "are you ready for messages?" */
    DATA_DUMP = 0x03   /* "push me what belongs to my swarm" */
};

/* Push to new members of my swarm (by way of a handshake, where that is on). */
void push_to_members(ServiceNode *node, Time now, const NodeRecord *const *to, size_t n);
/* Push, for each of the marked swarms (by index in the snapshot), what maps to it to all
 * its members.  @previous mapped what is mine to @was. */
void push_to_swarms(ServiceNode *node, Time now, const bool *wanted,
                    const Snapshot *previous, uint64_t was);
/* Push to one node what maps to its swarm. */
void push_for_node(ServiceNode *node, Time now, const NodeRecord *to);
/* --- push_format.c: a push's bytes ------------------------------------------------- */

/* An entry of version 1 with its namespace, whatever pushes have. */
void push_write_whole_entry(const StoreMessage *message, Buffer *out);
/* Begin, entries, end. */
void push_begin(const ServiceNode *node, Buffer *out);
void push_write_entry(const ServiceNode *node, const StoreMessage *message, Buffer *out);
void push_end(const ServiceNode *node, Buffer *out);

typedef struct PushReader {
    const Packet *packet;
    bool v0;
    BencodeIterator it; /* version 1 */
    Reader rest;        /* version 0 */
} PushReader;

/* Read a list of entries of version 1, from @offset of the packet on. */
bool push_read_list(const Packet *packet, size_t offset, PushReader *ret);
/* Read a push, which outlives the reader.  False: it is none. */
bool push_read_begin(const ServiceNode *node, const Packet *packet, PushReader *ret);
/* The next message; false at the end.  *ret_good: it is one, its data owned by the caller
 * and its hash borrowed from the packet; after a bad one there is no use in going on. */
bool push_read_next(const ServiceNode *node, PushReader *reader, StoreMessage *ret,
                    bool *ret_good);

/* All entries from here on are good (a copy of the reader goes through them): nothing is
 * stored of a batch that has a bad one. */
bool push_all_good(const ServiceNode *node, PushReader reader);

/* --- relay.c: replication after the answer (protocol 7, row 2) ---------------------- */

/* A client's message that is kept here goes to the other members by and by. */
void relay_add(ServiceNode *node, Time now, const StoreMessage *message);
void relay_due(ServiceNode *node, Time now);
void relay_clear(ServiceNode *node);

/* --- storage requests of 2020 (rpc_2020.c, store_2020.c) ---------------------------- */

void rpc_2020_handle(ServiceNode *node, Time now, const Packet *packet, const ReplyTo *to);
/* What a row of 2020 holds: the nonce (at most 255 bytes) beside the data. */
Packet body_2020(Bytes nonce, Bytes data);
/* False when it is none; the parts are borrowed. */
bool body_2020_split(Bytes body, Bytes *ret_nonce, Bytes *ret_data);

/* One batch on its way; @part: as the paced batch with this id, or 0.  False: it did not
 * leave, there is no address or too many requests are open. */
bool push_send_batch(ServiceNode *node, Time now, const NodeRecord *to, const Packet *batch,
                     uint64_t messages, uint32_t part);
/* A batch for @to (shared): now, or after those that are before it. */
void pace_add(ServiceNode *node, Time now, const NodeRecord *to, const Packet *batch,
              uint64_t messages);
/* A batch ended, however: the next one to the same node leaves. */
void pace_outcome(ServiceNode *node, Time now, uint32_t id);
void pace_clear(ServiceNode *node);
void push_receive(ServiceNode *node, Time now, const Incoming *in);

/* KIND_DATA of every form. */
void data_receive(ServiceNode *node, Time now, const Incoming *in);

void ready_ask(ServiceNode *node, Time now, const NodeRecord *target);
void ready_due(ServiceNode *node, Time now);
void ready_outcome(ServiceNode *node, Time now, uint64_t key, bool ok);
void dump_want(ServiceNode *node, Time now);
void dump_due(ServiceNode *node, Time now);
void dump_outcome(ServiceNode *node, Time now, bool ok);
void ready_clear(ServiceNode *node);

/* A forwarded request that did not reach the node with this key: try it again later. */
void retry_add(ServiceNode *node, Time now, const uint8_t legacy[32], RpcMethod method,
               const Packet *forward);
void retry_due(ServiceNode *node, Time now);
void retry_outcome(ServiceNode *node, uint32_t id, Outcome outcome, int status,
                   const Packet *packet);
/* The incarnation begins: what the last one left is due again. */
void retry_start(ServiceNode *node, Time now);
void retry_clear(ServiceNode *node);

/* The incarnation begins: compare with another member after a random part of the interval.
 */
void anti_entropy_start(ServiceNode *node, Time now);
void anti_entropy_due(ServiceNode *node, Time now);
void anti_entropy_outcome(ServiceNode *node, Time now, Outcome outcome, int status,
                          const Packet *packet);
void anti_entropy_clear(ServiceNode *node);
/* sn.anti_entropy */
void anti_entropy_receive(ServiceNode *node, Time now, const Incoming *in);
/* A message was deleted here, or would have been; it would have lived until @expiry. */
void tombstone_add(ServiceNode *node, Bytes hash, UnixMs expiry);
void tombstones_clear(ServiceNode *node);

/* monitor.messages */
void monitor_receive(ServiceNode *node, Time now, const Incoming *in);
/* A client's message was stored that this node did not have: tell who subscribed. */
void monitor_tell(ServiceNode *node, Time now, const StoreMessage *message);
void monitor_clear(ServiceNode *node);

void proof_start(ServiceNode *node, Time now);
void proof_due(ServiceNode *node, Time now);
void voting_on_block(ServiceNode *node, Time now);
