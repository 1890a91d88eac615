/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests to servers whose bytes are made when somebody reads them: the same to everybody
 * as those made at once, and the server's answer the same way back. */
#include "nodes/onion/server.h"

#include "tests/unit/onion/layers.h"

enum { HOPS = 3, PAYLOAD_BYTES = 5000 };

static TestNode nodes[HOPS];
static TestNode server, other;
static OnionHop hops[HOPS];
static OnionDestination destination;
static OnionRandom random_bytes;

static void
setup(void)
{
    for (int i = 0; i < HOPS; i++) {
        nodes[i] = test_node(10 + (uint64_t)i);
        hops[i] = (OnionHop){ nodes[i].ed.pk, nodes[i].x.pk };
    }
    server = test_node(20);
    other = test_node(21);
    destination = (OnionDestination){ .is_server = true,
                                      .x25519 = server.x.pk,
                                      .host = "files.example",
                                      .target = "/oxen/v4/lsrpc",
                                      .protocol = "http",
                                      .port = 80 };
    test_random(5, &random_bytes);
}

static Packet
a_payload(void)
{
    uint8_t bytes[PAYLOAD_BYTES];

    test_fill(7, bytes, sizeof bytes);
    return packet_of_bytes((Bytes){ bytes, sizeof bytes });
}

/* What the last node posts, and the reply's key as the client has it. */
static Packet
posted(const Crypto *crypto, EncType enc, bool later, ChannelKey *ret_key)
{
    Packet payload = a_payload(), packet;
    OnionReplyKey reply = { .later = NULL };
    OnionPeeled peeled;

    if (later)
        g_assert_cmpint(onion_wrap_later(crypto, enc, hops, HOPS, &destination, &payload,
                                         &random_bytes, &packet, &reply),
                        ==, ST_OK);
    else
        g_assert_cmpint(onion_wrap(crypto, enc, hops, HOPS, &destination,
                                   packet_bytes(&payload), &random_bytes, &packet,
                                   &reply.key),
                        ==, ST_OK);
    packet_clear(&payload);
    for (int i = 0; i < HOPS; i++) {
        peeled = i == 0 ? test_peel_guard(crypto, &nodes[0].x, packet)
                        : test_peel_hop(crypto, &nodes[i].x, packet, i);
        g_assert_cmpint(peeled.kind, ==, i == HOPS - 1 ? ONION_SERVER : ONION_RELAY);
        if (i < HOPS - 1) {
            packet = packet_steal(&peeled.next);
        } else {
            g_assert_cmpstr(peeled.host, ==, destination.host);
            g_assert_cmpstr(peeled.target, ==, destination.target);
            g_assert_false(peeled.https);
            g_assert_cmpuint(peeled.port, ==, 80);
            packet = packet_steal(&peeled.server_body);
        }
        onion_peeled_clear(&peeled);
    }
    *ret_key = *onion_reply_key(&reply);
    onion_reply_key_clear(&reply);
    return packet;
}

static void
test_same_as_made_at_once(void)
{
    static const CryptoOps *const ops[] = { &crypto_real, &crypto_null };

    for (size_t o = 0; o < G_N_ELEMENTS(ops); o++)
        for (EncType enc = 0; enc < ENC_COUNT; enc++) {
            Meter meters[2] = { { .cost_ns = 0 }, { .cost_ns = 0 } };
            Packet packets[2];
            ChannelKey keys[2];

            for (int later = 0; later < 2; later++) {
                Crypto crypto = { .ops = ops[o], .meter = &meters[later] };

                packets[later] = posted(&crypto, enc, later != 0, &keys[later]);
            }
            g_assert_cmpmem(&meters[0], sizeof meters[0], &meters[1], sizeof meters[1]);
            g_assert_cmpmem(keys[0].key, KEY_BYTES, keys[1].key, KEY_BYTES);
            g_assert_true(
                bytes_equal(packet_bytes(&packets[0]), packet_bytes(&packets[1])));
            packet_clear(&packets[0]);
            packet_clear(&packets[1]);
        }
}

/* The server opens it, by reference or from its bytes, and counts the same work. */
static void
test_server_opens(void)
{
    Meter meters[2] = { { .cost_ns = 0 }, { .cost_ns = 0 } };
    Packet expected = a_payload();

    for (int later = 0; later < 2; later++) {
        Meter wrapping = { .cost_ns = 0 };
        Crypto crypto = { .ops = &crypto_real, .meter = &wrapping };
        Crypto at_server = { .ops = &crypto_real, .meter = &meters[later] };
        ChannelKey key, client_key;
        Packet packet = posted(&crypto, ENC_XCHACHA20, later != 0, &client_key), payload;

        if (later)
            g_assert_null(packet.blob->data);
        g_assert_cmpint(onion_server_open(&at_server, &server.x, &packet, &payload, &key),
                        ==, ST_OK);
        g_assert_true(bytes_equal(packet_bytes(&payload), packet_bytes(&expected)));
        g_assert_cmpmem(key.key, KEY_BYTES, client_key.key, KEY_BYTES);
        packet_clear(&payload);
    }
    g_assert_cmpmem(&meters[0], sizeof meters[0], &meters[1], sizeof meters[1]);
    packet_clear(&expected);
}

/* Another key, a changed byte, or no layer at all. */
static void
test_others_do_not(void)
{
    Meter meter = { .cost_ns = 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    Packet packet, payload = PACKET_EMPTY;
    ChannelKey key;

    packet = posted(&crypto, ENC_AES_GCM, true, &key);
    g_assert_cmpint(onion_server_open(&crypto, &other.x, &packet, &payload, &key), ==,
                    ST_AUTH);
    packet = posted(&crypto, ENC_AES_GCM, true, &key);
    packet_make_mutable(&packet)[PAYLOAD_BYTES / 2] ^= 1;
    g_assert_cmpint(onion_server_open(&crypto, &server.x, &packet, &payload, &key), ==,
                    ST_AUTH);
    packet = packet_of_bytes(BYTES_LITERAL("\x05\0\0\0short"));
    g_assert_cmpint(onion_server_open(&crypto, &server.x, &packet, &payload, &key), ==,
                    ST_MALFORMED);
    packet = PACKET_EMPTY;
    g_assert_cmpint(onion_server_open(&crypto, &server.x, &packet, &payload, &key), ==,
                    ST_MALFORMED);
    g_assert_null(payload.blob);
}

static void
test_answers(void)
{
    static const uint8_t nonce[CHANNEL_NONCE_MAX] = { 3 };

    for (EncType enc = 0; enc < ENC_COUNT; enc++)
        for (int no_shortcuts = 0; no_shortcuts < 2; no_shortcuts++) {
            Meter meter = { .cost_ns = 0 };
            Crypto crypto = { .ops = &crypto_real,
                              .meter = &meter,
                              .no_shortcuts = no_shortcuts != 0 };
            ChannelKey key = { enc, { 1 } }, wrong = { enc, { 2 } };
            Packet payload = a_payload(), expected = a_payload(), got = PACKET_EMPTY;
            Packet sealed = onion_server_seal(&crypto, &key, nonce, &payload), copy;
            Status status;

            g_assert_cmpuint(sealed.length, ==, channel_sealed_bytes(enc, PAYLOAD_BYTES));
            copy = packet_of_bytes(packet_bytes(&sealed));
            status = onion_server_read(&crypto, &wrong, &copy, &got);
            if (status == ST_OK) /* aes-cbc has no tag: 1 in 256 */
                packet_clear(&got);
            else
                g_assert_cmpint(status, ==, ST_AUTH);
            g_assert_cmpint(onion_server_read(&crypto, &key, &sealed, &got), ==, ST_OK);
            g_assert_true(bytes_equal(packet_bytes(&got), packet_bytes(&expected)));
            packet_clear(&got);
            packet_clear(&expected);
        }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    setup();
    g_test_add_func("/onion/server/same", test_same_as_made_at_once);
    g_test_add_func("/onion/server/opens", test_server_opens);
    g_test_add_func("/onion/server/others", test_others_do_not);
    g_test_add_func("/onion/server/answers", test_answers);
    return g_test_run();
}
