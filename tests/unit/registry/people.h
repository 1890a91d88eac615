/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Made-up nodes and blocks for the registry's tests. */
#pragma once

#include <glib.h>

#include "nodes/registry/chain.h"

#define GENESIS_MS ((UnixMs)1722945600000)

/* The n-th node: keys drawn from @n (distinct, in no order), an address, a real Ed25519
 * identity only where @identity asks for it. */
NodeRecord person_record(uint32_t n);
void person_identity(uint32_t n, Ed25519Pair *ret);
/* The first @n of them; free with g_free. */
NodeRecord *person_records(uint32_t n);

/* A state that the first @n of them formed. */
ChainState *people_state(const ChainConfig *config, uint32_t n, bool grown);
/* The block after @state's height, with a hash drawn from it, two minutes a block. */
Block next_block(const ChainState *state);
/* The state's node of the n-th record; NULL when it is not there. */
const ChainNode *person_node(const ChainState *state, uint32_t n);
/* Apply a block without content. */
void apply_empty(ChainState *state);
/* How many facts of this event; the first one of it (which must be there). */
uint32_t count_facts(const ChainFacts *facts, ChainEvent event);
const ChainFact *first_fact(const ChainFacts *facts, ChainEvent event);
/* The swarms of state, list and snapshot agree, and nobody is in a swarm too small. */
void check_consistent(const ChainState *state);
