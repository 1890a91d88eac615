/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain as an actor, from outside. */
#include <glib.h>

#include "nodes/wire/json.h"
#include "tests/lib/mutate.h"
#include "tests/lib/recording_port.h"
#include "tests/unit/registry/people.h"

enum { PEOPLE = 40, NEEDED = 7 };
#define INTERVAL (120 * SECOND)

static Meter meter;
static const Crypto crypto = { &crypto_null, &meter };

typedef struct Fixture {
    RecordingPort *recording;
    Chain *chain;
    Ed25519Pair identities[PEOPLE + 1]; /* by person */
    NodeRecord records[PEOPLE + 1];     /* the last one is not registered */
} Fixture;

static void
set_up_with(Fixture *f, const ChainConfig *config)
{
    for (uint32_t i = 0; i <= PEOPLE; i++) {
        person_identity(i, &f->identities[i]);
        f->records[i] = person_record(i);
        memcpy(f->records[i].ed25519, f->identities[i].pk, 32);
    }
    f->recording = recording_port_new(3, GENESIS_MS);
    f->chain = chain_new(&crypto, &f->recording->port, config, f->records, PEOPLE, true,
                         GENESIS_MS, 5);
    chain_ops.start(f->chain, 0);
}

static void
set_up(Fixture *f, gconstpointer config)
{
    set_up_with(f, config != NULL ? config : &chain_config_2024);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    chain_ops.stop(f->chain);
    chain_ops.free(f->chain);
    recording_port_free(f->recording);
}

/* Run on to just after the next blocks, everybody told. */
static void
run_blocks(Fixture *f, int n)
{
    Time block = (f->recording->now / INTERVAL + n) * INTERVAL;

    recording_port_run(f->recording, &chain_ops, f->chain, block + 10 * SECOND);
}

static void
deliver(Fixture *f, MessageKind kind, ReplyToken token, Packet packet)
{
    recording_port_deliver(f->recording, &chain_ops, f->chain, 1, NULL, kind, token,
                           &packet);
}

static void
order(Fixture *f, bool exit, uint32_t person)
{
    ChainOrder chain_order = { exit, f->records[person] };

    deliver(f, KIND_TELL, 0, packet_of_blob(chain_order_blob(&chain_order)));
}

static int
index_of(const Fixture *f, uint32_t person)
{
    return node_list_find_ed25519(chain_snapshot(f->chain)->nodes,
                                  f->records[person].ed25519);
}

static const NodeRecord *
shown(const Fixture *f, uint32_t person)
{
    int i = index_of(f, person);

    return i == NODE_NONE ? NULL : &chain_snapshot(f->chain)->nodes->nodes[i];
}

static uint32_t
person_of_index(const Fixture *f, uint32_t node)
{
    const uint8_t *legacy = chain_snapshot(f->chain)->nodes->nodes[node].legacy;

    for (uint32_t i = 0; i <= PEOPLE; i++)
        if (memcmp(f->records[i].legacy, legacy, 32) == 0)
            return i;
    g_error("a node that nobody is");
}

static guint
facts_noted(const Fixture *f, ChainEvent event)
{
    return recording_count_notes_of(f->recording, NOTE_CHAIN, event);
}

/* --- blocks ----------------------------------------------------------------------------
 */

static void
test_a_block_every_two_minutes(Fixture *f, gconstpointer unused)
{
    Snapshot *genesis = snapshot_ref(chain_snapshot(f->chain));

    (void)unused;
    recording_port_run(f->recording, &chain_ops, f->chain, INTERVAL - 1);
    g_assert_true(chain_snapshot(f->chain) == genesis);
    g_assert_cmpuint(f->recording->sent->len, ==, 0);
    recording_port_run(f->recording, &chain_ops, f->chain, INTERVAL);
    g_assert_cmpuint(chain_snapshot(f->chain)->height, ==, genesis->height + 1);
    g_assert_cmpint(chain_snapshot(f->chain)->time_ms, ==, GENESIS_MS + 120000);
    g_assert_cmpint(memcmp(chain_snapshot(f->chain)->block_hash, genesis->block_hash, 32),
                    !=, 0);
    recording_port_run(f->recording, &chain_ops, f->chain, INTERVAL + 5 * SECOND);
    g_assert_cmpuint(recording_count_sent(f->recording, KIND_BLOCK), ==, PEOPLE);
    recording_port_run(f->recording, &chain_ops, f->chain, 10 * INTERVAL);
    g_assert_cmpuint(chain_snapshot(f->chain)->height, ==, genesis->height + 10);
    g_assert_cmpuint(f->recording->notes->len, ==, 0);
    snapshot_unref(genesis);
}

static ChainConfig
exponential(void)
{
    ChainConfig config = chain_config_2024;

    config.block_exponential = true;
    return config;
}

static void
test_proof_of_work_times(Fixture *f, gconstpointer unused)
{
    enum { MEAN_BLOCKS = 2000 };
    uint64_t height = chain_snapshot(f->chain)->height;

    (void)unused;
    recording_port_run(f->recording, &chain_ops, f->chain, MEAN_BLOCKS * INTERVAL);
    height = chain_snapshot(f->chain)->height - height;
    g_assert_cmpuint(height, !=, MEAN_BLOCKS);
    g_assert_cmpuint(height, >, MEAN_BLOCKS - 4 * 45); /* Poisson */
    g_assert_cmpuint(height, <, MEAN_BLOCKS + 4 * 45);
}

static void
test_orders(Fixture *f, gconstpointer unused)
{
    const TakenNote *note;
    Snapshot *before = snapshot_ref(chain_snapshot(f->chain));

    (void)unused;
    order(f, false, PEOPLE);
    order(f, true, 3);
    deliver(f, KIND_TELL, 0, packet_of_bytes(BYTES_LITERAL("e and bytes do nothing")));
    run_blocks(f, 1);
    g_assert_nonnull(shown(f, PEOPLE));
    g_assert_null(shown(f, 3));
    g_assert_cmpuint(facts_noted(f, CHAIN_REGISTERED), ==, 1);
    g_assert_cmpuint(facts_noted(f, CHAIN_EXITED), ==, 1);
    note = recording_note(f->recording, 0);
    g_assert_cmpuint(note->a, ==, CHAIN_EXITED);
    g_assert_cmpmem(note->text->data, note->text->len, f->records[3].legacy, 32);
    g_assert_cmpmem(before->nodes->nodes[note->b].legacy, 32, f->records[3].legacy, 32);
    note = recording_note(f->recording, 1);
    g_assert_cmpuint(note->a, ==, CHAIN_REGISTERED);
    g_assert_cmpuint(note->b, ==, (uint64_t)index_of(f, PEOPLE));
    /* the newcomer is told, and the one that left, this once */
    g_assert_cmpuint(f->recording->sent->len, ==, PEOPLE + 1);
    recording_port_forget(f->recording);
    run_blocks(f, 1);
    g_assert_cmpuint(f->recording->sent->len, ==, PEOPLE);
    g_assert_cmpuint(f->recording->notes->len, ==, 0);
    snapshot_unref(before);
}

static void
test_exit_before_the_block(Fixture *f, gconstpointer unused)
{
    (void)unused;
    order(f, false, PEOPLE);
    order(f, true, PEOPLE);
    run_blocks(f, 1);
    g_assert_null(shown(f, PEOPLE));
    g_assert_cmpuint(f->recording->notes->len, ==, 0);
    order(f, true, 1);
    order(f, false, 1);
    run_blocks(f, 1);
    g_assert_nonnull(shown(f, 1));
    g_assert_cmpuint(facts_noted(f, CHAIN_EXITED), ==, 1);
    g_assert_cmpuint(facts_noted(f, CHAIN_REGISTERED), ==, 1);
}

/* --- proofs ----------------------------------------------------------------------------
 */

static void
prove(Fixture *f, uint32_t person, uint32_t signer, UnixMs timestamp, uint32_t ip)
{
    UptimeProof proof = {
        .timestamp = timestamp, .ip = ip, .port_https = 22021, .port_omq = 22020
    };
    Buffer out = BUFFER_EMPTY;

    memcpy(proof.legacy, f->records[person].legacy, 32);
    uptime_proof_write(&crypto, &f->identities[signer], &proof, &out);
    deliver(f, KIND_UPTIME_PROOF, 0, packet_of_buffer(&out));
}

static UnixMs
last_proof(const Fixture *f, uint32_t person)
{
    return chain_snapshot(f->chain)->last_proof_ms[index_of(f, person)];
}

static void
test_proofs(Fixture *f, gconstpointer unused)
{
    const UnixMs now = GENESIS_MS + 1000;
    UnixMs before = last_proof(f, 1);

    (void)unused;
    prove(f, 0, 0, now, 77);
    prove(f, 0, 0, now - 1, 78);             /* older than the one that waits */
    prove(f, 1, 2, now, 77);                 /* another's signature */
    prove(f, 2, 2, now + 6 * 60 * 1000, 77); /* clocks more than 5 minutes off */
    prove(f, 3, 3, now - 6 * 60 * 1000, 77);
    prove(f, 4, 4, now, 0);            /* no address */
    prove(f, PEOPLE, PEOPLE, now, 77); /* nobody */
    deliver(f, KIND_UPTIME_PROOF, 0, packet_of_bytes(BYTES_LITERAL("nothing")));
    deliver(f, KIND_UPTIME_PROOF, 0, PACKET_EMPTY);
    g_assert_cmpint(last_proof(f, 0), <, GENESIS_MS); /* it is for the block to say */
    run_blocks(f, 1);
    g_assert_cmpint(last_proof(f, 0), ==, now);
    g_assert_cmpuint(shown(f, 0)->ip, ==, 77);
    g_assert_cmpint(last_proof(f, 1), ==, before);
    for (uint32_t person = 1; person <= 4; person++)
        g_assert_cmpint(last_proof(f, person), <=, GENESIS_MS);
    prove(f, 0, 0, now + 1, 79);
    prove(f, 0, 0, now + 2, 80); /* the newest of a block counts */
    run_blocks(f, 1);
    g_assert_cmpint(last_proof(f, 0), ==, now + 2);
    g_assert_cmpuint(shown(f, 0)->ip, ==, 80);
}

/* --- votes -----------------------------------------------------------------------------
 */

static void
send_vote(Fixture *f, uint64_t height, uint32_t validator, uint32_t signer, uint32_t worker,
          bool good)
{
    Vote vote = { .height = height, .good = good };
    Buffer out = BUFFER_EMPTY;

    memcpy(vote.validator, f->records[validator].legacy, 32);
    memcpy(vote.worker, f->records[worker].legacy, 32);
    vote_write(&crypto, &f->identities[signer], &vote, &out);
    deliver(f, KIND_VOTE, 0, packet_of_buffer(&out));
}

/* The first @n validators of the current quorum vote on one of its workers. */
static void
vote_all(Fixture *f, uint32_t n, uint32_t worker, bool good)
{
    const Snapshot *snapshot = chain_snapshot(f->chain);

    for (uint32_t i = 0; i < n; i++) {
        uint32_t validator = person_of_index(f, snapshot->validators[i]);

        send_vote(f, snapshot->height, validator, validator, worker, good);
    }
}

/* Blocks until this person is among the workers. */
static void
wait_for_worker(Fixture *f, uint32_t person)
{
    for (int blocks = 0; blocks < 50; blocks++) {
        const Snapshot *snapshot = chain_snapshot(f->chain);

        for (uint32_t i = 0; i < snapshot->n_workers; i++)
            if ((int)snapshot->workers[i] == index_of(f, person))
                return;
        run_blocks(f, 1);
    }
    g_error("never tested");
}

static uint32_t
first_worker(const Fixture *f)
{
    return person_of_index(f, chain_snapshot(f->chain)->workers[0]);
}

static void
test_votes_decommission_and_bring_back(Fixture *f, gconstpointer unused)
{
    uint32_t worker = first_worker(f);

    (void)unused;
    vote_all(f, NEEDED - 1, worker, false);
    run_blocks(f, 1);
    g_assert_true(shown(f, worker)->active);
    wait_for_worker(f, worker);
    vote_all(f, NEEDED, worker, false);
    g_assert_true(shown(f, worker)->active); /* it is for the block to say */
    run_blocks(f, 1);
    g_assert_false(shown(f, worker)->active);
    g_assert_cmphex(shown(f, worker)->swarm_id, ==, SWARM_NONE);
    g_assert_cmpuint(facts_noted(f, CHAIN_DECOMMISSIONED), ==, 1);
    /* still bad: nothing, while there is credit */
    wait_for_worker(f, worker);
    vote_all(f, 10, worker, false);
    run_blocks(f, 1);
    g_assert_nonnull(shown(f, worker));
    /* decommissioned nodes are told of blocks, too */
    recording_port_forget(f->recording);
    wait_for_worker(f, worker);
    vote_all(f, NEEDED, worker, true);
    run_blocks(f, 1);
    g_assert_cmpuint(recording_count_sent(f->recording, KIND_BLOCK) % PEOPLE, ==, 0);
    g_assert_true(shown(f, worker)->active);
    g_assert_cmphex(shown(f, worker)->swarm_id, !=, SWARM_NONE);
    g_assert_cmpuint(facts_noted(f, CHAIN_RECOMMISSIONED), ==, 1);
}

/* Down for good: out when the credit of 60 blocks (and what it earned) is used up. */
static void
test_votes_deregister(Fixture *f, gconstpointer unused)
{
    uint32_t worker = first_worker(f);
    uint64_t down_since;

    (void)unused;
    vote_all(f, NEEDED, worker, false);
    run_blocks(f, 1);
    down_since = chain_snapshot(f->chain)->height;
    while (shown(f, worker) != NULL) {
        g_assert_cmpuint(chain_snapshot(f->chain)->height, <, down_since + 200);
        wait_for_worker(f, worker);
        vote_all(f, NEEDED, worker, false);
        run_blocks(f, 1);
    }
    /* 40 people: 30 of them are workers of every block, unless it validates */
    g_assert_cmpuint(chain_snapshot(f->chain)->height, ==, down_since + 61);
    g_assert_cmpuint(facts_noted(f, CHAIN_DEREGISTERED), ==, 1);
    g_assert_cmpuint(facts_noted(f, CHAIN_DECOMMISSIONED), ==, 1);
}

/* Back with its credit spent, and bad at once: it goes for good. */
static void
test_no_second_chance_without_credit(Fixture *f, gconstpointer unused)
{
    uint32_t worker = first_worker(f);

    (void)unused;
    vote_all(f, NEEDED, worker, false);
    run_blocks(f, 2);
    wait_for_worker(f, worker);
    vote_all(f, NEEDED, worker, true); /* back with less than 60 */
    run_blocks(f, 1);
    g_assert_true(shown(f, worker)->active);
    wait_for_worker(f, worker);
    vote_all(f, NEEDED, worker, false);
    run_blocks(f, 1);
    g_assert_null(shown(f, worker));
    g_assert_cmpuint(facts_noted(f, CHAIN_DEREGISTERED), ==, 1);
}

static void
test_votes_that_do_not_count(Fixture *f, gconstpointer unused)
{
    const Snapshot *snapshot = chain_snapshot(f->chain);
    uint32_t worker = first_worker(f);

    (void)unused;
    vote_all(f, NEEDED - 1, worker, false); /* one is missing */
    for (uint32_t i = 0; i < 10; i++) {
        uint32_t validator = person_of_index(f, snapshot->validators[i]);
        uint32_t outsider = person_of_index(f, snapshot->workers[i]);

        send_vote(f, snapshot->height, outsider, outsider, worker, false);
        send_vote(f, snapshot->height, validator, outsider, worker, false); /* forged */
        send_vote(f, snapshot->height - 1, validator, validator, worker, false);
        send_vote(f, snapshot->height + 1, validator, validator, worker, false);
        if (i < NEEDED - 1) /* again */
            send_vote(f, snapshot->height, validator, validator, worker, false);
    }
    send_vote(f, snapshot->height, PEOPLE, PEOPLE, worker, false);
    deliver(f, KIND_VOTE, 0, packet_of_bytes(BYTES_LITERAL("nothing")));
    deliver(f, KIND_VOTE, 0, PACKET_EMPTY);
    run_blocks(f, 1);
    g_assert_true(shown(f, worker)->active);
    g_assert_cmpuint(f->recording->notes->len, ==, 0);
}

static ChainConfig
without_voting(void)
{
    ChainConfig config = chain_config_2024;

    config.voting = false;
    return config;
}

static void
test_without_voting(Fixture *f, gconstpointer unused)
{
    uint32_t worker = first_worker(f);

    (void)unused;
    vote_all(f, 10, worker, false);
    run_blocks(f, 1);
    g_assert_true(shown(f, worker)->active);
}

/* --- as a seed node --------------------------------------------------------------------
 */

#define ASK "{\"jsonrpc\":\"2.0\",\"method\":\"get_n_service_nodes\",\"params\":{"

static void
ask(Fixture *f, ReplyToken token, const char *body)
{
    deliver(f, KIND_SEED_RPC, token, packet_of_bytes(bytes_of_text(body)));
}

static uint32_t
nodes_in(const GivenReply *reply)
{
    NodeList *list;
    uint32_t n;

    g_assert_cmpint(reply->status, ==, 200);
    g_assert_cmpint(node_list_of_packet(&reply->packet, &list), ==, ST_OK);
    n = list->n;
    node_list_unref(list);
    return n;
}

static void
test_seed(Fixture *f, gconstpointer unused)
{
    uint32_t worker = first_worker(f);

    (void)unused;
    vote_all(f, NEEDED, worker, false);
    run_blocks(f, 1);
    ask(f, 1, ASK "\"active_only\":true,\"fields\":{\"public_ip\":true}}}");
    ask(f, 2, ASK "\"active_only\":true}}");
    ask(f, 3, ASK "\"active_only\":false}}");
    ask(f, 4, "{\"method\":\"get_service_nodes\"}");
    ask(f, 0, ASK "}}"); /* wants no answer */
    g_assert_cmpuint(f->recording->replies->len, ==, 4);
    g_assert_cmpuint(recording_reply(f->recording, 1)->token, ==, 2);
    g_assert_cmpuint(nodes_in(recording_reply(f->recording, 0)), ==, PEOPLE - 1);
    g_assert_cmpuint(nodes_in(recording_reply(f->recording, 2)), ==, PEOPLE);
    /* made once for everybody */
    g_assert_true(recording_reply(f->recording, 0)->packet.blob ==
                  recording_reply(f->recording, 1)->packet.blob);
    g_assert_true(recording_reply(f->recording, 2)->packet.blob ==
                  recording_reply(f->recording, 3)->packet.blob);
    run_blocks(f, 1);
    ask(f, 5, ASK "\"active_only\":true}}");
    g_assert_true(recording_reply(f->recording, 4)->packet.blob !=
                  recording_reply(f->recording, 0)->packet.blob);
}

static void
check_error(Fixture *f, const char *body, int64_t code)
{
    JsonValue json, error, number;
    int64_t found;

    recording_port_forget(f->recording);
    ask(f, 9, body);
    g_assert_cmpuint(f->recording->replies->len, ==, 1);
    g_assert_cmpint(recording_reply(f->recording, 0)->status, ==, 200);
    g_assert_cmpint(
        json_parse(packet_bytes(&recording_reply(f->recording, 0)->packet), &json), ==,
        ST_OK);
    g_assert_true(json_get(json, "error", &error));
    g_assert_true(json_get(error, "code", &number));
    g_assert_true(json_i64(number, &found));
    g_assert_cmpint(found, ==, code);
}

static void
test_seed_errors(Fixture *f, gconstpointer unused)
{
    (void)unused;
    check_error(f, "", -32700);
    check_error(f, ASK, -32700);
    check_error(f, "[]", -32600);
    check_error(f, "{\"method\":7}", -32600);
    check_error(f, "{\"method\":\"get_block_count\"}", -32601);
    check_error(f, ASK "\"active_only\":\"yes\"}}", -32602);
}

/* Every beginning of a request, and many changes of it, are answered. */
static void
test_seed_damaged(Fixture *f, gconstpointer unused)
{
    Bytes good = BYTES_LITERAL(ASK "\"active_only\":true}}");

    (void)unused;
    for (size_t n = 0; n < good.n; n++) {
        g_autofree char *part = g_strndup((const char *)good.p, n);

        check_error(f, part, -32700);
    }
    for (uint32_t i = 0; i < 2000; i++) {
        Bytes changed = mutate(i, good, BYTES_LITERAL("{}[]\":,e\\0\0"));

        recording_port_forget(f->recording);
        deliver(f, KIND_SEED_RPC, 4, packet_of_bytes(changed));
        g_assert_cmpuint(f->recording->replies->len, ==, 1);
        g_assert_cmpint(recording_reply(f->recording, 0)->status, ==, 200);
        bytes_free(changed);
    }
}

static void
test_other_requests(Fixture *f, gconstpointer unused)
{
    (void)unused;
    deliver(f, KIND_STORAGE_RPC, 4, packet_of_bytes(BYTES_LITERAL("{}")));
    g_assert_cmpuint(f->recording->replies->len, ==, 1);
    g_assert_cmpint(recording_reply(f->recording, 0)->status, ==, 404);
    deliver(f, KIND_BLOCK, 0, packet_of_bytes(BYTES_LITERAL("what")));
    g_assert_cmpuint(f->recording->replies->len, ==, 1);
}

#define ADD(name, config, function)                                                        \
    g_test_add("/registry/actor/" name, Fixture, config, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    ChainConfig proof_of_work = exponential(), silent = without_voting();

    g_test_init(&argc, &argv, NULL);
    ADD("a-block-every-two-minutes", NULL, test_a_block_every_two_minutes);
    ADD("proof-of-work-times", &proof_of_work, test_proof_of_work_times);
    ADD("orders", NULL, test_orders);
    ADD("exit-before-the-block", NULL, test_exit_before_the_block);
    ADD("proofs", NULL, test_proofs);
    ADD("votes-decommission-and-bring-back", NULL, test_votes_decommission_and_bring_back);
    ADD("votes-deregister", NULL, test_votes_deregister);
    ADD("no-second-chance-without-credit", NULL, test_no_second_chance_without_credit);
    ADD("votes-that-do-not-count", NULL, test_votes_that_do_not_count);
    ADD("without-voting", &silent, test_without_voting);
    ADD("seed", NULL, test_seed);
    ADD("seed-errors", NULL, test_seed_errors);
    ADD("seed-damaged", NULL, test_seed_damaged);
    ADD("other-requests", NULL, test_other_requests);
    return g_test_run();
}
