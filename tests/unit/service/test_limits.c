/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Limits of the storage RPC, at the boundary and one past it (protocol 3.1 to 3.4); those
 * of bodies, pages and subaccounts are with what they limit. */
#include "tests/unit/service/world.h"

#define HASH_42 "000000000000000000000000000000000000000001"
#define T "1700000000000"

static void
expect(World *world, const char *request, int status)
{
    g_test_message("%.300s", request);
    network_expect(world->network, 0, KIND_STORAGE_RPC, request, status);
}

/* Takes the text. */
static void
expect_taken(World *world, char *request, int status)
{
    expect(world, request, status);
    g_free(request);
}

/* A store of the client with these parameters. */
static void
expect_store(World *world, const char *rest, int status)
{
    g_autofree char *request = g_strdup_printf(
        "{\"method\":\"store\",\"params\":{\"pubkey\":\"%s\",\"data\":\"AAAA\",%s}}",
        world->of_a.hex, rest);

    expect(world, request, status);
}

/* --- times ------------------------------------------------------------------------ */

static void
test_lifetimes(World *world, gconstpointer data)
{
    (void)data;
    expect_store(world, "\"timestamp\":" T ",\"expiry\":1700000010000", 200); /* 10 s */
    expect_store(world, "\"timestamp\":" T ",\"expiry\":1700000009999", 403);
    expect_store(world, "\"timestamp\":" T ",\"expiry\":1701209600000", 200); /* 14 d */
    expect_store(world, "\"timestamp\":" T ",\"expiry\":1701209600001", 403);
    expect_store(world, "\"timestamp\":\"" T "\",\"ttl\":\"1209600000\"", 200);
    expect_store(world, "\"timestamp\":\"" T "\",\"ttl\":\"1209600001\"", 403);
    expect_store(world, "\"timestamp\":" T ",\"ttl\":18446744073709551615", 403);
    expect_store(world, "\"timestamp\":" T ",\"ttl\":18446744073709551616", 400);
    expect_store(world, "\"timestamp\":" T ",\"ttl\":-1", 400);
    expect_store(world, "\"timestamp\":-9223372036854775808,\"ttl\":10000", 406);
    expect_store(world, "\"timestamp\":9223372036854775807,\"ttl\":10000", 403);
    expect_store(world, "\"timestamp\":9223372036854775808,\"ttl\":10000", 400);
    expect_store(world, "\"timestamp\":" T ",\"ttl\":10000,\"expiry\":1700000010000", 400);
    expect_store(world, "\"timestamp\":1700000010000,\"ttl\":10000", 200); /* 10 s ahead */
    expect_store(world, "\"timestamp\":1700000010001,\"ttl\":10000", 406);
    /* Over since 10 s, and since a moment more. */
    expect_store(world, "\"timestamp\":1699999980000,\"ttl\":10000", 200);
    expect_store(world, "\"timestamp\":1699999979999,\"ttl\":10000", 406);
}

/* Where only the owner writes a message lives 30 days at most. */
static void
test_private_lifetimes(World *world, gconstpointer data)
{
    static const struct {
        const char *name_space, *ttl;
        int status;
    } cases[] = { { "1", "2592000000", 200 },   { "1", "2592000001", 403 },
                  { "1", "10000", 200 },        { "1", "9999", 403 },
                  { "-11", "2592000000", 200 }, { "-11", "2592000001", 403 },
                  { "10", "1209600001", 403 },  { "-10", "1209600001", 403 },
                  { "-10", "1209600000", 200 }, { "32760", "1209600001", 403 } };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *rest = g_strdup_printf(
            "\"data\":\"AAAA\",\"namespace\":%s,\"timestamp\":" T ",\"ttl\":%s",
            cases[i].name_space, cases[i].ttl);
        g_autofree char *text = g_strdup_printf("store%s" T, cases[i].name_space);

        expect_taken(world, client_request(&world->of_a, "store", rest, text),
                     cases[i].status);
    }
}

/* Seconds where milliseconds belong. */
static void
test_units(World *world, gconstpointer data)
{
    (void)data;
    world->network->epoch_ms = 1000000000000;
    client_expect(world->network, 0,
                  client_request(&world->of_a, "delete_all", "\"timestamp\":1000000000",
                                 "delete_all1000000000"),
                  406);
    client_expect(world->network, 0,
                  client_request(&world->of_a, "delete_all", "\"timestamp\":999999999",
                                 "delete_all999999999"),
                  400);
    client_expect(world->network, 0,
                  client_request(&world->of_a, "delete_all", "\"timestamp\":1000000000000",
                                 "delete_all1000000000000"),
                  200);
    world->network->epoch_ms = 1000000000;
    client_expect(world->network, 0,
                  client_request(&world->of_a, "delete_all", "\"timestamp\":1000000000",
                                 "delete_all1000000000"),
                  200);
    client_expect(world->network, 0,
                  client_request(&world->of_a, "delete_all", "\"timestamp\":999999999",
                                 "delete_all999999999"),
                  400);
}

/* The node's clock against a request's, in both directions. */
static void
assert_window(World *world, const char *method, const char *rest, const char *text,
              int64_t before, int64_t after)
{
    const int64_t offsets[] = { -before - 1, -before, 0, after, after + 1 };
    g_autofree char *request = client_request(&world->of_a, method, rest, text);

    for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++) {
        world->network->epoch_ms = EPOCH + offsets[i];
        expect(world, request, i == 0 || i == 4 ? 406 : 200);
    }
    world->network->epoch_ms = EPOCH;
}

static void
test_windows(World *world, gconstpointer data)
{
    (void)data;
    assert_window(world, "retrieve", "\"timestamp\":" T, "retrieve" T, 60000, 60000);
    assert_window(world, "get_expiries", "\"messages\":[\"x\"],\"timestamp\":" T,
                  "get_expiries" T "x", 60000, 60000);
    assert_window(world, "delete_all", "\"timestamp\":" T, "delete_all" T, 60000, 60000);
    assert_window(world, "revoke_subaccount", "\"revoke\":[],\"timestamp\":" T,
                  "revoke_subaccount" T, 60000, 60000);
    assert_window(world, "unrevoke_subaccount", "\"unrevoke\":[],\"timestamp\":" T,
                  "unrevoke_subaccount" T, 60000, 60000);
    assert_window(world, "store",
                  "\"namespace\":3,\"data\":\"AAAA\",\"sig_timestamp\":" T
                  ",\"timestamp\":1699999900000,\"ttl\":86400000",
                  "store3" T, 60000, 60000);
}

/* Copies that a member forwards: who has 10 s more and who has not. */
static void
assert_forwarded(World *world, char *request, int64_t age, int status)
{
    const uint8_t *peer = network_member(world->network, 1)->record.x25519;
    Packet copy;
    const Answer *answer;

    world->network->epoch_ms = EPOCH;
    network_forget_sent(world->network);
    client_expect(world->network, 0, request, 200);
    copy = packet_share(&network_sent(world->network, 0)->packet);
    for (int past = 0; past < 2; past++) {
        world->network->epoch_ms = EPOCH + age + past;
        answer = network_answer(world->network,
                                network_ask_as(world->network, 2, KIND_STORAGE_CC, peer,
                                               packet_bytes(&copy).p, copy.length));
        g_assert_cmpint(answer->status, ==, past ? status : 200);
    }
    packet_clear(&copy);
}

static void
test_forwarded(World *world, gconstpointer data)
{
    (void)data;
    assert_forwarded(world, client_store_signed(&world->of_a, 3, "AAAA", EPOCH, EPOCH),
                     60000, 406);
    assert_forwarded(
        world,
        client_request(&world->of_a, "delete_all", "\"timestamp\":" T, "delete_all" T),
        70000, 406);
    assert_forwarded(
        world, client_request(&world->of_a, "expire_all", "\"expiry\":" T, "expire_all" T),
        70000, 406);
    assert_forwarded(world,
                     client_request(&world->of_a, "expire",
                                    "\"messages\":[\"0" HASH_42 "\"],\"expiry\":" T,
                                    "expire" T "0" HASH_42),
                     60000, 401);
    assert_forwarded(world,
                     client_request(&world->of_a, "revoke_subaccount",
                                    "\"revoke\":[],\"timestamp\":" T,
                                    "revoke_subaccount" T),
                     60000, 406);
    world->network->epoch_ms = EPOCH + 60000;
    expect(world, "{\"method\":\"info\",\"params\":{}}",
           200); /* the clock alone refuses nobody */
}

/* A direct expire_all has no 10 s more. */
static void
test_expire_all_direct(World *world, gconstpointer data)
{
    (void)data;
    world->network->epoch_ms = EPOCH + 60000;
    client_expect(
        world->network, 0,
        client_request(&world->of_a, "expire_all", "\"expiry\":" T, "expire_all" T), 200);
    world->network->epoch_ms = EPOCH + 60001;
    client_expect(
        world->network, 0,
        client_request(&world->of_a, "expire_all", "\"expiry\":" T, "expire_all" T), 406);
}

/* --- numbers and lengths ---------------------------------------------------------- */

static void
test_namespaces(World *world, gconstpointer data)
{
    static const struct {
        const char *text;
        int status;
    } cases[] = { { "32767", 200 },
                  { "32768", 400 },
                  { "-32768", 200 },
                  { "-32769", 400 },
                  { "\"all\"", 400 },
                  { "1.0", 400 },
                  { "1e0", 400 },
                  { "\"1\"", 400 },
                  { "true", 400 },
                  { "[]", 400 },
                  { "99999999999999999999", 400 } };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *rest =
            g_strdup_printf("\"namespace\":%s,\"timestamp\":" T, cases[i].text);
        g_autofree char *text = g_strdup_printf("retrieve%s" T, cases[i].text);
        g_autofree char *all = g_strdup_printf("delete_all%s" T, cases[i].text);

        expect_taken(world, client_request(&world->of_a, "retrieve", rest, text),
                     cases[i].status);
        if (strchr(cases[i].text, '"') == NULL)
            expect_taken(world, client_request(&world->of_a, "delete_all", rest, all),
                         cases[i].status);
    }
}

/* Hashes are 43 characters of base64, a key is 66 digits or 33 bytes. */
static void
test_lengths(World *world, gconstpointer data)
{
    static const struct {
        const char *hash;
        int status;
    } cases[] = { { "0" HASH_42, 200 }, { HASH_42, 400 },           { "00" HASH_42, 400 },
                  { "-" HASH_42, 400 }, { "\\u0000" HASH_42, 400 }, { "=" HASH_42, 400 } };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *after =
            g_strdup_printf("\"last_hash\":\"%s\",\"timestamp\":" T, cases[i].hash);
        g_autofree char *messages = g_strdup_printf("\"messages\":[\"%s\"]", cases[i].hash);
        g_autofree char *text = g_strdup_printf("delete%s", cases[i].hash);

        expect_taken(world, client_request(&world->of_a, "retrieve", after, "retrieve" T),
                     cases[i].status);
        expect_taken(world, client_request(&world->of_a, "delete", messages, text),
                     cases[i].status);
    }
    for (gsize n = 64; n <= 68; n++) {
        g_autofree char *key = g_strnfill(n, 'a');
        g_autofree char *request = g_strdup_printf(
            "{\"method\":\"get_swarm\",\"params\":{\"pubkey\":\"%s\"}}", key);

        expect(world, request, n == 66 ? 200 : 400);
    }
    for (gsize n = 32; n <= 34; n++) {
        g_autofree char *key = g_strnfill(n, 'a');
        g_autofree char *request = g_strdup_printf(
            "{\"method\":\"get_swarm\",\"params\":{\"pubkey\":\"%s\"}}", key);

        expect(world, request, n == 33 ? 200 : 400);
    }
}

/* --- how much at once ------------------------------------------------------------- */

static void
put_of(World *world, guint i, size_t n)
{
    g_autofree char *body = g_malloc0(n);
    char hash[MESSAGE_HASH_BYTES + 1];

    world_hash(i, hash);
    network_put(world->network, 0, world->of_a.account, 0, hash, body, n, EPOCH,
                EPOCH + DAY_MS);
}

static void
assert_page(World *world, const char *more, guint n, bool is_more)
{
    const char *page = client_expect(world->network, 0,
                                     client_retrieve(&world->of_a, 0, EPOCH, more), 200);
    guint found = 0;

    for (const char *at = page; (at = strstr(at, "\"hash\":")) != NULL; at++)
        found++;
    g_assert_cmpuint(found, ==, n);
    g_assert_true((strstr(page, "\"more\":true") != NULL) == is_more);
}

/* A page counts 100, the hash and four thirds of the body for each message: 102,543 for one
 * of the largest.  What is left after 15 or 76 of them is filled to the last byte, and with
 * one more. */
static void
test_page(World *world, gconstpointer data)
{
    static const struct {
        guint large;
        size_t last; /* bytes of the message that just fits */
        const char *more;
    } cases[] = { { 15, 16284, "" },
                  { 15, 16284, ",\"max_size\":-5" },
                  { 15, 16284, ",\"max_size\":1560000" },
                  { 76, 4942, ",\"max_size\":-1" },
                  { 76, 4942, ",\"max_size\":7800000" },
                  { 76, 4942, ",\"max_size\":7800001" },
                  { 76, 4942, ",\"max_count\":1000" } };

    (void)data;
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        guint past = i % 2, large = cases[i / 2].large;

        for (guint j = 0; j < large; j++)
            put_of(world, j, 76800);
        put_of(world, large, cases[i / 2].last + past);
        put_of(world, large + 1, 1);
        assert_page(world, cases[i / 2].more, large + 1 - past, true);
        client_expect(
            world->network, 0,
            client_request(&world->of_a, "delete_all", "\"timestamp\":" T, "delete_all" T),
            200);
    }
}

#define INFO "{\"method\":\"info\",\"params\":{}}"

static void
test_batch(World *world, gconstpointer data)
{
    static const char *const methods[] = { "batch", "sequence" };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        GString *text = g_string_new(NULL);

        g_string_printf(text, "{\"method\":\"%s\",\"params\":{\"requests\":[" INFO,
                        methods[i]);
        for (int n = 1; n <= 21; n++) {
            g_autofree char *whole = g_strconcat(text->str, "]}}", NULL);

            expect(world, whole, n <= 20 ? 200 : 400);
            g_string_append(text, "," INFO);
        }
        g_string_free(text, TRUE);
    }
}

/* ifelse in ifelse: as deep as JSON may be nested, 64 levels. */
static char *
nested(int n)
{
    GString *text = g_string_new(INFO);

    for (int i = 0; i < n; i++) {
        g_string_prepend(text,
                         "{\"method\":\"ifelse\",\"params\":{\"if\":{\"height_before\":"
                         "1},\"else\":");
        g_string_append(text, "}}");
    }
    return g_string_free(text, FALSE);
}

static void
test_depth(World *world, gconstpointer data)
{
    g_autofree char *deepest = nested(31), *deeper = nested(32), *far = nested(5000);

    (void)data;
    expect(world, deepest, 200);
    expect(world, deeper, 400);
    expect(world, far, 400);
    g_assert_cmpstr(network_expect(world->network, 0, KIND_STORAGE_RPC, deeper, 400), ==,
                    "invalid json");
}

static void
test_request_body(World *world, gconstpointer data)
{
    enum { MAX = 10 * 1024 * 1024 };
    char *text = g_malloc(MAX + 1);
    guint number;

    (void)data;
    memset(text, ' ', MAX + 1);
    memcpy(text, INFO, strlen(INFO));
    for (gsize n = MAX; n <= MAX + 1; n++) {
        number = network_ask(world->network, 0, KIND_STORAGE_RPC, text, n);
        g_assert_cmpint(network_answer(world->network, number)->status, ==,
                        n == MAX ? 200 : 413);
    }
    g_assert_cmpstr(network_answer(world->network, number)->body->str, ==,
                    "Request body too large");
    g_free(text);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/limits/" path, World, NULL, world_set_up, function,               \
               world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("lifetimes", test_lifetimes);
    ADD("private-lifetimes", test_private_lifetimes);
    ADD("units", test_units);
    ADD("windows", test_windows);
    ADD("forwarded", test_forwarded);
    ADD("expire-all-direct", test_expire_all_direct);
    ADD("namespaces", test_namespaces);
    ADD("lengths", test_lengths);
    ADD("page", test_page);
    ADD("batch", test_batch);
    ADD("depth", test_depth);
    ADD("request-body", test_request_body);
    return g_test_run();
}
