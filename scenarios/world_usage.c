/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/world_compromise.h"

static int
compare_paths(const void *a, const void *b)
{
    const UsedPath *x = a, *y = b;

    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->n_hops != y->n_hops)
        return x->n_hops < y->n_hops ? -1 : 1;
    return memcmp(x->hop, y->hop, x->n_hops * sizeof *x->hop);
}

static int
compare_uses(const void *a, const void *b)
{
    const UsedPath *x = a, *y = b;

    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (x->use > y->use) - (x->use < y->use);
}

static bool
read_path(const Usage *u, const Flow *flow, uint32_t hops, UsedPath *ret)
{
    /* Requests that failed on the way show a part of their path only. */
    if (flow->n_hops != hops || flow->destination == FLOW_NO_OBSERVER)
        return false;
    *ret = (UsedPath){ .person = flow->person, .n_hops = flow->n_hops };
    for (uint32_t i = 0; i < hops; i++)
        ret->hop[i] = u->party_of[flow->hop[i]];
    return true;
}

static void
collect_paths(const World *w, Usage *u)
{
    const WorldAdversary *a = w->adversary;
    size_t n_flows;
    Flow *flows = flows_of(a->log, a->truth, &n_flows);
    uint32_t n = 0;

    u->uses = g_new(UsedPath, n_flows + 1);
    for (size_t i = 0; i < n_flows; i++) {
        if (!read_path(u, &flows[i], w->scenario->session.hops, &u->uses[n]))
            continue;
        u->uses[n].use = n;
        n++;
    }
    u->n_uses = n;
    u->paths = g_memdup2(u->uses, (n + 1) * sizeof *u->uses);
    qsort(u->uses, n, sizeof *u->uses, compare_uses);
    qsort(u->paths, n, sizeof *u->paths, compare_paths);
    for (uint32_t i = 0; i < n; i++)
        if (u->n_paths == 0 || compare_paths(&u->paths[i], &u->paths[u->n_paths - 1]) != 0)
            u->paths[u->n_paths++] = u->paths[i];
    free(flows);
}

void
usage_of(const World *w, Usage *ret)
{
    uint32_t n_observers;

    (void)observation_log_observers(w->adversary->log, &n_observers);
    *ret = (Usage){ .party_of = g_new(uint32_t, n_observers + 1) };
    ret->candidates =
        world_adversary_candidates(w, &w->scenario->adversaries[0], &ret->n_parties);
    memset(ret->party_of, 0xff, (n_observers + 1) * sizeof *ret->party_of);
    for (uint32_t i = 0; i < ret->n_parties; i++)
        ret->party_of[ret->candidates[i]] = i;
    collect_paths(w, ret);
}

void
usage_clear(Usage *u)
{
    g_free(u->candidates);
    g_free(u->party_of);
    g_free(u->uses);
    g_free(u->paths);
    g_free(u->swarm_of);
    g_free(u->swarms);
    g_free(u->member_of);
}

/* --- swarms -------------------------------------------------------------------------- */

static bool
counts(const World *w, const Swarm *swarm)
{
    uint32_t size = w->scenario->chain.fixed_swarm_size;

    return size == 0 || swarm->n == size;
}

static uint32_t
add_swarm(const World *w, const Usage *u, const Snapshot *snapshot, const Swarm *swarm,
          Compromise *c)
{
    g_autofree uint32_t *members = g_new(uint32_t, swarm->n + 1);
    uint32_t n = 0;

    for (uint32_t i = 0; i < swarm->n; i++) {
        uint32_t at = snapshot->members[swarm->first + i];
        ActorId actor = host_actor_at(w->host, snapshot->nodes->nodes[at].ip);
        const Observed *observed = w->nodes[w->actors[actor].index].observed;

        if (u->party_of[observed->observer] != UINT32_MAX)
            members[n++] = u->party_of[observed->observer];
    }
    for (uint32_t i = 0; i < n; i++)
        u->member_of[members[i]] = u->n_swarms;
    return compromise_add_set(c, members, n);
}

void
usage_add_swarms(const World *w, Usage *u, Compromise *c)
{
    const Snapshot *snapshot = world_snapshot(w);
    g_autofree uint32_t *place_of = g_new(uint32_t, snapshot->n_swarms + 1);

    u->swarms = g_new(uint32_t, snapshot->n_swarms + 1);
    u->member_of = g_new(uint32_t, u->n_parties + 1);
    memset(u->member_of, 0xff, (u->n_parties + 1) * sizeof *u->member_of);
    u->swarm_of = g_new(uint32_t, w->scenario->clients + 1);
    for (uint32_t i = 0; i < snapshot->n_swarms; i++) {
        place_of[i] = UINT32_MAX;
        if (!counts(w, &snapshot->swarms[i]))
            continue;
        place_of[i] = u->n_swarms;
        u->swarms[u->n_swarms] = add_swarm(w, u, snapshot, &snapshot->swarms[i], c);
        u->n_swarms++;
    }
    for (uint32_t i = 0; i < w->scenario->clients; i++) {
        const Swarm *swarm = snapshot_swarm_of(snapshot, w->accounts[i] + 1);

        u->swarm_of[i] = swarm == NULL ? UINT32_MAX : place_of[swarm - snapshot->swarms];
    }
}
