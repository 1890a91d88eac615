/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed run: one scenario, its variants and seeds, into one database. */
#include "cli/cli.h"
#include "cli/experiment.h"
#include "results/report/report.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static volatile bool interrupted;

static void
interrupt(int number)
{
    (void)number;
    interrupted = true;
}

static void
catch_interrupts(void)
{
    struct sigaction action = { .sa_handler = interrupt, .sa_flags = SA_RESETHAND };

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A file that may not grow is an error like a full disk. */
    signal(SIGXFSZ, SIG_IGN);
}

static const char description[] =
    "Results go to results/runs/NAME-XXXXXXXX/results.db (or DIR with --out); a run that "
    "is\n"
    "there already is not made again, so the same command resumes what was interrupted.\n"
    "A scenario with a [sweep] makes every variant with every seed; --set fixes a key "
    "that\n"
    "is swept.\n\n"
    "Exit codes: 0 fine; 1 an expectation of the scenario is not met; 2 bad input; 3 a "
    "fault\n"
    "while running; 130 interrupted, with the finished runs kept.\n\n"
    "Examples:\n"
    "  swarmbed run scenarios/study/churn.ini\n"
    "  swarmbed run scenarios/smoke/quick.ini --seeds 1..20 --jobs 2\n"
    "  swarmbed run scenarios/study/churn.ini --set network.nodes=500 --json\n"
    "  swarmbed run scenarios/smoke/sweep.ini --grid quick --jobs 2\n";

/* What is wrong with the options, or NULL. */
static const char *
wrong_option(const RunOptions *o)
{
    if (o->queue != NULL && strcmp(o->queue, "ladder") != 0 &&
        strcmp(o->queue, "heap") != 0)
        return "--queue: expected ladder or heap";
    if (o->jobs < 1 || o->jobs > 256)
        return "--jobs: expected a number from 1 to 256";
    if (o->threads < 1 || o->threads > 64)
        return "--threads: expected a number from 1 to 64";
    if (o->seed < -1)
        return "--seed: expected a number of at least 0";
    return NULL;
}

static int
show_results(const Experiment *e)
{
    g_autoptr(GError) error = NULL;

    if (e->options->json) {
        g_autofree char *json = report_json(e->database, &error);

        if (json == NULL)
            return cli_fail(EXIT_FAULT, error);
        puts(json);
    }
    if (!e->options->json && !e->options->quiet) {
        g_autofree char *text = report_summary_text(e->database, &error);

        if (text == NULL)
            return cli_fail(EXIT_FAULT, error);
        fputs(text, stdout);
    }
    if (!e->options->no_report) {
        g_autofree char *path =
            report_write(e->database, e->folder, e->scenario->question, &error);

        if (path == NULL)
            return cli_fail(EXIT_FAULT, error);
        if (!e->options->json && !e->options->quiet)
            printf("report: %s\n", path);
    }
    return EXIT_FINE;
}

/* Whether the runs keep what the scenario expects; an exit code. */
static int
judge(const Experiment *e)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *unmet = NULL;

    if (!report_judge(e->database, &unmet, &error))
        return cli_fail(EXIT_FAULT, error);
    if (unmet == NULL)
        return EXIT_FINE;
    if (!e->options->quiet)
        fputs(unmet, stderr);
    return EXIT_EXPECTATION;
}

static int
finish(Experiment *e, int code)
{
    const RunOptions *o = e->options;

    recorder_close(g_steal_pointer(&e->recorder));
    if (code == EXIT_INTERRUPTED && !o->worker)
        fprintf(stderr,
                "swarmbed: interrupted; what was finished is in %s, and the same command "
                "goes on from there\n",
                e->database);
    if (code == EXIT_FINE && !o->worker)
        code = show_results(e);
    if (code == EXIT_FINE && e->breaches > 0)
        code = EXIT_FAULT;
    if (code == EXIT_FINE && !o->worker)
        code = judge(e);
    return code;
}

int
run_experiment(const RunOptions *o, const char *path)
{
    Experiment e = { .options = o, .interrupted = &interrupted };
    g_autoptr(GError) error = NULL;
    int code;

    catch_interrupts();
    if (!experiment_load(&e, path, &error))
        code = cli_fail(EXIT_BAD_INPUT, error);
    else if (!experiment_open(&e, &error))
        code = cli_fail(EXIT_FAULT, error);
    else
        code = finish(&e, experiment_run(&e));
    experiment_close(&e);
    return code;
}

int
cli_run(int argc, char **argv)
{
    RunOptions o = { .seed = -1, .variant = -1, .jobs = 1, .threads = 1 };
    const GOptionEntry entries[] = {
        { "seed", 0, 0, G_OPTION_ARG_INT64, &o.seed, "The seed (else the scenario's)",
          "N" },
        { "seeds", 0, 0, G_OPTION_ARG_STRING, &o.seeds, "Run these (1..20, or 1, 5, 9..12)",
          "A..B" },
        { "grid", 0, 0, G_OPTION_ARG_STRING, &o.grid, "Sweep as [sweep NAME] says",
          "NAME" },
        { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.set, "Override a key",
          "SECTION.KEY=VALUE" },
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out, "Where results go", "DIR" },
        { "jobs", 0, 0, G_OPTION_ARG_INT, &o.jobs, "Runs at a time, each a process", "N" },
        { "threads", 0, 0, G_OPTION_ARG_INT, &o.threads, "Threads for cryptography", "N" },
        { "no-shortcuts", 0, 0, G_OPTION_ARG_NONE, &o.no_shortcuts, "Make every byte",
          NULL },
        { "queue", 0, 0, G_OPTION_ARG_STRING, &o.queue, "Event queue: ladder, or heap",
          "KIND" },
        { "observations", 0, 0, G_OPTION_ARG_NONE, &o.observations,
          "Write what [adversary] saw as CSV", NULL },
        { "messages", 0, 0, G_OPTION_ARG_NONE, &o.messages,
          "Write what people did as CSV, for workload.trace", NULL },
        { "check", 0, 0, G_OPTION_ARG_NONE, &o.check, "Hold the invariants (slow)", NULL },
        { "again", 0, 0, G_OPTION_ARG_NONE, &o.again, "Forget earlier results first",
          NULL },
        { "no-report", 0, 0, G_OPTION_ARG_NONE, &o.no_report, "No plots, no report", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON object", NULL },
        { "quiet", 0, 0, G_OPTION_ARG_NONE, &o.quiet, "Print nothing but errors", NULL },
        { "variant", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT64, &o.variant, "", NULL },
        { "worker", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &o.worker, "", NULL },
        G_OPTION_ENTRY_NULL
    };
    int code = EXIT_FINE;

    if (cli_options(entries, "FILE", "Run a scenario.", description, &argc, &argv, &code)) {
        if (argc != 2)
            code = cli_fail_text(EXIT_BAD_INPUT, "run: expected one scenario file; see "
                                                 "swarmbed run --help");
        else if (wrong_option(&o) != NULL)
            code = cli_fail_text(EXIT_BAD_INPUT, wrong_option(&o));
        else if (crypto_setup() != ST_OK)
            code = cli_fail_text(EXIT_FAULT, "this CPU has no AES-GCM instructions, which "
                                             "libsodium needs");
        else
            code = run_experiment(&o, argv[1]);
    }
    g_strfreev(o.set);
    g_free(o.seeds);
    g_free(o.out);
    g_free(o.grid);
    g_free(o.queue);
    return code;
}
