/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench township, metropolis. */
#include "bench/bench.h"
#include "bench/rows.h"
#include "bench/world_run.h"

/* Peak memory of the process, as a field that rows can show. */
enum { FIELD_PEAK = WORLD_FIELDS };
G_STATIC_ASSERT((int)FIELD_PEAK < (int)BENCH_FIELDS_MAX);

static bool
measure_with_peak(const BenchOptions *o, const char *name, BenchCase *c, GError **error)
{
    if (!bench_measure(o, name, c, 1, error))
        return false;
    for (unsigned i = 0; i < o->runs; i++)
        c->runs[i].value[FIELD_PEAK] = c->runs[i].peak_rss;
    return true;
}

static void
add_row(const BenchOptions *o, const BenchCase *c, json_t *rows)
{
    json_t *row = row_new(rows);

    row_text(row, "size", o->quick ? "a part" : "whole");
    row_field(row, "wall_s", c, o->runs, WORLD_WALL_S);
    row_field(row, "cpu_s", c, o->runs, WORLD_CPU_S);
    row_field(row, "events", c, o->runs, WORLD_EVENTS);
    row_field(row, "events_per_s", c, o->runs, WORLD_EVENTS_PER_S);
    row_field(row, "messages_per_s", c, o->runs, WORLD_MESSAGES_PER_S);
    row_field(row, "client_requests_per_s", c, o->runs, WORLD_REQUESTS_PER_S);
    row_field(row, "peak_bytes", c, o->runs, FIELD_PEAK);
}

bool
bench_township(const BenchOptions *o, json_t *results, GError **error)
{
    WorldSpec spec = { .scenario = "township",
                       .set = { o->quick ? "scenario.duration=50s" : NULL,
                                "scenario.drain=10s" } };
    BenchCase c = { .measure = world_measure, .what = &spec };
    json_t *rows = json_array();
    bool fine;

    json_object_set_new(results, "township", rows);
    fine = measure_with_peak(o, "township", &c, error);
    if (fine)
        add_row(o, &c, rows);
    bench_cases_clear(&c, 1);
    return fine;
}

bool
bench_metropolis(const BenchOptions *o, json_t *results, GError **error)
{
    WorldSpec spec = { .scenario = "metropolis",
                       .set = { o->quick ? "network.nodes=200" : NULL,
                                "client.clients=10000", "scenario.duration=50m",
                                "scenario.drain=10m" } };
    BenchCase c = { .measure = world_measure, .what = &spec };
    json_t *rows = json_array();
    bool fine;

    json_object_set_new(results, "metropolis", rows);
    fine = measure_with_peak(o, "metropolis", &c, error);
    if (fine)
        add_row(o, &c, rows);
    if (fine && !o->quick) {
        target_at_most(results, "metropolis: minutes of wall time", 10,
                       field_median(&c, o->runs, WORLD_WALL_S) / 60);
        target_at_most(results, "metropolis: peak GB", 8,
                       field_median(&c, o->runs, FIELD_PEAK) / 1e9);
    }
    bench_cases_clear(&c, 1);
    return fine;
}
