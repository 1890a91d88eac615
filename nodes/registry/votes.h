/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counting what validators found (protocol 6.3).  Votes are on the workers of one quorum;
 * they count while its block is among the last VOTE_LIFETIME_BLOCKS, once per validator and
 * worker, the first that came.  Memory: what the quorums of these blocks need. */
#pragma once

#include "nodes/registry/chain.h"

enum { VOTE_LIFETIME_BLOCKS = 60 };

typedef struct VotePool VotePool;

VotePool *vote_pool_new(uint32_t votes_needed);
void vote_pool_free(VotePool *pool); /* takes NULL */
/* A block was made: votes on its quorum are welcome from now on, those on the quorum that
 * is now more than VOTE_LIFETIME_BLOCKS old are not. */
void vote_pool_add_quorum(VotePool *pool, const Snapshot *snapshot);
/* Count a vote whose signature was checked.  ST_EXPIRED: no quorum of that height (any
 * more); ST_REFUSED: not of that quorum, as validator or as worker; ST_DUPLICATE: this
 * validator has voted on this worker. */
Status vote_pool_add(VotePool *pool, const Vote *vote) WARN_UNUSED;
/* Take the verdicts reached since the last call, ascending by worker and height, valid
 * until the next call. */
const Verdict *vote_pool_take_verdicts(VotePool *pool, size_t *ret_n);
