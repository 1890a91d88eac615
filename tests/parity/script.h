/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The script of the parity test: what is asked of which node, and what befalls nodes.  One
 * driver, an actor, plays it under both hosts. */
#pragma once

#include <glib.h>
#include <stdio.h>

#include "nodes/base/port.h"
#include "nodes/crypto/crypto.h"
#include "nodes/swarm/swarm.h"
#include "testbed/plan.h"

/* A place in the driver's account's swarm, or (OTHERS + i) of the i-th node not in it. */
enum { OTHERS = 100, DRIVER_IP = 0x7ffc0001 };

typedef struct Step {
    const char *fault; /* a word of `testbed ctl`; NULL: something is asked */
    const char *level; /* of delay, drop, skew */
    int node;          /* -1: none (a partition ends) */
    /* JSON, in which {A} is the account, {E} its Ed25519 key, {T} the time in ms, {H} the
     * hash of the last answer that had one, {S TEXT} a signature of the text */
    const char *body;
    bool onion; /* over three nodes */
    bool waits; /* for what takes seconds: time-outs between nodes */
} Step;

extern const Step script[];
extern const size_t script_steps;

/* How a host is told. */
typedef struct Stage {
    void *context;
    /* Pass the time. */
    void (*wait)(void *context, Duration duration);
    /* kill, stop, restart, wipe, delay, drop, skew, partition */
    void (*fault)(void *context, const Step *step, uint32_t node);
    void (*ask)(void *context, Packet *order); /* KIND_TELL to the driver; taken */
} Stage;

typedef struct Driver {
    Crypto crypto;
    Port *port;
    const TestbedPlan *plan;
    Snapshot *snapshot; /* at the start */
    Ed25519Pair identity;
    uint8_t account[ACCOUNT_BYTES];
    FILE *out; /* what it was answered, as a transcript */
    RequestId asked;
    bool waits_for_answer;
    ChannelKey reply_key;
    bool onion;
    char hash[MESSAGE_HASH_MAX + 1];
} Driver;

extern const ActorOps driver_ops;

/* @port: the driver's own. */
void driver_init(Driver *driver, Port *port, Meter *meter, const TestbedPlan *plan,
                 Snapshot *snapshot, FILE *out);
/* Play the whole script. */
void driver_play(Driver *driver, const Stage *stage);

/* parity_sim.c, parity_live.c */
void play_simulated(const TestbedPlan *plan, const char *folder);
void play_live(const TestbedPlan *plan, const char *folder);
