/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nodes that speak version 1 of onion requests (protocol 4.5). */
#include "nodes/onion/onion_v1.h"
#include "tests/unit/service/network.h"

#define EPOCH INT64_C(1700000000000)
#define A UINT64_C(0x4000000000000000)

typedef struct World {
    Network *network;
    ServiceConfig config;
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
    world->config.onion_version = 1;
    world->config.hop_timeout = 10 * SECOND;
    world->config.test_interval = world->config.proof_interval = 0;
    world->network = network_new(EPOCH);
    for (int i = 0; i < 7; i++)
        network_add(world->network, &world->config, A);
    network_block(world->network);
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

/* Through nodes 1, 2, 3 to node 4, or to a server. */
static guint
send_wrapped(World *world, const char *payload, const char *server_target)
{
    OnionHop hops[3] = { hop_of(world, 1), hop_of(world, 2), hop_of(world, 3) };
    OnionHop last = hop_of(world, 4);
    OnionDestination destination = { .ed25519 = last.ed25519,
                                     .x25519 = last.x25519,
                                     .is_server = server_target != NULL,
                                     .host = "file.example",
                                     .target = server_target };
    OnionRandom random;
    Bytes bytes;

    for (size_t i = 0; i < sizeof random; i++)
        ((uint8_t *)&random)[i] = (uint8_t)(i * 31 + i / 256 + 7);
    packet_clear(&world->request);
    g_assert_cmpint(onion_v1_wrap(&world->crypto, hops, 3, &destination,
                                  bytes_of_text(payload), &random, &world->request,
                                  &world->reply),
                    ==, ST_OK);
    bytes = packet_bytes(&world->request);
    return network_ask(world->network, 1, KIND_ONION, bytes.p, bytes.n);
}

static int
open_answer(World *world, guint number, GString **ret_body)
{
    const Answer *answer = network_answer(world->network, number);
    Packet sealed =
        packet_of_bytes((Bytes){ (uint8_t *)answer->body->str, answer->body->len });
    Packet plain;
    Buffer body = BUFFER_EMPTY;
    int status;

    g_assert_cmpint(answer->status, ==, 200);
    /* base64 all of it, as a text for HTTP. */
    for (gsize i = 0; i < answer->body->len; i++)
        g_assert_true(g_ascii_isalnum(answer->body->str[i]) ||
                      strchr("+/=", answer->body->str[i]) != NULL);
    g_assert_cmpint(onion_reply_open(&world->crypto, &world->reply, &sealed, &plain), ==,
                    ST_OK);
    g_assert_cmpint(onion_reply_parse(packet_bytes(&plain), &status, &body), ==, ST_OK);
    *ret_body = g_string_new_len((const char *)body.p, (gssize)body.n);
    buffer_clear(&body);
    packet_clear(&plain);
    return status;
}

static void
assert_plain(World *world, guint number, int status, const char *text)
{
    const Answer *answer = network_answer(world->network, number);

    g_assert_true(answer->given);
    g_assert_cmpstr(answer->body->str, ==, text);
    g_assert_cmpint(answer->status, ==, status);
}

static void
test_three_hops(World *world, gconstpointer data)
{
    GString *body;
    gsize before;

    (void)data;
    g_assert_cmpint(
        open_answer(world, send_wrapped(world, "{\"method\":\"info\",\"params\":{}}", NULL),
                    &body),
        ==, 200);
    g_assert_nonnull(strstr(body->str, "\"version\":"));
    g_string_free(body, TRUE);
    g_assert_cmpuint(network_count_sent(world->network, KIND_ONION_HOP, CLIENT), ==, 3);
    g_assert_cmpint(network_sent(world->network, 0)->timeout, ==, 10 * SECOND);
    before = world->request.length;
    /* Each hop takes a quarter off. */
    for (guint i = 0; i < 3; i++) {
        gsize n = network_sent(world->network, i)->packet.length;

        g_assert_cmpuint(n, <, before * 3 / 4);
        before = n;
    }
}

static void
test_errors(World *world, gconstpointer data)
{
    Network *network = world->network;
    GString *body;
    guint number;

    (void)data;
    g_assert_cmpint(open_answer(world, send_wrapped(world, "{", NULL), &body), ==, 400);
    g_assert_cmpstr(body->str, ==, "invalid json");
    g_string_free(body, TRUE);
    assert_plain(world, send_wrapped(world, "{}", "/loki/v1/lsrpc"), 400,
                 "Loki Server error");
    network_expect(network, 1, KIND_ONION, "{}", 400);
    g_assert_cmpstr(network_expect(network, 1, KIND_ONION, "\x05", 400), ==,
                    "Error parsing onion request: [json.exception.parse_error.101] parse "
                    "error");
    g_assert_cmpstr(network_expect(network, 1, KIND_ONION,
                                   "{\"ciphertext\":\"AAAA\",\"ephemeral_key\":\"00\"}",
                                   400),
                    ==, "Invalid ciphertext");
    network_member(network, 4)->reach = REACH_SILENT;
    number = send_wrapped(world, "{}", NULL);
    network_run(network, network->now + 10 * SECOND - 1);
    g_assert_false(network_answer(network, number)->given);
    network_run(network, network->now + 1);
    assert_plain(world, number, 504, "Request time out");
}

/* A relay does not talk to strangers, and its list decides who is next. */
static void
test_hops(World *world, gconstpointer data)
{
    Network *network = world->network;
    Member *member = network_member(network, 3);
    uint16_t port = member->record.port_omq;
    g_autofree char *text = NULL;
    char hex[65] = "";
    guint number;

    (void)data;
    number = network_ask_as(network, 1, KIND_ONION_HOP, NULL, "{}", 2);
    assert_plain(world, number, 403, "FORBIDDEN_SN");
    hex_encode((Bytes){ member->record.ed25519, 32 }, hex);
    text = g_strdup_printf("Next node not found: %s", hex);
    member->record.port_omq = 0;
    network_block(network);
    member->record.port_omq = port;
    assert_plain(world, send_wrapped(world, "{}", NULL), 502, text);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add("/service-onion-v1/three-hops", World, NULL, setup, test_three_hops,
               teardown);
    g_test_add("/service-onion-v1/errors", World, NULL, setup, test_errors, teardown);
    g_test_add("/service-onion-v1/hops", World, NULL, setup, test_hops, teardown);
    return g_test_run();
}
