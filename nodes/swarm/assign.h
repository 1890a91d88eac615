/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain's swarm assignment, exactly as oxen-core computes it (protocol 2.3):
 * mt19937_64, the portable uniform draw, libstdc++'s sort order.  Consensus code: every
 * draw counts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SWARM_SIZE_MIN = 5,
    SWARM_SIZE_IDEAL = 7,
    SWARM_SIZE_NEW = 7,
    SWARM_EXCESS_BASE = 5,
    SWARM_IDEAL_MARGIN = 2,
    SWARM_FILL_PERCENTILE = 25,
    SWARM_STEAL_PERCENTILE = 75
};

/* Nodes are opaque numbers (the caller's indexes). */
typedef struct AssignedSwarm {
    uint64_t id;
    uint32_t *nodes; /* in the order in which the chain's code keeps them */
    uint32_t n, capacity;
} AssignedSwarm;

typedef struct SwarmMap {
    AssignedSwarm *swarms; /* ascending by id */
    uint32_t n, capacity;
} SwarmMap;

void swarm_map_clear(SwarmMap *map);
/* Add a node at the end of a swarm, which is made when it does not exist. */
void swarm_map_add(SwarmMap *map, uint64_t id, uint32_t node);
const AssignedSwarm *swarm_map_find(const SwarmMap *map, uint64_t id);
/* Put every swarm's nodes in ascending order: where nodes are numbered in key order, this
 * makes the map what a new block would build from them. */
void swarm_map_sort_members(SwarmMap *map);

/* One recomputation (one block): @unassigned nodes in ascending key order join, the map
 * changes in place.  The map must have been built by walking active nodes in ascending key
 * order (nodes within a swarm in that order). @seed: first 8 bytes of the block hash, LE.
 */
void swarm_assign(SwarmMap *map, const uint32_t *unassigned, size_t n_unassigned,
                  uint64_t seed);

/* The sizes the assignment aims at, for experiments with other replication factors; the
 * constants above are the real ones. */
typedef struct SwarmSizes {
    uint32_t min, new_size, excess_base, ideal_margin;
} SwarmSizes;
extern const SwarmSizes swarm_sizes_real;
/* Whether the rules come to an end with these sizes: 0 < min <= new_size and
 * min <= excess_base.  swarm_assign_sized asserts it; whoever reads sizes checks it. */
bool swarm_sizes_valid(const SwarmSizes *sizes);
void swarm_assign_sized(SwarmMap *map, const SwarmSizes *sizes, const uint32_t *unassigned,
                        size_t n_unassigned, uint64_t seed);
