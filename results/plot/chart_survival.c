/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The share of messages that still have a copy, by age; drawn only where any was lost. */
#include "results/plot/charts.h"

static bool
is_flat(const GArray *curve)
{
    for (guint i = 0; i < curve->len; i++)
        if (g_array_index(curve, CurvePoint, i).least < 1)
            return false;
    return true;
}

bool
chart_survival(RecordReader *reader, Figure *figure)
{
    g_autoptr(GArray) curve = curve_of_bins(reader, "survival_by_age");
    TimeAxis axis = chart_time_axis(chart_x_end(curve));
    g_autofree char *x_title = g_strdup_printf("age of the message, %s", axis.unit);
    PanelLook look = { .x_title = x_title,
                       .y_title = "messages with a copy, %",
                       .y_free = true,
                       .x_high = chart_x_end(curve) / axis.unit_s };

    if (is_flat(curve))
        return false;
    chart_add_curve(figure_add_panel(figure, look), curve, NULL, COLOUR_BLUE, axis.unit_s,
                    100);
    return true;
}
