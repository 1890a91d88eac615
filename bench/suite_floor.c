/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench floor: no run of township that computes every operation can take less CPU time than
 * count times cost.  Counts from a run without shortcuts, costs from the process that is
 * measured. */
#include "bench/bench.h"
#include "bench/onion_mix.h"
#include "bench/rows.h"
#include "bench/world_run.h"

enum { SHORTCUTS, TWO_THREADS, NO_SHORTCUTS, RUNS_OF_TOWNSHIP };

static void
add_operation(json_t *rows, const Measured *counts, const BenchCase *costs, unsigned runs,
              int op)
{
    double count = counts->value[WORLD_COUNTS + op];
    double bytes = counts->value[WORLD_COUNTS + METER_OPS + op];
    double per_call = field_median(costs, runs, (unsigned)(WORLD_COSTS + op));
    double per_byte = field_median(costs, runs, (unsigned)(WORLD_COSTS + METER_OPS + op));
    json_t *row;

    if (per_call == 0 && per_byte == 0)
        return; /* none of cryptography */
    row = row_new(rows);
    row_text(row, "operation", meter_op_name((MeterOp)op));
    row_number(row, "count", count);
    row_number(row, "bytes", bytes);
    row_field(row, "ns_per_call", costs, runs, (unsigned)(WORLD_COSTS + op));
    row_number(row, "ns_per_byte", per_byte);
    row_number(row, "floor_s", (count * per_call + bytes * per_byte) / 1e9);
}

/* The counts must be those of the run without shortcuts: otherwise the floor is another. */
static bool
same_counts(const BenchCase *cases, GError **error)
{
    for (unsigned field = WORLD_COUNTS; field < WORLD_COSTS; field++) {
        if (cases[SHORTCUTS].runs[0].value[field] ==
            cases[NO_SHORTCUTS].runs[0].value[field])
            continue;
        g_set_error(error, g_quark_from_static_string("swarmbed-bench"), 1,
                    "bench floor: %s counts differ with shortcuts",
                    meter_op_name((MeterOp)((field - WORLD_COUNTS) % METER_OPS)));
        return false;
    }
    return true;
}

static void
add_runs(const BenchOptions *o, const BenchCase *cases, json_t *rows, json_t *results)
{
    static const char *const names[] = { "all: with shortcuts", "all: two threads",
                                         "all: no shortcuts" };

    for (unsigned i = 0; i < RUNS_OF_TOWNSHIP; i++) {
        unsigned runs = i == NO_SHORTCUTS ? 1 : o->runs;
        json_t *row = row_new(rows);

        row_text(row, "operation", names[i]);
        row_field(row, "cpu_s", &cases[i], runs, WORLD_CPU_S);
        row_field(row, "main_thread_s", &cases[i], runs, WORLD_MAIN_S);
        row_field(row, "wall_s", &cases[i], runs, WORLD_WALL_S);
        row_field(row, "floor_s", &cases[i], runs, WORLD_FLOOR_S);
        row_field(row, "cpu_per_floor", &cases[i], runs, WORLD_FLOOR_RATIO);
    }
    target_at_most(results, "township: CPU time / floor", 0.55,
                   field_median(&cases[SHORTCUTS], o->runs, WORLD_FLOOR_RATIO));
    target_at_least(results, "township: one thread / two, wall time", 1.8,
                    field_median(&cases[SHORTCUTS], o->runs, WORLD_WALL_S) /
                        field_median(&cases[TWO_THREADS], o->runs, WORLD_WALL_S));
}

static bool
measure_township(const BenchOptions *o, json_t *results, GError **error)
{
    const char *const duration = o->quick ? "scenario.duration=50s" : NULL;
    const char *const drain = o->quick ? "scenario.drain=10s" : NULL;
    WorldSpec specs[RUNS_OF_TOWNSHIP];
    BenchCase cases[RUNS_OF_TOWNSHIP];
    json_t *rows = json_array();
    bool fine;

    json_object_set_new(results, "floor", rows);
    for (unsigned i = 0; i < RUNS_OF_TOWNSHIP; i++) {
        specs[i] = (WorldSpec){ .scenario = "township",
                                .set = { duration, drain },
                                .threads = i == TWO_THREADS ? 2 : 1,
                                .no_shortcuts = i == NO_SHORTCUTS,
                                .with_costs = true };
        cases[i] = (BenchCase){ .measure = world_measure, .what = &specs[i] };
    }
    fine =
        bench_measure_times(o, "floor, no shortcuts", &cases[NO_SHORTCUTS], 1, 1, error) &&
        bench_measure(o, "floor", cases, NO_SHORTCUTS, error) && same_counts(cases, error);
    for (int op = 0; fine && op < METER_OPS; op++)
        add_operation(rows, &cases[NO_SHORTCUTS].runs[0], &cases[SHORTCUTS], o->runs, op);
    if (fine)
        add_runs(o, cases, rows, results);
    bench_cases_clear(cases, RUNS_OF_TOWNSHIP);
    return fine;
}

static bool
measure_mix(const BenchOptions *o, json_t *results, GError **error)
{
    OnionMixSpec specs[2] = { { o->quick ? 200 : 2000, false },
                              { o->quick ? 200 : 2000, true } };
    BenchCase cases[2] = { { .measure = onion_mix_measure, .what = &specs[0] },
                           { .measure = onion_mix_measure, .what = &specs[1] } };
    json_t *rows = json_array();
    bool fine;

    json_object_set_new(results, "onion_mix", rows);
    fine = bench_measure(o, "floor: onion requests", cases, 2, error);
    for (unsigned i = 0; fine && i < 2; i++) {
        json_t *row = row_new(rows);

        row_text(row, "bytes", i == 0 ? "by reference" : "all made");
        row_field(row, "requests_per_s", &cases[i], o->runs, MIX_REQUESTS_PER_S);
        row_field(row, "cpu_per_floor", &cases[i], o->runs, MIX_FLOOR_RATIO);
    }
    if (fine)
        target_at_most(results, "onion requests alone: CPU time / floor", 0.75,
                       field_median(&cases[0], o->runs, MIX_FLOOR_RATIO));
    bench_cases_clear(cases, 2);
    return fine;
}

bool
bench_floor(const BenchOptions *o, json_t *results, GError **error)
{
    return measure_mix(o, results, error) && measure_township(o, results, error);
}
