/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Anti-entropy: what members that hold different messages hold after an interval, what it
 * costs, what never comes back, and what a bad member can do. */
#include "nodes/service/node_internal.h"
#include "tests/unit/service/world.h"

#define INTERVAL (10 * MINUTE)
#define HOUR_MS INT64_C(3600000)

enum { MEMBERS = 5, SCOPE_BYTES = 32 };

static void
set_up(World *world, gconstpointer data)
{
    world_set_up(world, data);
    world->config.anti_entropy_interval = INTERVAL;
    world_restart(world);
}

/* Instead of that: a swarm of two. */
static void
begin_two(World *world)
{
    world_begin(world, 2, 0);
    world->config.anti_entropy_interval = INTERVAL;
    world_restart(world);
}

/* Message @i of a client, written an hour and @i seconds ago, to live another day. */
static void
put(World *world, guint member, const Client *client, guint i)
{
    char hash[MESSAGE_HASH_BYTES + 1];
    UnixMs t = network_unix_ms(world->network);

    world_hash(i, hash);
    network_put(world->network, member, client->account, (int)(i % 3), hash, "body", 4,
                t - HOUR_MS - (UnixMs)i * 1000, t + DAY_MS);
}

static bool
has(const World *world, guint member, guint i)
{
    Store *store = network_member(world->network, member)->port.store;
    char hash[MESSAGE_HASH_BYTES + 1];

    world_hash(i, hash);
    return store->ops->has(store, bytes_of_text(hash));
}

/* Until each node has asked once, and was answered. */
static void
run_interval(World *world)
{
    network_run(world->network, world->network->now + INTERVAL + MINUTE);
}

static uint64_t
sum_a(const World *world, NoteKind kind)
{
    uint64_t sum = 0;

    for (guint i = 0; i < world->network->members->len; i++)
        sum += network_member(world->network, i)->note_a_sum[kind];
    return sum;
}

/* --- both get what they lack -------------------------------------------------------- */

static void
holes(World *world)
{
    for (guint i = 0; i < 100; i++)
        for (guint member = 0; member < MEMBERS; member++)
            if (member != 1 && (member != 2 || i % 2 == 0))
                put(world, member, &world->of_a, i);
}

static void
test_holes_are_filled(World *world, gconstpointer data)
{
    (void)data;
    holes(world);
    run_interval(world);
    for (guint member = 0; member < MEMBERS; member++)
        g_assert_cmpuint(network_stored(world->network, member), ==, 100);
    /* Nothing came twice: what was asked for was missing. */
    g_assert_cmpuint(sum_a(world, NOTE_RECONCILED), ==, 150);
}

static void
test_holes_stay(World *world, gconstpointer data)
{
    (void)data;
    holes(world);
    network_run(world->network, world->network->now + 12 * HOUR);
    g_assert_cmpuint(network_stored(world->network, 1), ==, 0);
    g_assert_cmpuint(network_stored(world->network, 2), ==, 50);
    g_assert_cmpuint(network_count_sent(world->network, KIND_ANTI_ENTROPY, CLIENT), ==, 0);
}

/* Who has everything gives, also when it is the one that asks; namespaces and bodies stay.
 */
static void
test_giving(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_push_loses_namespace = true;
    for (guint i = 1; i < MEMBERS; i++)
        network_member(world->network, i)->alarm = TIME_NEVER; /* they never ask */
    for (guint i = 0; i < 10; i++)
        put(world, 0, &world->of_a, i);
    for (int i = 0; i < 4; i++)
        run_interval(world);
    for (guint member = 1; member < MEMBERS; member++) {
        char *request =
            client_retrieve(&world->of_a, 2, network_unix_ms(world->network), "");
        const char *text = client_expect(world->network, member, request, 200);

        g_assert_cmpuint(network_stored(world->network, member), ==, 10);
        g_assert_nonnull(strstr(text, "\"data\":\"Ym9keQ==\""));
    }
}

/* More than one FETCH, and ranges that are not told whole. */
static void
test_many(World *world, gconstpointer data)
{
    (void)data;
    begin_two(world);
    for (guint i = 0; i < 20000; i++)
        put(world, 0, &world->of_a, i);
    network_member(world->network, 0)->alarm = TIME_NEVER;
    run_interval(world);
    g_assert_cmpuint(network_stored(world->network, 1), ==, 16384);
    for (int i = 0; i < 3; i++)
        run_interval(world);
    g_assert_cmpuint(network_stored(world->network, 1), ==, 20000);
}

/* All in the same millisecond, and small batches. */
static void
test_one_millisecond(World *world, gconstpointer data)
{
    (void)data;
    world->config.push_batch_bytes = 1000;
    for (guint i = 0; i < 200; i++)
        for (guint member = 0; member < 2; member++)
            if (member == 0 || i % 3 != 0)
                world_put(world, member, &world->of_a, 0, i);
    for (int i = 0; i < 5; i++)
        run_interval(world);
    for (guint member = 0; member < MEMBERS; member++)
        g_assert_cmpuint(network_stored(world->network, member), ==, 200);
    for (guint i = 0; i < world->network->sent->len; i++)
        g_assert_cmpuint(network_sent(world->network, i)->packet.length, <, 5000);
}

/* Members that do not answer: the next one is asked. */
static void
test_silent_members(World *world, gconstpointer data)
{
    (void)data;
    put(world, 4, &world->of_a, 1);
    for (guint i = 1; i < 4; i++)
        network_member(world->network, i)->reach = REACH_SILENT;
    network_member(world->network, 4)->alarm = TIME_NEVER;
    run_interval(world);
    run_interval(world);
    g_assert_true(has(world, 0, 1));
}

/* Rows of 2020 have their nonce. */
static void
test_2020(World *world, gconstpointer data)
{
    static const uint8_t row[] = { 3, 'a', 'b', 'c', 'd', 'a', 't', 'a' };
    char hash[MESSAGE_HASH_BYTES + 1];
    Store *store;

    (void)data;
    world_begin_2020(world, 2, 0);
    world->config.anti_entropy_interval = INTERVAL;
    world_restart(world);
    world_hash(1, hash);
    network_put(world->network, 0, world->of_a.account, 0, hash, row, sizeof row,
                EPOCH - HOUR_MS, EPOCH + DAY_MS);
    run_interval(world);
    store = network_member(world->network, 1)->port.store;
    g_assert_cmpuint(store->ops->bytes(store), ==,
                     store_message_bytes(MESSAGE_HASH_BYTES, sizeof row));
    g_assert_cmpuint(network_stored(world->network, 1), ==, 1);
}

/* --- what it costs ------------------------------------------------------------------- */

static void
fill_all(World *world, guint n)
{
    for (guint i = 0; i < n; i++)
        for (guint member = 0; member < MEMBERS; member++)
            put(world, member, &world->of_a, i);
}

/* Those that agree say so in 49 bytes, whatever they have. */
static void
test_cost_of_agreement(World *world, gconstpointer data)
{
    guint asked;

    (void)data;
    fill_all(world, 1000);
    run_interval(world);
    asked = network_count_sent(world->network, KIND_ANTI_ENTROPY, CLIENT);
    g_assert_cmpuint(asked, >=, 10);
    g_assert_cmpuint(sum_a(world, NOTE_ANTI_ENTROPY), ==,
                     asked * (1 + SCOPE_BYTES + 12 + 4));
    g_assert_cmpuint(sum_a(world, NOTE_RECONCILED), ==, 0);
}

/* One message of a thousand is missing at one of two: twenty bytes for each sixteen
 * messages, the ids of one range, and that message. */
static void
test_cost_of_a_difference(World *world, gconstpointer data)
{
    Member *asking, *asked;

    (void)data;
    begin_two(world);
    asking = network_member(world->network, 0);
    asked = network_member(world->network, 1);
    asked->alarm = TIME_NEVER;
    for (guint i = 0; i < 1000; i++)
        for (guint member = 0; member < 2; member++)
            put(world, member, &world->of_a, i);
    put(world, 1, &world->of_a, 2000);
    network_run(world->network, world->network->now + INTERVAL);
    g_assert_true(has(world, 0, 2000));
    g_assert_cmpuint(asking->note_a_sum[NOTE_RECONCILED], ==, 1);
    g_assert_cmpuint(asking->note_a_sum[NOTE_ANTI_ENTROPY], ==,
                     (1 + SCOPE_BYTES + 12) + (1 + SCOPE_BYTES + 63 * 20) +
                         (1 + SCOPE_BYTES + 8));
    g_assert_cmpuint(asked->note_a_sum[NOTE_ANTI_ENTROPY], ==, 7 + (8 + 17 * 8));
}

/* --- what does not come back -----------------------------------------------------------
 */

static void
test_expired(World *world, gconstpointer data)
{
    char hash[MESSAGE_HASH_BYTES + 1];
    Time end = world->network->now + 2 * HOUR;

    (void)data;
    world_hash(1, hash);
    network_put(world->network, 0, world->of_a.account, 0, hash, "body", 4, EPOCH - HOUR_MS,
                EPOCH + HOUR_MS);
    /* The sweep at node 0 knows nothing of a message that went in beside it. */
    while (world->network->now < end) {
        network_run(world->network, world->network->now + MINUTE);
        if (network_unix_ms(world->network) > EPOCH + HOUR_MS + 20000)
            g_assert_false(has(world, 1, 1));
    }
    g_assert_true(has(world, 0, 1));
}

/* Messages of other swarms are not compared. */
static void
test_other_swarms(World *world, gconstpointer data)
{
    (void)data;
    put(world, 0, &world->of_b, 1);
    run_interval(world);
    g_assert_false(has(world, 1, 1));
    g_assert_cmpuint(sum_a(world, NOTE_RECONCILED), ==, 0);
}

/* A deletion at member 0 of which member 4 hears nothing. */
static void
delete_at_most(World *world, const char *method, char *rest, char *text)
{
    char *request = client_request(&world->of_a, method, rest, text);

    network_member(world->network, 4)->reach = REACH_SILENT;
    network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));
    network_run(world->network, world->network->now + 6 * SECOND);
    network_member(world->network, 4)->reach = REACH_UP;
    g_free(rest);
    g_free(text);
    g_free(request);
}

static void
delete_message(World *world, guint i)
{
    char hash[MESSAGE_HASH_BYTES + 1];

    world_hash(i, hash);
    delete_at_most(world, "delete", g_strdup_printf("\"messages\":[\"%s\"]", hash),
                   g_strdup_printf("delete%s", hash));
}

/* Member 4 missed the deletion, and keeps its copy; the others do not take it, also after
 * they were started again.  Member 3 never had it, and does not take it either. */
static void
test_deleted(World *world, gconstpointer data)
{
    (void)data;
    for (guint member = 0; member < MEMBERS; member++)
        for (guint i = 0; i < 3; i++)
            if (member != 3)
                put(world, member, &world->of_a, i);
    delete_message(world, 1);
    run_interval(world);
    world_restart(world);
    for (int i = 0; i < 5; i++)
        run_interval(world);
    for (guint member = 0; member < 4; member++)
        g_assert_cmpuint(network_stored(world->network, member), ==, 2);
    g_assert_true(has(world, 4, 1));
    /* The control: whose disk is gone has forgotten that too. */
    service_node_lose_disk(network_member(world->network, 0)->node);
    for (int i = 0; i < 5; i++)
        run_interval(world);
    g_assert_true(has(world, 0, 1));
    g_assert_false(has(world, 1, 1));
}

static void
test_deleted_all(World *world, gconstpointer data)
{
    UnixMs t;

    (void)data;
    fill_all(world, 30);
    t = network_unix_ms(world->network);
    delete_at_most(
        world, "delete_all",
        g_strdup_printf("\"namespace\":\"all\",\"timestamp\":%" G_GINT64_FORMAT, t),
        g_strdup_printf("delete_allall%" G_GINT64_FORMAT, t));
    for (int i = 0; i < 5; i++)
        run_interval(world);
    for (guint member = 0; member < 4; member++)
        g_assert_cmpuint(network_stored(world->network, member), ==, 0);
    g_assert_cmpuint(network_stored(world->network, 4), ==, 30);
}

/* So many are remembered, and the last ones. */
static void
test_deleted_many(World *world, gconstpointer data)
{
    ServiceNode *node = network_member(world->network, 0)->node;
    char hash[MESSAGE_HASH_BYTES + 1];

    (void)data;
    put(world, 1, &world->of_a, 1);
    put(world, 1, &world->of_a, TOMBSTONES_MAX + 1);
    for (guint i = 1; i <= TOMBSTONES_MAX + 1; i++) {
        world_hash(i, hash);
        tombstone_add(node, bytes_of_text(hash), INT64_MAX);
    }
    run_interval(world);
    g_assert_true(has(world, 0, 1));
    g_assert_false(has(world, 0, TOMBSTONES_MAX + 1));
    g_assert_cmpuint(node->tombstones.capacity, <=, TOMBSTONES_MAX);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/anti-entropy/" path, World, NULL, set_up, function,               \
               world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("holes-are-filled", test_holes_are_filled);
    g_test_add("/service/anti-entropy/holes-stay", World, NULL, world_set_up,
               test_holes_stay, world_tear_down);
    ADD("giving", test_giving);
    g_test_add("/service/anti-entropy/many", World, NULL, NULL, test_many, world_tear_down);
    ADD("one-millisecond", test_one_millisecond);
    ADD("silent-members", test_silent_members);
    g_test_add("/service/anti-entropy/2020", World, NULL, NULL, test_2020, world_tear_down);
    ADD("cost-of-agreement", test_cost_of_agreement);
    g_test_add("/service/anti-entropy/cost-of-a-difference", World, NULL, NULL,
               test_cost_of_a_difference, world_tear_down);
    ADD("expired", test_expired);
    ADD("other-swarms", test_other_swarms);
    ADD("deleted", test_deleted);
    ADD("deleted-all", test_deleted_all);
    ADD("deleted-many", test_deleted_many);
    return g_test_run();
}
