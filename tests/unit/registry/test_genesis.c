/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/swarm/mersenne.h"
#include "tests/lib/vectors.h"
#include "tests/unit/registry/people.h"

static void
test_grown(void)
{
    ChainState *state = people_state(&chain_config_2024, 200, true);

    check_consistent(state);
    g_assert_cmpuint(state->height, ==, 200);
    g_assert_cmpuint(state->snapshot->n_swarms, ==, 200 / 7);
    g_assert_cmpint(state->snapshot->time_ms, ==, GENESIS_MS);
    chain_state_free(state);
}

/* Growing in chain_state_new gives what joining block by block through the whole rule
 * gives, with block hashes drawn as it draws them. */
static void
test_grown_is_as_if_lived(void)
{
    enum { N = 150, HOUR_MS = 3600000 };
    ChainState *grown = people_state(&chain_config_2024, N, true);
    ChainState *lived = people_state(&chain_config_2024, 0, true);
    Mersenne mersenne;

    mersenne_seed(&mersenne, 42);
    for (uint32_t i = 0; i < N; i++) /* the times of their proofs */
        (void)mersenne_below(&mersenne, HOUR_MS);
    for (uint32_t i = 0; i < N; i++) {
        NodeRecord record = person_record(i);
        Block block = next_block(lived);
        ChainFacts facts = { 0 };
        uint64_t seed = mersenne_next(&mersenne);

        for (int b = 0; b < 8; b++, seed >>= 8)
            block.hash[b] = (uint8_t)seed;
        block.registrations = &record;
        block.n_registrations = 1;
        chain_apply(lived, &block, &facts);
        chain_facts_clear(&facts);
    }
    check_consistent(lived);
    g_assert_cmpuint(lived->height, ==, grown->height);
    for (uint32_t i = 0; i < N; i++)
        g_assert_cmphex(lived->nodes[i].record.swarm_id, ==,
                        grown->nodes[i].record.swarm_id);
    chain_state_free(grown);
    chain_state_free(lived);
}

static void
test_at_once(void)
{
    ChainState *state = people_state(&chain_config_2024, 200, false);

    check_consistent(state);
    g_assert_cmpuint(state->height, ==, 1);
    g_assert_cmpuint(state->snapshot->n_swarms, ==, 200 / 7);
    chain_state_free(state);
}

static void
test_proofs_of_the_last_hour(void)
{
    enum { N = 1000, HOUR_MS = 3600000 };
    ChainState *state = people_state(&chain_config_2024, N, false);
    double mean = 0;

    for (uint32_t i = 0; i < N; i++) {
        UnixMs age = GENESIS_MS - state->nodes[i].last_proof_ms;

        g_assert_cmpint(age, >=, 0);
        g_assert_cmpint(age, <, HOUR_MS);
        mean += (double)age / N;
    }
    g_assert_cmpfloat(ABS(mean - HOUR_MS / 2.0), <, 4 * HOUR_MS / 3.46 / 31.6);
    chain_state_free(state);
}

static void
test_seed_decides(void)
{
    g_autofree NodeRecord *records = person_records(100);
    ChainState *a = chain_state_new(&chain_config_2024, records, 100, true, GENESIS_MS, 1);
    ChainState *b = chain_state_new(&chain_config_2024, records, 100, true, GENESIS_MS, 1);
    ChainState *c = chain_state_new(&chain_config_2024, records, 100, true, GENESIS_MS, 2);
    size_t bytes = 100 * sizeof(uint32_t);

    g_assert_cmpmem(a->snapshot->members, bytes, b->snapshot->members, bytes);
    g_assert_cmpmem(a->snapshot->block_hash, 32, b->snapshot->block_hash, 32);
    g_assert_cmpint(memcmp(a->snapshot->members, c->snapshot->members, bytes), !=, 0);
    g_assert_cmpint(memcmp(a->snapshot->block_hash, c->snapshot->block_hash, 32), !=, 0);
    chain_state_free(a);
    chain_state_free(b);
    chain_state_free(c);
}

/* Swarms of three to ten members, by the real rules and in fixed groups. */
static void
test_sizes(void)
{
    for (uint32_t size = 3; size <= 10; size++) {
        uint32_t least = (size * 5 + 3) / 7;
        ChainConfig config = chain_config_2024;
        ChainState *state;

        config.sizes = (SwarmSizes){ least, size, least, size - least };
        state = people_state(&config, 20 * size + size - 1, true);
        g_assert_cmpuint(state->snapshot->n_swarms, ==, 20);
        for (uint32_t i = 0; i < 20; i++) {
            g_assert_cmpuint(state->snapshot->swarms[i].n, >=, least);
            g_assert_cmpuint(state->snapshot->swarms[i].n, <, 2 * size);
        }
        chain_state_free(state);
        config.fixed_swarm_size = size;
        state = people_state(&config, 20 * size, true);
        g_assert_cmpuint(state->snapshot->n_swarms, ==, 20);
        for (uint32_t i = 0; i < 20; i++)
            g_assert_cmpuint(state->snapshot->swarms[i].n, ==, size);
        chain_state_free(state);
    }
}

static void
check_fixed(uint32_t n, uint32_t size, uint32_t groups)
{
    ChainConfig config = chain_config_2024;
    ChainState *state;

    config.fixed_swarm_size = size;
    state = people_state(&config, n, true);
    g_assert_cmpuint(state->snapshot->n_swarms, ==, groups);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t group = MIN(i / size, groups - 1);

        g_assert_cmphex(person_node(state, i)->record.swarm_id, ==,
                        state->snapshot->swarm_ids[group]);
        g_assert_cmphex(state->snapshot->swarm_ids[group], ==, UINT64_MAX / groups * group);
    }
    chain_state_free(state);
}

static void
test_fixed_groups(void)
{
    check_fixed(70, 7, 10);
    check_fixed(75, 7, 10); /* five more in the last one */
    check_fixed(3, 7, 1);
}

/* Nobody moves, whoever comes and goes; who is recommissioned comes home. */
static void
test_fixed_groups_stay(void)
{
    ChainConfig config = chain_config_2024;
    NodeRecord newcomer = person_record(70), leaver = person_record(1);
    StateChange change = { CHANGE_DECOMMISSION, { 0 } };
    ChainFacts facts = { 0 };
    ChainState *state;
    uint64_t home;
    Block block;

    config.fixed_swarm_size = 7;
    state = people_state(&config, 70, true);
    home = person_node(state, 0)->record.swarm_id;
    memcpy(change.legacy, person_record(0).legacy, 32);
    block = next_block(state);
    block.changes = &change;
    block.n_changes = 1;
    block.exits = (const uint8_t(*)[32])leaver.legacy;
    block.n_exits = 1;
    block.registrations = &newcomer;
    block.n_registrations = 1;
    chain_apply(state, &block, &facts);
    g_assert_cmphex(person_node(state, 0)->record.swarm_id, ==, SWARM_NONE);
    g_assert_cmphex(person_node(state, 70)->record.swarm_id, ==, SWARM_NONE);
    g_assert_cmpuint(snapshot_swarm(state->snapshot, home)->n, ==, 5);
    g_assert_cmpuint(count_facts(&facts, CHAIN_MOVED), ==, 0);

    change.kind = CHANGE_RECOMMISSION;
    block = next_block(state);
    block.changes = &change;
    block.n_changes = 1;
    chain_apply(state, &block, &facts);
    g_assert_cmphex(person_node(state, 0)->record.swarm_id, ==, home);
    g_assert_cmpuint(state->snapshot->n_swarms, ==, 10);
    chain_facts_clear(&facts);
    chain_state_free(state);
}

/* --- oxen-core's sequences through the whole rule --------------------------------------
 */

static NodeRecord
record_of_key(const json_t *key)
{
    NodeRecord record = { .ip = 1 };

    if (!hex_decode(bytes_of_text(json_string_value(key)), record.legacy, 32))
        g_error("vector key is no hex");
    memcpy(record.ed25519, record.legacy, 32);
    memcpy(record.x25519, record.legacy, 32);
    return record;
}

static void
apply_vector(ChainState *state, const json_t *vector)
{
    const json_t *leave = json_object_get(vector, "leave");
    const json_t *join = json_object_get(vector, "join");
    g_autofree uint8_t *exits = g_malloc(json_array_size(leave) * 32 + 1);
    g_autofree NodeRecord *records = g_new(NodeRecord, json_array_size(join) + 1);
    uint64_t seed = g_ascii_strtoull(vector_text(vector, "seed"), NULL, 10);
    Block block = next_block(state);
    ChainFacts facts = { 0 };

    for (int i = 0; i < 8; i++, seed >>= 8)
        block.hash[i] = (uint8_t)seed;
    for (size_t i = 0; i < json_array_size(leave); i++)
        memcpy(exits + 32 * i, record_of_key(json_array_get(leave, i)).legacy, 32);
    for (size_t i = 0; i < json_array_size(join); i++)
        records[i] = record_of_key(json_array_get(join, i));
    block.exits = (const uint8_t(*)[32])exits;
    block.n_exits = json_array_size(leave);
    block.registrations = records;
    block.n_registrations = json_array_size(join);
    chain_apply(state, &block, &facts);
    chain_facts_clear(&facts);
}

static void
check_vector(const ChainState *state, const json_t *result)
{
    const Snapshot *snapshot = state->snapshot;

    g_assert_cmpuint(snapshot->n_swarms, ==, json_array_size(result));
    for (uint32_t s = 0; s < snapshot->n_swarms; s++) {
        const Swarm *swarm = &snapshot->swarms[s];
        const json_t *expected = json_array_get(result, s);
        const json_t *nodes = json_object_get(expected, "nodes");

        g_assert_cmphex(swarm->id, ==,
                        g_ascii_strtoull(vector_text(expected, "id"), NULL, 10));
        g_assert_cmpuint(swarm->n, ==, json_array_size(nodes));
        for (uint32_t i = 0; i < swarm->n; i++) {
            NodeRecord record = record_of_key(json_array_get(nodes, i));
            uint32_t member = snapshot->members[swarm->first + i];

            g_assert_cmpmem(snapshot->nodes->nodes[member].legacy, 32, record.legacy, 32);
        }
    }
}

static void
test_sequences_of_oxen_core(void)
{
    json_t *file = vectors_load("core_swarm_assignment");
    const json_t *vectors = json_object_get(file, "vectors");

    for (size_t v = 0; v < json_array_size(vectors); v++) {
        const json_t *blocks = json_object_get(json_array_get(vectors, v), "blocks");
        ChainState *state = people_state(&chain_config_2024, 0, false);

        for (size_t b = 0; b < json_array_size(blocks); b++) {
            const json_t *block = json_array_get(blocks, b);

            g_test_message("%s, block %zu", vector_text(json_array_get(vectors, v), "name"),
                           b);
            apply_vector(state, block);
            check_vector(state, json_object_get(block, "result"));
        }
        chain_state_free(state);
    }
    json_decref(file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/genesis/sizes", test_sizes);
    g_test_add_func("/registry/genesis/grown", test_grown);
    g_test_add_func("/registry/genesis/grown-is-as-if-lived", test_grown_is_as_if_lived);
    g_test_add_func("/registry/genesis/at-once", test_at_once);
    g_test_add_func("/registry/genesis/proofs-of-the-last-hour",
                    test_proofs_of_the_last_hour);
    g_test_add_func("/registry/genesis/seed-decides", test_seed_decides);
    g_test_add_func("/registry/genesis/fixed-groups", test_fixed_groups);
    g_test_add_func("/registry/genesis/fixed-groups-stay", test_fixed_groups_stay);
    g_test_add_func("/registry/genesis/sequences-of-oxen-core",
                    test_sequences_of_oxen_core);
    return g_test_run();
}
