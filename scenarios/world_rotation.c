/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compromise in the course of time: the guards that a client comes to have, and the paths
 * that it builds one after the other. */
#include "results/exact/anonymity.h"
#include "scenarios/world_compromise.h"
#include "scenarios/world_validate.h"

#include <math.h>

typedef enum RotationMetric {
    COMPROMISED, /* first and last, on one of the first validate.rotations paths */
    EACH_PATH,   /* the same of single paths */
    GUARD_MET,   /* a guard, ever */
    ROTATION_METRICS
} RotationMetric;

static void
add(Compromise *c, RotationMetric metric, uint32_t group, const uint32_t *parties,
    uint32_t n, uint32_t at_least)
{
    uint32_t set = compromise_add_set(c, parties, n);

    compromise_add_event(
        c, &(CompromiseEvent){ metric, group, set, at_least, COMPROMISE_NO_SET, 0 });
}

static bool
is_new(const uint32_t *parties, uint32_t n, uint32_t party)
{
    for (uint32_t i = 0; i < n; i++)
        if (parties[i] == party)
            return false;
    return true;
}

/* @paths of one person, in the order of their first use. */
static void
add_person(const World *w, Compromise *c, uint32_t group, const UsedPath *paths, uint32_t n)
{
    g_autofree uint32_t *guards = g_new(uint32_t, n + 1);
    uint32_t n_guards = 0;

    for (uint32_t i = 0; i < n; i++) {
        const uint32_t ends[2] = { paths[i].hop[0], paths[i].hop[paths[i].n_hops - 1] };

        if (i < w->scenario->validate.rotations)
            add(c, COMPROMISED, group, ends, 2, 2);
        add(c, EACH_PATH, compromise_groups(c, EACH_PATH), ends, 2, 2);
        if (is_new(guards, n_guards, ends[0]))
            guards[n_guards++] = ends[0];
    }
    add(c, GUARD_MET, group, guards, n_guards, 1);
}

/* Paths that were built: of a person's uses in order, each that is not as the one before.
 */
static uint32_t
paths_built(UsedPath *uses, uint32_t n)
{
    uint32_t built = 0;

    for (uint32_t i = 0; i < n; i++)
        if (built == 0 || memcmp(uses[i].hop, uses[built - 1].hop, sizeof uses[i].hop) != 0)
            uses[built++] = uses[i];
    return built;
}

void
world_validate_rotation(const World *w, Recorder *r)
{
    const AdversarySection *section = &w->scenario->adversaries[0];
    const CorruptLaw law = world_adversary_law(section);
    double values[ROTATION_METRICS];
    uint32_t group = 0, least = UINT32_MAX;
    Compromise *c;
    Usage u;

    usage_of(w, &u);
    c = compromise_new(u.n_parties, ROTATION_METRICS);
    for (uint32_t first = 0, end; first < u.n_uses; first = end) {
        uint32_t built;

        for (end = first; end < u.n_uses && u.uses[end].person == u.uses[first].person;)
            end++;
        built = paths_built(u.uses + first, end - first);
        least = MIN(least, built);
        add_person(w, c, group++, u.uses + first, built);
    }
    compromise_count(c, &law, w->options.seed, section->head.name, section->draws, values);
    recorder_metric(r, "compromised", values[COMPROMISED], "1");
    recorder_metric(r, "path_compromised", values[EACH_PATH], "1");
    recorder_metric(r, "guard_met", values[GUARD_MET], "1");
    recorder_metric(r, "rotations_mean", 1 / values[EACH_PATH], "count");
    recorder_metric(r, "rotations_median", ceil(-M_LN2 / log1p(-values[EACH_PATH])),
                    "count");
    recorder_metric(r, "paths_built_least", group == 0 ? 0 : least, "count");
    compromise_free(c);
    usage_clear(&u);
}

void
world_exact_rotation(const World *w, Recorder *r)
{
    const SessionConfig *client = &w->scenario->session;
    const AdversarySection *section = &w->scenario->adversaries[0];
    uint32_t n = w->scenario->nodes, rotations = w->scenario->validate.rotations;
    bool fresh = client->guard_life_law == GUARD_LIFE_FIXED && client->guard_life > 0 &&
                 client->guard_life <= client->path_life;

    if (client->paths != 1 || client->hops < 2)
        return;
    if (section->corrupt > 0 && client->path_life > 0 &&
        (fresh || client->guard_life == 0)) {
        uint32_t c = (uint32_t)section->corrupt;

        world_record_exact(r, "compromised",
                           fresh ? exact_compromised_within(n, c, rotations)
                                 : exact_compromised_within_guarded(n, c, rotations),
                           "1");
        world_record_exact(r, "path_compromised", exact_all_corrupt(n, c, 2), "1");
        world_record_exact(r, "rotations_mean", exact_rotations_mean(n, c), "count");
        world_record_exact(r, "rotations_median", exact_rotations_median(n, c), "count");
    }
    if (section->corrupt < 0 && client->guard_life > 0 &&
        client->guard_life_law == GUARD_LIFE_EXPONENTIAL)
        world_record_exact(
            r, "guard_met",
            exact_guard_met(section->share, (double)client->guard_life, (double)w->end),
            "1");
}
