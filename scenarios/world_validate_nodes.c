/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed forms of nodes alone: whole swarms that an outage takes, swarms as they grow,
 * nodes whose outage outlives their credit.  Read from the hosts' states and the chain. */
#include "scenarios/world_validate.h"

#include <math.h>

const FaultSection *
world_first_fault(const World *w, FaultSort kind)
{
    for (uint32_t i = 0; i < w->scenario->n_faults; i++)
        if (w->scenario->faults[i].head.kind == (int32_t)kind)
            return &w->scenario->faults[i];
    return NULL;
}

/* --- outages
 * -------------------------------------------------------------------------------- */

static uint32_t
down_among(const World *w, uint32_t first, uint32_t n)
{
    uint32_t down = 0;

    for (uint32_t i = first; i < first + n; i++)
        down += host_state(w->host, w->nodes[i].actor) != ACTOR_UP;
    return down;
}

/* Over all swarms that the nodes of a site could form: they are alike, and the site's
 * chance is theirs (sim/measure/regroup.h). */
static double
share_down_by_site(const World *w, uint32_t site)
{
    uint32_t n = world_swarm_size(w), sites = w->scenario->nodes / site;
    double sum = 0;

    for (uint32_t i = 0; i < sites; i++)
        sum += regroup_share_below(site, down_among(w, i * site, site), n, 1);
    return sum / sites;
}

void
world_validate_outage(World *w)
{
    OutageSums *sums = &w->validate->outages;
    const FaultSection *shocks = world_first_fault(w, FAULT_SORT_SHOCKS);
    uint32_t n = world_swarm_size(w), swarms, gone = 0;

    if (n == 0)
        return;
    swarms = w->scenario->nodes / n;
    for (uint32_t i = 0; i < swarms; i++)
        gone += down_among(w, i * n, n) == n;
    sums->shocks++;
    sums->any += gone > 0;
    sums->swarms += gone;
    if (world_regroups(w, shocks->site > 0 && shocks->count == 0) && shocks->site >= n)
        sums->share += share_down_by_site(w, shocks->site);
    else
        sums->share += (double)gone / swarms;
}

void
world_validate_outages(const World *w, Recorder *r)
{
    const OutageSums *sums = &w->validate->outages;
    double shocks = sums->shocks, swarms = w->scenario->nodes / MAX(1, world_swarm_size(w));

    recorder_metric(r, "all_down", sums->share / shocks, "1");
    recorder_metric(r, "all_down_counted", sums->swarms / swarms / shocks, "1");
    recorder_metric(r, "any_down", sums->any / shocks, "1");
    recorder_metric(r, "swarms_down", sums->swarms / shocks, "count");
}

/* --- growth
 * --------------------------------------------------------------------------------- */

enum { SIZES = 13 }; /* more than any swarm grows to: 10 at most with the real rules */

static void
record_sizes(const Snapshot *snapshot, Recorder *r)
{
    uint32_t of_size[SIZES] = { 0 };

    for (uint32_t i = 0; i < snapshot->n_swarms; i++)
        of_size[MIN(snapshot->swarms[i].n, SIZES - 1)]++;
    for (uint32_t size = 1; size < SIZES; size++) {
        g_autofree char *name = g_strdup_printf("size_%u", size);

        recorder_metric(r, name, (double)of_size[size] / snapshot->n_swarms, "1");
    }
}

/* Half of the ring between an id's neighbours, in units of the ring. */
static double
key_share(const Snapshot *snapshot, uint32_t i)
{
    uint32_t n = snapshot->n_swarms;
    uint64_t before = snapshot->swarm_ids[(i + n - 1) % n];
    uint64_t after = snapshot->swarm_ids[(i + 1) % n];

    return n == 1 ? 1 : ldexp((double)(after - before), -65);
}

void
world_validate_growth(const World *w, Recorder *r)
{
    const Snapshot *snapshot = world_snapshot(w);
    double m = snapshot->n_swarms, least = INFINITY, most = 0, squares = 0;

    for (uint32_t i = 0; i < snapshot->n_swarms; i++) {
        double share = m * key_share(snapshot, i);

        least = MIN(least, share);
        most = MAX(most, share);
        squares += (share - 1) * (share - 1);
    }
    recorder_metric(r, "share_min", least, "1");
    recorder_metric(r, "share_max", most, "1");
    recorder_metric(r, "share_cv", sqrt(squares / m), "1");
    record_sizes(snapshot, r);
}

/* --- credit
 * --------------------------------------------------------------------------------- */

/* Of the nodes that a crash took down, once each. */
void
world_validate_credit(const World *w, Recorder *r)
{
    const uint64_t *chain = w->totals.chain;
    double outages = (double)w->totals.outages;

    recorder_metric(r, "decommissioned", (double)chain[CHAIN_DECOMMISSIONED] / outages,
                    "1");
    recorder_metric(r, "deregistered", (double)chain[CHAIN_DEREGISTERED] / outages, "1");
}
