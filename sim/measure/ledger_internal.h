/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files of the ledger only. */
#pragma once

#include "sim/measure/ledger.h"

enum {
    NO_ENTRY = UINT32_MAX,
    HASH_KEY_BYTES = 24,
    MAX_SEND_FAILURES = 16,
    /* A poll asks one random member of at most ~10: after so many, each was asked but with
     * a chance below 10 * 0.9^100 = 3e-4. */
    POLLS_TO_SEE_ALL = 100
};

typedef struct Holder {
    uint32_t node : 30;
    uint32_t misfiled : 1;
    uint32_t seen : 1; /* by the audit */
} Holder;

/* One sealed form of a message. */
typedef struct Copy {
    uint8_t key[HASH_KEY_BYTES]; /* the first characters of its hash */
    uint64_t digest;             /* of its content; 0: not known */
    uint32_t message;            /* index of the message, of its first recipient */
    uint32_t next;               /* the message's next copy */
    uint32_t n_holders, capacity;
    Holder *holders;
    bool ever_stored;
} Copy;

/* A message to one recipient.  Those of a message to several stand one behind the other by
 * recipient; copies, events and counts of attempts are the first one's. */
typedef struct Message {
    uint64_t id;
    Time written, accepted, delivered; /* -1: not */
    Time gone;                         /* since when no disk has any copy; -1: one has */
    uint32_t from, to, mailbox;
    uint32_t first;      /* of its recipients: an index of a message, perhaps its own */
    uint32_t recipients; /* at the first */
    uint32_t first_copy;
    /* The recipient's polls so far, when a copy was first stored or acknowledged, and when
     * one was opened. */
    uint32_t polls_when_there, polls_at_delivery;
    uint32_t failures;
    Life *life; /* NULL: not kept, or nothing yet */
    uint8_t kind;
    uint8_t file; /* Cause: what became of the file it tells of, CAUSE_NO_KEY,
                   * CAUSE_NO_MEMBER; CAUSE_NONE: nothing yet */
    uint8_t last_failure;
    uint8_t fate, cause;
    bool given_up, decided, near_loss, is_there;
} Message;

/* Answered polls of a mailbox that is not one's account's. */
typedef struct OtherPolls {
    uint32_t mailbox, polls;
} OtherPolls;

typedef struct OtherMailboxes {
    OtherPolls *item;
    uint32_t n;
} OtherMailboxes;

/* May open a message that is not meant for it. */
typedef struct Bystander {
    uint32_t message, person; /* a message's first recipient */
} Bystander;

/* What is known of a recipient's polling. */
typedef struct Person {
    uint32_t polls; /* that were answered */
    Time last_poll;
} Person;

struct Ledger {
    LedgerConfig config;
    Message *messages;
    size_t n_messages, messages_capacity;
    size_t first_alive; /* messages before this are past their expiry and decided */
    Copy *copies;
    uint32_t n_copies, copies_capacity;
    uint32_t *by_hash; /* open addressing: copy index + 1 */
    uint32_t hash_mask;
    uint32_t **by_id; /* per person: message index by number - 1 */
    uint32_t *by_id_length;
    uint32_t **by_own; /* the same of what clients wrote by themselves; NULL: nothing yet */
    uint32_t *by_own_length;
    Person *people;
    OtherMailboxes *others; /* per person; NULL: nobody has any */
    Bystander *bystanders;  /* by message, ascending */
    size_t n_bystanders, bystanders_capacity;
    AgeBin *age_bins;
    size_t n_age_bins;
    LifeBin *life_bins;
    size_t n_life_bins;
    uint64_t (*sent_fates)[FATES];
    uint64_t (*sent_causes)[CAUSES];
    size_t n_sent_bins;
    uint64_t holes; /* at the last look */
    LedgerTotals totals;
};

static inline Message *
ledger_first(const Ledger *l, const Message *m)
{
    return &l->messages[m->first];
}

/* Totals speak of what people write. */
static inline bool
ledger_is_peoples(const Message *m)
{
    return session_kind_is_peoples((SessionKind)m->kind);
}

/* Nodes keep it; posts are kept by their server. */
static inline bool
ledger_is_stored(const Message *m)
{
    return m->kind < SESSION_ROOM_TEXT || m->kind >= SESSION_RECEIPT;
}

/* Where legacy groups' messages belong (protocol 3.5). */
enum { GROUP_NAMESPACE = -10 };

void ledger_record(Ledger *ledger, Message *m, Time at, int what, uint32_t who,
                   uint64_t detail);
/* The first of the recipients of what has this id in a note of @person's client, or NULL.
 */
Message *ledger_message_by_id(Ledger *ledger, uint32_t person, uint64_t id);
/* How often the recipient polled where the message lies. */
uint32_t ledger_polls(const Ledger *ledger, const Message *m);
Duration ledger_ttl(const Ledger *ledger, const Message *m);

/* ledger_fate.c */
typedef struct Replicas {
    uint32_t disks;    /* distinct nodes that have any copy */
    uint32_t in_swarm; /* of those, members of the recipient's swarm, under its namespace */
    uint32_t reachable; /* of those, up */
    uint32_t settled;   /* of those, settled */
    uint32_t misfiled;  /* members that have it under another namespace only */
} Replicas;

Replicas ledger_replicas(const Ledger *ledger, const Message *m,
                         const NodeStanding *standing, uint64_t swarm_id);
void ledger_decide(Ledger *ledger, Message *m, Time now, const NodeStanding *standing,
                   uint64_t swarm_id);
