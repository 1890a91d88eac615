/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "tests/unit/registry/people.h"

enum { PEOPLE = 100 };

typedef struct Fixture {
    ChainState *state;
    ChainFacts facts; /* of the last block */
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    f->state = people_state(&chain_config_2024, PEOPLE, true);
    f->facts = (ChainFacts){ 0 };
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    chain_facts_clear(&f->facts);
    chain_state_free(f->state);
}

static void
apply(Fixture *f, const Block *block)
{
    f->facts.n = 0;
    chain_apply(f->state, block, &f->facts);
    check_consistent(f->state);
}

static void
change(Fixture *f, StateChangeKind kind, uint32_t person)
{
    StateChange state_change = { .kind = kind };
    NodeRecord record = person_record(person);
    Block block = next_block(f->state);

    memcpy(state_change.legacy, record.legacy, 32);
    block.changes = &state_change;
    block.n_changes = 1;
    apply(f, &block);
}

static void
empty_blocks(Fixture *f, int n)
{
    for (int i = 0; i < n; i++)
        apply_empty(f->state);
}

/* The fact is about this person, and its index is the one of @list. */
static void
check_fact(const ChainFact *fact, uint32_t person, const NodeList *list)
{
    NodeRecord record = person_record(person);

    g_assert_cmpmem(fact->legacy, 32, record.legacy, 32);
    g_assert_cmpuint(fact->subject, <, list->n);
    g_assert_cmpmem(list->nodes[fact->subject].legacy, 32, record.legacy, 32);
}

static void
test_registration(Fixture *f, gconstpointer unused)
{
    NodeRecord records[] = { person_record(PEOPLE), person_record(3), /* known already */
                             person_record(PEOPLE + 1), person_record(PEOPLE) };
    Block block = next_block(f->state);
    const ChainNode *node;

    (void)unused;
    records[0].swarm_id = 77; /* not for it to say */
    block.registrations = records;
    block.n_registrations = G_N_ELEMENTS(records);
    apply(f, &block);
    g_assert_cmpuint(f->state->n, ==, PEOPLE + 2);
    g_assert_cmpuint(count_facts(&f->facts, CHAIN_REGISTERED), ==, 2);
    check_fact(first_fact(&f->facts, CHAIN_REGISTERED), PEOPLE, f->state->snapshot->nodes);
    node = person_node(f->state, PEOPLE);
    g_assert_true(node->record.active);
    g_assert_cmphex(node->record.swarm_id, !=, 77);
    g_assert_cmpint(node->last_proof_ms, ==, block.time_ms);
    g_assert_cmpint(chain_credit(&f->state->config, node, block.height), ==, 60);
}

static void
test_exit(Fixture *f, gconstpointer unused)
{
    NodeRecord leaver = person_record(5), stranger = person_record(PEOPLE + 9);
    uint8_t exits[3][32];
    Block block = next_block(f->state);
    Snapshot *before = snapshot_ref(f->state->snapshot);

    (void)unused;
    memcpy(exits[0], leaver.legacy, 32);
    memcpy(exits[1], stranger.legacy, 32);
    memcpy(exits[2], leaver.legacy, 32);
    block.exits = (const uint8_t(*)[32])exits;
    block.n_exits = 3;
    apply(f, &block);
    g_assert_cmpuint(f->state->n, ==, PEOPLE - 1);
    g_assert_null(person_node(f->state, 5));
    g_assert_cmpuint(count_facts(&f->facts, CHAIN_EXITED), ==, 1);
    check_fact(first_fact(&f->facts, CHAIN_EXITED), 5, before->nodes);
    snapshot_unref(before);
}

/* A node that exits and one that registers in one block: both lists have its index. */
static void
test_comes_back_at_once(Fixture *f, gconstpointer unused)
{
    NodeRecord record = person_record(5);
    Block block = next_block(f->state);
    Snapshot *before = snapshot_ref(f->state->snapshot);

    (void)unused;
    block.exits = (const uint8_t(*)[32])record.legacy;
    block.n_exits = 1;
    block.registrations = &record;
    block.n_registrations = 1;
    apply(f, &block);
    check_fact(first_fact(&f->facts, CHAIN_EXITED), 5, before->nodes);
    check_fact(first_fact(&f->facts, CHAIN_REGISTERED), 5, f->state->snapshot->nodes);
    g_assert_cmpuint(person_node(f->state, 5)->active_since, ==, block.height);
    snapshot_unref(before);
}

static void
test_decommission_and_back(Fixture *f, gconstpointer unused)
{
    uint64_t start = f->state->height;
    const ChainNode *node;

    (void)unused;
    empty_blocks(f, 59); /* 60 blocks at the next one: 2 more of credit */
    change(f, CHANGE_DECOMMISSION, 7);
    check_fact(first_fact(&f->facts, CHAIN_DECOMMISSIONED), 7, f->state->snapshot->nodes);
    node = person_node(f->state, 7);
    g_assert_false(node->record.active);
    g_assert_cmphex(node->record.swarm_id, ==, SWARM_NONE);
    g_assert_cmpuint(node->decommissioned_at, ==, start + 60);
    g_assert_cmpint(chain_credit(&f->state->config, node, f->state->height), ==, 62);
    g_assert_cmpuint(f->state->n, ==, PEOPLE); /* it stays on the list */

    change(f, CHANGE_DECOMMISSION, 7); /* it is */
    g_assert_cmpuint(f->facts.n, ==, 0);
    empty_blocks(f, 9); /* 10 down, and back in the 11th: 62 - 22 */
    node = person_node(f->state, 7);
    g_assert_cmpint(chain_credit(&f->state->config, node, f->state->height), ==, 52);
    change(f, CHANGE_RECOMMISSION, 7);
    check_fact(first_fact(&f->facts, CHAIN_RECOMMISSIONED), 7, f->state->snapshot->nodes);
    g_assert_cmpuint(count_facts(&f->facts, CHAIN_MOVED), ==, 0);
    node = person_node(f->state, 7);
    g_assert_true(node->record.active);
    g_assert_cmphex(node->record.swarm_id, !=, SWARM_NONE);
    g_assert_cmpint(node->credit_base, ==, 40);
    g_assert_cmpuint(node->active_since, ==, f->state->height);
    change(f, CHANGE_RECOMMISSION, 7);
    g_assert_cmpuint(f->facts.n, ==, 0);
}

/* Recommissioned nodes get swarms by lot: of many, some come back to another one. */
static void
test_recommission_gives_a_new_swarm(Fixture *f, gconstpointer unused)
{
    int elsewhere = 0;

    (void)unused;
    for (uint32_t person = 0; person < 20; person++) {
        uint64_t swarm = person_node(f->state, person)->record.swarm_id;

        change(f, CHANGE_DECOMMISSION, person);
        change(f, CHANGE_RECOMMISSION, person);
        elsewhere += person_node(f->state, person)->record.swarm_id != swarm;
    }
    g_assert_cmpint(elsewhere, >=, 5);
}

/* Without the defect each comes back to where it was, as long as that stands. */
static void
test_recommission_to_the_old_swarm(Fixture *f, gconstpointer unused)
{
    StateChange changes[PEOPLE];
    size_t n = 0;
    uint64_t swarm;
    Block block;

    (void)unused;
    f->state->config.defect_recommission_moves = false;
    for (uint32_t person = 0; person < 20; person++) {
        swarm = person_node(f->state, person)->record.swarm_id;
        change(f, CHANGE_DECOMMISSION, person);
        empty_blocks(f, 2);
        change(f, CHANGE_RECOMMISSION, person);
        g_assert_cmphex(person_node(f->state, person)->record.swarm_id, ==, swarm);
    }
    /* A swarm that is gone is not made again for one node. */
    swarm = person_node(f->state, 7)->record.swarm_id;
    for (uint32_t person = 0; person < PEOPLE; person++) {
        const NodeRecord *record = &person_node(f->state, person)->record;

        if (record->swarm_id != swarm)
            continue;
        changes[n].kind = CHANGE_DECOMMISSION;
        memcpy(changes[n++].legacy, record->legacy, 32);
    }
    block = next_block(f->state);
    block.changes = changes;
    block.n_changes = n;
    apply(f, &block);
    g_assert_null(snapshot_swarm(f->state->snapshot, swarm));
    change(f, CHANGE_RECOMMISSION, 7);
    g_assert_cmphex(person_node(f->state, 7)->record.swarm_id, !=, swarm);
}

static void
test_deregister(Fixture *f, gconstpointer unused)
{
    Snapshot *before;

    (void)unused;
    change(f, CHANGE_DECOMMISSION, 7);
    before = snapshot_ref(f->state->snapshot);
    change(f, CHANGE_DEREGISTER, 7); /* decommissioned or active, it goes */
    check_fact(first_fact(&f->facts, CHAIN_DEREGISTERED), 7, before->nodes);
    change(f, CHANGE_DEREGISTER, 8);
    g_assert_null(person_node(f->state, 7));
    g_assert_null(person_node(f->state, 8));
    g_assert_cmpuint(f->state->n, ==, PEOPLE - 2);
    change(f, CHANGE_DEREGISTER, 8);
    g_assert_cmpuint(f->facts.n, ==, 0);
    snapshot_unref(before);
}

static void
test_one_change_a_block(Fixture *f, gconstpointer unused)
{
    StateChange changes[] = { { CHANGE_DECOMMISSION, { 0 } },
                              { CHANGE_RECOMMISSION, { 0 } },
                              { CHANGE_DEREGISTER, { 0 } } };
    NodeRecord record = person_record(7);
    Block block = next_block(f->state);

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++)
        memcpy(changes[i].legacy, record.legacy, 32);
    block.changes = changes;
    block.n_changes = G_N_ELEMENTS(changes);
    apply(f, &block);
    g_assert_false(person_node(f->state, 7)->record.active);
    g_assert_cmpuint(count_facts(&f->facts, CHAIN_DECOMMISSIONED), ==, 1);
    g_assert_cmpuint(count_facts(&f->facts, CHAIN_RECOMMISSIONED), ==, 0);
    g_assert_cmpuint(count_facts(&f->facts, CHAIN_DEREGISTERED), ==, 0);
}

static void
test_proofs(Fixture *f, gconstpointer unused)
{
    NodeRecord record = person_record(7), stranger = person_record(PEOPLE + 1);
    UptimeProof proofs[2] = { { .timestamp = GENESIS_MS + 60000,
                                .ip = record.ip,
                                .port_https = record.port_https,
                                .port_omq = record.port_omq } };
    const NodeList *list = f->state->snapshot->nodes;
    Block block = next_block(f->state);

    (void)unused;
    proofs[1] = proofs[0];
    memcpy(proofs[0].legacy, record.legacy, 32);
    memcpy(proofs[1].legacy, stranger.legacy, 32);
    block.proofs = proofs;
    block.n_proofs = 2;
    apply(f, &block);
    g_assert_cmpint(person_node(f->state, 7)->last_proof_ms, ==, GENESIS_MS + 60000);
    g_assert_true(f->state->snapshot->nodes == list); /* nothing else changed */

    proofs[0].ip = 0x7f000001;
    proofs[0].timestamp--; /* an older one says nothing */
    block = next_block(f->state);
    block.proofs = proofs;
    block.n_proofs = 1;
    apply(f, &block);
    g_assert_cmpuint(person_node(f->state, 7)->record.ip, ==, record.ip);

    proofs[0].timestamp += 2;
    block = next_block(f->state);
    block.proofs = proofs;
    block.n_proofs = 1;
    apply(f, &block);
    g_assert_cmpuint(person_node(f->state, 7)->record.ip, ==, 0x7f000001);
    g_assert_cmpuint(f->facts.n, ==, 0);
}

static void
test_nothing_changes(Fixture *f, gconstpointer unused)
{
    Snapshot *before = snapshot_ref(f->state->snapshot);

    (void)unused;
    apply_empty(f->state);
    g_assert_true(f->state->snapshot->nodes == before->nodes);
    g_assert_true(f->state->snapshot->members == before->members);
    g_assert_cmpuint(f->state->snapshot->height, ==, before->height + 1);
    g_assert_cmpint(memcmp(f->state->snapshot->validators, before->validators, 40), !=, 0);
    snapshot_unref(before);
}

/* Half of the network goes in one block: swarms dissolve, their survivors move.  Then as
 * many come: swarms are born. */
static void
test_swarms_come_and_go(Fixture *f, gconstpointer unused)
{
    uint32_t n_swarms = f->state->snapshot->n_swarms, dissolved, born;
    uint8_t exits[PEOPLE / 2][32];
    g_autofree NodeRecord *records = person_records(2 * PEOPLE);
    Block block = next_block(f->state);

    (void)unused;
    for (uint32_t i = 0; i < PEOPLE / 2; i++)
        memcpy(exits[i], records[i].legacy, 32);
    block.exits = (const uint8_t(*)[32])exits;
    block.n_exits = PEOPLE / 2;
    apply(f, &block);
    dissolved = count_facts(&f->facts, CHAIN_SWARM_DISSOLVED);
    g_assert_cmpuint(dissolved, >, 0);
    g_assert_cmpuint(count_facts(&f->facts, CHAIN_SWARM_BORN), ==, 0);
    g_assert_cmpuint(f->state->snapshot->n_swarms, ==, n_swarms - dissolved);
    g_assert_cmpuint(count_facts(&f->facts, CHAIN_MOVED), >, dissolved);
    g_assert_null(snapshot_swarm(f->state->snapshot,
                                 first_fact(&f->facts, CHAIN_SWARM_DISSOLVED)->subject));

    n_swarms = f->state->snapshot->n_swarms;
    block = next_block(f->state);
    block.registrations = records + PEOPLE;
    block.n_registrations = PEOPLE;
    apply(f, &block);
    born = count_facts(&f->facts, CHAIN_SWARM_BORN);
    g_assert_cmpuint(born, >, 0);
    g_assert_cmpuint(f->state->snapshot->n_swarms, ==, n_swarms + born);
    g_assert_nonnull(snapshot_swarm(f->state->snapshot,
                                    first_fact(&f->facts, CHAIN_SWARM_BORN)->subject));
}

static void
test_everybody_leaves(Fixture *f, gconstpointer unused)
{
    uint8_t exits[PEOPLE][32];
    NodeRecord first = person_record(PEOPLE);
    Block block = next_block(f->state);

    (void)unused;
    for (uint32_t i = 0; i < PEOPLE; i++)
        memcpy(exits[i], person_record(i).legacy, 32);
    block.exits = (const uint8_t(*)[32])exits;
    block.n_exits = PEOPLE;
    apply(f, &block);
    g_assert_cmpuint(f->state->n, ==, 0);
    g_assert_cmpuint(f->state->snapshot->n_swarms, ==, 0);
    apply_empty(f->state);
    block = next_block(f->state);
    block.registrations = &first;
    block.n_registrations = 1;
    apply(f, &block);
    g_assert_cmphex(person_node(f->state, PEOPLE)->record.swarm_id, ==, 0);
}

/* The same blocks give the same state, to the last index. */
static void
test_is_deterministic(Fixture *f, gconstpointer unused)
{
    Fixture other;

    set_up(&other, unused);
    for (uint32_t i = 0; i < 30; i++) {
        StateChangeKind kind = i % 3 == 2 ? CHANGE_DEREGISTER : CHANGE_DECOMMISSION;

        change(f, kind, i * 3);
        change(&other, kind, i * 3);
    }
    g_assert_cmpuint(f->state->n, ==, other.state->n);
    for (uint32_t i = 0; i < f->state->n; i++)
        g_assert_cmphex(f->state->nodes[i].record.swarm_id, ==,
                        other.state->nodes[i].record.swarm_id);
    g_assert_cmpmem(f->state->snapshot->workers, 50 * sizeof(uint32_t),
                    other.state->snapshot->workers, 50 * sizeof(uint32_t));
    tear_down(&other, unused);
}

#define ADD(name, function)                                                                \
    g_test_add("/registry/chain/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("registration", test_registration);
    ADD("exit", test_exit);
    ADD("comes-back-at-once", test_comes_back_at_once);
    ADD("decommission-and-back", test_decommission_and_back);
    ADD("recommission-gives-a-new-swarm", test_recommission_gives_a_new_swarm);
    ADD("recommission-to-the-old-swarm", test_recommission_to_the_old_swarm);
    ADD("deregister", test_deregister);
    ADD("one-change-a-block", test_one_change_a_block);
    ADD("proofs", test_proofs);
    ADD("nothing-changes", test_nothing_changes);
    ADD("swarms-come-and-go", test_swarms_come_and_go);
    ADD("everybody-leaves", test_everybody_leaves);
    ADD("is-deterministic", test_is_deterministic);
    return g_test_run();
}
