/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/lib/vectors.h"

#include <gio/gio.h>

static GBytes *
read_gzipped(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GFileInputStream) raw = g_file_read(file, NULL, &error);
    g_autoptr(GConverter) unzip = NULL;
    g_autoptr(GInputStream) plain = NULL;
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();

    g_assert_no_error(error);
    unzip = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    plain = g_converter_input_stream_new(G_INPUT_STREAM(raw), unzip);
    g_output_stream_splice(out, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
    g_assert_no_error(error);
    return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(out));
}

/* jansson has no integers above 2^63 - 1, swarm ids are: numbers of 19 digits and more
 * become strings. */
static GString *
quote_large_integers(GBytes *text)
{
    gsize n;
    const char *p = g_bytes_get_data(text, &n), *end = p + n;
    GString *out = g_string_sized_new(n + n / 16);
    bool in_string = false;

    while (p < end) {
        gsize run = 0;

        while (!in_string && p + run < end && g_ascii_isdigit(p[run]))
            run++;
        if (run >= 19) {
            g_string_append_printf(out, "\"%.*s\"", (int)run, p);
        } else {
            run = MAX(run, *p == '\\' ? 2 : 1);
            in_string ^= *p == '"';
            g_string_append_len(out, p, (gssize)run);
        }
        p += run;
    }
    return out;
}

json_t *
vectors_load(const char *name)
{
    const char *root = g_getenv("G_TEST_SRCDIR");
    g_autofree char *file = g_strconcat(name, ".json.gz", NULL);
    g_autofree char *path =
        g_build_filename(root != NULL ? root : "tests", "vectors", file, NULL);
    g_autoptr(GBytes) bytes = read_gzipped(path);
    GString *text = quote_large_integers(bytes);
    json_error_t error;
    json_t *json = json_loadb(text->str, text->len, JSON_ALLOW_NUL, &error);

    g_string_free(text, TRUE);
    if (json == NULL)
        g_error("%s: line %d: %s", path, error.line, error.text);
    return json;
}

json_t *
vectors_group(const json_t *file, const char *group, size_t n)
{
    json_t *cases = json_object_get(file, group);

    g_assert_cmpuint(n, >, 0);
    if (json_array_size(cases) != n)
        g_error("group '%s' has %zu cases, not %zu", group, json_array_size(cases), n);
    return cases;
}

const char *
vector_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL)
        g_error("vector without text member '%s'", key);
    return text;
}

GByteArray *
vector_hex(const json_t *object, const char *key)
{
    Bytes text = bytes_of_text(vector_text(object, key));
    GByteArray *array = g_byte_array_sized_new((guint)text.n / 2 + 1);

    g_byte_array_set_size(array, (guint)text.n / 2);
    if (!hex_decode(text, array->data, text.n / 2))
        g_error("vector member '%s' is no hex", key);
    return array;
}

void
vector_hex_exact(const json_t *object, const char *key, uint8_t *ret, size_t n)
{
    if (!hex_decode(bytes_of_text(vector_text(object, key)), ret, n))
        g_error("vector member '%s' is not %zu bytes of hex", key, n);
}
