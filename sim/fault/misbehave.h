/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node that does not do what it says: a store that wraps a store, and an actor that wraps
 * an actor.  The protocol code between them knows of neither; with nothing switched on they
 * pass everything through. */
#pragma once

#include "nodes/base/store.h"
#include "nodes/base/wrapped.h"

typedef enum Misbehaviour {
    MISBEHAVE_DROP,     /* says that it stored, and did not */
    MISBEHAVE_WITHHOLD, /* has nothing for who retrieves */
    MISBEHAVE_STALE,    /* gives out nothing with a later time stamp than stale_after */
    MISBEHAVE_LIE,      /* as drop, but only towards peers: what they forward and push */
    MISBEHAVE_CORRUPT,  /* gives out messages with one bit changed */
    MISBEHAVE_REPLAY,   /* gives out everything again, whatever was read before */
    MISBEHAVE_DENY,     /* lets through no onion request that it cannot link (deny.h) */
    MISBEHAVE_POISON,   /* its node list has none but those who do so too */
    MISBEHAVIOURS
} Misbehaviour;

/* As in scenario files; those are the choices of fault.NAME.does. */
const char *misbehaviour_name(Misbehaviour misbehaviour);

typedef struct MisbehavingNode {
    WrappedActor wrapped;
    Store store; /* give this one to the actor */
    Store *inner_store;
    uint32_t does;       /* bits, 1 << Misbehaviour; may be changed at any time */
    UnixMs stale_after;  /* MISBEHAVE_STALE */
    bool told_by_a_peer; /* while the actor handles what a peer sent */
    uint64_t
        done[MISBEHAVIOURS]; /* messages dropped, withheld, changed; answers replayed */
} MisbehavingNode;

/* On caller memory, which must outlive the actor; @store and the actor are borrowed. */
void misbehaving_node_init(MisbehavingNode *node, Store *store, const ActorOps *ops,
                           void *self);
/* To be bound with a MisbehavingNode as self; free frees the inner actor. */
extern const ActorOps misbehaving_node_ops;
