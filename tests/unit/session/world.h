/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small network around one client: service nodes that peel real onions and keep messages
 * in memory, a seed, and faults on demand.  Its requests are read with jansson, not with
 * the code under test. */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "clients/session/session_internal.h"
#include "nodes/swarm/swarm.h"
#include "nodes/wire/content.h"
#include "tests/lib/recording_port.h"

#define WORLD_EPOCH_MS ((UnixMs)1722945600000)
#define WORLD_LATENCY (10 * MILLISECOND)
#define WORLD_SEED address_of(0x05060708, 443)

/* What is wrong with a node. */
typedef enum Fault {
    FAULT_NONE,
    FAULT_SILENT,     /* host dead: no answer */
    FAULT_REFUSES,    /* process dead: connections are refused; as a hop 502-less silence */
    FAULT_NOT_READY,  /* 503 to everything */
    FAULT_UNKNOWN,    /* not in other nodes' lists: 502 "Next node not found" */
    FAULT_GARBAGE,    /* as destination: a reply that does not open */
    FAULT_NO_JSON,    /* as destination: 200 and a body that is no JSON */
    FAULT_STATUS,     /* as destination: `status` for the whole request */
    FAULT_SUB_STATUS, /* as destination: `status` for each sub-request */
    FAULT_PATH_STATUS /* as a relay: answers `status` and `text` in the clear */
} Fault;

typedef struct StoredMessage {
    char account[2 * ACCOUNT_BYTES + 1];
    int name_space;
    char *hash;
    char *data;
    json_int_t timestamp;
} StoredMessage;

typedef struct WorldNode {
    Ed25519Pair ed25519;
    X25519Pair x25519;
    Fault fault;
    int status;
    const char *text; /* NULL: "no" */
    int64_t clock_ahead_ms;
    bool misplaced;   /* answers 421 to what hangs on an account */
    NodeList *list;   /* its own view of the network; NULL: the snapshot's */
    GPtrArray *store; /* StoredMessage, in order of arrival */
    guint requests;   /* that it got as the destination */
} WorldNode;

typedef struct Pending {
    Time at;
    RequestId id;
    Outcome outcome;
    int status;
    Packet packet;
} Pending;

/* One request that reached a destination. */
typedef struct Arrival {
    Time at;
    guint node;
    guint hop[PATH_HOPS_MAX];
    guint n_hops;
    json_t *request;
} Arrival;

typedef struct World {
    RecordingPort *recording;
    Crypto crypto;
    SessionConfig config;
    Address seed;
    Session *session;
    Snapshot *snapshot; /* what nodes and the seed say */
    guint n_nodes;
    WorldNode *node; /* by index in the first snapshot's list */
    guint handled;   /* sent messages that were looked at */
    GArray *pending;
    GPtrArray *arrivals; /* Arrival */
    bool seed_is_silent;
    guint seed_status; /* 0: answers */
    guint page;        /* nodes give so many messages at a time; 0: all */
    bool lose_replies; /* destinations do their work, the answer never comes back */
    /* Changes each reply's plaintext body before it is sealed; may be NULL. */
    /* Servers beyond the onion: what the last node posted, to be answered; NULL: there is
     * none, 502. */
    Packet (*server)(struct World *world, Packet *posted);
    void *server_context;
    void (*tamper)(struct World *world, GString *body);
    guint tampered;
    /* Replaces the seed's answer; may be NULL. */
    Packet (*seed_says)(struct World *world);
} World;

SessionConfig world_config(void);
/* @n nodes in swarms of seven, each in a subnet of its own; a client that was started and
 * is offline. */
World *world_new(guint n, const SessionConfig *config);
/* The same with 70 nodes, nine seconds after the client went online. */
World *world_new_online(const SessionConfig *config);
void world_free(World *world);
/* Let time pass up to @until; or for so long. */
void world_run(World *world, Time until);
void world_run_for(World *world, Duration duration);
void world_order(World *world, SessionOrderKind kind);
void world_online(World *world);
void world_write(World *world, uint64_t message, const uint8_t to[ACCOUNT_BYTES],
                 uint32_t bytes);
/* From now on the chain lists the nodes for which @listed says so. */
void world_set_list(World *world, bool (*listed)(guint node));
/* A list of those nodes. */
NodeList *world_list(const World *world, bool (*listed)(guint node));
/* Start anew over what a crash leaves. */
void world_restart(World *world);

/* The nodes of an account's swarm: indexes into world->node. */
guint world_swarm(const World *world, const uint8_t account[ACCOUNT_BYTES], guint *ret);
/* Sealed to @key by @sender, in an envelope of @type; base64. */
char *world_seal(World *world, const Ed25519Pair *sender, const uint8_t key[KEY_BYTES],
                 int type, const Content *content, UnixMs sealed_ms);
/* Put a text from @sender into the client's mailbox at one node; returns its hash.  The
 * same sealed message at several nodes: seal once, put often. */
char *world_seal_text(World *world, const uint8_t sender_seed[32], uint64_t message,
                      uint32_t bytes, UnixMs sent_ms);
char *world_seal_content(World *world, const uint8_t sender_seed[32],
                         const Content *content, UnixMs sent_ms);
/* What world_account(@number) reads in @data that the client stored; @padded keeps it, and
 * content_clear frees what is read.  Returns the envelope's time. */
UnixMs world_open(const World *world, guint number, const char *data, Buffer *padded,
                  Content *ret);
void world_put(World *world, guint node, const uint8_t account[ACCOUNT_BYTES],
               int name_space, const char *data);
/* A node's answer to one storage request: its status, and the body. */
int world_handle(World *world, WorldNode *node, json_t *request, json_t **ret);
/* That body as text. */
GString *world_body_text(const World *world, const WorldNode *node, const json_t *body);
/* 64 hex digits; free with g_free. */
char *world_hex(const uint8_t key[KEY_BYTES]);
/* The last arrival of a method within a batch (or plain); NULL when there was none. */
const Arrival *world_last(const World *world, const char *method);
guint world_count(const World *world, const char *method);
/* The first sub-request of an arrival's batch, or the request itself. */
json_t *arrival_first(const Arrival *arrival);
/* A recipient, any account but the client's. */
void world_account(guint number, uint8_t ret[ACCOUNT_BYTES]);
guint world_index_of(const World *world, const uint8_t ed25519[KEY_BYTES]);

/* How many messages of a kind the client sent, and notes of a kind it took. */
guint world_sent(const World *world, MessageKind kind);
guint world_notes(const World *world, NoteKind kind);
/* The last note of a kind, or the i-th from the end; NULL when there are not so many. */
const TakenNote *world_note(const World *world, NoteKind kind);
const TakenNote *world_note_before(const World *world, NoteKind kind, guint i);
