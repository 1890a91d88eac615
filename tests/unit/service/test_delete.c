/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deleting and expiring: what goes, what is told, and within which windows. */
#include <jansson.h>

#include "tests/unit/service/world.h"

#define HASH_1 "0000000000000000000000000000000000000000001"
#define HASH_2 "0000000000000000000000000000000000000000002"
#define HASH_3 "0000000000000000000000000000000000000000003"

/* Messages 1 (namespace 0) and 2 (-10) a second later, 3 (0) two seconds later; all expire
 * in a day. */
static void
setup(World *world, gconstpointer data)
{
    const char *hashes[] = { HASH_1, HASH_2, HASH_3 };
    const int name_spaces[] = { 0, -10, 0 };

    (void)data;
    world_begin(world, 3, 0);
    for (guint member = 0; member < 3; member++)
        for (int i = 0; i < 3; i++)
            network_put(world->network, member, world->of_a.account, name_spaces[i],
                        hashes[i], "x", 1, EPOCH + i * 1000, EPOCH + DAY_MS);
}

/* Ask node 0; the entry of @member without its signature, as JSON. */
static char *
entry_of(World *world, guint member, const char *method, const char *rest, const char *text)
{
    json_t *body =
        json_loads(client_expect(world->network, 0,
                                 client_request(&world->of_a, method, rest, text), 200),
                   0, NULL);
    json_t *entry =
        json_object_get(json_object_get(body, "swarm"), world_member_hex(world, member));
    char *out;

    g_assert_cmpint(json_object_del(entry, "signature"), ==, 0);
    out = json_dumps(entry, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(body);
    return out;
}

static void
assert_entry(World *world, guint member, const char *method, const char *rest,
             const char *text, const char *expected)
{
    char *got = entry_of(world, member, method, rest, text);

    g_assert_cmpstr(got, ==, expected);
    free(got);
}

static void
assert_refused(World *world, const char *method, const char *rest, const char *text,
               int status, const char *answer)
{
    g_assert_cmpstr(client_expect(world->network, 0,
                                  client_request(&world->of_a, method, rest, text), status),
                    ==, answer);
}

static UnixMs
expiry_of(const World *world, guint member, const char *hash)
{
    Store *store = network_member(world->network, member)->port.store;

    return store->ops->expiry(store, world->of_a.account, bytes_of_text(hash));
}

static void
test_delete(World *world, gconstpointer data)
{
    const char *both = "\"messages\":[\"" HASH_3 "\",\"" HASH_1 "\",\"" HASH_3 "\"]";

    (void)data;
    assert_entry(world, 1, "delete", both, "delete" HASH_3 HASH_1 HASH_3,
                 "{\"deleted\":[\"" HASH_1 "\",\"" HASH_3 "\"]}");
    for (guint i = 0; i < 3; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 1);
    assert_entry(world, 0, "delete", both, "delete" HASH_3 HASH_1 HASH_3,
                 "{\"deleted\":[]}");
    assert_refused(world, "delete", both, "delete" HASH_1, 401,
                   "delete_msgs signature verification failed");
    assert_refused(world, "delete", "\"messages\":[]", "delete", 400,
                   "invalid request: messages does not contain any message hashes");
    assert_refused(world, "delete", "\"messages\":[\"x\"]", "deletex", 400,
                   "invalid request: invalid message hash: x");
}

static void
test_delete_required(World *world, gconstpointer data)
{
    const char *rest = "\"required\":true,\"messages\":[\"" HASH_1 "\"]";
    const char *text;

    (void)data;
    /* One member has it: that is enough. */
    for (guint i = 0; i < 2; i++) {
        Store *store = network_member(world->network, i)->port.store;

        g_assert_true(
            store->ops->remove(store, world->of_a.account, bytes_of_text(HASH_1)));
    }
    client_expect(world->network, 0,
                  client_request(&world->of_a, "delete", rest, "delete" HASH_1), 200);
    text =
        client_expect(world->network, 0,
                      client_request(&world->of_a, "delete", rest, "delete" HASH_1), 404);
    g_assert_true(g_str_has_prefix(text, "{\"hf\":[19,4],\"swarm\":{"));
}

static void
test_delete_all(World *world, gconstpointer data)
{
    (void)data;
    assert_entry(
        world, 2, "delete_all", "\"namespace\":\"all\",\"timestamp\":1700000000000",
        "delete_allall1700000000000",
        "{\"deleted\":{\"-10\":[\"" HASH_2 "\"],\"0\":[\"" HASH_1 "\",\"" HASH_3 "\"]}}");
    for (guint i = 0; i < 3; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 0);
    assert_entry(world, 0, "delete_all",
                 "\"namespace\":\"all\",\"timestamp\":1700000000000",
                 "delete_allall1700000000000", "{\"deleted\":{}}");
}

static void
test_delete_all_window(World *world, gconstpointer data)
{
    (void)data;
    world->network->epoch_ms = EPOCH + 60001;
    assert_refused(world, "delete_all", "\"timestamp\":1700000000000",
                   "delete_all1700000000000", 406,
                   "delete_all timestamp too far from current time");
    world->network->epoch_ms = EPOCH + 60000;
    assert_entry(world, 1, "delete_all", "\"timestamp\":1700000000000",
                 "delete_all1700000000000",
                 "{\"deleted\":[\"" HASH_1 "\",\"" HASH_3 "\"]}");
}

/* What a member forwards may be ten seconds older. */
static void
test_forwarded_window(World *world, gconstpointer data)
{
    Network *network = world->network;
    Bytes forward;
    const int ages[] = { 70000, 70001 }, statuses[] = { 200, 406 };

    (void)data;
    client_expect(network, 0,
                  client_request(&world->of_a, "delete_all", "\"timestamp\":1700000000000",
                                 "delete_all1700000000000"),
                  200);
    forward = packet_bytes(&network_sent(network, 0)->packet);
    for (int i = 0; i < 2; i++) {
        guint number;

        network->epoch_ms = EPOCH + ages[i];
        number =
            network_ask_as(network, 1, KIND_STORAGE_CC,
                           network_member(network, 2)->record.x25519, forward.p, forward.n);
        g_assert_cmpint(network_answer(network, number)->status, ==, statuses[i]);
    }
}

static void
test_delete_before(World *world, gconstpointer data)
{
    (void)data;
    assert_entry(world, 1, "delete_before", "\"before\":1700000001999",
                 "delete_before1700000001999", "{\"deleted\":[\"" HASH_1 "\"]}");
    assert_entry(world, 1, "delete_before", "\"before\":1700000002000",
                 "delete_before1700000002000", "{\"deleted\":[\"" HASH_3 "\"]}");
    assert_refused(world, "delete_before", "\"before\":1700000060001",
                   "delete_before1700000060001", 401,
                   "delete_before timestamp too far in the future");
}

#define BEFORE_ALL "\"before\":1700000060000,\"namespace\":\"all\""
#define BEFORE_ALL_TEXT "delete_beforeall1700000060000"

static void
test_delete_before_all(World *world, gconstpointer data)
{
    (void)data;
    world->config.defect_delete_before_all_fails = false;
    assert_entry(world, 1, "delete_before", BEFORE_ALL, BEFORE_ALL_TEXT,
                 "{\"deleted\":{\"-10\":[\"" HASH_2 "\"],\"0\":[\"" HASH_1 "\",\"" HASH_3
                 "\"]}}");
}

/* Every member does what it was told, and fails when it reads what it did (8.7). */
static void
test_delete_before_all_fails(World *world, gconstpointer data)
{
    (void)data;
    network_member(world->network, 2)->reach = REACH_SILENT;
    assert_refused(world, "delete_before", BEFORE_ALL, BEFORE_ALL_TEXT, 500,
                   "request failed");
    network_run(world->network, 5 * SECOND); /* the silent one's time is up */
    for (guint i = 0; i < 3; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, i < 2 ? 0 : 3);
    /* Nothing left to trip over, but for one member. */
    network_member(world->network, 2)->reach = REACH_UP;
    assert_entry(world, 1, "delete_before", BEFORE_ALL, BEFORE_ALL_TEXT,
                 "{\"deleted\":{}}");
    g_assert_cmpuint(network_stored(world->network, 2), ==, 0);
}

/* Within a batch only the part fails. */
static void
test_delete_before_all_in_batch(World *world, gconstpointer data)
{
    char *part = client_request(&world->of_a, "delete_before", BEFORE_ALL, BEFORE_ALL_TEXT);
    char *batch =
        g_strdup_printf("{\"method\":\"batch\",\"params\":{\"requests\":[%s]}}", part);

    (void)data;
    g_assert_cmpstr(client_expect(world->network, 0, batch, 200), ==,
                    "{\"results\":[{\"body\":\"request failed\",\"code\":500}]}");
    g_free(part);
}

/* --- expiries -------------------------------------------------------------------- */

static void
test_expire(World *world, gconstpointer data)
{
    (void)data;
    assert_entry(world, 1, "expire",
                 "\"expiry\":1700000050000,\"messages\":[\"" HASH_1 "\",\"" HASH_2 "\"]",
                 "expire1700000050000" HASH_1 HASH_2,
                 "{\"expiry\":1700000050000,\"updated\":[\"" HASH_1 "\",\"" HASH_2 "\"]}");
    g_assert_cmpint(expiry_of(world, 2, HASH_2), ==, EPOCH + 50000);
    /* Not beyond thirty days. */
    assert_entry(world, 0, "expire",
                 "\"expiry\":1800000000000,\"messages\":[\"" HASH_1 "\"]",
                 "expire1800000000000" HASH_1,
                 "{\"expiry\":1702592000000,\"updated\":[\"" HASH_1 "\"]}");
    g_assert_cmpint(expiry_of(world, 0, HASH_1), ==, EPOCH + 30 * DAY_MS);
    assert_refused(
        world, "expire", "\"expiry\":1699999939999,\"messages\":[\"" HASH_1 "\"]",
        "expire1699999939999" HASH_1, 401, "expire: timestamp should be >= current time");
    /* A minute ago is just good enough; the sweeper takes it. */
    assert_entry(world, 0, "expire",
                 "\"expiry\":1699999940000,\"messages\":[\"" HASH_1 "\"]",
                 "expire1699999940000" HASH_1,
                 "{\"expiry\":1699999940000,\"updated\":[\"" HASH_1 "\"]}");
    network_run(world->network, 10 * SECOND);
    g_assert_cmpint(expiry_of(world, 0, HASH_1), ==, -1);
}

static void
test_expire_one_way(World *world, gconstpointer data)
{
    (void)data;
    assert_entry(world, 1, "expire",
                 "\"extend\":true,\"expiry\":1700000050000,\"messages\":[\"" HASH_1 "\"]",
                 "expireextend1700000050000" HASH_1,
                 "{\"expiry\":1700000050000,\"unchanged\":{\"" HASH_1
                 "\":1700086400000},\"updated\":[]}");
    assert_entry(world, 0, "expire",
                 "\"shorten\":true,\"expiry\":1700000050000,\"messages\":[\"" HASH_1 "\"]",
                 "expireshorten1700000050000" HASH_1,
                 "{\"expiry\":1700000050000,\"unchanged\":{},\"updated\":[\"" HASH_1
                 "\"]}");
    assert_entry(world, 0, "expire",
                 "\"shorten\":true,\"expiry\":1700000060000,\"messages\":[\"" HASH_1 "\"]",
                 "expireshorten1700000060000" HASH_1,
                 "{\"expiry\":1700000060000,\"unchanged\":{\"" HASH_1
                 "\":1700000050000},\"updated\":[]}");
    assert_refused(world, "expire",
                   "\"shorten\":true,\"extend\":true,\"expiry\":1700000060000,\"messages\":"
                   "[\"" HASH_1 "\"]",
                   "", 400, "invalid request: cannot specify both 'shorten' and 'extend'");
}

static void
test_expire_many(World *world, gconstpointer data)
{
    const char *rest = "\"expiry\":[1700000050000,1700000060000],\"messages\":[\"" HASH_3
                       "\",\"" HASH_1 "\"]";
    const char *text = "expire17000000500001700000060000" HASH_3 HASH_1;

    (void)data;
    /* In the order of the hashes. */
    assert_entry(world, 2, "expire", rest, text,
                 "{\"expiry\":[1700000060000,1700000050000],\"updated\":[\"" HASH_1
                 "\",\"" HASH_3 "\"]}");
    world->network->snapshot->hardfork_minor = 3;
    assert_refused(world, "expire", rest, text, 403,
                   "expire: multi-expiry requests are not yet active on the network");
    assert_refused(world, "expire", "\"expiry\":[1,2],\"messages\":[\"" HASH_1 "\"]", "",
                   400,
                   "invalid request: 'expiry' must be a single expiry, or the same length "
                   "as 'messages'");
}

static void
test_expire_all(World *world, gconstpointer data)
{
    (void)data;
    network_put(world->network, 0, world->of_a.account, 0, "short", "x", 1, EPOCH,
                EPOCH + 10);
    assert_entry(world, 0, "expire_all", "\"expiry\":1700000050000",
                 "expire_all1700000050000",
                 "{\"updated\":[\"" HASH_1 "\",\"" HASH_3 "\"]}");
    g_assert_cmpint(expiry_of(world, 0, "short"), ==, EPOCH + 10);
    assert_entry(world, 1, "expire_all", "\"namespace\":\"all\",\"expiry\":1700000040000",
                 "expire_allall1700000040000",
                 "{\"updated\":{\"-10\":[\"" HASH_2 "\"],\"0\":[\"" HASH_1 "\",\"" HASH_3
                 "\"]}}");
    assert_refused(world, "expire_all", "\"expiry\":1699999939999",
                   "expire_all1699999939999", 406,
                   "expire_all timestamp should be >= current time");
}

static void
test_get_expiries(World *world, gconstpointer data)
{
    const char *rest =
        "\"timestamp\":1700000000000,\"messages\":[\"" HASH_3 "\",\"all\",\"" HASH_1 "\"]";
    const char *text = "get_expiries1700000000000" HASH_3 "all" HASH_1;

    (void)data;
    g_assert_cmpstr(
        client_expect(world->network, 0,
                      client_request(&world->of_a, "get_expiries", rest, text), 200),
        ==, "{\"expiries\":{\"" HASH_1 "\":1700086400000,\"" HASH_3 "\":1700086400000}}");
    g_assert_cmpuint(world->network->sent->len, ==, 0);
    assert_refused(world, "get_expiries", rest, "get_expiries1700000000000", 401,
                   "get_expiries signature verification failed");
    world->network->epoch_ms += 60001;
    assert_refused(world, "get_expiries", rest, text, 406,
                   "get_expiries timestamp too far from current time");
}

#define ADD(path, function)                                                                \
    g_test_add("/service/delete/" path, World, NULL, setup, function, world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("delete", test_delete);
    ADD("delete-required", test_delete_required);
    ADD("delete-all", test_delete_all);
    ADD("delete-all-window", test_delete_all_window);
    ADD("forwarded-window", test_forwarded_window);
    ADD("delete-before", test_delete_before);
    ADD("delete-before-all", test_delete_before_all);
    ADD("delete-before-all-fails", test_delete_before_all_fails);
    ADD("delete-before-all-in-batch", test_delete_before_all_in_batch);
    ADD("expire", test_expire);
    ADD("expire-one-way", test_expire_one_way);
    ADD("expire-many", test_expire_many);
    ADD("expire-all", test_expire_all);
    ADD("get-expiries", test_get_expiries);
    return g_test_run();
}
