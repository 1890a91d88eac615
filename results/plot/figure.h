/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A figure as the charts describe it: panels of layers in one sober style; gnuplot draws it
 * as SVG and as PNG.  Used inside plot only. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* Okabe and Ito's palette, which colour-blind readers can tell apart (jfly.uni-koeln.de).
 */
#define COLOUR_BLACK "#000000"
#define COLOUR_ORANGE "#E69F00"
#define COLOUR_SKY "#56B4E9"
#define COLOUR_GREEN "#009E73"
#define COLOUR_YELLOW "#F0E442"
#define COLOUR_BLUE "#0072B2"
#define COLOUR_RED "#D55E00"
#define COLOUR_PURPLE "#CC79A7"
#define COLOUR_GREY "#BBBBBB"
/* Where eight are not enough: of Tol's muted scheme (sronpersonalpages.nl/~pault). */
#define COLOUR_INDIGO "#332288"
#define COLOUR_WINE "#882255"
#define COLOUR_OLIVE "#999933"
#define COLOUR_TEAL "#44AA99"
#define COLOUR_PALE_GREEN "#A8DCCB" /* a tint: for what fills most of a panel */

typedef struct Figure Figure;
typedef struct Panel Panel;

typedef struct PanelLook {
    const char *x_title, *y_title; /* with units */
    bool x_durations; /* x is in seconds, on a logarithmic axis marked 1 s, 1 min, 1 h, ...
                       */
    bool y_free;      /* y need not begin at 0 */
    double y_low;     /* where y begins, if it is above 0 */
    double y_high;    /* 0: what is there */
    double x_low;     /* where x begins, if x_high says where it ends */
    double x_high;    /* 0: what is there */
    bool x_log, y_log;
    bool x_room;                /* some room beside the first and the last x */
    const char *const *x_names; /* what stands at x = 0, 1, ..., ended by NULL; or NULL */
} PanelLook;

/* @name: of the files, letters and '_'.  @title: the question; @caption: where the data
 * come from.  Everything is copied. */
Figure *figure_new(const char *name, const char *title, const char *caption);
void figure_free(Figure *figure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Figure, figure_free)

/* How many panels stand beside each other; 1 unless said. */
void figure_set_columns(Figure *figure, guint columns);

/* Panels fill rows from the top; owned by the figure. */
Panel *figure_add_panel(Figure *figure, PanelLook look);

/* A layer of a panel: rows of numbers, which follow through figure_row(). */
/* A line through (x, y).  @label: for the key; NULL: not in it. */
void panel_add_line(Panel *panel, const char *label, const char *colour);
/* The same, dashed: what theory says. */
void panel_add_dashes(Panel *panel, const char *label, const char *colour);
/* The area between y1 and y2 at x. */
void panel_add_area(Panel *panel, const char *label, const char *colour);
/* The same, so light that lines show through; it has no label. */
void panel_add_band(Panel *panel, const char *colour);
/* Upright bars from y1 to y2 at x: intervals; they have no label. */
void panel_add_bars(Panel *panel, const char *colour);
/* Level bars from x1 to x2 at y: rows are x1, y and x2; they have no label. */
void panel_add_bars_across(Panel *panel, const char *colour);
/* A mark at (x, y), filled or open; it has no label. */
void panel_add_mark(Panel *panel, const char *colour, bool filled);
/* A row of the layer added last: x and y, or x, y1 and y2. */
void panel_row(Panel *panel, double x, double y1, double y2);

/* Write FOLDER/NAME.svg and FOLDER/NAME.png.  False with @error set. */
bool figure_draw(const Figure *figure, const char *folder, GError **error);
