/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One side of a comparison. */
#pragma once

#include "results/record/reader.h"

/* The metrics of the variant that a reader looks at: a value for each of its runs. */
typedef struct Side {
    RecordReader *reader;
    const GArray *runs;
    GPtrArray *names;   /* const char *, as recorded */
    GHashTable *values; /* name -> double[runs], NAN where there is none */
    GHashTable *units;  /* name -> unit */
    /* Of all runs: what a share of 0 or 1 in all of them is worth; NAN: not known. */
    double messages;
} Side;

/* Look at the variant at place @variant of @reader; side_clear() it. */
void side_read(Side *side, RecordReader *reader, guint variant);
void side_clear(Side *side);

/* Both by seed: places of the runs that have one in the other, side by side.  Returns how
 * many; there must be room for all runs of @base. */
guint side_match(const Side *base, const Side *new_, guint *ret_base, guint *ret_new);
