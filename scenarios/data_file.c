/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/data_file.h"

#include "scenarios/unpack.h"

#define DATA_FILE_BYTES_MAX ((gsize)1 << 30)

static char *
if_there(char *path)
{
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    g_free(path);
    return NULL;
}

char *
data_file_find(const char *folder, const char *file)
{
    const char *data = g_getenv("SWARMBED_DATA");
    g_autofree char *up = g_canonicalize_filename(folder, NULL);
    char *path = if_there(g_path_is_absolute(file) ? g_strdup(file)
                                                   : g_build_filename(folder, file, NULL));

    if (path == NULL && data != NULL)
        path = if_there(g_build_filename(data, file, NULL));
    while (path == NULL) {
        char *parent;

        path = if_there(g_build_filename(up, "data", file, NULL));
        if (path == NULL)
            path = if_there(g_build_filename(up, "scenarios", "data", file, NULL));
        parent = g_path_get_dirname(up);
        if (strcmp(parent, up) == 0) {
            g_free(parent);
            break;
        }
        g_free(up);
        up = parent;
    }
    if (path == NULL)
        path = if_there(g_build_filename(SWARMBED_DATA_FOLDER, file, NULL));
    if (path == NULL)
        path = if_there(g_strdup(file));
    return path;
}

GBytes *
data_file_read(const char *path, GError **error)
{
    return unpack_file(path, DATA_FILE_BYTES_MAX, error);
}
