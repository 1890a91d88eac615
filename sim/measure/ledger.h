/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ledger of messages: from the moment a person writes one to its fate.  It is told by
 * the world (planned, node gone), by clients' notes (sealed, accepted, opened) and by the
 * stores' watcher (put); it never influences the run.
 *
 * Copies: every attempt seals the message anew and so has a hash of its own; whatever copy
 * is opened first delivers the message.  A holder is a node whose disk has a copy.  A
 * message to a group counts once for each recipient: each has a fate of its own, the copies
 * are the same.  Messages that clients write by themselves (receipts, notices) count by
 * kind only. */
#pragma once

#include "clients/session/session.h"
#include "nodes/base/port.h"
#include "nodes/swarm/swarm.h"
#include "sim/measure/histogram.h"
#include "sim/measure/life.h"

typedef enum Fate {
    FATE_DELIVERED,
    FATE_PENDING,        /* still on its way at the end */
    FATE_EXPIRED_UNREAD, /* its time ran out while a copy was there to fetch */
    FATE_NEVER_ACCEPTED, /* the sender's client gave up */
    FATE_ACKNOWLEDGED_NEVER_STORED,
    FATE_LOST, /* acknowledged and stored, but out of the recipient's reach */
    FATES
} Fate;

const char *fate_name(Fate fate);

/* Why a message is lost, pending or late. */
typedef enum Cause {
    CAUSE_NONE,
    CAUSE_NO_REPLICA_LEFT,  /* every disk that had it is gone */
    CAUSE_STRANDED,         /* only nodes outside the recipient's swarm have it */
    CAUSE_MISFILED,         /* only under another namespace */
    CAUSE_HOLDERS_DOWN,     /* the members that have it are down now */
    CAUSE_BEHIND_CURSOR,    /* members have it, the recipient polled them all since */
    CAUSE_NOT_YET_POLLED,   /* members have it, the recipient did not poll one of them */
    CAUSE_RECIPIENT_AWAY,   /* the recipient did not poll at all since */
    CAUSE_IN_OUTBOX,        /* the sender's client still tries, or waits to come online */
    CAUSE_PATH_FAILURES,    /* late: attempts failed before one was accepted */
    CAUSE_FILE_AWAITED,     /* the recipient fetches the file that the message tells of */
    CAUSE_FILE_GONE,        /* that file has expired at its server */
    CAUSE_FILE_UNREACHABLE, /* its tries are used up */
    CAUSE_FILE_CHANGED,     /* it is not what the message says */
    CAUSE_FILE_TOO_MANY,    /* the recipient waits for too many */
    CAUSE_NO_KEY,           /* the recipient fetched it, and no key of its opens it */
    CAUSE_NO_MEMBER,        /* it fetched it, and takes the writer for no member */
    CAUSE_POLLED_WITHOUT,   /* late: the recipient polled members that did not have it */
    CAUSE_SEND_FAILURE,     /* never accepted: CAUSE_SEND_FAILURE + SendFailure */
    CAUSES = CAUSE_SEND_FAILURE + 16
} Cause;

const char *cause_name(Cause cause);

/* What the ledger must know of nodes when it looks at replicas; by node number. */
typedef struct NodeStanding {
    uint64_t swarm_id; /* by the chain now; SWARM_NONE when in none */
    bool up;           /* its process answers */
    bool settled; /* up and in this swarm for so long that it should hold what its swarm
                   * holds */
} NodeStanding;

typedef struct LedgerConfig {
    uint32_t people;   /* clients: whoever writes and reads */
    uint32_t accounts; /* the first of them, each with a mailbox of its own; the others are
                        * further devices of those; 0: all of them */
    const uint32_t *account_of; /* by client, borrowed; NULL: each its own */
    uint32_t mailboxes;         /* of groups and rooms, numbered from `accounts` on */
    Duration message_ttl, typing_ttl;
    int16_t message_namespace; /* where people's messages belong */
    Duration late_after;       /* a delivery later than this after writing has a cause */
    Duration age_bin;          /* width of the bins of replica count by age */
    Duration sent_bin;         /* width of the bins of fates by time of writing */
    bool keep_events;          /* keep the life of every message (for `explain`) */
} LedgerConfig;

typedef struct Ledger Ledger;

Ledger *ledger_new(const LedgerConfig *config);
void ledger_free(Ledger *ledger);

/* A message to be, as its sender means it. */
typedef struct LedgerWritten {
    uint64_t id; /* person << 32 | number, or SESSION_OWN_MESSAGE | number: from 1 on */
    SessionKind kind;
    uint32_t from;
    uint32_t mailbox;   /* of an account, a group or a room */
    const uint32_t *to; /* clients that should get it, ascending; at least one */
    uint32_t n_to;
    /* Clients that may open it though it need not reach them: the writer's client has not
     * learnt yet that they were added to the group, or were removed. */
    const uint32_t *bystanders;
    uint32_t n_bystanders;
} LedgerWritten;

/* Somebody writes a message. */
void ledger_written(Ledger *ledger, Time now, const LedgerWritten *written);
/* A client read a mailbox that is not its account's. */
void ledger_polled(Ledger *ledger, Time now, uint32_t person, uint32_t mailbox);
/* A note of the client of @person. */
void ledger_client_note(Ledger *ledger, Time now, uint32_t person, const Note *note);
/* A store took (or refused) a message: what the watcher saw. */
void ledger_put(Ledger *ledger, Time now, uint32_t node, Bytes hash, int16_t name_space,
                PutResult result);
/* A power cut undid the put of a message at a node. */
void ledger_dropped(Ledger *ledger, Time now, uint32_t node, Bytes hash);
/* The node's disk is gone with everything on it: call with the store before it is closed.
 */
void ledger_disk_gone(Ledger *ledger, Time now, uint32_t node, Store *store);

/* Ask every disk what it holds: @stores by node number, NULL where there is none.  A holder
 * that does not have its message any more is forgotten as by ledger_dropped; so what is
 * read afterwards is what the stores say. */
void ledger_audit(Ledger *ledger, Time now, Store *const *stores, uint32_t n_stores);

/* Look at the replicas of every message that lives: by age, near-losses, expiries.
 * @standing by node number; @recipient_swarm by mailbox: its swarm; @settled_members by
 * mailbox: how many settled members that swarm has (NULL: not looked at). */
void ledger_sample(Ledger *ledger, Time now, const NodeStanding *standing,
                   const uint64_t *recipient_swarm, const uint32_t *settled_members);
/* At the last look: copies that settled members lack, of acknowledged messages that were at
 * least LEDGER_SETTLE old (summed over messages). */
uint64_t ledger_holes(const Ledger *ledger);
enum { LEDGER_SETTLE_S = 1800 };
/* Decide the fate of what is undecided; once, at the end. */
void ledger_close(Ledger *ledger, Time now, const NodeStanding *standing,
                  const uint64_t *recipient_swarm);

/* --- what it found (after ledger_close) -------------------------------------------------
 */

typedef struct AgeBin {
    uint64_t messages;          /* looked at in this age window */
    uint64_t replicas;          /* copies on disks of the recipient's swarm, summed */
    uint64_t reachable;         /* of those, on nodes that are up */
    uint64_t disks;             /* copies on any disk, in the swarm or not */
    uint64_t at_most_one, none; /* messages with so many in the swarm */
} AgeBin;

/* Of one kind. */
typedef struct KindTotals {
    uint64_t written, accepted;
    uint64_t fates[FATES], causes[FATES][CAUSES];
    Histogram latency_s;
} KindTotals;

typedef struct LedgerTotals {
    uint64_t sent;    /* messages, */
    uint64_t written; /* each counted once for each recipient */
    uint64_t fates[FATES];
    uint64_t causes[FATES][CAUSES];
    uint64_t late, late_causes[CAUSES];
    uint64_t duplicates; /* opened once more (another copy of the same message) */
    uint64_t unreadable;
    uint64_t near_losses; /* delivered or still there, but once with at most one replica
                           * in its swarm */
    uint64_t attempts, failed_attempts[16]; /* by SendFailure */
    uint64_t accepted;
    uint64_t unstored_acks;   /* acknowledged with no disk having it (an invariant) */
    uint64_t strangers;       /* opened by somebody to whom it was not written */
    uint64_t content_differs; /* opened, and not as it was sealed (an invariant) */
    KindTotals kinds[SESSION_KINDS];
    Histogram latency_s;     /* written to opened */
    Histogram ack_latency_s; /* written to accepted */
} LedgerTotals;

/* Lives of stored messages by age at their end: how many lost their last disk copy, and how
 * many were watched no longer (delivered, expired, or the run was over): what a
 * Kaplan-Meier curve is made of (science 1.1). */
typedef struct LifeBin {
    uint64_t lost, ended;
} LifeBin;

/* Bins of age_bin. */
size_t ledger_life_bins(const Ledger *ledger, const LifeBin **ret_bins);
/* The product-limit estimate (Kaplan and Meier 1958) of the chance that a message still has
 * a disk copy at the end of bin @bin; in a bin losses come before what is watched no
 * longer. */
double ledger_survival(const Ledger *ledger, size_t bin);

const LedgerTotals *ledger_totals(const Ledger *ledger);
size_t ledger_age_bins(const Ledger *ledger, const AgeBin **ret_bins);
/* Fates by time of writing: [bin][fate], and [bin][cause] of the lost ones. */
size_t ledger_sent_bins(const Ledger *ledger, const uint64_t (**ret_fates)[FATES],
                        const uint64_t (**ret_lost_causes)[CAUSES]);

enum {
    LEDGER_WRITTEN = 200,
    LEDGER_PUT,
    LEDGER_PUT_REFUSED,
    LEDGER_DISK_GONE,
    LEDGER_DROPPED
};

typedef struct LedgerMessage {
    uint64_t id; /* of what a client wrote by itself: with its number in bits 32 to 62 */
    SessionKind kind;
    uint32_t from, to;
    uint32_t recipients; /* of a message to several: at the first of them their number, at
                          * those behind it 0 */
    Time written, accepted, delivered; /* -1: not */
    Fate fate;
    Cause cause;
} LedgerMessage;

size_t ledger_count(const Ledger *ledger);
LedgerMessage ledger_message(const Ledger *ledger, size_t index); /* in order of writing */
/* What happened to it, and to those to the same message's other recipients. */
LifeReader ledger_life(const Ledger *ledger, size_t index);
/* One line of text about an event; never more than @size bytes, terminated. */
void ledger_event_text(const LifeEvent *event, char *text, size_t size);
