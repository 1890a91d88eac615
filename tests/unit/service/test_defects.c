/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Defects of nodes that a key each switches (protocol 8): what happens with it, and on the
 * plain path.  Those of 8.1 to 8.6 are in test_blocks.c and test_repair.c. */
#include "nodes/onion/onion.h"
#include "tests/unit/service/world.h"

static Client of_c; /* its swarm is A until C is born */

/* An account that A keeps, and C once it is there. */
static void
find_client_of_c(void)
{
    const uint64_t ids[] = { C, A, B };

    for (int number = 0; number < 256; number++) {
        client_init(&of_c, (uint8_t)number);
        if (swarm_nearest(ids, 3, swarm_space(of_c.account + 1)) == C &&
            swarm_nearest(ids + 1, 2, swarm_space(of_c.account + 1)) == A)
            return;
    }
    g_error("no account for C");
}

static void
set_up(World *world, gconstpointer data)
{
    world_set_up(world, data);
    find_client_of_c();
}

/* Message @i of a client, 800 bytes, in a member's store. */
static void
put_long(World *world, guint member, const Client *client, guint i)
{
    char hash[MESSAGE_HASH_BYTES + 1];
    g_autofree char *body = g_strnfill(800, 'x');

    world_hash(i, hash);
    network_put(world->network, member, client->account, 0, hash, body, 800, EPOCH,
                EPOCH + DAY_MS);
}

/* --- 8.8 -------------------------------------------------------------------------- */

/* Node 0 alone has a message for C; it moves to B as C is born. */
static guint
birth_and_move(World *world)
{
    world_put(world, 0, &of_c, 0, 1);
    for (guint i = 0; i < 5; i++)
        network_add(world->network, &world->config, C);
    world_move(world, 0, B);
    world_block(world);
    return (guint)network_stored(world->network, 12);
}

static void
test_move_skips_birth(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpuint(birth_and_move(world), ==, 0);
}

static void
test_move_serves_birth(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_move_skips_birth = false;
    g_assert_cmpuint(birth_and_move(world), ==, 1);
}

/* All of A are decommissioned in one block. */
static guint
all_decommissioned(World *world)
{
    world_put(world, 0, &world->of_a, 0, 1);
    for (guint i = 0; i < 5; i++)
        world_move(world, i, SWARM_NONE);
    world_block(world);
    return (guint)network_stored(world->network, 7);
}

static void
test_decommissioned_push_nothing(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpuint(all_decommissioned(world), ==, 0);
}

static void
test_decommissioned_push(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_decommissioned_push_nothing = false;
    g_assert_cmpuint(all_decommissioned(world), ==, 1);
}

/* The whole network goes: there is nobody to push to. */
static void
test_decommissioned_push_to_nobody(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_decommissioned_push_nothing = false;
    world->config.defect_move_skips_birth = false;
    world_put(world, 0, &world->of_a, 0, 1);
    for (guint i = 0; i < 10; i++)
        world_move(world, i, SWARM_NONE);
    world_block(world);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
}

/* --- 8.17 ------------------------------------------------------------------------- */

/* A joiner that does not answer; node 0 has three batches for it.  How many left at once?
 */
static guint
batches_at_once(World *world)
{
    Member *joiner = network_add(world->network, &world->config, A);

    world->config.push_batch_bytes = 1000;
    for (guint i = 0; i < 3; i++)
        put_long(world, 0, &world->of_a, i);
    joiner->reach = REACH_MUTE;
    network_block(world->network);
    network_tell(world->network, 10, world->network->snapshot);
    network_run(world->network, world->network->now + SECOND);
    return network_count_sent(world->network, KIND_DATA, 10);
}

static void
test_unpaced(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpuint(batches_at_once(world), ==, 3);
    network_run(world->network, world->network->now + MINUTE);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, 10), ==, 3);
}

static void
test_paced(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_push_unpaced = false;
    g_assert_cmpuint(batches_at_once(world), ==, 1);
    /* Each next one when the one before timed out. */
    network_run(world->network, world->network->now + world->config.push_timeout);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, 10), ==, 2);
    network_run(world->network, world->network->now + MINUTE);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, 10), ==, 3);
    g_assert_cmpuint(network_stored(world->network, 10), ==, 3);
}

/* Who left the list gets no more; others are not kept waiting by a silent one. */
static void
test_paced_ends(World *world, gconstpointer data)
{
    Member *silent, *good;

    (void)data;
    world->config.defect_push_unpaced = false;
    silent = network_add(world->network, &world->config, A);
    good = network_add(world->network, &world->config, A);
    world->config.push_batch_bytes = 1000;
    for (guint i = 0; i < 3; i++)
        put_long(world, 0, &world->of_a, i);
    silent->reach = REACH_SILENT;
    world_block(world);
    g_assert_cmpuint(network_stored(world->network, good->index), ==, 3);
    silent->record.port_omq = 0;
    world_block(world);
    network_run(world->network, world->network->now + HOUR);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
}

/* --- 7, rows 2 and 15: what a restart keeps ---------------------------------------- */

/* Node 0 restarts while A dissolves. */
static guint
restart_at_dissolution(World *world)
{
    world_put(world, 0, &world->of_a, 0, 1);
    network_crash(world->network, 0);
    for (guint i = 0; i < 5; i++)
        world_move(world, i, B);
    world_block(world);
    network_restart(world->network, 0);
    world_block(world);
    return (guint)network_stored(world->network, 7);
}

static void
test_swarm_forgotten(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpuint(restart_at_dissolution(world), ==, 0);
}

static void
test_swarm_remembered(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_swarm_forgotten = false;
    g_assert_cmpuint(restart_at_dissolution(world), ==, 1);
}

/* A restart that finds its swarm as it was pushes nothing. */
static void
test_swarm_remembered_in_vain(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_swarm_forgotten = false;
    world_put(world, 0, &world->of_a, 0, 1);
    network_crash(world->network, 0);
    network_restart(world->network, 0);
    world_block(world);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
}

/* Node 1 misses a store, node 0 restarts; does node 1 get it? */
static guint
restart_with_retry(World *world, bool disk_lost)
{
    char *request = client_store(&world->of_a, "AAAA", EPOCH);

    network_member(world->network, 1)->reach = REACH_SILENT;
    network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));
    g_free(request);
    network_run(world->network, world->network->now + MINUTE);
    network_crash(world->network, 0);
    if (disk_lost)
        service_node_lose_disk(network_member(world->network, 0)->node);
    network_restart(world->network, 0);
    /* Before its first block it knows nobody, and keeps the store. */
    network_run(world->network, world->network->now + MINUTE);
    network_member(world->network, 1)->reach = REACH_UP;
    world_block(world);
    network_run(world->network, world->network->now + MINUTE);
    return (guint)network_stored(world->network, 1);
}

static void
test_retry_survives_restart(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_no_replica_retry = false;
    g_assert_cmpuint(restart_with_retry(world, false), ==, 1);
}

static void
test_retry_lost_with_disk(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_no_replica_retry = false;
    g_assert_cmpuint(restart_with_retry(world, true), ==, 0);
}

/* --- 7, row 17, and 8.20: relaying -------------------------------------------------- */

/* What node 9 as guard answers to a request for node 1 by way of @hop. */
static const Answer *
onion_by(World *world, guint guard, guint hop)
{
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    const NodeRecord *r[3] = { &network_member(world->network, guard)->record,
                               &network_member(world->network, hop)->record,
                               &network_member(world->network, 1)->record };
    OnionHop hops[2] = { { r[0]->ed25519, r[0]->x25519 }, { r[1]->ed25519, r[1]->x25519 } };
    OnionDestination destination = { .ed25519 = r[2]->ed25519, .x25519 = r[2]->x25519 };
    OnionRandom random;
    ChannelKey reply;
    Packet request;
    Bytes bytes;
    guint number;

    memset(&random, 7, sizeof random);
    g_assert_cmpint(onion_wrap(&crypto, ENC_XCHACHA20, hops, 2, &destination,
                               BYTES_LITERAL("{\"method\":\"info\",\"params\":{}}"),
                               &random, &request, &reply),
                    ==, ST_OK);
    bytes = packet_bytes(&request);
    number = network_ask(world->network, guard, KIND_ONION, bytes.p, bytes.n);
    packet_clear(&request);
    return network_answer(world->network, number);
}

static void
test_relay_needs_swarm(World *world, gconstpointer data)
{
    const Answer *answer;

    (void)data;
    world_move(world, 9, SWARM_NONE);
    world_block(world);
    answer = onion_by(world, 9, 8);
    g_assert_cmpint(answer->status, ==, 503);
    g_assert_cmpstr(answer->body->str, ==, "Service node is not ready: not in any swarm\n");
    answer = onion_by(world, 8, 9);
    g_assert_cmpint(answer->status, ==, 503);
    g_assert_true(g_str_has_prefix(answer->body->str, "Snode not ready: "));
}

static void
test_relay_without_swarm(World *world, gconstpointer data)
{
    g_autofree char *request = client_retrieve(&world->of_b, 0, EPOCH, "");

    (void)data;
    world->config.relay_needs_swarm = false;
    world_move(world, 9, SWARM_NONE);
    world_block(world);
    g_assert_cmpint(onion_by(world, 9, 8)->status, ==, 200);
    g_assert_cmpint(onion_by(world, 8, 9)->status, ==, 200);
    /* It keeps nobody's messages all the same, and relays nothing before its first block.
     */
    network_expect(world->network, 9, KIND_STORAGE_RPC, request, 503);
    network_crash(world->network, 9);
    network_restart(world->network, 9);
    g_assert_cmpint(onion_by(world, 9, 8)->status, ==, 503);
}

static void
test_guard_hides_errors(World *world, gconstpointer data)
{
    const Answer *answer;

    (void)data;
    world_move(world, 9, SWARM_NONE);
    world_block(world);
    world->config.defect_guard_hides_errors = true;
    answer = onion_by(world, 8, 9);
    g_assert_cmpint(answer->status, ==, 503);
    g_assert_cmpstr(answer->body->str, ==, "");
    /* What went well is not hidden. */
    answer = onion_by(world, 8, 7);
    g_assert_cmpint(answer->status, ==, 200);
    g_assert_cmpuint(answer->body->len, >, 0);
}

/* --- 3.4 --------------------------------------------------------------------------- */

/* One message has expired and was not swept yet, one lives. */
static guint
messages_given(World *world)
{
    UnixMs t = network_unix_ms(world->network);
    const char *text;
    guint n = 0;

    network_put(world->network, 0, world->of_a.account, 0,
                "0000000000000000000000000000000000000000001", "body", 4, EPOCH, t - 1);
    network_put(world->network, 0, world->of_a.account, 0,
                "0000000000000000000000000000000000000000002", "body", 4, EPOCH, t + 1);
    text = client_expect(world->network, 0, client_retrieve(&world->of_a, 0, t, ""), 200);
    while ((text = strstr(text, "\"hash\"")) != NULL) {
        text++;
        n++;
    }
    return n;
}

static void
test_retrieve_expired(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpuint(messages_given(world), ==, 2);
}

static void
test_retrieve_living(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_retrieve_expired = false;
    g_assert_cmpuint(messages_given(world), ==, 1);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/defects/" path, World, NULL, set_up, function, world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("move-skips-birth", test_move_skips_birth);
    ADD("move-serves-birth", test_move_serves_birth);
    ADD("decommissioned-push-nothing", test_decommissioned_push_nothing);
    ADD("decommissioned-push", test_decommissioned_push);
    ADD("decommissioned-push-to-nobody", test_decommissioned_push_to_nobody);
    ADD("unpaced", test_unpaced);
    ADD("paced", test_paced);
    ADD("paced-ends", test_paced_ends);
    ADD("swarm-forgotten", test_swarm_forgotten);
    ADD("swarm-remembered", test_swarm_remembered);
    ADD("swarm-remembered-in-vain", test_swarm_remembered_in_vain);
    ADD("retry-survives-restart", test_retry_survives_restart);
    ADD("retry-lost-with-disk", test_retry_lost_with_disk);
    ADD("relay-needs-swarm", test_relay_needs_swarm);
    ADD("relay-without-swarm", test_relay_without_swarm);
    ADD("guard-hides-errors", test_guard_hides_errors);
    ADD("retrieve-expired", test_retrieve_expired);
    ADD("retrieve-living", test_retrieve_living);
    return g_test_run();
}
