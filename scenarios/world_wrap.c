/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands between a node and the host: a node that misbehaves wraps the service, one
 * that denies what it cannot link wraps both, and one that is observed wraps all. */
#include "scenarios/world_adversary.h"

/* A last hop has a request so long after its guard passed it on, at most. */
#define DENY_WITHIN (1 * SECOND)

/* Some fault does what @wanted has, a bit for each Misbehaviour. */
static bool
some_do(const Scenario *s, uint32_t wanted)
{
    for (uint32_t i = 0; i < s->n_faults; i++)
        if (s->faults[i].head.kind == FAULT_SORT_MISBEHAVE &&
            (wanted >> s->faults[i].does & 1) != 0)
            return true;
    return false;
}

enum { DENIES = 1 << MISBEHAVE_DENY, ANYTHING = (1 << MISBEHAVIOURS) - 1 };

Port *
world_node_port(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];
    Port *port = host_port(w->host, node->actor);

    if (w->adversary != NULL)
        port = world_adversary_node_port(w, index, port);
    if (!some_do(w->scenario, DENIES))
        return port;
    if (w->deny_circle == NULL)
        w->deny_circle = deny_circle_new(DENY_WITHIN);
    node->denying = g_new0(DenyingNode, 1);
    denying_node_init(node->denying, w->deny_circle, port, node->record.ip);
    return &node->denying->wrapped.port;
}

void
world_bind_node(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];
    Store *store = &node->watched->store;
    const ActorOps *ops = &service_node_ops;
    void *self = node->service;

    if (some_do(w->scenario, ANYTHING)) {
        node->misbehaving = g_new0(MisbehavingNode, 1);
        misbehaving_node_init(node->misbehaving, store, ops, self);
        store = &node->misbehaving->store;
        ops = &misbehaving_node_ops;
        self = node->misbehaving;
    }
    host_set_store(w->host, node->actor, store);
    if (node->denying != NULL) {
        node->denying->wrapped.port.store = store;
        wrapped_bind(&node->denying->wrapped.actor, ops, self);
        ops = &denying_node_ops;
        self = node->denying;
    }
    if (node->observed != NULL) {
        node->observed->wrapped.port.store = store;
        wrapped_bind(&node->observed->wrapped.actor, ops, self);
        ops = &observed_ops;
        self = node->observed;
    }
    host_bind(w->host, node->actor, ops, self);
}
