/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What corrupted parties saw: one record for each exchange (a request and its answer) at
 * one party.  It holds what a wire shows there, and what the party's own keys open;
 * nothing that only the simulator knows.  Attacks work on these records alone (science
 * 2.1); who and what it really was stands in another table (truth.h).
 *
 * A log may hold the records of every node of a run.  Which parties are corrupted is drawn
 * afterwards, any number of times: an attack is given the records of those (
 * observations_of), and of nobody else. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "nodes/base/store.h"
#include "nodes/base/time.h"

/* What kind of party watches. */
typedef enum ObserverRole {
    OBSERVER_NODE,  /* a service node: guard, hop, destination, swarm member, all at once */
    OBSERVER_LINK,  /* somebody's access line: time, neighbour and size, nothing opened */
    OBSERVER_SERVER /* a server beyond the network of nodes */
} ObserverRole;

/* What servers are, by their numbers. */
typedef enum ServerNumber {
    SERVER_LISTS, /* gives out node lists */
    SERVER_FILES,
    SERVER_WEB,  /* gives out the program */
    SERVER_PUSH, /* watches swarms for accounts */
    SERVERS
} ServerNumber;

typedef struct Observer {
    uint8_t role;    /* ObserverRole */
    uint32_t ip;     /* its address (LINK: of the line's owner) */
    uint32_t number; /* NODE: of the node in the run; SERVER: ServerNumber; LINK: 0 */
    uint32_t life;   /* NODE: its how-manieth life (a disk lost, another in its place) */
    const char *country; /* static; "" unknown */
    uint32_t hoster;
} Observer;

/* What a layer turned out to be; the values of OnionKind and one more. */
enum { OBSERVED_NO_LAYER = 0xff };

enum { OBSERVED_UNANSWERED = -1 };

typedef struct Observation {
    Time at; /* the request came in; OUTGOING: it left */
    /* So many microseconds later its answer left (OUTGOING: came); OBSERVED_UNANSWERED:
     * none did, or later than half an hour. */
    int32_t answered_us;
    uint32_t observer;  /* place in the log's table of observers */
    uint32_t neighbour; /* IPv4 address that the request came from; OUTGOING: went to */
    uint32_t next; /* IPv4 address that it was passed on to as an onion, or to a server;
                    * 0: it ended here */
    uint32_t bytes, bytes_passed, bytes_answered; /* as sent, without transport headers */
    uint32_t account; /* 1 + place in the log's table of accounts; 0: none was named */
    uint64_t content; /* observed_content() of the hash of the message; 0: none */
    uint32_t content_bytes; /* of that message's body, sealed as it is */
    int16_t status;         /* of the answer, as in HTTP; 0: none */
    uint8_t kind;           /* MessageKind: which endpoint (LINK: KIND_COUNT, not known) */
    uint8_t layer;          /* OnionKind, or OBSERVED_NO_LAYER */
    uint8_t method;         /* RpcMethod; of a batch its first part's; RPC_UNKNOWN: none */
    bool outgoing;          /* the observer sent it (LINK: its owner did) */
    bool batched;           /* the method came in a batch or sequence */
} Observation;

_Static_assert(sizeof(Observation) == 64, "what a record costs");

typedef struct ObservationLog ObservationLog;

/* A log of at most @bytes_max bytes of records: what comes when it is full is left out, so
 * that it holds the beginning, whole. */
ObservationLog *observation_log_new(size_t bytes_max);
void observation_log_free(ObservationLog *log); /* takes NULL */

/* --- writing ----------------------------------------------------------------------- */

uint32_t observation_log_add_observer(ObservationLog *log, const Observer *observer);
/* 1 + the account's place in the table: in the order in which accounts were first seen. */
uint32_t observation_log_account(ObservationLog *log, const uint8_t account[ACCOUNT_BYTES]);
/* The same, or 0: it was not seen. */
uint32_t observation_log_find_account(const ObservationLog *log,
                                      const uint8_t account[ACCOUNT_BYTES]);
/* Append; the record's place, or SIZE_MAX when it was left out. */
size_t observation_log_append(ObservationLog *log, const Observation *observation);
/* The record at @place, to fill in what is known later; valid until the next append. */
Observation *observation_log_at(ObservationLog *log, size_t place);

/* A message by the text of its hash: 64 bits of it, never 0. */
uint64_t observed_content(Bytes hash);

/* --- reading ----------------------------------------------------------------------- */

size_t observation_log_count(const ObservationLog *log);
uint64_t observation_log_left_out(const ObservationLog *log);
/* All records in order of appending, which is not quite that of `at` for several parties at
 * one instant. */
const Observation *observation_log_all(const ObservationLog *log);
const Observer *observation_log_observers(const ObservationLog *log, uint32_t *ret_n);
uint32_t observation_log_accounts(const ObservationLog *log);
/* The account with place @account - 1 (@account as in a record, not 0). */
const uint8_t *observation_log_account_key(const ObservationLog *log, uint32_t account);

/* What the corrupted parties have together. */
typedef struct Observations {
    Observation *records; /* owned */
    size_t *places; /* owned: of each in the log, for who scores; no attack reads it */
    size_t n;
} Observations;

/* The records of the observers that @corrupted (by place in the table) says.  To be
 * cleared. */
void observations_of(const ObservationLog *log, const bool *corrupted, Observations *ret);
void observations_clear(Observations *observations);
