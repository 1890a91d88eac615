/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Onion requests to servers beyond the network (protocol 4.1, 4.3, 4.4): through nodes to a
 * server that can open them, and back; and what a node says when there is none. */
#include "nodes/onion/onion_v1.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/server_payload.h"
#include "tests/unit/service/outsider.h"

#define EPOCH INT64_C(1700000000000)
#define A UINT64_C(0x4000000000000000)
#define SERVER_NAME "open.example"
#define SERVER_IP 0x0c000001

/* A server: opens what nodes post to it, and answers in the same version. */
typedef struct Server {
    Outsider *outsider;
    Crypto crypto;
    Meter meter;
    X25519Pair pair;
    bool sealed; /* it opens and seals; else it says @status and @text */
    int status;
    const char *text;
    guint asked;
    MessageKind kind;
    GString *plain;   /* the routing JSON that came with the last request */
    GString *payload; /* opened */
} Server;

typedef struct World {
    Network *network;
    ServiceConfig config;
    Server server;
    Crypto crypto;
    Meter meter;
    ChannelKey reply;
    Packet request;
} World;

/* --- the server ------------------------------------------------------------------- */

/* What a server replies to, by the target: v3's JSON gets base64 of JSON, v4's list raw
 * bytes of a list. */
static void
write_reply(const Server *server, Buffer *out)
{
    ServerReply reply = { .code = server->status, .body = bytes_of_text(server->text) };

    if (strstr(server->plain->str, "/v4/") != NULL)
        server_reply_write_v4(&reply, out);
    else
        buffer_append_text(out, server->text);
}

static Packet
seal(Server *server, const ChannelKey *key)
{
    uint8_t nonce[CHANNEL_NONCE_MAX] = { 5 };
    size_t nonce_n = channel_nonce_bytes(key->enc), n;
    Buffer out = BUFFER_EMPTY, text = BUFFER_EMPTY;

    buffer_reserve(&out, nonce_n);
    out.n = nonce_n;
    write_reply(server, &out);
    n = out.n - nonce_n;
    buffer_reserve(&out, channel_sealed_bytes(key->enc, n) - out.n);
    channel_seal(&server->crypto, key, nonce, out.p, n);
    out.n = channel_sealed_bytes(key->enc, n);
    if (strstr(server->plain->str, "/v4/") != NULL)
        return packet_of_buffer(&out);
    base64_encode(buffer_bytes(&out), true, &text);
    buffer_clear(&out);
    return packet_of_buffer(&text);
}

/* The posted layer is a container like a guard's: ciphertext and JSON with the key. */
static Packet
open_and_answer(Server *server, Packet *packet)
{
    OnionEnvelope envelope;
    const char *error;
    ChannelKey key;
    uint8_t *cipher;
    size_t n;

    g_assert_cmpint(onion_parse_guard(packet, &envelope, &error), ==, ST_OK);
    n = envelope.cipher_offset + envelope.cipher_length;
    g_string_truncate(server->plain, 0);
    g_string_append_len(server->plain, (const char *)packet_bytes(packet).p + n,
                        (gssize)(packet->length - n));
    g_assert_cmpint(channel_agree(&server->crypto, envelope.enc, &server->pair,
                                  envelope.ephemeral_pk, false, &key),
                    ==, ST_OK);
    cipher = packet_make_mutable(packet) + envelope.cipher_offset;
    g_assert_cmpint(channel_open(&server->crypto, &key, cipher, envelope.cipher_length, &n),
                    ==, ST_OK);
    g_string_truncate(server->payload, 0);
    g_string_append_len(server->payload,
                        (const char *)cipher + channel_nonce_bytes(envelope.enc),
                        (gssize)n);
    return seal(server, &key);
}

static void
server_receive(void *self, Time now, const Incoming *in)
{
    Server *server = self;
    Packet reply;

    (void)now;
    server->asked++;
    server->kind = in->kind;
    g_assert_null(in->peer_key);
    reply = server->sealed ? open_and_answer(server, in->packet)
                           : packet_of_bytes(bytes_of_text(server->text));
    port_reply(&server->outsider->port, in->token, server->sealed ? 200 : server->status,
               &reply);
}

static const ActorOps server_ops = { .name = "server", .receive = server_receive };

/* --- the network ------------------------------------------------------------------ */

static void
setup(World *world, gconstpointer data)
{
    Server *server = &world->server;
    uint8_t seed[32] = { 9 };

    (void)data;
    world->config = service_config_2024;
    world->config.test_interval = world->config.proof_interval = 0;
    world->network = network_new(EPOCH);
    for (int i = 0; i < 5; i++)
        network_add(world->network, &world->config, A);
    network_block(world->network);
    world->crypto = (Crypto){ .ops = &crypto_real, .meter = &world->meter };
    server->crypto = (Crypto){ .ops = &crypto_real, .meter = &server->meter };
    crypto_keygen(&server->crypto, seed, &server->pair);
    server->outsider =
        network_add_outsider(world->network, SERVER_NAME, SERVER_IP, &server_ops, server);
    server->sealed = true;
    server->status = 200;
    server->text = "hello";
    server->plain = g_string_new(NULL);
    server->payload = g_string_new(NULL);
}

static void
teardown(World *world, gconstpointer data)
{
    (void)data;
    g_string_free(world->server.plain, TRUE);
    g_string_free(world->server.payload, TRUE);
    packet_clear(&world->request);
    network_free(world->network);
}

/* Through nodes 1 to @n_hops to the server.  Returns the number of the answer. */
static guint
send_to(World *world, EncType enc, size_t n_hops, const OnionDestination *destination,
        Bytes payload)
{
    OnionHop hops[3];
    OnionRandom random;
    Bytes bytes;
    Status status;

    for (guint i = 0; i < n_hops; i++) {
        const Member *m = network_member(world->network, i + 1);

        hops[i] = (OnionHop){ m->record.ed25519, m->record.x25519 };
    }
    for (size_t i = 0; i < sizeof random; i++)
        ((uint8_t *)&random)[i] = (uint8_t)(i * 31 + i / 256 + 7);
    packet_clear(&world->request);
    if (world->config.onion_version == 1)
        status = onion_v1_wrap(&world->crypto, hops, n_hops, destination, payload, &random,
                               &world->request, &world->reply);
    else
        status = onion_wrap(&world->crypto, enc, hops, n_hops, destination, payload,
                            &random, &world->request, &world->reply);
    g_assert_cmpint(status, ==, ST_OK);
    bytes = packet_bytes(&world->request);
    return network_ask(world->network, 1, KIND_ONION, bytes.p, bytes.n);
}

static OnionDestination
destination_of(const World *world, const char *target)
{
    return (OnionDestination){ .is_server = true,
                               .x25519 = world->server.pair.pk,
                               .host = SERVER_NAME,
                               .target = target };
}

/* A request that no server needs to open. */
static guint
send_any(World *world, size_t n_hops)
{
    OnionDestination destination = destination_of(world, "/oxen/v4/lsrpc");

    return send_to(world, ENC_AES_GCM, n_hops, &destination, BYTES_LITERAL("x"));
}

static void
assert_answer(const World *world, guint number, int status, const char *text)
{
    const Answer *answer = network_answer(world->network, number);

    g_assert_true(answer->given);
    g_assert_cmpstr(answer->body->str, ==, text);
    g_assert_cmpint(answer->status, ==, status);
}

/* What came back, opened by the client; owned. */
static Packet
open_answer(World *world, guint number)
{
    const Answer *answer = network_answer(world->network, number);
    Packet plain,
        sealed =
            packet_of_bytes((Bytes){ (uint8_t *)answer->body->str, answer->body->len });

    g_assert_true(answer->given);
    g_assert_cmpint(answer->status, ==, 200);
    g_assert_cmpint(onion_reply_open(&world->crypto, &world->reply, &sealed, &plain), ==,
                    ST_OK);
    return plain;
}

/* --- there and back --------------------------------------------------------------- */

static void
test_v4(World *world, gconstpointer data)
{
    static const EncType encs[] = { ENC_AES_GCM, ENC_XCHACHA20 };
    ServerRequest request = { .method = BYTES_LITERAL("POST"),
                              .endpoint = BYTES_LITERAL("/room/a/message"),
                              .headers = BYTES_LITERAL("{\"X\":\"1\"}"),
                              .has_body = true,
                              .body = BYTES_LITERAL("\0\377body") };

    (void)data;
    world->server.status = 201;
    for (size_t i = 0; i < G_N_ELEMENTS(encs); i++) {
        OnionDestination destination = destination_of(world, "/oxen/v4/lsrpc");
        Buffer payload = BUFFER_EMPTY, scratch = BUFFER_EMPTY;
        ServerRequest came;
        ServerReply reply;
        Packet plain;
        guint number;

        server_request_write_v4(&request, &payload);
        number = send_to(world, encs[i], 3, &destination, buffer_bytes(&payload));
        g_assert_cmpuint(world->server.asked, ==, i + 1);
        g_assert_cmpint(world->server.kind, ==, KIND_SERVER);
        g_assert_cmpint(
            server_request_read_v4((Bytes){ (uint8_t *)world->server.payload->str,
                                            world->server.payload->len },
                                   &scratch, &came),
            ==, ST_OK);
        g_assert_true(bytes_equal(came.endpoint, request.endpoint));
        g_assert_true(bytes_equal(came.body, request.body));
        plain = open_answer(world, number);
        g_assert_cmpint(server_reply_read_v4(packet_bytes(&plain), &reply), ==, ST_OK);
        g_assert_cmpint(reply.code, ==, 201);
        g_assert_true(bytes_equal(reply.body, BYTES_LITERAL("hello")));
        packet_clear(&plain);
        buffer_clear(&payload);
        buffer_clear(&scratch);
    }
}

/* An old server: JSON in, base64 back; by HTTP at a port of its own. */
static void
test_v3(World *world, gconstpointer data)
{
    OnionDestination destination = destination_of(world, "/loki/v3/lsrpc");
    ServerRequest request = { .method = BYTES_LITERAL("GET"),
                              .endpoint = BYTES_LITERAL("rooms") };
    ServerRequest came;
    Buffer payload = BUFFER_EMPTY, scratch = BUFFER_EMPTY;
    const Sent *sent;
    Packet plain;
    guint number;

    (void)data;
    destination.protocol = "http";
    destination.port = 8080;
    world->server.text = "{\"status_code\":200,\"rooms\":[]}";
    server_request_write_v3(&request, &payload);
    number = send_to(world, ENC_AES_GCM, 3, &destination, buffer_bytes(&payload));
    g_assert_cmpint(server_request_read_v3((Bytes){ (uint8_t *)world->server.payload->str,
                                                    world->server.payload->len },
                                           &scratch, &came),
                    ==, ST_OK);
    g_assert_true(bytes_equal(came.endpoint, request.endpoint));
    /* The whole layer was posted, with what the node read in it. */
    g_assert_nonnull(strstr(world->server.plain->str, "\"host\":\"" SERVER_NAME "\""));
    g_assert_nonnull(strstr(world->server.plain->str, "\"port\":8080"));
    sent = network_sent(world->network, world->network->sent->len - 1);
    g_assert_cmpuint(sent->to, ==, address_of(SERVER_IP, 8080));
    g_assert_cmpint(sent->timeout, ==, 25 * SECOND);
    g_assert_false(sent->has_peer_key);
    plain = open_answer(world, number);
    g_assert_true(bytes_equal_text(packet_bytes(&plain), world->server.text));
    packet_clear(&plain);
    buffer_clear(&payload);
    buffer_clear(&scratch);
}

/* By default it is HTTPS's port. */
static void
test_port(World *world, gconstpointer data)
{
    (void)data;
    send_any(world, 1);
    g_assert_cmpuint(network_sent(world->network, 0)->to, ==, address_of(SERVER_IP, 443));
}

/* The node that asked passes any status on; those before it know some. */
static void
test_statuses(World *world, gconstpointer data)
{
    static const int statuses[] = { 200, 201, 302, 404, 418, 429, 500, 502, 599 };
    static const int relayed[] = { 200, 500, 500, 404, 500, 429, 500, 502, 500 };

    (void)data;
    world->server.sealed = false;
    world->server.text = "<html>as it is</html>";
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        world->server.status = statuses[i];
        assert_answer(world, send_any(world, 1), statuses[i], world->server.text);
        assert_answer(world, send_any(world, 2), relayed[i], world->server.text);
    }
    world->server.text = "";
    assert_answer(world, send_any(world, 3), 500, "");
}

/* --- no answer -------------------------------------------------------------------- */

static void
test_unknown(World *world, gconstpointer data)
{
    (void)data;
    world->server.outsider->name = "closed.example";
    assert_answer(world, send_any(world, 3), 502, "Could not resolve host: " SERVER_NAME);
    g_assert_cmpuint(network_count_sent(world->network, KIND_SERVER, CLIENT), ==, 0);
}

/* 25 seconds, before the hop's 30 are over. */
static void
test_time_out(World *world, gconstpointer data)
{
    static const Reach reach[] = { REACH_SILENT, REACH_MUTE };

    (void)data;
    for (size_t i = 0; i < G_N_ELEMENTS(reach); i++) {
        Time start = world->network->now;
        guint number;

        world->server.outsider->reach = reach[i];
        number = send_any(world, 3);
        network_run(world->network, start + 25 * SECOND - 1);
        g_assert_false(network_answer(world->network, number)->given);
        network_run(world->network, start + 25 * SECOND);
        assert_answer(world, number, 504,
                      "Operation timed out after 25000 milliseconds with 0 bytes received");
    }
    g_assert_cmpuint(world->server.asked, ==, 1);
}

/* At once, not as OxenMQ, which would try until the time is over. */
static void
test_refused(World *world, gconstpointer data)
{
    (void)data;
    world->server.outsider->reach = REACH_REFUSED;
    assert_answer(world, send_any(world, 3), 502,
                  "Failed to connect to " SERVER_NAME
                  " port 443 after 0 ms: Couldn't connect to server");
}

static void
test_reset(World *world, gconstpointer data)
{
    Packet none = PACKET_EMPTY;
    guint number;

    (void)data;
    world->server.outsider->reach = REACH_SILENT;
    number = send_any(world, 1);
    service_node_ops.outcome(network_member(world->network, 1)->node, world->network->now,
                             network_sent(world->network, 0)->id, OUTCOME_RESET, 0, &none);
    assert_answer(world, number, 502, "Recv failure: Connection reset by peer");
}

static void
test_busy(World *world, gconstpointer data)
{
    (void)data;
    world->server.outsider->reach = REACH_SILENT;
    world->config.pending_max = 1;
    send_any(world, 1);
    assert_answer(world, send_any(world, 1), 503, "Server busy, try again later");
}

/* A node that ends leaves nothing behind, and nobody hears of it. */
static void
test_crash(World *world, gconstpointer data)
{
    guint number;

    (void)data;
    world->server.outsider->reach = REACH_SILENT;
    number = send_any(world, 1);
    network_crash(world->network, 1);
    network_restart(world->network, 1);
    network_run(world->network, MINUTE);
    g_assert_false(network_answer(world->network, number)->given);
}

/* In 2020 there is one phrase for all that goes wrong. */
static void
test_v1(World *world, gconstpointer data)
{
    OnionDestination destination = destination_of(world, "/loki/v1/lsrpc");
    guint number;

    (void)data;
    world->config.onion_version = 1;
    world->server.sealed = false;
    assert_answer(world, send_to(world, ENC_AES_GCM, 3, &destination, BYTES_LITERAL("{}")),
                  200, "hello");
    world->server.outsider->reach = REACH_REFUSED;
    assert_answer(world, send_to(world, ENC_AES_GCM, 3, &destination, BYTES_LITERAL("{}")),
                  400, "Loki Server error");
    world->server.outsider->reach = REACH_SILENT;
    number = send_to(world, ENC_AES_GCM, 3, &destination, BYTES_LITERAL("{}"));
    network_run(world->network, 25 * SECOND);
    assert_answer(world, number, 400, "Loki Server error");
}

#define ADD(path, function)                                                                \
    g_test_add("/service/onion-server/" path, World, NULL, setup, function, teardown)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("v4", test_v4);
    ADD("v3", test_v3);
    ADD("port", test_port);
    ADD("statuses", test_statuses);
    ADD("unknown", test_unknown);
    ADD("time-out", test_time_out);
    ADD("refused", test_refused);
    ADD("reset", test_reset);
    ADD("busy", test_busy);
    ADD("crash", test_crash);
    ADD("v1", test_v1);
    return g_test_run();
}
