/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Faults of how fast somebody works, and of what time it thinks it is: slow, skew. */
#include "scenarios/world_faults_internal.h"
#include "scenarios/world_stage_internal.h"

#define PERSON ((uint64_t)1 << 31) /* people's clocks are not nodes' */

/* --- slow -------------------------------------------------------------------------------
 */

/* What all that is on makes of it: worked out anew, so that nothing is left over when the
 * last one ends. */
static void
set_speed(World *w, uint32_t node)
{
    double speed = w->scenario->node_speed;

    for (uint32_t i = 0; i < w->scenario->n_faults; i++) {
        const WorldFault *f = &w->faults->fault[i];

        if (f->section->head.kind == FAULT_SORT_SLOW && fault_has_node(f, node))
            speed *= f->section->speed;
    }
    host_set_speed(w->host, w->nodes[node].actor, speed);
}

static void
begin_slow(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    fault_choose_nodes(f, 0);
    f->on = true;
    for (uint32_t i = 0; i < f->n_whom; i++)
        set_speed(f->world, f->whom[i]);
    fault_befell(f, f->n_whom);
}

static void
end_slow(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    f->on = false;
    for (uint32_t i = 0; i < f->n_whom; i++)
        set_speed(f->world, f->whom[i]);
    fault_befell(f, 0);
}

void
fault_start_slow(WorldFault *f)
{
    fault_schedule_period(f, begin_slow, end_slow);
}

/* --- skew -------------------------------------------------------------------------------
 */

/* What a section adds to a clock now.  A host's drift counts from its beginning: what it
 * would have been until `from` is taken off. */
static int64_t
offset_ms(const WorldFault *f, uint64_t whose)
{
    const FaultSection *s = f->section;
    double ms = (double)s->sigma / MILLISECOND *
                sample_normal(fault_draw(f, FAULT_DRAW_CLOCK, whose, 0));

    ms += (double)s->offset / MILLISECOND;
    ms -= s->drift_ppm * 1e-6 * (double)(s->from / MILLISECOND);
    return (int64_t)(ms < 0 ? ms - 0.5 : ms + 0.5);
}

static void
set_clock(World *w, ActorId actor, bool is_person, uint32_t index)
{
    int64_t offset = 0;
    double drift = 0;

    for (uint32_t i = 0; i < w->scenario->n_faults; i++) {
        const WorldFault *f = &w->faults->fault[i];

        if (f->section->head.kind != FAULT_SORT_SKEW ||
            !(is_person ? fault_has_person(f, index) : fault_has_node(f, index)))
            continue;
        offset += offset_ms(f, (is_person ? PERSON : 0) | index);
        drift += f->section->drift_ppm;
    }
    host_set_clock(w->host, actor, offset, drift);
    if (w->stage != NULL)
        world_stage_skew(w, is_person, index, offset);
}

static void
set_clocks(WorldFault *f)
{
    World *w = f->world;

    for (uint32_t i = 0; i < f->n_whom; i++)
        set_clock(w, w->nodes[f->whom[i]].actor, false, f->whom[i]);
    for (uint32_t i = 0; i < f->n_people; i++)
        set_clock(w, w->clients[f->people[i]], true, f->people[i]);
}

static void
begin_skew(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    if (f->section->who != FAULT_WHO_CLIENTS)
        fault_choose_nodes(f, 0);
    if (f->section->who != FAULT_WHO_NODES)
        fault_choose_people(f);
    f->on = true;
    set_clocks(f);
    fault_befell(f, f->n_whom + f->n_people);
}

static void
end_skew(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    f->on = false;
    set_clocks(f);
    fault_befell(f, 0);
}

void
fault_start_skew(WorldFault *f)
{
    fault_schedule_period(f, begin_skew, end_skew);
}
