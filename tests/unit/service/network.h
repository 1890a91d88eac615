/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tiny network for tests of the storage node: real nodes with memory stores, messages
 * that arrive at once and in order, a clock that the test moves.  Everything that is sent
 * is recorded. */
#pragma once

#include <glib.h>

#include "nodes/service/service.h"
#include "nodes/wire/json.h"

typedef struct Network Network;

/* What becomes of messages to a node. */
typedef enum Reach {
    REACH_UP,
    REACH_SILENT,  /* host dead: nothing comes back until the deadline */
    REACH_REFUSED, /* process dead: no connection */
    REACH_MUTE     /* gets everything, but its answers are lost */
} Reach;

typedef struct Member {
    Port port;
    Meter meter;
    Crypto crypto;
    Network *network;
    guint index;
    ServiceNode *node;
    NodeRecord record;
    Ed25519Pair identity;
    Reach reach;
    Time alarm;
    uint64_t random;
    guint notes[NOTE_KINDS];         /* how many */
    uint64_t note_a_sum[NOTE_KINDS]; /* their a's */
} Member;

/* A message on its way, or recorded. */
typedef struct Sent {
    Time at;
    guint from; /* member, or CLIENT */
    Address to;
    MessageKind kind;
    RequestId id;
    Duration timeout;
    uint8_t peer_key[32];
    bool has_peer_key;
    Packet packet;
} Sent;

enum { CLIENT = G_MAXUINT, CHAIN_PORT = 1 };

#define CHAIN_ADDRESS address_of(0x7f000001, CHAIN_PORT)

typedef struct Answer {
    bool given;
    int status;
    GString *body;
    Time at;
} Answer;

struct Network {
    Address client; /* where clients ask from */
    Time now;
    UnixMs epoch_ms; /* wall clock at time 0 */
    GPtrArray *members;
    GPtrArray *outsiders; /* outsider.h */
    Snapshot *snapshot;
    GQueue *queue;   /* events that happen now */
    GArray *open;    /* requests without an outcome */
    GArray *sent;    /* Sent, all of them, with their packets */
    GArray *answers; /* Answer, by client request number */
    uint64_t last_token;
    GHashTable *tokens;
};

/* Nodes of spring 2020 (protocol 7), without background work; works of difficulty 2. */
ServiceConfig network_config_2020(void);
/* No members yet.  Cryptography is real. */
Network *network_new(UnixMs epoch_ms);
void network_free(Network *network);
/* A node; its keys come from @seed and its record from its number. */
Member *network_add(Network *network, const ServiceConfig *config, uint64_t swarm_id);
/* A node with a given identity and record. */
Member *network_add_known(Network *network, const ServiceConfig *config,
                          const Ed25519Pair *identity, const NodeRecord *record);
static inline Member *
network_member(const Network *network, guint i)
{
    return g_ptr_array_index(network->members, i);
}
/* Make a snapshot of the members' records, and tell everybody who is up. */
void network_block(Network *network);
/* The same with a quorum. */
void network_block_with_quorum(Network *network, const uint32_t *validators, size_t n,
                               const uint32_t *workers, size_t n_workers,
                               const UnixMs *last_proof_ms);
/* A snapshot of the members' records (index in it: by legacy key). */
Snapshot *network_make_snapshot(Network *network, const uint32_t *validators, size_t n,
                                const uint32_t *workers, size_t n_workers,
                                const UnixMs *last_proof_ms);
void network_tell(Network *network, guint member, Snapshot *snapshot);
/* An actor answers. */
void network_reply(Network *network, ReplyToken token, int status, Packet *packet);
/* Let everything happen up to @until. */
void network_run(Network *network, Time until);
/* Send a client's request; its number is that of its answer. */
guint network_ask(Network *network, guint member, MessageKind kind, const void *body,
                  size_t n);
/* A message from a node that proves @peer_key (or NULL). */
guint network_ask_as(Network *network, guint member, MessageKind kind,
                     const uint8_t *peer_key, const void *body, size_t n);
static inline const Answer *
network_answer(const Network *network, guint number)
{
    return &g_array_index(network->answers, Answer, number);
}
/* Ask, let it happen, and expect this status. */
const char *network_expect(Network *network, guint member, MessageKind kind,
                           const char *body, int status);
/* Incarnations. */
void network_crash(Network *network, guint member);
void network_restart(Network *network, guint member);
/* How many messages of a kind were sent to a member (or, CLIENT, by anybody to anybody). */
guint network_count_sent(const Network *network, MessageKind kind, guint to);
void network_forget_sent(Network *network);
static inline const Sent *
network_sent(const Network *network, guint i)
{
    return &g_array_index(network->sent, Sent, i);
}
/* Put a message straight into a member's store. */
void network_put(Network *network, guint member, const uint8_t account[ACCOUNT_BYTES],
                 int name_space, const char *hash, const void *data, size_t n,
                 UnixMs timestamp, UnixMs expiry);
uint64_t network_stored(const Network *network, guint member);
UnixMs network_unix_ms(const Network *network);
