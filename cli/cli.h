/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one program: a file per subcommand. */
#pragma once

#include <glib.h>

/* Exit codes (design 7). */
enum {
    EXIT_FINE = 0,
    EXIT_EXPECTATION =
        1, /* an expectation or comparison failed; a refused input of `wire` */
    EXIT_BAD_INPUT = 2,
    EXIT_FAULT = 3, /* something failed while running */
    EXIT_INTERRUPTED = 130
};

typedef struct Subcommand {
    const char *name, *summary;
    /* argv[0] is the subcommand's name.  Returns an exit code. */
    int (*run)(int argc, char **argv);
    gboolean simulates; /* large worlds in one process: huge pages are worth a new start */
} Subcommand;

int cli_run(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_compare(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_attack(int argc, char **argv);
int cli_score(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_wire(int argc, char **argv);
int cli_account(int argc, char **argv);
int cli_trace(int argc, char **argv);
int cli_bench(int argc, char **argv);
int cli_client(int argc, char **argv);
int cli_node(int argc, char **argv);
int cli_server(int argc, char **argv);
int cli_testbed(int argc, char **argv);
int cli_testbed_run(int argc, char **argv);

/* Parse options; prints an error or the help and sets *ret_code when the command ends here
 * (then false).  @arguments: what follows the options, as shown in the help. */
gboolean cli_options(const GOptionEntry *entries, const char *arguments,
                     const char *summary, const char *description, int *argc, char ***argv,
                     int *ret_code);
/* "swarmbed: <message>" on standard error; returns @code. */
int cli_fail(int code, GError *error);
int cli_fail_text(int code, const char *text);
/* As many files as the system allows: each connection is one (sockets.c). */
void cli_allow_many_files(void);
/* True when standard error is a terminal (progress goes there). */
gboolean cli_has_terminal(void);
