/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `swarmbed testbed run`: a scenario with real nodes and clients, into a database as that
 * of `swarmbed run`. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/experiment.h"
#include "cli/progress.h"
#include "testbed/trial/trial.h"

static const char description[] =
    "Starts the scenario's nodes as processes, its people's clients in this one, and lets\n"
    "them live for scenario.duration and scenario.drain of real time, with its [churn] "
    "and\n"
    "[fault] sections.  What is measured goes into the same tables as that of `swarmbed\n"
    "run`, by default to results/runs/NAME-XXXXXXXX-testbed/results.db, so that\n"
    "`swarmbed compare SIMULATED.db LIVE.db` shows how far they are apart.  Latencies are\n"
    "this machine's: of [network] the number of nodes alone counts.  What cannot be done\n"
    "over sockets is refused before the start.  Ctrl-C ends the run early and keeps what\n"
    "was measured until then.\n\n"
    "Examples:\n"
    "  swarmbed testbed run scenarios/fidelity/quiet.ini\n"
    "  swarmbed testbed run scenarios/smoke/quick.ini --set scenario.duration=1m\n";

/* --- a run --------------------------------------------------------------------------- */

/* A new network's: its control socket needs a short path. */
static char *
bed_folder(const Experiment *e, GError **error)
{
    return e->options->bed != NULL ? g_strdup(e->options->bed)
                                   : g_dir_make_tmp("swarmbed-XXXXXX", error);
}

static void
delete_folder(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *inside = g_build_filename(path, name, NULL);

        if (g_file_test(inside, G_FILE_TEST_IS_DIR) &&
            !g_file_test(inside, G_FILE_TEST_IS_SYMLINK))
            delete_folder(inside);
        else
            (void)g_unlink(inside);
    }
    (void)g_rmdir(path);
}

/* People's mailboxes must be empty. */
static bool
is_new(const char *path, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);

    if (folder == NULL || g_dir_read_name(folder) == NULL)
        return true;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                "--dir %s: expected an empty folder, or none", path);
    return false;
}

static int
play(Experiment *e, TrialSpec *spec, Progress *progress)
{
    g_autoptr(GError) error = NULL;
    Trial *trial = trial_new(spec, &error);
    int code;

    if (trial == NULL)
        return cli_fail(EXIT_BAD_INPUT, error);
    if (!trial_run(trial, &error))
        code = cli_fail(EXIT_FAULT, error);
    else if (trial_world(trial) == NULL)
        code = EXIT_INTERRUPTED;
    else
        code = experiment_keep(e, spec->seed, trial_world(trial));
    progress_end(progress, code == EXIT_FINE && !*e->interrupted ? NULL : "ended early");
    trial_free(trial);
    return code == EXIT_FINE && *e->interrupted ? EXIT_INTERRUPTED : code;
}

int
experiment_run_live(Experiment *e, const Scenario *scenario, const WorldData *data,
                    uint64_t seed, const char *title)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = bed_folder(e, &error);
    Progress progress;
    TrialSpec spec = { .scenario = scenario,
                       .data = data,
                       .set = e->options->set,
                       .seed = seed,
                       .folder = folder,
                       .interrupted = e->interrupted,
                       .progress = progress_show_live,
                       .context = &progress };
    int code;

    if (folder == NULL || !is_new(folder, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    progress_begin(&progress, title, !e->options->quiet);
    code = play(e, &spec, &progress);
    if (e->options->bed == NULL && code != EXIT_FAULT)
        delete_folder(folder);
    return code;
}

/* --- the command line ---------------------------------------------------------------- */

static int
run(RunOptions *o, int argc, char **argv)
{
    if (argc != 2)
        return cli_fail_text(EXIT_BAD_INPUT, "testbed run: expected one scenario file; see "
                                             "swarmbed testbed run --help");
    if (o->seed < -1)
        return cli_fail_text(EXIT_BAD_INPUT, "--seed: expected a number of at least 0");
    if (crypto_setup() != ST_OK)
        return cli_fail_text(EXIT_FAULT, "this CPU has no AES-GCM");
    cli_allow_many_files();
    signal(SIGPIPE, SIG_IGN);
    return run_experiment(o, argv[1]);
}

int
cli_testbed_run(int argc, char **argv)
{
    RunOptions o = { .seed = -1, .variant = -1, .jobs = 1, .threads = 1, .live = TRUE };
    const GOptionEntry entries[] = {
        { "seed", 0, 0, G_OPTION_ARG_INT64, &o.seed, "The seed (else the scenario's)",
          "N" },
        { "seeds", 0, 0, G_OPTION_ARG_STRING, &o.seeds, "Run these, one after the other",
          "A..B" },
        { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.set, "Override a key",
          "SECTION.KEY=VALUE" },
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out, "Where results go", "DIR" },
        { "dir", 0, 0, G_OPTION_ARG_FILENAME, &o.bed,
          "The network's folder, which is kept (of one seed)", "DIR" },
        { "again", 0, 0, G_OPTION_ARG_NONE, &o.again, "Forget earlier results first",
          NULL },
        { "no-report", 0, 0, G_OPTION_ARG_NONE, &o.no_report, "No plots, no report", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, "Print one JSON object", NULL },
        { "quiet", 0, 0, G_OPTION_ARG_NONE, &o.quiet, "Print nothing but errors", NULL },
        G_OPTION_ENTRY_NULL
    };
    int code = EXIT_FINE;

    if (cli_options(entries, "FILE", "Run a scenario with real nodes and clients.",
                    description, &argc, &argv, &code))
        code = run(&o, argc, argv);
    g_strfreev(o.set);
    g_free(o.seeds);
    g_free(o.out);
    g_free(o.bed);
    return code;
}
