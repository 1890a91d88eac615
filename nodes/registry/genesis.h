/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What chain.c and genesis.c share; private to this room. */
#pragma once

#include "nodes/registry/chain.h"

/* Add a node where its key belongs: active since the state's height, in no swarm. */
ChainNode *chain_state_insert(ChainState *state, const NodeRecord *record, UnixMs proof_ms);
/* Take over what the assignment made; the map's nodes are indexes into state->nodes. */
void chain_state_adopt(ChainState *state, const SwarmMap *map);
/* Make the snapshot of the state's height; without changed records it shares what the one
 * before had, which is let go. */
void chain_state_renew_snapshot(ChainState *state, bool records_changed, UnixMs time_ms,
                                const uint8_t hash[32]);
