/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/world_run.h"

#include "bench/costs.h"
#include "nodes/crypto/crypto.h"
#include "scenarios/heap_ahead.h"
#include "scenarios/world.h"

#include <string.h>

enum { ANSWERED_MIN_PERCENT = 98 };
G_STATIC_ASSERT((int)WORLD_FIELDS <= (int)BENCH_FIELDS_MAX);

static bool
fail(Measured *ret, const GError *error)
{
    g_strlcpy(ret->why, error->message, sizeof ret->why);
    return false;
}

static double
messages_of(const HostTotals *t)
{
    uint64_t n = 0;

    for (int kind = 0; kind < KIND_COUNT; kind++)
        n += t->sent[kind] + t->outcomes[kind][OUTCOME_ANSWER];
    return (double)n;
}

/* A network that is mostly time-outs is cheap to simulate, and its speed means nothing. */
static bool
is_healthy(const HostTotals *t, Measured *ret)
{
    uint64_t ended = 0, answered = 0;

    for (int kind = 0; kind < KIND_COUNT; kind++) {
        answered += t->outcomes[kind][OUTCOME_ANSWER];
        for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
            ended += t->outcomes[kind][outcome];
    }
    if (answered * 100 >= ended * ANSWERED_MIN_PERCENT)
        return true;
    g_snprintf(ret->why, sizeof ret->why,
               "the network is overloaded: %.1f %% of its requests were answered",
               100 * (double)answered / (double)ended);
    return false;
}

static void
read_counters(World *world, Measured *ret)
{
    const HostTotals *t = host_totals(world_host(world));
    const Meter *meter = host_meter(world_host(world));
    char hash[65];

    ret->value[WORLD_EVENTS] = (double)t->events;
    ret->value[WORLD_MESSAGES] = messages_of(t);
    ret->value[WORLD_CLIENT_REQUESTS] = (double)t->sent[KIND_ONION];
    ret->value[WORLD_EVENTS_PER_S] = ret->value[WORLD_EVENTS] / ret->value[WORLD_CPU_S];
    ret->value[WORLD_MESSAGES_PER_S] = ret->value[WORLD_MESSAGES] / ret->value[WORLD_CPU_S];
    ret->value[WORLD_REQUESTS_PER_S] =
        ret->value[WORLD_CLIENT_REQUESTS] / ret->value[WORLD_CPU_S];
    for (int op = 0; op < METER_OPS; op++) {
        ret->value[WORLD_COUNTS + op] = (double)meter->count[op];
        ret->value[WORLD_COUNTS + METER_OPS + op] = (double)meter->bytes[op];
    }
    world_trace_hash(world, hash);
    hash[16] = '\0';
    ret->check = g_ascii_strtoull(hash, NULL, 16);
}

static void
run(World *world, const WorldSpec *spec, Measured *ret)
{
    OperationCosts costs;
    gint64 begin_us;
    double begin_s, main_begin_s;

    if (spec->with_costs)
        operation_costs(&costs);
    begin_us = g_get_monotonic_time();
    begin_s = bench_cpu_s();
    main_begin_s = bench_thread_cpu_s();
    world_run(world);
    ret->value[WORLD_MAIN_S] = bench_thread_cpu_s() - main_begin_s;
    ret->value[WORLD_CPU_S] = bench_cpu_s() - begin_s;
    ret->value[WORLD_WALL_S] = (double)(g_get_monotonic_time() - begin_us) / 1e6;
    ret->value[WORLD_HEAP_BYTES] = bench_heap_bytes();
    if (spec->with_costs) {
        ret->value[WORLD_FLOOR_S] = operation_floor(&costs, host_meter(world_host(world)));
        ret->value[WORLD_FLOOR_RATIO] = ret->value[WORLD_CPU_S] / ret->value[WORLD_FLOOR_S];
        for (int op = 0; op < METER_OPS; op++) {
            ret->value[WORLD_COSTS + op] = costs.ns_per_op[op];
            ret->value[WORLD_COSTS + METER_OPS + op] = costs.ns_per_byte[op];
        }
    }
    read_counters(world, ret); /* the trace hash is metered too: last */
}

bool
world_measure(const void *what, Measured *ret)
{
    const WorldSpec *spec = what;
    g_autofree char *path =
        g_strdup_printf(SWARMBED_DATA_FOLDER "/../bench/%s.ini", spec->scenario);
    g_autoptr(GError) error = NULL;
    g_autoptr(Scenario) scenario = scenario_load(path, (char *const *)spec->set, &error);
    WorldOptions options = { .queue = EVENT_QUEUE_LADDER,
                             .threads = MAX(spec->threads, 1),
                             .no_shortcuts = spec->no_shortcuts };
    WorldData data;
    HeapAhead *ahead;
    World *world;
    bool healthy;

    if (scenario == NULL || !world_data_load(scenario, &data, &error))
        return fail(ret, error);
    options.seed = scenario->seed;
    ahead = heap_ahead_start(HEAP_AHEAD_FROM_BYTES);
    world = world_new(scenario, &data, &options, &error);
    if (world == NULL) {
        heap_ahead_stop(ahead);
        world_data_clear(&data);
        return fail(ret, error);
    }
    run(world, spec, ret);
    heap_ahead_stop(ahead);
    healthy = is_healthy(host_totals(world_host(world)), ret);
    world_free(world);
    world_data_clear(&data);
    return healthy;
}
