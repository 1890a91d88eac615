/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "offline/attack/offline_pairs.h"

#include <math.h>
#include <stdlib.h>

#include "sim/attack/correlation.h"
#include "sim/attack/disclosure.h"
#include "sim/attack/intersection.h"

bool
offline_pairs_of_stores(const AttackOptions *o)
{
    return o->form == ATTACK_DISCLOSURE || (o->form == ATTACK_TIMING && o->stores);
}

/* From the first thing that was seen to the last; false: nothing was. */
static bool
span_of(const Edges *e, Time *ret_first, Time *ret_last)
{
    Time first = TIME_NEVER, last = 0;

    if (e->n_sendings > 0) {
        first = MIN(first, e->sendings[0].at);
        last = MAX(last, e->sendings[e->n_sendings - 1].at);
    }
    if (e->n_arrivals > 0) {
        first = MIN(first, e->arrivals[0].at);
        last = MAX(last, e->arrivals[e->n_arrivals - 1].at);
    }
    *ret_first = first;
    *ret_last = last;
    return first != TIME_NEVER;
}

static Windows
all_windows(const Edges *e, Duration interval)
{
    Time first, last;

    if (!span_of(e, &first, &last))
        return (Windows){ 0, interval, 0 };
    return (Windows){ first, interval, (uint32_t)((last - first) / interval) + 1 };
}

double
offline_pairs_bytes(const Edges *e, const AttackOptions *o)
{
    double rows = (double)e->n_clients + e->accounts + 1, windows = 1;
    double bytes = (double)e->n_clients * ((double)e->accounts + 1) * sizeof(double);
    Time first, last;

    if (o->form == ATTACK_CADENCE || !span_of(e, &first, &last))
        return bytes;
    windows += floor((double)(last - first) / (double)o->interval);
    if (windows > INT32_MAX)
        return INFINITY;
    if (o->form == ATTACK_TIMING)
        bytes += rows * windows * sizeof(uint32_t);
    else
        bytes += windows * (e->n_clients / 8.0 + 2 * sizeof(uint64_t));
    return bytes;
}

static void
correlate(const Edges *e, const AttackOptions *o, double *ret)
{
    const Windows windows = all_windows(e, o->interval);
    size_t columns = (size_t)e->accounts + 1;
    Counts sent, got;

    counts_of_clients(e, &windows, &sent);
    counts_of_accounts(e, &windows, o->stores, &got);
    for (uint32_t c = 0; c < e->n_clients; c++)
        for (uint32_t a = 1; a < columns; a++)
            ret[c * columns + a] = attack_correlation(&sent, c, &got, a);
    counts_clear(&sent);
    counts_clear(&got);
}

/* Of those who are left after the events, each is as likely as the others. */
static void
intersect(const Edges *e, const AttackOptions *o, double *ret)
{
    const Windows windows = all_windows(e, o->interval);
    size_t columns = (size_t)e->accounts + 1;
    AccountEvents events;
    PresenceMap there;

    presence_of(e, &windows, &there);
    account_events_of(e, &windows, false, &events);
    for (uint32_t a = 1; a <= events.accounts; a++) {
        uint32_t n = (uint32_t)MIN(o->after, events.first[a + 1] - events.first[a]);
        Candidates left = candidates_all(&there);

        (void)attack_intersection(&there, events.windows + events.first[a], n, &left, NULL);
        for (uint32_t c = 0; n > 0 && c < e->n_clients; c++)
            if (candidates_have(&left, c))
                ret[c * columns + a] = 1.0 / left.left;
        free(left.bits);
    }
    account_events_clear(&events);
    presence_clear(&there);
}

void
offline_pairs(const Edges *e, const AttackOptions *o, double *ret)
{
    Windows windows;

    switch (o->form) {
    case ATTACK_CADENCE:
        attack_cadence(e, (Lag){ 0, o->window }, false, ret);
        break;
    case ATTACK_TIMING:
        correlate(e, o, ret);
        break;
    case ATTACK_INTERSECTION:
        intersect(e, o, ret);
        break;
    case ATTACK_DISCLOSURE:
        windows = all_windows(e, o->interval);
        attack_disclosure_all(e, &windows, ret);
        break;
    case ATTACK_PREDECESSOR:
    case ATTACK_FORMS:
        g_assert_not_reached();
    }
}
