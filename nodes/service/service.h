/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The storage node: an actor (protocol 2.4, 3, 4, 6).  Told of blocks by the chain, it
 * keeps the messages of its swarm, relays onion requests, forwards stores, pushes to
 * joiners and on dissolution, tests its peers, proves that it is up, and votes when it is
 * in a quorum. */
#pragma once

#include "nodes/base/port.h"
#include "nodes/crypto/crypto.h"
#include "nodes/swarm/swarm.h"
#include "nodes/wire/message.h"

/* How a store reaches the other members: before its answer; after it, in batches (2020); or
 * (no real network's) each at once, but the answer waits for none of them. */
typedef enum StoreReplication {
    REPLICATION_SYNCHRONOUS,
    REPLICATION_BUFFERED,
    REPLICATION_ASYNCHRONOUS
} StoreReplication;

/* Whom a node tests, and when it calls it unreachable (protocol 6.1). */
typedef enum ReachRule { REACH_RULE_2020, REACH_RULE_2024 } ReachRule;

/* Which storage server a node says that it is (protocol 7; 2.6.2: that of the transcripts
 * in tests/vectors). */
typedef enum StorageVersion {
    STORAGE_2_0_6,
    STORAGE_2_6_2,
    STORAGE_2_8_0,
    STORAGE_2_11_3,
    STORAGE_VERSIONS
} StorageVersion;

/* Timers, limits and known defects (protocol 6, 8); shared by all nodes, never changed.
 * Each defect is a switch named for what it does; the plain path is the code without it.
 * A test_interval or proof_interval of 0 switches that background work off. */
typedef struct ServiceConfig {
    int32_t storage_rpc;       /* StorageRpc */
    int32_t storage_version;   /* StorageVersion: of `info` and `ifelse` */
    bool proof_of_work;        /* 2020: a store without it is refused (432) */
    uint32_t pow_difficulty;   /* what nodes ask for; 1 is the least */
    int32_t store_replication; /* StoreReplication */
    uint32_t store_quorum;     /* 0: a store is answered when all members have answered;
                                * else with 200 when so many have it, this node too, and
                                * with 500 when that cannot be any more */
    Duration relay_interval;   /* buffered: between batches, 350 ms */
    uint32_t push_version;     /* of a push's bytes: 1; 0 in 2020 */
    uint32_t retrieve_messages_max; /* in one answer; 0: as many as fit; 2020: 10 */
    Duration forward_timeout;       /* a store forwarded to a member: 5 s */
    uint32_t onion_version;         /* 2; 1 is that of 2020 (4.5) */
    Duration hop_timeout;           /* onion hop to hop: 30 s */
    Duration hop_delay;             /* a relay holds a request for so long, on average
                                     * (exponential); 0: not at all */
    Duration url_timeout;           /* onion to a server: 25 s */
    Duration push_timeout;          /* sn.data: 15 s */
    uint32_t push_batch_bytes;      /* 9 000 000 */
    Duration sweep_interval;        /* 10 s */
    Duration proof_interval;        /* uptime proof: 1 h */
    int32_t reach_rule;             /* ReachRule */
    Duration test_interval;         /* reachability test: mean 10 s */
    Duration test_deviation;        /* 3 s */
    Duration test_timeout;          /* 5 s */
    Duration retest_step;           /* backoff 10 s per failure */
    Duration retest_max;            /* cap 2 min */
    uint32_t retests_per_tick;      /* 4 */
    uint32_t tests_per_tick;    /* nodes of the queue tested at a time: 1 (2025: several) */
    Duration unreachable_after; /* first failure this long ago (65 min) ... */
    Duration unreachable_fresh; /* ... and last one at most this long ago (5 min) */
    Duration proof_validity;    /* 2 h 5 min */
    Duration voting_uptime;     /* a validator votes only when up for so long: 2 h */
    Duration retry_interval;    /* failed replicas: check every 5 s (2025) */
    Duration retry_timeout;     /* 10 s */
    uint32_t retry_queue_max;   /* messages that wait for a retry, at most */
    Duration ready_scan;        /* members that were not ready are looked through: 10 s */
    Duration ready_retry;       /* and each asked again after 30 s (2025) */
    uint32_t store_bytes_max;   /* informative; the store enforces it */
    uint32_t body_bytes_max;    /* 76 800 */
    Duration ttl_min, ttl_max_public, ttl_max_private; /* 10 s, 14 d, 30 d */
    Duration timestamp_tolerance;                      /* 10 s */
    Duration signature_tolerance;                      /* 60 s */
    uint32_t retrieve_bytes_max;                       /* 7 800 000 */
    uint32_t pending_max;   /* requests of its own open at a time */
    bool relay_needs_swarm; /* a node in no swarm relays no onion requests (until 2025) */
    Duration anti_entropy_interval; /* members compare so often what they hold; 0: never, as
                                     * in every real network */
    bool repair_push; /* members push to joiners, newborn swarms, on dissolution (2.4) */
    bool defect_push_loses_namespace; /* 8.1: a push stores everything under namespace 0 */
    bool defect_no_replica_retry;     /* 8.3: a failed replica is never tried again */
    bool defect_push_without_handshake; /* 8.2: a joiner is pushed to once, ready or not */
    bool defect_no_fill_after_outage; /* 8.4: a node that missed stores is not filled in */
    bool defect_push_everything;      /* 8.6: stale data of other swarms is pushed too */
    bool defect_swarm_forgotten;  /* 7, row 15: a restart forgets in which swarm it was */
    bool defect_move_skips_birth; /* 8.8: who moves gives nothing to a newborn swarm */
    bool defect_decommissioned_push_nothing; /* 8.8: a dissolved swarm's members that are in
                                              * none now keep what they hold */
    bool defect_push_unpaced;        /* 8.17: all batches to all members leave at once */
    bool defect_decommissioned_test; /* 8.20: decommissioned nodes go on testing others */
    bool defect_guard_hides_errors; /* 8.20: a relay's error reaches clients without text */
    bool defect_retrieve_expired;   /* 3.4: what has expired is given out until the sweep */
    bool defect_all_failed_answers_200;  /* 8.7: even when no member could do it */
    bool defect_delete_before_all_fails; /* 8.7: 500, though the messages are deleted */
} ServiceConfig;

/* Major, minor, patch. */
const int64_t *storage_version_numbers(const ServiceConfig *config);

/* Protocol 2024: the values above, with all defects. */
extern const ServiceConfig service_config_2024;

typedef struct ServiceNode ServiceNode;

/* A node with this identity.  @legacy is its on-chain key.  @crypto, @port and @config are
 * borrowed and must outlive it; @chain is where proofs and votes go (0: nowhere). */
ServiceNode *service_node_new(const Crypto *crypto, Port *port, const ServiceConfig *config,
                              const Ed25519Pair *identity, const uint8_t legacy[32],
                              Address chain);

/* start, receive, outcome, expire, stop, free on a ServiceNode.  Beside its store a node
 * has on its disk, and so in its next incarnation: the replicas that wait to be tried
 * again, the id of its swarm (protocol 7, rows 2 and 15), and, with anti-entropy, the
 * messages that were deleted last. */
extern const ActorOps service_node_ops;
/* From now on it gives @shown's node list to who asks, and goes on acting by the chain's
 * own: a liar.  Takes a reference; NULL: it tells the truth again.  It lasts over
 * incarnations.
 */
void service_node_show(ServiceNode *node, Snapshot *shown);
/* Its disk is gone: forget these.  Between two incarnations. */
void service_node_lose_disk(ServiceNode *node);

/* Storage methods, for NOTE_REQUEST and results. */
typedef enum RpcMethod {
    RPC_STORE,
    RPC_RETRIEVE,
    RPC_DELETE,
    RPC_DELETE_ALL,
    RPC_DELETE_BEFORE,
    RPC_EXPIRE,
    RPC_EXPIRE_ALL,
    RPC_GET_EXPIRIES,
    RPC_REVOKE,
    RPC_UNREVOKE,
    RPC_GET_SWARM,
    RPC_INFO,
    RPC_OXEND_REQUEST,
    RPC_BATCH,
    RPC_SEQUENCE,
    RPC_IFELSE,
    RPC_STORE_FORWARDED, /* a store that came by sn.storage_cc */
    RPC_UNKNOWN,
    RPC_METHODS
} RpcMethod;
const char *rpc_method_name(RpcMethod method);
