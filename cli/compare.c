/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed compare: is one experiment not worse than another? */
#include "cli/cli.h"
#include "results/compare/compare.h"

#include <stdio.h>

static const char description[] =
    "Both hold runs of one scenario, made by two programs, or with other keys of "
    "[protocol],\n"
    "[client], [swarm] or [repair].  Runs with the same seeds are compared in pairs, else\n"
    "all with all.  A metric passes when it is, with 95 % confidence, not worse than its\n"
    "margin allows; it fails when it is worse with 99.5 % (all metrics together); else it "
    "is\n"
    "undecided.  The whole passes when nothing fails and the required metrics (delivered,\n"
    "loss, survival, those named with --margin) pass.  docs/compare.md says more.\n\n"
    "Exit codes: 0 pass; 1 fail, or undecided; 2 bad input.\n\n"
    "Examples:\n"
    "  swarmbed compare BASE.db NEW.db\n"
    "  swarmbed compare BASE.db NEW.db --margin delivered=0.1pp --margin latency.p99=5%\n"
    "  swarmbed compare BASE.db NEW.db --unpaired --json\n"
    "  swarmbed compare BASE.db NEW.db --junit compare.xml\n";

static int
write_junit(const Comparison *comparison, const char *path)
{
    g_autofree char *xml = compare_junit(comparison);
    g_autoptr(GError) error = NULL;

    if (!g_file_set_contents(path, xml, -1, &error))
        return cli_fail(EXIT_FAULT, error);
    return EXIT_FINE;
}

static int
compare_databases(const CompareOptions *options, const char *base, const char *new_,
                  gboolean json, const char *junit)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Comparison) comparison = compare_new(base, new_, options, &error);
    g_autofree char *said = NULL;
    int code;

    if (comparison == NULL)
        return cli_fail(EXIT_BAD_INPUT, error);
    code = junit != NULL ? write_junit(comparison, junit) : EXIT_FINE;
    if (code != EXIT_FINE)
        return code;
    said = json ? compare_json(comparison) : compare_text(comparison);
    fputs(said, stdout);
    return comparison->verdict == COMPARE_PASS ? EXIT_FINE : EXIT_EXPECTATION;
}

int
cli_compare(int argc, char **argv)
{
    g_autofree char *junit = NULL, *variant = NULL, *against = NULL;
    g_auto(GStrv) margins = NULL;
    gboolean json = FALSE, unpaired = FALSE, force = FALSE, strict = FALSE;
    const GOptionEntry entries[] = {
        { "margin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &margins,
          "Allow so much (0.1pp, 5%, 50ms), and require it", "METRIC=MARGIN" },
        { "unpaired", 0, 0, G_OPTION_ARG_NONE, &unpaired,
          "All with all, though seeds match", NULL },
        { "strict", 0, 0, G_OPTION_ARG_NONE, &strict, "Every metric is required", NULL },
        { "force", 0, 0, G_OPTION_ARG_NONE, &force, "Compare different worlds", NULL },
        { "variant", 0, 0, G_OPTION_ARG_STRING, &variant, "Of sweeps, this one alone",
          "LABEL" },
        { "against", 0, 0, G_OPTION_ARG_STRING, &against,
          "And of NEW this one (NEW may be BASE itself)", "LABEL" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object", NULL },
        { "junit", 0, 0, G_OPTION_ARG_FILENAME, &junit, "Write JUnit XML too", "FILE" },
        G_OPTION_ENTRY_NULL
    };
    CompareOptions options = { 0 };
    int code;

    if (!cli_options(entries, "BASE NEW", "Judge whether NEW is not worse than BASE.",
                     description, &argc, &argv, &code))
        return code;
    if (argc != 3)
        return cli_fail_text(EXIT_BAD_INPUT, "compare: expected two databases; see "
                                             "swarmbed compare --help");
    options = (CompareOptions){ .unpaired = unpaired,
                                .force = force,
                                .strict = strict,
                                .variant = variant,
                                .against = against,
                                .margins = (const char *const *)margins };
    return compare_databases(&options, argv[1], argv[2], json, junit);
}
