/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/registry/votes.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/registry/quorum.h"

enum { QUORUMS = VOTE_LIFETIME_BLOCKS + 1 };

/* Who may vote on whom at one height, and who did. */
typedef struct VoteQuorum {
    uint64_t height;
    uint32_t n_validators, n_workers;
    uint8_t (*validators)[32]; /* legacy keys; a validator's place is its bit below */
    uint8_t (*workers)[32];
    uint64_t *good, *bad; /* by worker: which validators said so */
} VoteQuorum;

struct VotePool {
    uint32_t votes_needed;
    VoteQuorum quorums[QUORUMS]; /* by height modulo their number */
    Verdict *verdicts;
    size_t n_verdicts, n_taken, capacity; /* those taken stand first */
};

VotePool *
vote_pool_new(uint32_t votes_needed)
{
    VotePool *pool = memory_zeroed(1, sizeof *pool);

    pool->votes_needed = votes_needed;
    return pool;
}

static void
quorum_forget(VoteQuorum *quorum)
{
    free(quorum->validators);
    free(quorum->workers);
    free(quorum->good);
    free(quorum->bad);
    *quorum = (VoteQuorum){ 0 };
}

void
vote_pool_free(VotePool *pool)
{
    if (pool == NULL)
        return;
    for (int i = 0; i < QUORUMS; i++)
        quorum_forget(&pool->quorums[i]);
    free(pool->verdicts);
    free(pool);
}

static uint8_t (*keys_of(const Snapshot *snapshot, const uint32_t *indexes, uint32_t n))[32]
{
    uint8_t(*keys)[32] = memory_zeroed(n, sizeof *keys);

    for (uint32_t i = 0; i < n; i++)
        memcpy(keys[i], snapshot->nodes->nodes[indexes[i]].legacy, sizeof keys[i]);
    return keys;
}

void
vote_pool_add_quorum(VotePool *pool, const Snapshot *snapshot)
{
    VoteQuorum *quorum = &pool->quorums[snapshot->height % QUORUMS];

    assert(snapshot->n_validators <= QUORUM_VALIDATORS_MAX);
    quorum_forget(quorum);
    *quorum = (VoteQuorum){
        .height = snapshot->height,
        .n_validators = snapshot->n_validators,
        .n_workers = snapshot->n_workers,
        .validators = keys_of(snapshot, snapshot->validators, snapshot->n_validators),
        .workers = keys_of(snapshot, snapshot->workers, snapshot->n_workers),
        .good = memory_zeroed(snapshot->n_workers, sizeof(uint64_t)),
        .bad = memory_zeroed(snapshot->n_workers, sizeof(uint64_t)),
    };
}

/* The key's place, or @n. */
static uint32_t
place_of(uint8_t (*keys)[32], uint32_t n, const uint8_t key[32])
{
    uint32_t i = 0;

    while (i < n && memcmp(keys[i], key, sizeof keys[i]) != 0)
        i++;
    return i;
}

static void
add_verdict(VotePool *pool, const Vote *vote)
{
    Verdict *verdict;

    if (pool->n_verdicts == pool->capacity) {
        pool->capacity = pool->capacity < 16 ? 16 : pool->capacity * 2;
        pool->verdicts = realloc(pool->verdicts, pool->capacity * sizeof *pool->verdicts);
        if (pool->verdicts == NULL)
            abort();
    }
    verdict = &pool->verdicts[pool->n_verdicts++];
    *verdict = (Verdict){ .height = vote->height, .good = vote->good };
    memcpy(verdict->worker, vote->worker, sizeof verdict->worker);
}

Status
vote_pool_add(VotePool *pool, const Vote *vote)
{
    VoteQuorum *quorum = &pool->quorums[vote->height % QUORUMS];
    uint32_t validator, worker;
    uint64_t bit, *side;

    if (quorum->validators == NULL || quorum->height != vote->height)
        return ST_EXPIRED;
    validator = place_of(quorum->validators, quorum->n_validators, vote->validator);
    worker = place_of(quorum->workers, quorum->n_workers, vote->worker);
    if (validator == quorum->n_validators || worker == quorum->n_workers)
        return ST_REFUSED;
    bit = UINT64_C(1) << validator;
    if ((quorum->good[worker] | quorum->bad[worker]) & bit)
        return ST_DUPLICATE;
    side = vote->good ? &quorum->good[worker] : &quorum->bad[worker];
    *side |= bit;
    if ((uint32_t)__builtin_popcountll(*side) == pool->votes_needed)
        add_verdict(pool, vote);
    return ST_OK;
}

static int
compare_verdicts(const void *a, const void *b)
{
    const Verdict *left = a, *right = b;
    int order = memcmp(left->worker, right->worker, sizeof left->worker);

    if (order != 0)
        return order;
    if (left->height != right->height)
        return left->height < right->height ? -1 : 1;
    return (int)left->good - (int)right->good;
}

const Verdict *
vote_pool_take_verdicts(VotePool *pool, size_t *ret_n)
{
    size_t fresh = pool->n_verdicts - pool->n_taken;

    if (fresh > 0)
        memmove(pool->verdicts, pool->verdicts + pool->n_taken,
                fresh * sizeof *pool->verdicts);
    if (fresh > 1)
        qsort(pool->verdicts, fresh, sizeof *pool->verdicts, compare_verdicts);
    pool->n_verdicts = pool->n_taken = fresh;
    *ret_n = fresh;
    return pool->verdicts;
}
