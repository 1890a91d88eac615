/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The seed node's side of the chain: get_n_service_nodes (protocol 5.1). */
#pragma once

#include "nodes/base/port.h"
#include "nodes/swarm/swarm.h"

/* The lists of one height, each made when first asked for and given to everybody.  Zero:
 * none yet. */
typedef struct SeedAnswers {
    uint64_t height;
    Blob *blobs[2]; /* all nodes; active nodes */
} SeedAnswers;

/* Answer a request to /json_rpc. */
void seed_answer(SeedAnswers *answers, Port *port, const Snapshot *snapshot,
                 ReplyToken token, const Packet *request);
void seed_answers_clear(SeedAnswers *answers);
