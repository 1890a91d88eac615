/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench resting: what one client or node more takes when it has nothing to do.  Memory in
 * use at the end, by malloc's own account, against the number of actors: what all share is
 * not in it.  A client has 10 contacts and its paths, and has polled once; a node has its
 * memory store, and made and answered reachability tests for four minutes: the first
 * refresh of the node lists, after five, is none of the rest. */
#include "bench/bench.h"
#include "bench/rows.h"
#include "bench/world_run.h"

typedef struct Pair {
    const char *what;  /* "client", "node" */
    const char *fixed; /* the setting that both have */
    const char *fewer, *more;
    double fewer_n, more_n;
    double target_bytes;
} Pair;

static const Pair pairs[] = {
    { "client", "network.nodes=500", "client.clients=10000", "client.clients=20000", 10000,
      20000, 2000 },
    { "client", "network.nodes=500", "client.clients=40000", "client.clients=80000", 40000,
      80000, 2000 },
    { "node", "client.clients=0", "network.nodes=1000", "network.nodes=2000", 1000, 2000,
      64000 },
    { "node", "client.clients=0", "network.nodes=8000", "network.nodes=16000", 8000, 16000,
      64000 },
};

static WorldSpec
spec_of(const Pair *pair, const char *size)
{
    return (WorldSpec){ .scenario = "metropolis",
                        .set = { pair->fixed, size, "scenario.duration=3m",
                                 "scenario.drain=1m", "client.poll_interval=1h",
                                 "workload.presence=always", "workload.contacts=10",
                                 "workload.contacts_sigma=0",
                                 "workload.messages_per_day=0" } };
}

static void
add_row(const BenchOptions *o, const Pair *pair, const BenchCase cases[2], json_t *rows,
        json_t *results)
{
    g_autofree char *text =
        g_strdup_printf("bytes of a resting %s, %.0f of them", pair->what, pair->more_n);
    double bytes[BENCH_RUNS_MAX], peaks[BENCH_RUNS_MAX];
    json_t *row = row_new(rows);

    for (unsigned i = 0; i < o->runs; i++) {
        bytes[i] = (cases[1].runs[i].value[WORLD_HEAP_BYTES] -
                    cases[0].runs[i].value[WORLD_HEAP_BYTES]) /
                   (pair->more_n - pair->fewer_n);
        peaks[i] = (cases[1].runs[i].peak_rss - cases[0].runs[i].peak_rss) /
                   (pair->more_n - pair->fewer_n);
    }
    row_text(row, "actor", pair->what);
    row_number(row, "from", pair->fewer_n);
    row_number(row, "to", pair->more_n);
    row_values(row, "bytes", bytes, o->runs);
    row_values(row, "peak_bytes", peaks, o->runs);
    target_at_most(results, text, pair->target_bytes, bytes[o->runs / 2]);
}

bool
bench_resting(const BenchOptions *o, json_t *results, GError **error)
{
    json_t *rows = json_array();
    bool fine = true;

    json_object_set_new(results, "resting", rows);
    for (size_t i = 0; fine && i < G_N_ELEMENTS(pairs); i++) {
        WorldSpec specs[2] = { spec_of(&pairs[i], pairs[i].fewer),
                               spec_of(&pairs[i], pairs[i].more) };
        BenchCase cases[2] = { { .measure = world_measure, .what = &specs[0] },
                               { .measure = world_measure, .what = &specs[1] } };

        if (o->quick && i % 2 == 1)
            continue; /* the large ones */
        fine = bench_measure(o, "resting", cases, 2, error);
        if (fine)
            add_row(o, &pairs[i], cases, rows, results);
        bench_cases_clear(cases, 2);
    }
    return fine;
}
