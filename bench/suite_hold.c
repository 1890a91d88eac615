/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench hold. */
#include "bench/bench.h"
#include "bench/hold.h"
#include "bench/peers.h"
#include "bench/rows.h"

enum { CASES_MAX = 16, ALARMS_PENDING_MAX = 100000, CALENDAR_PENDING_MAX = 10000 };

typedef struct HoldCase {
    const char *through;
    bool is_peer;
    HoldSpec spec;
    PeerSpec peer;
} HoldCase;

typedef struct Size {
    HoldCase cases[CASES_MAX];
    BenchCase measured[CASES_MAX];
    size_t n;
} Size;

static void
add_ours(Size *size, const char *through, HoldThrough what, uint64_t pending,
         uint64_t events)
{
    HoldCase *c = &size->cases[size->n];

    *c = (HoldCase){ .through = through, .spec = { what, pending, events } };
    size->measured[size->n++] = (BenchCase){ .measure = hold_measure, .what = &c->spec };
}

static void
add_peer(Size *size, const Peers *peers, const char *through, const char *program,
         const char *argument, uint64_t pending, uint64_t events)
{
    HoldCase *c = &size->cases[size->n];

    *c = (HoldCase){ .through = through,
                     .is_peer = true,
                     .peer = { peers, program, argument, pending, events } };
    size->measured[size->n++] = (BenchCase){ .measure = peer_measure, .what = &c->peer };
}

static void
add_cases(Size *size, const Peers *peers, uint64_t pending, uint64_t events)
{
    add_ours(size, "queue: ladder", HOLD_LADDER, pending, events);
    add_ours(size, "queue: heap", HOLD_HEAP, pending, events);
    add_ours(size, "engine: messages", HOLD_MESSAGES, pending, events);
    add_ours(size, "engine: tasks", HOLD_TASKS, pending, events);
    if (pending <= ALARMS_PENDING_MAX)
        add_ours(size, "engine: alarms", HOLD_ALARMS, pending, events);
    if (peers != NULL && peers->ns3) {
        add_peer(size, peers, "ns-3: priority queue", "ns3", "PriorityQueueScheduler",
                 pending, events);
        add_peer(size, peers, "ns-3: map", "ns3", "MapScheduler", pending, events);
        add_peer(size, peers, "ns-3: heap", "ns3", "HeapScheduler", pending, events);
        /* With more it takes minutes. */
        if (pending <= CALENDAR_PENDING_MAX)
            add_peer(size, peers, "ns-3: calendar", "ns3", "CalendarScheduler", pending,
                     events);
    }
    if (peers != NULL && peers->simgrid)
        add_peer(size, peers, "SimGrid: timers", "simgrid", "timer", pending, events);
}

/* Everybody who keeps time in nanoseconds must have taken the same events. */
static bool
same_checks(const Size *size, uint64_t pending, GError **error)
{
    for (size_t i = 1; i < size->n; i++) {
        if (size->cases[i].peer.program != NULL &&
            g_str_equal(size->cases[i].peer.program, "simgrid"))
            continue;
        if (size->measured[i].runs[0].check != size->measured[0].runs[0].check) {
            g_set_error(error, g_quark_from_static_string("swarmbed-bench"), 1,
                        "bench hold: with %" G_GUINT64_FORMAT
                        " pending, '%s' and '%s' took different events",
                        pending, size->cases[0].through, size->cases[i].through);
            return false;
        }
    }
    return true;
}

/* The best of ns-3's schedulers by median, or 0. */
static double
best_ns3(const Size *size, unsigned runs)
{
    double best = 0;

    for (size_t i = 0; i < size->n; i++)
        if (size->cases[i].is_peer && g_str_equal(size->cases[i].peer.program, "ns3"))
            best = MAX(best, field_median(&size->measured[i], runs, HOLD_EVENTS_PER_S));
    return best;
}

static void
add_rows(const BenchOptions *o, const Size *size, uint64_t pending, json_t *rows)
{
    double best = best_ns3(size, o->runs);

    for (size_t i = 0; i < size->n; i++) {
        const BenchCase *c = &size->measured[i];
        json_t *row = row_new(rows);

        row_integer(row, "pending", pending);
        row_text(row, "through", size->cases[i].through);
        row_field(row, "events_per_s", c, o->runs, HOLD_EVENTS_PER_S);
        row_field(row, "bytes_per_event", c, o->runs, HOLD_BYTES_PER_EVENT);
        if (best > 0)
            row_number(row, "times_best_ns3",
                       field_median(c, o->runs, HOLD_EVENTS_PER_S) / best);
    }
}

static void
add_targets(const BenchOptions *o, const Size *size, uint64_t pending, json_t *results)
{
    double best = best_ns3(size, o->runs);
    g_autofree char *alone =
        g_strdup_printf("queue alone / best ns-3, %" G_GUINT64_FORMAT " pending", pending);
    g_autofree char *engine =
        g_strdup_printf("engine / best ns-3, %" G_GUINT64_FORMAT " pending", pending);

    if (best == 0 || pending == 10000)
        return;
    target_at_least(results, alone, pending == 1000000 ? 2.5 : 3,
                    field_median(&size->measured[0], o->runs, HOLD_EVENTS_PER_S) / best);
    target_at_least(results, engine, 1.5,
                    field_median(&size->measured[2], o->runs, HOLD_EVENTS_PER_S) / best);
}

static bool
measure_size(const BenchOptions *o, const Peers *peers, uint64_t pending, json_t *rows,
             json_t *results, GError **error)
{
    uint64_t events = o->quick ? 200000 : 1000000;
    Size size = { .n = 0 };
    bool fine;

    add_cases(&size, peers, pending, events);
    fine = bench_measure(o, "hold", size.measured, size.n, error) &&
           same_checks(&size, pending, error);
    if (fine) {
        add_rows(o, &size, pending, rows);
        add_targets(o, &size, pending, results);
    }
    bench_cases_clear(size.measured, size.n);
    return fine;
}

bool
bench_hold(const BenchOptions *o, json_t *results, GError **error)
{
    g_autoptr(Peers) peers = o->peers ? peers_build("hold") : NULL;
    json_t *rows = json_array();
    uint64_t most = o->quick ? 10000 : 1000000;

    json_object_set_new(results, "hold", rows);
    if (peers != NULL && peers->missing->len > 0)
        json_object_set_new(results, "hold_missing", json_string(peers->missing->str));
    for (uint64_t pending = 1000; pending <= most; pending *= 10)
        if (!measure_size(o, peers, pending, rows, results, error))
            return false;
    return true;
}
