/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `swarmbed testbed`: a network on this machine, and `swarmbed testbed ctl`: faults in
 * it. */
#include "testbed/measure.h"
#include "testbed/testbed.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "scenarios/scenario.h"

/* Without a scenario: quick blocks, of which all nodes know soon. */
#define QUICK_BLOCK (10 * SECOND)
#define QUICK_NOTIFY (500 * MILLISECOND)

static void
say(void *context, const char *line)
{
    (void)context;
    puts(line);
    fflush(stdout);
}

static gboolean
quit(gpointer testbed)
{
    testbed_quit(testbed);
    return G_SOURCE_CONTINUE;
}

static int
run_testbed(const TestbedSpec *spec)
{
    g_autoptr(GError) error = NULL;
    Testbed *testbed;
    guint signals[2];
    gboolean fine;

    signal(SIGPIPE, SIG_IGN);
    if (crypto_setup() != ST_OK)
        return cli_fail_text(EXIT_FAULT, "this CPU has no AES-GCM");
    testbed = testbed_new(spec, &error);
    if (testbed == NULL)
        return cli_fail(EXIT_BAD_INPUT, error);
    signals[0] = g_unix_signal_add(SIGINT, quit, testbed);
    signals[1] = g_unix_signal_add(SIGTERM, quit, testbed);
    fine = testbed_run(testbed, &error);
    g_source_remove(signals[0]);
    g_source_remove(signals[1]);
    testbed_free(testbed);
    return fine ? EXIT_FINE : cli_fail(EXIT_FAULT, error);
}

static int
start(const char *file, TestbedSpec spec)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Scenario) scenario = NULL;
    ChainConfig chain = chain_config_2024;

    chain.block_interval = QUICK_BLOCK;
    chain.notify_delay_max = QUICK_NOTIFY;
    if (file != NULL) {
        scenario = scenario_load(file, NULL, &error);
        if (scenario == NULL)
            return cli_fail(EXIT_BAD_INPUT, error);
        chain = scenario->chain;
        spec.grown = scenario->grown;
        if (spec.nodes == 0)
            spec.nodes = scenario->nodes;
    }
    spec.chain = &chain;
    return run_testbed(&spec);
}

static int
control(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL, *answer = NULL;
    const GOptionEntry options[] = { { "dir", 0, 0, G_OPTION_ARG_FILENAME, &folder,
                                       "The testbed's folder", "DIR" },
                                     { NULL } };
    int code;

    if (!cli_options(
            options, "COMMAND [NODE...]", "Do something to nodes of a running testbed.",
            "Commands (nodes are numbered from 0; `all` is every node; kill, stop and\n"
            "restart take file-server and open-group-server too):\n"
            "  kill NODE...        kill -9\n"
            "  stop NODE...        end politely\n"
            "  restart NODE...     start; one that is up is stopped first\n"
            "  wipe NODE...        kill -9, delete the store, start\n"
            "  delay MS NODE...    what they send leaves so many milliseconds later\n"
            "  drop SHARE NODE...  a share of what they send is lost\n"
            "  skew MS NODE...     their clocks are off by so much\n"
            "  partition NODE...   they and all others cannot reach each other;\n"
            "                      without nodes: all can again\n"
            "  status              the JSON line, as of now\n\n"
            "Examples:\n"
            "  swarmbed testbed ctl --dir bed kill 3 4\n"
            "  swarmbed testbed ctl --dir bed delay 200 all\n"
            "  swarmbed testbed ctl --dir bed status\n",
            &argc, &argv, &code))
        return code;
    if (folder == NULL || argc < 2)
        return cli_fail_text(EXIT_BAD_INPUT, "expected --dir DIR and a command");
    answer = testbed_control(folder, argv + 1, &error);
    if (answer == NULL)
        return cli_fail(EXIT_BAD_INPUT, error);
    if (strcmp(answer, "ok\n") != 0)
        fputs(answer, stdout);
    return EXIT_FINE;
}

static int
measure(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    int each = 20, gap = 20, code;
    const GOptionEntry options[] = {
        { "dir", 0, 0, G_OPTION_ARG_FILENAME, &folder, "The testbed's folder", "DIR" },
        { "each", 0, 0, G_OPTION_ARG_INT, &each, "Requests to each node (20)", "N" },
        { "gap", 0, 0, G_OPTION_ARG_INT, &gap, "Between two of them (20)", "MILLISECONDS" },
        { NULL }
    };
    LoopbackTimes times;
    TestbedPlan plan;

    if (!cli_options(options, "--dir DIR",
                     "How long a request to a node of a running testbed takes, as JSON.",
                     "Half of kept_p50_us is what network.latency should be for the "
                     "simulator to be like it.\n\n"
                     "Examples:\n"
                     "  swarmbed testbed measure --dir bed\n"
                     "  swarmbed testbed measure --dir bed --each 100 --gap 50\n",
                     &argc, &argv, &code))
        return code;
    if (folder == NULL || argc != 1 || each < 1 || each > 100000 || gap < 0 || gap > 60000)
        return cli_fail_text(EXIT_BAD_INPUT, "expected --dir DIR, --each from 1 to 100000, "
                                             "--gap from 0 to 60000");
    if (!testbed_plan_open(folder, 0, NULL, &plan, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    if (plan.network == 0) {
        testbed_plan_clear(&plan);
        return cli_fail_text(EXIT_BAD_INPUT, "--dir: there is no testbed");
    }
    code = testbed_measure(&plan, (uint32_t)each, (uint32_t)gap, &times, &error)
               ? EXIT_FINE
               : cli_fail(EXIT_FAULT, error);
    if (code == EXIT_FINE)
        printf("{\"requests\": %u, \"kept_p50_us\": %.0f, \"kept_p95_us\": %.0f, "
               "\"new_p50_us\": %.0f, \"new_p95_us\": %.0f}\n",
               times.requests, 1e6 * times.kept_p50_s, 1e6 * times.kept_p95_s,
               1e6 * times.new_p50_s, 1e6 * times.new_p95_s);
    testbed_plan_clear(&plan);
    return code;
}

int
cli_testbed(int argc, char **argv)
{
    g_autofree char *folder = NULL, *seed_text = NULL;
    int nodes = 0, code;
    gboolean outside = FALSE, transcripts = FALSE;
    guint64 seed;
    const GOptionEntry options[] = {
        { "nodes", 0, 0, G_OPTION_ARG_INT, &nodes, "How many (32, or the scenario's)",
          "N" },
        { "dir", 0, 0, G_OPTION_ARG_FILENAME, &folder,
          "Keeps everything; what is there is taken up", "DIR" },
        { "seed", 0, 0, G_OPTION_ARG_STRING, &seed_text, "Fixes all keys", "N" },
        { "outside", 0, 0, G_OPTION_ARG_NONE, &outside,
          "A file server and an open-group server beside the nodes", NULL },
        { "transcripts", 0, 0, G_OPTION_ARG_NONE, &transcripts,
          "Each node writes what it hears and says, masked, to transcript.log", NULL },
        { NULL }
    };
    TestbedSpec spec = { .grown = TRUE, .say = say };

    if (argc > 1 && strcmp(argv[1], "ctl") == 0)
        return control(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "measure") == 0)
        return measure(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "run") == 0)
        return cli_testbed_run(argc - 1, argv + 1);
    if (!cli_options(options, "[SCENARIO] --dir DIR",
                     "Run a whole network on this machine, until Ctrl-C.\n"
                     "Prints one JSON line when all nodes are ready, then what happens.",
                     "  swarmbed testbed ctl --help    faults on demand\n"
                     "  swarmbed testbed run --help    a scenario over sockets\n"
                     "  swarmbed testbed measure --help    its latencies\n\n"
                     "Examples:\n"
                     "  swarmbed testbed --dir bed\n"
                     "  swarmbed testbed --nodes 200 --dir bed --seed 1 --outside\n"
                     "  swarmbed testbed scenarios/study/churn.ini --nodes 32 --dir bed\n",
                     &argc, &argv, &code))
        return code;
    if (folder == NULL || argc > 2)
        return cli_fail_text(EXIT_BAD_INPUT, "expected --dir DIR and at most one scenario");
    if (nodes < 0)
        return cli_fail_text(EXIT_BAD_INPUT, "--nodes: expected 1 to 2000");
    if (seed_text != NULL) {
        if (!g_ascii_string_to_unsigned(seed_text, 10, 0, G_MAXUINT64, &seed, NULL))
            return cli_fail_text(EXIT_BAD_INPUT, "--seed: expected a number");
        spec.seed = &seed;
    }
    spec.folder = folder;
    spec.outside = outside;
    spec.transcripts = transcripts;
    spec.nodes = (uint32_t)nodes;
    spec.scenario = argc == 2 ? argv[1] : NULL;
    return start(spec.scenario, spec);
}
