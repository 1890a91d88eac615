/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The closed forms of [adversary NAME] with a scenario's own parameters: NAME.exact beside
 * the metric NAME. */
#include "results/exact/anonymity.h"
#include "results/exact/exact.h"
#include "scenarios/world_validate.h"

static void
record_paths(const World *w, Recorder *r, uint32_t n, uint32_t c)
{
    const SessionConfig *client = &w->scenario->session;

    if (client->hops > 1)
        world_record_exact(r, "first_and_last", exact_all_corrupt(n, c, 2), "1");
    world_record_exact(r, "all_hops", exact_all_corrupt(n, c, client->hops), "1");
    world_record_exact(r, "any_hop", exact_any_corrupt(n, c, client->hops), "1");
    world_record_exact(r, "guard_any", exact_any_corrupt(n, c, client->paths), "1");
}

static void
record_swarms(Recorder *r, uint32_t n, uint32_t c, uint32_t s)
{
    world_record_exact(r, "swarm_any", exact_any_corrupt(n, c, s), "1");
    world_record_exact(r, "swarm_majority", exact_many_corrupt(n, c, s, s / 2 + 1), "1");
    world_record_exact(r, "swarm_all", exact_all_corrupt(n, c, s), "1");
    world_record_exact(r, "guard_and_swarm", exact_guards_and_swarm(n, c, 1, s), "1");
    world_record_exact(r, "end_to_end", exact_guards_and_swarm(n, c, 2, s), "1");
    if (n % s == 0)
        world_record_exact(r, "any_swarm_all", exact_any_swarm_gone(n, s, c, n / s), "1");
}

void
world_exact_path_compromise(const World *w, Recorder *r)
{
    const AdversarySection *section = &w->scenario->adversaries[0];
    uint32_t n = w->scenario->nodes, s = w->scenario->chain.fixed_swarm_size;

    /* The forms know a number of corrupted nodes, and none of them anywhere. */
    if (section->corrupt < 0)
        return;
    record_paths(w, r, n, (uint32_t)section->corrupt);
    if (s > 0)
        record_swarms(r, n, (uint32_t)section->corrupt, s);
}
