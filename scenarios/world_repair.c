/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nodes whose life has ended come back in their place, with an empty disk (repair.delay):
 * their swarm fills them in again, if it can.  That makes the number of live replicas the
 * birth-death chain of science 1.4. */
#include "scenarios/world_internal.h"

static void begin_repair(World *w, uint32_t index);

bool
world_repairs(const World *w)
{
    return w->scenario->repair_delay.kind != LAW_NEVER;
}

/* With swarm.size, groups of nodes that follow each other (nodes/registry/genesis.c). */
uint32_t
world_group_of(const World *w, uint32_t node)
{
    uint32_t size = w->scenario->chain.fixed_swarm_size;
    uint32_t groups = MAX(1, w->scenario->nodes / MAX(1, size));

    return size == 0 ? 0 : MIN(node / size, groups - 1);
}

static uint32_t
first_of(const World *w, uint32_t group)
{
    return group * w->scenario->chain.fixed_swarm_size;
}

/* The next one of the swarm that waits, in the order in which they died. */
static void
repair_next(World *w, uint32_t group)
{
    uint32_t next = UINT32_MAX;

    for (uint32_t i = first_of(w, group); i < w->n_nodes && world_group_of(w, i) == group;
         i++)
        if (w->nodes[i].repair == NODE_WAITS &&
            (next == UINT32_MAX || w->nodes[i].died_at < w->nodes[next].died_at))
            next = i;
    if (next != UINT32_MAX)
        begin_repair(w, next);
}

static void
repaired(void *context, Time now, uint64_t argument)
{
    World *w = context;
    uint32_t index = (uint32_t)argument;

    /* Or its rest was drawn anew since. */
    if (now != w->nodes[index].repaired_at)
        return;
    w->nodes[index].repair = NODE_WHOLE;
    world_node_renew(w, index);
    if (w->scenario->repair_mode == REPAIR_SERIAL)
        repair_next(w, world_group_of(w, index));
}

static void
begin_repair(World *w, uint32_t index)
{
    WorldNode *node = &w->nodes[index];
    StreamKey key = { w->options.seed, stream_name("repair", node->luck), WORLD_REPAIR, 0 };
    Duration delay =
        law_sample(&w->scenario->repair_delay, stream_word(&key, node->repairs++));

    node->repair = NODE_IN_REPAIR;
    node->repaired_at =
        delay > TIME_NEVER - host_now(w->host) ? TIME_NEVER : host_now(w->host) + delay;
    if (delay <= w->end - host_now(w->host))
        host_schedule(w->host, node->repaired_at, repaired, w, index);
}

static bool
repairs_one(const World *w, uint32_t group)
{
    for (uint32_t i = first_of(w, group); i < w->n_nodes && world_group_of(w, i) == group;
         i++)
        if (w->nodes[i].repair == NODE_IN_REPAIR)
            return true;
    return false;
}

void
world_repair_later(World *w, uint32_t index)
{
    w->nodes[index].died_at = host_now(w->host);
    w->nodes[index].repair = NODE_WAITS;
    if (w->scenario->repair_mode == REPAIR_PARALLEL ||
        !repairs_one(w, world_group_of(w, index)))
        begin_repair(w, index);
}

void
world_repair_anew(World *w, uint32_t index)
{
    begin_repair(w, index);
}
