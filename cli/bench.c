/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed bench: how fast and how large, beside other engines. */
#include "cli/cli.h"
#include "cli/progress.h"

#include "bench/bench.h"
#include "bench/rows.h"
#include "nodes/crypto/crypto.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>

typedef struct CliBench {
    int runs;
    gboolean json, markdown, csv, peers, quick;
} CliBench;

static volatile bool interrupted;

static void
interrupt(int number)
{
    (void)number;
    interrupted = true;
}

static char *
describe(void)
{
    GString *text = g_string_new("Benchmarks (\"all\" runs every one):\n");

    for (const Benchmark *b = benchmarks; b->name != NULL; b++)
        g_string_append_printf(text, "  %-11s %s\n", b->name, b->summary);
    g_string_append(
        text,
        "\nEach case runs three times or more, in turns, each run in a process of its\n"
        "own; shown are the median and the spread.  Rates are per second of CPU time.\n"
        "Targets are those of a machine with 2 cores.  --peers needs g++, and Debian's\n"
        "libns3-dev and libsimgrid-dev; what is missing is said.\n\n"
        "Exit codes: 0 measured; 2 bad input; 3 a run failed; 130 interrupted.\n\n"
        "Examples:\n"
        "  swarmbed bench hold --peers\n"
        "  swarmbed bench all --quick\n"
        "  swarmbed bench scale --csv\n"
        "  swarmbed bench all --peers --markdown\n");
    return g_string_free(text, FALSE);
}

/* What --csv prints: the table that has the benchmark's name. */
static int
print_csv(const json_t *results, const char *name)
{
    g_autofree char *csv = rows_csv(json_object_get(results, name));

    fputs(csv, stdout);
    return EXIT_FINE;
}

static int
print_results(const CliBench *o, const char *name, const json_t *results)
{
    if (o->csv)
        return print_csv(results, name);
    if (o->json) {
        char *json = json_dumps(results, JSON_REAL_PRECISION(6) | JSON_INDENT(2));

        puts(json);
        free(json);
    } else {
        g_autofree char *text = bench_text(results, o->markdown);

        fputs(text, stdout);
    }
    return EXIT_FINE;
}

static int
run(const CliBench *o, const char *name)
{
    g_autoptr(GError) error = NULL;
    struct sigaction action = { .sa_handler = interrupt };
    Progress progress;
    BenchOptions options = { .runs = (unsigned)o->runs,
                             .quick = o->quick,
                             .peers = o->peers,
                             .interrupted = &interrupted,
                             .progress = progress_say,
                             .progress_context = &progress };
    json_t *results;

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    progress_begin(&progress, name, true);
    results = bench_run(name, &options, &error);
    progress_say(&progress, "");
    if (results != NULL) {
        int code = print_results(o, name, results);

        json_decref(results);
        return code;
    }
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return cli_fail(EXIT_INTERRUPTED, error);
    return cli_fail(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                        ? EXIT_BAD_INPUT
                        : EXIT_FAULT,
                    error);
}

int
cli_bench(int argc, char **argv)
{
    CliBench o = { .runs = BENCH_RUNS_DEFAULT };
    g_autofree char *description = describe();
    const GOptionEntry entries[] = {
        { "runs", 0, 0, G_OPTION_ARG_INT, &o.runs, "Runs of each case (3)", "N" },
        { "quick", 0, 0, G_OPTION_ARG_NONE, &o.quick, "Small sizes only", NULL },
        { "peers", 0, 0, G_OPTION_ARG_NONE, &o.peers,
          "Other engines on the same work, in turns (hold, echo)", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON object", NULL },
        { "markdown", 0, 0, G_OPTION_ARG_NONE, &o.markdown, "Print tables for README.md",
          NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &o.csv, "Print the one table as CSV", NULL },
        G_OPTION_ENTRY_NULL
    };
    int code = EXIT_FINE;

    if (!cli_options(entries, "[NAME]", "Measure how fast and how large.", description,
                     &argc, &argv, &code))
        return code;
    if (argc > 2)
        return cli_fail_text(EXIT_BAD_INPUT, "bench: expected one name; see swarmbed bench "
                                             "--help");
    if (o.runs < 1 || o.runs > BENCH_RUNS_MAX)
        return cli_fail_text(EXIT_BAD_INPUT, "--runs: expected a number from 1 to 25");
    if (o.json + o.markdown + o.csv > 1)
        return cli_fail_text(EXIT_BAD_INPUT,
                             "--json, --markdown and --csv: expected one of them");
    if (o.csv && (argc < 2 || g_str_equal(argv[1], "all")))
        return cli_fail_text(EXIT_BAD_INPUT, "--csv: expected the name of one benchmark");
    if (crypto_setup() != ST_OK)
        return cli_fail_text(EXIT_FAULT, "this CPU has no AES-GCM instructions, which "
                                         "libsodium needs");
    return run(&o, argc == 2 ? argv[1] : "all");
}
