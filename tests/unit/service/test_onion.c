/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests through a network of nodes: answers on their way back, and every error of
 * protocol 4.4. */
#include "nodes/onion/onion.h"
#include "tests/unit/service/client.h"

#define EPOCH INT64_C(1700000000000)
#define A UINT64_C(0x4000000000000000)

typedef struct World {
    Network *network;
    ServiceConfig config;
    Client client;
    Crypto crypto;
    Meter meter;
    ChannelKey reply;
    Packet request;
} World;

static void
setup(World *world, gconstpointer data)
{
    (void)data;
    world->config = service_config_2024;
    world->config.test_interval = world->config.proof_interval = 0;
    world->network = network_new(EPOCH);
    for (int i = 0; i < 7; i++)
        network_add(world->network, &world->config, A);
    network_block(world->network);
    client_init(&world->client, 1);
    world->crypto = (Crypto){ .ops = &crypto_real, .meter = &world->meter };
}

static void
teardown(World *world, gconstpointer data)
{
    (void)data;
    packet_clear(&world->request);
    network_free(world->network);
}

static OnionHop
hop_of(const World *world, guint member)
{
    const Member *m = network_member(world->network, member);

    return (OnionHop){ m->record.ed25519, m->record.x25519 };
}

static void
random_of(OnionRandom *random)
{
    static uint8_t counter;

    for (size_t i = 0; i < sizeof *random; i++)
        ((uint8_t *)random)[i] = (uint8_t)(i * 31 + i / 256 + 7 + counter);
    counter++;
}

/* Through nodes 1, 2, 3 to node 4. */
static void
wrap(World *world, const char *payload)
{
    OnionHop hops[3] = { hop_of(world, 1), hop_of(world, 2), hop_of(world, 3) };
    OnionHop last = hop_of(world, 4);
    OnionDestination destination = { .ed25519 = last.ed25519, .x25519 = last.x25519 };
    OnionRandom random;

    random_of(&random);
    packet_clear(&world->request);
    g_assert_cmpint(onion_wrap(&world->crypto, ENC_XCHACHA20, hops, 3, &destination,
                               bytes_of_text(payload), &random, &world->request,
                               &world->reply),
                    ==, ST_OK);
}

static guint
send_wrapped(World *world)
{
    Bytes bytes = packet_bytes(&world->request);

    return network_ask(world->network, 1, KIND_ONION, bytes.p, bytes.n);
}

/* The inner status; the body replaces *ret_body. */
static int
open_answer(World *world, const Answer *answer, GString **ret_body)
{
    Packet sealed =
        packet_of_bytes((Bytes){ (uint8_t *)answer->body->str, answer->body->len });
    Packet plain;
    Buffer body = BUFFER_EMPTY;
    int status;

    g_assert_cmpint(answer->status, ==, 200);
    g_assert_cmpint(onion_reply_open(&world->crypto, &world->reply, &sealed, &plain), ==,
                    ST_OK);
    g_assert_cmpint(onion_reply_parse(packet_bytes(&plain), &status, &body), ==, ST_OK);
    *ret_body = g_string_new_len((const char *)body.p, (gssize)body.n);
    buffer_clear(&body);
    packet_clear(&plain);
    return status;
}

/* The plain answer to what is wrapped. */
static void
assert_plain(World *world, int status, const char *text)
{
    guint number = send_wrapped(world);
    const Answer *answer;

    network_run(world->network, world->network->now + 30 * SECOND);
    answer = network_answer(world->network, number);
    g_assert_true(answer->given);
    g_assert_cmpstr(answer->body->str, ==, text);
    g_assert_cmpint(answer->status, ==, status);
}

static void
test_three_hops(World *world, gconstpointer data)
{
    GString *body;

    (void)data;
    wrap(world, "{\"method\":\"info\",\"params\":{}}");
    g_assert_cmpint(
        open_answer(world, network_answer(world->network, send_wrapped(world)), &body), ==,
        200);
    g_assert_nonnull(strstr(body->str, "\"version\":[2,8,0]"));
    g_string_free(body, TRUE);
    g_assert_cmpuint(network_count_sent(world->network, KIND_ONION_HOP, CLIENT), ==, 3);
    g_assert_cmpint(network_sent(world->network, 0)->timeout, ==, 30 * SECOND);
    for (guint i = 1; i <= 4; i++) {
        const Member *m = network_member(world->network, i);

        g_assert_cmpuint(m->notes[NOTE_ONION], ==, 1);
        g_assert_cmpuint(m->note_a_sum[NOTE_ONION], ==, i == 4 ? ONION_FINAL : ONION_RELAY);
    }
}

/* The destination answers when its whole swarm has, and the onion waits for it. */
static void
test_store_that_waits(World *world, gconstpointer data)
{
    char *store = client_store(&world->client, "AAAA", EPOCH);
    GString *body;
    guint number;

    (void)data;
    network_member(world->network, 0)->reach = REACH_SILENT;
    wrap(world, store);
    number = send_wrapped(world);
    network_run(world->network, 5 * SECOND - 1);
    g_assert_false(network_answer(world->network, number)->given);
    network_run(world->network, 5 * SECOND);
    g_assert_cmpint(open_answer(world, network_answer(world->network, number), &body), ==,
                    200);
    g_assert_nonnull(strstr(body->str, "\"timeout\":true"));
    g_string_free(body, TRUE);
    for (guint i = 1; i < 7; i++)
        g_assert_cmpuint(network_stored(world->network, i), ==, 1);
    g_free(store);
}

static void
test_inner_errors(World *world, gconstpointer data)
{
    GString *body;

    (void)data;
    wrap(world, "{");
    g_assert_cmpint(
        open_answer(world, network_answer(world->network, send_wrapped(world)), &body), ==,
        400);
    g_assert_cmpstr(body->str, ==, "invalid json");
    g_string_free(body, TRUE);
}

static void
test_next_not_found(World *world, gconstpointer data)
{
    Member *member = network_member(world->network, 3);
    uint16_t port = member->record.port_omq;
    char hex[65];
    char *text;

    (void)data;
    hex_encode((Bytes){ member->record.ed25519, 32 }, hex);
    hex[64] = '\0';
    text = g_strdup_printf("Next node not found: %s", hex);
    member->record.port_omq = 0;
    network_block(world->network);
    member->record.port_omq = port;
    wrap(world, "{}");
    assert_plain(world, 502, text);
    g_free(text);
}

/* The one before the silent node gives up after its 30 seconds, and with it all others. */
static void
test_time_out(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    network_member(world->network, 4)->reach = REACH_SILENT;
    wrap(world, "{}");
    number = send_wrapped(world);
    network_run(world->network, 30 * SECOND - 1);
    g_assert_false(network_answer(world->network, number)->given);
    network_run(world->network, 30 * SECOND);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 504);
    g_assert_cmpstr(network_answer(world->network, number)->body->str, ==,
                    "Request time out");
}

/* A dead process is no quicker: OxenMQ keeps trying to connect. */
static void
test_refused(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    network_member(world->network, 3)->reach = REACH_REFUSED;
    wrap(world, "{}");
    number = send_wrapped(world);
    network_run(world->network, 30 * SECOND - 1);
    g_assert_false(network_answer(world->network, number)->given);
    network_run(world->network, 30 * SECOND);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 504);
}

static void
test_hop_not_ready(World *world, gconstpointer data)
{
    Member *member = network_member(world->network, 3);
    char hex[65];
    char *text;

    (void)data;
    hex_encode((Bytes){ member->record.ed25519, 32 }, hex);
    hex[64] = '\0';
    text = g_strdup_printf("Snode not ready: %s", hex);
    /* Decommissioned: still in the list, found as a hop, and not ready. */
    member->record.active = false;
    member->record.swarm_id = SWARM_NONE;
    network_block(world->network);
    wrap(world, "{}");
    assert_plain(world, 503, text);
    g_free(text);
    /* As a guard it says so in HTTPS's words. */
    g_assert_cmpstr(network_expect(world->network, 3, KIND_ONION, "", 503), ==,
                    "Service node is not ready: not in any swarm\n");
}

static void
test_bad_ciphertext(World *world, gconstpointer data)
{
    X25519Pair other;
    uint8_t seed[32] = { 3 };
    OnionHop hops[3] = { hop_of(world, 1), hop_of(world, 2), hop_of(world, 3) };
    OnionDestination destination = { .ed25519 = hop_of(world, 4).ed25519 };
    OnionRandom random;

    (void)data;
    crypto_keygen(&world->crypto, seed, &other);
    destination.x25519 = other.pk;
    random_of(&random);
    g_assert_cmpint(onion_wrap(&world->crypto, ENC_AES_GCM, hops, 3, &destination,
                               BYTES_LITERAL("{}"), &random, &world->request,
                               &world->reply),
                    ==, ST_OK);
    assert_plain(world, 400, "Invalid ciphertext");
}

static void
wrap_for_server(World *world, const char *target)
{
    OnionHop hops[1] = { hop_of(world, 1) };
    OnionDestination destination = { .is_server = true,
                                     .x25519 = hop_of(world, 6).x25519,
                                     .host = "open.example",
                                     .target = target };
    OnionRandom random;

    random_of(&random);
    packet_clear(&world->request);
    g_assert_cmpint(onion_wrap(&world->crypto, ENC_AES_GCM, hops, 1, &destination,
                               BYTES_LITERAL("x"), &random, &world->request, &world->reply),
                    ==, ST_OK);
}

static void
test_server(World *world, gconstpointer data)
{
    const Answer *answer;

    (void)data;
    wrap_for_server(world, "/oxen/v4/lsrpc");
    assert_plain(world, 502, "Could not resolve host: open.example");
    /* Forbidden: sealed to the relay's own layer, whose key nobody here has. */
    wrap_for_server(world, "/evil");
    answer = network_answer(world->network, send_wrapped(world));
    g_assert_cmpint(answer->status, ==, 200);
    g_assert_null(strstr(answer->body->str, "Invalid url"));
}

/* --- hop by hop ------------------------------------------------------------------- */

static guint
hop_request(World *world, guint member, const uint8_t *peer_key, int hop_no)
{
    GString *text = g_string_new(NULL);
    guint number;

    g_string_append_printf(text, "d4:data3:abc8:enc_type7:aes-gcm13:ephemeral_key32:");
    for (int i = 0; i < 32; i++)
        g_string_append_c(text, (char)(i + 1));
    g_string_append_printf(text, "6:hop_noi%dee", hop_no);
    number = network_ask_as(world->network, member, KIND_ONION_HOP, peer_key, text->str,
                            text->len);
    g_string_free(text, TRUE);
    return number;
}

static void
test_hops(World *world, gconstpointer data)
{
    Network *network = world->network;
    const uint8_t *known = network_member(network, 2)->record.x25519;
    uint8_t unknown[32] = { 1 };
    const Answer *answer;

    (void)data;
    answer = network_answer(network, hop_request(world, 1, known, 15));
    g_assert_cmpstr(answer->body->str, ==, "Invalid ciphertext");
    answer = network_answer(network, hop_request(world, 1, known, 16));
    g_assert_cmpint(answer->status, ==, 400);
    g_assert_cmpstr(answer->body->str, ==, "onion request max path length exceeded");
    /* Only from service nodes. */
    answer = network_answer(network, hop_request(world, 1, unknown, 1));
    g_assert_cmpint(answer->status, ==, 403);
    answer = network_answer(network, hop_request(world, 1, NULL, 1));
    g_assert_cmpint(answer->status, ==, 403);
    answer = network_answer(
        network, network_ask_as(network, 1, KIND_ONION_HOP, known, "d1:ai1ee", 8));
    g_assert_cmpint(answer->status, ==, 400);
    g_assert_true(g_str_has_prefix(answer->body->str, "Invalid internal onion request: "));
}

/* Relayed answers keep status and body; what no server says becomes 500. */
static void
test_statuses(World *world, gconstpointer data)
{
    const struct {
        int given, passed;
    } cases[] = { { 200, 200 }, { 400, 400 }, { 421, 421 }, { 504, 504 },
                  { 418, 500 }, { 204, 500 }, { 0, 500 } };
    Member *guard = network_member(world->network, 1);

    (void)data;
    network_member(world->network, 2)->reach = REACH_SILENT;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint number;
        const Sent *sent;
        Packet body = packet_of_bytes(BYTES_LITERAL("as it came"));

        wrap(world, "{}");
        number = send_wrapped(world);
        sent = network_sent(world->network, world->network->sent->len - 1);
        service_node_ops.outcome(guard->node, world->network->now, sent->id, OUTCOME_ANSWER,
                                 cases[i].given, &body);
        packet_clear(&body);
        g_assert_cmpint(network_answer(world->network, number)->status, ==,
                        cases[i].passed);
        g_assert_cmpstr(network_answer(world->network, number)->body->str, ==,
                        "as it came");
    }
}

static void
test_busy(World *world, gconstpointer data)
{
    (void)data;
    network_member(world->network, 2)->reach = REACH_SILENT;
    world->config.pending_max = 1;
    wrap(world, "{}");
    send_wrapped(world);
    wrap(world, "{}");
    assert_plain(world, 503, "Server busy, try again later");
}

static void
test_too_large(World *world, gconstpointer data)
{
    size_t n = 10 * 1024 * 1024 + 1;
    char *body = g_strnfill(n, ' ');
    guint number = network_ask(world->network, 1, KIND_STORAGE_RPC, body, n);

    (void)data;
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 413);
    g_assert_cmpstr(network_answer(world->network, number)->body->str, ==,
                    "Request body too large");
    number = network_ask(world->network, 1, KIND_STORAGE_RPC, body, n - 1);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 400);
    number = network_ask(world->network, 1, KIND_ONION, body, n);
    g_assert_cmpint(network_answer(world->network, number)->status, ==, 413);
    g_free(body);
}

#define ADD(path, function)                                                                \
    g_test_add("/service/onion/" path, World, NULL, setup, function, teardown)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("three-hops", test_three_hops);
    ADD("store-that-waits", test_store_that_waits);
    ADD("inner-errors", test_inner_errors);
    ADD("next-not-found", test_next_not_found);
    ADD("time-out", test_time_out);
    ADD("refused", test_refused);
    ADD("hop-not-ready", test_hop_not_ready);
    ADD("bad-ciphertext", test_bad_ciphertext);
    ADD("server", test_server);
    ADD("hops", test_hops);
    ADD("statuses", test_statuses);
    ADD("busy", test_busy);
    ADD("too-large", test_too_large);
    return g_test_run();
}
