/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Faults of what actors do: nodes that misbehave, people who are away. */
#include "scenarios/world_faults_internal.h"

/* --- misbehave --------------------------------------------------------------------------
 */

/* All that is on: of several stale answers the stalest. */
static void
set_behaviour(World *w, uint32_t node)
{
    MisbehavingNode *m = w->nodes[node].misbehaving;

    if (w->deny_circle != NULL)
        deny_circle_set(w->deny_circle, w->nodes[node].record.ip, false);
    service_node_show(w->nodes[node].service, NULL);
    m->does = 0;
    m->stale_after = INT64_MAX;
    for (uint32_t i = 0; i < w->scenario->n_faults; i++) {
        const WorldFault *f = &w->faults->fault[i];
        const FaultSection *s = f->section;
        UnixMs as_of = (w->scenario->start_unix + s->from - s->age) / MILLISECOND;

        if (s->head.kind != FAULT_SORT_MISBEHAVE || !fault_has_node(f, node))
            continue;
        m->does |= (uint32_t)1 << s->does;
        if (s->does == MISBEHAVE_STALE)
            m->stale_after = MIN(m->stale_after, as_of);
        if (s->does == MISBEHAVE_DENY)
            deny_circle_set(w->deny_circle, w->nodes[node].record.ip, true);
        if (s->does == MISBEHAVE_POISON)
            service_node_show(w->nodes[node].service, f->shown);
    }
}

/* A list of those alone whom the section took, as they are on the chain now. */
static Snapshot *
poisoned(const WorldFault *f)
{
    const World *w = f->world;
    const Snapshot *real = chain_snapshot(w->chain);
    g_autofree NodeRecord *theirs = g_new(NodeRecord, f->n_whom + 1);
    NodeList *list;
    Snapshot *snapshot;
    uint32_t n = 0;

    for (uint32_t i = 0; i < f->n_whom; i++) {
        int at = node_list_find_ed25519(real->nodes, w->nodes[f->whom[i]].record.ed25519);

        if (at >= 0)
            theirs[n++] = real->nodes->nodes[at];
    }
    list = node_list_new(theirs, n);
    snapshot = snapshot_new(list, real->height, real->time_ms, real->block_hash, NULL, 0,
                            NULL, 0, NULL);
    snapshot->hardfork_major = real->hardfork_major;
    snapshot->hardfork_minor = real->hardfork_minor;
    node_list_unref(list);
    return snapshot;
}

static void
begin_misbehave(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    if (f->section->swarm_of >= 0)
        fault_choose_members(f, f->section->members);
    else
        fault_choose_nodes(f, 0);
    if (f->section->does == MISBEHAVE_POISON)
        f->shown = poisoned(f);
    f->on = true;
    for (uint32_t i = 0; i < f->n_whom; i++)
        set_behaviour(f->world, f->whom[i]);
    fault_befell(f, f->n_whom);
}

static void
end_misbehave(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    f->on = false;
    for (uint32_t i = 0; i < f->n_whom; i++)
        set_behaviour(f->world, f->whom[i]);
    fault_befell(f, 0);
}

void
fault_start_misbehave(WorldFault *f)
{
    fault_schedule_period(f, begin_misbehave, end_misbehave);
}

/* --- offline ----------------------------------------------------------------------------
 */

static void
keep(WorldFault *f, bool offline)
{
    f->on = offline;
    for (uint32_t i = 0; i < f->n_people; i++)
        world_keep_offline(f->world, f->people[i], offline);
}

static void
begin_offline(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    fault_choose_people(f);
    keep(f, true);
    fault_befell(f, f->n_people);
}

static void
end_offline(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    keep(f, false);
    fault_befell(f, 0);
}

void
fault_start_offline(WorldFault *f)
{
    fault_schedule_period(f, begin_offline, end_offline);
}
