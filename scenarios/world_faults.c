/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the [fault NAME] sections of a scenario do to a world: whom they take, and the books
 * of what they did. */
#include "scenarios/world_faults_internal.h"

#include "scenarios/world_places.h"

uint64_t
fault_draw(const WorldFault *f, FaultDraw draw, uint64_t whom, uint64_t index)
{
    return fault_word(f->world->options.seed, f->section->head.name, draw, whom, index);
}

void
fault_schedule(WorldFault *f, Time at, HostTask task, uint64_t argument)
{
    if (at <= f->world->end)
        host_schedule(f->world->host, at, task, f, argument);
}

void
fault_befell(WorldFault *f, uint32_t n)
{
    f->last = host_now(f->world->host);
    if (f->events == 0)
        f->first = f->last;
    f->events += n;
}

/* --- whom ---------------------------------------------------------------------------- */

static PlaceWords
places_of(const FaultSection *s)
{
    return (PlaceWords){ s->country, s->region, s->hoster, s->largest_hosters };
}

/* How many of the n there are. */
static uint32_t
number_of(const FaultSection *s, uint32_t n)
{
    if (s->share > 0)
        return share_of(s->share, n);
    return s->count > 0 ? s->count : n;
}

void
fault_choose_nodes(WorldFault *f, uint64_t index)
{
    const World *w = f->world;
    const FaultSection *s = f->section;
    const PlaceWords places = places_of(s);
    g_autofree uint32_t *candidates = g_new(uint32_t, w->n_nodes + 1);
    uint32_t n = world_nodes_at(w, &places, candidates);

    g_free(f->whom);
    f->whom = g_new(uint32_t, n + 1);
    f->n_whom = choose(w->options.seed, s->head.name, FAULT_DRAW_WHOM, index, candidates, n,
                       number_of(s, n), f->whom);
}

void
fault_choose_members(WorldFault *f, uint32_t members)
{
    const World *w = f->world;
    const Snapshot *snapshot = world_snapshot(w);
    const Swarm *swarm = snapshot_swarm_of(snapshot, w->accounts[f->section->swarm_of] + 1);
    uint32_t n = swarm == NULL ? 0 : swarm->n;
    g_autofree uint32_t *candidates = g_new(uint32_t, n + 1);

    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = snapshot->members[swarm->first + i];
        ActorId actor = host_actor_at(w->host, snapshot->nodes->nodes[at].ip);

        candidates[i] = w->actors[actor].index;
    }
    g_free(f->whom);
    f->whom = g_new(uint32_t, n + 1);
    f->n_whom = choose(w->options.seed, f->section->head.name, FAULT_DRAW_WHOM, 0,
                       candidates, n, members == 0 ? n : members, f->whom);
}

void
fault_choose_people(WorldFault *f)
{
    const World *w = f->world;
    const FaultSection *s = f->section;
    const PlaceWords places = places_of(s);
    g_autofree uint32_t *candidates = g_new(uint32_t, w->scenario->clients + 1);
    uint32_t n = world_people_at(w, &places, candidates);

    g_free(f->people);
    f->people = g_new(uint32_t, n + 1);
    f->n_people = choose(w->options.seed, s->head.name, FAULT_DRAW_PERSON, 0, candidates, n,
                         number_of(s, n), f->people);
}

static bool
is_one_of(uint32_t number, const uint32_t *numbers, uint32_t n)
{
    uint32_t low = 0;

    while (n > 1) {
        uint32_t half = n / 2;

        if (numbers[low + half] <= number)
            low += half;
        n -= half;
    }
    return n == 1 && numbers[low] == number;
}

bool
fault_has_node(const WorldFault *f, uint32_t node)
{
    return f->on && is_one_of(node, f->whom, f->n_whom);
}

bool
fault_has_person(const WorldFault *f, uint32_t person)
{
    return f->on && is_one_of(person, f->people, f->n_people);
}

/* --- begin and end ----------------------------------------------------------------------
 */

void
fault_schedule_period(WorldFault *f, HostTask begin, HostTask end)
{
    fault_schedule(f, f->section->from, begin, 0);
    if (f->section->to > 0)
        fault_schedule(f, f->section->to, end, 0);
}

static void
start(WorldFault *f)
{
    switch ((FaultSort)f->section->head.kind) {
    case FAULT_SORT_EXIT:
        fault_start_exit(f);
        break;
    case FAULT_SORT_JOIN:
        fault_start_join(f);
        break;
    case FAULT_SORT_CRASH:
        fault_start_crash(f);
        break;
    case FAULT_SORT_SHOCKS:
        fault_start_shocks(f);
        break;
    case FAULT_SORT_OUTAGE:
        fault_start_outage(f);
        break;
    case FAULT_SORT_PARTITION:
        fault_start_partition(f);
        break;
    case FAULT_SORT_LINK:
        fault_start_link(f);
        break;
    case FAULT_SORT_SLOW:
        fault_start_slow(f);
        break;
    case FAULT_SORT_SKEW:
        fault_start_skew(f);
        break;
    case FAULT_SORT_UPGRADE:
        fault_start_upgrade(f);
        break;
    case FAULT_SORT_MISBEHAVE:
        fault_start_misbehave(f);
        break;
    case FAULT_SORT_ATTACK:
        fault_start_attack(f);
        break;
    case FAULT_SORT_OFFLINE:
        fault_start_offline(f);
        break;
    case FAULT_SORTS:
        break;
    }
}

void
world_start_faults(World *w)
{
    const Scenario *s = w->scenario;

    if (s->n_faults == 0)
        return;
    w->faults = g_new0(WorldFaults, 1);
    for (uint32_t i = 0; i < s->n_faults; i++) {
        w->faults->fault[i] = (WorldFault){ .world = w, .section = &s->faults[i] };
        start(&w->faults->fault[i]);
    }
}

void
world_free_faults(World *w)
{
    for (uint32_t i = 0; w->faults != NULL && i < w->scenario->n_faults; i++) {
        g_free(w->faults->fault[i].whom);
        g_free(w->faults->fault[i].people);
        snapshot_unref(w->faults->fault[i].shown);
    }
    g_free(w->faults);
    deny_circle_free(w->deny_circle);
}

bool
world_faults_suspend(const World *w, Invariant invariant)
{
    for (uint32_t i = 0; i < w->scenario->n_faults; i++) {
        switch ((FaultSort)w->scenario->faults[i].head.kind) {
        case FAULT_SORT_MISBEHAVE:
            return true;
        case FAULT_SORT_PARTITION:
        case FAULT_SORT_LINK:
        case FAULT_SORT_SLOW:
        case FAULT_SORT_SKEW:
            if (invariant == INVARIANT_COMPLETE_REPLICAS)
                return true;
            break;
        case FAULT_SORT_EXIT:
        case FAULT_SORT_JOIN:
        case FAULT_SORT_CRASH:
        case FAULT_SORT_SHOCKS:
        case FAULT_SORT_OUTAGE:
        case FAULT_SORT_UPGRADE:
        case FAULT_SORT_ATTACK:
        case FAULT_SORT_OFFLINE:
        case FAULT_SORTS:
            break;
        }
    }
    return false;
}

/* --- the books ----------------------------------------------------------------------- */

/* "storm (outage)", and whose hosters they are. */
static char *
title(const World *w, const FaultSection *s)
{
    g_autofree char *kind = section_kind_name(section_form("fault"), s->head.kind);
    const PlaceWords places = places_of(s);
    const char *hosters = "";

    if (places_name_hosters(&places))
        hosters = w->data->trace != NULL ? ", hosters of the trace"
                                         : ", synthetic hosters (Zipf)";
    return g_strdup_printf("fault:%s (%s%s)", s->head.name[0] == '\0' ? "-" : s->head.name,
                           kind, hosters);
}

/* What misbehaving nodes did, message by message. */
static void
record_misbehaviour(const World *w, Recorder *r)
{
    for (int m = 0; m < MISBEHAVIOURS; m++) {
        uint64_t done = 0;

        for (uint32_t i = 0; i < w->n_nodes; i++) {
            const WorldNode *node = &w->nodes[i];

            done += node->misbehaving == NULL ? 0 : node->misbehaving->done[m];
            done += node->denying == NULL || m != MISBEHAVE_DENY ? 0 : node->denying->done;
        }
        if (done > 0)
            recorder_count(r, "misbehaviour", misbehaviour_name((Misbehaviour)m), done);
    }
}

void
world_faults_record(const World *w, Recorder *r)
{
    for (uint32_t i = 0; w->faults != NULL && i < w->scenario->n_faults; i++) {
        const WorldFault *f = &w->faults->fault[i];
        const FaultSection *s = f->section;
        g_autofree char *name = title(w, s);

        recorder_count(r, "fault", s->head.name[0] == '\0' ? "-" : s->head.name, f->events);
        if (f->events > 0)
            recorder_bin(r, name, (double)f->first / SECOND,
                         (double)(f->on ? w->end : f->last) / SECOND, (double)f->events);
    }
    record_misbehaviour(w, r);
}
