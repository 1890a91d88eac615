/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/onion/layers.h"

void
test_fill(uint64_t seed, uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        p[i] = (uint8_t)(seed >> 33);
    }
}

TestNode
test_node(uint64_t seed)
{
    uint8_t bytes[KEY_BYTES];
    TestNode node;

    test_fill(seed, bytes, sizeof bytes);
    identity_ed25519(bytes, &node.ed);
    identity_x25519(&node.ed, &node.x);
    return node;
}

void
test_random(uint64_t seed, OnionRandom *ret)
{
    test_fill(seed, &ret->key[0][0], sizeof ret->key);
    test_fill(seed + 1, &ret->nonce[0][0], sizeof ret->nonce);
}

X25519Pair
vector_x25519(const json_t *object, const char *sk, const char *pk)
{
    X25519Pair pair;

    vector_hex_exact(object, sk, pair.sk, KEY_BYTES);
    vector_hex_exact(object, pk, pair.pk, KEY_BYTES);
    return pair;
}

Packet
test_layer(const Crypto *crypto, EncType enc, const uint8_t node_pk[KEY_BYTES], Bytes plain)
{
    const uint8_t random[KEY_BYTES] = { 1, 2, 3 }, nonce[CHANNEL_NONCE_MAX] = { 4, 5, 6 };
    size_t n = channel_sealed_bytes(enc, plain.n);
    Buffer out = BUFFER_EMPTY;
    X25519Pair ephemeral;
    ChannelKey key;
    uint8_t *p = buffer_reserve(&out, 4 + n + 200);

    crypto_keygen(crypto, random, &ephemeral);
    g_assert_cmpint(channel_agree(crypto, enc, &ephemeral, node_pk, true, &key), ==, ST_OK);
    store_u32le(p, (uint32_t)n);
    if (plain.n > 0)
        memcpy(p + 4 + channel_nonce_bytes(enc), plain.p, plain.n);
    channel_seal(crypto, &key, nonce, p + 4, plain.n);
    out.n = 4 + n;
    buffer_append_literal(&out, "{\"enc_type\":\"");
    buffer_append_text(&out, enc_type_name(enc));
    buffer_append_literal(&out, "\",\"ephemeral_key\":\"");
    buffer_append_hex(&out, (Bytes){ ephemeral.pk, KEY_BYTES });
    buffer_append_literal(&out, "\"}");
    return packet_of_buffer(&out);
}

Packet
test_container_layer(const Crypto *crypto, EncType enc, const uint8_t node_pk[KEY_BYTES],
                     Bytes cipher, Bytes json)
{
    Buffer plain = BUFFER_EMPTY;
    uint8_t length[4];
    Packet packet;

    store_u32le(length, (uint32_t)cipher.n);
    buffer_append(&plain, length, sizeof length);
    buffer_append_bytes(&plain, cipher);
    buffer_append_bytes(&plain, json);
    packet = test_layer(crypto, enc, node_pk, buffer_bytes(&plain));
    buffer_clear(&plain);
    return packet;
}

OnionPeeled
test_peel_guard(const Crypto *crypto, const X25519Pair *me, Packet packet)
{
    OnionEnvelope envelope;
    OnionPeeled peeled;
    const char *error = NULL;

    g_assert_cmpint(onion_parse_guard(&packet, &envelope, &error), ==, ST_OK);
    g_assert_null(error);
    onion_peel(crypto, me, &envelope, &packet, &peeled);
    g_assert_null(packet.blob);
    return peeled;
}

OnionPeeled
test_peel_hop(const Crypto *crypto, const X25519Pair *me, Packet packet,
              int expected_hop_no)
{
    OnionEnvelope envelope;
    OnionPeeled peeled;
    const char *error = NULL;

    g_assert_cmpint(onion_parse_hop(&packet, &envelope, &error), ==, ST_OK);
    g_assert_null(error);
    g_assert_cmpint(envelope.hop_no, ==, expected_hop_no);
    onion_peel(crypto, me, &envelope, &packet, &peeled);
    g_assert_null(packet.blob);
    return peeled;
}
