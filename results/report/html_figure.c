/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "results/report/html.h"

static void
replace(char **text, const char *pattern, const char *by)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_DOTALL, 0, NULL);
    char *replaced;

    g_assert(regex != NULL);
    replaced = g_regex_replace_literal(regex, *text, -1, 0, by, 0, NULL);
    g_assert(replaced != NULL);
    g_free(*text);
    *text = replaced;
}

char *
html_svg_element(const char *svg, const char *name, const char *title)
{
    g_autoptr(GString) open = g_string_new("<svg role=\"img\" aria-label=\"");
    g_autofree char *canvas = g_strdup_printf("id=\"%s_canvas\"", name);
    const char *start = strstr(svg, "<svg");
    const char *end = g_strrstr(svg, "</svg>");
    char *element;

    if (start == NULL || end == NULL || !g_utf8_validate(svg, -1, NULL))
        return NULL;
    element = g_strndup(start, (gsize)(end - start) + strlen("</svg>"));
    html_append_text(open, title);
    g_string_append(open, "\" ");
    /* Our figures have no point symbols: their definitions, which would stand in the page
     * once for every figure under the same ids, go. */
    replace(&element, "<defs>.*?</defs>\n?", "");
    replace(&element, "^<svg ", open->str);
    replace(&element, "id=\"gnuplot_canvas\"", canvas);
    /* Browsers show titles beside the pointer; names that gnuplot made up say nothing. */
    replace(&element, "<title>[a-z_]*(_plot_[0-9]+)?</title>", "");
    replace(&element, "<desc>.*?</desc>\n?", "");
    return element;
}
