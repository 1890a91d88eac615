/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who tests whom at a block (protocol 6.3): a shuffle that hangs on the block hash alone.
 */
#pragma once

#include "nodes/registry/registry.h"

enum { QUORUM_VALIDATORS_MAX = 64 };

/* Indexes into the list, in the order of the shuffle. */
typedef struct Quorum {
    uint32_t *validators, *workers;
    uint32_t n_validators, n_workers;
    uint32_t *order; /* what the two point into */
} Quorum;

/* Validators come from the active nodes; workers from the other active ones and the
 * decommissioned ones: workers_min of them, or a hundredth where that is more. */
void quorum_choose(const ChainConfig *config, const NodeList *nodes,
                   const uint8_t block_hash[32], Quorum *ret);
void quorum_clear(Quorum *quorum);
/* The first 8 bytes of a block hash, from which the chain seeds its draws. */
uint64_t block_hash_seed(const uint8_t hash[32]);
