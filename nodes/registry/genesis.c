/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network as it stands when a run begins. */
#include "nodes/registry/genesis.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/registry/quorum.h"
#include "nodes/swarm/mersenne.h"

enum { HOUR_MS = 3600 * 1000 }; /* between uptime proofs */

static int
compare_legacy(const void *a, const void *b)
{
    const NodeRecord *const *left = a, *const *right = b;

    return memcmp((*left)->legacy, (*right)->legacy, sizeof(*left)->legacy);
}

/* In ascending order, so that every insertion is one at the end.  They have all been in
 * service: their last proofs lie anywhere in the hour before. */
static void
insert_all(ChainState *state, const NodeRecord *records, size_t n, UnixMs genesis_ms,
           Mersenne *mersenne)
{
    const NodeRecord **sorted = malloc((n + 1) * sizeof *sorted);

    if (sorted == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        sorted[i] = &records[i];
    qsort(sorted, n, sizeof *sorted, compare_legacy);
    for (size_t i = 0; i < n; i++) {
        assert(i == 0 || compare_legacy(&sorted[i - 1], &sorted[i]) < 0);
        (void)chain_state_insert(state, sorted[i],
                                 genesis_ms - (UnixMs)mersenne_below(mersenne, HOUR_MS));
    }
    free(sorted);
}

static uint32_t
index_of(const ChainState *state, const NodeRecord *record)
{
    const ChainNode *node = chain_find(state, record->legacy);

    assert(node != NULL);
    return (uint32_t)(node - state->nodes);
}

/* Every node joined with a block of its own.  The state's nodes are numbered in key order,
 * and so are those that the chain had at each of these blocks. */
static void
grow_one_by_one(ChainState *state, const NodeRecord *records, size_t n, Mersenne *mersenne)
{
    SwarmMap map = { 0 };

    for (size_t i = 0; i < n; i++) {
        uint32_t node = index_of(state, &records[i]);

        swarm_assign_sized(&map, &state->config.sizes, &node, 1, mersenne_next(mersenne));
        swarm_map_sort_members(&map);
    }
    chain_state_adopt(state, &map);
    swarm_map_clear(&map);
}

static void
join_at_once(ChainState *state, Mersenne *mersenne)
{
    uint32_t *nodes = malloc((state->n + 1) * sizeof *nodes);
    SwarmMap map = { 0 };

    if (nodes == NULL)
        abort();
    for (uint32_t i = 0; i < state->n; i++)
        nodes[i] = i;
    swarm_assign_sized(&map, &state->config.sizes, nodes, state->n,
                       mersenne_next(mersenne));
    chain_state_adopt(state, &map);
    swarm_map_clear(&map);
    free(nodes);
}

/* Groups of consecutive records, their ids at equal distances; what is left over after the
 * last full group joins it. */
static void
group_in_fixed_swarms(ChainState *state, const NodeRecord *records, size_t n)
{
    size_t size = state->config.fixed_swarm_size;
    size_t groups = n / size > 0 ? n / size : 1;

    for (size_t i = 0; i < n; i++) {
        size_t group = i / size < groups ? i / size : groups - 1;
        ChainNode *node = &state->nodes[index_of(state, &records[i])];

        node->home_swarm = UINT64_MAX / groups * group;
        node->record.swarm_id = node->home_swarm;
    }
}

static void
form_swarms(ChainState *state, const NodeRecord *records, size_t n, bool grown,
            Mersenne *mersenne)
{
    if (state->config.fixed_swarm_size > 0)
        group_in_fixed_swarms(state, records, n);
    else if (grown)
        grow_one_by_one(state, records, n, mersenne);
    else
        join_at_once(state, mersenne);
}

ChainState *
chain_state_new(const ChainConfig *config, const NodeRecord *records, size_t n, bool grown,
                UnixMs genesis_ms, uint64_t seed)
{
    ChainState *state = calloc(1, sizeof *state);
    Mersenne mersenne;
    uint8_t hash[32];

    if (state == NULL)
        abort();
    assert(n <= NODE_LIST_MAX && config->validators <= QUORUM_VALIDATORS_MAX);
    assert(config->blocks_per_day > 0 && config->credit_per_day >= 0);
    state->config = *config;
    state->height = grown ? n : 1;
    mersenne_seed(&mersenne, seed);
    insert_all(state, records, n, genesis_ms, &mersenne);
    form_swarms(state, records, n, grown, &mersenne);
    for (size_t i = 0; i < sizeof hash; i += 8)
        for (uint64_t b = 0, word = mersenne_next(&mersenne); b < 8; b++, word >>= 8)
            hash[i + b] = (uint8_t)word;
    chain_state_renew_snapshot(state, true, genesis_ms, hash);
    return state;
}
