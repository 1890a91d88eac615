/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed score: what the guesses of an attack are worth. */
#include "cli/cli.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "offline/score/score.h"

static const char description[] =
    "GUESSES is what swarmbed attack wrote, TRUTH the file that swarmbed run "
    "--observations\n"
    "wrote beside the observations of the same run.\n\n"
    "Examples:\n"
    "  swarmbed score guesses.csv truth-0-1.csv\n"
    "  swarmbed score guesses.csv truth-0-1.csv --base 100000 --json\n";

/* One line of what is printed. */
typedef struct Figure {
    const char *name;
    double value; /* NAN: left out */
} Figure;

enum { FIGURES_MAX = 16 };

static int
figures_of(const Score *s, const ScoreOptions *o, Figure *ret)
{
    const StatsDetection *d = &s->detection;
    bool detected = s->auc == s->auc;
    const Figure all[] = {
        { "addresses", (double)s->addresses },
        { "targets", (double)s->targets },
        { "guesses", (double)s->guesses },
        { "pairs", (double)s->pairs },
        { "true_pairs", (double)s->true_pairs },
        { "right", s->right },
        { "chance", s->chance },
        { "auc", s->auc },
        { "recall", detected ? stats_recall(d, STATS_CONFIDENCE).value : NAN },
        { "precision", detected ? stats_precision(d, STATS_CONFIDENCE).value : NAN },
        { "precision_at_base",
          detected ? stats_precision_at(d, 1 / o->base, STATS_CONFIDENCE).value : NAN },
        { "precision_at_base_low",
          detected ? stats_precision_at(d, 1 / o->base, STATS_CONFIDENCE).low : NAN },
        { "advantage", detected ? stats_advantage(d, 0, STATS_CONFIDENCE).value : NAN },
    };
    int n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        if (!isnan(all[i].value))
            ret[n++] = all[i];
    return n;
}

static void
print_score(const Score *score, const ScoreOptions *options, Relation relation,
            gboolean json)
{
    Figure figures[FIGURES_MAX];
    int n = figures_of(score, options, figures);
    json_t *o = json_pack("{s:s}", "relation", relation_name(relation));

    for (int i = 0; i < n && !json; i++)
        printf("%-22s %.6g\n", figures[i].name, figures[i].value);
    for (int i = 0; i < n; i++)
        json_object_set_new(o, figures[i].name, json_real(figures[i].value));
    if (json) {
        json_dumpf(o, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
        putchar('\n');
    }
    json_decref(o);
}

static int
score(const char *guesses_path, const char *truth_path, const ScoreOptions *options,
      gboolean json)
{
    g_autoptr(GError) error = NULL;
    Guesses guesses;
    TruthFile truth;
    Score result;
    gboolean fine;

    if (!guesses_read(guesses_path, &guesses, &error))
        return cli_fail(EXIT_BAD_INPUT, error);
    if (!truth_file_read(truth_path, &truth, &error)) {
        guesses_clear(&guesses);
        return cli_fail(EXIT_BAD_INPUT, error);
    }
    fine = score_guesses(&guesses, &truth, options, &result, &error);
    if (fine)
        print_score(&result, options, guesses.relation, json);
    truth_file_clear(&truth);
    guesses_clear(&guesses);
    return fine ? EXIT_FINE : cli_fail(EXIT_BAD_INPUT, error);
}

int
cli_score(int argc, char **argv)
{
    ScoreOptions options = { .base = 1000, .threshold = 0.5 };
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "base", 0, 0, G_OPTION_ARG_DOUBLE, &options.base,
          "One true pair among so many, for precision_at_base (default 1000)", "N" },
        { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &options.threshold,
          "Pairs that score at least this are called true (default 0.5)", "X" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object", NULL },
        G_OPTION_ENTRY_NULL
    };
    int code;

    if (!cli_options(entries, "GUESSES TRUTH", "What guesses are worth.", description,
                     &argc, &argv, &code))
        return code;
    if (argc != 3)
        return cli_fail_text(EXIT_BAD_INPUT, "score: expected a file of guesses and one of "
                                             "the truth; see swarmbed score --help");
    if (!(options.base >= 2 && options.base <= 1e12))
        return cli_fail_text(EXIT_BAD_INPUT, "score: --base: expected a number from 2 to "
                                             "1e12");
    return score(argv[1], argv[2], &options, json);
}
