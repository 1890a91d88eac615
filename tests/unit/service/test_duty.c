/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node's duties towards the chain: testing its peers, proving that it is up, voting
 * (protocol 6.1, 6.3). */
#include "nodes/wire/proof.h"
#include "tests/unit/service/duty.h"

/* --- tests ------------------------------------------------------------------------ */

static void
test_schedule(World *world, gconstpointer data)
{
    guint tests;

    (void)data;
    /* Nobody to test before the first block. */
    duty_begin(world, true, false);
    recording_port_run(world->port, &service_node_ops, world->node, MINUTE);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_PING_OMQ), ==, 0);
    duty_block(world, NODES, false);
    duty_run(world, MINUTE + HOUR, -1, BAD_SILENT);
    tests = recording_count_sent(world->port, KIND_PING_OMQ);
    /* One each ten seconds, give or take. */
    g_assert_cmpuint(tests, >, 330);
    g_assert_cmpuint(tests, <, 390);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_PING_HTTPS), ==, tests);
    g_assert_cmpuint(recording_count_notes_of(world->port, NOTE_TESTED, 1), ==, tests);
    /* All others equally often, itself never. */
    g_assert_cmpuint(duty_tests_of(world, 0), ==, 0);
    for (int i = 1; i < NODES; i++)
        g_assert_cmpint(ABS((int)duty_tests_of(world, i) - (int)tests / (NODES - 1)), <=,
                        2);
    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);
        int number = duty_number_at(world, sent->to);

        g_assert_cmpint(sent->timeout, ==, 5 * SECOND);
        g_assert_true(sent->has_peer_key == (sent->kind == KIND_PING_OMQ));
        if (sent->has_peer_key)
            g_assert_cmpmem(sent->peer_key, 32, world->records[number].x25519, 32);
    }
}

static void
test_intervals(World *world, gconstpointer data)
{
    double sum = 0, squares = 0;
    Time last = 0;
    guint n = 0;

    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    duty_run(world, 12 * HOUR, -1, BAD_SILENT);
    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);
        double gap = (double)(sent->at - last) / SECOND;

        if (sent->kind != KIND_PING_OMQ)
            continue;
        sum += gap;
        squares += gap * gap;
        last = sent->at;
        n++;
    }
    /* Normal(10, 3): the means of 4,300 draws, at five sigma. */
    g_assert_cmpfloat(ABS(sum / n - 10), <, 0.25);
    g_assert_cmpfloat(ABS(squares / n - sum / n * (sum / n) - 9), <, 1.1);
}

static void
test_what_passes(World *world, gconstpointer data)
{
    const Badness ways[] = { BAD_SILENT, BAD_KEY, BAD_PONG, BAD_HTTPS_ONLY, BAD_OMQ_ONLY };

    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        guint failed = recording_count_notes_of(world->port, NOTE_TESTED, 0);

        duty_run(world, (Time)(i + 1) * 10 * MINUTE, 3, ways[i]);
        g_assert_cmpuint(recording_count_notes_of(world->port, NOTE_TESTED, 0), >, failed);
    }
}

/* Tested again after failures times 10 s and a bit, at most every 2 minutes, until it
 * passes. */
static void
test_retests(World *world, gconstpointer data)
{
    Time last = 0;
    int n = 0;

    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    duty_run(world, HOUR, 3, BAD_SILENT);
    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);
        Duration gap = sent->at - last;
        Duration mean = MIN(n * 10 * SECOND, 2 * MINUTE);

        if (sent->kind != KIND_PING_OMQ || duty_number_at(world, sent->to) != 3)
            continue;
        /* After n failures: (n - 1) 10 s + Normal(10 s, 3 s), cut at 2 min. */
        if (n > 0) {
            g_assert_cmpint(gap, <=, MIN(mean + 15 * SECOND, 2 * MINUTE));
            g_assert_cmpint(gap, >=, mean - 15 * SECOND);
        }
        last = sent->at;
        n++;
    }
    g_assert_cmpint(n, >, 25);
    g_assert_cmpint(n, <, 45);
    /* It passes: back to the queue of all. */
    recording_port_forget(world->port);
    duty_run(world, 2 * HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(recording_count_notes_of(world->port, NOTE_TESTED, 0), ==, 0);
    g_assert_cmpuint(duty_tests_of(world, 3), <, 40);
}

static void
test_several_at_a_time(World *world, gconstpointer data)
{
    guint tests;

    (void)data;
    world->config.tests_per_tick = 3;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    duty_run(world, HOUR, -1, BAD_SILENT);
    tests = recording_count_sent(world->port, KIND_PING_OMQ);
    g_assert_cmpuint(tests, >, 3 * 330);
    g_assert_cmpuint(tests, <, 3 * 390);
    for (int i = 1; i < NODES; i++)
        g_assert_cmpint(ABS((int)duty_tests_of(world, i) - (int)tests / (NODES - 1)), <=,
                        2);
}

/* 8.20 */
static void
test_decommissioned_test(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_decommissioned_test = true;
    duty_begin(world, true, false);
    world->records[0].active = false;
    world->records[0].swarm_id = SWARM_NONE;
    duty_block(world, NODES, false);
    duty_run(world, HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_PING_OMQ), >, 330);
}

static void
test_no_tests_when_decommissioned(World *world, gconstpointer data)
{
    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    duty_run(world, MINUTE, 3, BAD_SILENT);
    world->records[0].active = false;
    world->records[0].swarm_id = SWARM_NONE;
    duty_block(world, NODES, false);
    recording_port_forget(world->port);
    duty_run(world, HOUR, 3, BAD_SILENT);
    g_assert_cmpuint(world->port->sent->len, ==, 0);
    /* Others who are decommissioned are tested; those without address cannot be. */
    world->records[0].active = true;
    world->records[0].swarm_id = A;
    world->records[4].active = false;
    world->records[5].ip = 0;
    duty_block(world, NODES, false);
    duty_run(world, 2 * HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(duty_tests_of(world, 4), >, 10);
    g_assert_cmpuint(duty_tests_of(world, 5), ==, 0);
}

/* Who leaves the list is forgotten. */
static void
test_failing_leaves(World *world, gconstpointer data)
{
    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    duty_run(world, 10 * MINUTE, NODES - 1, BAD_SILENT);
    duty_block(world, NODES - 1, false);
    recording_port_forget(world->port);
    duty_run(world, HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(duty_tests_of(world, NODES - 1), ==, 0);
    g_assert_cmpuint(recording_count_notes_of(world->port, NOTE_TESTED, 0), ==, 0);
}

/* A crash in the middle of tests: nothing is left behind, and the next incarnation starts
 * anew. */
static void
test_crash(World *world, gconstpointer data)
{
    (void)data;
    duty_block(world, NODES, false);
    while (recording_count_sent(world->port, KIND_PING_OMQ) < 3)
        recording_port_run(world->port, &service_node_ops, world->node, world->port->alarm);
    duty_end_ping(world, recording_sent(world->port, 0), false, BAD_SILENT);
    service_node_ops.stop(world->node);
    service_node_ops.start(world->node, world->port->now);
    recording_port_forget(world->port);
    recording_port_run(world->port, &service_node_ops, world->node,
                       world->port->now + 20 * SECOND);
    g_assert_cmpuint(world->port->sent->len, ==, 0);
}

static void
assert_ping(World *world, MessageKind kind, const uint8_t *peer_key, int status, Bytes body)
{
    guint n = world->port->replies->len;
    Packet none = PACKET_EMPTY;

    recording_port_deliver(world->port, &service_node_ops, world->node, 9, peer_key, kind,
                           77, &none);
    g_assert_cmpuint(world->port->replies->len, ==, n + 1);
    g_assert_cmpint(recording_reply(world->port, n)->status, ==, status);
    g_assert_true(
        bytes_equal(packet_bytes(&recording_reply(world->port, n)->packet), body));
}

static void
test_answering(World *world, gconstpointer data)
{
    uint8_t unknown[32] = { 1 };
    Bytes key = { world->records[0].legacy, 32 };

    (void)data;
    assert_ping(world, KIND_PING_HTTPS, NULL, 200, key);
    assert_ping(world, KIND_PING_OMQ, unknown, 200, BYTES_LITERAL("pong"));
    duty_block(world, NODES, false);
    assert_ping(world, KIND_PING_HTTPS, NULL, 200, key);
    assert_ping(world, KIND_PING_OMQ, world->records[3].x25519, 200, BYTES_LITERAL("pong"));
    assert_ping(world, KIND_PING_OMQ, unknown, 403, BYTES_LITERAL("FORBIDDEN_SN"));
    assert_ping(world, KIND_PING_OMQ, NULL, 403, BYTES_LITERAL("FORBIDDEN_SN"));
}

/* --- proofs ----------------------------------------------------------------------- */

static void
test_proofs(World *world, gconstpointer data)
{
    Time expected = 30 * SECOND;

    (void)data;
    duty_begin(world, false, true);
    duty_block(world, NODES, false);
    recording_port_run(world->port, &service_node_ops, world->node, 5 * HOUR);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_UPTIME_PROOF), ==, 5);
    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);
        UptimeProof proof;

        g_assert_cmpint(sent->at, ==, expected);
        g_assert_true(sent->to == CHAIN_ADDRESS && sent->timeout == 0);
        g_assert_cmpint(uptime_proof_read(&world->crypto, packet_bytes(&sent->packet),
                                          world->records[0].ed25519, &proof),
                        ==, ST_OK);
        g_assert_cmpmem(proof.legacy, 32, world->records[0].legacy, 32);
        g_assert_cmpint(proof.timestamp, ==, EPOCH + sent->at / MILLISECOND);
        g_assert_cmpuint(proof.ip, ==, world->records[0].ip);
        g_assert_cmpuint(proof.port_https, ==, 22021);
        expected += HOUR;
    }
}

/* Before the first block a node does not know its own address: it looks again. */
static void
test_proof_waits(World *world, gconstpointer data)
{
    (void)data;
    duty_begin(world, false, true);
    recording_port_run(world->port, &service_node_ops, world->node, 100 * SECOND);
    g_assert_cmpuint(world->port->sent->len, ==, 0);
    duty_block(world, NODES, false);
    recording_port_run(world->port, &service_node_ops, world->node, 120 * SECOND);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_UPTIME_PROOF), ==, 1);
}

/* --- votes ------------------------------------------------------------------------ */

static void
test_votes_on_proofs(World *world, gconstpointer data)
{
    const UnixMs validity = 125 * 60000;
    UnixMs t;

    (void)data;
    duty_begin(world, false, false);
    world->proofs[3] = 0;
    duty_assert_votes(world, ""); /* not up for long enough */
    recording_port_run(world->port, &service_node_ops, world->node, 2 * HOUR - 1);
    duty_fresh_proofs(world);
    world->proofs[3] = 0;
    duty_assert_votes(world, "");
    recording_port_run(world->port, &service_node_ops, world->node, 2 * HOUR);
    t = EPOCH + world->port->now / MILLISECOND;
    world->proofs[4] = t - validity;
    world->proofs[5] = t - validity - 1;
    world->records[7].active = false;
    world->records[8].active = false;
    world->proofs[8] = 0;
    duty_assert_votes(world, "3- 5- 7+ 8-");
}

static void
test_votes_on_reach(World *world, gconstpointer data)
{
    (void)data;
    duty_begin(world, true, false);
    duty_block(world, NODES, false);
    duty_run(world, 3 * HOUR, -1, BAD_SILENT);
    duty_fresh_proofs(world);
    duty_assert_votes(world, "");
    /* An hour is not enough; 65 minutes after the first failure are. */
    duty_run(world, 4 * HOUR, 3, BAD_SILENT);
    duty_fresh_proofs(world);
    duty_assert_votes(world, "");
    duty_run(world, 4 * HOUR + 10 * MINUTE, 3, BAD_SILENT);
    duty_fresh_proofs(world);
    duty_assert_votes(world, "3-");
    /* Nothing new of it for more than five minutes: nothing to go by. */
    world->records[0].active = false;
    duty_block(world, NODES, false);
    duty_run(world, 4 * HOUR + 16 * MINUTE, -1, BAD_SILENT);
    duty_fresh_proofs(world);
    world->records[0].active = true;
    duty_assert_votes(world, "");
    /* It passes again. */
    duty_run(world, 5 * HOUR, -1, BAD_SILENT);
    duty_fresh_proofs(world);
    duty_assert_votes(world, "");
}

static void
test_only_validators_vote(World *world, gconstpointer data)
{
    (void)data;
    duty_begin(world, false, false);
    recording_port_run(world->port, &service_node_ops, world->node, 3 * HOUR);
    recording_port_forget(world->port);
    duty_block(world, NODES, false);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_VOTE), ==, 0);
    /* All proofs are too old now, also its own: of itself it says nothing. */
    duty_assert_votes(world, "1- 2- 3- 4- 5- 6- 7- 8- 9- 10- 11-");
}

#define ADD(path, function)                                                                \
    g_test_add("/service/duty/" path, World, NULL, duty_set_up, function, duty_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("schedule", test_schedule);
    ADD("intervals", test_intervals);
    ADD("what-passes", test_what_passes);
    ADD("retests", test_retests);
    ADD("several-at-a-time", test_several_at_a_time);
    ADD("decommissioned-test", test_decommissioned_test);
    ADD("no-tests-when-decommissioned", test_no_tests_when_decommissioned);
    ADD("failing-leaves", test_failing_leaves);
    ADD("crash", test_crash);
    ADD("answering", test_answering);
    ADD("proofs", test_proofs);
    ADD("proof-waits", test_proof_waits);
    ADD("votes-on-proofs", test_votes_on_proofs);
    ADD("votes-on-reach", test_votes_on_reach);
    ADD("only-validators-vote", test_only_validators_vote);
    return g_test_run();
}
