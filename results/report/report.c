/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/report/report.h"

#include <errno.h>
#include <string.h>

#include "results/plot/plot.h"
#include "results/report/html.h"

static void
figure_clear(gpointer data)
{
    g_free(((HtmlFigure *)data)->svg);
}

/* The figure that was drawn into @folder, as an element of the page. */
static bool
read_figure(const char *folder, const char *name, const char *title, char **ret_svg,
            GError **error)
{
    g_autofree char *file = g_strconcat(name, ".svg", NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autofree char *svg = NULL;

    if (!g_file_get_contents(path, &svg, NULL, error))
        return false;
    *ret_svg = html_svg_element(svg, name, title);
    if (*ret_svg != NULL)
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "gnuplot wrote no figure into %s", path);
    return false;
}

/* Draw all charts; false with @error set at the first that fails. */
static bool
draw_figures(RecordReader *reader, const char *folder, GArray *figures, GError **error)
{
    for (size_t i = 0; plot_chart(i) != NULL; i++) {
        const PlotChart *chart = plot_chart(i);
        HtmlFigure figure = { chart->question, chart->note, NULL };

        switch (plot_draw(reader, chart, folder, error)) {
        case PLOT_NOTHING_RECORDED:
            break;
        case PLOT_FAILED:
            return false;
        case PLOT_DRAWN:
            if (!read_figure(folder, chart->name, chart->question, &figure.svg, error))
                return false;
            g_array_append_val(figures, figure);
        }
    }
    return true;
}

/* The figures that the scenario of a sweep asks for. */
static bool
draw_sweep(RecordReader *reader, const char *folder, GArray *figures, GError **error)
{
    g_autoptr(GArray) plots = record_reader_plots(reader);

    for (guint i = 0; i < plots->len; i++) {
        const RecordPlot *plot = &g_array_index(plots, RecordPlot, i);
        HtmlFigure figure = {
            plot->title,
            "Mean over runs; bars: 95 % interval; dashed: closed form, where there is one.",
            NULL
        };

        switch (plot_draw_sweep(reader, plot, folder, error)) {
        case PLOT_NOTHING_RECORDED:
            break;
        case PLOT_FAILED:
            return false;
        case PLOT_DRAWN:
            if (!read_figure(folder, plot->name, plot->title, &figure.svg, error))
                return false;
            g_array_append_val(figures, figure);
        }
    }
    return true;
}

static bool
draw(RecordReader *reader, const char *folder, GArray *figures, GError **error)
{
    return summary_is_sweep(reader) ? draw_sweep(reader, folder, figures, error)
                                    : draw_figures(reader, folder, figures, error);
}

/* The comment lines at the head of @text, without their marks; all of it when there are no
 * marks and @plain allows it.  Free with g_free(). */
static char *
head_comment(const char *text, bool plain)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *comment = g_string_new(NULL);

    if (plain && text[0] != '#')
        g_string_append(comment, text);
    else
        for (guint i = 0; lines[i] != NULL && lines[i][0] == '#'; i++) {
            const char *line = lines[i] + strspn(lines[i], "#");

            g_string_append_printf(comment, "%s\n", line + strspn(line, " "));
        }
    return g_strchomp(g_string_free(comment, FALSE));
}

static char *
write_page(RecordReader *reader, const char *folder, const char *question,
           const char *no_figures, const GArray *figures, GError **error)
{
    g_autoptr(Summary) summary = summary_new(reader);
    g_autofree char *asked = question != NULL
                                 ? head_comment(question, true)
                                 : head_comment(record_reader_scenario_text(reader), false);
    HtmlPage page = { reader, summary, asked, no_figures, figures };
    g_autofree char *html = html_page(&page);
    g_autofree char *path = g_build_filename(folder, "report.html", NULL);

    if (!record_reader_check(reader, error) || !g_file_set_contents(path, html, -1, error))
        return NULL;
    return g_steal_pointer(&path);
}

char *
report_write(const char *database, const char *folder, const char *question, GError **error)
{
    g_autoptr(RecordReader) reader = record_reader_open(database, error);
    g_autoptr(GArray) figures = g_array_new(FALSE, FALSE, sizeof(HtmlFigure));
    g_autoptr(GError) problem = NULL;

    if (reader == NULL)
        return NULL;
    g_array_set_clear_func(figures, figure_clear);
    if (g_mkdir_with_parents(folder, 0777) != 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                    "cannot make the folder %s: %s", folder, g_strerror(errno));
        return NULL;
    }
    /* Without gnuplot the numbers are worth reading all the same, and the page says why
     * there are no figures. */
    if (!draw(reader, folder, figures, &problem) &&
        !g_error_matches(problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return write_page(reader, folder, question, problem != NULL ? problem->message : NULL,
                      figures, error);
}
