/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The push server: who may subscribe, whom it subscribes at, and what it is told. */
#include <glib.h>
#include <string.h>

#include "nodes/outside/push_server.h"
#include "nodes/outside/push_subscription.h"
#include "nodes/swarm/swarm.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/bencode.h"
#include "nodes/wire/server_later.h"
#include "tests/lib/recording_port.h"
#include "tests/unit/outside/posted.h"

#define EPOCH ((UnixMs)1700000000000)

enum { LISTS_IP = 7, NODES = 6, SWARM = 3 /* nodes of one */ };

typedef struct Fixture {
    RecordingPort *recording;
    Crypto crypto;
    PushServerConfig config;
    PushServer *server;
    Ed25519Pair owner;
    uint8_t account[ACCOUNT_BYTES];
    guint token;
} Fixture;

static void
open_server(Fixture *f, gconstpointer data)
{
    const uint8_t seed[KEY_BYTES] = { 9 }, person[KEY_BYTES] = { 3 };
    X25519Pair x25519;

    (void)data;
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    f->recording = recording_port_new(1, EPOCH);
    f->crypto = (Crypto){ .ops = &crypto_real, .meter = &f->recording->meter };
    f->config = push_server_config_default;
    f->server = push_server_new(&f->crypto, &f->recording->port, &f->config, seed,
                                address_of(LISTS_IP, 443));
    identity_ed25519(person, &f->owner);
    identity_x25519(&f->owner, &x25519);
    f->account[0] = 0x05;
    memcpy(f->account + 1, x25519.pk, KEY_BYTES);
    push_server_ops.start(f->server, 0);
}

static void
close_server(Fixture *f, gconstpointer data)
{
    (void)data;
    push_server_ops.stop(f->server);
    push_server_ops.free(f->server);
    recording_port_free(f->recording);
}

/* --- what clients and nodes say ---------------------------------------------------------
 */

/* A subscription for @account, signed over its text with the key of @f's owner. */
static char *
subscription(const Fixture *f, const uint8_t account[ACCOUNT_BYTES], const char *data)
{
    char hex[2 * ACCOUNT_BYTES + 1] = "", key[2 * KEY_BYTES + 1] = "";
    uint8_t signature[SIGNATURE_BYTES];
    Buffer text = BUFFER_EMPTY, base64 = BUFFER_EMPTY;
    char *body;

    hex_encode((Bytes){ account, ACCOUNT_BYTES }, hex);
    hex_encode((Bytes){ f->owner.pk, KEY_BYTES }, key);
    buffer_append_literal(&text, "MONITOR");
    buffer_append_text(&text, hex);
    buffer_append_literal(&text, "170000000010,5");
    crypto_sign_message(&f->crypto, &f->owner, buffer_bytes(&text), signature);
    base64_encode((Bytes){ signature, sizeof signature }, true, &base64);
    body = g_strdup_printf(
        "{\"pubkey\":\"%.66s\",\"session_ed25519\":\"%.64s\",\"namespaces\":"
        "[0,5],\"data\":%s,\"sig_ts\":1700000000,\"signature\":\"%.*s\","
        "\"service\":\"firebase\",\"service_info\":{\"token\":\"t\"}}",
        hex, key, data, (int)base64.n, (const char *)base64.p);
    buffer_clear(&text);
    buffer_clear(&base64);
    return body;
}

static int
post(Fixture *f, const char *endpoint, const char *body)
{
    ServerRequest request = { .method = BYTES_LITERAL("POST"),
                              .endpoint = bytes_of_text(endpoint) };
    Packet text = packet_of_bytes(bytes_of_text(body)), payload, packet, answer, rest;
    const GivenReply *given;
    OnionReplyKey key;
    ServerReply reply;

    payload = server_request_packet(&request, &text);
    packet = posted_later(&f->crypto, push_server_key(f->server)->pk, &payload, &key);
    recording_port_deliver(f->recording, &push_server_ops, f->server, 5, NULL, KIND_SERVER,
                           ++f->token, &packet);
    given = recording_reply(f->recording, f->recording->replies->len - 1);
    g_assert_cmpuint(given->token, ==, f->token);
    answer = packet_share(&given->packet);
    g_assert_cmpint(onion_server_read(&f->crypto, onion_reply_key(&key), &answer, &payload),
                    ==, ST_OK);
    onion_reply_key_clear(&key);
    g_assert_cmpint(server_reply_open(&payload, &reply, &rest), ==, ST_OK);
    packet_clear(&rest);
    packet_clear(&payload);
    return reply.code;
}

/* Nodes 0 to 2 are in the one swarm, the others in the other. */
static void
answer_list(Fixture *f)
{
    const SentMessage *sent = recording_sent(f->recording, f->recording->sent->len - 1);
    NodeRecord records[NODES] = { 0 };
    uint8_t hash[32] = { 0 };
    NodeList *list;
    Packet packet;

    g_assert_cmpint(sent->kind, ==, KIND_SEED_RPC);
    g_assert_cmpuint(sent->to, ==, address_of(LISTS_IP, 443));
    for (uint8_t i = 0; i < NODES; i++) {
        memset(records[i].legacy, i + 1, 32);
        memset(records[i].ed25519, i + 11, 32);
        memset(records[i].x25519, i + 21, 32);
        records[i].ip = 100u + i;
        records[i].port_https = 22021;
        records[i].port_omq = 22020;
        records[i].active = true;
        records[i].swarm_id = i < SWARM ? 0 : UINT64_C(1) << 63;
    }
    list = node_list_new(records, NODES);
    packet = packet_of_blob(node_list_blob(list, 1, hash, true));
    node_list_unref(list);
    recording_port_end(f->recording, &push_server_ops, f->server, sent->id, OUTCOME_ANSWER,
                       200, &packet);
}

static uint64_t
swarm_of(const Fixture *f)
{
    const uint64_t ids[2] = { 0, UINT64_C(1) << 63 };

    return swarm_nearest(ids, 2, swarm_space(f->account + 1));
}

static void
notify(Fixture *f, const uint8_t account[ACCOUNT_BYTES], const char *hash)
{
    Buffer text = BUFFER_EMPTY;
    Packet packet;

    buffer_append_literal(&text, "d");
    bencode_write_text(&text, "@");
    bencode_write_string(&text, (Bytes){ account, ACCOUNT_BYTES });
    bencode_write_text(&text, "h");
    bencode_write_text(&text, hash);
    buffer_append_literal(&text, "e");
    packet = packet_of_buffer(&text);
    recording_port_deliver(f->recording, &push_server_ops, f->server, 100, NULL,
                           KIND_NOTIFY, 0, &packet);
}

/* --- tests ------------------------------------------------------------------------------
 */

static void
test_subscribes(Fixture *f, gconstpointer data)
{
    g_autofree char *body = subscription(f, f->account, "true");
    guint first;

    (void)data;
    g_assert_cmpint(post(f, "/subscribe", body), ==, 200);
    g_assert_cmpuint(recording_count_sent(f->recording, KIND_MONITOR), ==, 0);
    answer_list(f);
    g_assert_cmpuint(recording_count_sent(f->recording, KIND_MONITOR), ==, SWARM);
    first = f->recording->sent->len - SWARM;
    for (guint i = 0; i < SWARM; i++) {
        const SentMessage *sent = recording_sent(f->recording, first + i);
        guint node = i + (swarm_of(f) == 0 ? 0 : SWARM);
        BencodeValue dict, value;
        Bytes key;

        g_assert_cmpuint(sent->to, ==, address_of(100 + node, 22020));
        g_assert_cmpuint(sent->peer_key[0], ==, node + 21);
        g_assert_cmpint(bencode_parse(packet_bytes(&sent->packet), &dict), ==, ST_OK);
        g_assert_true(bencode_get(dict, "P", &value) && bencode_string(value, &key));
        g_assert_cmpmem(key.p, key.n, f->owner.pk, KEY_BYTES);
    }
    /* Who comes when the list is there is subscribed at once, and all again in time. */
    g_assert_cmpint(post(f, "/subscribe", body), ==, 200);
    g_assert_cmpuint(recording_count_sent(f->recording, KIND_MONITOR), ==, 2 * SWARM);
    recording_port_run(f->recording, &push_server_ops, f->server, f->config.refresh);
    answer_list(f);
    g_assert_cmpuint(recording_count_sent(f->recording, KIND_MONITOR), ==, 3 * SWARM);
    g_assert_cmpuint(push_server_counts(f->server).subscriptions, ==, 1);
}

static void
test_refuses(Fixture *f, gconstpointer data)
{
    static const char *const fields[] = { "pubkey",      "session_ed25519", "namespaces",
                                          "data",        "sig_ts",          "signature",
                                          "service_info" };
    g_autofree char *good = subscription(f, f->account, "true");
    g_autofree char *other = subscription(f, f->account, "false"); /* signed was "1" */
    uint8_t stranger[ACCOUNT_BYTES] = { 0x05, 1 };
    g_autofree char *stolen = subscription(f, stranger, "true");

    (void)data;
    g_assert_cmpint(post(f, "/subscribers", good), ==, 404);
    g_assert_cmpint(post(f, "/subscribe", other), ==, 401);
    g_assert_cmpint(post(f, "/subscribe", stolen), ==, 401);
    stranger[0] = 0x03;
    g_clear_pointer(&stolen, g_free);
    stolen = subscription(f, stranger, "true");
    g_assert_cmpint(post(f, "/subscribe", stolen), ==, 401);
    g_assert_cmpint(post(f, "/subscribe", ""), ==, 400);
    g_assert_cmpint(post(f, "/subscribe", "[]"), ==, 400);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *name = g_strdup_printf("\"%s\":", fields[i]);
        g_autofree char *named_other = g_strdup_printf("\"x%s\":", fields[i]);
        g_autofree char *null = g_strdup_printf("\"%s\":null,\"x\":", fields[i]);
        g_autoptr(GString) without = g_string_new(good), empty = g_string_new(good);

        g_string_replace(without, name, named_other, 0);
        g_assert_cmpint(post(f, "/subscribe", without->str), ==, 400);
        g_string_replace(empty, name, null, 0);
        g_assert_cmpint(post(f, "/subscribe", empty->str), ==, 400);
    }
    g_assert_cmpuint(push_server_counts(f->server).subscriptions, ==, 0);
}

static void
test_is_told(Fixture *f, gconstpointer data)
{
    g_autofree char *body = subscription(f, f->account, "true");
    const uint8_t stranger[ACCOUNT_BYTES] = { 0x05, 1 };
    Packet rubbish = packet_of_bytes(BYTES_LITERAL("d1:@3:abce"));

    (void)data;
    g_assert_cmpint(post(f, "/subscribe", body), ==, 200);
    notify(f, f->account, "one");
    notify(f, f->account, "one"); /* another member */
    notify(f, f->account, "two");
    notify(f, stranger, "three");
    recording_port_deliver(f->recording, &push_server_ops, f->server, 100, NULL,
                           KIND_NOTIFY, 0, &rubbish);
    g_assert_cmpuint(push_server_counts(f->server).notices, ==, 2);
}

static void
test_trouble(Fixture *f, gconstpointer data)
{
    g_autofree char *body = subscription(f, f->account, "true");
    Packet error = packet_of_bytes(BYTES_LITERAL("d7:errcodei6e5:error1:xe"));
    guint last;

    (void)data;
    g_assert_cmpint(post(f, "/subscribe", body), ==, 200);
    /* No list: asked for again. */
    recording_port_end(f->recording, &push_server_ops, f->server,
                       recording_sent(f->recording, 0)->id, OUTCOME_TIMEOUT, 0, NULL);
    recording_port_run(f->recording, &push_server_ops, f->server, MINUTE);
    g_assert_cmpuint(recording_count_sent(f->recording, KIND_SEED_RPC), ==, 2);
    answer_list(f);
    last = f->recording->sent->len - 1;
    recording_port_end(f->recording, &push_server_ops, f->server,
                       recording_sent(f->recording, last)->id, OUTCOME_TIMEOUT, 0, NULL);
    recording_port_end(f->recording, &push_server_ops, f->server,
                       recording_sent(f->recording, last - 1)->id, OUTCOME_ANSWER, 200,
                       &error);
    g_assert_cmpuint(push_server_counts(f->server).failures, ==, 2);
    /* What it was told is on its disk. */
    push_server_ops.stop(f->server);
    push_server_ops.start(f->server, 2 * MINUTE);
    answer_list(f);
    g_assert_cmpuint(recording_count_sent(f->recording, KIND_MONITOR), ==, 2 * SWARM);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                \
    g_test_add("/outside/push-server/" name, Fixture, NULL, open_server, function,         \
               close_server)
    ADD("subscribes", test_subscribes);
    ADD("refuses", test_refuses);
    ADD("is-told", test_is_told);
    ADD("trouble", test_trouble);
    return g_test_run();
}
