/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Path compromise: real paths of real clients and the real swarms, against corrupt sets
 * that are drawn after the run. */
#include "results/exact/anonymity.h"
#include "scenarios/world_compromise.h"
#include "scenarios/world_validate.h"

#include <math.h>

typedef enum PathMetric {
    FIRST_AND_LAST,
    ALL_HOPS,
    ANY_HOP,
    GUARD_ANY,
    GUARD_AND_SWARM,
    END_TO_END,
    SWARM_ANY,
    SWARM_MAJORITY,
    ANY_SWARM_ALL,
    PATH_METRICS
} PathMetric;

static const char *const metric_names[PATH_METRICS] = {
    "first_and_last", "all_hops",  "any_hop",        "guard_any",    "guard_and_swarm",
    "end_to_end",     "swarm_any", "swarm_majority", "any_swarm_all"
};

/* The forms are of guards that are no members; a real client may have others. */
static bool
is_outside(const Usage *u, const UsedPath *path, uint32_t swarm)
{
    return swarm != UINT32_MAX &&
           (path->hop[0] == COMPROMISE_NO_PARTY || u->member_of[path->hop[0]] != swarm);
}

/* How often a client's guard is a member of its own swarm: then that one node sees address
 * and account. */
static double
guard_in_swarm(const Usage *u)
{
    uint32_t inside = 0;

    for (uint32_t i = 0; i < u->n_paths; i++) {
        uint32_t swarm = u->swarm_of[u->paths[i].person];

        inside += swarm != UINT32_MAX && !is_outside(u, &u->paths[i], swarm);
    }
    return u->n_paths == 0 ? 0 : (double)inside / u->n_paths;
}

/* As a group of its own. */
static void
add(Compromise *c, PathMetric metric, uint32_t set, uint32_t at_least, uint32_t other,
    uint32_t other_at_least)
{
    compromise_add_event(c, &(CompromiseEvent){ .metric = metric,
                                                .group = compromise_groups(c, metric),
                                                .set = set,
                                                .at_least = at_least,
                                                .other = other,
                                                .other_at_least = other_at_least });
}

static void
add_path(Compromise *c, const Usage *u, const UsedPath *path)
{
    const uint32_t ends[2] = { path->hop[0], path->hop[path->n_hops - 1] };
    uint32_t swarm = u->swarm_of[path->person];
    uint32_t whole = compromise_add_set(c, path->hop, path->n_hops);

    add(c, FIRST_AND_LAST, compromise_add_set(c, ends, 2), 2, COMPROMISE_NO_SET, 0);
    add(c, ALL_HOPS, whole, path->n_hops, COMPROMISE_NO_SET, 0);
    add(c, ANY_HOP, whole, 1, COMPROMISE_NO_SET, 0);
    if (is_outside(u, path, swarm))
        add(c, GUARD_AND_SWARM, compromise_add_set(c, ends, 1), 1, u->swarms[swarm], 1);
}

/* The different guards of one person. */
static void
add_guards(Compromise *c, const UsedPath *paths, uint32_t n)
{
    g_autofree uint32_t *guards = g_new(uint32_t, n + 1);
    uint32_t n_guards = 0;

    for (uint32_t i = 0; i < n; i++) {
        bool known = false;

        for (uint32_t j = 0; j < n_guards; j++)
            known |= guards[j] == paths[i].hop[0];
        if (!known)
            guards[n_guards++] = paths[i].hop[0];
    }
    add(c, GUARD_ANY, compromise_add_set(c, guards, n_guards), 1, COMPROMISE_NO_SET, 0);
}

/* From one person to the next on the list, through the swarm of the second. */
static void
add_ends(Compromise *c, const Usage *u, const UsedPath *sender, const UsedPath *recipient)
{
    const uint32_t guards[2] = { sender->hop[0], recipient->hop[0] };
    uint32_t swarm = u->swarm_of[recipient->person];

    if (sender->person != recipient->person && guards[0] != guards[1] &&
        is_outside(u, sender, swarm) && is_outside(u, recipient, swarm))
        add(c, END_TO_END, compromise_add_set(c, guards, 2), 2, u->swarms[swarm], 1);
}

static void
add_people(Compromise *c, const Usage *u)
{
    for (uint32_t first = 0, end; first < u->n_paths; first = end) {
        for (end = first;
             end < u->n_paths && u->paths[end].person == u->paths[first].person; end++)
            add_path(c, u, &u->paths[end]);
        add_guards(c, u->paths + first, end - first);
        add_ends(c, u, &u->paths[first], &u->paths[end % u->n_paths]);
    }
}

static void
add_swarms(const World *w, Compromise *c, const Usage *u)
{
    uint32_t size = w->scenario->chain.fixed_swarm_size;

    for (uint32_t i = 0; i < u->n_swarms; i++) {
        add(c, SWARM_ANY, u->swarms[i], 1, COMPROMISE_NO_SET, 0);
        if (size == 0)
            continue;
        add(c, SWARM_MAJORITY, u->swarms[i], size / 2 + 1, COMPROMISE_NO_SET, 0);
        compromise_add_event(c, &(CompromiseEvent){ .metric = ANY_SWARM_ALL,
                                                    .set = u->swarms[i],
                                                    .at_least = size,
                                                    .other = COMPROMISE_NO_SET });
    }
}

/* That a whole swarm is corrupted is too rare to be met: the share of all corrupt sets in
 * which it is, swarm by swarm. */
static double
swarm_all(const World *w, const Usage *u)
{
    const Snapshot *snapshot = world_snapshot(w);
    double sum = 0;
    uint32_t n = 0;

    for (uint32_t i = 0; i < snapshot->n_swarms; i++) {
        if (w->scenario->chain.fixed_swarm_size > 0 &&
            snapshot->swarms[i].n != w->scenario->chain.fixed_swarm_size)
            continue;
        sum +=
            exact_all_corrupt(u->n_parties, (uint32_t)w->scenario->adversaries[0].corrupt,
                              snapshot->swarms[i].n);
        n++;
    }
    return sum / n;
}

void
world_validate_path_compromise(const World *w, Recorder *r)
{
    const AdversarySection *section = &w->scenario->adversaries[0];
    const CorruptLaw law = world_adversary_law(section);
    double values[PATH_METRICS];
    Compromise *c;
    Usage u;

    usage_of(w, &u);
    c = compromise_new(u.n_parties, PATH_METRICS);
    usage_add_swarms(w, &u, c);
    add_people(c, &u);
    add_swarms(w, c, &u);
    compromise_count(c, &law, w->options.seed, section->head.name, section->draws, values);
    recorder_metric(r, "paths_used", u.n_paths, "count");
    recorder_metric(r, "guard_in_swarm", guard_in_swarm(&u), "1");
    for (int m = 0; m < PATH_METRICS; m++)
        if (!isnan(values[m]))
            recorder_metric(r, metric_names[m], values[m], "1");
    if (section->corrupt >= 0)
        recorder_metric(r, "swarm_all", swarm_all(w, &u), "1");
    compromise_free(c);
    usage_clear(&u);
}
