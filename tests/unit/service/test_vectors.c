/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exchanges with twelve real nodes in two swarms, replayed: same status, same body to the
 * byte but for the time.  What the transcripts leave out (stores whose effects they show)
 * is put into the stores. */
#include "nodes/onion/onion.h"
#include "nodes/wire/base64.h"
#include "tests/lib/vectors.h"
#include "tests/unit/service/network.h"

#define TESTNET_TIME INT64_C(1795385189000)

typedef struct Live {
    Network *network;
    ServiceConfig config;
    json_t *rpc, *onion;
    json_t *mailbox; /* the messages of namespace 0, in the order in which they came */
} Live;

static const json_t *
transcript(const json_t *file, const char *name)
{
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(file, "transcripts"), i,
                       item) if (strcmp(vector_text(item, "name"), name) == 0) return item;
    g_error("no transcript %s", name);
    return NULL;
}

static void
live_setup(Live *live, gconstpointer data)
{
    json_t *secret;
    size_t i;

    (void)data;
    live->config = service_config_2024;
    live->config.storage_version = STORAGE_2_6_2; /* as the nodes were */
    live->network = network_new(TESTNET_TIME);
    live->rpc = vectors_load("ss_live_storage_rpc");
    live->onion = vectors_load("ss_live_onion");
    json_array_foreach(json_object_get(live->onion, "network_secrets"), i, secret)
    {
        NodeRecord record = { .ip = 0x7f000001, .active = true };
        uint8_t pair[64];
        Ed25519Pair identity;

        vector_hex_exact(secret, "service_node_ed25519_privkey", pair, sizeof pair);
        identity_ed25519(pair, &identity);
        vector_hex_exact(secret, "service_node_pubkey", record.legacy, 32);
        vector_hex_exact(secret, "pubkey_ed25519", record.ed25519, 32);
        vector_hex_exact(secret, "pubkey_x25519", record.x25519, 32);
        record.port_https =
            (uint16_t)json_integer_value(json_object_get(secret, "storage_port"));
        record.port_omq =
            (uint16_t)json_integer_value(json_object_get(secret, "storage_lmq_port"));
        record.swarm_id = g_ascii_strtoull(vector_text(secret, "swarm"), NULL, 16);
        network_add_known(live->network, &live->config, &identity, &record);
    }
    network_block(live->network);
    live->mailbox = json_loads(
        vector_text(transcript(live->rpc, "retrieve at another swarm member (replication)"),
                    "response_text"),
        0, NULL);
}

static void
live_teardown(Live *live, gconstpointer data)
{
    (void)data;
    json_decref(live->mailbox);
    json_decref(live->rpc);
    json_decref(live->onion);
    network_free(live->network);
}

static guint
node_number(const char *label)
{
    g_assert_true(g_str_has_prefix(label, "node"));
    return (guint)g_ascii_strtoull(label + 4, NULL, 10);
}

/* --- comparing -------------------------------------------------------------------- */

/* Numbers after "t": (and, for info, "timestamp":) are set to 0. */
static char *
without_time(const char *text)
{
    GRegex *regex = g_regex_new("\\\\?\"(t|timestamp)\\\\?\":\\d+(?=[,}])", 0, 0, NULL);
    char *out;

    if (strstr(text, "messages") != NULL) {
        g_regex_unref(regex);
        regex = g_regex_new("\\\\?\"t\\\\?\":\\d+(?=[,}])", 0, 0, NULL);
    }
    out = g_regex_replace_literal(regex, text, -1, 0, "T", 0, NULL);
    g_regex_unref(regex);
    return out;
}

static int
compare_nodes(gconstpointer a, gconstpointer b)
{
    return strcmp(vector_text(*(json_t *const *)a, "pubkey_legacy"),
                  vector_text(*(json_t *const *)b, "pubkey_legacy"));
}

/* The lists of nodes come in the order of the list of the (mock) daemon. */
static char *
with_nodes_in_order(const char *text)
{
    json_t *body = json_loads(text, 0, NULL);
    json_t *nodes = body == NULL ? NULL : json_object_get(body, "snodes");
    GPtrArray *sorted = g_ptr_array_new();
    json_t *node;
    size_t i;
    char *out;

    if (nodes == NULL) {
        json_decref(body);
        g_ptr_array_unref(sorted);
        return g_strdup(text);
    }
    json_array_foreach(nodes, i, node) g_ptr_array_add(sorted, json_incref(node));
    g_ptr_array_sort(sorted, compare_nodes);
    json_array_clear(nodes);
    for (guint j = 0; j < sorted->len; j++)
        json_array_append_new(nodes, g_ptr_array_index(sorted, j));
    out = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(body);
    g_ptr_array_unref(sorted);
    return out;
}

static void
assert_same_body(const char *name, const char *got, const char *expected)
{
    char *got_nodes = with_nodes_in_order(got), *want_nodes = with_nodes_in_order(expected);
    char *got_text = without_time(got_nodes), *want_text = without_time(want_nodes);

    g_test_message("%s", name);
    g_assert_cmpstr(got_text, ==, want_text);
    g_free(got_nodes);
    g_free(want_nodes);
    g_free(got_text);
    g_free(want_text);
}

/* --- what happened between the transcripts ---------------------------------------- */

static void
put_everywhere(Live *live, const uint8_t account[ACCOUNT_BYTES], int name_space,
               const json_t *message)
{
    const char *text = vector_text(message, "data"), *hash = vector_text(message, "hash");
    Buffer data = BUFFER_EMPTY;

    if (strcmp(text, "=") != 0)
        g_assert_cmpint(base64_decode(bytes_of_text(text), &data), ==, ST_OK);
    for (guint i = 0; i < live->network->members->len; i++) {
        Store *store = network_member(live->network, i)->port.store;
        UnixMs expiry = json_integer_value(json_object_get(message, "expiration"));

        if (!store->ops->has(store, bytes_of_text(hash)))
            network_put(live->network, i, account, name_space, hash, data.p, data.n,
                        json_integer_value(json_object_get(message, "timestamp")), expiry);
    }
    buffer_clear(&data);
}

static void
account_of(const json_t *params, uint8_t ret[ACCOUNT_BYTES])
{
    const char *hex = json_string_value(json_object_get(params, "pubkey"));

    if (hex == NULL)
        hex = json_string_value(json_object_get(params, "pubKey"));
    g_assert_true(hex_decode(bytes_of_text(hex), ret, ACCOUNT_BYTES));
}

/* Before a store: the messages that came earlier.  Before a retrieve: all it shows. */
static void
fill_in(Live *live, const json_t *request, const json_t *response)
{
    const json_t *params = json_object_get(request, "params");
    const char *method = json_string_value(json_object_get(request, "method"));
    const char *hash = json_string_value(json_object_get(response, "hash"));
    const json_t *messages = json_object_get(response, "messages");
    bool again = false;
    uint8_t account[ACCOUNT_BYTES];
    json_t *message;
    size_t i;

    if (g_strcmp0(method, "retrieve") == 0 && messages != NULL) {
        int name_space = (int)json_integer_value(json_object_get(params, "namespace"));

        account_of(params, account);
        json_array_foreach(messages, i, message)
            put_everywhere(live, account, name_space, message);
    }
    if (g_strcmp0(method, "store") != 0 || hash == NULL)
        return;
    account_of(params, account);
    json_array_foreach(json_object_get(live->mailbox, "messages"), i, message)
    {
        again = strcmp(vector_text(message, "hash"), hash) == 0;
        if (again)
            break;
    }
    for (size_t j = 0; again && j < i; j++)
        put_everywhere(live, account, 0,
                       json_array_get(json_object_get(live->mailbox, "messages"), j));
}

static void
remove_all_but(Live *live, const json_t *request, const json_t *response)
{
    const char *key;
    json_t *entry, *message, *deleted;
    uint8_t account[ACCOUNT_BYTES];
    size_t i, j;

    account_of(json_object_get(request, "params"), account);
    json_object_foreach(json_object_get(response, "swarm"), key, entry)
    {
        json_array_foreach(json_object_get(live->mailbox, "messages"), i, message)
        {
            const char *hash = vector_text(message, "hash");
            bool kept = false;

            json_array_foreach(json_object_get(entry, "deleted"), j, deleted) kept |=
                strcmp(json_string_value(deleted), hash) == 0;
            for (guint k = 0; !kept && k < live->network->members->len; k++) {
                Store *store = network_member(live->network, k)->port.store;

                store->ops->remove(store, account, bytes_of_text(hash));
            }
        }
        break;
    }
}

/* False when the simulator has no part that could answer: paths are the host's business. */
static bool
play(Live *live, const json_t *item)
{
    const char *name = vector_text(item, "name"), *path = vector_text(item, "path");
    const char *response_text = vector_text(item, "response_text");
    json_t *request, *response;
    GByteArray *body;
    const Answer *answer;

    if (strcmp(path, "/storage_rpc/v1") != 0)
        return false;
    body = vector_hex(item, "request_body_hex");
    request = json_loadb((const char *)body->data, body->len, 0, NULL);
    response = json_loads(response_text, 0, NULL);
    if (json_object_get(response, "t") != NULL)
        live->network->epoch_ms = json_integer_value(json_object_get(response, "t"));
    if (strstr(name, "already") != NULL)
        put_everywhere(live,
                       (const uint8_t *)"\x05\x00\x5f\x16\xfa\xf4\x66\x8e\x9b\x98\x84\xbd"
                                        "\xee\x96\x66\x18\x84\xcf\x46\xa4\x4f\x54\x17\xb5"
                                        "\xc0\xbc\xe6\xf9\x3b\x7b\x38\x8f\x1f",
                       0, json_array_get(json_object_get(live->mailbox, "messages"), 0));
    fill_in(live, request, response);
    if (strcmp(name, "delete_all") == 0)
        remove_all_but(live, request, response);
    answer = network_answer(
        live->network, network_ask(live->network, node_number(vector_text(item, "node")),
                                   KIND_STORAGE_RPC, body->data, body->len));
    g_assert_true(answer->given);
    assert_same_body(name, answer->body->str, response_text);
    g_assert_cmpint(answer->status, ==,
                    json_integer_value(json_object_get(item, "status")));
    json_decref(request);
    json_decref(response);
    g_byte_array_unref(body);
    return true;
}

/* The node list is answered in the order of keys, not of the mock daemon's file. */
static bool
depends_on_the_daemon(const json_t *item)
{
    return strcmp(vector_text(item, "name"), "oxend_request get_service_nodes") == 0;
}

static void
test_storage_rpc(Live *live, gconstpointer data)
{
    json_t *item;
    size_t i, judged = 0;

    (void)data;
    json_array_foreach(json_object_get(live->rpc, "transcripts"), i, item) judged +=
        !depends_on_the_daemon(item) && play(live, item);
    /* All but the node list (below) and three other paths. */
    g_assert_cmpuint(judged + 4, ==,
                     json_array_size(json_object_get(live->rpc, "transcripts")));
}

/* Same form: the same with both lists cut to nothing. */
static void
test_node_list(Live *live, gconstpointer data)
{
    const json_t *item = transcript(live->rpc, "oxend_request get_service_nodes");
    const char *got = network_expect(live->network, 1, KIND_STORAGE_RPC,
                                     vector_text(item, "request_text"), 200);
    GRegex *regex = g_regex_new("[0-9a-f]{64}|\"storage_port\":\\d+", 0, 0, NULL);
    char *got_cut = g_regex_replace_literal(regex, got, -1, 0, "X", 0, NULL);
    char *want_cut = g_regex_replace_literal(regex, vector_text(item, "response_text"), -1,
                                             0, "X", 0, NULL);

    (void)data;
    assert_same_body("node list", got_cut, want_cut);
    g_regex_unref(regex);
    g_free(got_cut);
    g_free(want_cut);
}

/* --- onions ----------------------------------------------------------------------- */

static void
test_onion_bad_bodies(Live *live, gconstpointer data)
{
    json_t *item;
    size_t i;

    (void)data;
    json_array_foreach(json_object_get(live->rpc, "onion_endpoint_bad_bodies"), i, item)
    {
        GByteArray *body = vector_hex(item, "request_body_hex");
        const Answer *answer = network_answer(
            live->network,
            network_ask(live->network, node_number(vector_text(item, "node")), KIND_ONION,
                        body->data, body->len));
        const char *want = vector_text(item, "response_text");
        /* Where a JSON error stands in the text is said by the real library only. */
        const char *until = strstr(want, "parse_error");
        size_t n = until == NULL ? strlen(want) : (size_t)(until - want) - 1;

        g_test_message("%s", vector_text(item, "name"));
        g_assert_cmpint(answer->status, ==, 400);
        if (until == NULL)
            g_assert_cmpstr(answer->body->str, ==, want);
        g_assert_cmpint(strncmp(answer->body->str, want, n), ==, 0);
        g_byte_array_unref(body);
    }
}

static char *
open_reply(Live *live, const json_t *item, const Answer *answer)
{
    const json_t *destination = json_object_get(item, "destination");
    Crypto crypto = { .ops = &crypto_real,
                      .meter = &network_member(live->network, 0)->meter };
    X25519Pair mine;
    uint8_t theirs[32];
    EncType enc;
    ChannelKey key;
    Packet sealed =
        packet_of_bytes((Bytes){ (uint8_t *)answer->body->str, answer->body->len });
    Packet plain;
    Status status;
    char *text;

    vector_hex_exact(item, "final_x25519_sk", mine.sk, 32);
    vector_hex_exact(item, "final_x25519_pk", mine.pk, 32);
    vector_hex_exact(destination, "x25519_pk", theirs, 32);
    g_assert_cmpint(enc_type_parse(bytes_of_text(vector_text(item, "enc_type")), &enc), ==,
                    ST_OK);
    g_assert_cmpint(channel_agree(&crypto, enc, &mine, theirs, true, &key), ==, ST_OK);
    status = onion_reply_open(&crypto, &key, &sealed, &plain);
    if (status != ST_OK)
        return NULL;
    text = g_strndup((const char *)packet_bytes(&plain).p, plain.length);
    packet_clear(&plain);
    return text;
}

static void
set_time_of(Live *live, const json_t *item, const char *expected)
{
    const char *t = expected == NULL ? NULL : strstr(expected, "\\\"t\\\":");
    json_t *payload = json_loads(vector_text(item, "payload_text"), 0, NULL);
    const json_t *timestamp =
        json_object_get(json_object_get(payload, "params"), "timestamp");

    if (timestamp != NULL)
        live->network->epoch_ms = json_integer_value(timestamp);
    else if (t != NULL)
        live->network->epoch_ms = g_ascii_strtoll(t + 6, NULL, 10);
    json_decref(payload);
}

static void
fill_in_for_onion(Live *live, const json_t *item, const char *expected)
{
    json_t *outer = expected == NULL ? NULL : json_loads(expected, 0, NULL);
    json_t *request = json_loads(vector_text(item, "payload_text"), 0, NULL);
    const char *inner = json_string_value(json_object_get(outer, "body"));
    json_t *response = inner == NULL ? NULL : json_loads(inner, 0, NULL);

    fill_in(live, request, response);
    json_decref(outer);
    json_decref(request);
    json_decref(response);
}

static void
play_onion(Live *live, const json_t *item)
{
    const char *guard = json_string_value(json_array_get(json_object_get(item, "path"), 0));
    const char *expected = json_string_value(
        json_object_get(json_object_get(item, "decrypted"), "plaintext_text"));
    GByteArray *body = vector_hex(item, "request_blob_hex");
    const Answer *answer;
    char *got;

    g_test_message("%s %s", vector_text(item, "name"), vector_text(item, "enc_type"));
    set_time_of(live, item, expected);
    fill_in_for_onion(live, item, expected);
    answer = network_answer(live->network, network_ask(live->network, node_number(guard),
                                                       KIND_ONION, body->data, body->len));
    g_byte_array_unref(body);
    g_assert_true(answer->given);
    g_assert_cmpint(answer->status, ==,
                    json_integer_value(json_object_get(item, "http_status")));
    if (answer->status != 200) {
        g_assert_cmpstr(answer->body->str, ==, vector_text(item, "response_body_latin1"));
        return;
    }
    g_assert_cmpuint(answer->body->len, ==,
                     strlen(vector_text(item, "response_body_latin1")));
    got = open_reply(live, item, answer);
    if (expected == NULL)
        g_assert_null(got); /* sealed for the last relay's layer */
    else
        assert_same_body(vector_text(item, "name"), got, expected);
    g_free(got);
}

static void
test_onions(Live *live, gconstpointer data)
{
    json_t *item;
    size_t i;

    (void)data;
    json_array_foreach(json_object_get(live->onion, "transcripts"), i, item)
        play_onion(live, item);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/service/vectors/storage-rpc", Live, NULL, live_setup, test_storage_rpc,
               live_teardown);
    g_test_add("/service/vectors/node-list", Live, NULL, live_setup, test_node_list,
               live_teardown);
    g_test_add("/service/vectors/onion-bad-bodies", Live, NULL, live_setup,
               test_onion_bad_bodies, live_teardown);
    g_test_add("/service/vectors/onions", Live, NULL, live_setup, test_onions,
               live_teardown);
    return g_test_run();
}
