/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading a scenario with its study, and its database. */
#include "cli/experiment.h"

#include "scenarios/world_stage.h"

#include <errno.h>
#include <string.h>

/* --seed and --seeds go before the study's seeds, and before its rule to stop. */
static bool
choose_seeds(Experiment *e, GError **error)
{
    const RunOptions *o = e->options;
    g_autofree char *expected = NULL;
    GArray *seeds;

    if (o->seed >= 0 && o->seeds == NULL) {
        uint64_t seed = (uint64_t)o->seed;

        g_array_set_size(e->study->seeds, 0);
        g_array_append_val(e->study->seeds, seed);
        e->study->half_width = 0;
    }
    if (o->seeds == NULL)
        return true;
    seeds = study_seeds(o->seeds, &expected);
    if (seeds == NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--seeds: expected A..B with A <= B: %s", expected);
        return false;
    }
    g_array_unref(e->study->seeds);
    e->study->seeds = seeds;
    e->study->half_width = 0;
    return true;
}

/* Data are large: those of the other variants are read when they run. */
static bool
check_first_data(const Experiment *e, GError **error)
{
    g_autoptr(Scenario) scenario =
        study_scenario(e->study, 0, e->scenario->path, e->options->set, error);
    WorldData data;

    if (scenario == NULL || (e->options->live && !world_stage_fits(scenario, error)) ||
        !world_data_load(scenario, &data, error))
        return false;
    world_data_clear(&data);
    return true;
}

bool
experiment_load(Experiment *e, const char *path, GError **error)
{
    const RunOptions *o = e->options;

    e->scenario = scenario_load(path, o->set, error);
    if (e->scenario == NULL)
        return false;
    e->study = study_new(e->scenario, o->grid, o->set, error);
    if (e->study == NULL || !choose_seeds(e, error))
        return false;
    if (o->live && e->study->variants->len > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s: a [sweep] over sockets is made one by one: expected its keys with "
                    "--set",
                    path);
        return false;
    }
    return o->worker ||
           (study_check(e->study, path, o->set, error) && check_first_data(e, error));
}

/* Seeds and the rule to stop may change; everything else makes another experiment. */
static char *
experiment_text(const Experiment *e)
{
    g_autofree char *text = scenario_text(e->scenario);

    return g_strconcat(text, e->study->text, NULL);
}

static char *
output_folder(const Experiment *e, const char *text)
{
    g_autofree char *name = g_strdelimit(g_strdup(e->scenario->name), "/", '-');
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_autofree char *folder =
        g_strdup_printf("%s-%.8s%s", name, hash, e->options->live ? "-testbed" : "");

    if (e->options->out != NULL)
        return g_strdup(e->options->out);
    return g_build_filename("results", "runs", folder, NULL);
}

static bool
describe(Experiment *e, GError **error)
{
    const GArray *expectations = e->study->expectations, *plots = e->study->plots;

    return e->options->worker ||
           recorder_describe(e->recorder, e->study->metric,
                             (const RecordExpectation *)(const void *)expectations->data,
                             expectations->len,
                             (const RecordPlot *)(const void *)plots->data, plots->len,
                             error);
}

bool
experiment_open(Experiment *e, GError **error)
{
    g_autofree char *text = experiment_text(e);

    e->folder = output_folder(e, text);
    e->database = g_build_filename(e->folder, "results.db", NULL);
    if (g_mkdir_with_parents(e->folder, 0777) != 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "cannot make the folder '%s': %s", e->folder, g_strerror(errno));
        return false;
    }
    if (e->options->again)
        recorder_remove(e->database);
    e->recorder =
        recorder_open(e->database, e->scenario->name, text, SWARMBED_COMMIT, error);
    return e->recorder != NULL && describe(e, error);
}

void
experiment_close(Experiment *e)
{
    recorder_close(e->recorder);
    study_free(e->study);
    scenario_free(e->scenario);
    g_free(e->folder);
    g_free(e->database);
}
