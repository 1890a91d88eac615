/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Faults of the network between actors: partition, link. */
#include "scenarios/world_faults_internal.h"
#include "scenarios/world_stage_internal.h"

/* --- partition --------------------------------------------------------------------------
 * Each section is a bit of the network's groups, so that several partitions at once divide
 * the network into the sides of each. */

static uint32_t
bit_of(const WorldFault *f)
{
    return (uint32_t)1 << (f - f->world->faults->fault);
}

static void
turn(WorldFault *f, ActorId actor, bool on)
{
    uint32_t group = net_group(f->world->net, actor - 1);

    net_set_group(f->world->net, actor - 1, on ? group | bit_of(f) : group & ~bit_of(f));
}

/* Those bits that cut the chain's own messages too. */
static void
cut_chain(World *w)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < w->scenario->n_faults; i++) {
        const WorldFault *f = &w->faults->fault[i];

        if (f->on && f->section->head.kind == FAULT_SORT_PARTITION &&
            f->section->chain == FAULT_CHAIN_REST)
            bits |= bit_of(f);
    }
    net_cut_local(w->net, bits);
    if (w->stage != NULL)
        world_stage_divide(w, bits);
}

static void
divide(WorldFault *f, bool on)
{
    World *w = f->world;

    f->on = on;
    for (uint32_t i = 0; i < f->n_whom; i++)
        turn(f, w->nodes[f->whom[i]].actor, on);
    for (uint32_t i = 0; i < f->n_people; i++)
        turn(f, w->clients[f->people[i]], on);
    cut_chain(w);
}

static void
begin_partition(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    fault_choose_nodes(f, 0);
    if (f->section->clients)
        fault_choose_people(f);
    divide(f, true);
    fault_befell(f, f->n_whom + f->n_people);
}

static void
end_partition(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    divide(f, false);
    fault_befell(f, 0);
}

void
fault_start_partition(WorldFault *f)
{
    fault_schedule_period(f, begin_partition, end_partition);
}

/* --- link -------------------------------------------------------------------------------
 */

#define PERSON ((uint64_t)1 << 31) /* people's ends of links are not nodes' */

/* Who is at an end: a node, somebody's client; false: the chain. */
static bool
end_of(const World *w, uint32_t endpoint, uint64_t *ret)
{
    WorldActor who = w->actors[endpoint + 1];

    *ret = who.role == ROLE_CLIENT ? PERSON | who.index : who.index;
    return who.role == ROLE_NODE || who.role == ROLE_CLIENT;
}

static bool
is_named(const WorldFault *f, uint64_t low, uint64_t high)
{
    for (uint32_t i = 0; i + 1 < f->n_whom; i += 2)
        if (f->whom[i] == low && f->whom[i + 1] == high)
            return true;
    return false;
}

static bool
is_faulty(const WorldFault *f, uint64_t low, uint64_t high)
{
    if (f->section->share == 0)
        return is_named(f, low, high);
    return sample_uniform(fault_draw(f, FAULT_DRAW_CHANCE, low << 32 | high, 0)) <
           f->section->share;
}

static void
look(void *context, uint32_t from, uint32_t to, LinkFault *ret)
{
    const World *w = context;
    uint64_t a, b;

    if (!end_of(w, from, &a) || !end_of(w, to, &b))
        return;
    for (uint32_t i = 0; i < w->scenario->n_faults; i++) {
        const WorldFault *f = &w->faults->fault[i];

        if (!f->on || f->section->head.kind != FAULT_SORT_LINK ||
            !is_faulty(f, MIN(a, b), MAX(a, b)))
            continue;
        ret->loss = 1 - (1 - ret->loss) * (1 - f->section->loss);
        ret->delay += f->section->delay;
    }
}

/* The network asks only while a section is on. */
static void
watch_links(World *w)
{
    bool any = false, lost = false;
    Duration delay = 0;

    for (uint32_t i = 0; i < w->scenario->n_faults; i++) {
        const WorldFault *f = &w->faults->fault[i];

        if (!f->on || f->section->head.kind != FAULT_SORT_LINK)
            continue;
        any = true;
        lost |= f->section->loss >= 1;
        delay += f->section->delay;
    }
    net_set_link_fault(w->net, any ? look : NULL, w);
    if (w->stage != NULL) /* where such a section is of all links */
        w->stage->hinder(w->stage->context, delay, lost);
}

/* Pairs of nodes, the lower number first. */
static void
read_links(WorldFault *f)
{
    g_auto(GStrv) words = g_strsplit(f->section->links, ", ", -1);
    guint n = g_strv_length(words);

    f->whom = g_new0(uint32_t, 2 * n + 1);
    for (guint i = 0; i < n; i++) {
        g_auto(GStrv) ends = g_strsplit(words[i], "-", 2);
        uint32_t a = (uint32_t)g_ascii_strtoull(ends[0], NULL, 10);
        uint32_t b = (uint32_t)g_ascii_strtoull(ends[1], NULL, 10);

        f->whom[f->n_whom++] = MIN(a, b);
        f->whom[f->n_whom++] = MAX(a, b);
    }
}

static void
begin_link(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    read_links(f);
    f->on = true;
    watch_links(f->world);
    fault_befell(f, 1);
}

static void
end_link(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    f->on = false;
    watch_links(f->world);
    fault_befell(f, 0);
}

void
fault_start_link(WorldFault *f)
{
    fault_schedule_period(f, begin_link, end_link);
}
