/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What 2025 repairs: pushes after a handshake, dumps after an outage, replicas that are
 * tried again (protocol 7, rows 2 and 15); and what is lost without it. */
#include "tests/unit/service/world.h"

static int
namespace_at(const World *world, guint member, const Client *client, int expected)
{
    char *request = client_retrieve(client, expected, network_unix_ms(world->network), "");
    const char *text = client_expect(world->network, member, request, 200);

    return strstr(text, "\"hash\"") != NULL;
}

static void
test_joiner_missed(World *world, gconstpointer data)
{
    Member *joiner;

    (void)data;
    world_put(world, 0, &world->of_a, 0, 1);
    joiner = network_add(world->network, &world->config, A);
    joiner->reach = REACH_SILENT;
    world_block(world);
    network_run(world->network, world->network->now + MINUTE);
    joiner->reach = REACH_UP;
    network_tell(world->network, 10, world->network->snapshot);
    network_run(world->network, world->network->now + HOUR);
    g_assert_cmpuint(network_stored(world->network, 10), ==, 0);
    g_assert_cmpuint(world_pushes_to(world, 10), ==, 1);
}

static void
test_handshake(World *world, gconstpointer data)
{
    Member *joiner;

    (void)data;
    world->config.defect_push_without_handshake = false;
    world->config.defect_push_everything = false;
    world_put(world, 0, &world->of_a, 0, 1);
    world_put(world, 0, &world->of_b, 0, 2);
    joiner = network_add(world->network, &world->config, A);
    joiner->reach = REACH_SILENT;
    world_block(world);
    network_run(world->network, world->network->now + MINUTE);
    g_assert_cmpuint(world_pushes_to(world, 10), >=, 2 * 5);
    joiner->reach = REACH_UP;
    /* Up, but it has not seen the block: it does not know who asks. */
    network_run(world->network, world->network->now + MINUTE);
    g_assert_cmpuint(network_stored(world->network, 10), ==, 0);
    network_tell(world->network, 10, world->network->snapshot);
    network_run(world->network, world->network->now + 30 * SECOND);
    g_assert_cmpuint(network_stored(world->network, 10), ==, 1);
    /* Then they leave it alone. */
    network_forget_sent(world->network);
    network_run(world->network, world->network->now + HOUR);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
}

/* Who left the list is not asked any more. */
static void
test_handshake_in_vain(World *world, gconstpointer data)
{
    Member *joiner;

    (void)data;
    world->config.defect_push_without_handshake = false;
    world_put(world, 0, &world->of_a, 0, 1);
    joiner = network_add(world->network, &world->config, A);
    joiner->reach = REACH_SILENT;
    world_block(world);
    joiner->record.port_omq = 0;
    world_block(world);
    network_run(world->network, world->network->now + MINUTE);
    network_forget_sent(world->network);
    network_run(world->network, world->network->now + HOUR);
    g_assert_cmpuint(world->network->sent->len, ==, 0);
}

static void
test_dissolved_with_handshake(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_push_without_handshake = false;
    world->config.defect_push_everything = false;
    world_put(world, 0, &world->of_a, 0, 1);
    world_put(world, 0, &world->of_b, 0, 2); /* stale there, but B's */
    for (guint i = 0; i < 5; i++)
        world_move(world, i, B);
    world_block(world);
    network_run(world->network, world->network->now + MINUTE);
    for (guint i = 1; i < 10; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 2);
}

/* Node 1 is down while a message is stored, and comes back. */
static void
outage(World *world)
{
    char *request = client_store(&world->of_a, "AAAA", EPOCH);

    network_crash(world->network, 1);
    network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));
    g_free(request);
    network_run(world->network, world->network->now + 5 * SECOND);
    g_assert_cmpuint(network_stored(world->network, 2), ==, 1);
    network_restart(world->network, 1);
    world_block(world);
    network_run(world->network, world->network->now + HOUR);
}

static void
test_hole_stays(World *world, gconstpointer data)
{
    (void)data;
    outage(world);
    g_assert_cmpuint(network_stored(world->network, 1), ==, 0);
}

static void
test_hole_is_filled(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_no_fill_after_outage = false;
    outage(world);
    g_assert_cmpuint(network_stored(world->network, 1), ==, 1);
    /* Two members were asked. */
    g_assert_cmpuint(network_member(world->network, 1)->notes[NOTE_PUSHED], ==, 2);
}

/* Only who skipped blocks asks. */
static void
test_dump_when_behind(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    world->config.defect_no_fill_after_outage = false;
    world_block(world);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
    network_member(world->network, 1)->reach = REACH_SILENT;
    world_block(world);
    network_member(world->network, 1)->reach = REACH_UP;
    world_block(world);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 2);
    /* And a stranger is given nothing. */
    number = network_ask_as(world->network, 0, KIND_DATA,
                            network_member(world->network, 7)->record.x25519, "\3", 1);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 403);
}

static void
store_while_silent(World *world, int name_space)
{
    UnixMs t = network_unix_ms(world->network);
    char *request = client_store_signed(&world->of_a, name_space, "AAAA", t, t);

    network_member(world->network, 1)->reach = REACH_SILENT;
    network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));
    g_free(request);
    network_run(world->network, world->network->now + 10 * MINUTE);
    network_member(world->network, 1)->reach = REACH_UP;
    network_run(world->network, world->network->now + MINUTE);
}

static void
test_no_retry(World *world, gconstpointer data)
{
    (void)data;
    store_while_silent(world, 2);
    g_assert_cmpuint(network_stored(world->network, 1), ==, 0);
}

/* Ten minutes later the signature would be too old: it goes as a push. */
static void
test_retry(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_no_replica_retry = false;
    world->config.defect_push_loses_namespace = false;
    store_while_silent(world, 2);
    g_assert_cmpuint(network_stored(world->network, 1), ==, 1);
    g_assert_true(namespace_at(world, 1, &world->of_a, 2));
    network_forget_sent(world->network);
    network_run(world->network, world->network->now + HOUR);
    g_assert_cmpuint(world->network->sent->len, ==, 0);
}

static void
test_retry_of_a_delete(World *world, gconstpointer data)
{
    const char *hash = "0000000000000000000000000000000000000000001";
    char *signature = client_sign(&world->of_a, "delete%s", hash);
    char *request = g_strdup_printf(
        "{\"method\":\"delete\",\"params\":{\"pubkey\":\"%s\",\"pubkey_ed25519\":\"%s\","
        "\"messages\":[\"%s\"],\"signature\":\"%s\"}}",
        world->of_a.hex, world->of_a.ed25519_hex, hash, signature);

    (void)data;
    world->config.defect_no_replica_retry = false;
    for (guint i = 0; i < 5; i++)
        world_put(world, i, &world->of_a, 0, 1);
    network_member(world->network, 1)->reach = REACH_SILENT;
    network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));
    network_run(world->network, world->network->now + MINUTE);
    g_assert_cmpuint(network_stored(world->network, 1), ==, 1);
    network_member(world->network, 1)->reach = REACH_UP;
    network_run(world->network, world->network->now + MINUTE);
    g_assert_cmpuint(network_stored(world->network, 1), ==, 0);
    g_free(signature);
    g_free(request);
}

/* The queue is bounded, and forgets members that left. */
static void
test_retry_limits(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_no_replica_retry = false;
    world->config.retry_queue_max = 2;
    network_member(world->network, 1)->reach = REACH_SILENT;
    for (int i = 0; i < 3; i++) {
        char data64[5] = { (char)('A' + i), 'A', 'A', 'A', '\0' };
        char *request = client_store(&world->of_a, data64, EPOCH);

        network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));
        g_free(request);
    }
    network_run(world->network, 5 * SECOND);
    network_forget_sent(world->network);
    network_run(world->network, 10 * SECOND);
    g_assert_cmpuint(world_pushes_to(world, 1), ==, 2);
    network_member(world->network, 1)->record.port_omq = 0;
    world_block(world);
    network_run(world->network, world->network->now + MINUTE);
    network_forget_sent(world->network);
    network_run(world->network, world->network->now + HOUR);
    g_assert_cmpuint(world->network->sent->len, ==, 0);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/repair/" path, World, NULL, world_set_up, function,               \
               world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("joiner-missed", test_joiner_missed);
    ADD("handshake", test_handshake);
    ADD("handshake-in-vain", test_handshake_in_vain);
    ADD("dissolved-with-handshake", test_dissolved_with_handshake);
    ADD("hole-stays", test_hole_stays);
    ADD("hole-is-filled", test_hole_is_filled);
    ADD("dump-when-behind", test_dump_when_behind);
    ADD("no-retry", test_no_retry);
    ADD("retry", test_retry);
    ADD("retry-of-a-delete", test_retry_of_a_delete);
    ADD("retry-limits", test_retry_limits);
    return g_test_run();
}
