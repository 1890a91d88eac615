/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests of our own making through nodes of our own: real and null alike, all encryption
 * types, every path length, every truncation, every flipped bit. */
#include "tests/unit/onion/layers.h"

enum { IMPLEMENTATIONS = 2, NODES = ONION_HOPS_MAX + 1 };

static Meter meters[IMPLEMENTATIONS];
static const Crypto both[IMPLEMENTATIONS] = { { &crypto_real, &meters[0], NULL },
                                              { &crypto_null, &meters[1], NULL } };

static const char payload_text[] = "{\"method\":\"info\",\"params\":{}}";

static void
forget_meters(void)
{
    memset(meters, 0, sizeof meters);
}

/* Of the work since they were forgotten. */
static void
check_same_meters(void)
{
    g_assert_cmpmem(meters[0].count, sizeof meters[0].count, meters[1].count,
                    sizeof meters[1].count);
    g_assert_cmpmem(meters[0].bytes, sizeof meters[0].bytes, meters[1].bytes,
                    sizeof meters[1].bytes);
}

/* Nodes 0 to NODES - 1; the last of a path is the destination. */
static TestNode nodes[NODES];

static void
make_nodes(void)
{
    for (size_t i = 0; i < NODES; i++)
        nodes[i] = test_node(100 + i);
}

static OnionDestination
node_destination(size_t i)
{
    return (OnionDestination){ .ed25519 = nodes[i].ed.pk, .x25519 = nodes[i].x.pk };
}

static OnionDestination
server_destination(void)
{
    return (OnionDestination){ .is_server = true,
                               .x25519 = nodes[NODES - 1].x.pk,
                               .host = "sogs.example.org",
                               .target = "/oxen/v4/lsrpc" };
}

static Status
wrap(const Crypto *crypto, EncType enc, size_t n_hops, const OnionDestination *destination,
     Bytes payload, Packet *ret, ChannelKey *ret_reply)
{
    OnionHop hops[NODES + 1];
    OnionRandom random;

    for (size_t i = 0; i < n_hops && i < NODES; i++)
        hops[i] = (OnionHop){ nodes[i].ed.pk, nodes[i].x.pk };
    test_random(n_hops, &random);
    return onion_wrap(crypto, enc, hops, n_hops, destination, payload, &random, ret,
                      ret_reply);
}

static Packet
wrap_ok(const Crypto *crypto, EncType enc, size_t n_hops, ChannelKey *ret_reply)
{
    OnionDestination destination = node_destination(n_hops);
    Packet packet = PACKET_EMPTY;

    g_assert_cmpint(wrap(crypto, enc, n_hops, &destination, bytes_of_text(payload_text),
                         &packet, ret_reply),
                    ==, ST_OK);
    return packet;
}

/* Through @n_hops relays; returns what the last node found. */
static OnionPeeled
carry(const Crypto *crypto, size_t n_hops, Packet packet)
{
    OnionPeeled peeled = test_peel_guard(crypto, &nodes[0].x, packet);

    for (size_t i = 1; i <= n_hops; i++) {
        g_assert_cmpint(peeled.kind, ==, ONION_RELAY);
        g_assert_cmpmem(peeled.next_ed25519, KEY_BYTES, nodes[i].ed.pk, KEY_BYTES);
        packet = packet_steal(&peeled.next);
        onion_peeled_clear(&peeled);
        peeled = test_peel_hop(crypto, &nodes[i].x, packet, (int)i);
    }
    return peeled;
}

static size_t
check_path(const Crypto *crypto, EncType enc, size_t n_hops)
{
    const uint8_t nonce[CHANNEL_NONCE_MAX] = { 9 };
    ChannelKey key;
    Packet packet = wrap_ok(crypto, enc, n_hops, &key), reply, plain;
    size_t n = packet.length;
    OnionPeeled peeled = carry(crypto, n_hops, packet);

    g_assert_cmpint(peeled.kind, ==, ONION_FINAL);
    g_assert_true(bytes_equal_text(packet_bytes(&peeled.body), payload_text));
    reply = onion_reply_seal(crypto, &peeled.key, nonce, 200, BYTES_LITERAL("fine"), false,
                             peeled.reply_base64);
    n += reply.length;
    g_assert_cmpint(onion_reply_open(crypto, &key, &reply, &plain), ==, ST_OK);
    g_assert_true(
        bytes_equal_text(packet_bytes(&plain), "{\"body\":\"fine\",\"status\":200}"));
    packet_clear(&plain);
    onion_peeled_clear(&peeled);
    return n;
}

static void
test_every_path_length(void)
{
    forget_meters();
    for (EncType enc = 0; enc < ENC_COUNT; enc++)
        for (size_t n_hops = 0; n_hops <= ONION_HOPS_MAX; n_hops++)
            g_assert_cmpuint(check_path(&both[0], enc, n_hops), ==,
                             check_path(&both[1], enc, n_hops));
    g_assert_cmpuint(meters[0].count[METER_X25519], ==, ENC_COUNT * 2 * (16 * 17 / 2));
    check_same_meters();
}

static void
test_limits_of_wrapping(void)
{
    const uint8_t zero[KEY_BYTES] = { 0 };
    OnionDestination to_node = node_destination(1), server = server_destination();
    g_autofree uint8_t *big = g_malloc0(ONION_REQUEST_MAX + 1);
    Packet packet = PACKET_EMPTY;
    ChannelKey key;
    size_t overhead, room;

    g_assert_cmpint(wrap(&both[1], ENC_AES_GCM, ONION_HOPS_MAX + 1, &to_node,
                         BYTES_LITERAL("x"), &packet, &key),
                    ==, ST_RANGE);
    g_assert_cmpint(
        wrap(&both[1], ENC_AES_GCM, 0, &server, BYTES_LITERAL("x"), &packet, &key), ==,
        ST_RANGE);
    to_node.x25519 = zero;
    g_assert_cmpint(
        wrap(&both[1], ENC_AES_GCM, 1, &to_node, BYTES_LITERAL("x"), &packet, &key), ==,
        ST_AUTH);
    to_node = node_destination(1);
    g_assert_cmpint(
        wrap(&both[1], ENC_AES_GCM, 1, &to_node, (Bytes){ NULL, 0 }, &packet, &key), ==,
        ST_OK);
    overhead = packet.length;
    packet_clear(&packet);
    room = ONION_REQUEST_MAX - overhead;
    g_assert_cmpint(
        wrap(&both[1], ENC_AES_GCM, 1, &to_node, (Bytes){ big, room + 1 }, &packet, &key),
        ==, ST_TOO_LARGE);
    g_assert_cmpint(wrap(&both[1], ENC_AES_GCM, 1, &to_node,
                         (Bytes){ big, ONION_REQUEST_MAX + 1 }, &packet, &key),
                    ==, ST_TOO_LARGE);
    g_assert_null(packet.blob);
    g_assert_cmpint(
        wrap(&both[1], ENC_AES_GCM, 1, &to_node, (Bytes){ big, room }, &packet, &key), ==,
        ST_OK);
    g_assert_cmpuint(packet.length, ==, ONION_REQUEST_MAX);
    /* the largest request goes through: its length has the most digits */
    {
        OnionPeeled peeled = carry(&both[1], 1, packet_steal(&packet));

        g_assert_cmpint(peeled.kind, ==, ONION_FINAL);
        g_assert_cmpuint(peeled.body.length, ==, room);
        onion_peeled_clear(&peeled);
    }
}

static void
test_servers(void)
{
    forget_meters();
    for (int i = 0; i < IMPLEMENTATIONS; i++) {
        OnionDestination server = server_destination();
        Packet packet;
        ChannelKey key;
        OnionPeeled peeled;

        server.host = "a\"b\\c";
        g_assert_cmpint(
            wrap(&both[i], ENC_XCHACHA20, 1, &server, BYTES_LITERAL("x"), &packet, &key),
            ==, ST_OK);
        peeled = test_peel_guard(&both[i], &nodes[0].x, packet);
        g_assert_cmpint(peeled.kind, ==, ONION_SERVER);
        g_assert_cmpstr(peeled.host, ==, "a\"b\\c");
        g_assert_cmpstr(peeled.target, ==, "/oxen/v4/lsrpc");
        g_assert_true(peeled.https); /* both left out */
        g_assert_cmpuint(peeled.port, ==, 443);
        onion_peeled_clear(&peeled);
        server.protocol = "http";
        server.port = 8080;
        server.target = "/evil";
        g_assert_cmpint(
            wrap(&both[i], ENC_XCHACHA20, 1, &server, BYTES_LITERAL("x"), &packet, &key),
            ==, ST_OK);
        peeled = test_peel_guard(&both[i], &nodes[0].x, packet);
        g_assert_cmpint(peeled.kind, ==, ONION_BAD_URL);
        g_assert_false(peeled.https);
        g_assert_cmpuint(peeled.port, ==, 8080);
        g_assert_null(peeled.server_body.blob);
        onion_peeled_clear(&peeled);
    }
    check_same_meters();
}

/* A shared packet is left as it is; one's own is changed in place. */
static void
test_sharing(void)
{
    ChannelKey key;
    Packet packet = wrap_ok(&both[1], ENC_AES_GCM, 2, &key);
    Packet other = packet_share(&packet);
    Packet copy = packet_of_bytes(packet_bytes(&packet));
    OnionPeeled peeled = test_peel_guard(&both[1], &nodes[0].x, packet_steal(&packet));

    g_assert_cmpint(peeled.kind, ==, ONION_RELAY);
    g_assert_true(peeled.next.blob != other.blob);
    g_assert_true(bytes_equal(packet_bytes(&other), packet_bytes(&copy)));
    g_assert_true(blob_is_unique(other.blob));
    onion_peeled_clear(&peeled);
    packet = packet_share(&other);
    packet_clear(&packet);
    peeled = test_peel_guard(&both[1], &nodes[0].x, packet_share(&copy));
    onion_peeled_clear(&peeled);
    {
        const Blob *mine = other.blob;

        peeled = test_peel_guard(&both[1], &nodes[0].x, packet_steal(&other));
        g_assert_true(peeled.next.blob == mine);
        g_assert_true(blob_is_unique(mine));
        onion_peeled_clear(&peeled);
    }
    packet_clear(&copy);
}

/* A request that stands in the middle of a larger blob of one's own. */
static void
test_slices(void)
{
    ChannelKey key;
    Packet packet = wrap_ok(&both[1], ENC_AES_GCM, 2, &key);
    Buffer wide = BUFFER_EMPTY;
    OnionPeeled peeled;

    buffer_append_literal(&wide, "before");
    buffer_append_bytes(&wide, packet_bytes(&packet));
    buffer_append_literal(&wide, "after");
    packet_clear(&packet);
    packet = packet_of_buffer(&wide);
    packet.offset = 6;
    packet.length -= 11;
    peeled = carry(&both[1], 2, packet);
    g_assert_cmpint(peeled.kind, ==, ONION_FINAL);
    g_assert_true(bytes_equal_text(packet_bytes(&peeled.body), payload_text));
    onion_peeled_clear(&peeled);
}

/* --- changed bytes -----------------------------------------------------------------------
 */

typedef Status (*Parse)(const Packet *packet, OnionEnvelope *ret, const char **ret_error);

/* What becomes of @in at @me.  A request that still opens must be the original one. */
static bool
opens(const Crypto *crypto, Parse parse, const X25519Pair *me, Bytes in,
      const OnionEnvelope *original)
{
    Packet packet = packet_of_bytes(in);
    OnionEnvelope envelope;
    const char *error = NULL;
    OnionPeeled peeled;
    bool opened;

    if (parse(&packet, &envelope, &error) != ST_OK) {
        g_assert_nonnull(error);
        packet_clear(&packet);
        return false;
    }
    g_assert_cmpuint(envelope.cipher_offset + envelope.cipher_length, <=, in.n);
    opened = envelope.enc == original->enc &&
             memcmp(envelope.ephemeral_pk, original->ephemeral_pk, KEY_BYTES) == 0;
    onion_peel(crypto, me, &envelope, &packet, &peeled);
    g_assert_true(opened || peeled.kind == ONION_UNREADABLE);
    opened = peeled.kind != ONION_UNREADABLE;
    onion_peeled_clear(&peeled);
    return opened;
}

static void
check_changes(const Crypto *crypto, Parse parse, const X25519Pair *me, Packet *packet,
              bool all_bits)
{
    Bytes in = packet_bytes(packet);
    g_autofree uint8_t *p = g_memdup2(in.p, in.n);
    OnionEnvelope original;
    const char *error;
    size_t end;

    g_assert_cmpint(parse(packet, &original, &error), ==, ST_OK);
    end = original.cipher_offset + original.cipher_length;
    for (size_t n = 0; n < in.n; n++)
        g_assert_false(opens(crypto, parse, me, (Bytes){ p, n }, &original));
    for (size_t bit = 0; bit < 8 * in.n; bit++) {
        bool in_cipher = bit / 8 >= original.cipher_offset && bit / 8 < end;
        bool opened;

        if (!all_bits && bit % 8 != bit / 8 % 8)
            continue;
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        opened = opens(crypto, parse, me, (Bytes){ p, in.n }, &original);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (in_cipher || bit / 8 < original.cipher_offset)
            g_assert_false(opened);
    }
    g_assert_true(opens(crypto, parse, me, (Bytes){ p, in.n }, &original));
}

static void
test_changed_requests(void)
{
    for (int i = 0; i < IMPLEMENTATIONS; i++)
        for (EncType enc = ENC_AES_GCM; enc <= ENC_XCHACHA20; enc++) {
            ChannelKey key;
            Packet packet = wrap_ok(&both[i], enc, 1, &key);
            OnionPeeled peeled;

            check_changes(&both[i], onion_parse_guard, &nodes[0].x, &packet, i == 1);
            peeled = test_peel_guard(&both[i], &nodes[0].x, packet);
            check_changes(&both[i], onion_parse_hop, &nodes[1].x, &peeled.next, i == 1);
            onion_peeled_clear(&peeled);
        }
}

static void
test_wrong_node(void)
{
    forget_meters();
    for (int i = 0; i < IMPLEMENTATIONS; i++)
        for (EncType enc = ENC_AES_GCM; enc <= ENC_XCHACHA20; enc++) {
            ChannelKey key;
            Packet packet = wrap_ok(&both[i], enc, 1, &key);
            OnionPeeled peeled = test_peel_guard(&both[i], &nodes[1].x, packet);

            g_assert_cmpint(peeled.kind, ==, ONION_UNREADABLE);
            onion_peeled_clear(&peeled);
        }
    check_same_meters();
}

/* An ephemeral key of small order agrees with nobody. */
static void
test_degenerate_key(void)
{
    forget_meters();
    for (int i = 0; i < IMPLEMENTATIONS; i++) {
        ChannelKey key;
        Packet packet = wrap_ok(&both[i], ENC_AES_GCM, 1, &key);
        OnionEnvelope envelope;
        OnionPeeled peeled;
        const char *error;

        g_assert_cmpint(onion_parse_guard(&packet, &envelope, &error), ==, ST_OK);
        memset(envelope.ephemeral_pk, 0, KEY_BYTES);
        onion_peel(&both[i], &nodes[0].x, &envelope, &packet, &peeled);
        g_assert_cmpint(peeled.kind, ==, ONION_UNREADABLE);
        onion_peeled_clear(&peeled);
    }
    check_same_meters();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    make_nodes();
    g_test_add_func("/onion/every-path-length", test_every_path_length);
    g_test_add_func("/onion/limits-of-wrapping", test_limits_of_wrapping);
    g_test_add_func("/onion/servers", test_servers);
    g_test_add_func("/onion/sharing", test_sharing);
    g_test_add_func("/onion/slices", test_slices);
    g_test_add_func("/onion/changed-requests", test_changed_requests);
    g_test_add_func("/onion/wrong-node", test_wrong_node);
    g_test_add_func("/onion/degenerate-key", test_degenerate_key);
    return g_test_run();
}
