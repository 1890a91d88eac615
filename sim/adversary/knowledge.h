/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who knows what: what parties of each part came to know in a run, request by request, and
 * whether that keeps what the system claims. */
#pragma once

#include "sim/adversary/observation.h"
#include "sim/adversary/truth.h"

/* A party's part in one request. */
typedef enum Part {
    PART_GUARD,       /* a node that a client sent an onion to */
    PART_HOP,         /* one that passed it on */
    PART_DESTINATION, /* one that it was for */
    PART_ASKED,       /* a node that a client asked without an onion */
    PART_MEMBER,      /* one that members of its swarm forwarded or pushed to */
    PART_SERVER,      /* the server that gives out node lists */
    PART_LINE,        /* who watches an access line */
    PART_FILES,       /* the file server: which node posts to it, when, how much */
    PART_WEB,         /* the web server that gives out the program: who fetched it, when */
    PART_PUSH,        /* the push server: which accounts, when they get what */
    PARTS
} Part;

const char *part_name(Part part);
/* PARTS: none of these (a request to a server, a subscription). */
Part part_of(const ObservationLog *log, const Observation *record);

/* Different things that all parties of one part saw, each request on its own. */
typedef struct Knowledge {
    uint64_t requests;         /* with their times and sizes */
    uint64_t parties;          /* that had any */
    uint64_t addresses;        /* of clients */
    uint64_t accounts;         /* Session IDs */
    uint64_t messages;         /* by hash, with their sealed sizes */
    uint64_t address_accounts; /* pairs in one request: whose address, which account */
    uint64_t address_messages; /* the same of messages */
    uint64_t account_messages; /* who gets which message */
} Knowledge;

void knowledge_of(const ObservationLog *log, Knowledge ret[PARTS]);

typedef enum Claim {
    CLAIM_ADDRESS_APART, /* nobody sees a client's address and an account in one request */
    CLAIM_ENDS_APART,    /* no node is first and last of one onion request */
    CLAIM_GUARDS_ALONE,  /* no node but guards and who is asked directly sees an address */
    CLAIM_SWARM_ALONE,   /* no node is asked about an account that it need not keep */
    CLAIM_GUARD_OUTSIDE, /* no guard of a client keeps its mailbox */
    CLAIM_SERVERS_APART, /* no server beyond the network of nodes is told an account */
    CLAIMS
} Claim;

/* "nobody sees a client's address and an account in one request" */
const char *claim_text(Claim claim);

enum { CLAIM_EVENTS_MAX = 4 };

/* What it was held against; and the first breach, as the records that show it. */
typedef struct ClaimResult {
    uint64_t tested, breaches;
    size_t example[CLAIM_EVENTS_MAX]; /* places in the log, in order of time */
    uint32_t n_example;
} ClaimResult;

/* The truth joins the ends of requests, and people to their accounts. */
void claims_of(const ObservationLog *log, const TruthLog *truth, ClaimResult ret[CLAIMS]);
/* One record in words: "12.300 s: node 17 (32.0.1.5) had from 240.0.0.1: get_swarm of
 * 05ab..".  @size of at least 200. */
void observation_text(const ObservationLog *log, size_t place, char *text, size_t size);
