/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench echo.  Runs of four million messages: of a tenth of them, a tenth of a second, a
 * machine that others use too gave any figure between 2.6 M/s and 4.3 M/s. */
#include "bench/bench.h"
#include "bench/echo.h"
#include "bench/peers.h"
#include "bench/rows.h"

enum { REQUESTS, ONE_WAY, NS3_MAP, NS3_PRIORITY, NS3_CALENDAR, SIMGRID, CASES };

static const char *const names[CASES] = {
    "engine: request, answer", "engine: one way, twice", "ns-3: map",
    "ns-3: priority queue",    "ns-3: calendar",         "SimGrid",
};

/* SimGrid, much slower, runs a tenth of the time. */
enum { WRITES = 2000000, WRITES_QUICK = 20000, SIMGRID_PART = 10 };

typedef struct EchoCases {
    EchoSpec ours[2];
    PeerSpec peers[CASES];
    BenchCase measured[CASES];
    unsigned which[CASES];
    size_t n;
} EchoCases;

static void
add(EchoCases *e, unsigned which, BenchCase c)
{
    e->which[e->n] = which;
    e->measured[e->n++] = c;
}

static void
add_cases(EchoCases *e, const Peers *peers, uint32_t hosts, uint32_t simulated_s)
{
    static const char *const arguments[CASES] = {
        NULL, NULL, "MapScheduler", "PriorityQueueScheduler", "CalendarScheduler", "star"
    };

    for (unsigned i = REQUESTS; i <= ONE_WAY; i++) {
        e->ours[i] = (EchoSpec){ hosts, simulated_s, i == ONE_WAY };
        add(e, i, (BenchCase){ .measure = echo_measure, .what = &e->ours[i] });
    }
    for (unsigned i = NS3_MAP; i <= SIMGRID; i++) {
        if (peers == NULL || !(i == SIMGRID ? peers->simgrid : peers->ns3))
            continue;
        e->peers[i] =
            (PeerSpec){ peers, i == SIMGRID ? "simgrid" : "ns3", arguments[i], hosts,
                        i == SIMGRID ? MAX(simulated_s / SIMGRID_PART, 1) : simulated_s };
        add(e, i, (BenchCase){ .measure = peer_measure, .what = &e->peers[i] });
    }
}

static bool
same_counts(const EchoCases *e, GError **error)
{
    for (size_t i = 1; i < e->n; i++) {
        /* SimGrid's links also take time for bytes. */
        if (e->which[i] == SIMGRID ||
            e->measured[i].runs[0].check == e->measured[0].runs[0].check)
            continue;
        g_set_error(error, g_quark_from_static_string("swarmbed-bench"), 1,
                    "bench echo: '%s' and '%s' delivered different numbers of messages",
                    names[0], names[e->which[i]]);
        return false;
    }
    return true;
}

static void
add_results(const BenchOptions *o, const EchoCases *e, uint32_t hosts, json_t *rows,
            json_t *results)
{
    g_autofree char *target = g_strdup_printf("echo / best ns-3, %u hosts", hosts);
    double best = 0;

    for (size_t i = 0; i < e->n; i++)
        if (e->which[i] >= NS3_MAP && e->which[i] <= NS3_CALENDAR)
            best = MAX(best, field_median(&e->measured[i], o->runs, ECHO_MESSAGES_PER_S));
    for (size_t i = 0; i < e->n; i++) {
        const BenchCase *c = &e->measured[i];
        json_t *row = row_new(rows);

        row_integer(row, "hosts", hosts);
        row_text(row, "through", names[e->which[i]]);
        row_integer(row, "messages", c->runs[0].check);
        row_field(row, "messages_per_s", c, o->runs, ECHO_MESSAGES_PER_S);
        if (best > 0)
            row_number(row, "times_best_ns3",
                       field_median(c, o->runs, ECHO_MESSAGES_PER_S) / best);
    }
    if (best > 0)
        target_at_least(results, target, 2,
                        field_median(&e->measured[0], o->runs, ECHO_MESSAGES_PER_S) / best);
}

bool
bench_echo(const BenchOptions *o, json_t *results, GError **error)
{
    g_autoptr(Peers) peers = o->peers ? peers_build("echo") : NULL;
    json_t *rows = json_array();
    bool fine = true;

    json_object_set_new(results, "echo", rows);
    if (peers != NULL && peers->missing->len > 0)
        json_object_set_new(results, "echo_missing", json_string(peers->missing->str));
    for (uint32_t hosts = 1000; fine && hosts <= 10000; hosts *= 10) {
        EchoCases e = { .n = 0 };

        add_cases(&e, peers, hosts, (o->quick ? WRITES_QUICK : WRITES) / hosts);
        fine = bench_measure(o, "echo", e.measured, e.n, error) && same_counts(&e, error);
        if (fine)
            add_results(o, &e, hosts, rows, results);
        bench_cases_clear(e.measured, e.n);
    }
    return fine;
}
