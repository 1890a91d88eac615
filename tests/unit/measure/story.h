/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Short stories for the ledger: what befell one message, told step by step.  Times are in
 * seconds. */
#pragma once

#include <glib.h>

#include "clients/session/session.h"
#include "sim/measure/ledger.h"

enum { WRITER, READER, PEOPLE, NODES = 12, HOME = 7, ELSEWHERE = 8, TTL_S = 10000 };

/* All nodes are up, in swarm HOME, and so are all accounts. */
typedef struct Story {
    Ledger *ledger;
    NodeStanding standing[NODES];
    uint64_t swarm[PEOPLE];
    uint64_t id; /* of the message written last */
} Story;

/* For g_test_add. */
void story_begin(Story *f, gconstpointer data);
void story_end(Story *f, gconstpointer data);
/* The hash of the copy with this number (below 100). */
Bytes story_hash(int copy);
/* WRITER writes the next message to READER; what follows is about it. */
void story_write(Story *f, int64_t at_s);
void story_note(Story *f, int64_t at_s, uint32_t person, NoteKind kind, uint64_t a,
                uint64_t b, Bytes text);
void story_seal(Story *f, int64_t at_s, int copy);
void story_fail(Story *f, int64_t at_s, SendFailure why);
void story_accept(Story *f, int64_t at_s);
/* A node stores a copy. */
void story_put(Story *f, int64_t at_s, uint32_t node, int copy);
/* READER polls so often. */
void story_poll(Story *f, int64_t at_s, int times, int status);
/* READER polls, and opens a copy. */
void story_open(Story *f, int64_t at_s, int copy);
/* Written, sealed as @copy, stored at nodes 0 and 1, acknowledged. */
void story_send(Story *f, int64_t at_s, int copy);
/* How many events the life of the message at @index has; the last one in *@ret. */
uint32_t story_events(const Ledger *ledger, size_t index, LifeEvent *ret);
void story_close(Story *f, int64_t at_s);
/* Close; the one message that there is has this fate and cause, and the books say so. */
void story_assert(Story *f, int64_t at_s, Fate fate, Cause cause);
