/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/registry/people.h"

#include "nodes/swarm/mersenne.h"

static void
fill_random(uint64_t seed, uint8_t *ret, size_t n)
{
    Mersenne mersenne;

    mersenne_seed(&mersenne, seed);
    for (size_t i = 0; i < n; i++)
        ret[i] = (uint8_t)mersenne_next(&mersenne);
}

void
person_identity(uint32_t n, Ed25519Pair *ret)
{
    uint8_t seed[KEY_BYTES];

    fill_random(UINT64_C(1) << 32 | n, seed, sizeof seed);
    identity_ed25519(seed, ret);
}

NodeRecord
person_record(uint32_t n)
{
    NodeRecord record = { .ip = 0x0a000001 + n, .port_https = 22021, .port_omq = 22020 };
    uint8_t keys[96];

    fill_random(n, keys, sizeof keys);
    memcpy(record.legacy, keys, 32);
    memcpy(record.ed25519, keys + 32, 32);
    memcpy(record.x25519, keys + 64, 32);
    return record;
}

NodeRecord *
person_records(uint32_t n)
{
    NodeRecord *records = g_new(NodeRecord, MAX(n, 1));

    for (uint32_t i = 0; i < n; i++)
        records[i] = person_record(i);
    return records;
}

ChainState *
people_state(const ChainConfig *config, uint32_t n, bool grown)
{
    g_autofree NodeRecord *records = person_records(n);

    return chain_state_new(config, records, n, grown, GENESIS_MS, 42);
}

Block
next_block(const ChainState *state)
{
    Block block = { .height = state->height + 1 };

    block.time_ms = state->snapshot->time_ms + 120000;
    fill_random(block.height + (UINT64_C(1) << 40), block.hash, sizeof block.hash);
    return block;
}

const ChainNode *
person_node(const ChainState *state, uint32_t n)
{
    NodeRecord record = person_record(n);

    return chain_find(state, record.legacy);
}

void
apply_empty(ChainState *state)
{
    Block block = next_block(state);
    ChainFacts facts = { 0 };

    chain_apply(state, &block, &facts);
    g_assert_cmpuint(facts.n, ==, 0);
    chain_facts_clear(&facts);
}

uint32_t
count_facts(const ChainFacts *facts, ChainEvent event)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < facts->n; i++)
        n += facts->facts[i].event == event;
    return n;
}

const ChainFact *
first_fact(const ChainFacts *facts, ChainEvent event)
{
    for (uint32_t i = 0; i < facts->n; i++)
        if (facts->facts[i].event == event)
            return &facts->facts[i];
    g_error("no fact '%s'", chain_event_name(event));
}

void
check_consistent(const ChainState *state)
{
    const Snapshot *snapshot = state->snapshot;
    uint32_t members = 0;

    g_assert_cmpuint(snapshot->height, ==, state->height);
    g_assert_cmpuint(snapshot->nodes->n, ==, state->n);
    for (uint32_t i = 0; i < state->n; i++) {
        const ChainNode *node = &state->nodes[i];
        const NodeRecord *shown = &snapshot->nodes->nodes[i];

        g_assert_cmpmem(node->record.legacy, 32, shown->legacy, 32);
        g_assert_cmphex(node->record.swarm_id, ==, shown->swarm_id);
        g_assert_cmpint(node->record.active, ==, shown->active);
        g_assert_cmpuint(node->record.ip, ==, shown->ip);
        g_assert_cmpint(node->last_proof_ms, ==, snapshot->last_proof_ms[i]);
        g_assert_true(node->record.active == (node->record.swarm_id != SWARM_NONE));
        members += node->record.active;
    }
    for (uint32_t s = 0; s < snapshot->n_swarms; s++) {
        g_assert_true(snapshot->n_swarms == 1 || snapshot->swarms[s].n >= SWARM_SIZE_MIN);
        members -= snapshot->swarms[s].n;
    }
    g_assert_cmpuint(members, ==, 0);
}
