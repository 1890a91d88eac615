/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Invariants that hold in every run, checked after every event when asked (`run --check`).
 * A breach is counted and the first ones are kept as text; it never stops the run.  An
 * invariant that a known defect of the real network (its key is named) or a fault of the
 * scenario suspends counts its breaches apart. */
#pragma once

#include "sim/host/host.h"

typedef enum Invariant {
    /* What a person wrote never crosses the network in the clear. */
    INVARIANT_NO_PLAINTEXT,
    /* No account is named in a packet that a client sends to its guard, and no guard is the
     * destination of the same request: within one request no node sees the client's address
     * and the target key together (the direct guard test excepted). */
    INVARIANT_ADDRESS_OR_TARGET,
    /* Clients are asked nothing by anybody but their user: they never relay or store. */
    INVARIANT_CLIENT_SERVES_NOBODY,
    /* Bytes sent = received + lost + in flight. */
    INVARIANT_BYTES,
    /* Requests sent = outcomes + abandoned + open, by kind. */
    INVARIANT_OUTCOMES,
    /* An acknowledged message was on a disk at that moment. */
    INVARIANT_ACKNOWLEDGED_ON_DISK,
    /* A member that is up holds every acknowledged message of its swarm (looked at by the
     * ledger; suspended by defect_no_replica_retry, defect_no_fill_after_outage and
     * defect_push_without_handshake). */
    INVARIANT_COMPLETE_REPLICAS,
    INVARIANTS
} Invariant;

const char *invariant_name(Invariant invariant);
/* The same as one word, for the names of metrics. */
const char *invariant_word(Invariant invariant);
/* The keys of [protocol] that suspend it, separated by blanks; "" when nothing does. */
const char *invariant_suspended_by(Invariant invariant);

typedef struct Check Check;

/* Which role an actor has. */
typedef enum CheckRole { CHECK_CHAIN, CHECK_NODE, CHECK_CLIENT } CheckRole;
typedef CheckRole (*CheckRoleOf)(void *context, ActorId actor);

/* Watches @host from now on. */
Check *check_new(Host *host, CheckRoleOf role_of, void *context);
void check_free(Check *check);
/* A text that a person wrote (borrowed for the call); it must never be seen on the wire. */
void check_secret(Check *check, Bytes text);
/* Breaches found elsewhere. */
void check_report(Check *check, Time now, Invariant invariant, bool suspended,
                  uint64_t count);

uint64_t check_breaches(const Check *check, Invariant invariant);
uint64_t check_suspended(const Check *check, Invariant invariant);
/* The first breaches, a line each; "" when there are none. */
const char *check_text(const Check *check);
