/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The arithmetic of protocol 6.3, by hand. */
#include <glib.h>

#include "tests/unit/registry/people.h"

typedef struct CreditCase {
    int32_t base;
    uint64_t active_since, decommissioned_at; /* 0: active */
    uint64_t height;
    int64_t credit;
    int32_t recommissioned; /* what is left if it comes back then */
} CreditCase;

static const CreditCase cases[] = {
    /* active: 24 for every 720 blocks, rounded down */
    { 60, 1000, 0, 1000, 60, 0 },
    { 60, 1000, 0, 1029, 60, 0 },
    { 60, 1000, 0, 1030, 61, 0 },
    { 60, 1000, 0, 1720, 84, 0 },
    { 0, 1000, 0, 1720, 24, 0 },
    /* at most 1440, which takes 41,400 blocks from 60 */
    { 60, 1000, 0, 42370, 1439, 0 },
    { 60, 1000, 0, 42400, 1440, 0 },
    { 60, 1000, 0, 999999, 1440, 0 },
    /* decommissioned after 720 blocks with 84: one less a block, and two after all */
    { 60, 1000, 1720, 1720, 84, 84 },
    { 60, 1000, 1720, 1730, 74, 64 },
    { 60, 1000, 1720, 1761, 43, 2 },
    { 60, 1000, 1720, 1762, 42, 0 },
    { 60, 1000, 1720, 1804, 0, 0 },
    { 60, 1000, 1720, 1805, -1, 0 },
    /* the cap comes before the time down */
    { 60, 1000, 500000, 500040, 1400, 1360 },
};

static void
test_by_hand(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const CreditCase *c = &cases[i];
        ChainNode node = { .credit_base = c->base,
                           .active_since = c->active_since,
                           .decommissioned_at = c->decommissioned_at,
                           .record.active = c->decommissioned_at == 0 };

        g_test_message("case %zu", i);
        g_assert_cmpint(chain_credit(&chain_config_2024, &node, c->height), ==, c->credit);
        if (!node.record.active)
            g_assert_cmpint(
                chain_credit_recommissioned(&chain_config_2024, &node, c->height), ==,
                c->recommissioned);
    }
}

typedef struct JudgeCase {
    bool active, good;
    int32_t base;            /* credit at the height of the block */
    uint64_t verdict_height; /* the node changed last at 1000; the block is 1010 */
    int expected;            /* a StateChangeKind, or -1 */
} JudgeCase;

static const JudgeCase judge_cases[] = {
    { true, true, 60, 1005, -1 },
    { true, false, 60, 1005, CHANGE_DECOMMISSION },
    { true, false, 59, 1005, CHANGE_DEREGISTER },
    { true, false, 60, 1000, CHANGE_DECOMMISSION },
    { true, false, 60, 999, -1 }, /* found before it was recommissioned */
    { false, true, 60, 1005, CHANGE_RECOMMISSION },
    { false, true, -5, 1005, CHANGE_RECOMMISSION },
    { false, true, 60, 999, -1 },
    { false, false, 60, 1005, -1 },
    { false, false, 0, 1005, -1 },
    { false, false, -1, 1005, CHANGE_DEREGISTER },
    { false, false, -1, 999, -1 },
};

static void
test_verdicts(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(judge_cases); i++) {
        const JudgeCase *c = &judge_cases[i];
        ChainNode node = { .credit_base = c->active ? c->base : c->base + 10,
                           .active_since = 1000,
                           .decommissioned_at = 1000,
                           .record = { .legacy = { 7 }, .active = c->active } };
        ChainState state = { .config = chain_config_2024, .nodes = &node, .n = 1 };
        Verdict verdict = { c->verdict_height, { 7 }, c->good };
        StateChange change = { .legacy = { 1 } };

        g_test_message("case %zu", i);
        g_assert_cmpint(chain_judge(&state, &verdict, 1010, &change), ==, c->expected >= 0);
        g_assert_cmpuint(change.legacy[0], ==, c->expected >= 0 ? 7 : 1);
        if (c->expected >= 0)
            g_assert_cmpint((int)change.kind, ==, c->expected);
        verdict.worker[0] = 8; /* nobody */
        g_assert_false(chain_judge(&state, &verdict, 1010, &change));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/registry/credit/by-hand", test_by_hand);
    g_test_add_func("/registry/credit/verdicts", test_verdicts);
    return g_test_run();
}
