/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON: whoever walks a text by its index reads what a walk through the text reads. */
#include <glib.h>

#include "nodes/wire/json.h"
#include "nodes/wire/json_around.h"
#include "tests/unit/wire/json_same.h"

static void
assert_same_walk(const char *text)
{
    /* A used index may hold anything. */
    static JsonIndex index;
    JsonValue indexed, plain;

    g_assert_cmpint(json_parse_indexed(bytes_of_text(text), &index, &indexed), ==, ST_OK);
    g_assert_true(indexed.index == &index);
    g_assert_cmpint(json_parse(bytes_of_text(text), &plain), ==, ST_OK);
    g_assert_null(plain.index);
    assert_same(indexed, plain);
    assert_same(json_without_index(indexed), plain);
}

static void
test_small_texts(void)
{
    static const char *const texts[] = {
        "{}",
        " [ ] ",
        "-12.5e3",
        "\"a\\u0041\"",
        "[1,[2,[],{}],{\"a\":[{\"b\":null}],\"\":\"\\\"\"},true,false]",
        "\t{ \"k\\\"\" : \"v\\\\\" , \"ab\" : [ 1 , \"]\" , { } ] , \"c\" : 123 } \n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_same_walk(texts[i]);
}

/* Whatever it is that stands where the index ends: a key, its value, an item, a bracket. */
static void
test_texts_beyond_the_index(void)
{
    for (int before = JSON_INDEX_MAX - 12; before <= JSON_INDEX_MAX + 2; before++) {
        g_autoptr(GString) text = g_string_new("[");

        for (int i = 0; i < before; i++)
            g_string_append_printf(text, "%d,", i);
        g_string_append(text, "{\"a\":[1,{\"b\\n\":\"x\\t\"}],\"c\":{\"d\":[]}},"
                              "\"e\",[[[2]],3],{\"f\":{}}]");
        assert_same_walk(text->str);
    }
}

static void
test_deep_texts(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        g_string_append(text, i % 2 == 0 ? "[1," : "{\"a\":1,\"b\":");
    g_string_append(text, "7");
    for (int i = JSON_DEPTH_MAX; i-- > 0;)
        g_string_append(text, i % 2 == 0 ? ",0]" : ",\"c\":\"\"}");
    assert_same_walk(text->str);
}

/* Beside the writer's own idea of how long a string gets. */
static void
test_bytes_of_a_string(void)
{
    static const char bytes[] = "a\"\\~ /{\x7f";

    for (size_t n = 0; n < 400; n++) {
        g_autofree char *text = g_malloc(n + 1);
        Buffer out = BUFFER_EMPTY;

        for (size_t i = 0; i < n; i++)
            text[i] = bytes[(i * i + n) % (sizeof bytes - 1)];
        json_write_string(&out, (Bytes){ (const uint8_t *)text, n });
        g_assert_cmpuint(json_string_bytes((Bytes){ (const uint8_t *)text, n }), ==, out.n);
        buffer_clear(&out);
        for (size_t i = 0; i < n; i++) {
            char was = text[i];

            text[i] = i % 2 == 0 ? '\x1f' : '\xc3';
            g_assert_cmpuint(json_string_bytes((Bytes){ (const uint8_t *)text, n }), ==, 0);
            text[i] = was;
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json-index/small-texts", test_small_texts);
    g_test_add_func("/json-index/texts-beyond-the-index", test_texts_beyond_the_index);
    g_test_add_func("/json-index/deep-texts", test_deep_texts);
    g_test_add_func("/json-index/bytes-of-a-string", test_bytes_of_a_string);
    return g_test_run();
}
