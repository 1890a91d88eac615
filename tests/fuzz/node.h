/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Storage nodes for fuzz targets: three of them, two in one swarm, with null cryptography,
 * made once; each request meets them as if they had just started, with one message in
 * their stores. */
#pragma once

#include "tests/fuzz/fuzz.h"
#include "tests/unit/service/network.h"

#define FUZZ_EPOCH_MS ((UnixMs)1700000000000)

/* Once, before the first request.  Nodes of 2024, or of spring 2020; without tests of each
 * other and proofs. */
void fuzz_nodes_init(StorageRpc rpc);
/* May be changed between requests. */
ServiceConfig *fuzz_nodes_config(void);
/* Start anew, give the first node a message of @kind, and let six seconds pass. It must be
 * answered.  @from_member: from the other node of its swarm; else from anybody.  Returns
 * the answer, valid until the next request. */
const Answer *fuzz_nodes_ask(MessageKind kind, bool from_member, Bytes body);
/* Start anew, let the first node ask the other one of its swarm for what it has, and
 * answer: that they differ, then @ranges, then, as often as it asks on, @messages. */
void fuzz_nodes_differ(Bytes ranges, Bytes messages);
/* How many messages a node (0, 1; 2 is of another swarm) has in its store; one at first. */
uint64_t fuzz_nodes_stored(uint32_t node);
/* The first node's key, to which onions are sealed. */
const uint8_t *fuzz_nodes_x25519(void);
