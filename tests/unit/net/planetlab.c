/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/net/planetlab.h"

#include <gio/gio.h>

GByteArray *
planetlab_text(void)
{
    g_autofree char *path = g_build_filename(g_getenv("SWARMBED_SOURCE"), "scenarios",
                                             "data", "planetlab-rtt.txt.gz", NULL);
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GError) error = NULL;
    g_autoptr(GFileInputStream) packed = g_file_read(file, NULL, &error);
    g_autoptr(GConverter) unzip =
        G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    g_autoptr(GInputStream) plain = NULL;
    g_autoptr(GOutputStream) text = g_memory_output_stream_new_resizable();
    g_autoptr(GBytes) bytes = NULL;

    g_assert_no_error(error);
    plain = g_converter_input_stream_new(G_INPUT_STREAM(packed), unzip);
    g_output_stream_splice(text, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
    g_assert_no_error(error);
    bytes = g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(text));
    return g_bytes_unref_to_array(g_steal_pointer(&bytes));
}
