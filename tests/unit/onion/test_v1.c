/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Version 1 of 2020: our requests read with another JSON library, other people's forms of
 * the same JSON read here, real and null alike, every truncation and flipped byte. */
#include "nodes/onion/onion_v1.h"
#include "nodes/wire/base64.h"
#include "tests/unit/onion/layers.h"

enum { IMPLEMENTATIONS = 2, NODES = 4 };

static Meter meters[IMPLEMENTATIONS];
static const Crypto both[IMPLEMENTATIONS] = { { &crypto_real, &meters[0], NULL },
                                              { &crypto_null, &meters[1], NULL } };
static const char payload_text[] =
    "{\"method\":\"retrieve\",\"params\":{\"pubKey\":\"05\"}}";
static TestNode nodes[NODES];

static Packet
wrap(const Crypto *crypto, size_t n_hops, const OnionDestination *destination,
     Bytes payload, ChannelKey *ret_reply)
{
    OnionHop hops[NODES];
    OnionRandom random;
    Packet packet = PACKET_EMPTY;

    for (size_t i = 0; i < n_hops; i++)
        hops[i] = (OnionHop){ nodes[i].ed.pk, nodes[i].x.pk };
    test_random(n_hops, &random);
    g_assert_cmpint(onion_v1_wrap(crypto, hops, n_hops, destination, payload, &random,
                                  &packet, ret_reply),
                    ==, ST_OK);
    return packet;
}

static OnionDestination
node_destination(size_t i)
{
    return (OnionDestination){ .ed25519 = nodes[i].ed.pk, .x25519 = nodes[i].x.pk };
}

static OnionPeeled
peel(const Crypto *crypto, const X25519Pair *me, Packet *packet)
{
    OnionPeeled peeled;
    OnionV1Layer layer;
    const char *error;

    g_assert_cmpint(onion_v1_parse(packet, &layer, &error), ==, ST_OK);
    packet_clear(packet);
    onion_v1_peel(crypto, me, &layer, &peeled);
    return peeled;
}

/* The way there and back, over 0 to 3 relays. */
static void
test_paths(gconstpointer data)
{
    const Crypto *crypto = data;

    for (size_t n_hops = 0; n_hops < NODES; n_hops++) {
        const uint8_t nonce[CHANNEL_NONCE_MAX] = { 9 };
        OnionDestination destination = node_destination(n_hops);
        ChannelKey key;
        Packet packet =
            wrap(crypto, n_hops, &destination, bytes_of_text(payload_text), &key);
        OnionPeeled peeled = peel(crypto, &nodes[0].x, &packet);
        Packet reply, plain;

        for (size_t i = 1; i <= n_hops; i++) {
            g_assert_cmpint(peeled.kind, ==, ONION_RELAY);
            g_assert_cmpmem(peeled.next_ed25519, KEY_BYTES, nodes[i].ed.pk, KEY_BYTES);
            packet = packet_steal(&peeled.next);
            onion_peeled_clear(&peeled);
            peeled = peel(crypto, &nodes[i].x, &packet);
        }
        g_assert_cmpint(peeled.kind, ==, ONION_FINAL);
        g_assert_true(bytes_equal_text(packet_bytes(&peeled.body), payload_text));
        g_assert_true(peeled.reply_base64 && !peeled.reply_json);
        reply = onion_reply_seal(crypto, &peeled.key, nonce, 432,
                                 BYTES_LITERAL("{\"difficulty\":4}"), false, true);
        g_assert_cmpint(onion_reply_open(crypto, &key, &reply, &plain), ==, ST_OK);
        g_assert_true(bytes_equal_text(
            packet_bytes(&plain), "{\"body\":\"{\\\"difficulty\\\":4}\",\"status\":432}"));
        packet_clear(&plain);
        onion_peeled_clear(&peeled);
    }
}

/* Open one layer with jansson and the bare construction: what is in it. */
static json_t *
open_by_hand(const Crypto *crypto, const X25519Pair *me, const json_t *request)
{
    const char *cipher = json_string_value(json_object_get(request, "ciphertext"));
    const char *hex = json_string_value(json_object_get(request, "ephemeral_key"));
    g_autofree uint8_t *raw = NULL;
    uint8_t theirs[KEY_BYTES];
    ChannelKey key;
    gsize n;
    size_t plain_n;
    json_t *plain;

    g_assert_nonnull(cipher);
    raw = g_base64_decode(cipher, &n);
    g_assert_true(hex_decode(bytes_of_text(hex), theirs, KEY_BYTES));
    g_assert_cmpint(channel_agree(crypto, ENC_AES_GCM, me, theirs, false, &key), ==, ST_OK);
    g_assert_cmpint(channel_open(crypto, &key, raw, n, &plain_n), ==, ST_OK);
    plain = json_loadb((const char *)raw + 12, plain_n, JSON_REJECT_DUPLICATES, NULL);
    g_assert_nonnull(plain);
    return plain;
}

/* Members of our layers, to the name: protocol 4.5. */
static void
test_form(void)
{
    OnionDestination destination = node_destination(2);
    ChannelKey key;
    Packet packet = wrap(&both[0], 2, &destination, bytes_of_text(payload_text), &key);
    Bytes text = packet_bytes(&packet);
    json_t *layer = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);

    g_assert_cmpuint(json_object_size(layer), ==, 2);
    for (size_t i = 0; i < 2; i++) {
        json_t *inner = open_by_hand(&both[0], &nodes[i].x, layer);
        g_autofree char *next = g_malloc0(2 * KEY_BYTES + 1);

        hex_encode((Bytes){ nodes[i + 1].ed.pk, KEY_BYTES }, next);
        g_assert_cmpuint(json_object_size(inner), ==, 3);
        g_assert_cmpstr(json_string_value(json_object_get(inner, "destination")), ==, next);
        json_decref(layer);
        layer = inner;
    }
    {
        json_t *last = open_by_hand(&both[0], &nodes[2].x, layer);

        g_assert_cmpuint(json_object_size(last), ==, 2);
        g_assert_cmpstr(json_string_value(json_object_get(last, "body")), ==, payload_text);
        g_assert_cmpstr(json_string_value(json_object_get(last, "headers")), ==, "");
        json_decref(last);
    }
    json_decref(layer);
    packet_clear(&packet);
}

/* A body grows by a third with each layer: 4.5 says about 3.2 times over four. */
static void
test_growth(void)
{
    OnionDestination destination = node_destination(3);
    g_autofree uint8_t *body = g_malloc(100000);
    ChannelKey key;
    Packet packet;

    memset(body, 'A', 100000);
    packet = wrap(&both[0], 3, &destination, (Bytes){ body, 100000 }, &key);
    g_assert_cmpuint(packet.length, >, 316000);
    g_assert_cmpuint(packet.length, <, 320000);
    packet_clear(&packet);
}

static void
test_server(void)
{
    OnionDestination destination = { .is_server = true,
                                     .x25519 = nodes[3].x.pk,
                                     .host = "file.example.org",
                                     .target = "/loki/v1/lsrpc" };
    ChannelKey key;
    Packet packet = wrap(&both[0], 1, &destination, BYTES_LITERAL("\x00\xff raw"), &key);
    OnionPeeled peeled = peel(&both[0], &nodes[0].x, &packet);
    json_t *body;
    Bytes text;

    g_assert_cmpint(peeled.kind, ==, ONION_SERVER);
    g_assert_cmpstr(peeled.host, ==, "file.example.org");
    g_assert_cmpstr(peeled.target, ==, "/loki/v1/lsrpc");
    text = packet_bytes(&peeled.server_body);
    body = json_loadb((const char *)text.p, text.n, 0, NULL);
    g_assert_cmpstr(json_string_value(json_object_get(body, "method")), ==, "POST");
    json_decref(body);
    onion_peeled_clear(&peeled);
}

/* A request whose one layer holds @plain, by hand, with spaces and escapes as other JSON
 * libraries may write them. */
static Packet
layer_by_hand(const Crypto *crypto, const uint8_t node[KEY_BYTES], const char *plain)
{
    size_t n = strlen(plain), sealed = channel_sealed_bytes(ENC_AES_GCM, n);
    g_autofree uint8_t *raw = g_malloc(sealed);
    g_autofree char *cipher = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) parts = NULL;
    g_autofree char *escaped = NULL;
    uint8_t nonce[CHANNEL_NONCE_MAX] = { 3 }, secret[KEY_BYTES] = { 77 };
    char hex[2 * KEY_BYTES + 1] = "";
    X25519Pair ephemeral;
    ChannelKey key;

    crypto_keygen(crypto, secret, &ephemeral);
    g_assert_cmpint(channel_agree(crypto, ENC_AES_GCM, &ephemeral, node, true, &key), ==,
                    ST_OK);
    memcpy(raw + 12, plain, n);
    channel_seal(crypto, &key, nonce, raw, n);
    cipher = g_base64_encode(raw, sealed);
    parts = g_strsplit(cipher, "/", -1);
    escaped = g_strjoinv("\\/", parts);
    hex_encode((Bytes){ ephemeral.pk, KEY_BYTES }, hex);
    text = g_strdup_printf("{ \"ephemeral_key\" : \"%s\",\n \"ciphertext\" : \"%s\" }", hex,
                           escaped);
    return packet_of_bytes(bytes_of_text(text));
}

static void
check_inside(const char *plain, OnionKind kind)
{
    for (size_t i = 0; i < IMPLEMENTATIONS; i++) {
        Packet packet = layer_by_hand(&both[i], nodes[0].x.pk, plain);
        OnionPeeled peeled = peel(&both[i], &nodes[0].x, &packet);

        g_assert_cmpint(peeled.kind, ==, kind);
        onion_peeled_clear(&peeled);
    }
}

#define KEY_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
test_inside(void)
{
    check_inside("{\"headers\":\"\",\"body\":\"x\"}", ONION_FINAL);
    check_inside("{\"body\":\"\\u00fc\\n\"}", ONION_FINAL);
    check_inside("{\"body\":{}}", ONION_BAD_JSON);
    check_inside("{\"body\":7}", ONION_BAD_JSON);
    check_inside("", ONION_BAD_JSON);
    check_inside("[]", ONION_BAD_JSON);
    check_inside("{\"headers\":\"\"}", ONION_BAD_JSON);
    check_inside("{\"body\":\"x\"", ONION_BAD_JSON);
    check_inside("{\"destination\":\"" KEY_64 "\",\"ciphertext\":\"AA==\","
                 "\"ephemeral_key\":\"" KEY_64 "\"}",
                 ONION_RELAY);
    check_inside("{\"destination\":\"" KEY_64 "\",\"ciphertext\":\"AA==\"}",
                 ONION_BAD_JSON);
    check_inside(
        "{\"destination\":\"012\",\"ciphertext\":\"AA==\",\"ephemeral_key\":\"" KEY_64
        "\"}",
        ONION_BAD_JSON);
    check_inside("{\"destination\":\"" KEY_64
                 "\",\"ciphertext\":7,\"ephemeral_key\":\"" KEY_64 "\"}",
                 ONION_BAD_JSON);
    check_inside("{\"host\":\"a\",\"target\":\"/loki/v1/lsrpc\"}", ONION_SERVER);
    check_inside("{\"host\":\"a\",\"target\":\"/admin\"}", ONION_BAD_URL);
    check_inside("{\"host\":7,\"target\":\"/loki/v1/lsrpc\"}", ONION_BAD_JSON);
}

static void
check_refused(const char *text, const char *expected)
{
    Packet packet = packet_of_bytes(bytes_of_text(text));
    OnionV1Layer layer = { .cipher = PACKET_EMPTY };
    const char *error = "";

    g_assert_cmpint(onion_v1_parse(&packet, &layer, &error), ==, ST_MALFORMED);
    g_assert_nonnull(strstr(error, expected));
    g_assert_null(layer.cipher.blob);
    packet_clear(&packet);
}

static void
test_outside(void)
{
    check_refused("", "parse_error");
    check_refused("{", "parse_error");
    check_refused("{}", "'ciphertext' not found");
    check_refused("[]", "cannot use at()");
    check_refused("{\"ciphertext\":\"\"}", "'ephemeral_key' not found");
    check_refused("{\"ciphertext\":7,\"ephemeral_key\":\"\"}", "incompatible");
    check_refused("{\"ciphertext\":\"\",\"ephemeral_key\":7}", "incompatible");
}

static void
check_unreadable(const char *text)
{
    Packet packet = packet_of_bytes(bytes_of_text(text));
    OnionPeeled peeled = peel(&both[0], &nodes[0].x, &packet);

    g_assert_cmpint(peeled.kind, ==, ONION_UNREADABLE);
    onion_peeled_clear(&peeled);
}

/* Bad base64, a bad or small key, another's key: nobody can open it. */
static void
test_unreadable(void)
{
    OnionDestination destination = node_destination(0);
    OnionPeeled peeled;
    ChannelKey key;
    Packet packet;

    check_unreadable("{\"ciphertext\":\"\",\"ephemeral_key\":\"" KEY_64 "\"}");
    check_unreadable("{\"ciphertext\":\"?\",\"ephemeral_key\":\"" KEY_64 "\"}");
    check_unreadable("{\"ciphertext\":\"QUJD\",\"ephemeral_key\":\"\"}");
    check_unreadable("{\"ciphertext\":\"QUJD\",\"ephemeral_key\":\"zz\"}");
    check_unreadable(
        "{\"ciphertext\":\"QUJD\",\"ephemeral_key\":\"00000000000000000000000000"
        "00000000000000000000000000000000000000\"}");
    packet = wrap(&both[0], 0, &destination, bytes_of_text(payload_text), &key);
    peeled = peel(&both[0], &nodes[1].x, &packet);
    g_assert_cmpint(peeled.kind, ==, ONION_UNREADABLE);
    onion_peeled_clear(&peeled);
}

/* Cut or changed anywhere, a request is refused or opens for nobody. */
static void
test_damaged(gconstpointer data)
{
    const Crypto *crypto = data;
    OnionDestination destination = node_destination(1);
    ChannelKey key;
    Packet whole = wrap(crypto, 1, &destination, bytes_of_text(payload_text), &key);
    Bytes text = packet_bytes(&whole);

    for (size_t i = 0; i < text.n; i++) {
        Packet cut = packet_of_bytes((Bytes){ text.p, i });
        Packet changed = packet_of_bytes(text);
        OnionV1Layer layer;
        const char *error;

        g_assert_cmpint(onion_v1_parse(&cut, &layer, &error), ==, ST_MALFORMED);
        packet_make_mutable(&changed)[i] ^= 4;
        if (onion_v1_parse(&changed, &layer, &error) == ST_OK) {
            OnionPeeled peeled;

            onion_v1_peel(crypto, &nodes[0].x, &layer, &peeled);
            g_assert_cmpint(peeled.kind, ==, ONION_UNREADABLE);
            onion_peeled_clear(&peeled);
        }
        packet_clear(&cut);
        packet_clear(&changed);
    }
    packet_clear(&whole);
}

static void
test_limits(void)
{
    OnionDestination destination = node_destination(3);
    OnionDestination server = {
        .is_server = true, .x25519 = nodes[3].x.pk, .host = "a", .target = "/loki/v1/lsrpc"
    };
    OnionHop hops[3] = { { nodes[0].ed.pk, nodes[0].x.pk },
                         { nodes[1].ed.pk, nodes[1].x.pk },
                         { nodes[2].ed.pk, nodes[2].x.pk } };
    g_autofree uint8_t *body = g_malloc(ONION_REQUEST_MAX);
    OnionRandom random;
    ChannelKey key;
    Packet packet = PACKET_EMPTY;

    memset(body, 'A', ONION_REQUEST_MAX);
    test_random(1, &random);
    /* What fits version 2 whole does not fit four layers of base64 (5.7). */
    g_assert_cmpint(onion_v1_wrap(&both[1], hops, 3, &destination,
                                  (Bytes){ body, ONION_REQUEST_MAX / 3 }, &random, &packet,
                                  &key),
                    ==, ST_TOO_LARGE);
    g_assert_cmpint(onion_v1_wrap(&both[1], hops, 3, &destination,
                                  (Bytes){ body, ONION_REQUEST_MAX / 4 }, &random, &packet,
                                  &key),
                    ==, ST_OK);
    packet_clear(&packet);
    g_assert_cmpint(onion_v1_wrap(&both[1], hops, 0, &server, BYTES_LITERAL("x"), &random,
                                  &packet, &key),
                    ==, ST_RANGE);
    g_assert_cmpint(onion_v1_wrap(&both[1], hops, 1, &destination, BYTES_LITERAL("\xff"),
                                  &random, &packet, &key),
                    ==, ST_MALFORMED);
    hops[1].x25519 = (const uint8_t[KEY_BYTES]){ 0 };
    g_assert_cmpint(onion_v1_wrap(&both[1], hops, 2, &destination, BYTES_LITERAL("x"),
                                  &random, &packet, &key),
                    ==, ST_AUTH);
    g_assert_null(packet.blob);
}

/* The same work is counted in both implementations. */
static void
test_meters(void)
{
    memset(meters, 0, sizeof meters);
    test_paths(&both[0]);
    test_paths(&both[1]);
    g_assert_cmpmem(meters[0].count, sizeof meters[0].count, meters[1].count,
                    sizeof meters[1].count);
    g_assert_cmpmem(meters[0].bytes, sizeof meters[0].bytes, meters[1].bytes,
                    sizeof meters[1].bytes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    for (size_t i = 0; i < NODES; i++)
        nodes[i] = test_node(100 + i);
    g_test_add_data_func("/onion-v1/paths/real", &both[0], test_paths);
    g_test_add_data_func("/onion-v1/paths/null", &both[1], test_paths);
    g_test_add_func("/onion-v1/form", test_form);
    g_test_add_func("/onion-v1/growth", test_growth);
    g_test_add_func("/onion-v1/server", test_server);
    g_test_add_func("/onion-v1/inside", test_inside);
    g_test_add_func("/onion-v1/outside", test_outside);
    g_test_add_func("/onion-v1/unreadable", test_unreadable);
    g_test_add_data_func("/onion-v1/damaged/real", &both[0], test_damaged);
    g_test_add_data_func("/onion-v1/damaged/null", &both[1], test_damaged);
    g_test_add_func("/onion-v1/limits", test_limits);
    g_test_add_func("/onion-v1/meters", test_meters);
    return g_test_run();
}
