/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Eclipse: nodes that name none but each other in their node lists.  A client asks several
 * nodes and keeps what all of them name (protocol 5.1), so that one liar among them is
 * enough, as long as the liars are as many as the client wants to see. */
#include "results/exact/anonymity.h"
#include "scenarios/world_faults_internal.h"
#include "scenarios/world_validate.h"

void
world_validate_pool(World *w, uint32_t person, const Note *note)
{
    ClientPool *pool;

    if (w->validate == NULL)
        return;
    pool = &w->validate->pools[person];
    pool->nodes = (uint32_t)note->a;
    pool->refreshes += note->b == 0;
}

static const WorldFault *
poison_of(const World *w)
{
    for (uint32_t i = 0; w->faults != NULL && i < w->scenario->n_faults; i++)
        if (w->faults->fault[i].section->head.kind == FAULT_SORT_MISBEHAVE &&
            w->faults->fault[i].section->does == MISBEHAVE_POISON)
            return &w->faults->fault[i];
    return NULL;
}

void
world_validate_eclipse(const World *w, Recorder *r)
{
    const WorldFault *poison = poison_of(w);
    uint32_t people = w->scenario->clients, liars = poison == NULL ? 0 : poison->n_whom;
    double eclipsed = 0, refreshes = 0;

    for (uint32_t i = 0; i < people; i++) {
        const ClientPool *pool = &w->validate->pools[i];

        eclipsed += pool->nodes > 0 && pool->nodes <= liars;
        refreshes += pool->refreshes;
    }
    recorder_metric(r, "eclipsed", eclipsed / people, "1");
    recorder_metric(r, "refreshes", refreshes / people, "count");
}

void
world_exact_eclipse(const World *w, Recorder *r)
{
    const WorldFault *poison = poison_of(w);
    const SessionConfig *client = &w->scenario->session;
    uint32_t people = w->scenario->clients;
    double sum = 0;

    if (poison == NULL || poison->section->from > 0)
        return;
    for (uint32_t i = 0; i < people; i++)
        sum +=
            exact_eclipsed(w->scenario->nodes, poison->n_whom, client->pool_refresh_nodes,
                           client->pool_intersection_min, w->validate->pools[i].refreshes);
    world_record_exact(r, "eclipsed", sum / people, "1");
}
