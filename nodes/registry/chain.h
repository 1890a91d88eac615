/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rule by which a block changes the network (protocol 2.3, 6.3): pure, without a port.
 * The state belongs to whoever made it. */
#pragma once

#include "nodes/registry/registry.h"
#include "nodes/wire/proof.h"

/* What the chain knows of one node. */
typedef struct ChainNode {
    NodeRecord record;
    UnixMs last_proof_ms;
    uint64_t active_since;      /* height of registration or of the last recommission */
    uint64_t decommissioned_at; /* height; counts only while not active */
    int32_t credit_base;        /* blocks of credit that it had at active_since */
    uint64_t home_swarm;        /* where it goes when recommissioned: its own one with fixed
                                 * swarms, the last one without the defect; or SWARM_NONE */
    bool gone;                  /* leaves with the block that is being applied */
} ChainNode;

typedef struct ChainState {
    ChainConfig config;
    uint64_t height;
    ChainNode *nodes; /* ascending by legacy key */
    uint32_t n, capacity;
    Snapshot *snapshot; /* of this height */
} ChainState;

typedef enum StateChangeKind {
    CHANGE_DECOMMISSION,
    CHANGE_RECOMMISSION,
    CHANGE_DEREGISTER
} StateChangeKind;

typedef struct StateChange {
    StateChangeKind kind;
    uint8_t legacy[32];
} StateChange;

/* All borrowed.  Applied in this order, each in the order given; what does not fit the
 * state (an unknown node, one that is there already, a second change of a node in one
 * block) is passed over. */
typedef struct Block {
    uint64_t height; /* the state's, plus one */
    UnixMs time_ms;
    uint8_t hash[32];
    const UptimeProof *proofs; /* checked */
    size_t n_proofs;
    const StateChange *changes;
    size_t n_changes;
    const uint8_t (*exits)[32]; /* legacy keys */
    size_t n_exits;
    const NodeRecord *registrations; /* swarm_id and active do not count */
    size_t n_registrations;
} Block;

/* One fact that a block made.  @subject: for CHAIN_SWARM_BORN and _DISSOLVED the swarm's
 * id; else the node's index in the new list, but in the old one where the node is gone. */
typedef struct ChainFact {
    ChainEvent event;
    uint64_t subject;
    uint8_t legacy[32]; /* of the node; zero for swarms */
} ChainFact;

typedef struct ChainFacts {
    ChainFact *facts;
    uint32_t n, capacity;
} ChainFacts;
void chain_facts_clear(ChainFacts *facts);

/* The state with @records registered, active and in swarms, as chain_new says. */
ChainState *chain_state_new(const ChainConfig *config, const NodeRecord *records, size_t n,
                            bool grown, UnixMs genesis_ms, uint64_t seed);
void chain_state_free(ChainState *state);

/* The state as text, appended; and the reverse, from untrusted text: ST_MALFORMED,
 * ST_TOO_LARGE (saved.c). */
void chain_state_write(const ChainState *state, Buffer *out);
Status chain_state_read(const ChainConfig *config, Bytes text,
                        ChainState **ret) WARN_UNUSED;

/* Apply one block; what happened is appended to @facts.  The swarms are assigned anew only
 * when the block changed who is active. */
void chain_apply(ChainState *state, const Block *block, ChainFacts *facts);

/* The node with this legacy key, or NULL. */
const ChainNode *chain_find(const ChainState *state, const uint8_t legacy[32]);

/* --- credit (credit.c) -----------------------------------------------------------------
 */

/* Blocks of credit at @height: what it had, credit_per_day for every day's blocks of
 * service since (rounded down), at most credit_max; less one per block of a
 * decommission. */
int64_t chain_credit(const ChainConfig *config, const ChainNode *node, uint64_t height);
/* What is left of it when the node is recommissioned at @height: a block down costs two, of
 * which chain_credit has taken one; never below 0. */
int32_t chain_credit_recommissioned(const ChainConfig *config, const ChainNode *node,
                                    uint64_t height);

/* What enough validators of one quorum found. */
typedef struct Verdict {
    uint64_t height; /* of the quorum */
    uint8_t worker[32];
    bool good;
} Verdict;

/* The change that a verdict asks for in the block at @height; false when it asks for none:
 * the worker is unknown, its state changed after the quorum was chosen, it is active and
 * good, or it is decommissioned and bad with credit left. */
bool chain_judge(const ChainState *state, const Verdict *verdict, uint64_t height,
                 StateChange *ret);
