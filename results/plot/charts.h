/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each chart's file gives to plot.c.  Used inside plot only. */
#pragma once

#include "results/plot/curve.h"
#include "results/plot/figure.h"

/* Fill @figure; false when nothing of it was recorded. */
bool chart_fates(RecordReader *reader, Figure *figure);
bool chart_replicas(RecordReader *reader, Figure *figure);
bool chart_survival(RecordReader *reader, Figure *figure);
bool chart_latency(RecordReader *reader, Figure *figure);
bool chart_network(RecordReader *reader, Figure *figure);
bool chart_load(RecordReader *reader, Figure *figure);

/* A time axis: seconds, minutes, hours or days, whichever suits a span. */
typedef struct TimeAxis {
    double unit_s;
    const char *unit;
} TimeAxis;

TimeAxis chart_time_axis(double span_s);

/* Mean and, with more runs than one, band of @curve; x is divided by @x_unit, y multiplied
 * by @y_scale.  Bins become steps. */
void chart_add_curve(Panel *panel, const GArray *curve, const char *label,
                     const char *colour, double x_unit, double y_scale);

/* The largest x of a curve, 0 of an empty one. */
double chart_x_end(const GArray *curve);
