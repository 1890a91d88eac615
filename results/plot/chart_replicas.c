/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many copies of a message there are as it ages, and how many messages hang by the last
 * one. */
#include "results/plot/charts.h"

bool
chart_replicas(RecordReader *reader, Figure *figure)
{
    g_autoptr(GArray) mean = curve_of_bins(reader, "replicas_mean");
    g_autoptr(GArray) few = curve_of_bins(reader, "replicas_at_most_1");
    g_autoptr(GArray) none = curve_of_bins(reader, "replicas_0");
    double x_end = MAX(chart_x_end(mean), MAX(chart_x_end(few), chart_x_end(none)));
    TimeAxis axis = chart_time_axis(x_end);
    g_autofree char *x_title = g_strdup_printf("age of the message, %s", axis.unit);
    PanelLook look = { .x_title = x_title,
                       .y_title = "copies in the swarm",
                       .x_high = x_end / axis.unit_s };
    Panel *panel;

    if (mean->len + few->len + none->len == 0)
        return false;
    if (mean->len > 0) {
        panel = figure_add_panel(figure, look);
        chart_add_curve(panel, mean, "copies, mean", COLOUR_BLUE, axis.unit_s, 1);
    }
    if (few->len + none->len > 0) {
        look.y_title = "messages, %";
        panel = figure_add_panel(figure, look);
        chart_add_curve(panel, few, "at most one copy", COLOUR_ORANGE, axis.unit_s, 100);
        chart_add_curve(panel, none, "no copy", COLOUR_RED, axis.unit_s, 100);
    }
    return true;
}
