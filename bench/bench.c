/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/bench.h"

#include "bench/rows.h"

#include <gio/gio.h>
#include <string.h>

const Benchmark benchmarks[] = {
    { "hold", "the event queue, and the engine, with many events pending", bench_hold },
    { "echo", "hosts that write and answer, through the port", bench_echo },
    { "operations", "what a node does for one request", bench_operations },
    { "floor", "township's cryptography against what it must cost", bench_floor },
    { "township", "scenarios/bench/township.ini: real cryptography", bench_township },
    { "metropolis", "scenarios/bench/metropolis.ini: many clients", bench_metropolis },
    { "resting", "memory of a client and of a node that have nothing to do",
      bench_resting },
    { "scale", "time and memory against the size of the network", bench_scale },
    { NULL, NULL, NULL },
};

json_t *
bench_run(const char *name, const BenchOptions *options, GError **error)
{
    json_t *results = json_object();
    bool found = false;

    for (const Benchmark *b = benchmarks; b->name != NULL; b++) {
        if (strcmp(name, "all") != 0 && strcmp(name, b->name) != 0)
            continue;
        found = true;
        if (!b->run(options, results, error)) {
            json_decref(results);
            return NULL;
        }
    }
    if (!found) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "bench: there is no benchmark '%s'; see swarmbed bench --help", name);
        json_decref(results);
        return NULL;
    }
    return results;
}

static const char *
title_of(const char *table)
{
    static const struct {
        const char *table, *title;
    } titles[] = {
        { "hold", "HOLD: one event is taken and put back, N are pending" },
        { "echo", "Echo: 1,000 bytes to a random host every exp(1 s), copied back" },
        { "operations", "One request at a node" },
        { "floor", "The floor of township: count times cost" },
        { "onion_mix", "Onion requests alone, real cryptography" },
        { "township", "township: 200 nodes, 2,000 clients, real cryptography" },
        { "metropolis", "metropolis: 2,000 nodes, 100,000 clients, null cryptography" },
        { "resting", "Resting: bytes for each more" },
        { "scale", "Scale: 50 clients a node, 2 hours, polling as metropolis" },
        { "targets", "Targets" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
        if (strcmp(titles[i].table, table) == 0)
            return titles[i].title;
    return table;
}

static void
append_table(GString *out, const char *name, const json_t *rows, bool markdown)
{
    g_autofree char *table = NULL;

    if (json_is_string(rows)) { /* what is missing */
        g_string_append_printf(out, "%s\n\n", json_string_value(rows));
        return;
    }
    table =
        markdown ? rows_markdown(title_of(name), rows) : rows_text(title_of(name), rows);
    g_string_append(out, table);
}

char *
bench_text(const json_t *results, bool markdown)
{
    const json_t *targets = json_object_get(results, "targets");
    GString *out = g_string_new(NULL);
    const char *name;
    json_t *rows;

    json_object_foreach((json_t *)results, name, rows)
    {
        if (rows != targets)
            append_table(out, name, rows, markdown);
    }
    if (targets != NULL)
        append_table(out, "targets", targets, markdown);
    return g_string_free(out, FALSE);
}
