/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node's duties towards the chain: testing its peers, proving that it is up, voting
 * (protocol 6.1, 6.3).  One node alone, against a port that records. */
#include "nodes/service/service.h"
#include "nodes/store/memory_store.h"
#include "nodes/wire/proof.h"
#include "tests/lib/recording_port.h"

#define EPOCH INT64_C(1700000000000)
#define CHAIN_ADDRESS address_of(0x7f000001, 1)
#define A UINT64_C(0x4000000000000000)

enum { NODES = 12 };

typedef struct World {
    RecordingPort *port;
    Crypto crypto;
    ServiceConfig config;
    Ed25519Pair identity[NODES];
    NodeRecord records[NODES]; /* number 0 is the node; by legacy key, too */
    UnixMs proofs[NODES];
    ServiceNode *node;
    uint64_t height;
} World;

static void
setup(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    world->port = recording_port_new(5, EPOCH);
    world->port->port.store = memory_store_new(1 << 20);
    world->crypto = (Crypto){ .ops = &crypto_real, .meter = &world->port->meter };
    world->config = service_config_2024;
    for (int i = 0; i < NODES; i++) {
        uint8_t seed[32] = { 3, (uint8_t)i };
        X25519Pair x25519;
        NodeRecord *r = &world->records[i];

        identity_ed25519(seed, &world->identity[i]);
        identity_x25519(&world->identity[i], &x25519);
        *r = (NodeRecord){ .ip = 0x0a000001 + (uint32_t)i,
                           .port_https = 22021,
                           .port_omq = 22020,
                           .active = true,
                           .swarm_id = A };
        r->legacy[0] = (uint8_t)(i + 1);
        memcpy(r->ed25519, world->identity[i].pk, 32);
        memcpy(r->x25519, x25519.pk, 32);
        world->proofs[i] = EPOCH;
    }
    world->node =
        service_node_new(&world->crypto, &world->port->port, &world->config,
                         &world->identity[0], world->records[0].legacy, CHAIN_ADDRESS);
    service_node_ops.start(world->node, 0);
}

/* Start it (again) with tests and proofs, or without. */
static void
begin(World *world, bool tests, bool proofs)
{
    world->config.test_interval = tests ? service_config_2024.test_interval : 0;
    world->config.proof_interval = proofs ? service_config_2024.proof_interval : 0;
    service_node_ops.stop(world->node);
    service_node_ops.start(world->node, world->port->now);
}

static void
teardown(World *world, gconstpointer data)
{
    (void)data;
    service_node_ops.stop(world->node);
    service_node_ops.free(world->node);
    world->port->port.store->ops->close(world->port->port.store);
    recording_port_free(world->port);
}

/* A block with the first @n records; node 0 validates when @validates, all are workers. */
static void
block(World *world, size_t n, bool validates)
{
    NodeList *list = node_list_new(world->records, n);
    uint32_t validators[1] = { 0 }, workers[NODES];
    uint8_t hash[32] = { 1 };
    Snapshot *snapshot;
    Packet packet;

    for (uint32_t i = 0; i < NODES; i++)
        workers[i] = i;
    snapshot = snapshot_new(list, ++world->height, EPOCH, hash, validators, validates,
                            workers, validates ? n : 0, world->proofs);
    packet = packet_of_blob(snapshot_blob(snapshot));
    recording_port_deliver(world->port, &service_node_ops, world->node, CHAIN_ADDRESS, NULL,
                           KIND_BLOCK, 0, &packet);
    node_list_unref(list);
    snapshot_unref(snapshot);
}

static int
number_at(const World *world, Address to)
{
    for (int i = 0; i < NODES; i++)
        if (to == node_address_omq(&world->records[i]) ||
            to == node_address_https(&world->records[i]))
            return i;
    return -1;
}

/* Answer every ping of the record from @first on, well but for those of @bad (-1: none):
 * what is wrong with them, @how says. */
typedef enum Badness {
    BAD_SILENT,
    BAD_KEY,
    BAD_PONG,
    BAD_HTTPS_ONLY,
    BAD_OMQ_ONLY,
} Badness;

static void
end_ping(World *world, const SentMessage *sent, bool bad, Badness how)
{
    int number = number_at(world, sent->to);
    bool https = sent->kind == KIND_PING_HTTPS;
    Packet body = https ? packet_of_bytes((Bytes){ world->records[number].legacy, 32 })
                        : packet_of_bytes(BYTES_LITERAL("pong"));
    Outcome outcome = OUTCOME_ANSWER;

    if (bad && (how == BAD_SILENT || (how == BAD_HTTPS_ONLY && https) ||
                (how == BAD_OMQ_ONLY && !https)))
        outcome = OUTCOME_TIMEOUT;
    if (bad && ((how == BAD_KEY && https) || (how == BAD_PONG && !https)))
        packet_make_mutable(&body)[0] ^= 1;
    recording_port_end(world->port, &service_node_ops, world->node, sent->id, outcome,
                       outcome == OUTCOME_ANSWER ? 200 : 0, &body);
    packet_clear(&body);
}

/* Run to @until; every ping is answered at once. */
static void
run(World *world, Time until, int bad, Badness how)
{
    while (world->port->alarm <= until) {
        guint first = world->port->sent->len;

        recording_port_run(world->port, &service_node_ops, world->node, world->port->alarm);
        for (guint i = first; i < world->port->sent->len; i++) {
            SentMessage sent = *recording_sent(world->port, i);

            if (sent.kind == KIND_PING_HTTPS || sent.kind == KIND_PING_OMQ)
                end_ping(world, &sent, number_at(world, sent.to) == bad, how);
        }
    }
    recording_port_run(world->port, &service_node_ops, world->node, until);
}

static guint
tests_of(const World *world, int number)
{
    guint n = 0;

    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);

        n += sent->kind == KIND_PING_OMQ && number_at(world, sent->to) == number;
    }
    return n;
}

/* --- tests ------------------------------------------------------------------------ */

static void
test_schedule(World *world, gconstpointer data)
{
    guint tests;

    (void)data;
    /* Nobody to test before the first block. */
    begin(world, true, false);
    recording_port_run(world->port, &service_node_ops, world->node, MINUTE);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_PING_OMQ), ==, 0);
    block(world, NODES, false);
    run(world, MINUTE + HOUR, -1, BAD_SILENT);
    tests = recording_count_sent(world->port, KIND_PING_OMQ);
    /* One each ten seconds, give or take. */
    g_assert_cmpuint(tests, >, 330);
    g_assert_cmpuint(tests, <, 390);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_PING_HTTPS), ==, tests);
    g_assert_cmpuint(recording_count_notes_of(world->port, NOTE_TESTED, 1), ==, tests);
    /* All others equally often, itself never. */
    g_assert_cmpuint(tests_of(world, 0), ==, 0);
    for (int i = 1; i < NODES; i++)
        g_assert_cmpint(ABS((int)tests_of(world, i) - (int)tests / (NODES - 1)), <=, 2);
    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);
        int number = number_at(world, sent->to);

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
    begin(world, true, false);
    block(world, NODES, false);
    run(world, 12 * HOUR, -1, BAD_SILENT);
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
    begin(world, true, false);
    block(world, NODES, false);
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        guint failed = recording_count_notes_of(world->port, NOTE_TESTED, 0);

        run(world, (Time)(i + 1) * 10 * MINUTE, 3, ways[i]);
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
    begin(world, true, false);
    block(world, NODES, false);
    run(world, HOUR, 3, BAD_SILENT);
    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);
        Duration gap = sent->at - last;
        Duration mean = MIN(n * 10 * SECOND, 2 * MINUTE);

        if (sent->kind != KIND_PING_OMQ || number_at(world, sent->to) != 3)
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
    run(world, 2 * HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(recording_count_notes_of(world->port, NOTE_TESTED, 0), ==, 0);
    g_assert_cmpuint(tests_of(world, 3), <, 40);
}

static void
test_several_at_a_time(World *world, gconstpointer data)
{
    guint tests;

    (void)data;
    world->config.tests_per_tick = 3;
    begin(world, true, false);
    block(world, NODES, false);
    run(world, HOUR, -1, BAD_SILENT);
    tests = recording_count_sent(world->port, KIND_PING_OMQ);
    g_assert_cmpuint(tests, >, 3 * 330);
    g_assert_cmpuint(tests, <, 3 * 390);
    for (int i = 1; i < NODES; i++)
        g_assert_cmpint(ABS((int)tests_of(world, i) - (int)tests / (NODES - 1)), <=, 2);
}

/* 8.20 */
static void
test_decommissioned_test(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_decommissioned_test = true;
    begin(world, true, false);
    world->records[0].active = false;
    world->records[0].swarm_id = SWARM_NONE;
    block(world, NODES, false);
    run(world, HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_PING_OMQ), >, 330);
}

static void
test_no_tests_when_decommissioned(World *world, gconstpointer data)
{
    (void)data;
    begin(world, true, false);
    block(world, NODES, false);
    run(world, MINUTE, 3, BAD_SILENT);
    world->records[0].active = false;
    world->records[0].swarm_id = SWARM_NONE;
    block(world, NODES, false);
    recording_port_forget(world->port);
    run(world, HOUR, 3, BAD_SILENT);
    g_assert_cmpuint(world->port->sent->len, ==, 0);
    /* Others who are decommissioned are tested; those without address cannot be. */
    world->records[0].active = true;
    world->records[0].swarm_id = A;
    world->records[4].active = false;
    world->records[5].ip = 0;
    block(world, NODES, false);
    run(world, 2 * HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(tests_of(world, 4), >, 10);
    g_assert_cmpuint(tests_of(world, 5), ==, 0);
}

/* Who leaves the list is forgotten. */
static void
test_failing_leaves(World *world, gconstpointer data)
{
    (void)data;
    begin(world, true, false);
    block(world, NODES, false);
    run(world, 10 * MINUTE, NODES - 1, BAD_SILENT);
    block(world, NODES - 1, false);
    recording_port_forget(world->port);
    run(world, HOUR, -1, BAD_SILENT);
    g_assert_cmpuint(tests_of(world, NODES - 1), ==, 0);
    g_assert_cmpuint(recording_count_notes_of(world->port, NOTE_TESTED, 0), ==, 0);
}

/* A crash in the middle of tests: nothing is left behind, and the next incarnation starts
 * anew. */
static void
test_crash(World *world, gconstpointer data)
{
    (void)data;
    block(world, NODES, false);
    while (recording_count_sent(world->port, KIND_PING_OMQ) < 3)
        recording_port_run(world->port, &service_node_ops, world->node, world->port->alarm);
    end_ping(world, recording_sent(world->port, 0), false, BAD_SILENT);
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
    block(world, NODES, false);
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
    begin(world, false, true);
    block(world, NODES, false);
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
    begin(world, false, true);
    recording_port_run(world->port, &service_node_ops, world->node, 100 * SECOND);
    g_assert_cmpuint(world->port->sent->len, ==, 0);
    block(world, NODES, false);
    recording_port_run(world->port, &service_node_ops, world->node, 120 * SECOND);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_UPTIME_PROOF), ==, 1);
}

/* --- votes ------------------------------------------------------------------------ */

/* The votes sent, as "3- 4+". */
static char *
votes(World *world)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);
        Vote vote;

        if (sent->kind != KIND_VOTE)
            continue;
        g_assert_cmpint(vote_read(&world->crypto, packet_bytes(&sent->packet),
                                  world->records[0].ed25519, &vote),
                        ==, ST_OK);
        g_assert_cmpuint(vote.height, ==, world->height);
        g_assert_cmpmem(vote.validator, 32, world->records[0].legacy, 32);
        g_string_append_printf(out, "%s%d%s", out->len > 0 ? " " : "", vote.worker[0] - 1,
                               vote.good ? "+" : "-");
    }
    recording_port_forget(world->port);
    return g_string_free(out, FALSE);
}

static void
assert_votes(World *world, const char *expected)
{
    char *got;

    recording_port_forget(world->port);
    block(world, NODES, true);
    got = votes(world);
    g_assert_cmpstr(got, ==, expected);
    g_free(got);
}

static void
fresh_proofs(World *world)
{
    for (int i = 0; i < NODES; i++)
        world->proofs[i] = EPOCH + world->port->now / MILLISECOND;
}

static void
test_votes_on_proofs(World *world, gconstpointer data)
{
    const UnixMs validity = 125 * 60000;
    UnixMs t;

    (void)data;
    begin(world, false, false);
    world->proofs[3] = 0;
    assert_votes(world, ""); /* not up for long enough */
    recording_port_run(world->port, &service_node_ops, world->node, 2 * HOUR - 1);
    fresh_proofs(world);
    world->proofs[3] = 0;
    assert_votes(world, "");
    recording_port_run(world->port, &service_node_ops, world->node, 2 * HOUR);
    t = EPOCH + world->port->now / MILLISECOND;
    world->proofs[4] = t - validity;
    world->proofs[5] = t - validity - 1;
    world->records[7].active = false;
    world->records[8].active = false;
    world->proofs[8] = 0;
    assert_votes(world, "3- 5- 7+ 8-");
}

static void
test_votes_on_reach(World *world, gconstpointer data)
{
    (void)data;
    begin(world, true, false);
    block(world, NODES, false);
    run(world, 3 * HOUR, -1, BAD_SILENT);
    fresh_proofs(world);
    assert_votes(world, "");
    /* An hour is not enough; 65 minutes after the first failure are. */
    run(world, 4 * HOUR, 3, BAD_SILENT);
    fresh_proofs(world);
    assert_votes(world, "");
    run(world, 4 * HOUR + 10 * MINUTE, 3, BAD_SILENT);
    fresh_proofs(world);
    assert_votes(world, "3-");
    /* Nothing new of it for more than five minutes: nothing to go by. */
    world->records[0].active = false;
    block(world, NODES, false);
    run(world, 4 * HOUR + 16 * MINUTE, -1, BAD_SILENT);
    fresh_proofs(world);
    world->records[0].active = true;
    assert_votes(world, "");
    /* It passes again. */
    run(world, 5 * HOUR, -1, BAD_SILENT);
    fresh_proofs(world);
    assert_votes(world, "");
}

static void
test_only_validators_vote(World *world, gconstpointer data)
{
    (void)data;
    begin(world, false, false);
    recording_port_run(world->port, &service_node_ops, world->node, 3 * HOUR);
    recording_port_forget(world->port);
    block(world, NODES, false);
    g_assert_cmpuint(recording_count_sent(world->port, KIND_VOTE), ==, 0);
    /* All proofs are too old now, also its own: of itself it says nothing. */
    assert_votes(world, "1- 2- 3- 4- 5- 6- 7- 8- 9- 10- 11-");
}

#define ADD(path, function)                                                                \
    g_test_add("/service/duty/" path, World, NULL, setup, function, teardown)

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
