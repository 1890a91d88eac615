/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed check: is the scenario right, and what will it be? */
#include "cli/cli.h"
#include "scenarios/world.h"

#include <stdio.h>

static const char description[] =
    "Prints the scenario with every key resolved, and a forecast of messages, time and\n"
    "memory.  Nothing runs.  Exit codes: 0 fine; 2 the scenario is wrong.\n\n"
    "Examples:\n"
    "  swarmbed check scenarios/study/churn.ini\n"
    "  swarmbed check --keys\n";

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
