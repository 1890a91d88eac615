/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sybils by stake (science 2.1 A7).  Nobody chooses the swarm of a node, the chain draws it
 * from the block's hash; but who knows where the draw fell can take the node out and
 * register another one, with fresh keys, until it falls into the swarm of somebody whom it
 * is after.  What it costs are registrations, and stakes that are bound while their nodes
 * are in service and for adversary.unlock after.
 *
 * It knows the chain, as everybody does, and looks at it after each block. */
#include "scenarios/world_sybils.h"

#include "results/exact/anonymity.h"

#include <math.h>

/* Where its node is on the chain, or -1. */
static int
place_of(const WorldSybils *y, const Snapshot *snapshot, const Stake *stake)
{
    return node_list_find_legacy(snapshot->nodes,
                                 y->world->nodes[stake->node].record.legacy);
}

static const Swarm *
target_swarm(const WorldSybils *y, const Snapshot *snapshot)
{
    const Camp *camp = &y->camps[y->n_camps - 1];

    return snapshot_swarm_of(snapshot, y->world->accounts[camp->person] + 1);
}

/* How many there will be in a swarm when its own nodes that were told to leave have. */
static uint32_t
size_to_come(const WorldSybils *y, const Snapshot *snapshot, const Swarm *swarm)
{
    uint32_t size = swarm->n;

    for (uint32_t i = 0; i < y->section->stakes; i++) {
        int at =
            y->stakes[i].state == STAKE_LEAVING ? place_of(y, snapshot, &y->stakes[i]) : -1;

        size -= at >= 0 && snapshot->nodes->nodes[at].swarm_id == swarm->id;
    }
    return size;
}

/* P(the next new node is drawn into the target's swarm), had that @more members. */
static double
chance_of(const WorldSybils *y, const Snapshot *snapshot, uint32_t more)
{
    const Swarm *target = target_swarm(y, snapshot);
    g_autofree uint32_t *sizes = g_new(uint32_t, snapshot->n_swarms + 1);
    uint32_t size = 0;

    for (uint32_t i = 0; i < snapshot->n_swarms; i++) {
        sizes[i] = size_to_come(y, snapshot, &snapshot->swarms[i]);
        if (&snapshot->swarms[i] == target)
            size = sizes[i] += more;
    }
    return target == NULL ? 0 : exact_join_chance(sizes, snapshot->n_swarms, size);
}

/* --- stakes --------------------------------------------------------------------------- */

static void
leave(WorldSybils *y, Stake *stake)
{
    world_announce_exit(y->world, stake->node);
    stake->state = STAKE_LEAVING;
    y->exits++;
}

/* What the chain says of it since the last look. */
static void
follow(WorldSybils *y, const Snapshot *snapshot, Stake *stake, Time now)
{
    bool there = stake->state != STAKE_FREE && stake->state != STAKE_LOCKED &&
                 place_of(y, snapshot, stake) >= 0;

    if (stake->state == STAKE_ORDERED && there) {
        stake->state = STAKE_USED;
    } else if ((stake->state == STAKE_USED || stake->state == STAKE_LEAVING) && !there) {
        world_vanish(y->world, stake->node); /* the chain may have put it out itself */
        stake->state = STAKE_LOCKED;
        stake->free_at = now + y->section->unlock;
    }
    if (stake->state == STAKE_LOCKED && now >= stake->free_at)
        stake->state = STAKE_FREE;
}

static uint32_t
stakes_in(const WorldSybils *y, StakeState state)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < y->section->stakes; i++)
        n += y->stakes[i].state == state;
    return n;
}

/* Those in the target's swarm; the others are told to leave. */
static uint32_t
keep_members(WorldSybils *y, const Snapshot *snapshot)
{
    const Swarm *target = target_swarm(y, snapshot);
    uint32_t members = 0;

    for (uint32_t i = 0; i < y->section->stakes; i++) {
        Stake *stake = &y->stakes[i];
        int at = stake->state == STAKE_USED ? place_of(y, snapshot, stake) : -1;

        if (at < 0)
            continue;
        if (target != NULL && snapshot->nodes->nodes[at].swarm_id == target->id)
            members++;
        else
            leave(y, stake);
    }
    return members;
}

static void
register_more(WorldSybils *y, const Snapshot *snapshot)
{
    const AdversarySection *s = y->section;
    Camp *camp = &y->camps[y->n_camps - 1];
    uint32_t under_way = stakes_in(y, STAKE_ORDERED);

    if (chance_of(y, snapshot, 0) == 0)
        return; /* a stake would be bound for nothing */
    for (uint32_t i = 0; i < s->stakes; i++) {
        Stake *stake = &y->stakes[i];

        if (stake->state != STAKE_FREE || (s->tries > 0 && under_way >= s->tries) ||
            (s->budget > 0 && camp->registrations >= s->budget))
            continue;
        stake->node = world_register_sybil(y->world);
        stake->state = STAKE_ORDERED;
        under_way++;
        y->registrations++;
        camp->registrations += camp->ended < 0;
    }
}

/* --- targets -------------------------------------------------------------------------- */

static void
begin(WorldSybils *y, const Snapshot *snapshot, Time now)
{
    const AdversarySection *s = y->section;
    Camp *camp = &y->camps[y->n_camps++];

    *camp = (Camp){ .person = (s->near + y->n_camps - 1) % y->world->scenario->clients,
                    .began = now,
                    .ended = -1,
                    .chance = g_new(double, s->members + 1) };
    for (uint32_t j = 0; j < s->members; j++)
        camp->chance[j] = chance_of(y, snapshot, j);
    y->on = true;
}

/* The nodes leave, unless the last target is theirs: then they stay. */
static void
end(WorldSybils *y, bool reached, Time now)
{
    Camp *camp = &y->camps[y->n_camps - 1];

    camp->ended = now;
    camp->reached = reached;
    if (reached && y->n_camps == y->section->targets)
        return;
    y->on = false;
    for (uint32_t i = 0; i < y->section->stakes; i++)
        if (y->stakes[i].state == STAKE_USED)
            leave(y, &y->stakes[i]);
}

static bool
gives_up(const WorldSybils *y, const Camp *camp, Time now)
{
    const AdversarySection *s = y->section;
    bool spent = s->budget > 0 && camp->registrations >= s->budget &&
                 stakes_in(y, STAKE_ORDERED) == 0;

    return spent || (s->patience > 0 && now - camp->began >= s->patience);
}

static void
camp_on(WorldSybils *y, const Snapshot *snapshot, Time now)
{
    Camp *camp = &y->camps[y->n_camps - 1];
    bool enough = keep_members(y, snapshot) >= y->section->members;

    if (camp->ended >= 0) {
        y->looks_after++;
        y->looks_held += enough;
    } else if (enough || gives_up(y, camp, now)) {
        end(y, enough, now);
    }
    if (y->on && !enough)
        register_more(y, snapshot);
}

/* Stakes that were bound since the last look. */
static void
count_stakes(WorldSybils *y, Time now)
{
    uint32_t bound = y->section->stakes - stakes_in(y, STAKE_FREE);
    double days = bound * (double)(now - y->looked_at) / DAY;

    y->stake_days += days;
    if (y->on && y->camps[y->n_camps - 1].ended < 0)
        y->camps[y->n_camps - 1].stake_days += days;
    y->looked_at = now;
}

/* Its nodes that the chain had not yet when their target was given up leave too. */
static void
clear_out(WorldSybils *y)
{
    for (uint32_t i = 0; i < y->section->stakes; i++)
        if (y->stakes[i].state == STAKE_USED)
            leave(y, &y->stakes[i]);
}

static void
look(void *context, Time now, uint64_t argument)
{
    WorldSybils *y = context;
    World *w = y->world;
    const Snapshot *snapshot = world_snapshot(w);

    count_stakes(y, now);
    for (uint32_t i = 0; i < y->section->stakes; i++)
        follow(y, snapshot, &y->stakes[i], now);
    if (!y->on)
        clear_out(y);
    if (!y->on && y->n_camps < y->section->targets &&
        stakes_in(y, STAKE_FREE) == y->section->stakes)
        begin(y, snapshot, now);
    if (y->on)
        camp_on(y, snapshot, now);
    if (now + w->scenario->chain.block_interval <= w->end)
        host_schedule(w->host, now + w->scenario->chain.block_interval, look, y, argument);
}

/* --- birth and death ------------------------------------------------------------------ */

static const AdversarySection *
section_with_stakes(const Scenario *s)
{
    for (uint32_t i = 0; i < s->n_adversaries; i++)
        if (s->adversaries[i].stakes > 0)
            return &s->adversaries[i];
    return NULL;
}

/* As late after a block as the last node learns of it. */
void
world_sybils_start(World *w)
{
    const AdversarySection *section = section_with_stakes(w->scenario);
    Duration interval = w->scenario->chain.block_interval;
    WorldSybils *y;
    Time first;

    if (section == NULL)
        return;
    y = w->sybils = g_new0(WorldSybils, 1);
    y->world = w;
    y->section = section;
    y->stakes = g_new0(Stake, section->stakes);
    y->camps = g_new0(Camp, section->targets);
    first = (section->register_at + interval - 1) / interval * interval +
            w->scenario->chain.notify_delay_max;
    y->looked_at = first;
    if (first <= w->end)
        host_schedule(w->host, first, look, y, 0);
}

void
world_sybils_free(World *w)
{
    for (uint32_t i = 0; w->sybils != NULL && i < w->sybils->n_camps; i++)
        g_free(w->sybils->camps[i].chance);
    if (w->sybils != NULL) {
        g_free(w->sybils->stakes);
        g_free(w->sybils->camps);
    }
    g_free(w->sybils);
}
