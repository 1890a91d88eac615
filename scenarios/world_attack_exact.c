/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The closed forms of attacks with a scenario's own parameters.  Where it leaves what the
 * form supposes (parties that are not corrupted, other traffic), there is none. */
#include "results/exact/anonymity.h"
#include "scenarios/world_attack.h"
#include "scenarios/world_validate.h"

#include <math.h>

/* All nodes are watched, from the first round on at the latest, and corrupted. */
static bool
sees_everything(const Scenario *s)
{
    const AdversarySection *section = &s->adversaries[0];

    return s->n_adversaries == 1 && section->head.kind == ADVERSARY_NODES &&
           section->corrupt < 0 && section->share >= 1 && section->country[0] == '\0' &&
           section->region[0] == '\0' && section->hoster[0] == '\0' &&
           section->largest_hosters == 0 && section->from <= ROUNDS_BEGIN &&
           section->to == 0;
}

void
world_exact_intersection(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    double n = s->clients, p = s->rounds.online;

    if (s->rounds.kind != ROUNDS_PRESENCE || !sees_everything(s))
        return;
    world_record_exact(r, "rounds", exact_intersection_rounds(n, p), "count");
    world_record_exact(r, "rounds_quantile",
                       exact_intersection_rounds_at(n, p, s->validate.quantile), "count");
    world_record_exact(r, "set", exact_intersection_set(n, p, s->validate.after), "count");
    world_record_exact(r, "right", 1, "1");
}

/* Each request over a path of its own, guard and all. */
void
world_exact_predecessor(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    uint32_t n = s->nodes, corrupt = (uint32_t)MAX(0, s->adversaries[0].corrupt);

    if (s->n_adversaries != 1 || corrupt < 2 || s->session.hops != 3)
        return;
    world_record_exact(
        r, "rounds", exact_predecessor_rounds(n, corrupt, s->validate.sightings), "count");
    world_record_exact(r, "rounds_quantile",
                       exact_predecessor_rounds_at(n, corrupt, s->validate.sightings,
                                                   s->validate.quantile),
                       "count");
}

void
world_exact_disclosure(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    const RoundsConfig *rounds = &s->rounds;

    if (rounds->kind != ROUNDS_BATCHES || !sees_everything(s))
        return;
    world_record_exact(r, "rounds",
                       exact_disclosure_rounds(s->clients, rounds->batch, rounds->friends,
                                               s->validate.deviations),
                       "count");
    if (rounds->batch == 1)
        world_record_exact(r, "contacts_seen", exact_contacts_seen(rounds->friends),
                           "count");
}

/* People who write at the moments of Poisson processes, all alike, and do nothing else. */
static bool
writes_at_random(const Scenario *s)
{
    const WorkloadConfig *people = &s->workload;

    return s->rounds.kind == ROUNDS_NONE && people->presence == PRESENCE_ALWAYS &&
           people->diurnal == 0 && people->burst == 1 && people->messages_dispersion == 0 &&
           !s->session.sync_copies;
}

void
world_exact_entropy(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    double others = exact_window_others(s->clients, s->workload.messages_per_day,
                                        (double)s->validate.window / SECOND);
    double both = exact_links_seen(s->validate.links, 1);

    if (!writes_at_random(s) || !sees_everything(s) || s->validate.sizes)
        return;
    world_record_exact(r, "others", others, "count");
    world_record_exact(r, "right", exact_window_right(others), "1");
    world_record_exact(r, "entropy", exact_window_entropy(others), "bit");
    world_record_exact(r, "linked", both, "1");
    world_record_exact(r, "entropy_left", exact_entropy_mixed(s->clients, both), "bit");
    world_record_exact(r, "information", exact_information_reveal(s->clients, both), "bit");
}

void
world_exact_timing(const World *w, Recorder *r)
{
    const Scenario *s = w->scenario;
    uint32_t windows = world_rounds_count(w);
    const RoundsConfig *rounds = &s->rounds;
    double rho = rounds->shared / (rounds->shared + rounds->noise);

    if (rounds->kind != ROUNDS_PAIRS || windows <= 3 || !sees_everything(s))
        return;
    world_record_exact(r, "auc", exact_auc_correlation(rho, windows), "1");
    if (rho > 0 && rho < 1)
        world_record_exact(r, "windows_needed", exact_windows_needed(rho, s->validate.base),
                           "count");
}
