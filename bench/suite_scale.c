/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench scale: how time and memory grow with the network, at 50 clients a node.  What the
 * nodes do among themselves is measured in runs without clients, and shown apart. */
#include "bench/bench.h"
#include "bench/rows.h"
#include "bench/world_run.h"

enum { CLIENTS_PER_NODE = 50, SIZES_MAX = 7, WITH_CLIENTS = 0, NODES_ALONE = 1 };

static const uint32_t sizes[SIZES_MAX] = { 200, 500, 1000, 2000, 4000, 8000, 16000 };

/* Derived from two runs, in fields that worlds do not use. */
enum { US_PER_REQUEST = WORLD_FIELDS, BYTES_PER_ACTOR, SCALE_FIELDS };
G_STATIC_ASSERT((int)SCALE_FIELDS <= (int)BENCH_FIELDS_MAX);

static void
derive(BenchCase cases[2], unsigned runs, uint32_t nodes)
{
    for (unsigned i = 0; i < runs; i++) {
        double *with = cases[WITH_CLIENTS].runs[i].value;
        const double *alone = cases[NODES_ALONE].runs[i].value;

        with[US_PER_REQUEST] =
            1e6 * (with[WORLD_CPU_S] - alone[WORLD_CPU_S]) / with[WORLD_CLIENT_REQUESTS];
        with[BYTES_PER_ACTOR] =
            cases[WITH_CLIENTS].runs[i].peak_rss / (nodes * (1.0 + CLIENTS_PER_NODE));
    }
}

static void
add_row(const BenchOptions *o, const BenchCase cases[2], uint32_t nodes, json_t *rows)
{
    const BenchCase *c = &cases[WITH_CLIENTS];
    json_t *row = row_new(rows);

    row_integer(row, "nodes", nodes);
    row_integer(row, "clients", (uint64_t)nodes * CLIENTS_PER_NODE);
    row_field(row, "client_requests", c, o->runs, WORLD_CLIENT_REQUESTS);
    row_field(row, "cpu_us_per_request", c, o->runs, US_PER_REQUEST);
    row_field(row, "background_cpu_s", &cases[NODES_ALONE], o->runs, WORLD_CPU_S);
    row_field(row, "cpu_s", c, o->runs, WORLD_CPU_S);
    row_field(row, "wall_s", c, o->runs, WORLD_WALL_S);
    row_field(row, "events_per_s", c, o->runs, WORLD_EVENTS_PER_S);
    row_field(row, "peak_bytes_per_actor", c, o->runs, BYTES_PER_ACTOR);
}

static bool
measure_size(const BenchOptions *o, uint32_t nodes, json_t *rows, double ret[2],
             GError **error)
{
    g_autofree char *nodes_text = g_strdup_printf("network.nodes=%u", nodes);
    g_autofree char *clients_text =
        g_strdup_printf("client.clients=%u", nodes * CLIENTS_PER_NODE);
    g_autofree char *name = g_strdup_printf("scale, %u nodes", nodes);
    WorldSpec specs[2];
    BenchCase cases[2];
    bool fine;

    for (int i = 0; i < 2; i++) {
        specs[i] =
            (WorldSpec){ .scenario = "metropolis",
                         .set = { nodes_text,
                                  i == NODES_ALONE ? "client.clients=0" : clients_text,
                                  "scenario.duration=110m", "scenario.drain=10m" } };
        cases[i] = (BenchCase){ .measure = world_measure, .what = &specs[i] };
    }
    fine = bench_measure(o, name, cases, 2, error);
    if (fine) {
        derive(cases, o->runs, nodes);
        add_row(o, cases, nodes, rows);
        ret[0] = field_median(&cases[WITH_CLIENTS], o->runs, US_PER_REQUEST);
        ret[1] = field_median(&cases[WITH_CLIENTS], o->runs, BYTES_PER_ACTOR);
    }
    bench_cases_clear(cases, 2);
    return fine;
}

bool
bench_scale(const BenchOptions *o, json_t *results, GError **error)
{
    size_t n = o->quick ? 3 : SIZES_MAX;
    double values[SIZES_MAX][2];
    json_t *rows = json_array();

    json_object_set_new(results, "scale", rows);
    for (size_t i = 0; i < n; i++)
        if (!measure_size(o, sizes[i], rows, values[i], error))
            return false;
    target_at_most(results, "growth: CPU time of a client request, smallest to largest", 2,
                   values[n - 1][0] / values[0][0]);
    target_at_most(results, "growth: bytes of an actor, smallest to largest", 1.3,
                   values[n - 1][1] / values[0][1]);
    return true;
}
