/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/folder.h"

#include <glib/gstdio.h>

void
folder_set_up(Folder *folder, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    folder->path = g_dir_make_tmp("swarmbed-test-XXXXXX", &error);
    g_assert_no_error(error);
    folder->database = g_build_filename(folder->path, "results.db", NULL);
}

void
folder_empty(const Folder *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder->path, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder->path, name, NULL);

        g_assert_cmpint(g_unlink(path), ==, 0);
    }
}

void
folder_tear_down(Folder *folder, gconstpointer data)
{
    (void)data;
    folder_empty(folder);
    g_assert_cmpint(g_rmdir(folder->path), ==, 0);
    g_free(folder->path);
    g_free(folder->database);
}

char *
folder_read(const Folder *folder, const char *name, gsize *ret_length)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    g_file_get_contents(path, &text, ret_length, &error);
    g_assert_no_error(error);
    return text;
}
