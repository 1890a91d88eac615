/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The charts of an experiment, each the answer to one question, drawn from its results
 * database by gnuplot as SVG and PNG.  Curves are means over runs with a band from the
 * least to the greatest run; the caption says how many runs, which seeds, which commit. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>

#include "results/record/reader.h"

typedef struct PlotChart {
    const char *name;     /* of its files: letters and '_' */
    const char *question; /* its title */
    const char *note;     /* how to read it, one or two sentences */
} PlotChart;

/* The charts by number from 0; NULL past the last. */
const PlotChart *plot_chart(size_t index);

typedef enum PlotOutcome {
    PLOT_DRAWN,
    PLOT_NOTHING_RECORDED, /* the database has no data for this chart */
    PLOT_FAILED,           /* @error is set */
} PlotOutcome;

/* Draw FOLDER/NAME.svg and FOLDER/NAME.png; the folder is there. */
PlotOutcome plot_draw(RecordReader *reader, const PlotChart *chart, const char *folder,
                      GError **error);

/* A figure over the variants of a sweep (sweep.c): each variant's mean over runs with its
 * 95 % interval as a bar.  The reader looks at the first variant afterwards. */
PlotOutcome plot_draw_sweep(RecordReader *reader, const RecordPlot *plot,
                            const char *folder, GError **error);
