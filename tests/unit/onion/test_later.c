/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request whose bytes are made when somebody reads them is, to everybody, the request. */
#include "nodes/onion/later.h"

#include "nodes/onion/control.h"
#include "tests/unit/onion/layers.h"

enum { HOPS = 3 };

static TestNode nodes[HOPS + 1]; /* guard first, the destination last */
static OnionHop hops[HOPS];
static OnionDestination destination;
static OnionRandom random_bytes;

static const char payload[] = "{\"method\":\"info\"}";

static Packet
wrap_later(const Crypto *crypto, EncType enc, OnionReplyKey *ret_key)
{
    Packet body = packet_of_bytes(bytes_of_text(payload)), packet;

    g_assert_cmpint(onion_wrap_later(crypto, enc, hops, HOPS, &destination, &body,
                                     &random_bytes, &packet, ret_key),
                    ==, ST_OK);
    packet_clear(&body);
    return packet;
}

static Packet
wrap_now(const Crypto *crypto, EncType enc, ChannelKey *ret_key)
{
    Packet packet;

    g_assert_cmpint(onion_wrap(crypto, enc, hops, HOPS, &destination,
                               bytes_of_text(payload), &random_bytes, &packet, ret_key),
                    ==, ST_OK);
    return packet;
}

static Packet
peel_to(const Crypto *crypto, Packet packet, int depth)
{
    for (int i = 0; i < depth; i++) {
        OnionPeeled peeled = i == 0 ? test_peel_guard(crypto, &nodes[0].x, packet)
                                    : test_peel_hop(crypto, &nodes[i].x, packet, i);
        const TestNode *next = &nodes[i + 1];

        g_assert_cmpint(peeled.kind, ==, ONION_RELAY);
        g_assert_cmpmem(peeled.next_ed25519, KEY_BYTES, next->ed.pk, KEY_BYTES);
        packet = packet_steal(&peeled.next);
        onion_peeled_clear(&peeled);
    }
    return packet;
}

/* At each depth: the same bytes and the same counts. */
static void
assert_same_layers(const CryptoOps *ops, EncType enc)
{
    for (int depth = 0; depth <= HOPS; depth++) {
        Meter now_meter = { .cost_ns = 0 }, later_meter = { .cost_ns = 0 };
        Crypto now = { .ops = ops, .meter = &now_meter };
        Crypto later = { .ops = ops, .meter = &later_meter };
        OnionReplyKey reply;
        ChannelKey key;
        Packet a = peel_to(&now, wrap_now(&now, enc, &key), depth);
        Packet b = peel_to(&later, wrap_later(&later, enc, &reply), depth);

        g_assert_cmpuint(a.length, ==, b.length);
        g_assert_true(bytes_equal(packet_bytes(&a), packet_bytes(&b)));
        g_assert_cmpmem(&now_meter, sizeof now_meter, &later_meter, sizeof later_meter);
        g_assert_cmpmem(onion_reply_key(&reply)->key, KEY_BYTES, key.key, KEY_BYTES);
        onion_reply_key_clear(&reply);
        packet_clear(&a);
        packet_clear(&b);
    }
}

static void
test_same_layers(void)
{
    for (EncType enc = 0; enc < ENC_COUNT; enc++) {
        assert_same_layers(&crypto_real, enc);
        assert_same_layers(&crypto_null, enc);
    }
}

/* The destination gets the payload and the reply's key; nobody made a byte. */
static void
test_destination(void)
{
    for (int no_shortcuts = 0; no_shortcuts < 2; no_shortcuts++) {
        Meter meter = { .cost_ns = 0 };
        Crypto crypto = { .ops = &crypto_real,
                          .meter = &meter,
                          .no_shortcuts = no_shortcuts != 0 };
        OnionReplyKey reply;
        Packet guard = wrap_later(&crypto, ENC_XCHACHA20, &reply);
        Packet last = peel_to(&crypto, packet_share(&guard), HOPS);
        OnionPeeled peeled;

        g_assert_cmpint(guard.blob->data == NULL, ==, no_shortcuts == 0);
        packet_clear(&guard);
        peeled = test_peel_hop(&crypto, &nodes[HOPS].x, last, HOPS);
        g_assert_cmpint(peeled.kind, ==, ONION_FINAL);
        g_assert_true(bytes_equal_text(packet_bytes(&peeled.body), payload));
        g_assert_cmpmem(peeled.key.key, KEY_BYTES, onion_reply_key(&reply)->key, KEY_BYTES);
        onion_peeled_clear(&peeled);
        onion_reply_key_clear(&reply);
    }
}

/* A node with any other key opens nothing, at any depth. */
static void
test_other_nodes(void)
{
    static const CryptoOps *const ops[] = { &crypto_real, &crypto_null };

    for (int which = 0; which < 2; which++)
        for (int depth = 0; depth <= HOPS; depth++) {
            Meter meter = { .cost_ns = 0 };
            Crypto crypto = { .ops = ops[which], .meter = &meter };
            OnionReplyKey reply;
            Packet packet =
                peel_to(&crypto, wrap_later(&crypto, ENC_XCHACHA20, &reply), depth);
            const X25519Pair *other = &nodes[(depth + 1) % (HOPS + 1)].x;
            OnionPeeled peeled = depth == 0 ? test_peel_guard(&crypto, other, packet)
                                            : test_peel_hop(&crypto, other, packet, depth);

            g_assert_cmpint(peeled.kind, ==, ONION_UNREADABLE);
            onion_peeled_clear(&peeled);
            onion_reply_key_clear(&reply);
        }
}

/* Changed on its way: bytes again, which do not open. */
static void
test_changed(void)
{
    for (int depth = 0; depth <= HOPS; depth++) {
        Meter meter = { .cost_ns = 0 };
        Crypto crypto = { .ops = &crypto_null, .meter = &meter };
        OnionReplyKey reply;
        Packet packet = peel_to(&crypto, wrap_later(&crypto, ENC_XCHACHA20, &reply), depth);
        OnionPeeled peeled;

        packet_make_mutable(&packet)[60] ^= 4;
        peeled = depth == 0 ? test_peel_guard(&crypto, &nodes[0].x, packet)
                            : test_peel_hop(&crypto, &nodes[depth].x, packet, depth);
        g_assert_cmpint(peeled.kind, ==, ONION_UNREADABLE);
        onion_peeled_clear(&peeled);
        onion_reply_key_clear(&reply);
    }
}

static void
test_bad_key(void)
{
    static const uint8_t zero[KEY_BYTES];
    Meter meter = { .cost_ns = 0 };
    OnionHop bad[HOPS] = { hops[0], { hops[1].ed25519, zero }, hops[2] };
    OnionReplyKey reply;
    Packet body = packet_of_bytes(bytes_of_text(payload)), packet;

    for (int no_shortcuts = 0; no_shortcuts < 2; no_shortcuts++) {
        Crypto crypto = { .ops = &crypto_real,
                          .meter = &meter,
                          .no_shortcuts = no_shortcuts != 0 };

        g_assert_cmpint(onion_wrap_later(&crypto, ENC_AES_GCM, bad, HOPS, &destination,
                                         &body, &random_bytes, &packet, &reply),
                        ==, ST_AUTH);
    }
    packet_clear(&body);
}

/* Of every length of path: the bytes that onion_wrap makes. */
static void
test_path_lengths(void)
{
    Meter meter = { .cost_ns = 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    OnionHop path[ONION_HOPS_MAX];

    for (size_t n = 1; n <= ONION_HOPS_MAX; n++) {
        Packet body = packet_of_bytes(bytes_of_text(payload)), now, later;
        OnionReplyKey reply = { .later = NULL };
        ChannelKey key;

        path[n - 1] = hops[n % HOPS];
        g_assert_cmpint(onion_wrap(&crypto, ENC_XCHACHA20, path, n, &destination,
                                   bytes_of_text(payload), &random_bytes, &now, &key),
                        ==, ST_OK);
        g_assert_cmpint(onion_wrap_later(&crypto, ENC_XCHACHA20, path, n, &destination,
                                         &body, &random_bytes, &later, &reply),
                        ==, ST_OK);
        g_assert_cmpmem(packet_bytes(&later).p, later.length, packet_bytes(&now).p,
                        now.length);
        g_assert_cmpmem(onion_reply_key(&reply)->key, KEY_BYTES, key.key, KEY_BYTES);
        onion_reply_key_clear(&reply);
        packet_clear(&now);
        packet_clear(&later);
        packet_clear(&body);
    }
}

/* What a relay's dict adds is known without making it. */
static void
test_dict_sizes(void)
{
    static const EncType types[] = { ENC_AES_CBC, ENC_AES_GCM, ENC_XCHACHA20 };
    static const uint8_t key[KEY_BYTES];

    for (size_t n = 0; n < 100000000; n = n * 10 / 9 + 1) {
        Buffer head = BUFFER_EMPTY;

        hop_append_head(n, &head);
        g_assert_cmpuint(hop_head_bytes(n), ==, head.n);
        buffer_clear(&head);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        for (int hop_no = 0; hop_no <= ONION_HOPS_MAX + 1; hop_no++) {
            Buffer tail = BUFFER_EMPTY;

            hop_append_tail(types[i], key, hop_no, &tail);
            g_assert_cmpuint(hop_tail_bytes(types[i], hop_no), ==, tail.n);
            buffer_clear(&tail);
        }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    for (uint64_t i = 0; i <= HOPS; i++)
        nodes[i] = test_node(i + 1);
    for (size_t i = 0; i < HOPS; i++)
        hops[i] = (OnionHop){ nodes[i].ed.pk, nodes[i].x.pk };
    destination =
        (OnionDestination){ .ed25519 = nodes[HOPS].ed.pk, .x25519 = nodes[HOPS].x.pk };
    test_random(5, &random_bytes);
    g_test_add_func("/onion/later/same-layers", test_same_layers);
    g_test_add_func("/onion/later/destination", test_destination);
    g_test_add_func("/onion/later/other-nodes", test_other_nodes);
    g_test_add_func("/onion/later/changed", test_changed);
    g_test_add_func("/onion/later/bad-key", test_bad_key);
    g_test_add_func("/onion/later/path-lengths", test_path_lengths);
    g_test_add_func("/onion/later/dict-sizes", test_dict_sizes);
    return g_test_run();
}
