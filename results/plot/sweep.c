/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A metric against a swept key: a curve for each value of another key. */
#include "results/plot/charts.h"
#include "results/plot/plot.h"
#include "results/record/quantity.h"
#include "results/stats/stats.h"

#include <math.h>
#include <string.h>

/* From curve to curve, of the axis. */
static const double BESIDE = 0.004;

/* One variant in the figure. */
typedef struct Point {
    const char *x_text;
    double x;
    char *curve;             /* what its curve is called */
    StatsInterval y, across; /* the latter where a metric is along x */
    double exact;            /* what the metric should be; NAN where nobody says */
} Point;

/* One metric against the key, over all variants. */
typedef struct Sweep {
    RecordReader *reader;
    const RecordPlot *plot;
    const char *metric;
    bool log_x, log_y;
    GArray *points;     /* Point */
    GPtrArray *x_names; /* the values of x in order, where they are no numbers */
    GPtrArray *keys;    /* that name the curves */
    const char *x_unit, *y_unit;
    double x_low, x_high;
    bool numbers;
    bool metrics; /* a metric is along x: a curve leads from variant to variant */
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

    return stats_none_seen(stats_mean((const double *)(const void *)values->data,
                                      values->len, STATS_CONFIDENCE),
                           record_reader_trials(reader, name), STATS_CONFIDENCE);
}

/* NAME.exact, which all runs of a variant agree on. */
static double
exact_of(RecordReader *reader, const char *name)
{
    g_autofree char *exact = g_strconcat(name, ".exact", NULL);
    g_autoptr(GArray) values = record_reader_values(reader, exact, NULL);

    return values->len > 0 ? g_array_index(values, double, 0) : NAN;
}

static const char *
value_of(const RecordVariant *variant, const char *key)
{
    const char *value = record_variant_setting(variant, key);

    return value != NULL ? value : "";
}

/* Whenever two variants agree in @known (and in x), they agree in @key too: it tells
 * nothing more apart. */
static bool
is_told_by(const Sweep *sweep, const GPtrArray *known, const char *key)
{
    const GArray *variants = record_reader_variants(sweep->reader);

    for (guint a = 0; a < variants->len; a++)
        for (guint b = 0; b < a; b++) {
            const RecordVariant *left = &g_array_index(variants, RecordVariant, a);
            const RecordVariant *right = &g_array_index(variants, RecordVariant, b);
            bool agree = strcmp(value_of(left, sweep->plot->x),
                                value_of(right, sweep->plot->x)) == 0;

            for (guint i = 0; agree && i < known->len; i++)
                agree = strcmp(value_of(left, known->pdata[i]),
                               value_of(right, known->pdata[i])) == 0;
            if (agree && strcmp(value_of(left, key), value_of(right, key)) != 0)
                return false;
        }
    return true;
}

/* The keys that name curves: those that tell variants apart, beside x. */
static GPtrArray *
naming_keys(const Sweep *sweep)
{
    const GArray *variants = record_reader_variants(sweep->reader);
    const RecordVariant *first = &g_array_index(variants, RecordVariant, 0);
    GPtrArray *keys = g_ptr_array_new();

    if (sweep->plot->by[0] != '\0') {
        g_ptr_array_add(keys, (gpointer)sweep->plot->by);
        return keys;
    }
    for (guint i = 0; i < first->settings->len; i++) {
        const char *key = g_array_index(first->settings, RecordSetting, i).key;

        if (strcmp(key, sweep->plot->x) != 0 && !is_told_by(sweep, keys, key))
            g_ptr_array_add(keys, (gpointer)key);
    }
    return keys;
}

/* "exponential(14d), anti_entropy 6h": what says by itself what it is needs no name. */
static char *
curve_name(const Sweep *sweep, const RecordVariant *variant)
{
    GString *name = g_string_new(NULL);

    for (guint i = 0; i < sweep->keys->len; i++) {
        const char *key = sweep->keys->pdata[i], *value = value_of(variant, key);
        const char *dot = strrchr(key, '.');

        if (name->len > 0)
            g_string_append(name, ", ");
        if (strchr(value, '(') == NULL)
            g_string_append_printf(name, "%s ", dot != NULL ? dot + 1 : key);
        g_string_append(name, value);
    }
    return g_string_free(name, FALSE);
}

static void
add_variant(Sweep *sweep, const RecordVariant *variant)
{
    const char *unit = "1";
    Point point = { .x_text = record_variant_setting(variant, sweep->plot->x) };

    if (sweep->metrics) {
        point.x_text = "";
        point.across = interval_of(sweep->reader, sweep->plot->x, &sweep->x_unit);
        if (point.across.runs == 0 || !isfinite(point.across.value))
            return;
    }
    if (point.x_text == NULL)
        return;
    point.y = interval_of(sweep->reader, sweep->metric, &sweep->y_unit);
    if (point.y.runs == 0 || !isfinite(point.y.value))
        return;
    if (sweep->metrics) {
        point.x = point.across.value;
    } else {
        if (!record_quantity(point.x_text, &point.x, &unit))
            sweep->numbers = false;
        sweep->x_unit = unit;
    }
    if (!g_ptr_array_find_with_equal_func(sweep->x_names, point.x_text, g_str_equal, NULL))
        g_ptr_array_add(sweep->x_names, (gpointer)point.x_text);
    point.exact = exact_of(sweep->reader, sweep->metric);
    point.curve = curve_name(sweep, variant);
    g_array_append_val(sweep->points, point);
}

/* Some variant has a setting of the name along x. */
static bool
is_a_key(const Sweep *sweep)
{
    const GArray *variants = record_reader_variants(sweep->reader);

    for (guint v = 0; v < variants->len; v++)
        if (record_variant_setting(&g_array_index(variants, RecordVariant, v),
                                   sweep->plot->x) != NULL)
            return true;
    return false;
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

    sweep->metrics = !is_a_key(sweep);
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
    sweep->x_low = INFINITY;
    for (guint i = 0; i < sweep->points->len; i++) {
        const Point *point = &g_array_index(sweep->points, Point, i);

        if (point->x <= 0 && sweep->log_x)
            continue;
        sweep->x_low = fmin(sweep->x_low, point->x);
        sweep->x_high = fmax(sweep->x_high, point->x);
    }
}

/* On a logarithmic axis nothing is at 0 or below. */
static bool
is_there(const Sweep *sweep, const Point *point)
{
    return (point->y.value > 0 || !sweep->log_y) && (point->x > 0 || !sweep->log_x);
}

/* Where a metric is along x: bars across, and a mark at each variant, the first one open.
 */
static void
draw_marks(const Sweep *sweep, Panel *panel, const GArray *points, const char *colour)
{
    panel_add_bars_across(panel, colour);
    for (guint i = 0; i < points->len; i++) {
        const Point *p = &g_array_index(points, Point, i);
        double low = p->across.low > 0 ? p->across.low : sweep->log_x ? p->x / 10 : 0;

        if (is_there(sweep, p) && p->across.runs > 1 && p->across.high > low)
            panel_row(panel, low, p->y.value, p->across.high);
    }
    for (guint i = 0; i < points->len; i++) {
        const Point *p = &g_array_index(points, Point, i);

        panel_add_mark(panel, colour, i > 0);
        if (is_there(sweep, p))
            panel_row(panel, p->x, p->y.value, 0);
    }
}

/* Bars at one x would hide each other: each curve stands a little beside it. */
static double
beside(const Sweep *sweep, double x, double share)
{
    if (sweep->metrics)
        return x;
    if (sweep->log_x)
        return x * pow(sweep->x_high / sweep->x_low, share);
    return x + share * (sweep->x_high - sweep->x_low);
}

static void
draw_curve(const Sweep *sweep, Panel *panel, const GArray *points, const char *name,
           const char *colour, double share, double x_unit, bool named)
{
    panel_add_bars(panel, colour);
    for (guint i = 0; i < points->len; i++) {
        const Point *p = &g_array_index(points, Point, i);
        /* What is measured here is not negative; on a logarithmic axis 0 is far below. */
        double low = p->y.low > 0 ? p->y.low : sweep->log_y ? p->y.value / 10 : 0;

        if (is_there(sweep, p) && p->y.runs > 1 && p->y.high > low)
            panel_row(panel, beside(sweep, p->x, share) / x_unit, low, p->y.high);
    }
    panel_add_line(panel, named && name[0] != '\0' ? name : NULL, colour);
    for (guint i = 0; i < points->len; i++) {
        const Point *p = &g_array_index(points, Point, i);

        if (is_there(sweep, p))
            panel_row(panel, beside(sweep, p->x, share) / x_unit, p->y.value, 0);
    }
    panel_add_dashes(panel, NULL, colour);
    for (guint i = 0; i < points->len; i++) {
        const Point *p = &g_array_index(points, Point, i);

        if (isfinite(p->exact) && (p->exact > 0 || !sweep->log_y) && is_there(sweep, p))
            panel_row(panel, p->x / x_unit, p->exact, 0);
    }
    if (sweep->metrics)
        draw_marks(sweep, panel, points, colour);
}

static void
draw_curves(const Sweep *sweep, Panel *panel, double x_unit, bool named)
{
    static const char *const colours[] = { COLOUR_BLUE,  COLOUR_ORANGE, COLOUR_GREEN,
                                           COLOUR_RED,   COLOUR_PURPLE, COLOUR_SKY,
                                           COLOUR_BLACK, COLOUR_YELLOW, COLOUR_INDIGO,
                                           COLOUR_WINE,  COLOUR_OLIVE,  COLOUR_TEAL };
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
        if (!sweep->metrics)
            g_array_sort(points, compare_x);
        draw_curve(sweep, panel, points, names->pdata[n],
                   colours[n % G_N_ELEMENTS(colours)],
                   BESIDE * ((double)n - (double)(names->len - 1) / 2), x_unit, named);
    }
}

static char *
axis_title(const char *name, const char *unit)
{
    return strcmp(unit, "1") == 0 || unit[0] == '\0'
               ? g_strdup(name)
               : g_strdup_printf("%s, %s", name, unit);
}

typedef struct ByteAxis {
    double unit;
    const char *name;
} ByteAxis;

/* Bytes on an axis are counted in what needs few digits. */
static ByteAxis
byte_axis(double span)
{
    static const ByteAxis units[] = {
        { 1e12, "TB" }, { 1e9, "GB" }, { 1e6, "MB" }, { 1e3, "kB" }, { 1, "bytes" }
    };
    size_t i = 0;

    while (units[i].unit > 1 && span < 2 * units[i].unit)
        i++;
    return units[i];
}

/* From here on bytes are told in that unit. */
static void
scale_bytes(Sweep *sweep)
{
    ByteAxis axis;
    double top = 0;

    if (strcmp(sweep->y_unit, "bytes") != 0)
        return;
    for (guint i = 0; i < sweep->points->len; i++)
        top = fmax(top, g_array_index(sweep->points, Point, i).y.high);
    axis = byte_axis(top);
    sweep->y_unit = axis.name;
    for (guint i = 0; i < sweep->points->len; i++) {
        Point *point = &g_array_index(sweep->points, Point, i);

        point->y.value /= axis.unit;
        point->y.low /= axis.unit;
        point->y.high /= axis.unit;
        point->exact /= axis.unit;
    }
}

/* gnuplot looks at no bar when it chooses the axis.  What is all far from 0 and close
 * together is not shown from 0 on. */
static void
choose_y(const Sweep *sweep, PanelLook *look)
{
    double bottom = INFINITY, top = 0;

    for (guint i = 0; i < sweep->points->len; i++) {
        const StatsInterval *y = &g_array_index(sweep->points, Point, i).y;

        top = fmax(top, y->high);
        bottom = fmin(bottom, y->runs > 1 ? y->low : y->value);
    }
    look->y_high = top * 1.05;
    if (!sweep->log_y && bottom > 0.7 * top && top > bottom) {
        look->y_low = fmax(0, bottom - 0.1 * (top - bottom));
        look->y_high = top + 0.1 * (top - bottom);
    }
}

/* On a logarithmic axis gnuplot would go to the next powers of ten. */
static void
choose_x(const Sweep *sweep, double unit, PanelLook *look)
{
    double room = pow(sweep->x_high / sweep->x_low, 0.05);

    if (!sweep->log_x || sweep->metrics || !sweep->numbers || sweep->x_high <= sweep->x_low)
        return;
    look->x_low = sweep->x_low / room / unit;
    look->x_high = sweep->x_high * room / unit;
}

static bool
has_exact(const Sweep *sweep)
{
    for (guint i = 0; i < sweep->points->len; i++)
        if (isfinite(g_array_index(sweep->points, Point, i).exact))
            return true;
    return false;
}

static void
add_panel(Sweep *sweep, Figure *figure, bool named)
{
    const RecordPlot *plot = sweep->plot;
    bool times = sweep->numbers && !sweep->metrics && strcmp(sweep->x_unit, "s") == 0;
    TimeAxis axis = times ? chart_time_axis(sweep->x_high)
                          : (TimeAxis){ 1, sweep->numbers ? sweep->x_unit : "1" };
    g_autofree char *x_title = axis_title(plot->x, axis.unit);
    g_autofree char *y_title = axis_title(sweep->metric, sweep->y_unit);
    PanelLook look = { .x_title = x_title,
                       .y_title = y_title,
                       .x_room = true,
                       .x_log = sweep->log_x,
                       .y_log = sweep->log_y };

    choose_y(sweep, &look);
    choose_x(sweep, axis.unit_s, &look);
    g_ptr_array_add(sweep->x_names, NULL);
    if (!sweep->numbers)
        look.x_names = (const char *const *)sweep->x_names->pdata;
    draw_curves(sweep, figure_add_panel(figure, look), axis.unit_s, named);
}

static Sweep
sweep_of(RecordReader *reader, const RecordPlot *plot, const char *metric, bool first)
{
    Sweep sweep = { .reader = reader,
                    .plot = plot,
                    .metric = metric,
                    .log_x = strchr(plot->log, 'x') != NULL,
                    .log_y = first && strchr(plot->log, 'y') != NULL,
                    .points = g_array_new(FALSE, FALSE, sizeof(Point)),
                    .x_names = g_ptr_array_new(),
                    .x_unit = "1",
                    .y_unit = "1",
                    .numbers = true };

    g_array_set_clear_func(sweep.points, point_clear);
    sweep.keys = naming_keys(&sweep);
    collect(&sweep);
    scale_bytes(&sweep);
    return sweep;
}

static void
sweep_clear(Sweep *sweep)
{
    g_array_unref(sweep->points);
    g_ptr_array_unref(sweep->x_names);
    g_ptr_array_unref(sweep->keys);
}

static Figure *
figure_of(RecordReader *reader, const RecordPlot *plot, bool exact)
{
    g_autofree char *commits = record_reader_commits(reader);
    g_autofree char *caption = g_strdup_printf(
        "%s: %u runs a variant, bars: 95 %% over runs%s, commit %s",
        record_reader_scenario_name(reader), record_reader_runs(reader)->len,
        exact ? ", dashed: closed form" : "", commits);

    return figure_new(plot->name, plot->title, caption);
}

PlotOutcome
plot_draw_sweep(RecordReader *reader, const RecordPlot *plot, const char *folder,
                GError **error)
{
    g_autoptr(GPtrArray) metrics = record_reader_plot_metrics(reader, plot);
    guint n = metrics->len;
    g_autofree Sweep *sweeps = g_new(Sweep, n);
    PlotOutcome outcome = PLOT_NOTHING_RECORDED;
    bool exact = false, any = false;

    for (guint i = 0; i < n; i++) {
        sweeps[i] = sweep_of(reader, plot, metrics->pdata[i], i == 0);
        exact = exact || has_exact(&sweeps[i]);
        any = any || sweeps[i].points->len > 0;
    }
    if (any) {
        g_autoptr(Figure) figure = figure_of(reader, plot, exact);

        for (guint i = 0; i < n; i++)
            if (sweeps[i].points->len > 0)
                add_panel(&sweeps[i], figure, i == 0);
        outcome = figure_draw(figure, folder, error) ? PLOT_DRAWN : PLOT_FAILED;
    }
    for (guint i = 0; i < n; i++)
        sweep_clear(&sweeps[i]);
    if (outcome != PLOT_FAILED && !record_reader_check(reader, error))
        outcome = PLOT_FAILED;
    return outcome;
}
