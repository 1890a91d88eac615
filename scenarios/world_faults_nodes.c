/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Faults that nodes come, go and are down by: exit, join, crash, shocks, outage. */
#include "scenarios/world_faults_internal.h"

#define DISK_LOST ((uint64_t)1 << 32) /* beside a node's number, in a task's argument */

/* --- exit -------------------------------------------------------------------------------
 */

static void
leave(void *context, Time now, uint64_t node)
{
    WorldFault *f = context;
    World *w = f->world;

    (void)now;
    if (w->nodes[node].gone)
        return;
    fault_befell(f, 1);
    if (f->section->announced)
        world_announce_exit(w, (uint32_t)node);
    else
        world_vanish(w, (uint32_t)node);
}

static void
begin_exit(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;
    const FaultSection *s = f->section;

    (void)argument;
    fault_choose_nodes(f, 0);
    for (uint32_t i = 0; i < f->n_whom; i++) {
        uint64_t node = f->whom[i];

        if (s->over == 0)
            leave(f, now, node);
        else
            fault_schedule(
                f, moment_within(now, s->over, fault_draw(f, FAULT_DRAW_MOMENT, node, 0)),
                leave, node);
    }
}

void
fault_start_exit(WorldFault *f)
{
    fault_schedule(f, f->section->at, begin_exit, 0);
}

/* --- join -------------------------------------------------------------------------------
 */

static void
join(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    fault_befell(f, 1);
    world_arrive(f->world);
}

void
fault_start_join(WorldFault *f)
{
    const FaultSection *s = f->section;
    Time until = s->over > 0 ? s->at + s->over : f->world->end;
    Time at = s->at;

    for (uint32_t i = 0; i < s->count; i++)
        fault_schedule(
            f, moment_within(s->at, s->over, fault_draw(f, FAULT_DRAW_MOMENT, i, 0)), join,
            0);
    for (uint64_t i = 0; s->per_day > 0; i++) {
        at = moment_after(at, s->per_day, fault_draw(f, FAULT_DRAW_GAP, 0, i));
        if (at > until || at > f->world->end)
            break;
        fault_schedule(f, at, join, 0);
    }
}

/* --- crash and shocks -------------------------------------------------------------------
 */

static void
recover(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    fault_befell(f, 0);
    world_release(f->world, (uint32_t)argument, true, (argument & DISK_LOST) != 0);
}

static bool
loses_disk(const WorldFault *f, uint32_t node, uint64_t index)
{
    return sample_uniform(fault_draw(f, FAULT_DRAW_DISK, node, index)) <
           f->section->disk_loss;
}

/* The node's host dies: for good, or for a time.  @index: which of the fault's blows. */
static void
strike(WorldFault *f, uint32_t node, uint64_t index)
{
    World *w = f->world;
    Duration down =
        law_sample(&f->section->down, fault_draw(f, FAULT_DRAW_DOWN, node, index));
    Time now = host_now(w->host);

    fault_befell(f, 1);
    if (down == TIME_NEVER) {
        world_vanish(w, node);
        return;
    }
    world_hold(w, node, true);
    if (down <= TIME_NEVER - now)
        fault_schedule(f, now + down, recover,
                       node | (loses_disk(f, node, index) ? DISK_LOST : 0));
}

static void
begin_crash(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    fault_choose_nodes(f, 0);
    for (uint32_t i = 0; i < f->n_whom; i++)
        strike(f, f->whom[i], 0);
}

void
fault_start_crash(WorldFault *f)
{
    fault_schedule(f, f->section->at, begin_crash, 0);
}

static void shock(void *context, Time now, uint64_t argument);

/* @which: the group of nodes << 32 | the number of its shock.  Groups that follow each
 * other have shocks of their own where the section says so; else there is one, of all
 * nodes. */
static void
schedule_shock(WorldFault *f, uint64_t which, Time after)
{
    const FaultSection *s = f->section;
    Time at =
        s->every > 0
            ? after + s->every
            : moment_after(after, s->per_day,
                           fault_draw(f, FAULT_DRAW_GAP, which >> 32, (uint32_t)which));

    if (s->to == 0 || at < s->to)
        fault_schedule(f, at, shock, which);
}

/* What a shock did to a site so far. */
typedef struct Site {
    uint32_t number, seen, hit;
} Site;

static Site
site_at(const WorldFault *f, const Site *last, uint32_t node)
{
    uint32_t size = f->section->site > 0 ? f->section->site
                                         : f->world->scenario->chain.fixed_swarm_size;
    uint32_t number = size > 0 ? node / size : 0;

    return number == last->number ? *last : (Site){ .number = number };
}

/* Polya's urn: after @hit of @seen the next is hit with (a + hit) / (a + b + seen), where
 * a = chance (1 - rho) / rho and b = (1 - chance) (1 - rho) / rho.  So the number hit is
 * beta-binomial (de Finetti: as if each site drew its chance from Beta(a, b)), and no beta
 * law needs to be drawn from. */
static double
chance_at(const WorldFault *f, const Site *site)
{
    double rho = f->section->correlation;

    return (f->section->chance * (1 - rho) + site->hit * rho) /
           (1 - rho + site->seen * rho);
}

static void
strike_by_chance(WorldFault *f, uint32_t group, uint32_t index)
{
    World *w = f->world;
    bool each = f->section->each_swarm;
    Site site = { 0 };

    for (uint32_t i = each ? group * w->scenario->chain.fixed_swarm_size : 0;
         i < w->n_nodes && (!each || world_group_of(w, i) == group); i++) {
        site = site_at(f, &site, i);
        if (host_state(w->host, w->nodes[i].actor) != ACTOR_UP)
            continue;
        if (sample_uniform(fault_draw(f, FAULT_DRAW_CHANCE, i, index)) <
            chance_at(f, &site)) {
            strike(f, i, index);
            site.hit++;
        }
        site.seen++;
    }
}

static void
shock(void *context, Time now, uint64_t which)
{
    WorldFault *f = context;
    uint32_t group = (uint32_t)(which >> 32), index = (uint32_t)which;

    if (f->section->count > 0) {
        fault_choose_nodes(f, index);
        for (uint32_t i = 0; i < f->n_whom; i++)
            strike(f, f->whom[i], index);
    } else {
        strike_by_chance(f, group, index);
    }
    world_validate_shock(f->world, group);
    schedule_shock(f, which + 1, now);
}

void
fault_start_shocks(WorldFault *f)
{
    const Scenario *s = f->world->scenario;
    uint32_t groups = f->section->each_swarm ? s->nodes / s->chain.fixed_swarm_size : 1;

    for (uint32_t group = 0; group < MAX(1, groups); group++)
        schedule_shock(f, (uint64_t)group << 32, f->section->from);
}

/* --- outage -----------------------------------------------------------------------------
 */

static void
begin_outage(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    fault_choose_nodes(f, 0);
    f->on = true;
    for (uint32_t i = 0; i < f->n_whom; i++)
        world_hold(f->world, f->whom[i], true);
    fault_befell(f, f->n_whom);
}

static void
end_outage(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    fault_befell(f, 0);
    f->on = false;
    for (uint32_t i = 0; i < f->n_whom; i++)
        world_release(f->world, f->whom[i], true, loses_disk(f, f->whom[i], 0));
}

void
fault_start_outage(WorldFault *f)
{
    fault_schedule_period(f, begin_outage, end_outage);
}

/* --- upgrade ----------------------------------------------------------------------------
 */

static void
upgraded(void *context, Time now, uint64_t node)
{
    WorldFault *f = context;

    (void)now;
    fault_befell(f, 0);
    world_release(f->world, (uint32_t)node, false, false);
}

static void
restart(void *context, Time now, uint64_t node)
{
    WorldFault *f = context;
    Duration down = law_sample(&f->section->down, fault_draw(f, FAULT_DRAW_DOWN, node, 0));

    if (f->world->nodes[node].gone)
        return;
    fault_befell(f, 1);
    world_hold(f->world, (uint32_t)node, false);
    if (down <= TIME_NEVER - now)
        fault_schedule(f, now + down, upgraded, node);
}

/* What goes together in the order: swarms, hosters; NULL: nothing does. */
static uint64_t *
groups(const WorldFault *f)
{
    const World *w = f->world;
    uint64_t *group = NULL;

    if (f->section->order != FAULT_ORDER_RANDOM)
        group = g_new(uint64_t, f->n_whom + 1);
    for (uint32_t i = 0; group != NULL && i < f->n_whom; i++)
        group[i] = f->section->order == FAULT_ORDER_SWARM ? world_swarm_of(w, f->whom[i])
                                                          : w->nodes[f->whom[i]].hoster;
    return group;
}

/* One after the other, at even distances. */
static void
begin_upgrade(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;
    g_autofree uint64_t *group = NULL;
    g_autofree uint32_t *order = NULL;

    (void)argument;
    fault_choose_nodes(f, 0);
    group = groups(f);
    order = g_new(uint32_t, f->n_whom + 1);
    rolling_order(f->world->options.seed, f->section->head.name, group, f->n_whom, order);
    for (uint32_t i = 0; i < f->n_whom; i++)
        fault_schedule(f, now + moment_of(f->section->over, i, f->n_whom), restart,
                       f->whom[order[i]]);
}

void
fault_start_upgrade(WorldFault *f)
{
    fault_schedule(f, f->section->at, begin_upgrade, 0);
}

/* --- attack -----------------------------------------------------------------------------
 */

static void
strike_down(WorldFault *f, bool down)
{
    for (uint32_t i = 0; i < f->n_whom; i++) {
        if (down)
            world_hold(f->world, f->whom[i], true);
        else
            world_release(f->world, f->whom[i], true, false);
    }
    fault_befell(f, down ? f->n_whom : 0);
    f->on = down;
}

/* The next member, of the swarm as it is now, is down alone. */
static void
next_turn(void *context, Time now, uint64_t index)
{
    WorldFault *f = context;
    const FaultSection *s = f->section;

    if (f->on)
        strike_down(f, false);
    if (s->to > 0 && now >= s->to)
        return;
    fault_choose_members(f, s->members);
    if (f->n_whom > 0) {
        f->whom[0] = f->whom[index % f->n_whom];
        f->n_whom = 1;
    }
    strike_down(f, true);
    fault_schedule(f, s->to > 0 ? MIN(now + s->turn, s->to) : now + s->turn, next_turn,
                   index + 1);
}

static void
begin_attack(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    if (f->section->turn > 0) {
        next_turn(context, now, argument);
        return;
    }
    fault_choose_members(f, f->section->members);
    strike_down(f, true);
}

static void
end_attack(void *context, Time now, uint64_t argument)
{
    WorldFault *f = context;

    (void)now;
    (void)argument;
    if (f->section->turn == 0) /* else the last turn ends it */
        strike_down(f, false);
}

void
fault_start_attack(WorldFault *f)
{
    fault_schedule_period(f, begin_attack, end_attack);
}
