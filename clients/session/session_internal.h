/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the client core share: its state, its named limits, and who calls whom.
 * Nodes are named by their index in the pool's node list (two bytes, not 32), and carried
 * over when the list is replaced.
 *
 * The order of calls: session.c (the actor) calls poll, outbox, pool and requests; poll and
 * send start onion requests; a request takes a path, and has paths built when none stands;
 * building takes a pool and guards.  Results travel back by the functions named _done.
 * Starting a request never ends it within the call: it ends from an outcome, a timer or the
 * end of path building. */
#pragma once

#include "clients/session/session.h"
#include "nodes/onion/later.h"
#include "nodes/onion/reply_later.h"
#include "nodes/wire/json.h"

enum {
    PATHS_MAX = 8,               /* config->paths, at most */
    PATH_HOPS_MAX = 14,          /* config->hops, at most */
    PATH_DRAWS_PER_NODE = 8,     /* draws for one hop, times the pool, before giving up */
    PATH_BUILD_ROUNDS_MAX = 10,  /* builds in a row while requests wait (protocol 5.2) */
    GUARD_TESTS_MAX = 16,        /* config->guard_tests_parallel, at most */
    GUARD_CANDIDATES_MAX = 128,  /* tested in one selection, at most */
    EXCLUDED_MAX = 256,          /* nodes dropped from the pool before it counts as empty */
    FAILURES_MAX = 128,          /* nodes with a failure counter; the oldest is forgotten */
    REQUESTS_MAX = 64,           /* onion requests under way */
    SENDS_MAX = 16,              /* messages under way, each to another recipient */
    SWARM_NODES_MAX = 32,        /* nodes of one swarm that are remembered */
    SWARM_CACHE_MAX = 128,       /* contacts whose swarm is remembered */
    SERVER_TRIES = 3,            /* of a request to a server (protocol 5.2) */
    SWARM_FETCH_SAME_NODE = 4,   /* tries at one node, 100 ms doubling (protocol 5.3) */
    SWARM_FETCH_OTHER_NODES = 4, /* nodes asked, 100 ms doubling */
    POOL_REFRESH_TRIES = 4,      /* 1 s apart (protocol 5.1) */
    POOL_REFRESH_NODES_MAX = 16, /* config->pool_refresh_nodes, at most */
    CURSORS_MAX = 64,            /* (node, namespace) pairs; the oldest is forgotten */
    HASH_RAW_BYTES = 32,         /* a message hash without its base64 */
    HASH_RAW_2020_BYTES = 64,    /* the same of 2020, without its hex */
    ANSWER_BYTES_MAX = 16 << 20, /* a longer answer is not read */
    POLL_LOOPS_MAX = 3,          /* config->poll_loops, at most */
    POLL_NAMESPACES_MAX = 5,
    POLL_PAGES_MAX = 16,  /* asked for in a row at one node that has more */
    CLOCK_SAMPLES_MAX = 9 /* nodes whose clock is remembered */
};

#define POOL_REFRESH_GAP (1 * SECOND)
#define SEED_FIRST_GAP (1 * SECOND)
#define SEED_GAP_MAX (1 * MINUTE)
#define SWARM_FETCH_GAP (100 * MILLISECOND)
#define SWARM_FETCH_GAP_MAX (2 * SECOND)
#define RETRY_GAP_MAX (5 * SECOND)
#define NETWORK_TIME_MAX_MS ((UnixMs)1 << 53)

/* Index of a node in the pool's list (NODE_LIST_MAX fits); int where it may be NODE_NONE.
 */
typedef uint16_t NodeRef;

/* --- state that outlives an incarnation ------------------------------------------ */

typedef struct Pool {
    NodeList *list;    /* shared; NULL before the first answer of a seed */
    NodeRef *excluded; /* dropped from the pool, ascending */
    uint16_t n_excluded, excluded_capacity;
    /* One incarnation: */
    uint8_t seed_tries;      /* made in the fetch under way */
    bool seed_fetching;      /* a fetch is under way (request or pause) */
    RequestId seed_request;  /* 0: none open */
    Time refresh_at;         /* TIME_NEVER: not online yet */
    struct Refresh *refresh; /* under way; else NULL */
} Pool;

/* The swarm of one account, as far as its nodes are in the list. */
typedef struct SwarmEntry {
    uint8_t key[KEY_BYTES];
    uint8_t n;
    NodeRef node[];
} SwarmEntry;

typedef struct SwarmCache {
    SwarmEntry *own;      /* NULL: unknown */
    SwarmEntry **contact; /* most recently used first */
    uint32_t n, capacity;
} SwarmCache;

typedef struct Cursor {
    NodeRef node;
    int8_t name_space;
    uint8_t hash[]; /* without its base64 or hex: session_cursor_bytes says how long */
} Cursor;

/* A bounded set of 64-bit keys that forgets the oldest. */
typedef struct SeenSet {
    uint64_t *sorted;
    uint64_t *ring; /* the same keys by age */
    uint32_t n, capacity, oldest;
} SeenSet;

typedef struct Spread Spread;
typedef struct Group Group; /* groups.h */

typedef enum OutState {
    OUT_READY, /* waits for its turn */
    OUT_SWARM, /* the recipient's swarm is being asked for */
    OUT_SENT,  /* a request is under way */
    OUT_GAP,   /* between two tries, until `due` */
    OUT_PARKED /* its tries are used up, until `due` or the next time online */
} OutState;

/* What a message's `to` is. */
typedef enum OutWhere {
    OUT_TO_ACCOUNT,
    OUT_TO_GROUP, /* a closed group with keys of its own */
    OUT_TO_ROOM
} OutWhere;

typedef struct OutMessage {
    uint64_t serial;  /* names it among this client's messages */
    uint64_t message; /* logical id; SESSION_SYNC: of the message that it copies */
    uint64_t copy;    /* SESSION_SYNC: its own id, 0: nobody counts it */
    Time written, due;
    UnixMs sent_ms;    /* inside the content, the same in all attempts; 0: never sealed */
    UnixMs sealed_ms;  /* outside; of the first attempt (0: none) where all are the same */
    uint32_t bytes;    /* length of the text */
    uint32_t attempt;  /* attempts begun, over all rounds */
    uint8_t tries;     /* begun in this round */
    bool is_refused;   /* for good: it goes at once */
    uint8_t state;     /* OutState */
    uint8_t failure;   /* SendFailure of the last attempt */
    uint8_t kind;      /* SessionKind */
    uint8_t file_kind; /* that of the message which a sync copy copies, else its own */
    uint8_t where;     /* OutWhere */
    uint8_t *seal_to;  /* TO_GROUP: the key, where it is not the newest; or NULL */
    struct Spread *spread; /* the attempt under way, where it goes to several nodes */
    struct OutFile *file;  /* what its text tells of; NULL: no file */
    uint8_t *content;      /* what it says; NULL: the text of its id */
    uint32_t content_n;
    uint8_t to[ACCOUNT_BYTES];          /* whose swarm gets it */
    uint8_t sync_target[ACCOUNT_BYTES]; /* whom the original went to */
    uint8_t ephemeral[KEY_BYTES];       /* that sealed it, beside sealed_ms */
} OutMessage;

typedef struct Outbox {
    OutMessage **item; /* oldest first */
    uint32_t n, capacity;
    uint32_t under_way;
    bool dirty;   /* something changed since the last session_outbox_run */
    bool refused; /* in it one is there that goes at once */
} Outbox;

/* --- state of one incarnation ---------------------------------------------------- */

typedef struct Path {
    NodeRef hop[PATH_HOPS_MAX]; /* guard first */
    uint8_t n;
    uint8_t failures;
} Path;

typedef struct NodeFailures {
    NodeRef node;
    uint8_t failures;
    Time last; /* counts with config->failure_life */
} NodeFailures;

typedef enum BuildState {
    BUILD_IDLE,
    BUILD_POOL,   /* a seed is being asked */
    BUILD_GUARDS, /* guards are being tested */
    BUILD_GAP     /* between two tries */
} BuildState;

typedef struct Build {
    BuildState state;
    uint8_t tries, rounds;
} Build;

/* Where an onion request ends: a node of the list, or one known from an answer alone. */
typedef struct Target {
    int node; /* NodeRef or NODE_NONE */
    uint8_t ed25519[KEY_BYTES], x25519[KEY_BYTES];
} Target;

typedef enum RequestUse {
    USE_POLL,
    USE_STORE,
    USE_SWARM,
    USE_REFRESH,
    USE_UPLOAD, /* to a server, as the next ones */
    USE_DOWNLOAD,
    USE_POST,
    USE_ROOM_POLL,
    USE_GROUP_POLL,
    USE_PUSH,
    USE_COVER /* whose answer nobody wants (cover.c) */
} RequestUse;

typedef struct OnionRequest {
    uint64_t serial;
    RequestUse use;
    bool waits_for_path;
    uint8_t tries;      /* made */
    uint8_t same_node;  /* USE_SWARM: requests to this target so far */
    uint8_t other_node; /* USE_SWARM: targets so far */
    uint64_t owner;     /* serial of the poll, message or refresh */
    bool has_account;
    bool any_target;            /* the target is still to be drawn */
    uint8_t account[KEY_BYTES]; /* whose swarm the target is asked as */
    Target target;
    const SessionServer *server; /* instead of a node; or NULL */
    int guard;                   /* of the path in use; NODE_NONE when it vanished */
    OnionReplyKey reply_key;     /* of the attempt under way */
    Packet payload;              /* the RPC text */
} OnionRequest;

/* What is asked of every request at every input stands beside the pointer to it: a request
 * is a cache miss. */
typedef struct RequestSlot {
    OnionRequest *request; /* NULL: free */
    RequestId id;          /* 0: not on its way */
    Time due;              /* of its next step; TIME_NEVER: none */
} RequestSlot;

/* How an onion request ended.  @answered: the destination answered 200 and the answer was
 * read (a server: it answered anything but 5xx, with @status); else @failure says why not.
 * @status is the last one seen, 0 when none was. */
typedef struct RequestResult {
    bool answered;
    SendFailure failure;
    int status;
    Packet body; /* the destination's answer */
} RequestResult;

typedef enum PollState {
    POLL_OFF,
    POLL_WAITING, /* for its time */
    POLL_SWARM,   /* one's own swarm is being asked for */
    POLL_ASKED    /* a request is under way */
} PollState;

/* One loop; there are several in 2020, each over its part of the swarm. */
typedef struct Poll {
    uint8_t state;    /* PollState */
    uint8_t failures; /* in a row */
    uint8_t place;    /* of its part, the node whose turn it is */
    uint8_t pages;    /* asked for in it */
    uint8_t round;    /* nodes to ask in this poll ... */
    uint8_t members;  /* ... and asked so far (poll_members) */
    uint64_t serial;  /* of the poll under way */
} Poll;

/* A swarm as get_swarm names it, nodes outside the list too; lives for one call. */
typedef struct FreshSwarm {
    uint8_t key[KEY_BYTES];
    uint32_t n;
    Target node[SWARM_NODES_MAX];
} FreshSwarm;

/* The timers of a client.  Requests have theirs in their slots, which are named from
 * TIMER_REQUESTS on.  Equal times run in this order. */
typedef enum Timer {
    TIMER_POLL, /* the next poll, or the end of patience with this one; one a loop */
    TIMER_POLL_LAST = TIMER_POLL + POLL_LOOPS_MAX - 1,
    TIMER_SEED,    /* the next try at a seed */
    TIMER_REFRESH, /* the next refresh, or its next try */
    TIMER_BUILD,   /* the next try to build paths */
    TIMER_OUTBOX,  /* the next message that becomes due or dies */
    TIMER_REQUESTS
} Timer;

/* What every input touches stands in the first 256 bytes, which hosts fetch ahead. */
struct Session {
    Time now;   /* of the call under way */
    Time alarm; /* as the port has it */
    Port *port;
    const SessionConfig *config;
    const Crypto *crypto;
    RequestSlot *slot;
    uint8_t n_slots;
    bool online;
    uint8_t n_paths, n_guards;
    uint32_t pow_difficulty; /* as a node said it last (2020) */
    Path *path;              /* config->paths of them */
    /* second line */
    Time timer[TIMER_REQUESTS];
    uint64_t serial; /* last one given out: requests, polls, messages */
    /* third line */
    Outbox outbox;
    struct GuardSelection *selection; /* under way; else NULL */
    int64_t clock_offset_ms;          /* local minus network */
    Pool pool;
    /* the rest */
    Poll poll[POLL_LOOPS_MAX];
    SwarmCache swarms;
    uint8_t *cursor; /* Cursors, oldest first */
    uint16_t n_cursors, cursor_capacity;
    NodeRef guard[PATHS_MAX];
    SeenSet seen_hashes, seen_sent;
    UnixMs last_sent_ms; /* keeps sent timestamps of one client apart */
    Build build;
    const FreshSwarm *fresh;            /* during the call that learnt it */
    struct ClockSamples *clock_samples; /* what the offset is the median of, or NULL */
    NodeFailures *failure;
    uint16_t n_failures, failure_capacity;
    uint32_t n_seeds;
    const Address *seeds;
    struct More *more;  /* what not every client has (more.h); NULL: nothing of it */
    NodeListMemo *memo; /* borrowed; NULL: none */
    Ed25519Pair ed25519;
    X25519Pair x25519;
};

/* --- identity.c, clock.c, gap.c, memory.c -----------------------------------------------
 */

void session_identity_init(Session *s, const uint8_t seed[32]);
void session_account_of_key(const uint8_t key[KEY_BYTES], uint8_t ret[ACCOUNT_BYTES]);
/* An X25519 key that is one's own. */
static inline bool
session_is_self(const Session *s, const uint8_t key[KEY_BYTES])
{
    return memcmp(key, s->x25519.pk, KEY_BYTES) == 0;
}
/* Network time: the local clock less the offset of the last answer. */
UnixMs session_network_ms(Session *s);
/* Learn the offset from the "t" of an answer that @from gave. */
void session_learn_time(Session *s, const Target *from, JsonValue body);
void session_forget_time(Session *s);
size_t session_clock_memory(const Session *s);
/* The pause after so many tries (1 or more): @first, doubling up to @max, if that is more.
 */
Duration session_gap(Duration first, uint32_t tries, Duration max);
/* The pause before an attempt is made again: @gap each time, or (8.12) growing and drawn.
 */
Duration session_retry_gap(Session *s, Duration gap, uint32_t tries);

/* --- rotation.c: guards and paths with an end ------------------------------------- */

typedef struct Rotation Rotation;

void session_rotation_init(Session *s);
/* Guards from number @first on are new; one moved to another place of the list. */
void session_rotation_guards(Session *s, uint32_t first);
void session_rotation_moved(Session *s, uint32_t from, uint32_t to);
void session_rotation_paths(Session *s); /* paths were drawn */
size_t session_rotation_memory(const Session *s);
/* Give up what has come to its end, and build anew. */
void session_rotate(Session *s);

/* --- pool.c: the node list of a client (protocol 5.1) ---------------------------- */

static inline const NodeRecord *
session_node(const Session *s, NodeRef node)
{
    return &s->pool.list->nodes[node];
}

/* Nodes in the pool: the list less what was dropped. */
uint32_t session_pool_count(const Session *s);
bool session_pool_has(const Session *s, NodeRef node);
/* A uniformly random node of the pool; false when it is empty. */
bool session_pool_draw(Session *s, Purpose purpose, NodeRef *ret);
/* Drop a node; asks a seed when too few are left. */
void session_pool_drop(Session *s, NodeRef node);
/* Take @list as the pool: all that names nodes is carried over by their keys, counters are
 * reset (5.1). */
void session_pool_replace(Session *s, NodeList *list);
Target session_target_of(const Session *s, NodeRef node);
void session_pool_clear(Session *s);

/* --- pool_fetch.c: seeds and refreshes ------------------------------------------- */

/* Ask a seed, unless one is being asked. */
void session_seed_fetch(Session *s);
/* True when the outcome was the seed's. */
bool session_seed_outcome(Session *s, RequestId id, Outcome outcome, int status,
                          Packet *packet);
void session_seed_expire(Session *s);
void session_refresh_expire(Session *s);
void session_refresh_done(Session *s, uint64_t owner, RequestResult *result);
/* Forget fetches under way. */
void session_pool_abandon(Session *s);

/* --- blame.c: what failures cost (protocol 5.2) ---------------------------------- */

/* One more failure of @node; at the limit it leaves the pool, the path it is in and the
 * swarm of @account (NULL: of nobody). */
void session_blame_node(Session *s, NodeRef node, const uint8_t *account);
/* 2020: the whole path is bad at once, its guard with it; nobody else is blamed. */
void session_path_bad(Session *s, int guard);
/* One more failure of the path with this guard, and of its other nodes. */
void session_blame_path(Session *s, int guard);
/* A relay does not know @ed25519: it leaves pool, path and swarm at once. */
void session_node_not_found(Session *s, Bytes hex, const uint8_t *account);
/* "not found", "not ready", "unreachable": one more failure of the node that a relay named
 * by its key, and of the path on which the relay said so. */
void session_blame_named(Session *s, Bytes hex, const uint8_t *account, int guard);
/* An answer came back along the path with this guard; from @target (NULL: it was no good
 * one). */
void session_path_succeeded(Session *s, int guard, const Target *target);
/* The pool was renewed (@map: from old nodes to new ones; NULL: they are the same):
 * counters start again, or are carried over. */
void session_failures_renew(Session *s, const int *map);
void session_failures_stop(Session *s); /* the incarnation ends */
void session_failures_clear(Session *s);

/* --- guards.c -------------------------------------------------------------------- */

/* Choose and test guards anew; ends with session_build_guards_done. */
void session_guards_select(Session *s);
/* True when the outcome was a guard test's. */
bool session_guards_outcome(Session *s, RequestId id, Outcome outcome, int status);
void session_guards_abandon(Session *s);
void session_guards_remap(Session *s, const int *map);
size_t session_guards_memory(const Session *s);
void session_guard_drop(Session *s, NodeRef node);

/* --- paths.c --------------------------------------------------------------------- */

/* A random path that does not contain @target; NULL when there is none. */
const Path *session_path_pick(Session *s, const Target *target);
/* The path that contains @node, or NULL. */
Path *session_path_with(Session *s, NodeRef node);
/* Draw new paths, one for each guard.  False when not even one could be drawn. */
bool session_paths_draw(Session *s);
/* Take @node out of the path it is in and append a random unused one (5.2). */
void session_path_replace_node(Session *s, NodeRef node);
void session_path_drop(Session *s, Path *path);
/* Fill up paths whose nodes vanished; @lost: a whole path did, so build anew. */
void session_paths_mend(Session *s, bool lost);

/* --- build.c: building paths, one build at a time -------------------------------- */

void session_build(Session *s); /* unless one is under way */
void session_build_pool_done(Session *s);
void session_build_guards_done(Session *s, bool ok);
void session_build_expire(Session *s);
void session_build_abandon(Session *s);

/* --- request.c: onion requests --------------------------------------------------- */

typedef struct RequestOrder {
    RequestUse use;
    uint64_t owner;
    const uint8_t *account; /* whose swarm it concerns, or NULL */
    Target target;
    bool any_target; /* instead: a random node of the pool, drawn at the first attempt */
    const SessionServer *server;   /* instead of a node; the payload is v4 */
    Duration delay;                /* before the first attempt */
    uint8_t same_node, other_node; /* USE_SWARM */
} RequestOrder;
/* Start a request.  The payload is taken.  False, and nothing started, when too many are
 * under way. */
bool session_request_start(Session *s, const RequestOrder *order, Packet *payload);
/* True when the outcome was an onion request's. */
bool session_request_outcome(Session *s, RequestId id, Outcome outcome, int status,
                             Packet *packet);
void session_request_expire(Session *s, uint32_t slot);
/* Paths stand now, or could not be built. */
void session_requests_path_ready(Session *s);
void session_requests_no_path(Session *s, SendFailure failure);
bool session_requests_wait_for_path(const Session *s);
/* The request of a use and owner, or NULL. */
OnionRequest *session_request_find(const Session *s, RequestUse use, uint64_t owner);
/* Forget a request that is not on its way; its _done is not called. */
void session_request_cancel(Session *s, OnionRequest *request);
/* The same of all those of a use and owner. */
void session_requests_cancel_waiting(Session *s, RequestUse use, uint64_t owner);
void session_requests_abandon(Session *s);

/* --- answer.c: what an answer means (protocol 4.4, 5.2) -------------------------- */

typedef enum Verdict {
    VERDICT_DONE,  /* read: status and body are there */
    VERDICT_RETRY, /* try again by another path */
    VERDICT_ABORT  /* no use */
} Verdict;

/* Judge the outcome of one attempt and do what it says to pool, paths and swarms.  Writes
 * @result (its body is appended to). */
Verdict session_answer_judge(Session *s, OnionRequest *request, Outcome outcome, int status,
                             Packet *packet, RequestResult *result);
/* The answer to a request that asks one thing: the only item of a batch, or (2020) the
 * destination's answer itself; it uses @index.  False when it cannot be read. */
bool session_answer_single(Session *s, const OnionRequest *request,
                           const RequestResult *result, JsonIndex *index, int *ret_code,
                           JsonValue *ret_body);
/* A batch's outer answer: its items, which use @index.  False when there are none. */
bool session_batch_parse(const Session *s, Bytes body, JsonIndex *index, JsonIterator *ret);
/* The next sub-result; its failures cost as the destination's own do.  False at the end or
 * when it has no code. */
bool session_batch_next(Session *s, const OnionRequest *request, JsonIterator *it,
                        int *ret_code, JsonValue *ret_body);
SendFailure session_failure_of_status(int status);

/* --- swarm_cache.c, swarm_fetch.c (protocol 5.3) --------------------------------- */

SwarmEntry *session_swarm_find(Session *s, const uint8_t key[KEY_BYTES]);
void session_swarm_put(Session *s, const FreshSwarm *fresh);
void session_swarm_drop_node(Session *s, const uint8_t key[KEY_BYTES], NodeRef node);
void session_swarms_remap(Session *s, const int *map);
void session_swarms_clear(Session *s);
/* From the node list, where clients compute and there is one; false otherwise. */
bool session_swarm_compute(Session *s, const uint8_t key[KEY_BYTES], FreshSwarm *ret);
/* Read a get_swarm body.  False when it names no node at all. */
bool session_swarm_parse(Session *s, const uint8_t key[KEY_BYTES], JsonValue body,
                         FreshSwarm *ret);

typedef enum SwarmPick {
    PICK_NOW,   /* *ret is a node to ask */
    PICK_LATER, /* being fetched; session_poll_swarm and session_outbox_swarm will tell */
    PICK_NEVER  /* cannot even be asked for now */
} SwarmPick;
/* *ret_n: how many nodes there are to choose among. */
SwarmPick session_swarm_ready(Session *s, const uint8_t key[KEY_BYTES], uint32_t *ret_n);
/* The one at @index, right after session_swarm_ready said PICK_NOW. */
Target session_swarm_node(Session *s, const uint8_t key[KEY_BYTES], uint32_t index);
/* A random one. */
SwarmPick session_swarm_pick(Session *s, const uint8_t key[KEY_BYTES], Purpose purpose,
                             Target *ret);
void session_swarm_done(Session *s, OnionRequest *request, RequestResult *result);
/* A request that waited for a path to ask for a swarm need not ask, now that there is a
 * node list.  False: it must. */
bool session_swarm_known(Session *s, const OnionRequest *request);

/* --- poll.c, cursor.c, receive.c (5.4) ------------------------------------------- */

void session_poll_expire(Session *s, uint32_t loop);
void session_poll_swarm(Session *s, const uint8_t key[KEY_BYTES]);
void session_poll_done(Session *s, OnionRequest *request, RequestResult *result);
void session_poll_stop(Session *s);
void session_poll_start(Session *s, Time at);

const Cursor *session_cursor_find(const Session *s, NodeRef node, int8_t name_space);
void session_cursor_set(Session *s, NodeRef node, int8_t name_space, Bytes hash);
/* Append the hash as text. */
void session_cursor_write(const Session *s, const Cursor *cursor, Buffer *out);
/* The i-th, and the memory of one. */
Cursor *session_cursor_at(const Session *s, uint32_t i);
size_t session_cursor_bytes(const Session *s);
void session_cursors_remap(Session *s, const int *map);

/* Read what a retrieve gave: opens those that were not seen (in the message namespace),
 * moves the cursor.  Returns the number of messages.  *ret_more, set to true: the node has
 * more. */
uint32_t session_receive(Session *s, int node, int8_t name_space, JsonValue body,
                         bool *ret_more);
/* The same of a closed group's mailbox; *ret_last, set where there is one: the last hash.
 */
uint32_t session_receive_group(Session *s, Group *group, JsonValue body, Bytes *ret_last,
                               bool *ret_more);
void session_receive_mark_seen(Session *s, Bytes hash);

/* --- rpc_2020.c: the requests of 2020 (3.7) ---------------------------------------- */

void session_2020_swarm(const uint8_t key[KEY_BYTES], Buffer *out);
/* @cursor NULL: from the first message on. */
void session_2020_retrieve(const Session *s, const Cursor *cursor, Buffer *out);
/* Does the work at the difficulty that is known. */
void session_2020_store(Session *s, const uint8_t key[KEY_BYTES], UnixMs timestamp,
                        Duration ttl, Bytes data, Buffer *out,
                        char ret_hash[MESSAGE_HASH_MAX]);
/* The answer to a store, good or 432, tells the difficulty. */
void session_2020_learn_difficulty(Session *s, JsonValue body);

/* --- cover.c ---------------------------------------------------------------------- */

/* Cover polls are to be of so many bytes: a real one was. */
void session_cover_like(Session *s, uint32_t bytes);
/* Fill a request to a node up to a multiple of config->request_padding. */
void session_fill_up(const Session *s, Packet *payload);

/* --- seen.c ---------------------------------------------------------------------- */

bool session_seen_has(const SeenSet *seen, uint64_t key);
/* Add @key; false when it was there.  Forgets the oldest beyond @max. */
bool session_seen_add(SeenSet *seen, uint64_t key, uint32_t max);
void session_seen_clear(SeenSet *seen);
/* 64-bit FNV-1a of @in, going on from @h. */
uint64_t session_seen_hash(uint64_t h, Bytes in);
#define SEEN_HASH_START 0xcbf29ce484222325u

/* --- session.c ------------------------------------------------------------------- */

static inline void
session_timer(Session *s, Timer timer, Time at)
{
    s->timer[timer] = at;
}

static inline void
session_request_timer(Session *s, uint32_t slot, Time at)
{
    s->slot[slot].due = at;
}

static inline uint64_t
session_serial(Session *s)
{
    return ++s->serial;
}
