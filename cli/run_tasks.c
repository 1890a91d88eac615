/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runs of an experiment: which are missing, in what order, here or in workers.  With a
 * rule to stop they come in rounds (ten seeds, then five at a time), and a variant whose
 * interval is narrow enough takes no part in the next. */
#include "cli/cli.h"
#include "cli/experiment.h"
#include "cli/progress.h"
#include "cli/workers.h"
#include "results/record/reader.h"
#include "results/stats/planning.h"
#include "scenarios/heap_ahead.h"
#include "scenarios/world_export.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The variant whose runs are made here. */
typedef struct Loaded {
    size_t variant; /* SIZE_MAX: none yet */
    Scenario *scenario;
    WorldData data;
} Loaded;

static void
unload(Loaded *loaded)
{
    if (loaded->scenario == NULL)
        return;
    world_data_clear(&loaded->data);
    scenario_free(loaded->scenario);
    *loaded = (Loaded){ .variant = SIZE_MAX };
}

static bool
load(const Experiment *e, size_t variant, Loaded *loaded, GError **error)
{
    if (loaded->scenario != NULL && loaded->variant == variant)
        return true;
    unload(loaded);
    loaded->scenario =
        study_scenario(e->study, variant, e->scenario->path, e->options->set, error);
    if (loaded->scenario == NULL)
        return false;
    loaded->variant = variant;
    if (world_data_load(loaded->scenario, &loaded->data, error))
        return true;
    scenario_free(loaded->scenario);
    loaded->scenario = NULL;
    return false;
}

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

static WorldOptions
world_options(const Experiment *e, uint64_t seed, Progress *progress)
{
    const RunOptions *o = e->options;

    return (WorldOptions){ .seed = seed,
                           .queue = g_strcmp0(o->queue, "heap") == 0 ? EVENT_QUEUE_HEAP
                                                                     : EVENT_QUEUE_LADDER,
                           .threads = (unsigned)o->threads,
                           .no_shortcuts = o->no_shortcuts,
                           .check = o->check,
                           .keep_deeds = o->messages,
                           .interrupted = e->interrupted,
                           .progress = progress_show,
                           .progress_context = progress };
}

/* observations-VARIANT-SEED.csv, messages-VARIANT-SEED.csv and their like, beside the
 * database. */
static bool
export_tables(const Experiment *e, const Loaded *loaded, uint64_t seed, const World *world,
              GError **error)
{
    g_autofree char *stem =
        g_strdup_printf("%" G_GSIZE_FORMAT "-%" G_GUINT64_FORMAT, loaded->variant, seed);

    return (!e->options->observations || world_export(world, e->folder, stem, error)) &&
           (!e->options->messages || world_export_messages(world, e->folder, stem, error));
}

int
experiment_keep(Experiment *e, uint64_t seed, World *world)
{
    g_autoptr(GError) error = NULL;
    RunFacts facts;

    recorder_run_begin(e->recorder, seed);
    world_record(world, e->recorder, &facts);
    show_breaches(e, seed, world);
    if (!recorder_run_commit(e->recorder, &facts, &error))
        return cli_fail(EXIT_FAULT, error);
    return EXIT_FINE;
}

/* From a world's birth to its end; NULL: an exit code says why. */
static World *
run_world(const Loaded *loaded, const WorldOptions *options, Progress *progress,
          int *ret_code)
{
    g_autoptr(GError) error = NULL;
    HeapAhead *ahead = heap_ahead_start(HEAP_AHEAD_FROM_BYTES);
    World *world = world_new(loaded->scenario, &loaded->data, options, &error);
    bool whole = world != NULL && world_run(world);

    heap_ahead_stop(ahead);
    if (world == NULL) {
        *ret_code = cli_fail(EXIT_BAD_INPUT, error);
    } else if (!whole) {
        progress_end(progress, "interrupted");
        world_free(world);
        *ret_code = EXIT_INTERRUPTED;
    }
    return whole ? world : NULL;
}

/* One run, from the world's birth to its commit. */
static int
run_here(Experiment *e, const Loaded *loaded, uint64_t seed, const char *title)
{
    g_autoptr(GError) error = NULL;
    Progress progress;
    WorldOptions options = world_options(e, seed, &progress);
    World *world;
    int code;

    if (e->options->live)
        return experiment_run_live(e, loaded->scenario, &loaded->data, seed, title);
    progress_begin(&progress, title, !e->options->quiet && !e->options->worker);
    world = run_world(loaded, &options, &progress, &code);
    if (world == NULL)
        return code;
    if (!export_tables(e, loaded, seed, world, &error)) {
        progress_end(&progress, "not written");
        world_free(world);
        return cli_fail(EXIT_FAULT, error);
    }
    code = experiment_keep(e, seed, world);
    world_free(world);
    /* What is called done is on the disk. */
    progress_end(&progress, code == EXIT_FINE ? NULL : "not written");
    return code;
}

static void
choose_variant(Experiment *e, size_t number)
{
    const StudyVariant *variant = e->study->variants->pdata[number];

    recorder_variant(e->recorder, (uint32_t)number, variant->label, variant->settings,
                     variant->n_settings);
}

/* "swarm.size=7, seed 3" */
static char *
task_title(const Experiment *e, const Task *task)
{
    const StudyVariant *variant = e->study->variants->pdata[task->variant];

    return g_strdup_printf("%s%sseed %" G_GUINT64_FORMAT, variant->label,
                           variant->label[0] != '\0' ? ", " : "", task->seed);
}

static int
run_tasks_here(Experiment *e, const GArray *tasks)
{
    Loaded loaded = { .variant = SIZE_MAX };
    int code = EXIT_FINE;

    for (guint i = 0; i < tasks->len && code == EXIT_FINE; i++) {
        const Task *task = &g_array_index(tasks, Task, i);
        g_autofree char *title = task_title(e, task);
        g_autofree char *numbered =
            g_strdup_printf("%u of %u: %s", i + 1, tasks->len, title);
        g_autoptr(GError) error = NULL;

        if (!load(e, task->variant, &loaded, &error)) {
            code = cli_fail(EXIT_BAD_INPUT, error);
            break;
        }
        choose_variant(e, task->variant);
        code = run_here(e, &loaded, task->seed, tasks->len > 1 ? numbered : title);
    }
    unload(&loaded);
    return code;
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
    if (o->grid != NULL)
        g_ptr_array_add(a, g_strconcat("--grid=", o->grid, NULL));
    g_ptr_array_add(a, g_strdup_printf("--threads=%d", o->threads));
    if (o->observations)
        g_ptr_array_add(a, g_strdup("--observations"));
    if (o->messages)
        g_ptr_array_add(a, g_strdup("--messages"));
    if (o->no_shortcuts)
        g_ptr_array_add(a, g_strdup("--no-shortcuts"));
    if (o->check)
        g_ptr_array_add(a, g_strdup("--check"));
    g_ptr_array_add(a, NULL);
    return (char **)g_ptr_array_free(a, FALSE);
}

static int
run_tasks_in_workers(Experiment *e, GArray *tasks)
{
    g_auto(GStrv) options = worker_options(e->options);
    Workers workers = { .jobs = e->options->jobs,
                        .folder = e->folder,
                        .scenario_path = e->scenario->path,
                        .options = options,
                        .quiet = e->options->quiet,
                        .interrupted = e->interrupted };
    int code;

    for (guint i = 0; i < tasks->len; i++)
        g_array_index(tasks, Task, i).title = task_title(e, &g_array_index(tasks, Task, i));
    code = workers_run(&workers, (const Task *)(const void *)tasks->data, tasks->len);
    for (guint i = 0; i < tasks->len; i++)
        g_free(g_array_index(tasks, Task, i).title);
    return code;
}

/* --- rounds ------------------------------------------------------------------------- */

typedef struct Rounds {
    bool *stopped;  /* by variant */
    guint from, to; /* places of this round's seeds */
    guint finished; /* runs that were there already */
} Rounds;

/* What is missing of this round: variant by variant, so that data are loaded once. */
static GArray *
missing_tasks(Experiment *e, Rounds *rounds)
{
    GArray *tasks = g_array_new(FALSE, TRUE, sizeof(Task));

    for (uint32_t v = 0; v < e->study->variants->len; v++) {
        if (rounds->stopped[v] || (e->options->variant >= 0 && v != e->options->variant))
            continue;
        choose_variant(e, v);
        for (guint i = rounds->from; i < rounds->to; i++) {
            Task task = { v, g_array_index(e->study->seeds, uint64_t, i), NULL };

            if (recorder_has_run(e->recorder, task.seed))
                rounds->finished++;
            else
                g_array_append_val(tasks, task);
        }
    }
    return tasks;
}

/* As many runs as there are seeds. */
static StatsStopRule
stop_rule(const Experiment *e)
{
    return (StatsStopRule){ .half_width = e->study->half_width,
                            .confidence = STATS_CONFIDENCE,
                            .first = STATS_STOP_FIRST,
                            .step = STATS_STOP_STEP,
                            .max = e->study->seeds->len };
}

/* By the rule; and a share that no run saw is not known before its bound is narrow enough
 * too. */
static bool
is_known(RecordReader *reader, const char *metric, const GArray *values,
         const StatsStopRule *rule)
{
    const double *numbers = (const double *)(const void *)values->data;
    StatsInterval interval =
        stats_none_seen(stats_mean(numbers, values->len, rule->confidence),
                        record_reader_trials(reader, metric), rule->confidence);

    return stats_stop(rule, numbers, values->len) == STATS_STOP &&
           interval.high - interval.low <= 2 * rule->half_width;
}

/* Which variants are known well enough; false with @error: there is no such metric. */
static bool
look(const Experiment *e, Rounds *rounds, GError **error)
{
    g_autoptr(RecordReader) reader = record_reader_open(e->database, error);
    StatsStopRule rule = stop_rule(e);

    for (guint v = 0; reader != NULL && v < record_reader_variants(reader)->len; v++) {
        g_autoptr(GArray) values = NULL;

        record_reader_choose(reader, v);
        values = record_reader_values(reader, e->study->metric, NULL);
        if (values->len == 0) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                        "%s: [sweep] metric = %s: no run has a metric of that name",
                        e->scenario->path, e->study->metric);
            return false;
        }
        rounds->stopped[v] = is_known(reader, e->study->metric, values, &rule);
    }
    return reader != NULL;
}

static void
next_round(const Experiment *e, Rounds *rounds)
{
    StatsStopRule rule = stop_rule(e);

    rounds->from = rounds->to;
    if (e->study->half_width == 0)
        rounds->to = e->study->seeds->len;
    else
        rounds->to = (guint)stats_stop_next_look(&rule, rounds->to);
}

static void
say_finished(const Experiment *e, guint finished)
{
    if (finished > 0 && !e->options->quiet && !e->options->json && !e->options->worker)
        fprintf(stderr, "%u run%s in %s already\n", finished,
                finished == 1 ? " is" : "s are", e->database);
}

static int
run_round(Experiment *e, Rounds *rounds)
{
    g_autoptr(GArray) tasks = missing_tasks(e, rounds);
    g_autoptr(GError) error = NULL;
    int code;

    if (rounds->from == 0)
        say_finished(e, rounds->finished);
    code = e->options->jobs > 1 && tasks->len > 1 ? run_tasks_in_workers(e, tasks)
                                                  : run_tasks_here(e, tasks);
    if (code == EXIT_FINE && e->study->half_width > 0 && !look(e, rounds, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    return code;
}

int
experiment_run(Experiment *e)
{
    Rounds rounds = { .stopped = g_new0(bool, e->study->variants->len) };
    int code = EXIT_FINE;

    for (next_round(e, &rounds); code == EXIT_FINE && rounds.from < rounds.to;
         next_round(e, &rounds))
        code = run_round(e, &rounds);
    g_free(rounds.stopped);
    return code;
}
