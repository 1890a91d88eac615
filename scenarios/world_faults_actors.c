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
    }
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
