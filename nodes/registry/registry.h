/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain (protocol 2.3, 6.3).  chain.h's `chain_apply` is the pure rule
 * (state, block) -> state; this file is the actor around it: it makes a block every two
 * minutes from the registrations, proofs and votes that reached it, and tells the nodes.
 * It also answers get_n_service_nodes as a seed node does. */
#pragma once

#include "nodes/base/port.h"
#include "nodes/crypto/crypto.h"
#include "nodes/swarm/assign.h"
#include "nodes/swarm/swarm.h"

typedef struct ChainConfig {
    Duration block_interval; /* 120 s */
    bool block_exponential;  /* proof of work era: exponential gaps */
    uint32_t validators;     /* 10 */
    uint32_t votes_needed;   /* 7 */
    uint32_t workers_min;    /* 50, or 1 % of the network if that is more */
    int32_t credit_initial;  /* blocks: 60 */
    int32_t credit_max;      /* 1440 */
    int32_t credit_minimum;  /* 60: less is deregistered instead of decommissioned */
    int32_t credit_per_day;  /* 24 per 720 active blocks */
    uint32_t blocks_per_day; /* 720 */
    bool voting;             /* false: votes do not count, nobody is ever decommissioned
                              * (experiments) */
    SwarmSizes sizes;        /* swarm_sizes_real */
    bool defect_recommission_moves; /* 8.21: who comes back is given another swarm */
    bool defect_swarm_wrap;         /* 8.9: the rule of 2020 maps accounts to swarms */
    uint32_t fixed_swarm_size; /* 0: the real rules; else consecutive groups of this size
                                * made once, never changed (validation scenarios) */
    Duration notify_delay_max; /* each node learns of a block after U(0, this): 5 s; who
                                * has not when the next block comes learns of it then */
} ChainConfig;

extern const ChainConfig chain_config_2024;

/* NOTE_CHAIN: a = one of these; b = the swarm's id for the two events of swarms, else the
 * node's index: in the new list, or in the one before where the node is gone (deregistered,
 * exited).  text = the node's legacy key (32 bytes), empty for swarms. */
typedef enum ChainEvent {
    CHAIN_REGISTERED,
    CHAIN_DECOMMISSIONED,
    CHAIN_RECOMMISSIONED,
    CHAIN_DEREGISTERED,
    CHAIN_EXITED,
    CHAIN_SWARM_BORN,
    CHAIN_SWARM_DISSOLVED,
    CHAIN_MOVED,
    CHAIN_EVENTS
} ChainEvent;
const char *chain_event_name(ChainEvent event);

/* What the host tells the chain (KIND_TELL packets carry one as their blob's object):
 * a registration or an announced exit that goes into the next block.  A registration counts
 * as the node's first uptime proof.  Of one block, exits come before registrations. */
typedef struct ChainOrder {
    bool exit;         /* false: register */
    NodeRecord record; /* register: all fields but swarm_id and active; exit: legacy only */
} ChainOrder;
Blob *chain_order_blob(const ChainOrder *order);

typedef struct Chain Chain;

/* A chain whose genesis has @records registered and active (fields as in ChainOrder): with
 * @grown they joined one a block in the given order, so that swarms look grown (n = N/7);
 * otherwise all in one block.  No time passes in this: all have credit_initial, and their
 * last proofs are spread over the hour before.  Fixed swarms are groups of consecutive
 * records as given.  @crypto, @port are borrowed and must outlive it. */
Chain *chain_new(const Crypto *crypto, Port *port, const ChainConfig *config,
                 const NodeRecord *records, size_t n, bool grown, UnixMs genesis_ms,
                 uint64_t seed);
/* A chain as it was written, appended as text, for a host that outlives its process; votes
 * that were under way are not in it.  Reading: as chain_new; ST_MALFORMED, ST_TOO_LARGE. */
void chain_write(const Chain *chain, Buffer *out);
Status chain_read(const Crypto *crypto, Port *port, const ChainConfig *config, Bytes text,
                  Chain **ret) WARN_UNUSED;
extern const ActorOps chain_ops; /* on a Chain */

/* The snapshot of the current height, borrowed (for the host's own measuring and for a
 * node's first block: the chain tells nobody of the genesis). */
Snapshot *chain_snapshot(const Chain *chain);
