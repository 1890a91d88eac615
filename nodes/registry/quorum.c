/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/registry/quorum.h"

#include <stdlib.h>

#include "nodes/swarm/mersenne.h"

uint64_t
block_hash_seed(const uint8_t hash[32])
{
    uint64_t seed = 0;

    for (int i = 8; i > 0; i--)
        seed = seed << 8 | hash[i - 1];
    return seed;
}

static uint32_t
smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The active nodes, then the others; returns how many are active. */
static uint32_t
order_by_activity(const NodeList *nodes, uint32_t *order)
{
    uint32_t n = 0, n_active;

    for (uint32_t i = 0; i < nodes->n; i++)
        if (nodes->nodes[i].active)
            order[n++] = i;
    n_active = n;
    for (uint32_t i = 0; i < nodes->n; i++)
        if (!nodes->nodes[i].active)
            order[n++] = i;
    return n_active;
}

/* Put random ones of order[first .. end) at order[first .. first + n). */
static void
shuffle_part(Mersenne *mersenne, uint32_t *order, uint32_t first, uint32_t n, uint32_t end)
{
    for (uint32_t i = first; i < first + n; i++) {
        uint32_t j = i + (uint32_t)mersenne_below(mersenne, end - i);
        uint32_t t = order[i];

        order[i] = order[j];
        order[j] = t;
    }
}

static uint32_t
workers_of(const ChainConfig *config, uint32_t rest)
{
    uint32_t wanted = rest / 100 > config->workers_min ? rest / 100 : config->workers_min;

    return smaller(rest, wanted);
}

void
quorum_choose(const ChainConfig *config, const NodeList *nodes,
              const uint8_t block_hash[32], Quorum *ret)
{
    uint32_t *order = calloc(nodes->n + 1, sizeof *order);
    uint32_t n_active;
    Mersenne mersenne;

    if (order == NULL)
        abort();
    n_active = order_by_activity(nodes, order);
    *ret = (Quorum){ .order = order };
    ret->n_validators = smaller(n_active, config->validators);
    ret->n_workers = workers_of(config, nodes->n - ret->n_validators);
    ret->validators = order;
    ret->workers = order + ret->n_validators;
    mersenne_seed(&mersenne, block_hash_seed(block_hash));
    shuffle_part(&mersenne, order, 0, ret->n_validators, n_active);
    shuffle_part(&mersenne, order, ret->n_validators, ret->n_workers, nodes->n);
}

void
quorum_clear(Quorum *quorum)
{
    free(quorum->order);
    *quorum = (Quorum){ 0 };
}
