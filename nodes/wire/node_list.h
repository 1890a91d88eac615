/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of service nodes as the chain gives it (protocol 1.2, 5.1): an immutable,
 * counted snapshot that everybody shares, with the JSON form in which it travels. */
#pragma once

#include "nodes/base/blob.h"
#include "nodes/base/port.h"
#include "nodes/base/time.h"

#define SWARM_NONE UINT64_MAX /* the sentinel: in no swarm (protocol 2.1) */

typedef struct NodeRecord {
    uint8_t legacy[32];  /* on-chain id; lists are in ascending order of it */
    uint8_t ed25519[32]; /* router id */
    uint8_t x25519[32];
    uint32_t ip;         /* 0: no proof seen */
    uint16_t port_https; /* storage_port */
    uint16_t port_omq;   /* storage_lmq_port */
    bool active;         /* false: decommissioned */
    uint64_t swarm_id;   /* SWARM_NONE when in no swarm */
} NodeRecord;

static inline Address
node_address_https(const NodeRecord *node)
{
    return address_of(node->ip, node->port_https);
}

static inline Address
node_address_omq(const NodeRecord *node)
{
    return address_of(node->ip, node->port_omq);
}

typedef struct NodeList {
    uint32_t refs;
    uint32_t n;
    NodeRecord *nodes; /* ascending by legacy key */
    /* Open-addressing indexes, private: */
    uint32_t *by_ed25519, *by_x25519;
    uint32_t index_mask;
} NodeList;

enum { NODE_LIST_MAX = 65536, NODE_NONE = -1 };

/* Takes a copy of @nodes (any order), sorts it and indexes it. */
NodeList *node_list_new(const NodeRecord *nodes, size_t n);
NodeList *node_list_ref(NodeList *list);
void node_list_unref(NodeList *list); /* takes NULL */
/* Index of a node, or NODE_NONE. */
int node_list_find_ed25519(const NodeList *list, const uint8_t key[32]);
int node_list_find_x25519(const NodeList *list, const uint8_t key[32]);

/* {"jsonrpc":"2.0","id":"0","result":{"status":"OK","height":H,"hardfork":19,
 * "block_hash":"..","service_node_states":[{public_ip, storage_port, pubkey_x25519,
 * pubkey_ed25519, storage_lmq_port, service_node_pubkey, swarm_id, ...}]}} : the daemon's
 * answer, only active nodes when @active_only.  Appends. */
void node_list_to_json(const NodeList *list, uint64_t height, const uint8_t block_hash[32],
                       bool active_only, Buffer *out);
/* The reverse, from untrusted bytes; nodes with ip 0.0.0.0 are dropped.  ST_MALFORMED,
 * ST_TOO_LARGE (more than NODE_LIST_MAX). */
Status node_list_from_json(Bytes json, NodeList **ret) WARN_UNUSED;

/* A blob that carries the JSON of @list (made only when read) and @list itself as its
 * object (node_list_of_blob), so that it is parsed once.  @active_only is applied now. */
Blob *node_list_blob(const NodeList *list, uint64_t height, const uint8_t block_hash[32],
                     bool active_only);
/* The list a packet carries, with a reference for the caller: taken from the blob's object
 * where it has one and the packet is the whole blob, parsed otherwise. */
Status node_list_of_packet(const Packet *packet, NodeList **ret) WARN_UNUSED;
