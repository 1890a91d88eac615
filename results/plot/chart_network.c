/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network itself: nodes that are up, active and decommissioned, swarms, what is stored.
 */
#include <math.h>

#include "results/plot/charts.h"

enum {
    CURVES_A_PANEL_MAX = 2,
    FREE_SPAN_MIN = 10, /* curves that hardly change are drawn from 0 */
};

typedef struct NetworkPanel {
    const char *y_title;
    double unit; /* recorded values are divided by it */
    bool y_free; /* where the curves change, y need not begin at 0 */
    struct {
        const char *series, *label, *colour;
    } curves[CURVES_A_PANEL_MAX];
} NetworkPanel;

static const NetworkPanel panels[] = {
    { "nodes",
      1,
      true,
      { { "nodes_up", "up", COLOUR_GREEN },
        { "nodes_active", "active by the chain", COLOUR_BLUE } } },
    { "decommissioned nodes", 1, false, { { "nodes_decommissioned", NULL, COLOUR_RED } } },
    { "swarms", 1, false, { { "swarms", NULL, COLOUR_PURPLE } } },
    { "stored by all nodes, MB",
      1e6,
      false,
      { { "messages_stored_bytes", NULL, COLOUR_ORANGE } } },
};

/* The end of the longest series, for one time axis under all panels. */
static double
span_of(RecordReader *reader)
{
    double span = 0;

    for (guint p = 0; p < G_N_ELEMENTS(panels); p++)
        for (guint i = 0; i < CURVES_A_PANEL_MAX && panels[p].curves[i].series; i++) {
            g_autoptr(GArray) curve = curve_of_series(reader, panels[p].curves[i].series);

            span = MAX(span, chart_x_end(curve));
        }
    return span;
}

/* How far the panel's curves reach, from the least run to the greatest. */
static double
height_of(RecordReader *reader, const NetworkPanel *what)
{
    double least = INFINITY, most = -INFINITY;

    for (guint i = 0; i < CURVES_A_PANEL_MAX && what->curves[i].series != NULL; i++) {
        g_autoptr(GArray) curve = curve_of_series(reader, what->curves[i].series);

        for (guint k = 0; k < curve->len; k++) {
            least = MIN(least, g_array_index(curve, CurvePoint, k).least);
            most = MAX(most, g_array_index(curve, CurvePoint, k).most);
        }
    }
    return most - least;
}

static bool
add_panel(RecordReader *reader, Figure *figure, const NetworkPanel *what, double span_s)
{
    TimeAxis axis = chart_time_axis(span_s);
    g_autofree char *x_title = g_strdup_printf("simulated time, %s", axis.unit);
    PanelLook look = { .x_title = x_title,
                       .y_title = what->y_title,
                       .y_free = what->y_free && height_of(reader, what) >= FREE_SPAN_MIN,
                       .x_high = span_s / axis.unit_s };
    Panel *panel = NULL;

    for (guint i = 0; i < CURVES_A_PANEL_MAX && what->curves[i].series != NULL; i++) {
        g_autoptr(GArray) curve = curve_of_series(reader, what->curves[i].series);

        if (curve->len == 0)
            continue;
        if (panel == NULL)
            panel = figure_add_panel(figure, look);
        chart_add_curve(panel, curve, what->curves[i].label, what->curves[i].colour,
                        axis.unit_s, 1 / what->unit);
    }
    return panel != NULL;
}

bool
chart_network(RecordReader *reader, Figure *figure)
{
    double span = span_of(reader);
    bool some = false;

    figure_set_columns(figure, 2);
    for (guint i = 0; i < G_N_ELEMENTS(panels); i++)
        some |= add_panel(reader, figure, &panels[i], span);
    return some;
}
