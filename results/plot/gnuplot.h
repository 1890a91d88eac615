/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Driving gnuplot: a temporary folder with data and a script, and the program run in it.
 * Used inside plot only. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct Gnuplot Gnuplot;

/* NULL with @error set: no temporary folder, or gnuplot is not installed. */
Gnuplot *gnuplot_open(GError **error);
/* Removes the folder and what is in it. */
void gnuplot_close(Gnuplot *gnuplot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Gnuplot, gnuplot_close)

/* Write a file that the script may read as @name. */
bool gnuplot_put(Gnuplot *gnuplot, const char *name, const char *text, GError **error);
/* Run @script; false with @error set to what gnuplot said. */
bool gnuplot_run(Gnuplot *gnuplot, const char *script, GError **error);
/* Move what the script wrote as @name into @folder. */
bool gnuplot_take(Gnuplot *gnuplot, const char *name, const char *folder, GError **error);

/* @text as a string of gnuplot's that nothing is looked for in: no commands between
 * backquotes, no variables.  Line breaks become blanks, straight quotes typographic ones,
 * and it is valid UTF-8.  Free with g_free(). */
char *gnuplot_quote(const char *text);
