/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A storage node alone, to measure what it does with one request: its swarm is itself and a
 * peer that only pushes; time stands still; what it answers is counted, what it sends is
 * dropped. */
#pragma once

#include "nodes/service/service.h"

#define LONE_UNIX_MS ((UnixMs)1700000000000)

typedef struct Lone {
    Port port; /* first */
    Meter meter;
    Crypto crypto;
    ServiceConfig config;
    ServiceNode *node;
    NodeRecord record, peer;
    X25519Pair x25519;
    uint64_t random;
    uint64_t answers, answer_bytes; /* with status 200 */
} Lone;

/* @ops: of its cryptography.  @with_peer: a second member of the swarm. */
Lone *lone_new(const CryptoOps *ops, bool with_peer);
void lone_free(Lone *lone);
/* A request of that kind; the packet is taken. @from_peer: the peer proved its key. */
void lone_ask(Lone *lone, MessageKind kind, bool from_peer, Packet *packet);
