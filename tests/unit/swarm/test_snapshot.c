/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/swarm/swarm.h"

static const uint8_t hash[32] = { 1, 2, 3 };

/* Node i of n; its keys are its number. */
static NodeRecord
node_record(uint32_t i, uint64_t swarm)
{
    NodeRecord record = { .ip = 0x0a000000 + i,
                          .port_https = 22021,
                          .port_omq = 22020,
                          .active = swarm != SWARM_NONE,
                          .swarm_id = swarm };

    record.legacy[0] = (uint8_t)(i >> 8);
    record.legacy[1] = (uint8_t)i;
    memcpy(record.ed25519, record.legacy, 32);
    record.ed25519[31] = 0xed;
    memcpy(record.x25519, record.legacy, 32);
    record.x25519[31] = 0x25;
    return record;
}

/* Seven nodes: swarm 500 has 1, 4, 6; swarm 20 has 2; swarm 2^63 has 0, 5; 3 is in none. */
static NodeList *
seven_nodes(void)
{
    static const uint64_t swarms[] = { UINT64_C(1) << 63, 500, 20, SWARM_NONE, 500,
                                       UINT64_C(1) << 63, 500 };
    NodeRecord records[G_N_ELEMENTS(swarms)];

    for (uint32_t i = 0; i < G_N_ELEMENTS(swarms); i++)
        records[i] = node_record(i, swarms[i]);
    return node_list_new(records, G_N_ELEMENTS(records));
}

static void
check_swarm(const Snapshot *snapshot, uint32_t index, uint64_t id, const uint32_t *members,
            uint32_t n)
{
    const Swarm *swarm = &snapshot->swarms[index];

    g_assert_cmphex(swarm->id, ==, id);
    g_assert_cmphex(snapshot->swarm_ids[index], ==, id);
    g_assert_cmpmem(&snapshot->members[swarm->first], swarm->n * sizeof *members, members,
                    n * sizeof *members);
    g_assert_true(snapshot_swarm(snapshot, id) == swarm);
}

static void
test_groups_nodes(void)
{
    NodeList *nodes = seven_nodes();
    Snapshot *snapshot = snapshot_new(nodes, 9, 1234, hash, (const uint32_t[]){ 4, 1 }, 2,
                                      (const uint32_t[]){ 3, 0, 6 }, 3,
                                      (const UnixMs[]){ 70, 60, 50, 40, 30, 20, 10 });

    node_list_unref(nodes); /* the snapshot has its own reference */
    g_assert_cmpuint(snapshot->height, ==, 9);
    g_assert_cmpint(snapshot->time_ms, ==, 1234);
    g_assert_cmpmem(snapshot->block_hash, 32, hash, 32);
    g_assert_cmpuint(snapshot->n_swarms, ==, 3);
    check_swarm(snapshot, 0, 20, (const uint32_t[]){ 2 }, 1);
    check_swarm(snapshot, 1, 500, (const uint32_t[]){ 1, 4, 6 }, 3);
    check_swarm(snapshot, 2, UINT64_C(1) << 63, (const uint32_t[]){ 0, 5 }, 2);
    g_assert_null(snapshot_swarm(snapshot, 21));
    g_assert_null(snapshot_swarm(snapshot, SWARM_NONE));
    g_assert_cmpmem(snapshot->validators, 8, ((const uint32_t[]){ 4, 1 }), 8);
    g_assert_cmpmem(snapshot->workers, 12, ((const uint32_t[]){ 3, 0, 6 }), 12);
    g_assert_cmpint(snapshot->last_proof_ms[0], ==, 70);
    g_assert_cmpint(snapshot->last_proof_ms[6], ==, 10);
    snapshot_unref(snapshot);
}

static void
test_finds_the_swarm_of_a_key(void)
{
    NodeList *nodes = seven_nodes();
    Snapshot *snapshot = snapshot_new(nodes, 9, 1234, hash, NULL, 0, NULL, 0, NULL);
    uint8_t key[32] = { 0 };

    key[6] = 1; /* 256: 236 from 20, 244 from 500 */
    g_assert_cmphex(snapshot_swarm_of(snapshot, key)->id, ==, 20);
    key[7] = 5;
    g_assert_cmphex(snapshot_swarm_of(snapshot, key)->id, ==, 500);
    key[0] = 0x90;
    g_assert_cmphex(snapshot_swarm_of(snapshot, key)->id, ==, UINT64_C(1) << 63);
    g_assert_cmpint(snapshot->last_proof_ms[3], ==, 0);
    snapshot_unref(snapshot);
    node_list_unref(nodes);
}

static void
test_no_nodes(void)
{
    NodeList *nodes = node_list_new(NULL, 0);
    Snapshot *snapshot = snapshot_new(nodes, 1, 0, hash, NULL, 0, NULL, 0, NULL);

    g_assert_cmpuint(snapshot->n_swarms, ==, 0);
    g_assert_null(snapshot_swarm_of(snapshot, hash));
    snapshot_unref(snapshot);
    node_list_unref(nodes);
}

static void
test_next_shares(void)
{
    NodeList *nodes = seven_nodes();
    Snapshot *first = snapshot_new(nodes, 9, 1234, hash, NULL, 0, NULL, 0, NULL);
    Snapshot *next = snapshot_next(first, 10, 2345, hash, (const uint32_t[]){ 2 }, 1, NULL,
                                   0, (const UnixMs[]){ 1, 2, 3, 4, 5, 6, 7 });

    g_assert_true(next->nodes == first->nodes);
    g_assert_true(next->swarms == first->swarms);
    g_assert_true(next->members == first->members);
    snapshot_unref(first); /* what is shared stays with the one that is left */
    node_list_unref(nodes);
    g_assert_cmpuint(next->height, ==, 10);
    g_assert_cmpuint(next->validators[0], ==, 2);
    g_assert_cmpint(next->last_proof_ms[6], ==, 7);
    check_swarm(next, 1, 500, (const uint32_t[]){ 1, 4, 6 }, 3);
    snapshot_unref(next);
}

static void
test_travels_in_a_packet(void)
{
    NodeList *nodes = seven_nodes();
    Snapshot *snapshot = snapshot_new(nodes, 1500000, 0, hash, NULL, 0, NULL, 0, NULL);
    Packet packet = packet_of_blob(snapshot_blob(snapshot));
    Packet part = packet_slice(&packet, 0, packet.length - 1);
    Packet other = packet_of_bytes(packet_bytes(&packet));
    Packet nothing = PACKET_EMPTY;

    snapshot_unref(snapshot); /* the blob has its own reference */
    g_assert_cmpuint(snapshot_of_packet(&packet)->height, ==, 1500000);
    g_assert_null(snapshot_of_packet(&part));
    g_assert_null(snapshot_of_packet(&other));
    g_assert_null(snapshot_of_packet(&nothing));
    g_assert_cmpuint(packet.length, ==, 12 + 7 + 32);
    g_assert_cmpmem(packet_bytes(&packet).p, 19, "notify.block1500000", 19);
    g_assert_cmpmem(packet_bytes(&packet).p + 19, 32, hash, 32);
    packet_clear(&part);
    packet_clear(&other);
    packet_clear(&packet);
    node_list_unref(nodes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/swarm/snapshot/groups-nodes", test_groups_nodes);
    g_test_add_func("/swarm/snapshot/finds-the-swarm-of-a-key",
                    test_finds_the_swarm_of_a_key);
    g_test_add_func("/swarm/snapshot/no-nodes", test_no_nodes);
    g_test_add_func("/swarm/snapshot/next-shares", test_next_shares);
    g_test_add_func("/swarm/snapshot/travels-in-a-packet", test_travels_in_a_packet);
    return g_test_run();
}
