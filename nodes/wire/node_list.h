/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of service nodes as the chain gives it (protocol 1.2, 5.1): an immutable,
 * counted snapshot that everybody shares, with the JSON form in which it travels. */
#pragma once

#include "nodes/base/blob.h"
#include "nodes/base/port.h"
#include "nodes/base/time.h"
#include "nodes/wire/json.h"

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

/* Takes a copy of @nodes (any order, at most NODE_LIST_MAX), sorts it and indexes it.  Of
 * several with one legacy key the first stays. */
NodeList *node_list_new(const NodeRecord *nodes, size_t n);
NodeList *node_list_ref(NodeList *list);
void node_list_unref(NodeList *list); /* takes NULL */
/* Index of a node (of the first of several, in the list's order), or NODE_NONE. */
int node_list_find_legacy(const NodeList *list, const uint8_t key[32]);
int node_list_find_ed25519(const NodeList *list, const uint8_t key[32]);
int node_list_find_x25519(const NodeList *list, const uint8_t key[32]);

/* {"jsonrpc":"2.0","id":"0","result":{"status":"OK","height":H,"hardfork":19,
 * "block_hash":"..","service_node_states":[{public_ip, storage_port, pubkey_x25519,
 * pubkey_ed25519, storage_lmq_port, service_node_pubkey, swarm_id, ...}]}} : the daemon's
 * answer, only active nodes when @active_only.  Appends. */
void node_list_to_json(const NodeList *list, uint64_t height, const uint8_t block_hash[32],
                       bool active_only, Buffer *out);
/* Exactly how many bytes that appends. */
size_t node_list_json_bytes(const NodeList *list, uint64_t height, bool active_only);
/* The reverse, from untrusted bytes: the array `result.service_node_states` of an object,
 * be it the daemon's answer or a storage server's to oxend_request.  A record counts when
 * it is an object with public_ip, storage_port, pubkey_x25519 and pubkey_ed25519;
 * service_node_pubkey, storage_lmq_port, swarm_id, active and funded may be absent
 * (pubkey_ed25519, which it is for most nodes and clients do not ask for; 0, SWARM_NONE,
 * true, true).  Records that lack a field or have one of another form, that are
 * not funded, or whose ip is 0.0.0.0, are passed over: one odd node does not cost the
 * others. ST_MALFORMED: no such array, no JSON, or keys made to collide; ST_TOO_LARGE: more
 * than NODE_LIST_MAX records. */
Status node_list_from_json(Bytes json, NodeList **ret) WARN_UNUSED;
/* The same from the value of `result`, which json_parse has seen. */
Status node_list_result_from_json(JsonValue result, NodeList **ret) WARN_UNUSED;

/* The lists of the last few answers, by the text of their `result`: a cache that a host may
 * hand to many readers.  What it gives is what parsing gives. */
enum { NODE_LIST_MEMO_ENTRIES = 4 };

typedef struct NodeListMemoEntry {
    Buffer result; /* empty: unused */
    NodeList *list;
} NodeListMemoEntry;

/* Where the nodes of one list stand in another (node_list_map.c). */
typedef struct NodeListMap {
    NodeList *from, *to; /* NULL: unused */
    bool with_swarms;
    /* By index in `from`: index in `to`, or NODE_NONE; NULL: all as they were. */
    int *place;
} NodeListMap;

enum { NODE_LIST_MEMO_MAPS = 4 };

typedef struct NodeListMemo {
    NodeListMemoEntry entries[NODE_LIST_MEMO_ENTRIES];
    uint32_t next;    /* the entry that is replaced next */
    NodeList *newest; /* the last list that was read; a text that says the same gives it */
    NodeListMap maps[NODE_LIST_MEMO_MAPS];
    uint32_t next_map;
} NodeListMemo;

#define NODE_LIST_MEMO_EMPTY ((NodeListMemo){ .next = 0 })

void node_list_memo_clear(NodeListMemo *memo);
/* As node_list_from_json.  A result that was read before is found wherever it stands in the
 * answer (the `t` of a storage server's answer may differ), by comparing all of it. */
Status node_list_from_json_memo(NodeListMemo *memo, Bytes json, NodeList **ret) WARN_UNUSED;
/* The list in a storage server's answer, with a reference for the caller.  Where the answer
 * is json_around a shared result, that is parsed once, whoever reads it; others go through
 * @memo, which may be NULL.  Status as node_list_from_json. */
Status node_list_of_answer(NodeListMemo *memo, const Packet *answer,
                           NodeList **ret) WARN_UNUSED;

/* From @from to @to: with a reference to each for the caller, who clears it.  There is no
 * `place` when both name the same nodes at the same places, by what a client uses of them
 * (@with_swarms: the swarm too). */
NodeListMap node_list_map_new(NodeList *from, NodeList *to, bool with_swarms);
void node_list_map_clear(NodeListMap *map);
/* The same, kept by @memo until that has made some others: in a world all clients come from
 * one list to one other. */
const NodeListMap *node_list_map_memo(NodeListMemo *memo, NodeList *from, NodeList *to,
                                      bool with_swarms);

/* A blob that carries the JSON of @list (made only when read), and as its object the list
 * that reading this JSON gives (@list itself, or a copy without the nodes that have no ip
 * and, with @active_only, those that are not active). */
Blob *node_list_blob(const NodeList *list, uint64_t height, const uint8_t block_hash[32],
                     bool active_only);
/* The list a packet carries, with a reference for the caller: taken from the blob's object
 * where it has one and the packet is the whole blob, parsed otherwise (and then remembered
 * as the object of a plain blob).  Status as node_list_from_json. */
Status node_list_of_packet(const Packet *packet, NodeList **ret) WARN_UNUSED;
