/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON: a text that has the shape of another is read as it is without shapes, and what is
 * nearly of that shape is refused or read as json_parse does. */
#include <string.h>

#include "nodes/wire/json_shapes.h"
#include "tests/unit/wire/json_same.h"

static const char poll[] =
    "{\"jsonrpc\":\"2.0\",\"method\":\"batch\",\"params\":{\"requests\":[{\"method\":"
    "\"retrieve\",\"params\":{\"pubkey\":\"05abcdef\",\"namespace\":5,\"max_size\":-2,"
    "\"timestamp\":1764295200123,\"signature\":\"ab+/CD==\"}},{\"method\":\"retrieve\","
    "\"params\":{}}],\"k\\u0065y\":[true,false,null,1.5e10,20,\"\",[\"x\",7]]}}";

/* @text through @shapes and without; true where a shape had been learnt that it has. */
static bool
parse(JsonShapes *shapes, Bytes text)
{
    uint64_t before = json_shapes_found(shapes);
    JsonValue shaped, plain;
    JsonIndex index;
    Status expected = json_parse(text, &plain);

    g_assert_cmpint(json_parse_shaped(shapes, text, &index, &shaped), ==, expected);
    if (expected == ST_OK)
        assert_same(shaped, plain);
    return json_shapes_found(shapes) > before;
}

static bool
parse_text(JsonShapes *shapes, const char *text)
{
    return parse(shapes, bytes_of_text(text));
}

static void
learn(JsonShapes *shapes, const char *text)
{
    g_assert_false(parse_text(shapes, text));
    g_assert_false(parse_text(shapes, text)); /* twice: it will come again */
}

static void
test_same_shape(void)
{
    JsonShapes *shapes = json_shapes_new();
    /* (Shapes are without escapes.) */
    g_autofree char *other = g_strdelimit(g_strdup(poll), "\\", 'A');

    learn(shapes, other);
    g_assert_true(parse_text(shapes, other));
    memcpy(strstr(other, "05abcdef"), "0512{}~#", 8);
    memcpy(strstr(other, "1764295200123"), "9999999999999", 13);
    memcpy(strstr(other, ":5,"), ":0,", 3);
    g_assert_true(parse_text(shapes, other));
    /* What differs in a key, a sign or a word is another shape. */
    memcpy(strstr(other, "pubkey"), "Pubkey", 6);
    g_assert_false(parse_text(shapes, other));
    json_shapes_free(shapes);
}

/* Every byte in every place. */
static void
test_each_byte(void)
{
    JsonShapes *shapes = json_shapes_new();
    g_autofree char *text = g_strdelimit(g_strdup(poll), "\\", 'A');
    size_t n = strlen(text), found = 0;

    learn(shapes, text);
    for (size_t i = 0; i < n; i++) {
        char was = text[i];

        for (int c = 0; c < 256; c++) {
            text[i] = (char)c;
            found += parse(shapes, (Bytes){ (const uint8_t *)text, n });
        }
        text[i] = was;
    }
    /* More than each text itself, less than all: strings and digits only. */
    g_assert_cmpuint(found, >, 10 * n);
    g_assert_cmpuint(found, <, 100 * n);
    json_shapes_free(shapes);
}

/* Digits that are no number together. */
static void
test_digits(void)
{
    static const char *const texts[] = {
        "[10,200,3,\"........................................................\"]",
        "[01,200,3,\"........................................................\"]",
        "[10,000,3,\"........................................................\"]",
        "[99,999,0,\"........................................................\"]",
        "[9-,999,0,\"........................................................\"]",
        "[-9,999,0,\"........................................................\"]",
        "[10,2.0,3,\"........................................................\"]",
        "[10,2e0,3,\"........................................................\"]",
    };
    static const bool same[] = { true, false, false, true, false, false, false, false };
    JsonShapes *shapes = json_shapes_new();

    learn(shapes, texts[0]);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_true(parse_text(shapes, texts[i]) == same[i]);
    json_shapes_free(shapes);
}

/* Texts too short or long for it, with escapes, or with more values than an index has, are
 * never found. */
static void
test_without_shape(void)
{
    JsonShapes *shapes = json_shapes_new();
    g_autoptr(GString) longer = g_string_new("[\""), many = g_string_new("[0");

    for (int i = 0; i < 5000; i++)
        g_string_append_c(longer, 'a');
    g_string_append(longer, "\"]");
    for (int i = 0; i < JSON_INDEX_MAX; i++)
        g_string_append(many, ",0");
    g_string_append(many, "]");
    for (int turn = 0; turn < 4; turn++) {
        g_assert_false(parse_text(shapes, "{\"a\":1}"));
        g_assert_false(parse_text(shapes, poll));
        g_assert_false(parse_text(shapes, longer->str));
        g_assert_false(parse_text(shapes, many->str));
    }
    json_shapes_free(shapes);
    json_shapes_free(NULL);
}

static void
test_nobody_remembers(void)
{
    JsonValue value;
    JsonIndex index;

    g_assert_cmpint(json_parse_shaped(NULL, bytes_of_text(poll), &index, &value), ==,
                    ST_OK);
    g_assert_true(value.index == &index && value.type == JSON_TYPE_OBJECT);
}

/* Two shapes of one length live beside each other; a third replaces the older one. */
static void
test_replaced(void)
{
    enum { SHAPES = 3, LENGTH = 80 };
    JsonShapes *shapes = json_shapes_new();
    char text[SHAPES][LENGTH + 1];

    for (int i = 0; i < SHAPES; i++) {
        memset(text[i], ' ', LENGTH);
        text[i][LENGTH] = '\0';
        text[i][i] = '[';
        text[i][LENGTH - 1] = ']';
        learn(shapes, text[i]);
        g_assert_true(parse_text(shapes, text[i]));
    }
    g_assert_true(parse_text(shapes, text[2]));
    g_assert_true(parse_text(shapes, text[1]));
    g_assert_false(parse_text(shapes, text[0]));
    json_shapes_free(shapes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json-shapes/same-shape", test_same_shape);
    g_test_add_func("/json-shapes/each-byte", test_each_byte);
    g_test_add_func("/json-shapes/digits", test_digits);
    g_test_add_func("/json-shapes/without-shape", test_without_shape);
    g_test_add_func("/json-shapes/nobody-remembers", test_nobody_remembers);
    g_test_add_func("/json-shapes/replaced", test_replaced);
    return g_test_run();
}
