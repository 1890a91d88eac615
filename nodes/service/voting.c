/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Obligations quorums (protocol 6.3): a validator of the block votes on each worker that
 * does not do its duty, and on each decommissioned one that does again. */
#include "nodes/service/node_internal.h"
#include "nodes/wire/proof.h"

static bool
am_validator(const ServiceNode *node)
{
    const Snapshot *snapshot = node->snapshot;

    if (node->self == NULL)
        return false;
    for (uint32_t i = 0; i < snapshot->n_validators; i++)
        if (snapshot->validators[i] == node_self_index(node))
            return true;
    return false;
}

static bool
does_its_duty(const ServiceNode *node, Time now, uint32_t worker)
{
    UnixMs validity = node->config->proof_validity / MILLISECOND;
    UnixMs age = port_unix_ms(node->port) - node->snapshot->last_proof_ms[worker];

    return age <= validity && !reachability_unreachable(
                                  node, now, node->snapshot->nodes->nodes[worker].legacy);
}

static void
vote_on(ServiceNode *node, const NodeRecord *worker, bool good)
{
    Vote vote = { .height = node->snapshot->height, .good = good };
    Buffer out = BUFFER_EMPTY;
    Packet packet;

    memcpy(vote.validator, node->legacy, sizeof vote.validator);
    memcpy(vote.worker, worker->legacy, sizeof vote.worker);
    vote_write(node->crypto, &node->identity, &vote, &out);
    packet = packet_of_buffer(&out);
    port_send(node->port, node->chain, KIND_VOTE, 0, 0, NULL, &packet);
}

void
voting_on_block(ServiceNode *node, Time now)
{
    const Snapshot *snapshot = node->snapshot;

    if (node->chain == 0 || !am_validator(node) ||
        now - node->started < node->config->voting_uptime)
        return;
    for (uint32_t i = 0; i < snapshot->n_workers; i++) {
        const NodeRecord *worker = &snapshot->nodes->nodes[snapshot->workers[i]];
        bool good = does_its_duty(node, now, snapshot->workers[i]);

        if (worker != node->self && (!good || !worker->active))
            vote_on(node, worker, good);
    }
}
