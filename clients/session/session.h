/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The client core: an actor that does what a Session client does (protocol 5): keeps a pool
 * of nodes, guards and paths, polls its swarm, sends messages with retries, opens what
 * comes in.  It never relays or stores for others. */
#pragma once

#include "nodes/base/port.h"
#include "nodes/crypto/crypto.h"
#include "nodes/wire/node_list.h"

/* Timers and thresholds of protocol 5, shared by all clients, never changed during a run.
 */
typedef struct SessionConfig {
    EncType enc;                    /* aes-gcm */
    uint32_t hops;                  /* 3 */
    uint32_t paths;                 /* 2: one guard each */
    uint32_t guard_tests_parallel;  /* 2 */
    uint32_t guard_test_rounds;     /* 6 */
    Duration guard_test_timeout;    /* 10 s */
    uint32_t path_build_tries;      /* 4, path_build_gap apart */
    Duration path_build_gap;        /* 1 s */
    uint32_t path_failures_max;     /* 3 */
    uint32_t node_failures_max;     /* 3 */
    Duration request_timeout;       /* onion request to the guard: 25 s */
    uint32_t onion_tries;           /* 4, onion_gap apart */
    Duration onion_gap;             /* 100 ms */
    uint32_t send_tries;            /* 3, send_gap apart */
    Duration send_gap;              /* 100 ms */
    Duration resend_interval;       /* a message that failed waits this long; 0: given up.
                                     * (pending messages go again at start-up in any case) */
    Duration poll_interval;         /* 5 s after the last one ended */
    Duration poll_start_delay;      /* 4 s after coming online */
    Duration poll_timeout;          /* 10 s */
    bool poll_configs;              /* namespaces 2, 5, 3, 4 too */
    Duration pool_first_refresh;    /* 5 min after start */
    Duration pool_refresh;          /* 1 h */
    uint32_t pool_refresh_nodes;    /* 3 asked, intersection kept */
    uint32_t pool_min;              /* 8: at or below, ask a seed */
    uint32_t pool_intersection_min; /* 24 */
    Duration seed_timeout;          /* 5 s */
    uint32_t seed_tries;            /* 4, 1 s apart, doubling */
    uint32_t swarm_min;             /* 3 usable cached nodes, else get_swarm */
    Duration message_ttl;           /* 14 d */
    bool sync_copies;               /* each message to one's own swarm too */
    uint32_t seen_max;              /* hashes of seen messages kept, at most */
    uint32_t outbox_max;            /* messages that wait, at most */
} SessionConfig;

extern const SessionConfig session_config_2024;

/* Why an attempt, or a message, failed (NOTE_ATTEMPT_FAILED, NOTE_GIVEN_UP). */
typedef enum SendFailure {
    SEND_NO_POOL,     /* no node list */
    SEND_NO_PATH,     /* no path stands or can be built */
    SEND_NO_SWARM,    /* the recipient's swarm could not be learnt */
    SEND_TIMEOUT,     /* no answer */
    SEND_PATH_ERROR,  /* a relay answered with an error */
    SEND_WRONG_SWARM, /* 421 */
    SEND_CLOCK,       /* 406 or 425 */
    SEND_REFUSED,     /* the destination answered with another error */
    SEND_UNREADABLE,  /* the answer did not open or parse */
    SEND_OUTBOX_FULL,
    SEND_FAILURES
} SendFailure;
const char *send_failure_name(SendFailure failure);

typedef struct Session Session;

/* A client of the account that @seed gives.  @seeds: addresses of seed nodes (borrowed).
 * @crypto, @port, @config are borrowed and outlive it. */
Session *session_new(const Crypto *crypto, Port *port, const SessionConfig *config,
                     const uint8_t seed[32], const Address *seeds, size_t n_seeds);
/* start, receive, outcome, expire, stop, free on a Session.  A new incarnation keeps
 * account, guards, pool, swarm cache, cursors, seen hashes and the outbox (they are on its
 * disk). */
extern const ActorOps session_ops;

/* The account key, 0x05 and the X25519 key. */
void session_account(const Session *session, uint8_t ret[ACCOUNT_BYTES]);
/* The same from a seed, without a client. */
void session_account_of_seed(const uint8_t seed[32], uint8_t ret[ACCOUNT_BYTES]);
/* How many messages wait in the outbox or are under way. */
size_t session_outbox(const Session *session);

/* What the host tells a client: KIND_TELL packets carry one as their blob's object. */
typedef enum SessionOrderKind {
    SESSION_ONLINE,  /* the application comes to the foreground: polling begins */
    SESSION_OFFLINE, /* and goes away: requests under way are abandoned, nothing is polled
                      */
    SESSION_WRITE    /* send a text */
} SessionOrderKind;

typedef struct SessionOrder {
    SessionOrderKind kind;
    uint64_t message;          /* logical id (WRITE) */
    uint8_t to[ACCOUNT_BYTES]; /* WRITE */
    uint32_t bytes;            /* length of the text (WRITE); the client fills it */
} SessionOrder;

Packet session_order_packet(const SessionOrder *order);
