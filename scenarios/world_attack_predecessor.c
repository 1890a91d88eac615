/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Predecessor: over many corrupt sets, and each person in turn as the target, the rounds
 * (requests of the target to its own swarm, each over a path of its own) until the
 * adversary saw both ends of validate.sightings of them.  In blocks of rounds so long that
 * hardly any ends before. */
#include "results/exact/anonymity.h"
#include "scenarios/world_attack.h"
#include "scenarios/world_validate.h"
#include "sim/attack/predecessor.h"

#include <math.h>

/* The target's rounds: when its requests came to its guards. */
typedef struct TargetRounds {
    GArray *starts; /* Time, ascending */
    uint32_t ip;
    GArray *destinations; /* uint32_t, ascending: its swarm's addresses */
} TargetRounds;

typedef struct PredecessorScore {
    GArray *rounds;          /* double: until so many sightings */
    uint64_t attacks, right; /* whose first candidate is then the target */
} PredecessorScore;

static int
compare_times(const void *a, const void *b)
{
    Time x = *(const Time *)a, y = *(const Time *)b;

    return (x > y) - (x < y);
}

static int
compare_addresses(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static GArray *
addresses_of_swarm(const World *w, uint32_t person)
{
    const Snapshot *snapshot = world_snapshot(w);
    const Swarm *swarm = snapshot_swarm_of(snapshot, w->accounts[person] + 1);
    GArray *ips = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t i = 0; swarm != NULL && i < w->n_nodes; i++)
        if (world_swarm_of(w, i) == swarm->id)
            g_array_append_val(ips, w->nodes[i].record.ip);
    g_array_sort(ips, compare_addresses);
    return ips;
}

/* From the records of all, with the truth: when a target sent is not the attack's to know.
 */
static TargetRounds *
rounds_of_people(const World *w)
{
    const ObservationLog *log = w->adversary->log;
    const Observation *all = observation_log_all(log);
    uint32_t people = w->scenario->clients;
    TargetRounds *targets = g_new0(TargetRounds, people + 1);

    for (uint32_t i = 0; i < people; i++) {
        targets[i].starts = g_array_new(FALSE, FALSE, sizeof(Time));
        targets[i].destinations = addresses_of_swarm(w, i);
    }
    for (size_t k = 0; k < observation_log_count(log); k++) {
        uint32_t person;

        if (all[k].kind != KIND_ONION || all[k].outgoing)
            continue;
        person = truth_log_address(w->adversary->truth, all[k].neighbour);
        if (person >= people)
            continue;
        targets[person].ip = all[k].neighbour;
        g_array_append_val(targets[person].starts, all[k].at);
    }
    for (uint32_t i = 0; i < people; i++)
        g_array_sort(targets[i].starts, compare_times);
    return targets;
}

static void
free_rounds(TargetRounds *targets, uint32_t people)
{
    for (uint32_t i = 0; i < people; i++) {
        g_array_unref(targets[i].starts);
        g_array_unref(targets[i].destinations);
    }
    g_free(targets);
}

/* The number of the target's round that was under way at @at. */
static uint32_t
round_at(const TargetRounds *target, Time at)
{
    uint32_t low = 0, n = target->starts->len;

    while (n > 0) {
        uint32_t half = n / 2;

        if (g_array_index(target->starts, Time, low + half) <= at) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

static bool
is_sighting(const PathEnds *ends, const TargetRounds *target)
{
    return is_destination((const uint32_t *)(const void *)target->destinations->data,
                          target->destinations->len, ends->destination_ip);
}

/* The ends of one block of rounds, [first, last): until so many of the target's own. */
static void
attack_block(const PathEnds *ends, size_t n, const TargetRounds *target,
             uint32_t first_round, uint32_t rounds, uint32_t sightings,
             PredecessorScore *score)
{
    g_autofree Sightings *seen = g_new(Sightings, n + 1);
    double took = rounds;
    uint32_t own = 0;
    size_t used = 0;

    while (used < n && own < sightings) {
        if (ends[used].client_ip == target->ip && is_sighting(&ends[used], target) &&
            ++own == sightings)
            took = round_at(target, ends[used].at) - first_round;
        used++;
    }
    g_array_append_val(score->rounds, took);
    score->attacks++;
    score->right +=
        attack_predecessor(ends, used,
                           (const uint32_t *)(const void *)target->destinations->data,
                           target->destinations->len, seen) > 0 &&
        seen[0].ip == target->ip;
}

static void
attack_target(const PathEnds *ends, size_t n, const TargetRounds *target, uint32_t length,
              uint32_t sightings, PredecessorScore *score)
{
    size_t from = 0, to;

    for (uint32_t first = 0; first + length <= target->starts->len; first += length) {
        Time end = g_array_index(target->starts, Time, first + length - 1) + SECOND;

        for (to = from; to < n && ends[to].at < end; to++)
            continue;
        attack_block(ends + from, to - from, target, first, length, sightings, score);
        from = to;
    }
}

/* Two hops and what is between: a good deal longer than that takes here. */
#define WITHIN (2 * SECOND)

/* Sightings that come within a block but for a chance of 1e-4. */
static uint32_t
block_length(const World *w)
{
    const AdversarySection *section = &w->scenario->adversaries[0];

    if (section->corrupt < 2)
        return UINT32_MAX;
    return (uint32_t)exact_predecessor_rounds_at(w->scenario->nodes, section->corrupt,
                                                 w->scenario->validate.sightings, 1 - 1e-4);
}

static void
attack_draws(const World *w, PredecessorScore *score)
{
    uint32_t people = w->scenario->clients, length = block_length(w);
    TargetRounds *targets = rounds_of_people(w);

    for (uint32_t draw = 0; draw < w->scenario->adversaries[0].draws; draw++) {
        AttackView view;
        PathEnds *ends;
        size_t n;

        attack_view_init(w, draw, &view);
        n = attack_path_ends(view.seen.records, view.seen.n, WITHIN, &ends);
        for (uint32_t i = 0; i < people; i++)
            attack_target(ends, n, &targets[i], length, w->scenario->validate.sightings,
                          score);
        free(ends);
        attack_view_clear(&view);
    }
    free_rounds(targets, people);
}

void
world_attack_predecessor(const World *w, Recorder *r)
{
    PredecessorScore score = { .rounds = g_array_new(FALSE, FALSE, sizeof(double)) };

    if (w->adversary != NULL && w->scenario->n_adversaries > 0)
        attack_draws(w, &score);
    recorder_metric(r, "rounds", attack_mean(score.rounds), "count");
    recorder_metric(r, "rounds_quantile",
                    attack_quantile(score.rounds, w->scenario->validate.quantile), "count");
    recorder_metric(r, "right",
                    score.attacks > 0 ? (double)score.right / (double)score.attacks
                                      : 1.0 / w->scenario->clients,
                    "1");
    g_array_unref(score.rounds);
}
