/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the onion tests share: nodes with keys, layers made by hand. */
#pragma once

#include "nodes/onion/onion.h"
#include "tests/lib/vectors.h"

typedef struct TestNode {
    Ed25519Pair ed;
    X25519Pair x;
} TestNode;

/* Bytes that hang on @seed alone. */
void test_fill(uint64_t seed, uint8_t *p, size_t n);
TestNode test_node(uint64_t seed);
void test_random(uint64_t seed, OnionRandom *ret);

/* The X25519 pair of a vector's member. */
X25519Pair vector_x25519(const json_t *object, const char *sk, const char *pk);

/* A guard's request whose one layer holds @plain. */
Packet test_layer(const Crypto *crypto, EncType enc, const uint8_t node_pk[KEY_BYTES],
                  Bytes plain);
/* The same around a container. */
Packet test_container_layer(const Crypto *crypto, EncType enc,
                            const uint8_t node_pk[KEY_BYTES], Bytes cipher, Bytes json);

/* Parse what a node received and peel it; the packet is taken. */
OnionPeeled test_peel_guard(const Crypto *crypto, const X25519Pair *me, Packet packet);
OnionPeeled test_peel_hop(const Crypto *crypto, const X25519Pair *me, Packet packet,
                          int expected_hop_no);
