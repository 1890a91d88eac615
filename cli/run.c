/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed run: one scenario, one or more seeds, into one database. */
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/workers.h"
#include "results/report/report.h"
#include "scenarios/world.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct RunOptions {
    gint64 seed;
    char *seeds, *out, *queue;
    char **set;
    int jobs, threads;
    gboolean no_shortcuts, json, quiet, again, no_report, check, worker;
} RunOptions;

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
    "Results go to results/runs/NAME-XXXXXXXX/results.db (or DIR with --out); a seed that "
    "is\n"
    "there already is not run again, so the same command resumes what was interrupted.\n\n"
    "Exit codes: 0 fine; 2 bad input; 3 a fault while running; 130 interrupted, with the\n"
    "finished runs kept.\n\n"
    "Examples:\n"
    "  swarmbed run scenarios/study/churn.ini\n"
    "  swarmbed run scenarios/smoke/quick.ini --seeds 1..20 --jobs 2\n"
    "  swarmbed run scenarios/study/churn.ini --set network.nodes=500 --json\n";

static gboolean
parse_seeds(const RunOptions *o, uint64_t scenario_seed, uint64_t *ret_first,
            uint64_t *ret_last)
{
    char *end;

    *ret_first = *ret_last = o->seed >= 0 ? (uint64_t)o->seed : scenario_seed;
    if (o->seeds == NULL)
        return TRUE;
    if (!g_ascii_isdigit(o->seeds[0]))
        return FALSE;
    *ret_first = *ret_last = g_ascii_strtoull(o->seeds, &end, 10);
    if (strncmp(end, "..", 2) == 0 && g_ascii_isdigit(end[2]))
        *ret_last = g_ascii_strtoull(end + 2, &end, 10);
    return *end == '\0' && *ret_first <= *ret_last && *ret_last - *ret_first < 100000;
}

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

static char *
output_folder(const RunOptions *o, const Scenario *s, const char *text)
{
    g_autofree char *name = g_strdelimit(g_strdup(s->name), "/", '-');
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_autofree char *folder = g_strdup_printf("%s-%.8s", name, hash);

    if (o->out != NULL)
        return g_strdup(o->out);
    return g_build_filename("results", "runs", folder, NULL);
}

typedef struct Experiment {
    const RunOptions *options;
    Scenario *scenario;
    WorldData data;
    Recorder *recorder;
    char *folder, *database;
    uint64_t breaches; /* of invariants, in the runs made now */
} Experiment;

static void
show_breaches(Experiment *e, uint64_t seed, const World *world)
{
    const char *text;
    uint64_t breaches = world_breaches(world, &text);

    if (breaches == 0)
        return;
    e->breaches += breaches;
    fprintf(stderr,
            "swarmbed: seed %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
            " breaches of invariants; the first:\n%s",
            seed, breaches, text);
}

/* One seed, from the world's birth to the commit of its run. */
static int
run_seed(Experiment *e, uint64_t seed)
{
    g_autoptr(GError) error = NULL;
    Progress progress;
    WorldOptions options = {
        .seed = seed,
        .queue = g_strcmp0(e->options->queue, "heap") == 0 ? EVENT_QUEUE_HEAP
                                                           : EVENT_QUEUE_LADDER,
        .threads = (unsigned)e->options->threads,
        .no_shortcuts = e->options->no_shortcuts,
        .check = e->options->check,
        .interrupted = &interrupted,
    };
    RunFacts facts;
    World *world;

    progress_begin(&progress, seed, !e->options->quiet && !e->options->worker);
    options.progress = progress_show;
    options.progress_context = &progress;
    world = world_new(e->scenario, &e->data, &options, &error);
    if (world == NULL)
        return cli_fail(EXIT_BAD_INPUT, error);
    if (!world_run(world)) {
        progress_end(&progress, "interrupted");
        world_free(world);
        return EXIT_INTERRUPTED;
    }
    recorder_run_begin(e->recorder, seed);
    world_record(world, e->recorder, &facts);
    show_breaches(e, seed, world);
    world_free(world);
    if (!recorder_run_commit(e->recorder, &facts, &error)) {
        progress_end(&progress, "not written");
        return cli_fail(EXIT_FAULT, error);
    }
    progress_end(&progress, NULL); /* what is called done is on the disk */
    return EXIT_FINE;
}

/* What a worker must be told of our own options. */
static char **
worker_options(const RunOptions *o)
{
    GPtrArray *a = g_ptr_array_new();

    for (int i = 0; o->set != NULL && o->set[i] != NULL; i++)
        g_ptr_array_add(a, g_strconcat("--set=", o->set[i], NULL));
    if (o->queue != NULL)
        g_ptr_array_add(a, g_strconcat("--queue=", o->queue, NULL));
    g_ptr_array_add(a, g_strdup_printf("--threads=%d", o->threads));
    if (o->no_shortcuts)
        g_ptr_array_add(a, g_strdup("--no-shortcuts"));
    if (o->check)
        g_ptr_array_add(a, g_strdup("--check"));
    g_ptr_array_add(a, NULL);
    return (char **)g_ptr_array_free(a, FALSE);
}

static int
run_seeds(Experiment *e, uint64_t first, uint64_t last)
{
    int code = EXIT_FINE;

    if (e->options->jobs > 1 && last > first) {
        g_auto(GStrv) options = worker_options(e->options);

        return workers_run(e->options->jobs, first, last, e->recorder, e->folder,
                           e->scenario->path, options, e->options->quiet, &interrupted);
    }
    for (uint64_t seed = first; seed <= last && code == EXIT_FINE; seed++) {
        if (recorder_has_run(e->recorder, seed)) {
            if (!e->options->quiet && !e->options->json && !e->options->worker)
                fprintf(stderr, "seed %" G_GUINT64_FORMAT " is in %s already\n", seed,
                        e->database);
            continue;
        }
        code = run_seed(e, seed);
    }
    return code;
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

static gboolean
load_experiment(Experiment *e, const char *path, GError **error)
{
    e->scenario = scenario_load(path, e->options->set, error);
    return e->scenario != NULL && world_data_load(e->scenario, &e->data, error);
}

static gboolean
open_experiment(Experiment *e, GError **error)
{
    g_autofree char *text = scenario_text(e->scenario);

    e->folder = output_folder(e->options, e->scenario, text);
    e->database = g_build_filename(e->folder, "results.db", NULL);
    if (g_mkdir_with_parents(e->folder, 0777) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "cannot make the folder '%s': %s", e->folder, g_strerror(errno));
        return FALSE;
    }
    if (e->options->again)
        recorder_remove(e->database);
    e->recorder =
        recorder_open(e->database, e->scenario->name, text, SWARMBED_COMMIT, error);
    return e->recorder != NULL;
}

static void
close_experiment(Experiment *e)
{
    recorder_close(e->recorder);
    world_data_clear(&e->data);
    scenario_free(e->scenario);
    g_free(e->folder);
    g_free(e->database);
}

static int
run_experiment(const RunOptions *o, const char *path)
{
    Experiment e = { .options = o };
    g_autoptr(GError) error = NULL;
    uint64_t first, last;
    int code;

    if (!load_experiment(&e, path, &error)) {
        code = cli_fail(EXIT_BAD_INPUT, error);
    } else if (!parse_seeds(o, e.scenario->seed, &first, &last)) {
        code = cli_fail_text(EXIT_BAD_INPUT, "--seeds: expected A..B with A <= B, and at "
                                             "most 100000 of them");
    } else if (!open_experiment(&e, &error)) {
        code = cli_fail(EXIT_FAULT, error);
    } else {
        code = run_seeds(&e, first, last);
        recorder_close(g_steal_pointer(&e.recorder));
        if (code == EXIT_FINE && !o->worker)
            code = show_results(&e);
        else if (code == EXIT_INTERRUPTED && !o->worker)
            fprintf(
                stderr,
                "swarmbed: interrupted; what was finished is in %s, and the same command "
                "goes on from there\n",
                e.database);
        if (code == EXIT_FINE && e.breaches > 0)
            code = EXIT_FAULT;
    }
    close_experiment(&e);
    return code;
}

int
cli_run(int argc, char **argv)
{
    RunOptions o = { .seed = -1, .jobs = 1, .threads = 1 };
    const GOptionEntry entries[] = {
        { "seed", 0, 0, G_OPTION_ARG_INT64, &o.seed, "The seed (else the scenario's)",
          "N" },
        { "seeds", 0, 0, G_OPTION_ARG_STRING, &o.seeds, "Run seeds A to B", "A..B" },
        { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.set, "Override a key",
          "SECTION.KEY=VALUE" },
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out, "Where results go", "DIR" },
        { "jobs", 0, 0, G_OPTION_ARG_INT, &o.jobs, "Seeds at a time, each a process", "N" },
        { "threads", 0, 0, G_OPTION_ARG_INT, &o.threads, "Threads for cryptography", "N" },
        { "no-shortcuts", 0, 0, G_OPTION_ARG_NONE, &o.no_shortcuts, "Make every byte",
          NULL },
        { "queue", 0, 0, G_OPTION_ARG_STRING, &o.queue, "Event queue: ladder, or heap",
          "KIND" },
        { "check", 0, 0, G_OPTION_ARG_NONE, &o.check, "Hold the invariants (slow)", NULL },
        { "again", 0, 0, G_OPTION_ARG_NONE, &o.again, "Forget earlier results first",
          NULL },
        { "no-report", 0, 0, G_OPTION_ARG_NONE, &o.no_report, "No plots, no report", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON object", NULL },
        { "quiet", 0, 0, G_OPTION_ARG_NONE, &o.quiet, "Print nothing but errors", NULL },
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
        else {
            catch_interrupts();
            code = run_experiment(&o, argv[1]);
        }
    }
    g_strfreev(o.set);
    g_free(o.seeds);
    g_free(o.out);
    g_free(o.queue);
    return code;
}
