/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Selective denial: of the paths that corrupted nodes let a client use, how many do they
 * have both ends of?  `usable` and `compromised` are of paths whose guard is a new one,
 * which is what the closed form is of; `used_compromised` of all requests that were
 * answered, whatever the client did to have that. */
#include "results/exact/anonymity.h"
#include "scenarios/world_compromise.h"
#include "scenarios/world_validate.h"
#include "sim/adversary/flows.h"
#include "sim/fault/choose.h"

#include <math.h>

typedef struct DenialCounts {
    uint64_t fresh, usable, compromised; /* first requests of paths with a new guard */
    uint64_t answered, seen;             /* requests; of those with both ends corrupt */
    uint64_t requests;
} DenialCounts;

static bool
is_corrupt(const World *w, const Observer *observers, uint32_t observer)
{
    return w->deny_circle != NULL &&
           deny_circle_has(w->deny_circle, observers[observer].ip);
}

static int
by_person_and_time(const void *a, const void *b)
{
    const Flow *x = a, *y = b;

    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (x->sent > y->sent) - (x->sent < y->sent);
}

/* All of one person's, in order of time. */
static void
count_person(const World *w, const Observer *observers, const Flow *flows, size_t n,
             DenialCounts *ret)
{
    uint32_t guard = FLOW_NO_OBSERVER;

    for (size_t i = 0; i < n; i++) {
        const Flow *f = &flows[i];
        bool answered = f->status == 200;
        bool both = f->n_hops > 1 && is_corrupt(w, observers, f->hop[0]) &&
                    is_corrupt(w, observers, f->hop[f->n_hops - 1]);

        if (f->n_hops == 0)
            continue;
        ret->requests++;
        ret->answered += answered;
        ret->seen += answered && both;
        if (f->hop[0] == guard)
            continue;
        guard = f->hop[0];
        ret->fresh++;
        ret->usable += answered;
        ret->compromised += answered && both;
    }
}

static double
share_of_all(uint64_t some, uint64_t all)
{
    return all == 0 ? NAN : (double)some / (double)all;
}

void
world_validate_denial(const World *w, Recorder *r)
{
    const WorldAdversary *a = w->adversary;
    uint32_t n_observers;
    const Observer *observers = observation_log_observers(a->log, &n_observers);
    DenialCounts counts = { 0 };
    size_t n;
    Flow *flows = flows_of(a->log, a->truth, &n);

    qsort(flows, n, sizeof *flows, by_person_and_time);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first; end < n && flows[end].person == flows[first].person;)
            end++;
        count_person(w, observers, flows + first, end - first, &counts);
    }
    free(flows);
    recorder_metric(r, "paths_fresh", (double)counts.fresh, "count");
    recorder_metric(r, "usable", share_of_all(counts.usable, counts.fresh), "1");
    recorder_metric(r, "compromised", share_of_all(counts.compromised, counts.usable), "1");
    recorder_metric(r, "used_compromised", share_of_all(counts.seen, counts.answered), "1");
    recorder_metric(r, "requests_answered", share_of_all(counts.answered, counts.requests),
                    "1");
}

/* How many nodes the section denies at. */
static uint32_t
denying_nodes(const World *w)
{
    for (uint32_t i = 0; i < w->scenario->n_faults; i++) {
        const FaultSection *f = &w->scenario->faults[i];

        if (f->head.kind == FAULT_SORT_MISBEHAVE && f->does == MISBEHAVE_DENY)
            return f->share > 0 ? share_of(f->share, w->scenario->nodes) : f->count;
    }
    return 0;
}

void
world_exact_denial(const World *w, Recorder *r)
{
    uint32_t n = w->scenario->nodes, c = denying_nodes(w);

    if (w->scenario->session.hops != 3)
        return;
    world_record_exact(r, "usable", exact_denial_usable_of(n, c), "1");
    world_record_exact(r, "compromised", exact_denial_compromised_of(n, c), "1");
    /* What the same nodes would have if they denied nothing. */
    recorder_metric(r, "compromised_without", exact_all_corrupt(n, c, 2), "1");
}
