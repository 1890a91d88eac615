/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What nodes have to carry: each quantity sorted by itself, so that a curve shows how
 * uneven it is. */
#include "results/plot/charts.h"

enum { LOADS_A_PANEL_MAX = 4 };

typedef struct Load {
    const char *name, *label, *colour;
} Load;

typedef struct LoadPanel {
    const char *y_title;
    double unit; /* recorded values are divided by it */
    Load loads[LOADS_A_PANEL_MAX];
} LoadPanel;

static const LoadPanel panels[] = {
    { "requests over the run",
      1,
      { { "requests", "all", COLOUR_BLACK },
        { "stores", "store", COLOUR_ORANGE },
        { "retrieves", "retrieve", COLOUR_BLUE },
        { "onions", "onion", COLOUR_GREEN } } },
    { "traffic over the run, MB",
      1e6,
      { { "bytes_out", "sent", COLOUR_RED }, { "bytes_in", "received", COLOUR_BLUE } } },
    { "messages stored at the end, MB", 1e6, { { "stored_bytes", NULL, COLOUR_PURPLE } } },
    { "processor time over the run, s", 1, { { "cpu_s", NULL, COLOUR_BLUE } } },
};

static bool
add_panel(RecordReader *reader, Figure *figure, const LoadPanel *what)
{
    PanelLook look = { .x_title = "node, from the busiest", .y_title = what->y_title };
    Panel *panel = NULL;

    for (guint i = 0; i < LOADS_A_PANEL_MAX && what->loads[i].name != NULL; i++) {
        g_autoptr(GArray) curve = curve_of_sorted_loads(reader, what->loads[i].name);

        if (curve->len == 0)
            continue;
        if (panel == NULL)
            panel = figure_add_panel(figure, look);
        chart_add_curve(panel, curve, what->loads[i].label, what->loads[i].colour, 1,
                        1 / what->unit);
    }
    return panel != NULL;
}

bool
chart_load(RecordReader *reader, Figure *figure)
{
    bool some = false;

    figure_set_columns(figure, 2);
    for (guint i = 0; i < G_N_ELEMENTS(panels); i++)
        some |= add_panel(reader, figure, &panels[i]);
    return some;
}
