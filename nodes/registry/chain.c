/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/registry/chain.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/registry/genesis.h"
#include "nodes/registry/quorum.h"

/* One block on its way. */
typedef struct Application {
    ChainState *state;
    const Block *block;
    ChainFacts *facts;
    uint32_t first_fact;
    bool members_changed; /* who is active: the swarms must be assigned anew */
    bool records_changed; /* anything that the list shows */
} Application;

/* --- facts -----------------------------------------------------------------------------
 */

void
chain_facts_clear(ChainFacts *facts)
{
    free(facts->facts);
    *facts = (ChainFacts){ 0 };
}

static ChainFact *
add_fact(Application *a, ChainEvent event, uint64_t subject)
{
    ChainFacts *facts = a->facts;

    if (facts->n == facts->capacity) {
        facts->capacity = facts->capacity < 16 ? 16 : facts->capacity * 2;
        facts->facts = realloc(facts->facts, facts->capacity * sizeof *facts->facts);
        if (facts->facts == NULL)
            abort();
    }
    facts->facts[facts->n] = (ChainFact){ .event = event, .subject = subject };
    return &facts->facts[facts->n++];
}

/* @node stands in the state as it was before the block, or as it is after it. */
static void
add_node_fact(Application *a, ChainEvent event, const ChainNode *node)
{
    ChainFact *fact = add_fact(a, event, (uint64_t)(node - a->state->nodes));

    memcpy(fact->legacy, node->record.legacy, sizeof fact->legacy);
}

/* Facts of nodes that stay were written down before the list had its new order. */
static void
renumber_facts(Application *a)
{
    for (uint32_t i = a->first_fact; i < a->facts->n; i++) {
        ChainFact *fact = &a->facts->facts[i];
        const ChainNode *node;

        if (fact->event != CHAIN_REGISTERED && fact->event != CHAIN_DECOMMISSIONED &&
            fact->event != CHAIN_RECOMMISSIONED)
            continue;
        node = chain_find(a->state, fact->legacy);
        if (node != NULL) /* it may have exited in the same block */
            fact->subject = (uint64_t)(node - a->state->nodes);
    }
}

/* --- nodes -----------------------------------------------------------------------------
 */

/* The first node whose key is not below @legacy. */
static uint32_t
lower_bound(const ChainState *state, const uint8_t legacy[32])
{
    uint32_t low = 0, high = state->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (memcmp(state->nodes[middle].record.legacy, legacy, 32) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static ChainNode *
find_node(ChainState *state, const uint8_t legacy[32])
{
    uint32_t i = lower_bound(state, legacy);

    if (i == state->n || memcmp(state->nodes[i].record.legacy, legacy, 32) != 0)
        return NULL;
    return &state->nodes[i];
}

const ChainNode *
chain_find(const ChainState *state, const uint8_t legacy[32])
{
    return find_node((ChainState *)state, legacy);
}

ChainNode *
chain_state_insert(ChainState *state, const NodeRecord *record, UnixMs proof_ms)
{
    uint32_t place = lower_bound(state, record->legacy);
    ChainNode *node;

    if (state->n == state->capacity) {
        state->capacity = state->capacity < 16 ? 16 : state->capacity * 2;
        state->nodes = realloc(state->nodes, state->capacity * sizeof *state->nodes);
        if (state->nodes == NULL)
            abort();
    }
    node = &state->nodes[place];
    memmove(node + 1, node, (state->n - place) * sizeof *node);
    state->n++;
    *node = (ChainNode){ .record = *record,
                         .last_proof_ms = proof_ms,
                         .active_since = state->height,
                         .credit_base = state->config.credit_initial,
                         .home_swarm = SWARM_NONE };
    node->record.active = true;
    node->record.swarm_id = SWARM_NONE;
    return node;
}

void
chain_state_free(ChainState *state)
{
    if (state == NULL)
        return;
    snapshot_unref(state->snapshot);
    free(state->nodes);
    free(state);
}

/* --- what a block holds ----------------------------------------------------------------
 */

static void
apply_proof(Application *a, const UptimeProof *proof)
{
    ChainNode *node = find_node(a->state, proof->legacy);

    if (node == NULL || proof->timestamp <= node->last_proof_ms)
        return;
    node->last_proof_ms = proof->timestamp;
    if (node->record.ip == proof->ip && node->record.port_https == proof->port_https &&
        node->record.port_omq == proof->port_omq)
        return;
    node->record.ip = proof->ip;
    node->record.port_https = proof->port_https;
    node->record.port_omq = proof->port_omq;
    a->records_changed = true;
}

static void
decommission(Application *a, ChainNode *node)
{
    if (!node->record.active)
        return;
    if (!a->state->config.defect_recommission_moves)
        node->home_swarm = node->record.swarm_id;
    node->record.active = false;
    node->record.swarm_id = SWARM_NONE;
    node->decommissioned_at = a->block->height;
    a->members_changed = true;
    add_node_fact(a, CHAIN_DECOMMISSIONED, node);
}

static bool
swarm_stands(const ChainState *state, uint64_t id)
{
    for (uint32_t i = 0; i < state->n; i++)
        if (state->nodes[i].record.swarm_id == id)
            return true;
    return false;
}

/* The swarm to come back to; SWARM_NONE: the assignment gives it one. */
static uint64_t
swarm_to_return_to(const ChainState *state, const ChainNode *node)
{
    /* Fixed swarms stand also when nobody is in. */
    if (state->config.fixed_swarm_size > 0 || swarm_stands(state, node->home_swarm))
        return node->home_swarm;
    return SWARM_NONE;
}

static void
recommission(Application *a, ChainNode *node)
{
    if (node->record.active)
        return;
    node->credit_base =
        chain_credit_recommissioned(&a->state->config, node, a->block->height);
    node->active_since = a->block->height;
    node->record.active = true;
    node->record.swarm_id = swarm_to_return_to(a->state, node);
    a->members_changed = true;
    add_node_fact(a, CHAIN_RECOMMISSIONED, node);
}

static void
remove_later(Application *a, ChainNode *node, ChainEvent event)
{
    if (node->gone)
        return;
    node->gone = true;
    a->members_changed = true;
    add_node_fact(a, event, node);
}

static void
apply_change(Application *a, const StateChange *change)
{
    ChainNode *node = find_node(a->state, change->legacy);

    if (node == NULL || node->gone)
        return;
    if ((node->record.active ? node->active_since : node->decommissioned_at) ==
        a->block->height)
        return; /* changed in this block already */
    switch (change->kind) {
    case CHANGE_DECOMMISSION:
        decommission(a, node);
        break;
    case CHANGE_RECOMMISSION:
        recommission(a, node);
        break;
    case CHANGE_DEREGISTER:
        remove_later(a, node, CHAIN_DEREGISTERED);
        break;
    }
}

static void
apply_exit(Application *a, const uint8_t legacy[32])
{
    ChainNode *node = find_node(a->state, legacy);

    if (node != NULL)
        remove_later(a, node, CHAIN_EXITED);
}

static void
remove_gone(Application *a)
{
    ChainState *state = a->state;
    uint32_t n = 0;

    for (uint32_t i = 0; i < state->n; i++)
        if (!state->nodes[i].gone)
            state->nodes[n++] = state->nodes[i];
    state->n = n;
}

/* A registration comes with the node's address and keys, as its first proof would. */
static void
apply_registration(Application *a, const NodeRecord *record)
{
    ChainState *state = a->state;

    if (state->n >= NODE_LIST_MAX || find_node(state, record->legacy) != NULL)
        return;
    add_node_fact(a, CHAIN_REGISTERED,
                  chain_state_insert(state, record, a->block->time_ms));
    a->members_changed = true;
}

/* --- swarms ----------------------------------------------------------------------------
 */

static void
assign_swarms(Application *a)
{
    ChainState *state = a->state;
    uint32_t *unassigned = memory_zeroed(state->n, sizeof *unassigned), n_unassigned = 0;
    SwarmMap map = { 0 };

    for (uint32_t i = 0; i < state->n; i++) {
        const NodeRecord *record = &state->nodes[i].record;

        if (!record->active)
            continue;
        if (record->swarm_id == SWARM_NONE)
            unassigned[n_unassigned++] = i;
        else
            swarm_map_add(&map, record->swarm_id, i);
    }
    swarm_assign_sized(&map, &state->config.sizes, unassigned, n_unassigned,
                       block_hash_seed(a->block->hash));
    free(unassigned);
    chain_state_adopt(state, &map);
    swarm_map_clear(&map);
}

static void
note_moves(Application *a, const uint64_t *before)
{
    const ChainState *state = a->state;

    for (uint32_t i = 0; i < state->n; i++)
        if (before[i] != SWARM_NONE && before[i] != state->nodes[i].record.swarm_id)
            add_node_fact(a, CHAIN_MOVED, &state->nodes[i]);
}

static void
reassign(Application *a)
{
    ChainState *state = a->state;
    uint64_t *before;

    if (state->config.fixed_swarm_size > 0)
        return;
    before = memory_zeroed(state->n, sizeof *before);
    for (uint32_t i = 0; i < state->n; i++)
        before[i] = state->nodes[i].record.swarm_id;
    assign_swarms(a);
    note_moves(a, before);
    free(before);
}

void
chain_state_adopt(ChainState *state, const SwarmMap *map)
{
    for (uint32_t s = 0; s < map->n; s++)
        for (uint32_t i = 0; i < map->swarms[s].n; i++)
            state->nodes[map->swarms[s].nodes[i]].record.swarm_id = map->swarms[s].id;
}

/* Which ids are new and which are gone: both lists ascend. */
static void
note_swarms(Application *a, const Snapshot *before)
{
    const Snapshot *after = a->state->snapshot;
    uint32_t i = 0, j = 0;

    if (before->swarm_ids == after->swarm_ids)
        return;
    while (i < before->n_swarms || j < after->n_swarms) {
        uint64_t old = i < before->n_swarms ? before->swarm_ids[i] : SWARM_NONE;
        uint64_t new = j < after->n_swarms ? after->swarm_ids[j] : SWARM_NONE;

        if (old < new)
            (void)add_fact(a, CHAIN_SWARM_DISSOLVED, old);
        else if (new < old)
            (void)add_fact(a, CHAIN_SWARM_BORN, new);
        i += old <= new;
        j += new <= old;
    }
}

/* --- the snapshot ----------------------------------------------------------------------
 */

static NodeList *
list_of_nodes(const ChainState *state)
{
    NodeRecord *records = memory_zeroed(state->n, sizeof *records);
    NodeList *list;

    for (uint32_t i = 0; i < state->n; i++)
        records[i] = state->nodes[i].record;
    list = node_list_new(records, state->n);
    free(records);
    return list;
}

void
chain_state_renew_snapshot(ChainState *state, bool records_changed, UnixMs time_ms,
                           const uint8_t hash[32])
{
    Snapshot *before = state->snapshot;
    UnixMs *proofs = memory_zeroed(state->n, sizeof *proofs);
    NodeList *list = records_changed ? list_of_nodes(state) : node_list_ref(before->nodes);
    Quorum q;

    for (uint32_t i = 0; i < state->n; i++)
        proofs[i] = state->nodes[i].last_proof_ms;
    quorum_choose(&state->config, list, hash, &q);
    if (records_changed)
        state->snapshot = snapshot_new(list, state->height, time_ms, hash, q.validators,
                                       q.n_validators, q.workers, q.n_workers, proofs);
    else
        state->snapshot = snapshot_next(before, state->height, time_ms, hash, q.validators,
                                        q.n_validators, q.workers, q.n_workers, proofs);
    state->snapshot->wrap_2020 = state->config.defect_swarm_wrap;
    quorum_clear(&q);
    node_list_unref(list);
    snapshot_unref(before);
    free(proofs);
}

void
chain_apply(ChainState *state, const Block *block, ChainFacts *facts)
{
    Application a = { state, block, facts, facts->n, false, false };
    Snapshot *before = snapshot_ref(state->snapshot);

    assert(block->height == state->height + 1);
    state->height = block->height;
    for (size_t i = 0; i < block->n_proofs; i++)
        apply_proof(&a, &block->proofs[i]);
    for (size_t i = 0; i < block->n_changes; i++)
        apply_change(&a, &block->changes[i]);
    for (size_t i = 0; i < block->n_exits; i++)
        apply_exit(&a, block->exits[i]);
    remove_gone(&a);
    for (size_t i = 0; i < block->n_registrations; i++)
        apply_registration(&a, &block->registrations[i]);
    renumber_facts(&a);
    if (a.members_changed)
        reassign(&a);
    chain_state_renew_snapshot(state, a.members_changed || a.records_changed,
                               block->time_ms, block->hash);
    note_swarms(&a, before);
    snapshot_unref(before);
}
