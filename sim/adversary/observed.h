/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An actor whose exchanges are written down: a port that wraps a port and an actor that
 * wraps an actor, as fault injection does it.  The protocol code between them knows of
 * neither, and nothing that it does changes: layers are opened a second time, with the
 * actor's own key, on a copy of the packet and on a meter of its own. */
#pragma once

#include "nodes/base/wrapped.h"
#include "nodes/crypto/crypto.h"
#include "sim/adversary/observation.h"

/* Told of each record that was written, while its request is handled (OUTGOING: @request is
 * the sender's own number of it).  The one who knows the truth writes it down. */
typedef void (*ObservedHook)(void *context, size_t place, bool outgoing, RequestId request);

/* What all observed actors of a run share. */
typedef struct Watch {
    ObservationLog *log; /* borrowed */
    Crypto crypto;       /* with the watch's own meter */
    Meter meter;
    int32_t onion_version; /* of the network: 1 or 2 */
    Time from, to;         /* only what happens in this time is written down */
    Time now;              /* of the input that is being handled */
    ObservedHook hook;     /* may be NULL */
    void *context;
} Watch;

/* @crypto: the run's; its meter, workers and memory of signatures are not used. */
void watch_init(Watch *watch, ObservationLog *log, const Crypto *crypto);

/* Exchanges whose answer is awaited; more than this, and the oldest stays unanswered. */
enum { OBSERVED_OPEN_MAX = 256 };

typedef struct OpenExchange {
    uint64_t name; /* reply token, or request id of an outgoing one */
    size_t place;  /* SIZE_MAX: free */
} OpenExchange;

typedef struct Observed {
    WrappedPort wrapped;
    Watch *watch;
    uint32_t observer;
    ObserverRole role;
    bool has_key;
    X25519Pair key; /* a node's, or a server's */
    size_t current; /* record of the request being handled; SIZE_MAX: none */
    uint32_t next_open;
    OpenExchange open[OBSERVED_OPEN_MAX];
} Observed;

/* On caller memory, which must outlive the actor; everything is borrowed.  What is written
 * down is as @role has it; @key: a node's own, or a server's whose posts are to be read,
 * NULL for the others.  The actor is made with &observed->wrapped.port, and then given with
 * wrapped_bind. */
void observed_init(Observed *observed, Watch *watch, Port *inner, uint32_t observer,
                   ObserverRole role, const X25519Pair *key);
/* From now on it is another observer: another life in its place. */
void observed_become(Observed *observed, uint32_t observer);
/* To be bound with an Observed as self; free frees the inner actor. */
extern const ActorOps observed_ops;
