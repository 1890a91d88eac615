/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/plot/gnuplot.h"

#include <glib/gstdio.h>
#include <string.h>

struct Gnuplot {
    char *program;
    char *folder;
};

Gnuplot *
gnuplot_open(GError **error)
{
    g_autofree char *program = g_find_program_in_path("gnuplot");
    char *folder;
    Gnuplot *gnuplot;

    if (program == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "gnuplot is not installed (Debian: gnuplot-nox): figures cannot be "
                    "drawn, the numbers are there without them");
        return NULL;
    }
    folder = g_dir_make_tmp("swarmbed-plot-XXXXXX", error);
    if (folder == NULL)
        return NULL;
    gnuplot = g_new0(Gnuplot, 1);
    gnuplot->program = g_steal_pointer(&program);
    gnuplot->folder = folder;
    return gnuplot;
}

void
gnuplot_close(Gnuplot *gnuplot)
{
    g_autoptr(GDir) dir = NULL;
    const char *name;

    if (gnuplot == NULL)
        return;
    dir = g_dir_open(gnuplot->folder, 0, NULL);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(gnuplot->folder, name, NULL);

        g_unlink(path);
    }
    g_rmdir(gnuplot->folder);
    g_free(gnuplot->program);
    g_free(gnuplot->folder);
    g_free(gnuplot);
}

bool
gnuplot_put(Gnuplot *gnuplot, const char *name, const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(gnuplot->folder, name, NULL);

    return g_file_set_contents(path, text, -1, error);
}

bool
gnuplot_run(Gnuplot *gnuplot, const char *script, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr(GSubprocess) process = NULL;
    g_autofree char *said = NULL;

    if (!gnuplot_put(gnuplot, "figure.gp", script, error))
        return false;
    g_subprocess_launcher_set_cwd(launcher, gnuplot->folder);
    /* -d: nobody's ~/.gnuplot */
    process = g_subprocess_launcher_spawn(launcher, error, gnuplot->program, "-d",
                                          "figure.gp", NULL);
    if (process == NULL ||
        !g_subprocess_communicate_utf8(process, NULL, NULL, NULL, &said, error))
        return false;
    if (g_subprocess_get_successful(process))
        return true;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "gnuplot failed: %s",
                said != NULL ? g_strstrip(said) : "it said nothing");
    return false;
}

bool
gnuplot_take(Gnuplot *gnuplot, const char *name, const char *folder, GError **error)
{
    g_autofree char *from = g_build_filename(gnuplot->folder, name, NULL);
    g_autofree char *to = g_build_filename(folder, name, NULL);
    g_autoptr(GFile) source = g_file_new_for_path(from);
    g_autoptr(GFile) target = g_file_new_for_path(to);

    if (g_file_move(source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error))
        return true;
    g_prefix_error(error, "cannot write figure %s: ", to);
    return false;
}

char *
gnuplot_quote(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *quoted = g_string_new("'");

    /* Doubling a quote is not understood at a string's beginning (gnuplot 5.4). */
    for (const char *p = valid; *p != '\0'; p++) {
        if (*p == '\'')
            g_string_append(quoted, "\u2019");
        else if (g_ascii_iscntrl(*p))
            g_string_append_c(quoted, ' ');
        else
            g_string_append_c(quoted, *p);
    }
    g_string_append_c(quoted, '\'');
    return g_string_free(quoted, FALSE);
}
