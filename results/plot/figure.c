/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/plot/figure.h"

#include <string.h>

#include "results/plot/gnuplot.h"

/* In pixels of the PNG; the SVG has the same numbers and no fixed size. */
enum {
    WIDTH = 1200,
    TITLE_HEIGHT = 62,
    CAPTION_HEIGHT = 40,
    PANEL_HEIGHT_ALONE = 520,
    PANEL_HEIGHT = 360,
    PANEL_LEFT = 96,
    PANEL_BOTTOM = 58,
    PANEL_TOP = 30,
    KEY_WIDTH = 336, /* beside panels that stand alone in their row */
    KEY_GAP = 16,
    LABEL_CHARACTERS_MAX = 40,
    PANEL_RIGHT = 24,
};

typedef enum LayerKind {
    LAYER_LINE,
    LAYER_DASHES,
    LAYER_AREA,
    LAYER_BAND,
    LAYER_BARS,
    LAYER_BARS_ACROSS,
    LAYER_MARK_OPEN,
    LAYER_MARK_FILLED
} LayerKind;

typedef struct Layer {
    LayerKind kind;
    char *label, *colour;
    GString *rows;
} Layer;

struct Panel {
    PanelLook look; /* its strings are the panel's own */
    char *x_title, *y_title;
    char **x_names; /* NULL: numbers */
    GPtrArray *layers;
};

struct Figure {
    char *name, *title, *caption;
    guint columns;
    GPtrArray *panels;
};

static void
layer_free(gpointer data)
{
    Layer *layer = data;

    g_free(layer->label);
    g_free(layer->colour);
    g_string_free(layer->rows, TRUE);
    g_free(layer);
}

static void
panel_free(gpointer data)
{
    Panel *panel = data;

    g_free(panel->x_title);
    g_free(panel->y_title);
    g_strfreev(panel->x_names);
    g_ptr_array_unref(panel->layers);
    g_free(panel);
}

Figure *
figure_new(const char *name, const char *title, const char *caption)
{
    Figure *figure = g_new0(Figure, 1);

    figure->name = g_strdup(name);
    figure->title = g_strdup(title);
    figure->caption = g_strdup(caption);
    figure->columns = 1;
    figure->panels = g_ptr_array_new_with_free_func(panel_free);
    return figure;
}

void
figure_free(Figure *figure)
{
    if (figure == NULL)
        return;
    g_free(figure->name);
    g_free(figure->title);
    g_free(figure->caption);
    g_ptr_array_unref(figure->panels);
    g_free(figure);
}

void
figure_set_columns(Figure *figure, guint columns)
{
    g_assert(columns > 0);
    figure->columns = columns;
}

Panel *
figure_add_panel(Figure *figure, PanelLook look)
{
    Panel *panel = g_new0(Panel, 1);

    panel->look = look;
    panel->x_title = g_strdup(look.x_title);
    panel->y_title = g_strdup(look.y_title);
    panel->x_names = g_strdupv((char **)look.x_names);
    panel->layers = g_ptr_array_new_with_free_func(layer_free);
    g_ptr_array_add(figure->panels, panel);
    return panel;
}

static void
add_layer(Panel *panel, LayerKind kind, const char *label, const char *colour)
{
    Layer *layer = g_new0(Layer, 1);

    layer->kind = kind;
    layer->label = g_strdup(label);
    layer->colour = g_strdup(colour);
    layer->rows = g_string_new(NULL);
    g_ptr_array_add(panel->layers, layer);
}

void
panel_add_line(Panel *panel, const char *label, const char *colour)
{
    add_layer(panel, LAYER_LINE, label, colour);
}

void
panel_add_dashes(Panel *panel, const char *label, const char *colour)
{
    add_layer(panel, LAYER_DASHES, label, colour);
}

void
panel_add_area(Panel *panel, const char *label, const char *colour)
{
    add_layer(panel, LAYER_AREA, label, colour);
}

void
panel_add_band(Panel *panel, const char *colour)
{
    add_layer(panel, LAYER_BAND, NULL, colour);
}

void
panel_add_bars(Panel *panel, const char *colour)
{
    add_layer(panel, LAYER_BARS, NULL, colour);
}

void
panel_add_bars_across(Panel *panel, const char *colour)
{
    add_layer(panel, LAYER_BARS_ACROSS, NULL, colour);
}

void
panel_add_mark(Panel *panel, const char *colour, bool filled)
{
    add_layer(panel, filled ? LAYER_MARK_FILLED : LAYER_MARK_OPEN, NULL, colour);
}

static void
append_number(GString *text, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append(text, g_ascii_formatd(digits, sizeof digits, "%.9g", number));
}

void
panel_row(Panel *panel, double x, double y1, double y2)
{
    Layer *layer = g_ptr_array_index(panel->layers, panel->layers->len - 1);

    append_number(layer->rows, x);
    g_string_append_c(layer->rows, ' ');
    append_number(layer->rows, y1);
    if (layer->kind != LAYER_LINE && layer->kind != LAYER_DASHES &&
        layer->kind != LAYER_MARK_OPEN && layer->kind != LAYER_MARK_FILLED) {
        g_string_append_c(layer->rows, ' ');
        append_number(layer->rows, y2);
    }
    g_string_append_c(layer->rows, '\n');
}

static guint
row_count(const Figure *figure)
{
    return (figure->panels->len + figure->columns - 1) / figure->columns;
}

static int
panel_height(const Figure *figure)
{
    return row_count(figure) == 1 ? PANEL_HEIGHT_ALONE : PANEL_HEIGHT;
}

static int
figure_height(const Figure *figure)
{
    return TITLE_HEIGHT + CAPTION_HEIGHT + (int)row_count(figure) * panel_height(figure);
}

static void
append_terminal(GString *script, const Figure *figure, const char *terminal,
                const char *font, const char *suffix)
{
    g_string_append_printf(script, "set terminal %s size %d,%d noenhanced font '%s'\n",
                           terminal, WIDTH, figure_height(figure), font);
    g_string_append_printf(script, "set output '%s.%s'\n", figure->name, suffix);
}

/* A margin of the panel, from pixels (from the left or the bottom) to screen shares. */
static void
append_margin(GString *script, const char *side, double pixels, double of)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(script, "set %smargin at screen %s\n", side,
                           g_ascii_formatd(digits, sizeof digits, "%.5f", pixels / of));
}

static void
append_place(GString *script, const Figure *figure, guint index)
{
    bool alone = figure->columns == 1;
    double width = (double)WIDTH / figure->columns;
    double left = width * (index % figure->columns);
    double high = figure_height(figure);
    double top =
        high - TITLE_HEIGHT - (double)(index / figure->columns) * panel_height(figure);

    append_margin(script, "l", left + PANEL_LEFT, WIDTH);
    append_margin(script, "r", left + width - (alone ? KEY_WIDTH : PANEL_RIGHT), WIDTH);
    append_margin(script, "t", top - PANEL_TOP, high);
    append_margin(script, "b", top - panel_height(figure) + PANEL_BOTTOM, high);
    if (!alone) {
        g_string_append(script, "set key at graph 0, graph 1.01 left bottom horizontal"
                                " maxrows 1 Left reverse\n");
        return;
    }
    g_string_append(script, "set key left top Left reverse at screen ");
    append_number(script, (WIDTH - KEY_WIDTH + KEY_GAP) / (double)WIDTH);
    g_string_append(script, ", screen ");
    append_number(script, (top - PANEL_TOP) / high);
    g_string_append_c(script, '\n');
}

/* An end that is 0 is where the data end; so is the low one where it is @free. */
static void
append_range(GString *script, char axis, bool free, double low, double high)
{
    g_string_append_printf(script, "set %crange [", axis);
    if (free && low == 0)
        g_string_append_c(script, '*');
    else
        append_number(script, low);
    g_string_append_c(script, ':');
    if (high > 0)
        append_number(script, high);
    else
        g_string_append_c(script, '*');
    g_string_append(script, "]\n");
}

/* Names instead of numbers along x, with half a step of room at both ends. */
static void
append_names(GString *script, char *const *names)
{
    guint count = g_strv_length((char **)names);

    g_string_append(script, "set xtics (");
    for (guint i = 0; i < count; i++) {
        g_autofree char *quoted = gnuplot_quote(names[i]);

        g_string_append_printf(script, "%s%s %u", i > 0 ? ", " : "", quoted, i);
    }
    g_string_append_printf(script, ")\nset xrange [-0.5:%u.5]\n", count - 1);
}

static void
append_y_axis(GString *script, const PanelLook *look)
{
    g_string_append(script, "unset logscale\n");
    if (look->y_log)
        g_string_append(script, "set logscale y\n");
    append_range(script, 'y', look->y_free || look->y_log, look->y_low, look->y_high);
}

static void
append_axes(GString *script, const Panel *panel)
{
    const PanelLook *look = &panel->look;

    append_y_axis(script, look);
    if (panel->x_names != NULL) {
        append_names(script, panel->x_names);
        return;
    }
    if (look->x_log)
        g_string_append(script, "set logscale x\n");
    if (look->x_room)
        g_string_append(script, "set offsets graph 0.04, graph 0.04, 0, 0\n");
    if (look->x_durations)
        g_string_append(script, "set logscale x\nunset mxtics\n"
                                "set xtics ('0.01 s' 0.01, '0.1 s' 0.1, '1 s' 1, '10 s' 10,"
                                " '1 min' 60, '10 min' 600, '1 h' 3600, '6 h' 21600,"
                                " '1 d' 86400, '7 d' 604800)\n");
    append_range(script, 'x', look->x_high == 0, look->x_low, look->x_high);
}

static void
append_title(GString *script, const char *axis, const char *title)
{
    g_autofree char *quoted = gnuplot_quote(title);

    g_string_append_printf(script, "set %slabel %s\n", axis, quoted);
}

/* Where a label that is too long for the key goes on in the next line: behind the last
 * ", " that is within no brackets and still fits; else where the line is full. */
static glong
line_length(const char *text)
{
    glong best = 0, i = 0;
    int depth = 0;

    for (const char *p = text; i < LABEL_CHARACTERS_MAX; p = g_utf8_next_char(p), i++) {
        depth += (*p == '(') - (*p == ')');
        if (depth == 0 && p > text && p[-1] == ',' && *p == ' ')
            best = i + 1;
    }
    return best > 0 ? best : LABEL_CHARACTERS_MAX;
}

/* The layer's entry in the key.  A label that is too long for one line goes on in entries
 * that show no line of their own: gnuplot leaves no room for a second line in an entry. */
static void
append_label(GString *script, const char *label)
{
    g_autofree char *valid = g_utf8_make_valid(label, -1);
    const char *rest = valid;
    const char *before = "title ";

    for (;;) {
        bool last = g_utf8_strlen(rest, -1) <= LABEL_CHARACTERS_MAX;
        const char *end =
            last ? rest + strlen(rest) : g_utf8_offset_to_pointer(rest, line_length(rest));
        g_autofree char *line = g_strndup(rest, (gsize)(end - rest));
        g_autofree char *quoted = gnuplot_quote(line);

        g_string_append_printf(script, "%s%s", before, quoted);
        if (last)
            return;
        before = ", keyentry with dots lc rgb '#FFFFFF' title ";
        rest = end;
    }
}

static void
append_layer(GString *script, const Layer *layer, guint panel, guint index, bool first)
{
    g_string_append_printf(script, "%s'%u-%u.dat' using ", first ? "plot " : ", ", panel,
                           index);
    switch (layer->kind) {
    case LAYER_LINE:
        g_string_append_printf(script, "1:2 with lines lw 2 lc rgb '%s' ", layer->colour);
        break;
    case LAYER_DASHES:
        g_string_append_printf(script, "1:2 with lines lw 1.5 dt 2 lc rgb '%s' ",
                               layer->colour);
        break;
    case LAYER_AREA:
        g_string_append_printf(script, "1:2:3 with filledcurves lc rgb '%s' ",
                               layer->colour);
        break;
    case LAYER_BAND:
        g_string_append_printf(
            script, "1:2:3 with filledcurves fs transparent solid 0.25 lc rgb '%s' ",
            layer->colour);
        break;
    case LAYER_BARS:
        g_string_append_printf(
            script, "1:2:(0):($3-$2) with vectors nohead lw 2 lc rgb '%s' ", layer->colour);
        break;
    case LAYER_BARS_ACROSS:
        g_string_append_printf(
            script, "1:2:($3-$1):(0) with vectors nohead lw 2 lc rgb '%s' ", layer->colour);
        break;
    case LAYER_MARK_OPEN:
    case LAYER_MARK_FILLED:
        g_string_append_printf(script, "1:2 with points pt %d ps 1.5 lw 2 lc rgb '%s' ",
                               layer->kind == LAYER_MARK_FILLED ? 7 : 6, layer->colour);
        break;
    }
    if (layer->label != NULL)
        append_label(script, layer->label);
    else
        g_string_append(script, "notitle");
}

static void
append_panel(GString *script, const Figure *figure, guint index)
{
    const Panel *panel = g_ptr_array_index(figure->panels, index);
    bool first = true;

    append_place(script, figure, index);
    append_axes(script, panel);
    append_title(script, "x", panel->x_title);
    append_title(script, "y", panel->y_title);
    for (guint i = 0; i < panel->layers->len; i++) {
        const Layer *layer = g_ptr_array_index(panel->layers, i);

        if (layer->rows->len == 0)
            continue;
        append_layer(script, layer, index, i, first);
        first = false;
    }
    g_string_append(script, "\nunset label\n");
}

static void
append_figure(GString *script, const Figure *figure)
{
    g_autofree char *title = gnuplot_quote(figure->title);
    g_autofree char *caption = gnuplot_quote(figure->caption);
    int high = figure_height(figure);

    g_string_append(script, "set multiplot\n");
    g_string_append_printf(script,
                           "set label 1 %s at screen 0.013,%.5f left font ',17'"
                           " tc rgb '#111111'\n",
                           title, (high - 30.0) / high);
    g_string_append_printf(script,
                           "set label 2 %s at screen 0.013,%.5f left font ',10.5'"
                           " tc rgb '#666666'\n",
                           caption, 20.0 / high);
    for (guint i = 0; i < figure->panels->len; i++)
        append_panel(script, figure, i);
    g_string_append(script, "unset multiplot\n");
}

static GString *
script_of(const Figure *figure)
{
    GString *script = g_string_new("set encoding utf8\n"
                                   "set border 3 lc rgb '#888888'\n"
                                   "set tics nomirror out tc rgb '#333333'\n"
                                   "set format '%g'\n"
                                   "set grid back lt 1 lw 0.7 lc rgb '#DDDDDD'\n"
                                   "set style fill solid 1 noborder\n"
                                   "set key samplen 1.6 spacing 1.25 font ',10.5'\n"
                                   "set xlabel tc rgb '#333333'\n"
                                   "set ylabel tc rgb '#333333'\n");
    g_autofree char *svg = g_strdup_printf("svg dynamic name '%s'", figure->name);

    append_terminal(script, figure, svg, "sans-serif,14", "svg");
    append_figure(script, figure);
    append_terminal(script, figure, "pngcairo", "DejaVu Sans,11", "png");
    append_figure(script, figure);
    g_string_append(script, "unset output\n");
    return script;
}

static bool
write_data(const Figure *figure, Gnuplot *gnuplot, GError **error)
{
    for (guint p = 0; p < figure->panels->len; p++) {
        const Panel *panel = g_ptr_array_index(figure->panels, p);

        for (guint i = 0; i < panel->layers->len; i++) {
            const Layer *layer = g_ptr_array_index(panel->layers, i);
            g_autofree char *name = g_strdup_printf("%u-%u.dat", p, i);

            if (!gnuplot_put(gnuplot, name, layer->rows->str, error))
                return false;
        }
    }
    return true;
}

bool
figure_draw(const Figure *figure, const char *folder, GError **error)
{
    g_autoptr(Gnuplot) gnuplot = gnuplot_open(error);
    g_autofree char *svg = g_strconcat(figure->name, ".svg", NULL);
    g_autofree char *png = g_strconcat(figure->name, ".png", NULL);
    GString *script;
    bool drawn;

    if (gnuplot == NULL || !write_data(figure, gnuplot, error))
        return false;
    script = script_of(figure);
    drawn = gnuplot_run(gnuplot, script->str, error);
    g_string_free(script, TRUE);
    return drawn && gnuplot_take(gnuplot, svg, folder, error) &&
           gnuplot_take(gnuplot, png, folder, error);
}
