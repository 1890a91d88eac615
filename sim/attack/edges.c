/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/attack/edges.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "nodes/onion/onion.h"
#include "nodes/service/service.h"

uint32_t
window_of(const Windows *windows, Time at)
{
    Time window;

    assert(windows->length > 0);
    if (at < windows->start)
        return UINT32_MAX;
    window = (at - windows->start) / windows->length;
    return window < windows->count ? (uint32_t)window : UINT32_MAX;
}

/* The client's address that the record shows at the entry; 0: none. */
static uint32_t
client_of(const Observation *r, const Observer *observers)
{
    if (observers[r->observer].role == OBSERVER_LINK)
        return r->outgoing ? observers[r->observer].ip : 0;
    return r->kind == KIND_ONION && !r->outgoing ? r->neighbour : 0;
}

static bool
is_arrival(const Observation *r)
{
    return r->layer == ONION_FINAL && r->account != 0 &&
           (r->method == RPC_STORE || r->method == RPC_RETRIEVE);
}

static int
compare_addresses(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Equal times in order of the records: always the same. */
static int
compare_sendings(const void *a, const void *b)
{
    const Sending *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

static int
compare_arrivals(const void *a, const void *b)
{
    const Arrival *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

static void
number_clients(Edges *edges, const Observation *records, size_t n,
               const Observer *observers)
{
    size_t seen = 0;

    edges->client_ip = memory_resized(NULL, n, sizeof *edges->client_ip);
    for (size_t i = 0; i < n; i++) {
        uint32_t ip = client_of(&records[i], observers);

        if (ip != 0)
            edges->client_ip[seen++] = ip;
    }
    qsort(edges->client_ip, seen, sizeof *edges->client_ip, compare_addresses);
    for (size_t i = 0; i < seen; i++)
        if (i == 0 || edges->client_ip[i] != edges->client_ip[edges->n_clients - 1])
            edges->client_ip[edges->n_clients++] = edges->client_ip[i];
    edges->client_ip =
        memory_resized(edges->client_ip, edges->n_clients, sizeof *edges->client_ip);
}

void
edges_of(const Observation *records, size_t n, const Observer *observers, Edges *ret)
{
    Edges edges = { 0 };

    number_clients(&edges, records, n, observers);
    edges.sendings = memory_resized(NULL, n, sizeof *edges.sendings);
    edges.arrivals = memory_resized(NULL, n, sizeof *edges.arrivals);
    for (size_t i = 0; i < n; i++) {
        const Observation *r = &records[i];
        uint32_t ip = client_of(r, observers);

        if (ip != 0)
            edges.sendings[edges.n_sendings++] =
                (Sending){ r->at, edges_client(&edges, ip), r->bytes, i };
        if (!is_arrival(r))
            continue;
        edges.arrivals[edges.n_arrivals++] =
            (Arrival){ r->at, r->account, r->bytes, r->method == RPC_STORE, i };
        if (r->account > edges.accounts)
            edges.accounts = r->account;
    }
    qsort(edges.sendings, edges.n_sendings, sizeof *edges.sendings, compare_sendings);
    qsort(edges.arrivals, edges.n_arrivals, sizeof *edges.arrivals, compare_arrivals);
    *ret = edges;
}

void
edges_clear(Edges *edges)
{
    free(edges->client_ip);
    free(edges->sendings);
    free(edges->arrivals);
    *edges = (Edges){ 0 };
}

uint32_t
edges_client(const Edges *edges, uint32_t ip)
{
    const uint32_t *found = bsearch(&ip, edges->client_ip, edges->n_clients,
                                    sizeof *edges->client_ip, compare_addresses);

    return found == NULL ? UINT32_MAX : (uint32_t)(found - edges->client_ip);
}
