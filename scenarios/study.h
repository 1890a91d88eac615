/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a scenario file asks of more than one run: variants, seeds, expectations, figures.
 *
 *     [sweep]
 *     swarm.size = 3..10                          a list; ranges A..B, A..B step S
 *     churn.life = exp(mean=7d), exp(mean=30d)    crossed with the others
 *     pair = repair.push, protocol.push_version   these keys go together, value by value
 *     seeds = 1..20                               each variant runs each of them
 *     metric = loss                               the one the study is about (delivered)
 *     stop = half-width 0.001                     as soon as its interval is so narrow
 *
 *     [sweep quick]                               a grid: `run --grid quick` takes these
 *     swarm.size = 3, 7                           keys instead of the ones in [sweep]
 *
 *     [expect]
 *     delivered >= 0.999
 *
 *     [plot loss]
 *     x = swarm.size
 *     y = loss
 *     by = churn.life
 *     log = y
 *     title = Which size keeps messages?
 *
 * All variants run the same seeds: since what is random is drawn by purpose, they share
 * their luck (common random numbers). */
#pragma once

#include "results/record/record.h"
#include "scenarios/scenario.h"

enum {
    STUDY_VARIANTS_MAX = 10000,
    STUDY_VALUES_MAX = 1000, /* of one key */
    STUDY_SEEDS_MAX = 100000
};

typedef struct StudyVariant {
    char *label;             /* its settings in short; "" when nothing is swept */
    RecordSetting *settings; /* texts are the variant's */
    size_t n_settings;
} StudyVariant;

typedef struct Study {
    GPtrArray *variants;  /* StudyVariant *, at least one */
    GArray *seeds;        /* uint64_t, at least one */
    double half_width;    /* of @metric's interval, at which a variant stops; 0: never */
    char *metric;         /* the primary one */
    GArray *expectations; /* RecordExpectation; the texts are the study's */
    GArray *plots;        /* RecordPlot; the same */
    char *text;           /* the sweep in the file's syntax, seeds and stop left out; ""
                           * when nothing is swept */
    GStringChunk *texts;
} Study;

/* A line of these sections, as the loader found it. */
typedef struct StudyLine {
    unsigned line;
    char *section, *name; /* "sweep", "quick"; name is "" when there is none */
    char *text;           /* the line; NULL: the section begins here */
} StudyLine;

void study_line_free(gpointer line);
/* True for the names of the sections above. */
bool study_section(const char *section);

/* The study of @scenario, with the grid of that name (NULL: none).  A key in @overrides
 * ("section.key=value", may be NULL) is swept no more.  NULL with @error: file, line, what
 * was expected. */
Study *study_new(const Scenario *scenario, const char *grid, char *const *overrides,
                 GError **error);
void study_free(Study *study);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Study, study_free)

/* The scenario of one variant: loaded anew with @overrides and the variant's settings. */
Scenario *study_scenario(const Study *study, size_t variant, const char *path,
                         char *const *overrides, GError **error);

/* Every variant must be a scenario by itself.  False with @error, which names the variant.
 */
bool study_check(const Study *study, const char *path, char *const *overrides,
                 GError **error);

/* study_values.c: the items of a list ("3..5, 9"), new; NULL with *ret_expected (new). */
GPtrArray *study_values(const char *text, char **ret_expected);
/* The seeds of a list of whole numbers and ranges. */
GArray *study_seeds(const char *text, char **ret_expected);
