/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the files of compare. */
#pragma once

#include "results/compare/compare.h"

#define COMPARE_ERROR g_quark_from_static_string("swarmbed-compare")

/* scenarios.c: adds to @keys how the texts differ.  Returns those keys of them by which the
 * worlds differ (what happens to the network, and how it is measured), in one text to
 * g_free(), or NULL. */
char *scenarios_differ(const char *base, const char *new_, GPtrArray *keys);

/* judge.c: fill in everything but the verdict from the values of each run (@base beside
 * @new_ when paired, then both counts are the same). */
void judge_measure(CompareRow *row, bool paired, const double *base, guint count_base,
                   const double *new_, guint count_new);
/* Holm over the rows of all variants, then their verdicts and the whole's. */
void judge_all(Comparison *comparison);

/* text.c, in words; g_free() them.  The difference with its interval, in the way of its
 * margin; the margin; why a row is undecided, or what else is to be said of it (may be
 * empty); a line that sums up. */
char *row_difference(const CompareRow *row);
char *row_allowed(const CompareRow *row);
char *row_remark(const CompareVariant *variant, const CompareRow *row);
char *comparison_conclusion(const Comparison *comparison);
/* Whether it is a part of the variant's verdict that this row is undecided. */
bool row_waits(const CompareRow *row);
