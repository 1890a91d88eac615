/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files of the world only. */
#pragma once

#include "nodes/crypto/message_hash_memo.h"
#include "nodes/crypto/signature_memo.h"
#include "nodes/store/memory_store.h"
#include "nodes/store/sqlite_store.h"
#include "nodes/wire/json_shapes.h"
#include "scenarios/world.h"
#include "sim/check/check.h"
#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "sim/fault/deny.h"
#include "sim/fault/misbehave.h"
#include "nodes/base/watched_store.h"
#include "sim/measure/ledger.h"

/* What a random word of the world is for. */
typedef enum WorldPurpose {
    WORLD_IDENTITY,
    WORLD_PLACE,
    WORLD_WRONG_KEYS,
    WORLD_ARRIVAL,
    WORLD_ORDER,
    WORLD_EXIT,
    WORLD_HOSTER,
    WORLD_COUNTRY, /* of people, for faults alone */
    WORLD_REPAIR,
    WORLD_ABSENT,
    WORLD_PUT_LOST,
    WORLD_PROBE,
    WORLD_LOAD,
    WORLD_MEMBERS,
    WORLD_DEVICE
} WorldPurpose;

typedef enum Role { ROLE_CHAIN, ROLE_NODE, ROLE_CLIENT, ROLE_LOAD, ROLE_OUTSIDE } Role;

typedef struct WorldActor {
    Role role;
    uint32_t index; /* node or person */
} WorldActor;

/* Counted from a node's notes. */
typedef struct NodeCounts {
    uint64_t requests, stores, retrieves, onions, relayed;
} NodeCounts;

typedef enum NodeRepair { NODE_WHOLE, NODE_WAITS, NODE_IN_REPAIR } NodeRepair;

typedef struct WorldNode {
    ActorId actor;
    ServiceNode *service; /* the host's */
    NodeRecord record;    /* as registered */
    Ed25519Pair identity;
    Store *store;
    WatchedStore *watched;        /* stable address */
    MisbehavingNode *misbehaving; /* around both, stable; NULL: no section misbehaves */
    DenyingNode *denying;         /* around that, stable; NULL: no section denies */
    struct Observed *observed;    /* around all, stable; NULL: no [adversary NAME] */
    Fault next_fault;
    const char *country; /* "" where unknown */
    uint32_t hoster;     /* the trace's network, or a synthetic one */
    /* Reasons to be down, of churn and of faults: it is up when none is left, and its host
     * answers when none is of the whole host. */
    uint16_t host_holds, process_holds;
    bool disk_lost;    /* by one of them: it comes back without */
    bool churn_host;   /* churn's present outage is of the whole host */
    Time unsettled_at; /* when it was last seen down, or in another swarm */
    bool stage_empty;  /* it comes back without its disk; world_stage.h */
    bool gone;         /* departed for good */
    bool registered;
    bool sybil;     /* an adversary's own (world_sybils.c) */
    uint8_t repair; /* NodeRepair */
    uint32_t repairs, puts;
    Time died_at, repaired_at;
    uint64_t
        luck; /* what its repairs draw by: its number, unless splitting gave it another */
} WorldNode;

typedef struct WorldFaults WorldFaults;
typedef struct WorldAdversary WorldAdversary;
typedef struct WorldSybils WorldSybils; /* world_sybils.h */

/* Counted from notes, over the whole run. */
typedef struct WorldTotals {
    uint64_t requests[RPC_METHODS][8]; /* by status / 100, [6] 421, [7] none */
    uint64_t onions[8][8];             /* by OnionKind, status / 100 */
    uint64_t pushes, pushed_messages, pushed_bytes, pushed_new, push_received;
    uint64_t replicas_ok, replicas_failed;
    uint64_t retries, retry_bytes; /* of failed replicas; bytes also of other requests */
    uint64_t compare_digest_bytes, compare_message_bytes; /* of anti-entropy */
    uint64_t reconciled, reconciled_new;                  /* messages that came by it */
    uint64_t relayed_bytes; /* of pushed_bytes: replication of stores, no repair */
    uint64_t tests_passed, tests_failed;
    uint64_t polls_ok, polls_failed;
    uint64_t kind_bytes[SESSION_KINDS]; /* that clients' messages took */
    uint64_t device_opened;             /* that second devices opened */
    uint64_t fetched_again; /* messages that came to a client which had them by this hash */
    uint64_t chain[CHAIN_EVENTS];
    uint64_t stored_bytes; /* of new messages put by stores and pushes */
    uint64_t outages, disks_lost, departures, arrivals;
} WorldTotals;

typedef struct SeriesPoint {
    Time at;
    uint32_t up, active, decommissioned, swarms;
    uint64_t stored_messages, stored_bytes, events;
    double wall_s;
} SeriesPoint;

typedef struct WorldValidate WorldValidate;
typedef struct WorldCircles WorldCircles; /* world_circles.h */

/* Another client of a person's account. */
typedef struct WorldDevice {
    ActorId actor;
    uint32_t person;
    bool there; /* it was restored */
} WorldDevice;

/* A person whom a fault may keep offline. */
typedef struct OnlineState {
    bool online;          /* as the workload has it */
    uint8_t kept_offline; /* so many reasons */
} OnlineState;

struct World {
    const Scenario *scenario;
    const WorldData *data;
    WorldOptions options;
    const struct WorldStage *stage; /* the options'; NULL: simulated */
    bool over;                      /* nothing befalls anybody any more */
    Net *net;
    Host *host;
    Crypto crypto;
    IdentityMemo *memo;
    SignatureMemo *signatures;       /* NULL: none are remembered */
    MessageHashMemo *message_hashes; /* the same */
    JsonShapes *shapes;              /* the same */
    NodeListMemo list_memo;          /* clients share what they parsed */
    Jobs *workers;                   /* NULL with one thread */
    Chain *chain;                    /* NULL on a stage */
    ActorId chain_actor;
    Address chain_address;
    WorldNode *nodes;
    NodeCounts *node_counts; /* by node; apart from the rest, because every event counts */
    uint32_t n_nodes, nodes_capacity;
    Churn *churn;
    WorldFaults *faults;       /* NULL: no [fault NAME] */
    DenyCircle *deny_circle;   /* NULL: no section denies */
    WorldAdversary *adversary; /* NULL: no [adversary NAME] */
    WorldSybils *sybils;       /* NULL: no adversary has nodes of its own */
    Workload *workload;
    SessionConfig session; /* the scenario's, with the servers of this world */
    SessionConfig device_session;
    SessionServer file_server, open_group;
    ActorId file_server_actor; /* 0: nobody sends files */
    ActorId open_group_actor;  /* 0: there are no rooms */
    ActorId web_server_actor;  /* 0: nobody fetches the program */
    ActorId push_server_actor; /* 0: nobody is woken */
    PushServer *push_server;   /* the host's; NULL: the same */
    SessionServer push_known;
    WorldCircles *circles;   /* NULL: neither groups nor rooms */
    bool *introduced, *here; /* by person: it came once; it is online */
    uint32_t *written;       /* by person: messages so far */
    uint32_t *device_of;     /* by person: its second device and one; NULL: nobody's */
    uint32_t *account_of;    /* by client; NULL: each its own */
    WorldDevice *devices;
    uint32_t n_devices;
    Buffer deeds;          /* with options.keep_deeds */
    ActorId *clients;      /* by person */
    PersonAction *pending; /* by person: the next thing it does */
    Session **sessions;    /* by person, borrowed; NULL where nobody is in a closed group */
    OnlineState *online_states; /* by person; NULL where nothing keeps anybody offline */
    uint8_t (*accounts)[ACCOUNT_BYTES];
    WorldActor *actors; /* by actor id */
    uint32_t actors_capacity;
    Ledger *ledger;
    NodeStanding *standing; /* by node; as of the last look */
    uint32_t n_standing, standing_capacity;
    uint32_t *settled_members; /* by mailbox: of its swarm; only with options.check */
    uint64_t *recipient_swarm; /* by mailbox; as of the last look */
    GHashTable *mailboxes;     /* account -> its mailbox + 1; NULL: nobody asked yet */
    WorldTotals totals;
    SeriesPoint *series;
    uint32_t n_series;
    Histogram poll_s; /* what answered polls took */
    Time end;
    double wall_s;
    Check *check; /* NULL without options.check */
    uint64_t reported_unstored_acks;
    uint32_t *probes_written; /* by person */
    WorldValidate *validate;  /* NULL without [validate] form */
    struct Load *load;        /* the host's; NULL without form = queue */
};

uint64_t world_word(const World *world, WorldPurpose purpose, uint64_t index);
void world_register_actor(World *world, ActorId actor, Role role, uint32_t index);

/* world_nodes.c */
/* False with @error set: the trace has too few servers. */
bool world_churn_new(const Scenario *scenario, const UptimeTrace *trace, uint64_t seed,
                     Time horizon, Churn **ret, GError **error);
bool world_build_nodes(World *world, GError **error);
void world_start_nodes(World *world);
void world_free_nodes(World *world);
/* One more reason for a node to be down, of its process or its whole host; and one less.
 * It comes up when its last reason ends, without its disk when any of them took that.
 * Nothing happens to a node that is gone. */
void world_hold(World *world, uint32_t node, bool whole_host);
void world_release(World *world, uint32_t node, bool whole_host, bool disk_lost);
/* It leaves for good: at once, with its disk; or announced, when the chain has let it go.
 * Nobody comes in its place. */
void world_vanish(World *world, uint32_t node);
void world_announce_exit(World *world, uint32_t node);
/* Of the chain, now; borrowed. */
Snapshot *world_snapshot(const World *world);
/* The swarm that it is in on the chain now, or SWARM_NONE. */
uint64_t world_swarm_of(const World *world, uint32_t node);
/* Where somebody lives, for faults alone: as nodes without a trace are spread. */
const char *world_country_of_person(const World *world, uint32_t person);
/* A new node joins. */
void world_arrive(World *world);
/* The same of an adversary's node, which no churn befalls: its number. */
uint32_t world_register_sybil(World *world);

/* world_disk.c: an empty disk for a node that has had none; another, empty, in place of one
 * that is lost; a disk is gone with what it stored. */
void world_disk_build(World *world, uint32_t node);
void world_disk_renew(World *world, uint32_t node);
void world_disk_lose(World *world, uint32_t node);

/* world_faults.c: what [fault NAME] sections do, in world_faults_*.c by group.  Faults of
 * one instant happen in the order of their sections, before what actors do then. */
void world_start_faults(World *world);
void world_free_faults(World *world);
/* A section is there that makes breaches of this invariant no news. */
bool world_faults_suspend(const World *world, Invariant invariant);
void world_faults_record(const World *world, Recorder *recorder);

/* From now on the node's lives and repairs draw by this luck, and what is left of the
 * present one is drawn anew. */
void world_node_luck(World *world, uint32_t node, uint64_t luck);
/* In its place again, with an empty disk and a new life. */
void world_node_renew(World *world, uint32_t node);

/* world_wrap.c: the port to make a node with, and what is bound when it is made. */
Port *world_node_port(World *world, uint32_t node);
void world_bind_node(World *world, uint32_t node);

/* world_adversary.c */
void world_adversary_new(World *world);
void world_adversary_free(World *world);
void world_adversary_close(World *world); /* the run is over: complete the truth */
/* Another node, with a disk of its own, is in this one's place. */
void world_adversary_new_life(World *world, uint32_t node);
/* What clients do, for the truth. */
void world_adversary_written(World *world, uint64_t message, uint32_t to);
void world_adversary_sealed(World *world, uint32_t person, const Note *note);
/* A client's port, observed where somebody watches its line; and what is bound. */
Port *world_person_port(World *world, uint32_t person);
void world_bind_person(World *world, uint32_t person, void *session);
/* The same of a server, an actor with this address and its own ops, by the sort of section
 * that watches it: the chain (who gives out node lists), and those beyond the onion.  @key:
 * its own where what nodes post is to be read, or NULL. */
Port *world_server_port(World *world, AdversarySort sort, ActorId actor, uint32_t ip,
                        const X25519Pair *key);
void world_bind_server(World *world, AdversarySort sort, ActorId actor, const ActorOps *ops,
                       void *self);
void world_adversary_record(const World *world, Recorder *recorder);

/* world_sybils.c */
void world_sybils_start(World *world);
void world_sybils_free(World *world);

/* world_repair.c */
bool world_repairs(const World *world);
uint32_t world_group_of(const World *world, uint32_t node); /* of swarm.size; 0: none */
void world_repair_later(World *world, uint32_t node);
/* The rest of a repair that is going on is drawn anew. */
void world_repair_anew(World *world, uint32_t node);

/* world_split.c: with validate.estimate = splitting, to just before churn.begins_at, and
 * from there through the levels in forked worlds.  False: interrupted. */
bool world_split(World *world);

/* world_load.c: the load on node 0, with [validate] form = queue. */
void world_load_build(World *world);
void world_load_start(World *world);
void world_load_record(const World *world, Recorder *recorder);

/* world_probe.c: [validate] probes; and as HostTask, with the world as context: a person
 * (@person) goes online, goes offline, writes a text of workload.text_median bytes
 * (@from_to: from << 32 | to; needs probes_written). */
void world_start_probes(World *world);
void world_person_comes(void *context, Time now, uint64_t person);
void world_person_goes(void *context, Time now, uint64_t person);
void world_person_writes(void *context, Time now, uint64_t from_to);

/* world_rounds.c: [rounds].  How many there are, and the i-th friend of a target. */
void world_start_rounds(World *world);
uint32_t world_rounds_count(const World *world);
uint32_t world_rounds_friend(const World *world, uint32_t target, uint32_t i);

/* world_validate.c */
void world_spell(World *world, uint32_t node, bool away);
void world_validate_start(World *world);
void world_validate_free(World *world);
/* world_addresses.c: one that nobody has, as network.hoster_subnets says in that of
 * @network or of @hoster. */
uint32_t world_free_ip(const World *world, uint32_t network, uint32_t hoster,
                       uint64_t word);
/* A client has a list of nodes (NOTE_POOL). */
void world_validate_pool(World *world, uint32_t person, const Note *note);
void world_validate_shock(World *world, uint32_t group); /* of nodes; 0: all */
void world_validate_look(World *world);
/* Somebody wrote to the person @to: the ledger's last message. */
void world_validate_written(World *world, uint32_t to);
void world_validate_close(World *world);
void world_validate_record(const World *world, Recorder *recorder);

/* world_exact.c: the closed forms, with this scenario's parameters. */
void world_exact_record(const World *world, Recorder *recorder);

/* world_people.c */
void world_build_workload(World *world);
void world_build_people(World *world);
/* The seed of a person's account. */
void world_person_seed(const World *world, uint32_t person, uint8_t ret[32]);
uint32_t world_person_ip(uint32_t person);
void world_start_people(World *world);

/* world_deeds.c: a choice of the workload's. */
void world_act(World *world, uint32_t person, const PersonAction *action);

/* A reason for somebody to be offline, whatever the workload says; or one less.  Who would
 * be online comes when the last one ends. */
void world_keep_offline(World *world, uint32_t person, bool offline);

/* world_outside.c: servers beyond the onion, where anybody uses them. */
void world_build_outside(World *world);
void world_start_outside(World *world);
void world_outside_record(const World *world, Recorder *recorder);
/* A client's session, or what stands around it: what is to be bound where its @port is. */
void world_bind_client(World *world, Port *port, void *session, const ActorOps **ret_ops,
                       void **ret_self);

/* world_letters.c: what is written, as the ledger is told of it.  @from: a client;
 * @mailbox: a person's, or behind those that of a group or room. */
void world_written(World *world, uint64_t id, SessionKind kind, uint32_t from,
                   uint32_t mailbox);
/* NOTE_WRITTEN of a client. */
void world_written_own(World *world, uint32_t client, const Note *note);
/* Whose account or name it is; false: nobody's. */
bool world_mailbox_of(World *world, Bytes account, uint32_t *ret);
/* @account, which stays where it is, is that of this circle. */
void world_mailbox_add(World *world, const uint8_t *account, uint32_t circle);

/* world_circles.c: closed groups and rooms, numbered one behind the other. */
void world_circles_new(World *world);
void world_circles_free(World *world);
void world_start_circles(World *world);
uint32_t world_circles_count(const World *world);
/* The account of a group that is there; NULL: it is not, or it is a room. */
const uint8_t *world_circle_at(const World *world, uint32_t circle);
const GArray *world_circle_members(const World *world, uint32_t mailbox);
/* By the word of its admin. */
bool world_circle_is_member(const World *world, uint32_t mailbox, uint32_t person);
/* NOTE_GROUP and NOTE_MAILBOX of a client. */
void world_circle_note(World *world, Time now, uint32_t client, const Note *note);

/* world_devices.c: how many there will be; their clients, behind those of people. */
uint32_t world_plan_devices(World *world);
void world_build_devices(World *world);
void world_start_devices(World *world);

/* world_record_kinds.c */
void world_kinds_record(const World *world, Recorder *recorder);

/* world_check.c */
void world_check_start(World *world);
void world_check_text(World *world, uint64_t message, uint32_t bytes);
void world_check_look(World *world, uint64_t holes);
void world_check_record(const World *world, Recorder *recorder);

/* world_measure.c */
void world_observe(World *world);
void world_see_note(World *world, ActorId actor, const Note *note);
void world_start_measuring(World *world);
void world_look(World *world);
void world_watch_put(void *context, uint32_t node, const StoreMessage *message,
                     PutResult result);
void world_watch_drop(void *context, uint32_t node, Bytes hash);
