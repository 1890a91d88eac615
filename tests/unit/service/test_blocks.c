/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a block makes a node push, to whom, and what becomes of it there (protocol 2.4, 8);
 * with each defect on and off. */
#include "nodes/wire/bencode.h"
#include "tests/unit/service/world.h"

/* --- the branches ----------------------------------------------------------------- */

static void
test_joiner(World *world, gconstpointer data)
{
    const Blob *blob = NULL;

    (void)data;
    for (guint i = 0; i < 5; i++) {
        world_put(world, i, &world->of_a, 0, 1);
        world_put(world, i, &world->of_b, 0, 2); /* stale: of the other swarm */
    }
    network_add(world->network, &world->config, A);
    network_add(world->network, &world->config, A);
    world_block(world);
    g_assert_cmpuint(world_pushes_to(world, 10), ==, 5);
    g_assert_cmpuint(world_pushes_to(world, 11), ==, 5);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 10);
    g_assert_cmpuint(network_stored(world->network, 10), ==, 2);
    g_assert_cmpuint(network_member(world->network, 10)->note_a_sum[NOTE_PUSHED], ==, 10);
    g_assert_cmpuint(network_member(world->network, 0)->note_a_sum[NOTE_PUSH], ==, 4);
    /* Each sender encodes once for both. */
    for (guint i = 0; i < world->network->sent->len; i++)
        if (network_sent(world->network, i)->from == 0) {
            g_assert_true(blob == NULL ||
                          blob == network_sent(world->network, i)->packet.blob);
            blob = network_sent(world->network, i)->packet.blob;
        }
    g_assert_nonnull(blob);
    /* The next block changes nothing. */
    world_block(world);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
}

static void
test_joiner_without_stale_data(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_push_everything = false;
    world_put(world, 0, &world->of_a, 0, 1);
    world_put(world, 0, &world->of_b, 0, 2);
    network_add(world->network, &world->config, A);
    world_block(world);
    g_assert_cmpuint(network_stored(world->network, 10), ==, 1);
}

/* The experiment without pushes. */
static void
test_no_pushes(World *world, gconstpointer data)
{
    (void)data;
    world->config.repair_push = false;
    world_put(world, 0, &world->of_a, 0, 1);
    network_add(world->network, &world->config, A);
    world_block(world);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
}

static void
test_empty_store(World *world, gconstpointer data)
{
    (void)data;
    network_add(world->network, &world->config, A);
    world_block(world);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
}

/* A new swarm takes a part of A's accounts, and two of its members. */
static void
test_born(World *world, gconstpointer data)
{
    Client of_c;

    (void)data;
    for (int i = 0; i < 3; i++)
        network_add(world->network, &world->config, C);
    world_move(world, 3, C);
    world_move(world, 4, C);
    network_forget_sent(world->network);
    /* Whose accounts will be C's is known when C is there. */
    snapshot_unref(world->network->snapshot);
    world->network->snapshot =
        network_make_snapshot(world->network, NULL, 0, NULL, 0, NULL);
    client_init_in(&of_c, world->network, C);
    client_init_in(&world->of_a, world->network, A);
    for (guint i = 0; i < 5; i++) {
        world_put(world, i, &of_c, 0, 1);
        world_put(world, i, &world->of_a, 0, 2);
    }
    world_put(world, 5, &of_c, 0, 3); /* B has stale data of that part, too */
    for (guint i = 0; i < world->network->members->len; i++)
        network_tell(world->network, i, world->network->snapshot);
    network_run(world->network, SECOND);
    /* A's remaining three push to all five, and B's node does; those that moved do not: A
     * still stands. */
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 4 * 5);
    for (guint i = 10; i < 13; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 2);
    g_assert_cmpuint(network_stored(world->network, 3), ==, 3);
    for (guint i = 0; i < world->network->sent->len; i++)
        g_assert_true(network_sent(world->network, i)->from <= 2 ||
                      network_sent(world->network, i)->from == 5);
}

/* A deletion reaches who is there.  What an absent member keeps, it gives to the next
 * joiner (8.22): nothing but the absence makes the difference. */
static void
assert_resurrected(World *world, bool absent)
{
    char hash[MESSAGE_HASH_BYTES + 1];
    char *rest, *text, *request;
    guint joiner = world->network->members->len;

    world_hash(1, hash);
    rest = g_strdup_printf("\"messages\":[\"%s\"]", hash);
    text = g_strdup_printf("delete%s", hash);
    for (guint i = 0; i < 5; i++)
        world_put(world, i, &world->of_a, 0, 1);
    network_member(world->network, 4)->reach = absent ? REACH_SILENT : REACH_UP;
    request = client_request(&world->of_a, "delete", rest, text);
    network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));
    network_run(world->network, world->network->now + 5 * SECOND);
    g_free(request);
    network_member(world->network, 4)->reach = REACH_UP;
    for (guint i = 0; i < 5; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, i == 4 && absent);
    network_add(world->network, &world->config, A);
    world_block(world);
    g_assert_cmpuint(network_stored(world->network, joiner), ==, absent);
    g_free(rest);
    g_free(text);
}

static void
test_resurrection(World *world, gconstpointer data)
{
    (void)data;
    assert_resurrected(world, true);
}

static void
test_no_resurrection(World *world, gconstpointer data)
{
    (void)data;
    assert_resurrected(world, false);
}

static void
test_dissolved(World *world, gconstpointer data)
{
    (void)data;
    world_put(world, 0, &world->of_a, 0, 1);
    world_put(world, 1, &world->of_a, 0, 2);
    for (guint i = 0; i < 4; i++)
        world_move(world, i, B);
    network_member(world->network, 4)->record.port_omq = 0; /* gone */
    world_put(world, 4, &world->of_a, 0, 3);
    world_block(world);
    /* Everything is B's now: to its five and to the other three that came. */
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 2 * 8);
    for (guint i = 5; i < 10; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 2);
    g_assert_cmpuint(network_stored(world->network, 2), ==, 2);
}

static void
test_moved(World *world, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 10; i++)
        world_put(world, i, i < 5 ? &world->of_a : &world->of_b, 0, i < 5 ? 1 : 2);
    world_move(world, 0, B);
    world_block(world);
    /* B's five push to it; it pushes nothing, keeps what it had and does not serve it. */
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 5);
    g_assert_cmpuint(world_pushes_to(world, 0), ==, 5);
    g_assert_cmpuint(network_stored(world->network, 0), ==, 2);
    client_expect(world->network, 0,
                  client_retrieve(&world->of_a, 0, network_unix_ms(world->network), ""),
                  421);
}

static void
test_from_nowhere(World *world, gconstpointer data)
{
    Member *member = network_member(world->network, 0);

    (void)data;
    world_put(world, 0, &world->of_a, 0, 1);
    member->record.active = false;
    world_move(world, 0, SWARM_NONE);
    world_block(world);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
    member->record.active = true;
    world_move(world, 0, B);
    network_add(world->network, &world->config, B);
    world_block(world);
    g_assert_cmpuint(network_count_sent(world->network, KIND_DATA, CLIENT), ==, 0);
}

static void
test_which_blocks_count(World *world, gconstpointer data)
{
    Network *network = world->network;
    Snapshot *old = snapshot_ref(network->snapshot);
    Packet packet = packet_of_blob(snapshot_blob(old));
    Incoming in = { address_of(0x7f000002, CHAIN_PORT), NULL, KIND_BLOCK, 0, &packet };
    Packet junk = packet_of_bytes(BYTES_LITERAL("notify.block"));

    (void)data;
    network_crash(network, 0);
    network_restart(network, 0);
    /* From somebody else; something else. */
    service_node_ops.receive(network_member(network, 0)->node, 0, &in);
    in = (Incoming){ CHAIN_ADDRESS, NULL, KIND_BLOCK, 0, &junk };
    service_node_ops.receive(network_member(network, 0)->node, 0, &in);
    client_expect(network, 0, g_strdup("{\"method\":\"info\",\"params\":{}}"), 503);
    /* An older one after a newer one. */
    world_move(world, 0, B);
    network_block(network);
    network_tell(network, 0, old);
    client_expect(network, 0, client_store(&world->of_b, "AAAA", EPOCH), 200);
    packet_clear(&packet);
    packet_clear(&junk);
    snapshot_unref(old);
}

/* --- the bytes -------------------------------------------------------------------- */

static int
namespace_at(const World *world, guint member, const Client *client, int expected)
{
    char *request = client_retrieve(client, expected, network_unix_ms(world->network), "");
    const char *text = client_expect(world->network, member, request, 200);

    return strstr(text, "\"hash\"") != NULL;
}

static void
test_namespace_lost(World *world, gconstpointer data)
{
    (void)data;
    world_put(world, 0, &world->of_a, -10, 1);
    network_add(world->network, &world->config, A);
    world_block(world);
    g_assert_true(namespace_at(world, 10, &world->of_a, 0));
    g_assert_false(namespace_at(world, 10, &world->of_a, -10));
}

static void
test_namespace_kept(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_push_loses_namespace = false;
    world_put(world, 0, &world->of_a, -10, 1);
    network_add(world->network, &world->config, A);
    world_block(world);
    g_assert_true(namespace_at(world, 10, &world->of_a, -10));
    g_assert_false(namespace_at(world, 10, &world->of_a, 0));
}

static void
test_batches(World *world, gconstpointer data)
{
    uint64_t messages = 0;

    (void)data;
    world->config.push_batch_bytes = 1000;
    for (guint i = 0; i < 40; i++)
        world_put(world, 0, &world->of_a, 0, i);
    network_add(world->network, &world->config, A);
    world_block(world);
    g_assert_cmpuint(world_pushes_to(world, 10), >, 5);
    for (guint i = 0; i < world->network->sent->len; i++) {
        Bytes bytes = packet_bytes(&network_sent(world->network, i)->packet);
        BencodeValue list;

        g_assert_cmpuint(bytes.n, <=, 1000);
        g_assert_cmpuint(bytes.p[0], ==, 1);
        g_assert_cmpint(bencode_parse((Bytes){ bytes.p + 1, bytes.n - 1 }, &list), ==,
                        ST_OK);
        g_assert_cmpint(network_sent(world->network, i)->timeout, ==, 15 * SECOND);
        messages++;
    }
    g_assert_cmpuint(network_stored(world->network, 10), ==, 40);
    g_assert_cmpuint(network_member(world->network, 0)->notes[NOTE_PUSH], ==, messages);
    g_assert_cmpuint(network_member(world->network, 0)->note_a_sum[NOTE_PUSH], ==, 40);
}

#define ENTRY_START "l33:\5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ENTRY_HASH "43:0000000000000000000000000000000000000000001"

static void
test_receiving(World *world, gconstpointer data)
{
    static const struct {
        const char *body;
        int status;
        uint64_t stored;
    } cases[] = {
        { "\1le", 200, 0 },
        { "\1l" ENTRY_START ENTRY_HASH "i1ei2e4:bodyee", 200, 1 },
        { "\1l" ENTRY_START "1:hi1ei2e4:bodyi-10eee", 200, 2 },
        { "\1l" ENTRY_START "1:ii1ei2e0:ee", 200, 3 },
        /* One bad entry: none is stored. */
        { "\1l" ENTRY_START "1:ji1ei2e4:bodyel4:badkee", 400, 3 },
        { "\1l" ENTRY_START "0:i1ei2e4:bodyee", 400, 3 },
        { "\1l" ENTRY_START "1:ki1e4:bodyee", 400, 3 },
        { "\1l" ENTRY_START "1:ki1ei2e4:bodyi40000eee", 400, 3 },
        { "\1l33:\5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1:ki1ei2e4:bodyee", 400, 3 },
        { "\1d1:a1:be", 400, 3 },
        { "\1l", 400, 3 },
        { "\1", 400, 3 },
        { "", 400, 3 },
        { "le", 400, 3 },
        { "\2x", 400, 3 },
        { "\4", 400, 3 },
    };
    Network *network = world->network;
    uint8_t unknown[32] = { 1 };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        /* From a node of another swarm: nobody asks. */
        guint number =
            network_ask_as(network, 0, KIND_DATA, network_member(network, 7)->record.x25519,
                           cases[i].body, strlen(cases[i].body));

        g_test_message("case %zu", i);
        g_assert_cmpint(network_answer(network, number)->status, ==, cases[i].status);
        g_assert_cmpuint(network_stored(network, 0), ==, cases[i].stored);
    }
    for (int i = 0; i < 2; i++) {
        guint number = network_ask_as(network, 1, KIND_DATA, i == 0 ? NULL : unknown,
                                      cases[1].body, strlen(cases[1].body));

        g_assert_cmpint(network_answer(network, number)->status, ==, 403);
        g_assert_cmpuint(network_stored(network, 1), ==, 0);
    }
}

/* A push does not extend what is there, as a store does. */
static void
test_push_extends_nothing(World *world, gconstpointer data)
{
    Store *store = network_member(world->network, 1)->port.store;
    const char *hash = "0000000000000000000000000000000000000000001";

    (void)data;
    world_put(world, 0, &world->of_a, 0, 1);
    network_put(world->network, 1, world->of_a.account, 0, hash, "body", 4, EPOCH,
                EPOCH + 60000);
    for (guint i = 0; i < 2; i++)
        network_member(world->network, i)->record.swarm_id = A;
    /* Node 1 leaves and comes back: 0 pushes to it. */
    world_move(world, 1, SWARM_NONE);
    world_block(world);
    world_move(world, 1, A);
    world_block(world);
    g_assert_cmpuint(network_member(world->network, 1)->notes[NOTE_PUSHED], ==, 1);
    g_assert_cmpint(store->ops->expiry(store, world->of_a.account, bytes_of_text(hash)), ==,
                    EPOCH + 60000);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/blocks/" path, World, NULL, world_set_up, function,               \
               world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("joiner", test_joiner);
    ADD("joiner-without-stale-data", test_joiner_without_stale_data);
    ADD("no-pushes", test_no_pushes);
    ADD("empty-store", test_empty_store);
    ADD("born", test_born);
    ADD("resurrection", test_resurrection);
    ADD("no-resurrection", test_no_resurrection);
    ADD("dissolved", test_dissolved);
    ADD("moved", test_moved);
    ADD("from-nowhere", test_from_nowhere);
    ADD("which-blocks-count", test_which_blocks_count);
    ADD("namespace-lost", test_namespace_lost);
    ADD("namespace-kept", test_namespace_kept);
    ADD("batches", test_batches);
    ADD("receiving", test_receiving);
    ADD("push-extends-nothing", test_push_extends_nothing);
    return g_test_run();
}
