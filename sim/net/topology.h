/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network as a graph of places, as Shadow takes it (GML): what a path from one place to
 * another is like, and what stands at each place.
 *
 * In a graph that has an edge for every pair of places a path is that edge; in any other it
 * is the shortest one by latency: latencies and jitters add up, and it loses what any of
 * its edges loses.  A place's path to itself is its edge to itself, where it has one.
 * docs/traces.md says which attributes count. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/time.h"

/* Bounds of memory (192 MB of paths; 512 MB of edges while they are read), and of time:
 * edges times places of a graph whose shortest paths are looked for. */
enum { TOPOLOGY_PLACES_MAX = 4096, TOPOLOGY_EDGES_MAX = 1 << 24 };
#define TOPOLOGY_WORK_MAX ((uint64_t)1 << 28)
/* No edge from a place to itself. */
#define TOPOLOGY_NO_PATH UINT32_MAX

typedef struct TopologyPlace {
    int64_t id;           /* in the file */
    char country[3];      /* "" where not said */
    double up_bits_per_s; /* 0: not said */
} TopologyPlace;

enum { TOPOLOGY_COUNTRIES = 26 * 26 };

typedef struct Topology {
    uint32_t n;
    TopologyPlace *places; /* as in the file */
    uint32_t n_edges;      /* as in the file */
    bool complete;
    /* n squared each; [from * n + to], one way */
    uint32_t *latency_us; /* TOPOLOGY_NO_PATH on the diagonal where there is no edge */
    uint32_t *jitter_us;  /* NULL: none anywhere */
    float *loss;          /* NULL: none anywhere */
    /* Places by country: those of country c (AA = 0, AB = 1, ...) are
     * by_country[first[c]] to by_country[first[c + 1] - 1]; behind them those without. */
    uint32_t *by_country;
    uint32_t first[TOPOLOGY_COUNTRIES + 1];
} Topology;

/* ST_OK, or *ret_line (from 1) and *ret_error (what was expected, static).  ST_MALFORMED;
 * ST_RANGE: a number outside of what its field allows; ST_TOO_LARGE: over a bound above;
 * ST_DUPLICATE: a place or an edge that is there already; ST_NOT_FOUND: an edge's end, or a
 * path, that does not exist. */
Status topology_parse(Bytes gml, Topology **ret, size_t *ret_line,
                      const char **ret_error) WARN_UNUSED;
void topology_free(Topology *topology);
size_t topology_bytes(const Topology *topology);
/* A place of that country, or any where it has none, or the code is not two letters. */
uint32_t topology_draw(const Topology *topology, const char *country, uint64_t word);
