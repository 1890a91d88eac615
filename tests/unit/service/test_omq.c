/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * storage.<method> over OxenMQ: the same requests in JSON and in bencode, the answers in
 * kind (protocol 3.1). */
#include "nodes/wire/base64.h"
#include "nodes/wire/bencode.h"
#include "tests/unit/service/world.h"

#define T "1700000000000"

/* @params: parts "key", "value" as bencode text; NULL ends. */
static GString *
message(const char *method, const void *params, size_t n)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "l%zu:%s%zu:", strlen(method), method, n);
    g_string_append_len(out, params, (gssize)n);
    g_string_append_c(out, 'e');
    return out;
}

/* Takes @params. */
static const Answer *
ask_bytes(World *world, const char *method, GString *params, int status)
{
    GString *text = message(method, params->str, params->len);
    guint number = network_ask(world->network, 0, KIND_STORAGE_OMQ, text->str, text->len);
    const Answer *answer = network_answer(world->network, number);

    g_string_free(text, TRUE);
    g_string_free(params, TRUE);
    g_assert_true(answer->given);
    if (answer->status != status)
        g_test_message("%s: %s", method, answer->body->str);
    g_assert_cmpint(answer->status, ==, status);
    return answer;
}

static const Answer *
ask(World *world, const char *method, const char *params, int status)
{
    return ask_bytes(world, method, g_string_new(params), status);
}

static void
refused(World *world, const char *method, const char *params, const char *text)
{
    g_assert_cmpstr(ask(world, method, params, 400)->body->str, ==, text);
}

static void
add(GString *out, const char *key, const void *p, size_t n)
{
    g_string_append_printf(out, "%zu:%s%zu:", strlen(key), key, n);
    g_string_append_len(out, p, (gssize)n);
}

static void
add_signature(GString *out, const Client *client, const char *text)
{
    uint8_t signature[SIGNATURE_BYTES];
    char *base64 = client_sign(client, "%s", text);

    g_assert_cmpint(base64_decode_exact(bytes_of_text(base64), signature, sizeof signature),
                    ==, ST_OK);
    add(out, "signature", signature, sizeof signature);
    g_free(base64);
}

/* "\0\377hi": no text, and no UTF-8. */
static GString *
store_of(const Client *client)
{
    GString *out = g_string_new("d");

    add(out, "data", "\0\377hi", 4);
    add(out, "pubkey", client->account, ACCOUNT_BYTES);
    g_string_append(out, "9:timestampi" T "e3:ttli86400000ee");
    return out;
}

static GString *
retrieve_of(const Client *client)
{
    GString *out = g_string_new("d");

    add(out, "pubkey", client->account, ACCOUNT_BYTES);
    add(out, "pubkey_ed25519", client->pair.pk, 32);
    add_signature(out, client, "retrieve" T);
    g_string_append(out, "9:timestampi" T "ee");
    return out;
}

static BencodeValue
dict_of(const Answer *answer)
{
    BencodeValue value;

    g_assert_cmpint(
        bencode_parse((Bytes){ (uint8_t *)answer->body->str, answer->body->len }, &value),
        ==, ST_OK);
    g_assert_cmpint(value.type, ==, BENCODE_DICT);
    return value;
}

static void
test_bencode(World *world, gconstpointer data)
{
    BencodeValue swarm, entry, value;
    BencodeIterator it;
    Bytes key, text;
    int64_t n;

    (void)data;
    g_assert_true(bencode_get(
        dict_of(ask_bytes(world, "store", store_of(&world->of_a), 200)), "swarm", &swarm));
    for (guint i = 0; i < 5; i++) {
        g_assert_cmpuint(network_stored(world->network, i), ==, 1);
        g_assert_true(bencode_get(swarm, world_member_hex(world, i), &entry));
        g_assert_true(bencode_get(entry, "signature", &value));
        g_assert_true(bencode_string(value, &text));
        g_assert_cmpuint(text.n, ==, SIGNATURE_BYTES);
    }
    entry = dict_of(ask_bytes(world, "retrieve", retrieve_of(&world->of_a), 200));
    g_assert_true(bencode_get(entry, "more", &value));
    g_assert_true(bencode_i64(value, &n));
    g_assert_cmpint(n, ==, 0);
    g_assert_true(bencode_get(entry, "messages", &value));
    it = bencode_iterate(value);
    g_assert_true(bencode_next(&it, &key, &entry));
    g_assert_true(bencode_get(entry, "data", &value) && bencode_string(value, &text));
    g_assert_cmpmem(text.p, text.n, "\0\377hi", 4);
    g_assert_false(bencode_next(&it, &key, &entry));
    /* The same bytes in base64 are the same message. */
    g_assert_nonnull(
        strstr(client_expect(world->network, 1,
                             client_store(&world->of_a, "AP9oaQ==", EPOCH), 200),
               "\"already\":true"));
}

static void
test_json(World *world, gconstpointer data)
{
    const Answer *answer;

    (void)data;
    answer = ask(world, "info", "", 200);
    g_assert_true(g_str_has_prefix(answer->body->str, "{\"hf\":[19,4],"));
    answer = ask(world, "info", "{}", 200);
    g_assert_true(g_str_has_prefix(answer->body->str, "{\"hf\":[19,4],"));
    answer = ask(world, "info", "de", 200);
    g_assert_cmpstr(answer->body->str, ==,
                    "d2:hfli19ei4ee1:ti" T "e9:timestampi" T "e7:versionli2ei8ei0eee");
}

/* An error is a text, whatever the request was. */
static void
test_errors(World *world, gconstpointer data)
{
    (void)data;
    refused(world, "nothing", "de", "no method nothing");
    refused(world, "info", "d", "invalid body: expected json or bt_dict");
    refused(world, "info", "le", "invalid body: expected json or bt_dict");
    refused(world, "info", "{", "invalid body: expected json or bt_dict");
    refused(world, "info", "[]", "invalid body: expected json or bt_dict");
    refused(world, "store", "de", "invalid request: Required field 'timestamp' missing");
    refused(world, "get_swarm", "d6:pubkey2:05e",
            "invalid request: Pubkey must be 66 hex digits/33 bytes long");
    refused(world, "oxend_request", "d8:endpoint17:get_service_nodes6:params1:{e",
            "invalid request: oxend_request params field does not contain valid json");
    ask_bytes(world, "retrieve", retrieve_of(&world->of_b), 421);
    for (guint i = 0; i < 10; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 0);
}

static void
test_oxend(World *world, gconstpointer data)
{
    const char *params = "d8:endpoint17:get_service_nodes6:params42:"
                         "{\"limit\":1,\"fields\":{\"storage_port\":true}}e";
    BencodeValue result, nodes;
    BencodeIterator it;
    Bytes key;

    (void)data;
    g_assert_true(
        bencode_get(dict_of(ask(world, "oxend_request", params, 200)), "result", &result));
    g_assert_true(bencode_get(result, "service_node_states", &nodes));
    it = bencode_iterate(nodes);
    g_assert_true(bencode_next(&it, &key, &result));
    g_assert_false(bencode_next(&it, &key, &result));
}

/* --- requests of several parts ---------------------------------------------------- */

#define INFO "d6:method4:info6:paramsdee"

static void
test_batch(World *world, gconstpointer data)
{
    GString *batch = g_string_new("d8:requestsl");
    GString *store = store_of(&world->of_a);
    BencodeValue results, part, value;
    BencodeIterator it;
    Bytes key;
    int64_t code;

    (void)data;
    g_string_append(batch, INFO "d6:method5:store6:params");
    g_string_append_len(batch, store->str, (gssize)store->len);
    g_string_append(batch, "eee");
    g_string_free(store, TRUE);
    g_assert_true(
        bencode_get(dict_of(ask_bytes(world, "batch", batch, 200)), "results", &results));
    it = bencode_iterate(results);
    for (int i = 0; i < 2; i++) {
        g_assert_true(bencode_next(&it, &key, &part));
        g_assert_true(bencode_get(part, "code", &value) && bencode_i64(value, &code));
        g_assert_cmpint(code, ==, 200);
    }
    g_assert_cmpuint(network_stored(world->network, 3), ==, 1);
    refused(world, "batch", "de",
            "invalid request: Invalid batch request: no valid "
            "\"requests\" field");
    refused(world, "batch", "d8:requestslee",
            "invalid request: Invalid batch request: empty \"requests\" list");
    refused(world, "batch", "d8:requestsli1eee",
            "invalid request: Invalid batch request: requests must be dicts");
    refused(world, "batch", "d8:requestsldeee",
            "invalid request: Invalid batch request: subrequests must have a method");
    /* A backslash in a key of bencode is no escape of JSON. */
    refused(world, "batch", "d8:requestsld6:m\\\377hod4:infoeee",
            "invalid request: Invalid batch request: subrequests must have a method");
    refused(world, "sequence", "d8:requestsld6:method4:infoeee",
            "invalid request: Invalid batch request: subrequests must have a params dict");
    refused(world, "batch", "d8:requestsld6:method5:batch6:paramsdeeee",
            "invalid request: Invalid batch subrequest: subrequests may not contain "
            "meta-requests");
}

static void
test_ifelse(World *world, gconstpointer data)
{
    const Answer *answer =
        ask(world, "ifelse", "d2:ifd11:hf_at_leastli19ei3eee4:then" INFO "e", 200);
    BencodeValue value;
    int64_t n;

    (void)data;
    g_assert_true(bencode_get(dict_of(answer), "condition", &value));
    g_assert_true(bencode_i64(value, &n));
    g_assert_cmpint(n, ==, 1);
    g_assert_true(bencode_get(dict_of(answer), "result", &value));
    refused(world, "ifelse", "d2:ifd13:height_beforei1ee4:theni1ee",
            "invalid request: Invalid ifelse request: then must be a dict");
    refused(world, "ifelse", "d4:elsed6:method4:infoe2:ifd13:height_beforei1eee",
            "invalid request: Invalid ifelse request: else missing params");
    refused(world, "ifelse", "d4:elsed6:paramsdee2:ifd13:height_beforei1eee",
            "invalid request: Invalid ifelse request: else missing method");
}

/* --- what is no request ----------------------------------------------------------- */

/* Of two faults the one that the server finds first: its reader of bencode goes through a
 * dict once, in the order of the keys. */
static void
test_order(World *world, gconstpointer data)
{
    (void)data;
    refused(world, "batch", "d8:requestsld6:method2:noeee",
            "invalid request: Invalid batch subrequest: invalid method \"no\"");
    refused(world, "ifelse", "d4:elsed6:method2:noe2:ifd13:height_beforei1eee",
            "invalid request: Invalid ifelse request method \"else\"");
    refused(world, "ifelse", "d4:elsei1e2:ifi1ee",
            "invalid request: Invalid ifelse request: else must be a dict");
    refused(world, "ifelse", "d2:ifi1e4:theni1ee",
            "invalid request: Invalid ifelse request: no valid \"if\" field");
    refused(world, "ifelse", "{\"else\":1,\"if\":1}",
            "invalid request: Invalid ifelse request: no valid \"if\" field");
    /* In JSON the parameters of a branch may be anything, as long as they are there. */
    ask(world, "ifelse",
        "{\"if\":{\"hf_at_least\":[1]},\"then\":{\"method\":\"info\",\"params\":null}}",
        200);
    refused(world, "ifelse",
            "{\"if\":{\"hf_at_least\":[1]},\"then\":{\"method\":\"info\"}}",
            "invalid request: Invalid ifelse request: then must have method/params keys");
}

#define OUT_OF_RANGE(name, type)                                                           \
    "invalid request: Invalid value given for '" name "': expected " type

/* What does not fit is of a wrong type. */
static void
test_ranges(World *world, gconstpointer data)
{
    static const char no_key[] = "invalid request: Required field 'pubkey' missing";

    (void)data;
    refused(world, "retrieve", "d9:max_counti2147483647ee", no_key);
    refused(world, "retrieve", "d9:max_counti2147483648ee",
            OUT_OF_RANGE("max_count", "integer"));
    refused(world, "retrieve", "d8:max_sizei-2147483648ee", no_key);
    refused(world, "retrieve", "d8:max_sizei-2147483649ee",
            OUT_OF_RANGE("max_size", "integer"));
    refused(world, "retrieve", "d9:namespacei32767ee", no_key);
    refused(world, "retrieve", "d9:namespacei32768ee",
            OUT_OF_RANGE("namespace", "16-bit integer"));
    refused(world, "delete_all", "d9:namespacei-32768ee", no_key);
    refused(world, "delete_all", "d9:namespacei-32769ee",
            OUT_OF_RANGE("namespace", "integer or \"all\""));
    refused(world, "delete_all", "d9:timestampi9223372036854775808ee",
            OUT_OF_RANGE("timestamp", "integer timestamp (in milliseconds)"));
    refused(world, "store", "d9:timestamp1:1e",
            OUT_OF_RANGE("timestamp", "integer timestamp (in milliseconds)"));
    refused(world, "store", "d9:timestampi1e3:ttli-1ee",
            OUT_OF_RANGE("ttl", "positive integer"));
    refused(world, "delete", "d8:requiredi2ee", OUT_OF_RANGE("required", "boolean"));
    refused(world, "delete", "d8:requiredi1ee", no_key);
    refused(world, "ifelse", "d2:ifd13:height_beforei2147483648eee",
            OUT_OF_RANGE("height_before", "integer"));
    refused(world, "ifelse", "d2:ifd8:v_beforeli2147483648eeee",
            OUT_OF_RANGE("v_before", "integer array"));
    ask(world, "ifelse", "d2:ifd13:height_beforei2147483647ee4:then" INFO "e", 200);
}

static void
test_malformed(World *world, gconstpointer data)
{
    GString *params = store_of(&world->of_a);
    GString *whole = message("store", params->str, params->len);
    guint number;

    (void)data;
    for (gsize n = 0; n < whole->len; n++) {
        guint8 *copy = g_memdup2(whole->str, n > 0 ? n : 1);

        number = network_ask(world->network, 0, KIND_STORAGE_OMQ, copy, n);
        g_assert_cmpint(network_answer(world->network, number)->status, ==, 400);
        g_free(copy);
    }
    g_string_append_c(whole, 'e');
    number = network_ask(world->network, 0, KIND_STORAGE_OMQ, whole->str, whole->len);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 400);
    /* The same within its two parts. */
    for (gsize n = 1; n < params->len; n++)
        ask_bytes(world, "store", g_string_new_len(params->str, (gssize)n), 400);
    g_string_append_c(params, 'e');
    ask_bytes(world, "store", params, 400);
    for (guint i = 0; i < 5; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 0);
    g_string_free(whole, TRUE);
}

/* The body limit counts raw bytes. */
static void
test_body_limit(World *world, gconstpointer data)
{
    (void)data;
    for (gsize n = 76800; n <= 76801; n++) {
        g_autofree char *body = g_malloc0(n);
        GString *params = g_string_new("d");

        add(params, "data", body, n);
        add(params, "pubkey", world->of_a.account, ACCOUNT_BYTES);
        g_string_append(params, "9:timestampi" T "e3:ttli86400000ee");
        ask_bytes(world, "store", params, n == 76800 ? 200 : 400);
    }
    g_assert_cmpuint(network_stored(world->network, 2), ==, 1);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/omq/" path, World, NULL, world_set_up, function, world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("bencode", test_bencode);
    ADD("json", test_json);
    ADD("errors", test_errors);
    ADD("oxend", test_oxend);
    ADD("batch", test_batch);
    ADD("ifelse", test_ifelse);
    ADD("order", test_order);
    ADD("ranges", test_ranges);
    ADD("malformed", test_malformed);
    ADD("body-limit", test_body_limit);
    return g_test_run();
}
