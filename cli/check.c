/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed check: is the scenario right, and what will it be? */
#include "cli/cli.h"
#include "scenarios/study.h"
#include "scenarios/world.h"

#include <stdio.h>
#include <string.h>

static const char description[] =
    "Prints the scenario with every key resolved, a forecast of messages, time and memory "
    "of\n"
    "one run, and how many variants its sweeps have.  Nothing runs.\n\n"
    "Exit codes: 0 fine; 2 the scenario is wrong.\n\n"
    "Examples:\n"
    "  swarmbed check scenarios/study/churn.ini\n"
    "  swarmbed check --keys\n";

static bool
check_grid(const Scenario *scenario, const char *grid, char *const *set, GError **error)
{
    g_autoptr(Study) study = study_new(scenario, grid, set, error);
    g_autofree char *name = g_strdup_printf("--grid %s", grid != NULL ? grid : "");

    if (study == NULL || !study_check(study, scenario->path, set, error))
        return false;
    if (study->variants->len > 1 || study->seeds->len > 1 || grid != NULL)
        printf("# sweep%s%s: %u variant%s, %u seed%s%s\n", grid != NULL ? ", " : "",
               grid != NULL ? name : "", study->variants->len,
               study->variants->len == 1 ? "" : "s", study->seeds->len,
               study->seeds->len == 1 ? "" : "s",
               study->half_width > 0 ? " at most (it stops by its rule)" : "");
    return true;
}

/* [sweep] alone, then each [sweep NAME]. */
static bool
check_study(const Scenario *scenario, char *const *set, GError **error)
{
    const GPtrArray *lines = scenario->study_lines;

    if (!check_grid(scenario, NULL, set, error))
        return false;
    for (guint i = 0; i < lines->len; i++) {
        const StudyLine *line = lines->pdata[i];

        if (line->text == NULL && strcmp(line->section, "sweep") == 0 &&
            line->name[0] != '\0' && !check_grid(scenario, line->name, set, error))
            return false;
    }
    return true;
}

static int
check_file(const char *path, char *const *set)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Scenario) scenario = scenario_load(path, set, &error);
    g_autofree char *text = NULL;
    g_autofree char *forecast = NULL;
    WorldData data;

    if (scenario == NULL || !world_data_load(scenario, &data, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    world_data_clear(&data);
    text = scenario_text(scenario);
    forecast = scenario_forecast(scenario);
    fputs(text, stdout);
    printf("\n# %s", forecast);
    if (!check_study(scenario, set, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    return EXIT_FINE;
}

int
cli_check(int argc, char **argv)
{
    gboolean keys = FALSE;
    char **set = NULL;
    const GOptionEntry entries[] = { { "keys", 0, 0, G_OPTION_ARG_NONE, &keys,
                                       "Print the reference of all keys", NULL },
                                     { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &set,
                                       "Override a key", "SECTION.KEY=VALUE" },
                                     G_OPTION_ENTRY_NULL };
    int code = EXIT_FINE;

    if (!cli_options(entries, "FILE", "Check a scenario.", description, &argc, &argv,
                     &code))
        return code;
    if (keys) {
        g_autofree char *text = scenario_reference();

        fputs(text, stdout);
    } else if (argc != 2) {
        code = cli_fail_text(EXIT_BAD_INPUT, "check: expected one scenario file; see "
                                             "swarmbed check --help");
    } else {
        code = check_file(argv[1], set);
    }
    g_strfreev(set);
    return code;
}
