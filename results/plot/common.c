/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What several charts need: time axes, and curves with bands. */
#include "results/plot/charts.h"

TimeAxis
chart_time_axis(double span_s)
{
    if (span_s >= 3 * 86400)
        return (TimeAxis){ 86400, "days" };
    if (span_s >= 3 * 3600)
        return (TimeAxis){ 3600, "hours" };
    if (span_s >= 10 * 60)
        return (TimeAxis){ 60, "minutes" };
    return (TimeAxis){ 1, "seconds" };
}

double
chart_x_end(const GArray *curve)
{
    return curve->len > 0 ? g_array_index(curve, CurvePoint, curve->len - 1).x_end : 0;
}

static void
add_rows(Panel *panel, const CurvePoint *point, double x_unit, double y1, double y2)
{
    panel_row(panel, point->x / x_unit, y1, y2);
    if (point->x_end > point->x)
        panel_row(panel, point->x_end / x_unit, y1, y2);
}

void
chart_add_curve(Panel *panel, const GArray *curve, const char *label, const char *colour,
                double x_unit, double y_scale)
{
    panel_add_band(panel, colour);
    for (guint i = 0; i < curve->len; i++) {
        const CurvePoint *point = &g_array_index(curve, CurvePoint, i);

        if (point->runs > 1)
            add_rows(panel, point, x_unit, point->least * y_scale, point->most * y_scale);
    }
    panel_add_line(panel, label, colour);
    for (guint i = 0; i < curve->len; i++) {
        const CurvePoint *point = &g_array_index(curve, CurvePoint, i);

        add_rows(panel, point, x_unit, point->mean * y_scale, 0);
    }
}
