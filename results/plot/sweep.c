/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A metric against a swept key: a curve for each value of another key. */
#include "results/plot/charts.h"
#include "results/plot/plot.h"
#include "results/record/quantity.h"
#include "results/stats/stats.h"

#include <math.h>
#include <string.h>

/* One variant in the figure. */
typedef struct Point {
    const char *x_text;
    double x;
    char *curve; /* what its curve is called */
    StatsInterval y;
} Point;

typedef struct Sweep {
    RecordReader *reader;
    const RecordPlot *plot;
    GArray *points;     /* Point */
    GPtrArray *x_names; /* the values of x in order, where they are no numbers */
    const char *x_unit, *y_unit;
    bool numbers;
} Sweep;

static void
point_clear(gpointer data)
{
    g_free(((Point *)data)->curve);
}

static StatsInterval
interval_of(RecordReader *reader, const char *name, const char **ret_unit)
{
    g_autoptr(GArray) values = record_reader_values(reader, name, ret_unit);

    return stats_mean((const double *)(const void *)values->data, values->len,
                      STATS_CONFIDENCE);
}

/* Some variant has another value of that key. */
static bool
varies(const RecordReader *reader, const RecordSetting *setting)
{
    const GArray *variants = record_reader_variants(reader);

    for (guint v = 0; v < variants->len; v++)
        if (g_strcmp0(record_variant_setting(&g_array_index(variants, RecordVariant, v),
                                             setting->key),
                      setting->value) != 0)
            return true;
    return false;
}

/* The value of `by`, or all settings but x that tell variants apart. */
static char *
curve_name(const Sweep *sweep, const RecordVariant *variant)
{
    const char *by = record_variant_setting(variant, sweep->plot->by);
    GString *name = g_string_new(NULL);

    if (sweep->plot->by[0] != '\0')
        return g_string_free(g_string_append(name, by != NULL ? by : ""), FALSE);
    for (guint i = 0; i < variant->settings->len; i++) {
        const RecordSetting *setting = &g_array_index(variant->settings, RecordSetting, i);

        if (strcmp(setting->key, sweep->plot->x) != 0 && varies(sweep->reader, setting))
            g_string_append_printf(name, "%s%s=%s", name->len > 0 ? ", " : "", setting->key,
                                   setting->value);
    }
    return g_string_free(name, FALSE);
}

static void
add_variant(Sweep *sweep, const RecordVariant *variant)
{
    const char *unit = "1";
    Point point = { .x_text = record_variant_setting(variant, sweep->plot->x) };

    if (point.x_text == NULL)
        return;
    point.y = interval_of(sweep->reader, sweep->plot->y, &sweep->y_unit);
    if (point.y.runs == 0 || !isfinite(point.y.value))
        return;
    if (!record_quantity(point.x_text, &point.x, &unit))
        sweep->numbers = false;
    sweep->x_unit = unit;
    if (!g_ptr_array_find_with_equal_func(sweep->x_names, point.x_text, g_str_equal, NULL))
        g_ptr_array_add(sweep->x_names, (gpointer)point.x_text);
    point.curve = curve_name(sweep, variant);
    g_array_append_val(sweep->points, point);
}

static gint
compare_x(gconstpointer a, gconstpointer b)
{
    const Point *left = a, *right = b;

    return (left->x > right->x) - (left->x < right->x);
}

static void
collect(Sweep *sweep)
{
    const GArray *variants = record_reader_variants(sweep->reader);

    for (guint v = 0; v < variants->len; v++) {
        record_reader_choose(sweep->reader, v);
        add_variant(sweep, &g_array_index(variants, RecordVariant, v));
    }
    record_reader_choose(sweep->reader, 0);
    for (guint i = 0; !sweep->numbers && i < sweep->points->len; i++) {
        Point *point = &g_array_index(sweep->points, Point, i);
        guint place = 0;

        g_ptr_array_find_with_equal_func(sweep->x_names, point->x_text, g_str_equal,
                                         &place);
        point->x = place;
    }
}

/* On a logarithmic axis nothing is at 0 or below. */
static bool
is_there(const Sweep *sweep, const Point *point)
{
    return (point->y.value > 0 || strchr(sweep->plot->log, 'y') == NULL) &&
           (point->x > 0 || strchr(sweep->plot->log, 'x') == NULL);
}

static void
draw_curve(const Sweep *sweep, Panel *panel, const GArray *points, const char *name,
           const char *colour, double x_unit)
{
    bool log_y = strchr(sweep->plot->log, 'y') != NULL;

    panel_add_bars(panel, colour);
    for (guint i = 0; i < points->len; i++) {
        const Point *p = &g_array_index(points, Point, i);
        /* What is measured here is not negative; on a logarithmic axis 0 is far below. */
        double low = p->y.low > 0 ? p->y.low : log_y ? p->y.value / 10 : 0;

        if (is_there(sweep, p) && p->y.runs > 1 && p->y.high > low)
            panel_row(panel, p->x / x_unit, low, p->y.high);
    }
    panel_add_line(panel, name[0] != '\0' ? name : NULL, colour);
    for (guint i = 0; i < points->len; i++) {
        const Point *p = &g_array_index(points, Point, i);

        if (is_there(sweep, p))
            panel_row(panel, p->x / x_unit, p->y.value, 0);
    }
}

static void
draw_curves(const Sweep *sweep, Panel *panel, double x_unit)
{
    static const char *const colours[] = { COLOUR_BLUE,  COLOUR_ORANGE, COLOUR_GREEN,
                                           COLOUR_RED,   COLOUR_PURPLE, COLOUR_SKY,
                                           COLOUR_BLACK, COLOUR_YELLOW };
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < sweep->points->len; i++) {
        char *name = g_array_index(sweep->points, Point, i).curve;

        if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, name);
    }
    for (guint n = 0; n < names->len; n++) {
        g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(Point));

        for (guint i = 0; i < sweep->points->len; i++) {
            const Point *point = &g_array_index(sweep->points, Point, i);

            if (strcmp(point->curve, names->pdata[n]) == 0)
                g_array_append_vals(points, point, 1);
        }
        g_array_sort(points, compare_x);
        draw_curve(sweep, panel, points, names->pdata[n],
                   colours[n % G_N_ELEMENTS(colours)], x_unit);
    }
}

static char *
axis_title(const char *name, const char *unit)
{
    return strcmp(unit, "1") == 0 || unit[0] == '\0'
               ? g_strdup(name)
               : g_strdup_printf("%s, %s", name, unit);
}

static double
x_span(const Sweep *sweep)
{
    double span = 0;

    for (guint i = 0; i < sweep->points->len; i++)
        span = fmax(span, g_array_index(sweep->points, Point, i).x);
    return span;
}

/* gnuplot looks at no bar when it chooses the axis. */
static double
y_top(const Sweep *sweep)
{
    double top = 0;

    for (guint i = 0; i < sweep->points->len; i++)
        top = fmax(top, g_array_index(sweep->points, Point, i).y.high);
    return top * 1.05;
}

static Figure *
figure_of(Sweep *sweep)
{
    const RecordPlot *plot = sweep->plot;
    guint runs = record_reader_runs(sweep->reader)->len;
    g_autofree char *commits = record_reader_commits(sweep->reader);
    g_autofree char *caption =
        g_strdup_printf("%s: %u runs a variant, bars: 95 %% over runs, commit %s",
                        record_reader_scenario_name(sweep->reader), runs, commits);
    Figure *figure = figure_new(plot->name, plot->title, caption);
    bool times = sweep->numbers && strcmp(sweep->x_unit, "s") == 0;
    TimeAxis axis = times ? chart_time_axis(x_span(sweep))
                          : (TimeAxis){ 1, sweep->numbers ? sweep->x_unit : "1" };
    g_autofree char *x_title = axis_title(plot->x, axis.unit);
    g_autofree char *y_title = axis_title(plot->y, sweep->y_unit);
    PanelLook look = { .x_title = x_title,
                       .y_title = y_title,
                       .y_high = y_top(sweep),
                       .x_room = true,
                       .x_log = strchr(plot->log, 'x') != NULL,
                       .y_log = strchr(plot->log, 'y') != NULL };

    g_ptr_array_add(sweep->x_names, NULL);
    if (!sweep->numbers)
        look.x_names = (const char *const *)sweep->x_names->pdata;
    draw_curves(sweep, figure_add_panel(figure, look), axis.unit_s);
    return figure;
}

PlotOutcome
plot_draw_sweep(RecordReader *reader, const RecordPlot *plot, const char *folder,
                GError **error)
{
    Sweep sweep = { .reader = reader,
                    .plot = plot,
                    .points = g_array_new(FALSE, FALSE, sizeof(Point)),
                    .x_names = g_ptr_array_new(),
                    .x_unit = "1",
                    .y_unit = "1",
                    .numbers = true };
    PlotOutcome outcome = PLOT_NOTHING_RECORDED;

    g_array_set_clear_func(sweep.points, point_clear);
    collect(&sweep);
    if (sweep.points->len > 0) {
        g_autoptr(Figure) figure = figure_of(&sweep);

        outcome = figure_draw(figure, folder, error) ? PLOT_DRAWN : PLOT_FAILED;
    }
    g_array_unref(sweep.points);
    g_ptr_array_unref(sweep.x_names);
    if (outcome != PLOT_FAILED && !record_reader_check(reader, error))
        outcome = PLOT_FAILED;
    return outcome;
}
