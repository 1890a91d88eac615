/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which swarm keeps an account's messages (protocol 2.1, 2.2). */
#pragma once

#include "nodes/wire/json_around.h"
#include "nodes/wire/node_list.h"

/* XOR of the four big-endian words of the 32-byte key (no prefix byte). */
uint64_t swarm_space(const uint8_t key[32]);
/* The nearest id on the ring, ties to the left.  @ids ascending; SWARM_NONE when n is 0. */
uint64_t swarm_nearest(const uint64_t *ids, size_t n, uint64_t space);
/* Its place in @ids; n is not 0. */
size_t swarm_nearest_place(const uint64_t *ids, size_t n, uint64_t space);
/* The place of the first one that is not below @id, or n.  Without branches: of a random
 * account a processor guesses every second one wrong. */
size_t swarm_first_from(const uint64_t *ids, size_t n, uint64_t id);
/* The same among the swarm ids of a node list (active or not); SWARM_NONE when no node is
 * in a swarm.  Reads all of the list. */
uint64_t swarm_nearest_in_list(const NodeList *list, uint64_t space);
/* The rule of 2020, with its wrap-around bug (protocol 2.2 "SS20"). */
uint64_t swarm_nearest_2020(const uint64_t *ids, size_t n, uint64_t space);

/* What a block makes of the network: an immutable, counted snapshot that every node of the
 * simulation shares.  A node knows only snapshots that reached it as messages. */
typedef struct Swarm {
    uint64_t id;
    uint32_t first, n; /* members: snapshot->members[first .. first + n) */
} Swarm;

/* The chain's answer to "which nodes are there?", in the form in which it was last asked
 * for.  Made by the node that is asked first: the same bytes for everybody. */
typedef struct SnapshotResult {
    SharedText text; /* none: nobody asked yet */
    bool active_only;
    uint64_t limit;
    uint32_t fields;
} SnapshotResult;

typedef struct Snapshot {
    uint32_t refs;
    uint64_t height;
    UnixMs time_ms;
    uint8_t block_hash[32];
    NodeList *nodes;
    uint32_t n_swarms;
    Swarm *swarms;       /* ascending by id */
    uint64_t *swarm_ids; /* the same ids */
    uint32_t *members;   /* indexes into nodes, by swarm, ascending within */
    /* The obligations quorum of this block (protocol 6.3), indexes into nodes: */
    uint32_t n_validators, n_workers;
    uint32_t *validators, *workers;
    UnixMs *last_proof_ms; /* by node index: when its last uptime proof was made; 0 never */
    uint8_t hardfork_major, hardfork_minor;
    bool wrap_2020; /* accounts map to swarms by the rule of 2020 (protocol 8.9) */
    SnapshotResult result;
    struct SwarmTable *table; /* private: the counted arrays of swarms and members above,
                               * which snapshots of the same list share */
} Snapshot;

/* Groups the list's nodes by swarm_id (SWARM_NONE stays out); takes a reference to @nodes.
 * Quorum and proofs are copied (may be empty / NULL: all zero).  wrap_2020 is false: its
 * maker may set it before anybody has the snapshot. */
Snapshot *snapshot_new(NodeList *nodes, uint64_t height, UnixMs time_ms,
                       const uint8_t block_hash[32], const uint32_t *validators,
                       size_t n_validators, const uint32_t *workers, size_t n_workers,
                       const UnixMs *last_proof_ms);
/* The next block where no record of the list changed: shares list and swarms with
 * @previous. */
Snapshot *snapshot_next(const Snapshot *previous, uint64_t height, UnixMs time_ms,
                        const uint8_t block_hash[32], const uint32_t *validators,
                        size_t n_validators, const uint32_t *workers, size_t n_workers,
                        const UnixMs *last_proof_ms);
Snapshot *snapshot_ref(Snapshot *snapshot);
void snapshot_unref(Snapshot *snapshot); /* takes NULL */
/* The swarm with this id, or NULL. */
const Swarm *snapshot_swarm(const Snapshot *snapshot, uint64_t id);
/* The swarm of an account key (without prefix), or NULL when there is none. */
const Swarm *snapshot_swarm_of(const Snapshot *snapshot, const uint8_t key[32]);
/* A blob that carries the snapshot as its object, with a reference of its own; its bytes
 * are what notify.block says (height and hash), from which no snapshot can be made. */
Blob *snapshot_blob(Snapshot *snapshot);
/* The snapshot that a packet carries (borrowed; the packet is the whole blob), or NULL. */
Snapshot *snapshot_of_packet(const Packet *packet);
