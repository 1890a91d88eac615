/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * retrieve: who may, in which order, how much at a time; and requests of several parts. */
#include <jansson.h>

#include "tests/unit/service/world.h"

/* Message @i of @n bytes in @member's store; its hash is 43 characters ending in @i. */
static void
put(World *world, guint member, int name_space, guint i, size_t n)
{
    char hash[MESSAGE_HASH_BYTES + 1];
    char *data = g_strnfill(n, 'x');

    g_snprintf(hash, sizeof hash, "%043u", i);
    network_put(world->network, member, world->of_a.account, name_space, hash, data, n,
                EPOCH, EPOCH + 86400000);
    g_free(data);
}

/* What a retrieve gives, as "1 2 3", with "+" at the end when there is more. */
static char *
numbers(const char *text)
{
    json_t *body = json_loads(text, 0, NULL), *message;
    GString *out = g_string_new(NULL);
    size_t i;

    g_assert_nonnull(body);
    json_array_foreach(json_object_get(body, "messages"), i, message)
        g_string_append_printf(out, "%s%d", i > 0 ? " " : "",
                               atoi(json_string_value(json_object_get(message, "hash"))));
    if (json_is_true(json_object_get(body, "more")))
        g_string_append(out, "+");
    json_decref(body);
    return g_string_free(out, FALSE);
}

static void
assert_page(World *world, const char *more, const char *expected)
{
    char *request = client_retrieve(&world->of_a, 0, network_unix_ms(world->network), more);
    char *got = numbers(client_expect(world->network, 0, request, 200));

    g_test_message("%s", more);
    g_assert_cmpstr(got, ==, expected);
    g_free(got);
}

static void
test_pages(World *world, gconstpointer data)
{
    (void)data;
    /* Of 9 bytes each counts 100 + 43 + 12. */
    for (guint i = 1; i <= 4; i++)
        put(world, 0, 0, i, 9);
    put(world, 0, 2, 9, 9);
    assert_page(world, "", "1 2 3 4");
    assert_page(world, ",\"max_count\":2", "1 2+");
    assert_page(world, ",\"max_count\":4", "1 2 3 4");
    assert_page(world, ",\"max_count\":0", "1 2 3 4");
    assert_page(world, ",\"max_count\":-1", "1 2 3 4");
    assert_page(world, ",\"max_size\":310", "1 2+");
    assert_page(world, ",\"max_size\":309", "1+");
    assert_page(world, ",\"max_size\":620", "1 2 3 4");
    assert_page(world, ",\"max_size\":619", "1 2 3+");
    assert_page(world, ",\"max_size\":1", "1+");
    assert_page(world, ",\"max_size\":-100000", "1+");
    assert_page(world, ",\"max_size\":-9223372036854775808", "1+");
    assert_page(world, ",\"max_size\":9223372036854775807", "1 2 3 4");
    assert_page(world, ",\"max_size\":310,\"max_count\":1", "1+");
    /* Without either a fifth of the maximum. */
    world->config.retrieve_bytes_max = 5 * 310;
    assert_page(world, "", "1 2+");
    assert_page(world, ",\"max_count\":9", "1 2 3 4");
    assert_page(world, ",\"max_size\":-2", "1 2 3 4");
    assert_page(world, ",\"max_size\":-5", "1 2+");
}

static void
test_cursor(World *world, gconstpointer data)
{
    (void)data;
    for (guint i = 1; i <= 3; i++)
        put(world, 0, 0, i, 9);
    put(world, 0, 2, 4, 9);
    assert_page(world, ",\"last_hash\":\"0000000000000000000000000000000000000000001\"",
                "2 3");
    assert_page(world, ",\"last_hash\":\"0000000000000000000000000000000000000000003\"",
                "");
    assert_page(world, ",\"last_hash\":\"\"", "1 2 3");
    /* Unknown, or of another namespace: everything again. */
    assert_page(world, ",\"last_hash\":\"0000000000000000000000000000000000000000077\"",
                "1 2 3");
    assert_page(world, ",\"last_hash\":\"0000000000000000000000000000000000000000004\"",
                "1 2 3");
    g_assert_cmpstr(
        client_expect(world->network, 0,
                      client_retrieve(&world->of_a, 0, EPOCH, ",\"last_hash\":\"x\""), 400),
        ==, "invalid request: Invalid last_hash: expected base64 (43 chars)");
    g_assert_cmpstr(
        client_expect(world->network, 0,
                      client_retrieve(&world->of_a, 0, EPOCH,
                                      ",\"last_hash\":\"*0000000000000000000000000000000"
                                      "00000000001\""),
                      400),
        ==, "invalid request: Invalid last_hash: not base64");
}

/* Expired messages are shown until the sweeper takes them: at the next multiple of ten
 * seconds from the start. */
static void
test_sweep(World *world, gconstpointer data)
{
    char *request = g_strdup_printf("{\"method\":\"store\",\"params\":{\"pubkey\":\"%s\","
                                    "\"timestamp\":%" G_GINT64_FORMAT
                                    ",\"ttl\":12000,\"data\":\"AAAA\"}}",
                                    world->of_a.hex, EPOCH);

    (void)data;
    client_expect(world->network, 0, request, 200);
    network_run(world->network, 19999 * MILLISECOND);
    g_assert_cmpuint(network_stored(world->network, 0), ==, 1);
    network_run(world->network, 20 * SECOND);
    g_assert_cmpuint(network_stored(world->network, 0), ==, 0);
    /* Nothing left to wait for. */
    g_assert_true(network_member(world->network, 0)->alarm == TIME_NEVER);
}

static char *
unsigned_retrieve(const World *world, int name_space)
{
    return g_strdup_printf("{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"%s\","
                           "\"namespace\":%d}}",
                           world->of_a.hex, name_space);
}

static void
test_who(World *world, gconstpointer data)
{
    Network *network = world->network;
    char *request;

    (void)data;
    /* Without signature: legacy groups and outboxes. */
    client_expect(network, 0, unsigned_retrieve(world, -10), 200);
    client_expect(network, 0, unsigned_retrieve(world, -1), 200);
    client_expect(network, 0, unsigned_retrieve(world, -41), 200);
    g_assert_cmpstr(client_expect(network, 0, unsigned_retrieve(world, 2), 400), ==,
                    "invalid request: Required field 'signature' missing");
    g_assert_cmpstr(client_expect(network, 0, unsigned_retrieve(world, -11), 400), ==,
                    "invalid request: Required field 'signature' missing");
    g_assert_cmpstr(client_expect(network, 0, unsigned_retrieve(world, 40000), 400), ==,
                    "invalid request: Invalid value given for 'namespace': value out of "
                    "range");
    /* The window. */
    client_expect(network, 0, client_retrieve(&world->of_a, 0, EPOCH - 60000, ""), 200);
    client_expect(network, 0, client_retrieve(&world->of_a, 0, EPOCH + 60000, ""), 200);
    client_expect(network, 0, client_retrieve(&world->of_a, 0, EPOCH - 60001, ""), 406);
    client_expect(network, 0, client_retrieve(&world->of_a, 0, EPOCH + 60001, ""), 406);
    /* The signature holds for its namespace only. */
    request = client_retrieve(&world->of_a, 2, EPOCH, "");
    memcpy(strstr(request, "\"namespace\":2"), "\"namespace\":3", 13);
    g_assert_cmpstr(client_expect(network, 0, request, 401), ==,
                    "retrieve signature verification failed");
    client_expect(network, 5, client_retrieve(&world->of_a, 0, EPOCH, ""), 421);
}

/* A subaccount's token is signed by the account, the request by the subaccount. */
static void
test_subaccounts(World *world, gconstpointer data)
{
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    const struct {
        uint8_t prefix, flags;
        int status;
    } cases[] = {
        { 5, 1, 200 }, { 5, 2, 401 }, { 3, 1, 401 }, { 3, 1 | 8, 200 }, { 5, 0, 401 }
    };
    Client sub;

    (void)data;
    client_init(&sub, 201);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint8_t token[36] = { cases[i].prefix, cases[i].flags }, signature[64];
        char *token_text, *token_signature, *request_signature, *request;

        memcpy(token + 4, sub.pair.pk, 32);
        crypto_sign_message(&crypto, &world->of_a.pair, (Bytes){ token, 36 }, signature);
        token_text = g_base64_encode(token, 36);
        token_signature = g_base64_encode(signature, 64);
        request_signature = client_sign(&sub, "retrieve%" G_GINT64_FORMAT, EPOCH);
        request = g_strdup_printf(
            "{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"%s\",\"pubkey_ed25519\":"
            "\"%s\",\"timestamp\":%" G_GINT64_FORMAT ",\"signature\":\"%s\","
            "\"subaccount\":\"%s\",\"subaccount_sig\":\"%s\"}}",
            world->of_a.hex, world->of_a.ed25519_hex, EPOCH, request_signature, token_text,
            token_signature);
        client_expect(world->network, 0, request, cases[i].status);
        g_free(token_text);
        g_free(token_signature);
        g_free(request_signature);
    }
}

/* --- several parts ---------------------------------------------------------------- */

static char *
batch_of(const char *kind, char *const *parts, size_t n)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "{\"method\":\"%s\",\"params\":{\"requests\":[", kind);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? "," : "", parts[i]);
    g_string_append(out, "]}}");
    return g_string_free(out, FALSE);
}

/* The codes of the results, as "200 401". */
static char *
codes(const char *text)
{
    json_t *body = json_loads(text, 0, NULL), *result;
    GString *out = g_string_new(NULL);
    size_t i;

    g_assert_nonnull(body);
    g_assert_null(json_object_get(body, "t"));
    json_array_foreach(json_object_get(body, "results"), i, result)
        g_string_append_printf(out, "%s%d", i > 0 ? " " : "",
                               (int)json_integer_value(json_object_get(result, "code")));
    json_decref(body);
    return g_string_free(out, FALSE);
}

static void
assert_codes(World *world, const char *kind, char *const *parts, size_t n,
             const char *expected)
{
    char *request = batch_of(kind, parts, n), *got;
    guint number =
        network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));
    const Answer *answer;

    network_run(world->network, world->network->now + 20 * SECOND);
    answer = network_answer(world->network, number);
    g_assert_true(answer->given);
    g_assert_cmpint(answer->status, ==, 200);
    got = codes(answer->body->str);
    g_assert_cmpstr(got, ==, expected);
    g_free(got);
    g_free(request);
}

static void
test_batch(World *world, gconstpointer data)
{
    char *parts[] = {
        client_retrieve(&world->of_a, 0, EPOCH, ",\"max_size\":-2"),
        client_retrieve(&world->of_a, 2, EPOCH - 100000, ""),
        client_store(&world->of_a, "AAAA", EPOCH),
        g_strdup("{\"method\":\"info\",\"params\":{}}"),
    };

    (void)data;
    assert_codes(world, "batch", parts, 4, "200 406 200 200");
    /* A member that keeps silent holds up the whole. */
    network_member(world->network, 1)->reach = REACH_SILENT;
    world->network->epoch_ms -= 20000;
    assert_codes(world, "batch", parts, 4, "200 406 200 200");
    for (size_t i = 0; i < 4; i++)
        g_free(parts[i]);
}

static void
test_sequence(World *world, gconstpointer data)
{
    char *store = client_store(&world->of_a, "AAAA", EPOCH);
    char *other = client_store(&world->of_a, "BBBB", EPOCH);
    char *info = g_strdup("{\"method\":\"info\",\"params\":{}}");
    char *bad = client_retrieve(&world->of_a, 0, EPOCH - 1000000, "");
    char *all_good[] = { store, info, other, info };
    char *some_good[] = { info, store, bad, info };
    char *only_bad[] = { bad, info };

    (void)data;
    assert_codes(world, "sequence", all_good, 4, "200 200 200 200");
    assert_codes(world, "sequence", some_good, 4, "200 200 406");
    assert_codes(world, "sequence", only_bad, 2, "406");
    network_member(world->network, 1)->reach = REACH_SILENT;
    world->network->epoch_ms -= 60000;
    assert_codes(world, "sequence", all_good, 4, "200 200 200 200");
    g_free(store);
    g_free(other);
    g_free(info);
    g_free(bad);
}

/* The second of two stores starts when the first has ended, not before. */
static void
test_sequence_waits(World *world, gconstpointer data)
{
    Network *network = world->network;
    char *parts[] = { client_store(&world->of_a, "AAAA", EPOCH),
                      client_store(&world->of_a, "BBBB", EPOCH) };
    char *request = batch_of("sequence", parts, 2);
    guint number;

    (void)data;
    network_member(network, 1)->reach = REACH_SILENT;
    number = network_ask(network, 0, KIND_STORAGE_RPC, request, strlen(request));
    g_assert_cmpuint(network_stored(network, 0), ==, 1);
    network_run(network, 5 * SECOND);
    g_assert_cmpuint(network_stored(network, 0), ==, 2);
    g_assert_false(network_answer(network, number)->given);
    network_run(network, 10 * SECOND);
    g_assert_true(network_answer(network, number)->given);
    /* And one that is cut short by the end of the node is not answered. */
    number = network_ask(network, 0, KIND_STORAGE_RPC, request, strlen(request));
    network_crash(network, 0);
    network_run(network, 30 * SECOND);
    g_assert_false(network_answer(network, number)->given);
    g_free(request);
    g_free(parts[0]);
    g_free(parts[1]);
}

static void
test_batch_limits(World *world, gconstpointer data)
{
    char *parts[21];
    char *request;

    (void)data;
    for (int i = 0; i < 21; i++)
        parts[i] = g_strdup("{\"method\":\"info\",\"params\":{}}");
    request = batch_of("batch", parts, 20);
    client_expect(world->network, 0, request, 200);
    request = batch_of("batch", parts, 21);
    g_assert_cmpstr(client_expect(world->network, 0, request, 400), ==,
                    "invalid request: Invalid batch request: subrequest limit exceeded");
    for (int i = 0; i < 21; i++)
        g_free(parts[i]);
}

static void
assert_if(World *world, const char *condition, const char *rest, const char *expected)
{
    char *request = g_strdup_printf("{\"method\":\"ifelse\",\"params\":{\"if\":{%s},%s}}",
                                    condition, rest);
    const char *got = client_expect(world->network, 0, request, 200);

    g_assert_nonnull(strstr(got, expected));
}

static void
test_ifelse(World *world, gconstpointer data)
{
    const char *yes = "\"then\":{\"method\":\"info\",\"params\":{}}";
    const char *nested =
        "\"else\":{\"method\":\"ifelse\",\"params\":{\"if\":{\"height_at_least\":1},"
        "\"then\":{\"method\":\"batch\",\"params\":{\"requests\":[{\"method\":\"info\","
        "\"params\":{}}]}}}}";

    (void)data;
    assert_if(world, "\"hf_at_least\":[19,4]", yes,
              "{\"condition\":true,\"height\":1000000,\"hf\":[19,4],\"result\":{\"body\":");
    assert_if(world, "\"hf_at_least\":[19,5]", yes,
              "{\"condition\":false,\"height\":1000000,\"hf\":[19,4],\"v\":[2,8,0]}");
    assert_if(world, "\"hf_before\":[20]", yes, "\"condition\":true");
    assert_if(world, "\"v_at_least\":[2,8,0]", yes, "\"condition\":true");
    assert_if(world, "\"v_before\":[2,8,0]", yes, "\"condition\":false");
    world->config.storage_version = STORAGE_2_11_3;
    assert_if(world, "\"v_at_least\":[2,11,3]", yes, "\"version\":[2,11,3]");
    world->config.storage_version = STORAGE_2_0_6;
    assert_if(world, "\"v_before\":[2,0,7]", yes, "\"v\":[2,0,6]");
    assert_if(world, "\"height_before\":1000000", yes, "\"condition\":false");
    assert_if(world, "\"height_at_least\":1000000,\"height_before\":1000001", yes,
              "\"condition\":true");
    assert_if(world, "\"height_before\":3", nested, "\"results\":[{\"body\":{\"hf\"");
    g_assert_cmpstr(
        client_expect(world->network, 0,
                      g_strdup("{\"method\":\"ifelse\",\"params\":{\"if\":{},\"then\":{"
                               "\"method\":\"info\",\"params\":{}}}}"),
                      400),
        ==,
        "invalid request: Invalid ifelse request: must specify at least one \"if\" "
        "condition");
    g_assert_cmpstr(
        client_expect(world->network, 0,
                      g_strdup("{\"method\":\"ifelse\",\"params\":{\"if\":{"
                               "\"height_before\":3}}}"),
                      400),
        ==,
        "invalid request: Invalid ifelse request: at least one of \"then\"/\"else\" "
        "required");
}

#define ADD(path, function)                                                                \
    g_test_add("/service/retrieve/" path, World, NULL, world_set_up, function,             \
               world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("pages", test_pages);
    ADD("cursor", test_cursor);
    ADD("sweep", test_sweep);
    ADD("who", test_who);
    ADD("subaccounts", test_subaccounts);
    ADD("batch", test_batch);
    ADD("sequence", test_sequence);
    ADD("sequence-waits", test_sequence_waits);
    ADD("batch-limits", test_batch_limits);
    ADD("ifelse", test_ifelse);
    return g_test_run();
}
