/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a graph to what its paths are like. */
#include "sim/net/topology.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/base/heap.h"
#include "sim/core/sampling.h"
#include "sim/net/topology_gml.h"

enum { LETTERS = 26 };

static Status
fail(GmlError *error, size_t line, Status status, const char *expected)
{
    *error = (GmlError){ line, expected };
    return status;
}

/* --- places by country --- */

/* 0..675, or TOPOLOGY_COUNTRIES when it is not a code of two letters. */
static uint32_t
code_of(const char *country)
{
    uint32_t code = 0;

    for (int i = 0; i < 2; i++) {
        int letter = country[i] & ~('a' - 'A');

        if (letter < 'A' || letter > 'Z')
            return TOPOLOGY_COUNTRIES;
        code = code * LETTERS + (uint32_t)(letter - 'A');
    }
    return country[2] == '\0' ? code : TOPOLOGY_COUNTRIES;
}

static void
sort_by_country(Topology *t)
{
    uint32_t next[TOPOLOGY_COUNTRIES + 1] = { 0 };
    uint32_t sum = 0;

    for (uint32_t i = 0; i < t->n; i++)
        next[code_of(t->places[i].country)]++;
    for (uint32_t code = 0; code <= TOPOLOGY_COUNTRIES; code++) {
        uint32_t n = next[code];

        t->first[code] = next[code] = sum;
        sum += n;
    }
    t->by_country = memory_zeroed(t->n, sizeof *t->by_country);
    for (uint32_t i = 0; i < t->n; i++)
        t->by_country[next[code_of(t->places[i].country)]++] = i;
}

uint32_t
topology_draw(const Topology *t, const char *country, uint64_t word)
{
    uint32_t code = code_of(country);
    uint32_t n = code < TOPOLOGY_COUNTRIES ? t->first[code + 1] - t->first[code] : 0;

    if (n == 0)
        return (uint32_t)sample_below(word, t->n);
    return t->by_country[t->first[code] + sample_below(word, n)];
}

/* --- edges --- */

static size_t
at(const Topology *t, uint32_t from, uint32_t to)
{
    return (size_t)from * t->n + to;
}

static void
give_matrices(Topology *t, const GmlGraph *graph)
{
    size_t n = (size_t)t->n * t->n;
    bool jitter = false, loss = false;

    for (uint32_t i = 0; i < graph->n_edges; i++) {
        jitter |= graph->edges[i].jitter_us > 0;
        loss |= graph->edges[i].loss > 0;
    }
    t->latency_us = memory_zeroed(n, sizeof *t->latency_us);
    memset(t->latency_us, 0xff, n * sizeof *t->latency_us);
    if (jitter)
        t->jitter_us = memory_zeroed(n, sizeof *t->jitter_us);
    if (loss)
        t->loss = memory_zeroed(n, sizeof *t->loss);
}

static void
put_path(Topology *t, size_t i, uint32_t latency_us, uint32_t jitter_us, float loss)
{
    t->latency_us[i] = latency_us;
    if (t->jitter_us != NULL)
        t->jitter_us[i] = jitter_us;
    if (t->loss != NULL)
        t->loss[i] = loss;
}

/* The edges as they are; *ret_pairs: ordered pairs of two places that have one. */
static Status
put_edges(Topology *t, const GmlGraph *graph, uint64_t *ret_pairs, GmlError *ret_error)
{
    uint64_t pairs = 0;

    for (uint32_t i = 0; i < graph->n_edges; i++) {
        const GmlEdge *edge = &graph->edges[i];
        uint32_t from = (uint32_t)edge->source, to = (uint32_t)edge->target;

        if (t->latency_us[at(t, from, to)] != TOPOLOGY_NO_PATH)
            return fail(ret_error, edge->line, ST_DUPLICATE,
                        "one edge between two nodes is expected");
        put_path(t, at(t, from, to), edge->latency_us, edge->jitter_us, edge->loss);
        pairs += from != to;
        if (graph->directed || from == to)
            continue;
        put_path(t, at(t, to, from), edge->latency_us, edge->jitter_us, edge->loss);
        pairs++;
    }
    *ret_pairs = pairs;
    return ST_OK;
}

/* --- shortest paths (Dijkstra's) --- */

typedef struct Neighbour {
    uint32_t to;
    const GmlEdge *edge;
} Neighbour;

typedef struct Paths {
    const GmlGraph *graph;
    Neighbour *neighbours; /* of place i: from first[i] to first[i + 1] - 1 */
    uint32_t *first;
    Heap heap; /* distances in us of places that may still come nearer */
    int64_t *distance_us;
    bool *settled;
} Paths;

static void
count_neighbours(Paths *p, uint32_t n)
{
    const GmlGraph *graph = p->graph;

    for (uint32_t i = 0; i < graph->n_edges; i++) {
        p->first[graph->edges[i].source + 1]++;
        if (!graph->directed)
            p->first[graph->edges[i].target + 1]++;
    }
    for (uint32_t i = 0; i < n; i++)
        p->first[i + 1] += p->first[i];
}

static void
list_neighbours(Paths *p, uint32_t n)
{
    const GmlGraph *graph = p->graph;
    uint32_t *next = memory_zeroed(n, sizeof *next);

    count_neighbours(p, n);
    memcpy(next, p->first, n * sizeof *next);
    p->neighbours = memory_zeroed(p->first[n], sizeof *p->neighbours);
    for (uint32_t i = 0; i < graph->n_edges; i++) {
        const GmlEdge *edge = &graph->edges[i];

        p->neighbours[next[edge->source]++] = (Neighbour){ (uint32_t)edge->target, edge };
        if (!graph->directed)
            p->neighbours[next[edge->target]++] =
                (Neighbour){ (uint32_t)edge->source, edge };
    }
    free(next);
}

/* What a path is like that goes on over one more edge. */
static void
extend(Topology *t, uint32_t from, uint32_t by, const Neighbour *next)
{
    size_t before = at(t, from, by), after = at(t, from, next->to);
    const GmlEdge *edge = next->edge;
    bool begins = from == by; /* what the matrices say of it is its edge to itself */

    if (t->jitter_us != NULL) {
        uint64_t jitter = (uint64_t)(begins ? 0 : t->jitter_us[before]) + edge->jitter_us;

        t->jitter_us[after] = jitter < UINT32_MAX ? (uint32_t)jitter : UINT32_MAX;
    }
    if (t->loss != NULL) {
        double kept = begins ? 1 : 1 - (double)t->loss[before];

        t->loss[after] = (float)(1 - kept * (1 - (double)edge->loss));
    }
}

static void
find_paths_from(Topology *t, Paths *p, uint32_t from)
{
    for (uint32_t i = 0; i < t->n; i++) {
        p->distance_us[i] = INT64_MAX;
        p->settled[i] = false;
    }
    p->distance_us[from] = 0;
    heap_set(&p->heap, from, 0);
    while (p->heap.length > 0) {
        uint32_t here = heap_first_slot(&p->heap);

        heap_set(&p->heap, here, TIME_NEVER);
        p->settled[here] = true;
        for (uint32_t i = p->first[here]; i < p->first[here + 1]; i++) {
            const Neighbour *next = &p->neighbours[i];
            int64_t distance = p->distance_us[here] + next->edge->latency_us;

            if (p->settled[next->to] || distance >= p->distance_us[next->to])
                continue;
            p->distance_us[next->to] = distance;
            heap_set(&p->heap, next->to, distance);
            extend(t, from, here, next);
        }
    }
}

static Status
find_paths(Topology *t, Paths *p, GmlError *ret_error)
{
    for (uint32_t from = 0; from < t->n; from++) {
        find_paths_from(t, p, from);
        for (uint32_t to = 0; to < t->n; to++) {
            if (to == from)
                continue;
            if (p->distance_us[to] == INT64_MAX)
                return fail(ret_error, p->graph->lines[to], ST_NOT_FOUND,
                            "a node with paths from every other is expected");
            if (p->distance_us[to] >= TOPOLOGY_NO_PATH)
                return fail(ret_error, p->graph->lines[to], ST_RANGE,
                            "paths of at most 4294 s are expected");
            t->latency_us[at(t, from, to)] = (uint32_t)p->distance_us[to];
        }
    }
    return ST_OK;
}

static Status
shortest_paths(Topology *t, const GmlGraph *graph, GmlError *ret_error)
{
    Paths p = { .graph = graph };
    Status status;

    if ((uint64_t)graph->n_edges * t->n > TOPOLOGY_WORK_MAX)
        return fail(ret_error, 1, ST_TOO_LARGE,
                    "a complete graph, or nodes times edges of at most 2^28, is expected");
    p.first = memory_zeroed((size_t)t->n + 1, sizeof *p.first);
    p.distance_us = memory_zeroed(t->n, sizeof *p.distance_us);
    p.settled = memory_zeroed(t->n, sizeof *p.settled);
    heap_init(&p.heap, t->n);
    list_neighbours(&p, t->n);
    status = find_paths(t, &p, ret_error);
    heap_clear(&p.heap);
    free(p.neighbours);
    free(p.first);
    free(p.distance_us);
    free(p.settled);
    return status;
}

/* --- the topology --- */

static Status
topology_of(GmlGraph *graph, Topology *t, GmlError *ret_error)
{
    uint64_t pairs;
    Status status;

    t->n = graph->n;
    t->n_edges = graph->n_edges;
    t->places = graph->places;
    graph->places = NULL;
    sort_by_country(t);
    give_matrices(t, graph);
    status = put_edges(t, graph, &pairs, ret_error);
    if (status != ST_OK)
        return status;
    t->complete = pairs == (uint64_t)t->n * (t->n - 1);
    return t->complete ? ST_OK : shortest_paths(t, graph, ret_error);
}

Status
topology_parse(Bytes gml, Topology **ret, size_t *ret_line, const char **ret_error)
{
    Topology *t = memory_zeroed(1, sizeof *t);
    GmlGraph graph;
    GmlError error = { 0 };
    Status status = gml_read(gml, &graph, &error);

    if (status == ST_OK)
        status = topology_of(&graph, t, &error);
    gml_graph_clear(&graph);
    if (status == ST_OK) {
        *ret = t;
        return ST_OK;
    }
    topology_free(t);
    *ret_line = error.line;
    *ret_error = error.text;
    return status;
}

void
topology_free(Topology *t)
{
    if (t == NULL)
        return;
    free(t->places);
    free(t->latency_us);
    free(t->jitter_us);
    free(t->loss);
    free(t->by_country);
    free(t);
}

size_t
topology_bytes(const Topology *t)
{
    size_t pairs = (size_t)t->n * t->n;

    return sizeof *t + t->n * (sizeof *t->places + sizeof *t->by_country) +
           pairs *
               (sizeof *t->latency_us + (t->jitter_us != NULL ? sizeof *t->jitter_us : 0) +
                (t->loss != NULL ? sizeof *t->loss : 0));
}
