/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a node may be down (protocol 6.3). */
#include "nodes/registry/chain.h"

int64_t
chain_credit(const ChainConfig *config, const ChainNode *node, uint64_t height)
{
    bool active = node->record.active;
    uint64_t up_until = active ? height : node->decommissioned_at;
    uint64_t up = up_until - node->active_since;
    int64_t credit = node->credit_base;

    credit += (int64_t)(up * (uint64_t)config->credit_per_day / config->blocks_per_day);
    if (credit > config->credit_max)
        credit = config->credit_max;
    return active ? credit : credit - (int64_t)(height - node->decommissioned_at);
}

int32_t
chain_credit_recommissioned(const ChainConfig *config, const ChainNode *node,
                            uint64_t height)
{
    int64_t down = (int64_t)(height - node->decommissioned_at);
    int64_t left = chain_credit(config, node, height) - down;

    return left > 0 ? (int32_t)left : 0;
}

static bool
judge_good(const ChainNode *node, StateChangeKind *ret)
{
    if (node->record.active)
        return false;
    *ret = CHANGE_RECOMMISSION;
    return true;
}

static bool
judge_bad(const ChainConfig *config, const ChainNode *node, uint64_t height,
          StateChangeKind *ret)
{
    int64_t credit = chain_credit(config, node, height);

    if (!node->record.active && credit >= 0)
        return false;
    *ret = node->record.active && credit >= config->credit_minimum ? CHANGE_DECOMMISSION
                                                                   : CHANGE_DEREGISTER;
    return true;
}

bool
chain_judge(const ChainState *state, const Verdict *verdict, uint64_t height,
            StateChange *ret)
{
    const ChainNode *node = chain_find(state, verdict->worker);
    StateChangeKind kind;

    if (node == NULL)
        return false;
    if (verdict->height <
        (node->record.active ? node->active_since : node->decommissioned_at))
        return false; /* found before its last change */
    if (verdict->good ? !judge_good(node, &kind)
                      : !judge_bad(&state->config, node, height, &kind))
        return false;
    ret->kind = kind;
    memcpy(ret->legacy, verdict->worker, sizeof ret->legacy);
    return true;
}
