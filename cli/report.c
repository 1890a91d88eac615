/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed report: plots and report of a database again, or its tables as text. */
#include "cli/cli.h"
#include "results/report/report.h"

#include <stdio.h>

static const char description[] =
    "Without options the plots and the report are made anew beside the database.\n\n"
    "Examples:\n"
    "  swarmbed report results/runs/NAME/results.db\n"
    "  swarmbed report results/runs/NAME/results.db --csv metrics\n"
    "  swarmbed report results/runs/NAME/results.db --json\n";

static int
write_report(const char *database)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_path_get_dirname(database);
    g_autofree char *path = report_write(database, folder, NULL, &error);

    if (path == NULL)
        return cli_fail(EXIT_BAD_INPUT, error);
    printf("report: %s\n", path);
    return EXIT_FINE;
}

static int
print_text(char *text, GError *const *error)
{
    if (text == NULL)
        return cli_fail(EXIT_BAD_INPUT, *error);
    fputs(text, stdout);
    g_free(text);
    return EXIT_FINE;
}

int
cli_report(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *csv = NULL;
    gboolean json = FALSE, text = FALSE;
    const GOptionEntry entries[] = {
        { "csv", 0, 0, G_OPTION_ARG_STRING, &csv, "Print a table as CSV", "TABLE" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object", NULL },
        { "text", 0, 0, G_OPTION_ARG_NONE, &text, "Print the summary", NULL },
        G_OPTION_ENTRY_NULL
    };
    int code;

    if (!cli_options(entries, "DATABASE", "Make a report.", description, &argc, &argv,
                     &code))
        return code;
    if (argc != 2)
        return cli_fail_text(EXIT_BAD_INPUT, "report: expected one database; see "
                                             "swarmbed report --help");
    if (csv != NULL)
        return print_text(report_csv(argv[1], csv, &error), &error);
    if (json)
        return print_text(report_json(argv[1], &error), &error);
    if (text)
        return print_text(report_summary_text(argv[1], &error), &error);
    return write_report(argv[1]);
}
