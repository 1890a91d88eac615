/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it cost an adversary to get its nodes next to its targets, and the closed form: the
 * draws of one registration after the other, geometric (results/exact/camp.c). */
#include "results/exact/anonymity.h"
#include "scenarios/world_sybils.h"
#include "scenarios/world_validate.h"

#include <math.h>

/* Of the targets that are settled: reached, or given up. */
typedef struct CampSums {
    uint32_t settled, reached;
    double registrations;    /* of the settled ones */
    double time, stake_days; /* of those reached */
} CampSums;

static CampSums
sums_of(const WorldSybils *y)
{
    CampSums sums = { 0 };

    for (uint32_t i = 0; i < y->n_camps; i++) {
        const Camp *camp = &y->camps[i];

        if (camp->ended < 0)
            continue;
        sums.settled++;
        sums.registrations += camp->registrations;
        if (!camp->reached)
            continue;
        sums.reached++;
        sums.time += (double)(camp->ended - camp->began) / DAY;
        sums.stake_days += camp->stake_days;
    }
    return sums;
}

static double
per(double sum, uint32_t n)
{
    return n == 0 ? NAN : sum / n;
}

static void
record(Recorder *r, const char *name, double value, const char *unit)
{
    if (isfinite(value))
        recorder_metric(r, name, value, unit);
}

void
world_validate_sybils(const World *w, Recorder *r)
{
    const WorldSybils *y = w->sybils;
    CampSums sums = sums_of(y);

    recorder_metric(r, "camps", y->n_camps, "count");
    recorder_metric(r, "camps_settled", sums.settled, "count");
    record(r, "camped", per(sums.reached, y->n_camps), "1");
    record(r, "camp_registrations", per(sums.registrations, sums.settled), "1");
    record(r, "camp_time", per(sums.time, sums.reached), "d");
    record(r, "camp_stake_days", per(sums.stake_days, sums.reached), "d");
    record(r, "camp_held", per(y->looks_held, y->looks_after), "1");
    recorder_metric(r, "sybil_registrations", y->registrations, "count");
    recorder_metric(r, "sybil_stake_days", y->stake_days, "d");
}

/* From one draw to the next, with one stake: a block to leave, the time that the stake is
 * locked, and a block for the draw. */
static Duration
cycle_of(const World *w, const AdversarySection *s)
{
    Duration block = w->scenario->chain.block_interval;

    return 2 * block + (s->unlock + block - 1) / block * block;
}

/* Nothing but its own nodes changed the swarms. */
static bool
was_still(const World *w, const WorldSybils *y)
{
    const uint64_t *chain = w->totals.chain;

    return chain[CHAIN_SWARM_BORN] + chain[CHAIN_SWARM_DISSOLVED] + chain[CHAIN_MOVED] +
                   chain[CHAIN_DECOMMISSIONED] + chain[CHAIN_DEREGISTERED] ==
               0 &&
           chain[CHAIN_REGISTERED] <= y->registrations && chain[CHAIN_EXITED] <= y->exits;
}

/* The forms are of one draw at a time, and of targets that are given up, if at all, for
 * the budget alone. */
static bool
is_of_the_forms(const World *w, const WorldSybils *y)
{
    const AdversarySection *s = y->section;
    bool patient = s->patience == 0 ||
                   (s->budget > 0 && s->patience / (s->budget + 1) >= cycle_of(w, s));

    return (s->tries == 1 || s->stakes == 1) && patient && y->n_camps == s->targets &&
           y->camps[y->n_camps - 1].ended >= 0 && was_still(w, y);
}

/* With one stake for one member. */
static double
days_for(const World *w, double registrations)
{
    return ((double)w->scenario->chain.block_interval +
            (registrations - 1) * (double)cycle_of(w, w->sybils->section)) /
           DAY;
}

void
world_exact_sybils(const World *w, Recorder *r)
{
    const WorldSybils *y = w->sybils;
    const AdversarySection *s = y->section;
    double reached = 0, registrations = 0, time = 0;

    if (!is_of_the_forms(w, y))
        return;
    for (uint32_t i = 0; i < y->n_camps; i++) {
        double of_one = exact_camp_registrations(y->camps[i].chance, s->members, s->budget);

        reached += exact_camped(y->camps[i].chance, s->members, s->budget);
        registrations += of_one;
        time += days_for(w, of_one);
    }
    world_record_exact(r, "camped", reached / y->n_camps, "1");
    world_record_exact(r, "camp_registrations", registrations / y->n_camps, "1");
    if (s->stakes != 1 || s->budget > 0)
        return;
    world_record_exact(r, "camp_time", time / y->n_camps, "d");
    world_record_exact(r, "camp_stake_days", time / y->n_camps, "d");
}
