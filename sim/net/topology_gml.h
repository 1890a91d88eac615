/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading GML, as far as Shadow's network graphs use it. */
#pragma once

#include "sim/net/topology.h"

typedef struct GmlEdge {
    int64_t source, target; /* ids; then, after gml_resolve, places' numbers */
    uint32_t latency_us, jitter_us;
    float loss;
    uint32_t line;
} GmlEdge;

typedef struct GmlGraph {
    TopologyPlace *places;
    uint32_t *lines; /* of the places */
    uint32_t n;
    GmlEdge *edges;
    uint32_t n_edges;
    bool directed;
} GmlGraph;

typedef struct GmlError {
    size_t line;
    const char *text;
} GmlError;

/* What the text says; every edge's ends are numbers of places.  The graph is the caller's
 * in any case, for gml_graph_clear. */
Status gml_read(Bytes text, GmlGraph *ret, GmlError *ret_error) WARN_UNUSED;
void gml_graph_clear(GmlGraph *graph);

/* "10 ms", as microseconds, rounded; false: another form, or beyond 4294 s. */
bool gml_read_latency(Bytes text, uint32_t *ret_us);
/* "100 Mbit", as bits a second; false: another form, 0, or beyond 10^15. */
bool gml_read_bandwidth(Bytes text, double *ret_bits_per_s);
