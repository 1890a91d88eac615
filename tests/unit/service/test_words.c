/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a node says of a request that cannot be read: each fault in its words (protocol 3.1
 * to 3.3), of two the one that the server finds first, and nothing is written. */
#include "tests/unit/service/world.h"

#define A16 "aaaaaaaaaaaaaaaa"
#define A64 A16 A16 A16 A16
#define A43 A16 A16 "aaaaaaaaaaa"
#define A86 A64 A16 "aaaaaA" /* 64 bytes in base64 */
#define KEY "\"pubkey\":\"05" A64 "\","
#define SIG "\"signature\":\"" A86 "\","
#define SIGNED KEY SIG
#define TIME "\"timestamp\":1700000000000,"
#define TTL "\"ttl\":86400000,"
#define HASHES "\"messages\":[\"" A43 "\"],"

typedef struct Refusal {
    const char *method, *params, *text;
} Refusal;

#define WRONG(name, type) "Invalid value given for '" name "': expected " type
#define NO_BASE64 "Invalid 'data' value: not base64 encoded"
#define NO_KEY "Pubkey must be 66 hex digits (33 bytes) long"
#define NO_SIGNATURE "invalid signature: expected base64 encoded Ed25519 signature"
#define NO_TOKEN "invalid subaccount: expected base64 or hex-encoded subaccount token"
#define NO_TIME "integer timestamp (in milliseconds)"

/* clang-format off */
static const Refusal in_json[] = {
    /* What must be there, in the order in which it is missed. */
    { "store", "", "Required field 'timestamp' missing" },
    { "store", TIME, "Required field 'expiry' or 'ttl' missing" },
    { "store", TIME TTL "\"expiry\":1700000100000,", "Cannot specify both 'expiry' and 'ttl'" },
    { "store", TIME TTL, "Required field 'pubkey' missing" },
    { "store", TIME TTL KEY, "Required field 'data' missing" },
    { "store", TIME TTL KEY "\"data\":null,", "Required field 'data' missing" },
    { "retrieve", "", "Required field 'pubkey' missing" },
    { "retrieve", KEY TIME, "Required field 'signature' missing" },
    { "retrieve", SIGNED, "Required field 'timestamp' missing" },
    { "retrieve", KEY "\"namespace\":1,", "Required field 'signature' missing" },
    { "retrieve", KEY "\"pubkey_ed25519\":\"" A64 "\",", "Required field 'signature' missing" },
    { "delete", "", "Required field 'pubkey' missing" },
    { "delete", KEY, "Required field 'signature' missing" },
    { "delete", SIGNED, "Required field 'messages' missing" },
    { "delete", SIGNED "\"messages\":[],", "messages does not contain any message hashes" },
    { "delete_all", SIGNED, "Required field 'timestamp' missing" },
    { "delete_before", SIGNED, "Required field 'before' missing" },
    { "expire", SIGNED, "Required field 'expiry' missing" },
    { "expire", SIGNED "\"expiry\":[],", "'expiry' does not contain any expiration timestamps" },
    { "expire", SIGNED "\"expiry\":1,\"shorten\":true,\"extend\":true,", "cannot specify both 'shorten' and 'extend'" },
    { "expire", SIGNED "\"expiry\":1,", "Required field 'messages' missing" },
    { "expire", SIGNED HASHES "\"expiry\":[1,2],", "'expiry' must be a single expiry, or the same length as 'messages'" },
    { "expire_all", SIGNED, "Required field 'expiry' missing" },
    { "get_expiries", SIGNED, "Required field 'timestamp' missing" },
    { "get_expiries", SIGNED TIME, "Required field 'messages' missing" },
    { "revoke_subaccount", SIGNED, "Required field 'revoke' missing" },
    { "revoke_subaccount", SIGNED "\"revoke\":[],", "Required field 'timestamp' missing" },
    { "unrevoke_subaccount", SIGNED, "Required field 'timestamp' missing" },
    { "unrevoke_subaccount", SIGNED TIME, "Required field 'unrevoke' missing" },
    { "get_swarm", "", "Required field 'pubkey' missing" },
    { "oxend_request", "", "Required field 'endpoint' missing" },
    { "oxend_request", "\"endpoint\":\"stop_daemon\",", "Invalid oxend endpoint 'stop_daemon'" },
    /* Names that were others once. */
    { "store", TIME TTL KEY "\"pubKey\":\"05\",", "Cannot specify both 'pubkey' and 'pubKey'" },
    { "retrieve", KEY "\"pubKey\":\"05\",", "Cannot specify both 'pubkey' and 'pubKey'" },
    { "get_swarm", KEY "\"pubKey\":\"05\",", "Cannot specify both 'pubkey' and 'pubKey'" },
    { "delete", "\"pubKey\":\"05" A64 "\"," SIG, "Required field 'pubkey' missing" },
    { "retrieve", KEY "\"lastHash\":\"\",\"last_hash\":\"\",", "Cannot specify both 'last_hash' and 'lastHash'" },
    /* Keys. */
    { "store", TIME TTL "\"pubkey\":\"05" A64 "a\",", NO_KEY },
    { "store", TIME TTL "\"pubkey\":\"05" A16 A16 A16 "aaaaaaaaaaaaaaag\",", NO_KEY },
    { "store", TIME TTL "\"pubkey\":\"\",", NO_KEY },
    { "get_swarm", "\"pubkey\":\"05\",", "Pubkey must be 66 hex digits/33 bytes long" },
    { "delete", "\"pubkey\":\"03" A64 "\",\"pubkey_ed25519\":\"" A64 "\"," SIG, "pubkey_ed25519 is only permitted for 05[...] pubkeys" },
    { "delete", SIGNED "\"pubkey_ed25519\":\"" A16 A16 A16 "aaaaaaaaaaaaaaag\",", "invalid pubkey_ed25519: value is not hex" },
    { "delete", SIGNED "\"pubkey_ed25519\":\"" A64 "a\",", "Invalid pubkey_ed25519: expected 64 hex char or 32 byte pubkey" },
    { "delete", SIGNED "\"pubkey_ed25519\":\"\",", "Invalid pubkey_ed25519: expected 64 hex char or 32 byte pubkey" },
    /* Base64: a foreign character, an impossible length, padding in the middle. */
    { "store", TIME TTL KEY "\"data\":\"AAA*\",", NO_BASE64 },
    { "store", TIME TTL KEY "\"data\":\"AAA-\",", NO_BASE64 },
    { "store", TIME TTL KEY "\"data\":\"AAAAA\",", NO_BASE64 },
    { "store", TIME TTL KEY "\"data\":\"A===\",", NO_BASE64 },
    { "store", TIME TTL KEY "\"data\":\"AA=A\",", NO_BASE64 },
    { "store", TIME TTL KEY "\"data\":\"AA=\",", NO_BASE64 },
    { "store", TIME TTL KEY "\"data\":\"AAAA=\",", NO_BASE64 },
    { "store", TIME TTL KEY "\"data\":\"AAAA\\n\",", NO_BASE64 },
    { "store", TIME TTL KEY "\"data\":\"AAA\\u0000\",", NO_BASE64 },
    { "store", TIME TTL KEY "\"data\":\"\\u00c4AA\",", NO_BASE64 },
    { "delete", KEY "\"signature\":\"" A86 "A\",", NO_SIGNATURE },
    { "delete", KEY "\"signature\":\"" A64 A16 "aaaaa\",", NO_SIGNATURE },
    { "delete", KEY "\"signature\":\"" A64 A16 "aaaa*A\",", NO_SIGNATURE },
    { "delete", KEY "\"signature\":\"" A86 "AA\",", NO_SIGNATURE },
    { "delete", KEY "\"signature\":\"" A86 "=\",", NO_SIGNATURE },
    { "delete", KEY "\"signature\":\"\",", NO_SIGNATURE },
    { "delete", SIGNED HASHES "\"subaccount\":\"" A43 "aaaaa\",", "invalid subaccount: subaccount_sig is required when using subaccount" },
    { "delete", SIGNED HASHES "\"subaccount\":\"" A43 "aaaa*\",\"subaccount_sig\":\"\",", NO_TOKEN },
    { "delete", SIGNED HASHES "\"subaccount\":\"" A43 "aaaa\",\"subaccount_sig\":\"\",", NO_TOKEN },
    { "delete", SIGNED HASHES "\"subaccount\":\"" A64 "aaaaaaag\",\"subaccount_sig\":\"\",", NO_TOKEN },
    { "delete", SIGNED HASHES "\"subaccount\":\"" A64 "aaaaaaaa\",\"subaccount_sig\":\"" A86 "=\",", "invalid subaccount signature: expected base64 encoded Ed25519 signature" },
    { "revoke_subaccount", SIGNED TIME "\"revoke\":\"" A64 "\",", "invalid revoke: expected base64 or hex-encoded subaccount tag" },
    { "unrevoke_subaccount", SIGNED TIME "\"unrevoke\":[\"" A64 "\"],", "invalid unrevoke: expected base64 or hex-encoded subaccount tag" },
    /* Numbers: below 0, with a fraction, too large for any, in seconds, in words. */
    { "delete_all", "\"timestamp\":-1,", WRONG("timestamp", NO_TIME) },
    { "delete_all", "\"timestamp\":1700000000000.0,", WRONG("timestamp", NO_TIME) },
    { "delete_all", "\"timestamp\":17e11,", WRONG("timestamp", NO_TIME) },
    { "delete_all", "\"timestamp\":18446744073709551616,", WRONG("timestamp", NO_TIME) },
    { "delete_all", "\"timestamp\":\"1700000000000\",", WRONG("timestamp", NO_TIME) },
    { "delete_all", "\"timestamp\":1700000000,", "Required field 'pubkey' missing" },
    { "delete_all", "\"timestamp\":999999999,", "Invalid timestamp for 'timestamp': timestamp must be in milliseconds" },
    { "store", "\"sig_timestamp\":0,", "Invalid timestamp for 'sig_timestamp': timestamp must be in milliseconds" },
    { "store", "\"expiry\":1,", "Invalid timestamp for 'expiry': timestamp must be in milliseconds" },
    { "delete_before", "\"before\":1,", "Invalid timestamp for 'before': timestamp must be in milliseconds" },
    { "store", "\"timestamp\":\"1 \",", "Invalid value given for 'timestamp': \"1 \"" },
    { "store", "\"timestamp\":\"\",", "Invalid value given for 'timestamp': \"\"" },
    { "store", "\"timestamp\":\"9223372036854775808\",", "Invalid value given for 'timestamp': \"9223372036854775808\"" },
    { "store", "\"timestamp\":1.5,", WRONG("timestamp", "integer") },
    { "store", TIME "\"ttl\":\"-1\",", "Invalid value given for 'ttl': \"-1\"" },
    { "store", TIME "\"ttl\":-1,", WRONG("ttl", "positive integer") },
    { "store", TIME "\"ttl\":1e5,", WRONG("ttl", "positive integer") },
    { "retrieve", "\"max_count\":\"1\",", WRONG("max_count", "integer") },
    { "retrieve", "\"max_size\":-1.0,", WRONG("max_size", "integer") },
    { "retrieve", "\"namespace\":32768,", "Invalid value given for 'namespace': value out of range" },
    { "retrieve", "\"namespace\":\"all\",", WRONG("namespace", "16-bit integer") },
    { "delete_all", "\"namespace\":-32769,", "Invalid value given for 'namespace': value out of range" },
    { "delete_all", "\"namespace\":\"ALL\",", WRONG("namespace", "integer or \"all\"") },
    { "delete_all", "\"namespace\":true,", WRONG("namespace", "integer or \"all\"") },
    /* Other types. */
    { "store", "\"data\":[\"AAAA\"],", WRONG("data", "string") },
    { "retrieve", "\"last_hash\":1,", WRONG("last_hash", "string") },
    { "delete", "\"messages\":{},", WRONG("messages", "string array") },
    { "delete", "\"messages\":[1],", WRONG("messages", "string array") },
    { "delete", "\"required\":1,", WRONG("required", "boolean") },
    { "expire", "\"expiry\":[\"1\"],", WRONG("expiry", "timestamp array") },
    { "expire", "\"expiry\":[-1],", WRONG("expiry", "timestamp array") },
    { "expire", "\"extend\":\"true\",", WRONG("extend", "boolean") },
    { "get_swarm", "\"pubkey\":[],", WRONG("pubkey", "string") },
    { "oxend_request", "\"endpoint\":1,", WRONG("endpoint", "string") },
    /* A key twice: the last one counts. */
    { "get_swarm", KEY "\"pubkey\":1,", WRONG("pubkey", "string") },
    { "get_swarm", KEY "\"pubkey\":null,", "Required field 'pubkey' missing" },
    { "delete", SIGNED HASHES "\"messages\":[],", "messages does not contain any message hashes" },
    /* Hashes. */
    { "delete", SIGNED "\"messages\":[\"" A43 "\",\"" A43 "=\"],", "invalid message hash: " A43 "=" },
    { "expire", SIGNED "\"expiry\":1,\"messages\":\"\",", "invalid message hash: " },
    { "retrieve", KEY "\"last_hash\":\"" A43 "a\",", "Invalid last_hash: expected base64 (43 chars)" },
    { "retrieve", KEY "\"lastHash\":\"" A16 A16 "aaaaaaaaaa=\",", "Invalid last_hash: not base64" },
    /* Several at once. */
    { "batch", "", "Invalid batch request: no valid \"requests\" field" },
    { "batch", "\"requests\":{},", "Invalid batch request: no valid \"requests\" field" },
    { "batch", "\"requests\":[null],", "Invalid batch request: requests must be objects" },
    { "batch", "\"requests\":[{\"method\":\"info\"}],", "Invalid batch request: subrequests must have method/params keys" },
    { "batch", "\"requests\":[{\"params\":{}}],", "Invalid batch request: subrequests must have method/params keys" },
    { "batch", "\"requests\":[{\"method\":\"no\",\"params\":[]}],", "Invalid batch request: subrequests must have method/params keys" },
    { "sequence", "\"requests\":[{\"method\":\"no\",\"params\":{}}],", "Invalid batch subrequest: invalid method \"no\"" },
    { "sequence", "\"requests\":[{\"method\":\"ifelse\",\"params\":{}}],", "Invalid batch subrequest: subrequests may not contain meta-requests" },
    { "batch", "\"requests\":[{\"method\":\"info\",\"params\":{}},{\"method\":\"store\",\"params\":{}}],", "Required field 'timestamp' missing" },
    { "ifelse", "", "Invalid ifelse request: no valid \"if\" field" },
    { "ifelse", "\"if\":{},", "Invalid ifelse request: must specify at least one \"if\" condition" },
    { "ifelse", "\"if\":{\"v_before\":[]},", "Invalid ifelse request: must specify at least one \"if\" condition" },
    { "ifelse", "\"if\":{\"height_before\":[1]},", WRONG("height_before", "integer") },
    { "ifelse", "\"if\":{\"v_before\":[1,\"2\"]},", WRONG("v_before", "integer array") },
    { "ifelse", "\"if\":{\"hf_before\":1},", "Invalid ifelse request: at least one of \"then\"/\"else\" required" },
    { "ifelse", "\"if\":{\"hf_before\":1},\"then\":[],", "Invalid ifelse request: then must be an object" },
    { "ifelse", "\"if\":{\"hf_before\":1},\"else\":{\"params\":{}},", "Invalid ifelse request: else must have method/params keys" },
    { "ifelse", "\"if\":{\"hf_before\":1},\"then\":{\"method\":\"no\",\"params\":{}},", "Invalid ifelse request method \"then\"" },
};

/* What stands in the dict's place or is wrong in bencode alone. */
static const Refusal in_bencode[] = {
    { "delete", "6:pubkey33:\5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa9:signature63:" A16 A16 A16 "aaaaaaaaaaaaaaa", "invalid signature: expected 64-byte Ed25519 signature" },
    { "delete", "6:pubkey32:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa9:signature64:" A64, NO_KEY },
    { "delete", "8:messages43:" A43 "6:pubkey33:\5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa9:signature64:" A64 "10:subaccount35:" A16 A16 "aaa14:subaccount_sig64:" A64, "invalid subaccount token: invalid token length" },
    { "delete", "8:messages43:" A43 "6:pubkey33:\5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa9:signature64:" A64 "10:subaccount36:" A16 A16 "aaaa14:subaccount_sig63:" A16 A16 A16 "aaaaaaaaaaaaaaa", "invalid signature: expected 64-byte Ed25519 signature" },
    { "revoke_subaccount", "6:pubkey33:\5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa6:revokel37:" A16 A16 "aaaaae9:signature64:" A64, "invalid revoke subaccount: invalid subaccount tag length" },
    { "oxend_request", "8:endpoint1:\377", "Invalid oxend endpoint '\377'" },
    { "get_swarm", "6:pubkeyi5e", WRONG("pubkey", "string") },
    { "delete", "8:messagesli1ee", WRONG("messages", "string array") },
    { "expire", "6:expiryl1:1e", WRONG("expiry", "timestamp array") },
};
/* clang-format on */

static void
assert_nothing_written(const World *world)
{
    for (guint i = 0; i < world->network->members->len; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 0);
}

static void
assert_refused(World *world, MessageKind kind, const GString *request, const char *text)
{
    guint number = network_ask(world->network, 0, kind, request->str, request->len);
    const Answer *answer = network_answer(world->network, number);

    g_test_message("%s", request->str);
    g_assert_cmpint(answer->status, ==, 400);
    g_assert_true(g_str_has_prefix(answer->body->str, "invalid request: "));
    g_assert_cmpstr(answer->body->str + strlen("invalid request: "), ==, text);
    /* It was not forwarded either. */
    g_assert_cmpuint(network_count_sent(world->network, KIND_STORAGE_CC, CLIENT), ==, 0);
}

static void
test_json(World *world, gconstpointer data)
{
    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(in_json); i++) {
        const Refusal *refusal = &in_json[i];
        GString *request = g_string_new(NULL);

        /* Names that nobody knows are nobody's business. */
        g_string_printf(request, "{\"method\":\"%s\",\"params\":{%s\"zz\":[]}}",
                        refusal->method, refusal->params);
        assert_refused(world, KIND_STORAGE_RPC, request, refusal->text);
        g_string_free(request, TRUE);
    }
    assert_nothing_written(world);
}

static void
test_bencode(World *world, gconstpointer data)
{
    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(in_bencode); i++) {
        const Refusal *refusal = &in_bencode[i];
        GString *request = g_string_new(NULL);

        g_string_printf(request, "l%zu:%s%zu:d", strlen(refusal->method), refusal->method,
                        strlen(refusal->params) + 2);
        g_string_append(request, refusal->params);
        g_string_append(request, "ee");
        assert_refused(world, KIND_STORAGE_OMQ, request, refusal->text);
        g_string_free(request, TRUE);
    }
    assert_nothing_written(world);
}

/* --- what is around the parameters ------------------------------------------------ */

static void
expect(World *world, MessageKind kind, const char *request, int status, const char *text)
{
    g_assert_cmpstr(network_expect(world->network, 0, kind, request, status), ==, text);
}

static void
test_envelope(World *world, gconstpointer data)
{
    static const char no_method[] = "invalid json: no `method` field";
    static const char no_params[] = "invalid json: no `params` field";
    static const struct {
        const char *request, *text;
    } cases[] = {
        { "", "invalid json" },
        { " ", "invalid json" },
        { "{\"method\":\"info\",\"params\":{}}}", "invalid json" },
        { "{\"method\":\"info\",\"params\":{},}", "invalid json" },
        { "{'method':'info','params':{}}", "invalid json" },
        { "{\"method\":\"info\",\"params\":{\"a\":01}}", "invalid json" },
        { "{\"method\":\"info\",\"params\":{\"a\":NaN}}", "invalid json" },
        { "\357\273\277{\"method\":\"info\",\"params\":[]}", "invalid json" },
        { "[]", no_method },
        { "1", no_method },
        { "null", no_method },
        { "{\"params\":{}}", no_method },
        { "{\"method\":null,\"params\":{}}", no_method },
        { "{\"method\":\"info\",\"method\":1,\"params\":{}}", no_method },
        { "{\"method\":\"no\"}", no_params },
        { "{\"method\":\"info\",\"params\":null}", no_params },
        { "{\"method\":\"info\",\"params\":{},\"params\":[]}", no_params },
        { "{\"method\":\"no\",\"params\":{}}", "no method no" },
        { "{\"method\":\"\",\"params\":{}}", "no method " },
        { "{\"method\":\"Info\",\"params\":{}}", "no method Info" },
        { "{\"method\":\"monitor.messages\",\"params\":{}}", "no method monitor.messages" },
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].request);
        expect(world, KIND_STORAGE_RPC, cases[i].request, 400, cases[i].text);
    }
    expect(world, KIND_STORAGE_OMQ, "l4:infoe", 400,
           "Invalid request: expected 2 message parts");
    expect(world, KIND_STORAGE_OMQ, "l4:info2:de2:dee", 400,
           "Invalid request: expected 2 message parts");
    expect(world, KIND_STORAGE_OMQ, "l2:no2:dee", 400, "no method no");
    expect(world, KIND_STORAGE_OMQ, "l4:info1:1e", 400,
           "invalid body: expected json or bt_dict");
    /* The last one of two counts, and names besides are nobody's business. */
    network_expect(
        world->network, 0, KIND_STORAGE_RPC,
        "{\"jsonrpc\":2,\"id\":{},\"method\":1,\"method\":\"info\",\"params\":[],"
        "\"params\":{\"a\":1,\"a\":2}}",
        200);
}

/* 64 levels are read, whatever they are for; one more is none of the language. */
static void
test_depth(World *world, gconstpointer data)
{
    (void)data;
    for (gsize more = 0; more < 2; more++) {
        g_autofree char *open = g_strnfill(62 + more, '[');
        g_autofree char *shut = g_strnfill(62 + more, ']');
        g_autofree char *lists = g_strnfill(63 + more, 'l');
        g_autofree char *ends = g_strnfill(63 + more, 'e');
        g_autofree char *json =
            g_strdup_printf("{\"method\":\"info\",\"params\":{\"a\":%s%s}}", open, shut);
        g_autofree char *dict = g_strdup_printf("d1:a%s%se", lists, ends);
        g_autofree char *parts = g_strdup_printf("l4:info%zu:%se", strlen(dict), dict);

        if (more == 0) {
            network_expect(world->network, 0, KIND_STORAGE_RPC, json, 200);
            network_expect(world->network, 0, KIND_STORAGE_OMQ, parts, 200);
        } else {
            expect(world, KIND_STORAGE_RPC, json, 400, "invalid json");
            expect(world, KIND_STORAGE_OMQ, parts, 400,
                   "invalid body: expected json or bt_dict");
        }
    }
}

/* --- what was read and is not allowed --------------------------------------------- */

static void
refused(World *world, char *request, int status, const char *text)
{
    g_assert_cmpstr(client_expect(world->network, 0, request, status), ==, text);
}

static void
test_not_allowed(World *world, gconstpointer data)
{
    Client *client = &world->of_a;

    (void)data;
    refused(world, client_store(client, "AAAA", EPOCH - DAY_MS - 10001), 406,
            "Timestamp error: check your clock");
    refused(world,
            client_request(client, "store",
                           "\"data\":\"AAAA\",\"timestamp\":1700000000000,\"ttl\":9999",
                           "store1700000000000"),
            403, "Provided expiry/TTL is not valid.");
    refused(world,
            g_strdup_printf("{\"method\":\"store\",\"params\":{\"pubkey\":\"%s\","
                            "\"namespace\":-1,\"data\":\"AAAA\","
                            "\"timestamp\":1700000000000,\"ttl\":10000}}",
                            client->hex),
            401, "store: signature required to store to namespace -1");
    refused(world, client_store_signed(client, 1, "AAAA", EPOCH, EPOCH - 60001), 406,
            "store signature timestamp too far from current time");
    refused(world,
            g_strdup_printf("{\"method\":\"retrieve\",\"params\":{\"pubkey\":"
                            "\"%s\"}}",
                            client->hex),
            401, "retrieve: request signature required");
    refused(world, client_retrieve(client, 0, EPOCH + 60001, ""), 406,
            "retrieve timestamp too far from current time");
    refused(
        world,
        client_request(client, "get_expiries", HASHES "\"timestamp\":1700000060001", "x"),
        406, "get_expiries timestamp too far from current time");
    refused(
        world,
        client_request(client, "get_expiries", HASHES "\"timestamp\":1700000000000", "x"),
        401, "get_expiries signature verification failed");
    refused(world, client_request(client, "expire", HASHES "\"expiry\":1700000000000", "x"),
            401, "expire: signature verification failed");
    refused(world,
            g_strdup("{\"method\":\"oxend_request\",\"params\":{\"endpoint\":"
                     "\"ons_resolve\",\"params\":{}}}"),
            400, "Unknown oxend error");
    assert_nothing_written(world);
}

/* From a member come requests that go to the whole swarm, and no others. */
static void
test_forwarded(World *world, gconstpointer data)
{
    static const struct {
        const char *request, *text;
    } cases[] = {
        { "l8:retrieve2:dee",
          "invalid request: received invalid forwarded non-forwardable request" },
        { "l2:no2:dee",
          "invalid request: received invalid forwarded non-forwardable request" },
        { "l5:store2:{}e", "invalid body: expected json or bt_dict" },
        { "l5:store2:dee", "invalid request: Required field 'timestamp' missing" },
        { "l5:storee", "Invalid request: expected 2 message parts" },
        { "", "Invalid request: expected 2 message parts" },
    };
    const uint8_t *peer = network_member(world->network, 1)->record.x25519;

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint number = network_ask_as(world->network, 0, KIND_STORAGE_CC, peer,
                                      cases[i].request, strlen(cases[i].request));

        g_assert_cmpint(network_answer(world->network, number)->status, ==, 400);
        g_assert_cmpstr(network_answer(world->network, number)->body->str, ==,
                        cases[i].text);
    }
    assert_nothing_written(world);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/words/" path, World, NULL, world_set_up, function, world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("json", test_json);
    ADD("bencode", test_bencode);
    ADD("envelope", test_envelope);
    ADD("depth", test_depth);
    ADD("not-allowed", test_not_allowed);
    ADD("forwarded", test_forwarded);
    return g_test_run();
}
