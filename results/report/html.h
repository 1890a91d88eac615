/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page, as HTML that is well-formed XML too: one file that asks the network for nothing
 * (its own policy forbids it).  Used inside report only. */
#pragma once

#include "results/report/summary.h"

/* One figure: its SVG as an element, or why there is none. */
typedef struct HtmlFigure {
    const char *question, *note; /* of the chart */
    char *svg;                   /* owned; NULL: nothing was recorded for it */
} HtmlFigure;

typedef struct HtmlPage {
    RecordReader *reader;
    const Summary *summary;
    const char *question;   /* plain text, or NULL */
    const char *no_figures; /* why no figure could be drawn, or NULL */
    const GArray *figures;  /* HtmlFigure */
} HtmlPage;

/* The page; free with g_free(). */
char *html_page(const HtmlPage *page);

/* Append "<TAG ATTRIBUTES>text</TAG>". */
void html_append_element(GString *out, const char *tag, const char *attributes,
                         const char *text);
/* Append the table of what each variant of a sweep gave (html_variants.c), the full metrics
 * of each behind it. */
void html_append_variants(GString *out, RecordReader *reader);
/* Append what the scenario expects and whether it is met; nothing when it expects nothing.
 */
void html_append_judgements(GString *out, RecordReader *reader);

/* Append @text so that it is text wherever it stands, also in a quoted attribute. */
void html_append_text(GString *out, const char *text);
/* Append the links to the tables as CSV inside the page (html_data.c). */
void html_append_data(GString *out, RecordReader *reader);

/* The SVG of gnuplot as an element of a page: without prolog, its ids made unique by @name,
 * titled @title; NULL when it is no SVG.  Free with g_free() (html_figure.c). */
char *html_svg_element(const char *svg, const char *name, const char *title);
