/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/outside/posted.h"

#include <glib.h>

static const OnionRandom luck = { .key = { { 7 }, { 8 } } };

static OnionDestination
server_of(const uint8_t server_pk[KEY_BYTES])
{
    return (OnionDestination){
        .is_server = true, .x25519 = server_pk, .host = "server", .target = "/oxen/v4/lsrpc"
    };
}

static void
node_keys(Ed25519Pair *ret_ed25519, X25519Pair *ret_x25519)
{
    const uint8_t seed[KEY_BYTES] = { 1 };

    identity_ed25519(seed, ret_ed25519);
    identity_x25519(ret_ed25519, ret_x25519);
}

/* The node takes off its layer. */
static Packet
pass_on(const Crypto *crypto, const X25519Pair *node, Packet *packet)
{
    OnionEnvelope envelope;
    OnionPeeled peeled;
    const char *error;
    Packet server_body;

    g_assert_true(onion_parse_guard(packet, &envelope, &error) == ST_OK);
    onion_peel(crypto, node, &envelope, packet, &peeled);
    g_assert_cmpint(peeled.kind, ==, ONION_SERVER);
    server_body = packet_steal(&peeled.server_body);
    onion_peeled_clear(&peeled);
    return server_body;
}

Packet
posted(const Crypto *crypto, const uint8_t server_pk[KEY_BYTES], Bytes payload)
{
    OnionDestination destination = server_of(server_pk);
    ChannelKey reply;
    Ed25519Pair node;
    X25519Pair x;
    Packet packet;

    node_keys(&node, &x);
    g_assert_true(onion_wrap(crypto, ENC_AES_GCM, &(OnionHop){ node.pk, x.pk }, 1,
                             &destination, payload, &luck, &packet, &reply) == ST_OK);
    return pass_on(crypto, &x, &packet);
}

Packet
posted_later(const Crypto *crypto, const uint8_t server_pk[KEY_BYTES], Packet *payload,
             OnionReplyKey *ret_reply)
{
    OnionDestination destination = server_of(server_pk);
    Ed25519Pair node;
    X25519Pair x;
    Packet packet;

    node_keys(&node, &x);
    g_assert_true(onion_wrap_later(crypto, ENC_AES_GCM, &(OnionHop){ node.pk, x.pk }, 1,
                                   &destination, payload, &luck, &packet,
                                   ret_reply) == ST_OK);
    packet_clear(payload);
    return pass_on(crypto, &x, &packet);
}
