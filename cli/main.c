/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"
#include "cli/allocator.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const Subcommand subcommands[] = {
    { "run", "run a scenario", cli_run, .simulates = TRUE },
    { "check", "check a scenario, show it resolved, with a forecast", cli_check },
    { "report", "make the report of a database again, or export its tables", cli_report },
    { "compare", "judge whether one experiment is not worse than another", cli_compare },
    { "attack", "attack on what a run's corrupted parties saw, without the truth",
      cli_attack },
    { "score", "what the guesses of such an attack are worth", cli_score },
    { "explain", "tell one message's life", cli_explain },
    { "account", "make, show and hand on an account", cli_account },
    { "wire", "the protocol, one JSON object at a time", cli_wire },
    { "trace", "what is in an uptime trace, or its conversion", cli_trace },
    { "testbed", "a whole network on this machine, with faults on demand", cli_testbed },
    { "client", "send and receive in any network with a seed URL", cli_client },
    { "node", "one service node on real sockets", cli_node },
    { "server", "a file server or an open-group server beyond the network", cli_server },
    { "bench", "measure how fast it all is, beside other engines", cli_bench,
      .simulates = TRUE },
};

static void
print_usage(FILE *out)
{
    fprintf(out, "Usage: swarmbed COMMAND [OPTION...]\n\n"
                 "A network simulator for messengers of Session's kind.\n\nCommands:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(subcommands); i++)
        fprintf(out, "  %-10s %s\n", subcommands[i].name, subcommands[i].summary);
    fprintf(out, "\nExamples:\n"
                 "  swarmbed run scenarios/study/churn.ini\n"
                 "  swarmbed check scenarios/study/churn.ini\n"
                 "  swarmbed COMMAND --help\n");
}

int
cli_fail_text(int code, const char *text)
{
    fprintf(stderr, "swarmbed: %s\n", text);
    return code;
}

int
cli_fail(int code, GError *error)
{
    return cli_fail_text(code, error != NULL ? error->message : "unknown error");
}

gboolean
cli_has_terminal(void)
{
    return isatty(STDERR_FILENO);
}

gboolean
cli_options(const GOptionEntry *entries, const char *arguments, const char *summary,
            const char *description, int *argc, char ***argv, int *ret_code)
{
    g_autoptr(GOptionContext) context = g_option_context_new(arguments);
    g_autoptr(GError) error = NULL;

    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_help_enabled(context, FALSE);
    for (int i = 1; i < *argc; i++) {
        if (strcmp((*argv)[i], "--help") == 0 || strcmp((*argv)[i], "-h") == 0) {
            g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);

            fputs(help, stdout);
            *ret_code = EXIT_FINE;
            return FALSE;
        }
    }
    if (!g_option_context_parse(context, argc, argv, &error)) {
        *ret_code = cli_fail(EXIT_BAD_INPUT, error);
        return FALSE;
    }
    return TRUE;
}

/* What nobody could read was not said. */
static int
close_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    return cli_fail_text(EXIT_FAULT, "cannot write to standard output");
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_usage(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_BAD_INPUT : EXIT_FINE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("swarmbed " SWARMBED_VERSION);
        return EXIT_FINE;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(subcommands); i++) {
        if (strcmp(argv[1], subcommands[i].name) == 0) {
            g_autofree char *name = g_strconcat("swarmbed ", argv[1], NULL);

            if (subcommands[i].simulates)
                allocator_set(argv);
            g_set_prgname(name);
            return close_output(subcommands[i].run(argc - 1, argv + 1));
        }
    }
    fprintf(stderr, "swarmbed: there is no command '%s'; see swarmbed --help\n", argv[1]);
    return EXIT_BAD_INPUT;
}
