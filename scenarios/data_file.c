/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenarios/data_file.h"

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
    return path;
}

void
data_file_strip_suffix(char *name)
{
    if (g_str_has_suffix(name, ".gz"))
        name[strlen(name) - strlen(".gz")] = '\0';
}

GBytes *
data_file_read(const char *path, GError **error)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInputStream) raw = g_file_read(file, NULL, error);
    g_autoptr(GInputStream) in = NULL;
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();

    if (raw == NULL)
        return NULL;
    if (g_str_has_suffix(path, ".gz")) {
        g_autoptr(GConverter) unzip =
            G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));

        in = g_converter_input_stream_new(G_INPUT_STREAM(raw), unzip);
    } else {
        in = G_INPUT_STREAM(g_object_ref(raw));
    }
    if (g_output_stream_splice(out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) <
        0) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(out));
}
