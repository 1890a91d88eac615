/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/attack/predecessor.h"
#include "nodes/base/memory.h"

#include <stdlib.h>
#include <string.h>

#include "nodes/base/port.h"
#include "nodes/onion/onion.h"

/* A relay's record, as a candidate for the last hop. */
typedef struct LastHop {
    uint32_t middle_ip;
    Time at;
    size_t record;
} LastHop;

static int
compare_hops(const void *a, const void *b)
{
    const LastHop *x = a, *y = b;

    if (x->middle_ip != y->middle_ip)
        return x->middle_ip < y->middle_ip ? -1 : 1;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

static int
compare_ends(const void *a, const void *b)
{
    const PathEnds *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->guard_record > y->guard_record) - (x->guard_record < y->guard_record);
}

static bool
relays(const Observation *r, MessageKind kind)
{
    return r->kind == kind && !r->outgoing && r->layer == ONION_RELAY && r->next != 0;
}

static LastHop *
last_hops(const Observation *records, size_t n, size_t *ret_n)
{
    LastHop *hops = memory_resized(NULL, n, sizeof *hops);

    *ret_n = 0;
    for (size_t i = 0; i < n; i++)
        if (relays(&records[i], KIND_ONION_HOP))
            hops[(*ret_n)++] = (LastHop){ records[i].neighbour, records[i].at, i };
    qsort(hops, *ret_n, sizeof *hops, compare_hops);
    return hops;
}

/* The first that had something from this middle node after @at; or @n. */
static size_t
first_after(const LastHop *hops, size_t n, uint32_t middle_ip, Time at)
{
    size_t low = 0;

    while (n > 0) {
        size_t half = n / 2;
        const LastHop *hop = &hops[low + half];

        if (hop->middle_ip < middle_ip || (hop->middle_ip == middle_ip && hop->at <= at)) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

size_t
attack_path_ends(const Observation *records, size_t n, Duration within, PathEnds **ret)
{
    size_t n_hops, found = 0;
    LastHop *hops = last_hops(records, n, &n_hops);
    PathEnds *ends = memory_resized(NULL, n, sizeof *ends);

    for (size_t i = 0; i < n; i++) {
        const Observation *guard = &records[i];
        size_t at;

        if (!relays(guard, KIND_ONION))
            continue;
        at = first_after(hops, n_hops, guard->next, guard->at);
        if (at < n_hops && hops[at].middle_ip == guard->next &&
            hops[at].at <= guard->at + within)
            ends[found++] = (PathEnds){ guard->at, guard->neighbour,
                                        records[hops[at].record].next, i, hops[at].record };
    }
    free(hops);
    qsort(ends, found, sizeof *ends, compare_ends);
    *ret = ends;
    return found;
}

static int
compare_ips(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

bool
is_destination(const uint32_t *destinations, size_t n, uint32_t ip)
{
    return bsearch(&ip, destinations, n, sizeof *destinations, compare_ips) != NULL;
}

static int
most_often_first(const void *a, const void *b)
{
    const Sightings *x = a, *y = b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return (x->ip > y->ip) - (x->ip < y->ip);
}

static int
by_address(const void *a, const void *b)
{
    return compare_ips(&((const Sightings *)a)->ip, &((const Sightings *)b)->ip);
}

size_t
attack_predecessor(const PathEnds *ends, size_t n, const uint32_t *destinations,
                   size_t n_destinations, Sightings *ret)
{
    size_t seen = 0, kept = 0;

    for (size_t i = 0; i < n; i++)
        if (is_destination(destinations, n_destinations, ends[i].destination_ip))
            ret[seen++] = (Sightings){ ends[i].client_ip, 1 };
    qsort(ret, seen, sizeof *ret, by_address);
    for (size_t i = 0; i < seen; i++) {
        if (kept > 0 && ret[kept - 1].ip == ret[i].ip)
            ret[kept - 1].count++;
        else
            ret[kept++] = ret[i];
    }
    qsort(ret, kept, sizeof *ret, most_often_first);
    return kept;
}
