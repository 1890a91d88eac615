/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One curve out of the runs of an experiment: at each place the mean over runs, with the
 * least and the greatest run.  Nothing is pooled (science 3.1).  Used inside plot only. */
#pragma once

#include <glib.h>

#include "results/record/reader.h"

typedef struct CurvePoint {
    double x, x_end;          /* the same for a curve that is no histogram */
    double mean, least, most; /* over the runs that have this place */
    double sum;
    guint runs;
} CurvePoint;

/* The functions give a new GArray of CurvePoint with rising x; empty when the database has
 * nothing of that name. */

/* A time series, thinned to at most CURVE_POINTS_MAX by taking neighbours together. */
GArray *curve_of_series(RecordReader *reader, const char *name);
/* Bins as they are: low, high, weight. */
GArray *curve_of_bins(RecordReader *reader, const char *name);
/* Each run's share of its weight up to x (0 to 1), at every bin's end that any run has. */
GArray *curve_of_shares_below(RecordReader *reader, const char *name);
/* Each run's node loads from the greatest to the least; x = 1, 2, ... */
GArray *curve_of_sorted_loads(RecordReader *reader, const char *name);

enum { CURVE_POINTS_MAX = 600 };
