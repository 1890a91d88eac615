/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Selective denial (Borisov et al., CCS 2007; science 2.1, A6): corrupted nodes let through
 * the onion requests of which they have both ends, and deny all others, so that clients end
 * up on paths that they have.  A port that wraps a port and an actor that wraps an actor,
 * around nodes that are otherwise as they were.
 *
 * They tell each other, at once, what they pass on: a guard that it passed a request to a
 * middle node; whoever has one from that node soon afterwards knows that it is the last hop
 * of it.  That is all that they know: no key is used, and nothing is opened.  A node in the
 * middle passes a request on when it came from one of them and goes to one of them.  Paths
 * are of three hops. */
#pragma once

#include "nodes/base/wrapped.h"

/* Those who work together, and what they said to each other lately. */
typedef struct DenyCircle DenyCircle;

/* A last hop has a request so long after the guard passed it on, at most. */
DenyCircle *deny_circle_new(Duration within);
void deny_circle_free(DenyCircle *circle); /* takes NULL */
/* The one with this address is in it, or no more. */
void deny_circle_set(DenyCircle *circle, uint32_t ip, bool in);
bool deny_circle_has(const DenyCircle *circle, uint32_t ip);

/* Requests that a guard waits for, and a request that is denied: more than this, and the
 * oldest is let through. */
enum { DENY_OPEN_MAX = 256 };

typedef struct DenyingNode {
    WrappedPort wrapped;
    DenyCircle *circle;
    uint32_t ip;
    /* While the actor handles a request: */
    Time now;
    const struct Incoming *in; /* NULL: it does not */
    RequestId denied;          /* of its own, swallowed; 0: none */
    /* Of a guard: requests whose last hop it does not know yet. */
    struct DenyOpen {
        ReplyToken token;
        uint64_t said; /* number of what it told the others */
    } open[DENY_OPEN_MAX];
    uint32_t next_open;
    uint64_t done; /* requests denied */
} DenyingNode;

/* On caller memory, which must outlive the actor; everything is borrowed.  It denies while
 * it is in the circle.  The actor is made with &node->wrapped.port, and then given with
 * wrapped_bind. */
void denying_node_init(DenyingNode *node, DenyCircle *circle, Port *inner, uint32_t ip);
/* To be bound with a DenyingNode as self; free frees the inner actor. */
extern const ActorOps denying_node_ops;
