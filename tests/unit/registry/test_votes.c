/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/registry/votes.h"
#include "tests/unit/registry/people.h"

enum { PEOPLE = 100, NEEDED = 7 };

typedef struct Fixture {
    ChainState *state;
    VotePool *pool;
} Fixture;

static void
set_up(Fixture *f, gconstpointer unused)
{
    (void)unused;
    f->state = people_state(&chain_config_2024, PEOPLE, false);
    f->pool = vote_pool_new(NEEDED);
    vote_pool_add_quorum(f->pool, f->state->snapshot);
}

static void
tear_down(Fixture *f, gconstpointer unused)
{
    (void)unused;
    vote_pool_free(f->pool);
    chain_state_free(f->state);
}

static void
advance(Fixture *f, int blocks)
{
    for (int i = 0; i < blocks; i++) {
        apply_empty(f->state);
        vote_pool_add_quorum(f->pool, f->state->snapshot);
    }
}

/* What a validator of @snapshot (by its place in the quorum) says of a worker. */
static Vote
vote_in(const Snapshot *snapshot, uint32_t validator, uint32_t worker, bool good)
{
    const NodeRecord *nodes = snapshot->nodes->nodes;
    Vote vote = { .height = snapshot->height, .good = good };

    memcpy(vote.validator, nodes[snapshot->validators[validator]].legacy, 32);
    memcpy(vote.worker, nodes[snapshot->workers[worker]].legacy, 32);
    return vote;
}

static Status
cast(Fixture *f, uint32_t validator, uint32_t worker, bool good)
{
    Vote vote = vote_in(f->state->snapshot, validator, worker, good);

    return vote_pool_add(f->pool, &vote);
}

static size_t
verdicts(Fixture *f)
{
    size_t n;

    (void)vote_pool_take_verdicts(f->pool, &n);
    return n;
}

static void
test_seven_are_enough(Fixture *f, gconstpointer unused)
{
    const Snapshot *snapshot = f->state->snapshot;
    const Verdict *verdict;
    size_t n;

    (void)unused;
    for (uint32_t validator = 0; validator < NEEDED - 1; validator++)
        g_assert_cmpint(cast(f, validator, 3, false), ==, ST_OK);
    g_assert_cmpuint(verdicts(f), ==, 0);
    g_assert_cmpint(cast(f, NEEDED - 1, 3, false), ==, ST_OK);
    verdict = vote_pool_take_verdicts(f->pool, &n);
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpuint(verdict->height, ==, snapshot->height);
    g_assert_cmpmem(verdict->worker, 32,
                    snapshot->nodes->nodes[snapshot->workers[3]].legacy, 32);
    g_assert_false(verdict->good);
    /* the rest of the quorum changes nothing any more */
    g_assert_cmpint(cast(f, NEEDED, 3, false), ==, ST_OK);
    g_assert_cmpuint(verdicts(f), ==, 0);
}

static void
test_votes_must_be_equal(Fixture *f, gconstpointer unused)
{
    (void)unused;
    for (uint32_t validator = 0; validator < 10; validator++)
        g_assert_cmpint(cast(f, validator, 0, validator % 2 == 0), ==, ST_OK);
    for (uint32_t validator = 0; validator < 6; validator++)
        g_assert_cmpint(cast(f, validator, 1, true), ==, ST_OK);
    for (uint32_t validator = 0; validator < 6; validator++)
        g_assert_cmpint(cast(f, validator, 2, true), ==, ST_OK);
    g_assert_cmpuint(verdicts(f), ==, 0); /* nor do those on different workers add up */
}

static void
test_one_vote_each(Fixture *f, gconstpointer unused)
{
    (void)unused;
    for (int i = 0; i < NEEDED; i++)
        g_assert_cmpint(cast(f, 4, 3, false), ==, i == 0 ? ST_OK : ST_DUPLICATE);
    g_assert_cmpint(cast(f, 4, 3, true), ==, ST_DUPLICATE); /* nor a change of mind */
    g_assert_cmpuint(verdicts(f), ==, 0);
}

static void
test_outsiders(Fixture *f, gconstpointer unused)
{
    const Snapshot *snapshot = f->state->snapshot;
    Vote vote = vote_in(snapshot, 0, 0, false);

    (void)unused;
    memcpy(vote.validator, vote.worker, 32); /* a worker is no validator */
    g_assert_cmpint(vote_pool_add(f->pool, &vote), ==, ST_REFUSED);
    memset(vote.validator, 1, 32);
    g_assert_cmpint(vote_pool_add(f->pool, &vote), ==, ST_REFUSED);
    vote = vote_in(snapshot, 0, 0, false);
    memcpy(vote.worker, vote_in(snapshot, 1, 0, false).validator, 32);
    g_assert_cmpint(vote_pool_add(f->pool, &vote), ==, ST_REFUSED);
}

static void
test_heights(Fixture *f, gconstpointer unused)
{
    Snapshot *old = snapshot_ref(f->state->snapshot);
    Vote vote = vote_in(old, 0, 0, false);

    (void)unused;
    vote.height = old->height + 1;
    g_assert_cmpint(vote_pool_add(f->pool, &vote), ==, ST_EXPIRED);
    vote.height = UINT64_MAX;
    g_assert_cmpint(vote_pool_add(f->pool, &vote), ==, ST_EXPIRED);
    advance(f, VOTE_LIFETIME_BLOCKS);
    vote = vote_in(old, 0, 0, false);
    g_assert_cmpint(vote_pool_add(f->pool, &vote), ==, ST_OK);
    advance(f, 1);
    vote = vote_in(old, 1, 0, false);
    g_assert_cmpint(vote_pool_add(f->pool, &vote), ==, ST_EXPIRED);
    vote = vote_in(f->state->snapshot, 1, 0, false);
    g_assert_cmpint(vote_pool_add(f->pool, &vote), ==, ST_OK);
    snapshot_unref(old);
}

/* Whatever order the votes came in, verdicts are sorted by worker and height. */
static void
test_order(Fixture *f, gconstpointer unused)
{
    Snapshot *first = snapshot_ref(f->state->snapshot);
    const Verdict *found;
    size_t n;

    (void)unused;
    advance(f, 1);
    for (uint32_t worker = 50; worker-- > 0;)
        for (uint32_t validator = 0; validator < NEEDED; validator++) {
            Vote vote = vote_in(first, validator, worker, worker % 2 == 0);

            g_assert_cmpint(cast(f, validator, worker, false), ==, ST_OK);
            g_assert_cmpint(vote_pool_add(f->pool, &vote), ==, ST_OK);
        }
    found = vote_pool_take_verdicts(f->pool, &n);
    g_assert_cmpuint(n, ==, 100);
    for (size_t i = 1; i < n; i++) {
        int order = memcmp(found[i - 1].worker, found[i].worker, 32);

        g_assert_true(order < 0 || (order == 0 && found[i - 1].height < found[i].height));
    }
    g_assert_cmpuint(verdicts(f), ==, 0);
    snapshot_unref(first);
}

#define ADD(name, function)                                                                \
    g_test_add("/registry/votes/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("seven-are-enough", test_seven_are_enough);
    ADD("must-be-equal", test_votes_must_be_equal);
    ADD("one-each", test_one_vote_each);
    ADD("outsiders", test_outsiders);
    ADD("heights", test_heights);
    ADD("order", test_order);
    return g_test_run();
}
