/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed attack: what observations alone give away. */
#include "cli/cli.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "offline/attack/offline_attack.h"

static const char description[] =
    "FORM is cadence, timing, intersection, disclosure or predecessor "
    "(docs/adversary.md).\n"
    "OBSERVATIONS is a file that swarmbed run --observations wrote, or another with its\n"
    "columns; nothing else is read.  The guesses are rows of address, target and score;\n"
    "swarmbed score says what they are worth.\n\n"
    "Examples:\n"
    "  swarmbed attack cadence observations-0-1.csv --out guesses.csv\n"
    "  swarmbed attack predecessor observations-0-1.csv --share 0.1 --seed 7\n";

static gboolean
fits(double seconds, Duration *ret, const char **fault, const char *text)
{
    if (!isfinite(seconds) || seconds < 1e-6 || seconds > 3.2e9) {
        *fault = text;
        return FALSE;
    }
    *ret = llround(seconds * (double)SECOND);
    return TRUE;
}

/* What was asked for, as far as the command line says it in plain numbers. */
typedef struct Asked {
    double window_s, interval_s, share, memory_gb;
    gint64 seed, draw;
    int corrupt, after, top;
    gboolean stores, json;
    char *out;
} Asked;

/* NULL, or what is wrong. */
static const char *
options_of(const Asked *asked, const char *form, AttackOptions *ret)
{
    const char *fault = NULL;

    *ret = (AttackOptions){ .stores = asked->stores,
                            .corrupt = asked->corrupt,
                            .share = asked->share,
                            .after = (uint32_t)asked->after,
                            .top = (uint32_t)asked->top,
                            .seed = (uint64_t)asked->seed,
                            .draw = (uint64_t)asked->draw,
                            .memory_max = (uint64_t)(asked->memory_gb * 1e9) };
    if (!attack_form_named(form, &ret->form))
        return "expected cadence, timing, intersection, disclosure or predecessor";
    if (!(asked->share >= 0 && asked->share <= 1))
        return "--share: expected a number from 0 to 1";
    if (asked->corrupt >= 0 && asked->share < 1)
        return "expected --share or --corrupt, not both";
    if (asked->corrupt < -1)
        return "--corrupt: expected a number of nodes";
    if (asked->after < 1)
        return "--after: expected at least 1";
    if (asked->top < 0)
        return "--top: expected at least 0";
    if (asked->seed < 0 || asked->draw < 0)
        return "--seed, --draw: expected at least 0";
    if (!(asked->memory_gb > 0 && asked->memory_gb < 1e6))
        return "--memory: expected gigabytes above 0";
    if (!fits(asked->window_s, &ret->window, &fault,
              "--window: expected seconds above 0") ||
        !fits(asked->interval_s, &ret->interval, &fault,
              "--interval: expected seconds above 0"))
        return fault;
    return NULL;
}

static void
print_found(const AttackFound *f, const char *form, gboolean json)
{
    json_t *o;

    if (!json) {
        fprintf(stderr,
                "%s: %zu observations of %u parties, %u addresses, %u targets, "
                "%" G_GUINT64_FORMAT " guesses\n",
                form, f->observations, f->corrupted, f->addresses, f->targets, f->guesses);
        return;
    }
    o = json_pack("{s:s,s:I,s:I,s:I,s:I,s:I}", "form", form, "observations",
                  (json_int_t)f->observations, "corrupted", (json_int_t)f->corrupted,
                  "addresses", (json_int_t)f->addresses, "targets", (json_int_t)f->targets,
                  "guesses", (json_int_t)f->guesses);
    json_dumpf(o, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(o);
}

static int
attack(const char *path, const AttackOptions *options, const Asked *asked)
{
    g_autoptr(GError) error = NULL;
    ObservationFile file;
    AttackFound found;
    FILE *out = stdout;
    gboolean fine;

    if (!observation_file_read(path, &file, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    if (asked->out != NULL) {
        out = fopen(asked->out, "we");
        if (out == NULL) {
            observation_file_clear(&file);
            fprintf(stderr, "swarmbed: cannot write %s: %s\n", asked->out,
                    g_strerror(errno));
            return EXIT_BAD_INPUT;
        }
    }
    fine = offline_attack(&file, options, out, &found, &error);
    if (out != stdout)
        fclose(out);
    observation_file_clear(&file);
    if (!fine)
        return cli_fail(EXIT_BAD_INPUT, error);
    print_found(&found, attack_form_name(options->form), asked->json);
    return EXIT_FINE;
}

int
cli_attack(int argc, char **argv)
{
    Asked a = { .window_s = 1,
                .interval_s = 60,
                .share = 1,
                .memory_gb = 1.5,
                .seed = 1,
                .corrupt = -1,
                .after = 20,
                .top = 20 };
    const GOptionEntry entries[] = {
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &a.out,
          "Write the guesses there, not to standard output", "FILE" },
        { "share", 0, 0, G_OPTION_ARG_DOUBLE, &a.share,
          "Each node is corrupted with this probability (default 1)", "P" },
        { "corrupt", 0, 0, G_OPTION_ARG_INT, &a.corrupt, "So many nodes are instead", "N" },
        { "seed", 0, 0, G_OPTION_ARG_INT64, &a.seed, "Of such sets (default 1)", "N" },
        { "draw", 0, 0, G_OPTION_ARG_INT64, &a.draw, "Which of them (default 0)", "N" },
        { "window", 0, 0, G_OPTION_ARG_DOUBLE, &a.window_s,
          "A request comes out so long after it went in (default 1)", "SECONDS" },
        { "interval", 0, 0, G_OPTION_ARG_DOUBLE, &a.interval_s,
          "Time is cut into pieces of this length (default 60)", "SECONDS" },
        { "after", 0, 0, G_OPTION_ARG_INT, &a.after,
          "intersection: so many events of each account (default 20)", "N" },
        { "stores", 0, 0, G_OPTION_ARG_NONE, &a.stores,
          "timing: who writes to whom, by stores; else whose account it is, by polls",
          NULL },
        { "top", 0, 0, G_OPTION_ARG_INT, &a.top,
          "So many guesses for each target; 0: all (default 20)", "N" },
        { "memory", 0, 0, G_OPTION_ARG_DOUBLE, &a.memory_gb,
          "Most memory for scores of pairs (default 1.5)", "GB" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &a.json,
          "Print what was done as one JSON object (with --out)", NULL },
        G_OPTION_ENTRY_NULL
    };
    g_autofree char *message = NULL, *out = NULL;
    AttackOptions options;
    const char *fault;
    int code;

    if (!cli_options(entries, "FORM OBSERVATIONS",
                     "Attack on what corrupted parties saw, and nothing else.", description,
                     &argc, &argv, &code))
        return code;
    out = a.out; /* to be freed */
    if (argc != 3)
        return cli_fail_text(EXIT_BAD_INPUT, "attack: expected a form and a file of "
                                             "observations; see swarmbed attack --help");
    fault = options_of(&a, argv[1], &options);
    if (fault == NULL && a.json && a.out == NULL)
        fault = "expected --out with --json";
    if (fault == NULL)
        return attack(argv[2], &options, &a);
    message = g_strdup_printf("attack: %s", fault);
    return cli_fail_text(EXIT_BAD_INPUT, message);
}
