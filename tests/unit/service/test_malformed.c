/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests that are cut short or changed, at every length and in many places: each is
 * answered, none harms the node.  And what a node costs in memory when it rests. */
#include <jansson.h>
#include <malloc.h>

#include "nodes/onion/onion_v1.h"
#include "tests/unit/service/world.h"

static void
setup(World *world, gconstpointer data)
{
    (void)data;
    world_begin(world, 3, 3);
    world->config.defect_no_replica_retry = false;
}

/* One request, which must be answered. */
static const Answer *
ask(World *world, MessageKind kind, const void *body, size_t n)
{
    const uint8_t *member = network_member(world->network, 1)->record.x25519;
    guint number = network_ask_as(
        world->network, 0, kind,
        kind == KIND_STORAGE_RPC || kind == KIND_ONION ? NULL : member, body, n);

    g_assert_true(network_answer(world->network, number)->given);
    return network_answer(world->network, number);
}

static void
forget(World *world)
{
    network_forget_sent(world->network);
    if (world->network->answers->len > 1000)
        g_array_set_size(world->network->answers, 0);
}

static uint64_t
stored(const World *world)
{
    uint64_t n = 0;

    for (guint i = 0; i < world->network->members->len; i++)
        n += network_stored(world->network, i);
    return n;
}

/* The whole is answered with 200; each beginning of it, and the whole with another byte,
 * with something else, and then nothing is written. */
static void
truncate_all(World *world, MessageKind kind, Bytes whole)
{
    uint64_t before;

    g_assert_cmpint(ask(world, kind, whole.p, whole.n)->status, ==, 200);
    before = stored(world);
    for (size_t n = 0; n < whole.n; n++) {
        /* In memory of its own, so that a read past the end is seen. */
        uint8_t *copy = g_memdup2(whole.p, n > 0 ? n : 1);

        g_assert_cmpint(ask(world, kind, copy, n)->status, !=, 200);
        g_free(copy);
        forget(world);
    }
    for (size_t i = 0; i < 4; i++) {
        uint8_t *longer = g_malloc(whole.n + 1);

        memcpy(longer, whole.p, whole.n);
        longer[whole.n] = (uint8_t) "\0e}\377"[i];
        g_assert_cmpint(ask(world, kind, longer, whole.n + 1)->status, !=, 200);
        g_free(longer);
        forget(world);
    }
    g_assert_cmpuint(stored(world), ==, before);
}

static uint32_t
draw(uint64_t *state, uint32_t n)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % n;
}

static void
mutate(World *world, MessageKind kind, Bytes whole, uint64_t seed, int times)
{
    static const char interesting[] = "{}[]\",:0123456789eidl\\ -truefalsn";

    for (int i = 0; i < times; i++) {
        uint8_t *copy = g_memdup2(whole.p, whole.n);

        for (uint32_t changes = 1 + draw(&seed, 3); changes > 0; changes--) {
            uint8_t *at = &copy[draw(&seed, (uint32_t)whole.n)];

            *at = draw(&seed, 2) == 0
                      ? (uint8_t)draw(&seed, 256)
                      : (uint8_t)interesting[draw(&seed, sizeof interesting - 1)];
        }
        ask(world, kind, copy, whole.n);
        g_free(copy);
        forget(world);
    }
}

#define HASH "0000000000000000000000000000000000000000001"

/* One good request of every method; NULL after the last. */
static char *
sample(const World *world, int i)
{
    switch (i) {
    case 0:
        return client_store(&world->of_a, "aGVsbG8=", EPOCH);
    case 1:
        return client_store_signed(&world->of_a, 3, "aGVsbG8=", EPOCH, EPOCH);
    case 2:
        return client_retrieve(&world->of_a, 0, EPOCH,
                               ",\"last_hash\":\"" HASH "\",\"max_size\":-2");
    case 3:
        return client_request(&world->of_a, "delete", "\"messages\":[\"" HASH "\"]",
                              "delete" HASH);
    case 4:
        return client_request(&world->of_a, "delete_all",
                              "\"namespace\":\"all\",\"timestamp\":1700000000000",
                              "delete_allall1700000000000");
    case 5:
        return client_request(&world->of_a, "delete_before",
                              "\"namespace\":-10,\"before\":1700000000000",
                              "delete_before-101700000000000");
    case 6:
        return client_request(&world->of_a, "expire",
                              "\"messages\":[\"" HASH "\"],\"extend\":true,"
                              "\"expiry\":1700000100000",
                              "expireextend1700000100000" HASH);
    case 7:
        return client_request(&world->of_a, "expire_all", "\"expiry\":1700000100000",
                              "expire_all1700000100000");
    case 8:
        return client_request(&world->of_a, "get_expiries",
                              "\"messages\":[\"" HASH "\"],\"timestamp\":1700000000000",
                              "get_expiries1700000000000" HASH);
    case 9:
        return g_strdup_printf(
            "{\"method\":\"get_snodes_for_pubkey\",\"params\":{\"pubKey\":"
            "\"%s\"}}",
            world->of_a.hex);
    case 10:
        return g_strdup("{\"method\":\"oxend_request\",\"params\":{\"endpoint\":"
                        "\"get_service_nodes\",\"params\":{\"limit\":1,\"fields\":{"
                        "\"public_ip\":true}}}}");
    case 11:
        return g_strdup("{\"method\":\"ifelse\",\"params\":{\"if\":{\"hf_at_least\":[19]},"
                        "\"then\":{\"method\":\"batch\",\"params\":{\"requests\":[{"
                        "\"method\":\"info\",\"params\":{}}]}}}}");
    case 12:
        return client_request(&world->of_a, "revoke_subaccount",
                              "\"revoke\":[],\"timestamp\":1700000000000",
                              "revoke_subaccount1700000000000");
    case 13:
        return client_request(&world->of_a, "unrevoke_subaccount",
                              "\"unrevoke\":[],\"timestamp\":1700000000000",
                              "unrevoke_subaccount1700000000000");
    default:
        return NULL;
    }
}

static bool
is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* What a parameter of this name may not be.  A list of tokens may be empty (and what was
 * signed is then another), an ifelse has its own parameters. */
static int
status_of_type(const char *name, const char *value)
{
    static const char *const booleans[] = { "required", "shorten", "extend", NULL };
    static const char *const lists[] = { "revoke", "unrevoke", NULL };
    static const char *const any[] = { "params", "then", "else", "if", NULL };

    if (is_one_of(name, any) || (is_one_of(name, booleans) && strcmp(value, "true") == 0) ||
        (is_one_of(name, lists) && strcmp(value, "[]") == 0))
        return 0;
    return 400;
}

/* Each parameter of each request as something else: refused, and nothing is written. */
static void
test_types(World *world, gconstpointer data)
{
    static const char *const values[] = { "{}",   "[]",   "true",   "1.5",        "1e3",
                                          "[[]]", "[{}]", "[null]", "\"\\u0000\"" };
    char *request;

    (void)data;
    for (int i = 0; (request = sample(world, i)) != NULL; i++) {
        json_t *call = json_loads(request, 0, NULL), *params, *value;
        const char *name;

        params = json_object_get(call, "params");
        json_object_foreach(params, name, value)
        {
            for (size_t j = 0; j < G_N_ELEMENTS(values); j++) {
                json_t *other = json_deep_copy(call);
                char *text;
                int status;

                json_object_set_new(
                    json_object_get(other, "params"), name,
                    json_loads(values[j], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
                text = json_dumps(other, JSON_COMPACT);
                status = ask(world, KIND_STORAGE_RPC, text, strlen(text))->status;
                g_test_message("%s -> %d", text, status);
                if (status_of_type(name, values[j]) == 400 && j < 7)
                    g_assert_cmpint(status, ==, 400);
                free(text);
                json_decref(other);
            }
        }
        json_decref(call);
        g_free(request);
    }
    for (guint i = 0; i < 3; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 0);
}

/* No UTF-8, halves of characters, a NUL between: none of it is JSON. */
static void
test_bytes(World *world, gconstpointer data)
{
    static const char *const bad[] = {
        "\377",        "\300\200", "\355\240\200", "\364\220\200\200", "\303", "\\ud800",
        "\\udc00\\u0", "\\x",      "\001",
    };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        char *request = client_store(&world->of_a, bad[i], EPOCH);
        const Answer *answer = ask(world, KIND_STORAGE_RPC, request, strlen(request));

        g_assert_cmpint(answer->status, ==, 400);
        g_assert_cmpstr(answer->body->str, ==, "invalid json");
        g_free(request);
    }
    g_assert_cmpint(ask(world, KIND_STORAGE_RPC, "{\"method\":\0}", 13)->status, ==, 400);
    g_assert_cmpuint(network_stored(world->network, 0), ==, 0);
}

static void
test_json(World *world, gconstpointer data)
{
    char *request;

    (void)data;
    for (int i = 0; (request = sample(world, i)) != NULL; i++) {
        Bytes whole = bytes_of_text(request);

        truncate_all(world, KIND_STORAGE_RPC, whole);
        mutate(world, KIND_STORAGE_RPC, whole, (uint64_t)i, 300);
        g_free(request);
    }
}

/* What goes to the members, from one of them. */
static void
test_forwarded(World *world, gconstpointer data)
{
    char *request;

    (void)data;
    for (int i = 0; (request = sample(world, i)) != NULL; i++) {
        Packet forwarded;
        Bytes whole = bytes_of_text(request);

        network_forget_sent(world->network);
        ask(world, KIND_STORAGE_RPC, whole.p, whole.n);
        g_free(request);
        if (network_count_sent(world->network, KIND_STORAGE_CC, CLIENT) == 0)
            continue;
        forwarded = packet_share(&network_sent(world->network, 0)->packet);
        truncate_all(world, KIND_STORAGE_CC, packet_bytes(&forwarded));
        mutate(world, KIND_STORAGE_CC, packet_bytes(&forwarded), (uint64_t)i, 300);
        packet_clear(&forwarded);
    }
}

static void
test_pushed(World *world, gconstpointer data)
{
    static const char push[] =
        "\1ll33:\5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2:hai1ei2e4:bodyel"
        "33:\5bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb2:hbi1ei2e4:bodyi-10eee";
    Bytes whole = { (const uint8_t *)push, sizeof push - 1 };

    (void)data;
    truncate_all(world, KIND_DATA, whole);
    mutate(world, KIND_DATA, whole, 1, 3000);
}

/* One message of version 0, whose lengths are 8 bytes each. */
static GString *
push_v0(const Client *client)
{
    GString *push = g_string_new(client->hex);

    g_string_append_len(push, "\2\0\0\0\0\0\0\0ha\4\0\0\0\0\0\0\0body", 22);
    g_string_append_len(push, "\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 16);
    g_string_append_len(push, "\0\0\0\0\0\0\0\0", 8);
    return push;
}

static void
test_pushed_v0(World *world, gconstpointer data)
{
    static const gsize lengths[] = { 66, 76, 104 }; /* where they stand */
    GString *push = push_v0(&world->of_a);
    Bytes whole = { (const uint8_t *)push->str, push->len };
    uint64_t before;

    (void)data;
    g_assert_cmpint(ask(world, KIND_DATA, whole.p, whole.n)->status, ==, 400);
    world->config.push_version = 0;
    truncate_all(world, KIND_DATA, whole);
    before = stored(world);
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *copy = g_memdup2(whole.p, whole.n);

        memset(copy + lengths[i], 0xff, 8);
        g_assert_cmpint(ask(world, KIND_DATA, copy, whole.n)->status, ==, 400);
    }
    /* A key that is no hex. */
    push->str[3] = 'g';
    g_assert_cmpint(ask(world, KIND_DATA, push->str, push->len)->status, ==, 400);
    g_assert_cmpuint(stored(world), ==, before);
    push->str[3] = '0';
    mutate(world, KIND_DATA, whole, 1, 3000);
    g_string_free(push, TRUE);
}

static void
test_onion(World *world, gconstpointer data)
{
    const Member *guard = network_member(world->network, 0);
    const Member *last = network_member(world->network, 1);
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    OnionHop hops[1] = { { guard->record.ed25519, guard->record.x25519 } };
    OnionDestination destination = { .ed25519 = last->record.ed25519,
                                     .x25519 = last->record.x25519 };
    OnionRandom random;
    Packet request, hop;
    ChannelKey reply;

    (void)data;
    memset(&random, 7, sizeof random);
    random.key[0][0] = 8;
    g_assert_cmpint(onion_wrap(&crypto, ENC_XCHACHA20, hops, 1, &destination,
                               BYTES_LITERAL("{\"method\":\"info\",\"params\":{}}"),
                               &random, &request, &reply),
                    ==, ST_OK);
    truncate_all(world, KIND_ONION, packet_bytes(&request));
    mutate(world, KIND_ONION, packet_bytes(&request), 1, 1000);
    network_forget_sent(world->network);
    ask(world, KIND_ONION, packet_bytes(&request).p, request.length);
    hop = packet_share(&network_sent(world->network, 0)->packet);
    /* Addressed to the other: here it does not open. */
    for (size_t n = 0; n <= hop.length; n++)
        g_assert_cmpint(ask(world, KIND_ONION_HOP, packet_bytes(&hop).p, n)->status, ==,
                        400);
    mutate(world, KIND_ONION_HOP, packet_bytes(&hop), 2, 1000);
    packet_clear(&request);
    packet_clear(&hop);
}

static void
test_onion_v1(World *world, gconstpointer data)
{
    const Member *last = network_member(world->network, 0);
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    OnionDestination destination = { .ed25519 = last->record.ed25519,
                                     .x25519 = last->record.x25519 };
    OnionRandom random;
    Packet request;
    ChannelKey reply;

    (void)data;
    world->config.onion_version = 1;
    memset(&random, 7, sizeof random);
    g_assert_cmpint(onion_v1_wrap(&crypto, NULL, 0, &destination,
                                  BYTES_LITERAL("{\"method\":\"info\",\"params\":{}}"),
                                  &random, &request, &reply),
                    ==, ST_OK);
    truncate_all(world, KIND_ONION, packet_bytes(&request));
    truncate_all(world, KIND_ONION_HOP, packet_bytes(&request));
    mutate(world, KIND_ONION, packet_bytes(&request), 1, 1000);
    packet_clear(&request);
}

/* Answers of members: anything may come. */
static void
test_answers(World *world, gconstpointer data)
{
    static const char *const bodies[] = {
        "",
        "d",
        "de",
        "le",
        "i1e",
        "d1:a",
        "d1:ai1ee",
        "d6:failedi1ee",
        "d4:hashd4:hashleee",
        "d9:signature3:\377\376\375e",
        "d1:\3771:\377e",
        "d9:signaturei3ee",
    };
    Member *member = network_member(world->network, 0);

    (void)data;
    for (guint i = 1; i < 3; i++)
        network_member(world->network, i)->reach = REACH_SILENT;
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
        char *request = client_store(&world->of_a, "aGVsbG8=", EPOCH);
        guint number;
        JsonValue value;

        network_forget_sent(world->network);
        number = network_ask(world->network, 0, KIND_STORAGE_RPC, request, strlen(request));
        for (guint j = 0; j < 2; j++) {
            RequestId id = network_sent(world->network, j)->id;
            Packet body = packet_of_bytes(bytes_of_text(bodies[i]));

            service_node_ops.outcome(member->node, 0, id, OUTCOME_ANSWER,
                                     j == 0 ? 200 : 500, &body);
            packet_clear(&body);
            /* Too late, and once too often. */
            service_node_ops.outcome(member->node, 0, id, OUTCOME_RESET, 0, NULL);
        }
        g_assert_cmpint(network_answer(world->network, number)->status, ==, 200);
        g_assert_cmpint(
            json_parse(bytes_of_text(network_answer(world->network, number)->body->str),
                       &value),
            ==, ST_OK);
        g_free(request);
    }
    service_node_ops.outcome(member->node, 0, UINT64_MAX, OUTCOME_ANSWER, 200, NULL);
    service_node_ops.outcome(member->node, 0, 0, OUTCOME_TIMEOUT, 0, NULL);
}

static void
test_escapes(World *world, gconstpointer data)
{
    char *request = client_store(&world->of_a, "\\/\\/\\u0038=", EPOCH);
    char *plain = client_store(&world->of_a, "//8=", EPOCH);
    const char *text = client_expect(world->network, 0, request, 200);

    (void)data;
    g_assert_null(strstr(text, "already"));
    g_assert_nonnull(
        strstr(client_expect(world->network, 0, plain, 200), "\"already\":true"));
    client_expect(world->network, 0,
                  g_strdup("{\"\\u006dethod\":\"inf\\u006f\",\"p\\u0061rams\":{}}"), 200);
    /* The last of two wins. */
    client_expect(world->network, 0,
                  g_strdup("{\"method\":\"nope\",\"method\":\"info\",\"params\":{}}"), 200);
}

/* --- memory ----------------------------------------------------------------------- */

static void
test_memory(World *world, gconstpointer data)
{
    enum { COUNT = 100 };
    ServiceNode *nodes[COUNT];
    Member *member = network_member(world->network, 0);
    size_t before, each;

    (void)data;
    before = mallinfo2().uordblks;
    for (int i = 0; i < COUNT; i++) {
        Packet packet;
        Incoming in = { CHAIN_ADDRESS, NULL, KIND_BLOCK, 0, &packet };

        nodes[i] =
            service_node_new(&member->crypto, &member->port, &world->config,
                             &member->identity, member->record.legacy, CHAIN_ADDRESS);
        service_node_ops.start(nodes[i], 0);
        packet = packet_of_blob(snapshot_blob(world->network->snapshot));
        service_node_ops.receive(nodes[i], 0, &in);
        packet_clear(&packet);
    }
    each = (mallinfo2().uordblks - before) / COUNT;
    g_test_message("%zu bytes a resting node", each);
    g_assert_cmpuint(each, <, 4096);
    for (int i = 0; i < COUNT; i++) {
        service_node_ops.stop(nodes[i]);
        service_node_ops.free(nodes[i]);
    }
}

#define ADD(path, function)                                                                \
    g_test_add("/service/malformed/" path, World, NULL, setup, function, world_tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("json", test_json);
    ADD("types", test_types);
    ADD("bytes", test_bytes);
    ADD("forwarded", test_forwarded);
    ADD("pushed", test_pushed);
    ADD("pushed-v0", test_pushed_v0);
    ADD("onion", test_onion);
    ADD("onion-v1", test_onion_v1);
    ADD("answers", test_answers);
    ADD("escapes", test_escapes);
    ADD("memory", test_memory);
    return g_test_run();
}
