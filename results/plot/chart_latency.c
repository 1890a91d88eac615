/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long messages took from being sent to being fetched, of those that were. */
#include "results/plot/charts.h"

bool
chart_latency(RecordReader *reader, Figure *figure)
{
    g_autoptr(GArray) shares = curve_of_shares_below(reader, "latency_s");
    PanelLook look = { .x_title = "time from sending to delivery",
                       .y_title = "delivered messages, %",
                       .x_durations = true,
                       .y_high = 100 };

    if (shares->len == 0)
        return false;
    chart_add_curve(figure_add_panel(figure, look), shares, "delivered within", COLOUR_BLUE,
                    1, 100);
    return true;
}
