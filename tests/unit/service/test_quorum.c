/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When a store is answered: by the real rule, by a quorum, at once. */
#include <jansson.h>

#include "nodes/store/memory_store.h"
#include "tests/unit/service/world.h"

/* A client's store at member 0; its number. */
static guint
ask(World *world)
{
    char *request = client_store(&world->of_a, "aGVsbG8=", EPOCH);
    guint number =
        network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));

    g_free(request);
    network_run(world->network, world->network->now);
    return number;
}

static void
silence(World *world, guint first, guint last)
{
    for (guint i = first; i <= last; i++)
        network_member(world->network, i)->reach = REACH_SILENT;
}

static void
assert_answer(const World *world, guint number, int status, guint entries)
{
    const Answer *answer = network_answer(world->network, number);
    json_t *body;

    g_assert_true(answer->given);
    g_assert_cmpint(answer->status, ==, status);
    body = json_loads(answer->body->str, 0, NULL);
    g_assert_cmpuint(json_object_size(json_object_get(body, "swarm")), ==, entries);
    g_assert_nonnull(
        json_object_get(json_object_get(body, "swarm"), world_member_hex(world, 0)));
    json_decref(body);
}

/* The control: two of five are silent, and the real rule waits for them. */
static void
test_real_rule(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    silence(world, 3, 4);
    number = ask(world);
    network_run(world->network, 5 * SECOND - 1);
    g_assert_false(network_answer(world->network, number)->given);
    network_run(world->network, 5 * SECOND);
    assert_answer(world, number, 200, 5);
}

static void
test_reached(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    world->config.store_quorum = 3;
    silence(world, 3, 4);
    number = ask(world);
    assert_answer(world, number, 200, 3);
    g_assert_cmpint(network_answer(world->network, number)->at, ==, 0);
    /* The others are not forgotten: what became of them is noted. */
    network_run(world->network, MINUTE);
    g_assert_cmpuint(network_member(world->network, 0)->notes[NOTE_REPLICA], ==, 4);
    g_assert_cmpuint(network_member(world->network, 0)->note_a_sum[NOTE_REPLICA], ==, 2);
}

/* Nor is the retry of those that failed. */
static void
test_reached_and_retried(World *world, gconstpointer data)
{
    (void)data;
    world->config.store_quorum = 1;
    world->config.defect_no_replica_retry = false;
    silence(world, 4, 4);
    assert_answer(world, ask(world), 200, 1);
    network_run(world->network, MINUTE);
    network_member(world->network, 4)->reach = REACH_UP;
    network_run(world->network, 2 * MINUTE);
    g_assert_cmpuint(network_stored(world->network, 4), ==, 1);
    g_assert_cmpuint(network_member(world->network, 0)->note_a_sum[NOTE_RETRY], >, 0);
}

static void
test_out_of_reach(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    world->config.store_quorum = 4;
    silence(world, 3, 4);
    number = ask(world);
    network_run(world->network, 5 * SECOND - 1);
    g_assert_false(network_answer(world->network, number)->given);
    network_run(world->network, 5 * SECOND);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 500);
    /* Those that have it keep it. */
    g_assert_cmpuint(network_stored(world->network, 1), ==, 1);
}

/* More than there are members: no need to wait to know. */
static void
test_more_than_members(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    world->config.store_quorum = 6;
    silence(world, 1, 4);
    number = ask(world);
    assert_answer(world, number, 500, 1);
    g_assert_cmpint(network_answer(world->network, number)->at, ==, 0);
}

/* A node that cannot keep it does not count. */
static void
test_own_full(World *world, gconstpointer data)
{
    Member *member = network_member(world->network, 0);

    (void)data;
    world->config.store_quorum = 4;
    member->port.store->ops->close(member->port.store);
    member->port.store = memory_store_new(200);
    assert_answer(world, ask(world), 200, 5);
    world->config.store_quorum = 5;
    g_assert_cmpint(network_answer(world->network, ask(world))->status, ==, 500);
}

static void
test_asynchronous(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    world->config.store_replication = REPLICATION_ASYNCHRONOUS;
    silence(world, 3, 4);
    number = ask(world);
    assert_answer(world, number, 200, 1);
    g_assert_cmpint(network_answer(world->network, number)->at, ==, 0);
    g_assert_cmpuint(network_count_sent(world->network, KIND_STORAGE_CC, CLIENT), ==, 4);
    g_assert_cmpuint(network_stored(world->network, 2), ==, 1);
    network_run(world->network, MINUTE);
    g_assert_cmpuint(network_member(world->network, 0)->notes[NOTE_REPLICA], ==, 4);
}

/* A crash while the others are still silent: nobody is answered twice, nothing leaks. */
static void
test_crash(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    world->config.store_quorum = 2;
    silence(world, 2, 4);
    number = ask(world);
    assert_answer(world, number, 200, 2);
    network_crash(world->network, 0);
    network_run(world->network, MINUTE);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 200);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/quorum/" path, World, NULL, world_set_up, function,               \
               world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("real-rule", test_real_rule);
    ADD("reached", test_reached);
    ADD("reached-and-retried", test_reached_and_retried);
    ADD("out-of-reach", test_out_of_reach);
    ADD("more-than-members", test_more_than_members);
    ADD("own-full", test_own_full);
    ADD("asynchronous", test_asynchronous);
    ADD("crash", test_crash);
    return g_test_run();
}
