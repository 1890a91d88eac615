/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON: values out of valid text, and text out of values. */
#include <glib.h>

#include "nodes/wire/json.h"
#include "tests/lib/mutate.h"

/* A text that must be valid. */
static JsonValue
value_of(const char *text)
{
    JsonValue value;

    g_assert_cmpint(json_parse(bytes_of_text(text), &value), ==, ST_OK);
    return value;
}

/* --- values ----------------------------------------------------------------------------
 */

static void
test_value_text_is_exact(void)
{
    JsonValue value = value_of(" \n[ 1 ,\t{ \"a\" : \"x\" } ] ");
    JsonIterator it = json_iterate(value);
    Bytes key;

    g_assert_true(bytes_equal_text(value.text, "[ 1 ,\t{ \"a\" : \"x\" } ]"));
    g_assert_true(json_next(&it, &key, &value));
    g_assert_true(bytes_equal_text(value.text, "1"));
    g_assert_true(json_next(&it, &key, &value));
    g_assert_true(bytes_equal_text(value.text, "{ \"a\" : \"x\" }"));
    g_assert_false(json_next(&it, &key, &value));
    it = json_iterate(value);
    g_assert_true(json_next(&it, &key, &value));
    g_assert_true(bytes_equal_text(key, "a"));
    g_assert_true(bytes_equal_text(value.text, "\"x\""));
}

static void
test_get_takes_the_last_of_a_key(void)
{
    JsonValue object = value_of("{\"a\":1,\"b\":{\"c\":5},\"\\u0061\":2,\"a\\\"\":3}"),
              value;
    int64_t n = 0;

    g_assert_true(json_get(object, "a", &value) && json_i64(value, &n));
    g_assert_cmpint(n, ==, 2);
    g_assert_true(json_get(object, "a\"", &value) && json_i64(value, &n));
    g_assert_cmpint(n, ==, 3);
    g_assert_false(json_get(object, "c", &value));
    g_assert_false(json_get(object, "", &value));
    g_assert_false(json_get(object, "a\\\"", &value));
    g_assert_false(json_get(value_of("[\"a\",1]"), "a", &value));
    g_assert_false(json_get(value_of("\"a\""), "a", &value));
}

static void
test_several_keys_are_got_in_one_pass(void)
{
    static const char *const keys[] = { "c", "a", "b" };
    JsonValue object = value_of("{\"a\":1,\"x\":{\"c\":5},\"\\u0061\":2,\"b\":[]}"),
              value[3];
    int64_t n = 0;

    g_assert_cmpuint(json_get_each(object, keys, 3, value), ==, 6);
    g_assert_true(json_i64(value[1], &n));
    g_assert_cmpint(n, ==, 2);
    g_assert_cmpint(value[2].type, ==, JSON_TYPE_ARRAY);
    g_assert_cmpuint(json_get_each(value_of("[\"a\",1]"), keys, 3, value), ==, 0);
}

static void
test_iterating_a_scalar_gives_nothing(void)
{
    JsonValue value;
    Bytes key;
    JsonIterator it = json_iterate(value_of("\"abc\""));

    g_assert_false(json_next(&it, &key, &value));
    g_assert_cmpuint(json_length(value_of("12")), ==, 0);
    g_assert_cmpuint(json_length(value_of("[]")), ==, 0);
    g_assert_cmpuint(json_length(value_of("{ }")), ==, 0);
    g_assert_cmpuint(json_length(value_of("[1,[2,3],\",\"]")), ==, 3);
}

/* Backslashes before a quote, at every place relative to the words of the scan. */
static void
test_strings_end_where_they_end(void)
{
    for (int before = 0; before < 40; before++)
        for (int slashes = 0; slashes < 6; slashes++) {
            g_autofree char *text =
                g_strdup_printf("[\"%*s%.*s%s\",7]", before, "", 2 * slashes,
                                "\\\\\\\\\\\\\\\\\\\\\\\\", slashes % 2 != 0 ? "\\\"" : "");
            JsonValue value = value_of(text);
            JsonIterator it = json_iterate(value);
            int64_t n = 0;
            Bytes key;

            g_assert_true(json_next(&it, &key, &value));
            g_assert_true(json_next(&it, &key, &value) && json_i64(value, &n));
            g_assert_cmpint(n, ==, 7);
        }
}

static void
test_integers(void)
{
    static const struct {
        const char *text;
        bool fits_i64, fits_u64;
        uint64_t v;
    } cases[] = {
        { "0", true, true, 0 },
        { "-0", true, true, 0 },
        { "-1", true, false, UINT64_MAX },
        { "9223372036854775807", true, true, INT64_MAX },
        { "9223372036854775808", false, true, (uint64_t)INT64_MAX + 1 },
        { "-9223372036854775808", true, false, (uint64_t)INT64_MAX + 1 },
        { "-9223372036854775809", false, false, 0 },
        { "18446744073709551615", false, true, UINT64_MAX },
        { "18446744073709551616", false, false, 0 },
        { "99999999999999999999999", false, false, 0 },
        { "1.0", false, false, 0 },
        { "1e3", false, false, 0 },
        { "\"1\"", false, false, 0 },
        { "true", false, false, 0 },
        { "[1]", false, false, 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        JsonValue value = value_of(cases[i].text);
        int64_t s = 77;
        uint64_t u = 77;

        g_assert_true(json_i64(value, &s) == cases[i].fits_i64);
        g_assert_cmpint(s, ==, cases[i].fits_i64 ? (int64_t)cases[i].v : 77);
        g_assert_true(json_u64(value, &u) == cases[i].fits_u64);
        g_assert_cmpuint(u, ==, cases[i].fits_u64 ? cases[i].v : 77);
    }
}

/* Against the C library, in its own locale. */
static void
test_doubles(void)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "0.1",
        "123.456",
        "1e22",
        "1e23",
        "5e-324",
        "2.2250738585072011e-308",
        "1.7976931348623157e308",
        "4.35",
        "0.000001e6",
        "1e-400",
        "0e999999999999999999999",
        "9007199254740993",
        "9007199254740992.999999999999999999999999999999999999",
        "100000000000000000000000e-23",
        "0.00000000000000000000000000000000000001234e38",
        "2.4703282292062327208e-324",
        "2.4703282292062328e-324",
    };
    double v = 77;

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_assert_true(json_double(value_of(texts[i]), &v));
        g_assert_true(v == g_ascii_strtod(texts[i], NULL));
    }
    v = 77;
    g_assert_false(json_double(value_of("1e309"), &v));
    g_assert_false(json_double(value_of("-1e99999999999999999999"), &v));
    g_assert_false(json_double(value_of("\"1\""), &v));
    g_assert_true(v == 77);
}

/* More digits than are kept: the last one decides a tie. */
static void
test_doubles_of_many_digits(void)
{
    g_autoptr(GString) text =
        g_string_new("1.00000000000000011102230246251565404236316680908203125");
    double v;

    for (int i = 0; i < 3000; i++)
        g_string_append_c(text, '0');
    g_assert_true(json_double(value_of(text->str), &v));
    g_assert_true(v == 1.0);
    g_string_append_c(text, '1');
    g_assert_true(json_double(value_of(text->str), &v));
    g_assert_true(v == 1.0 + 0x1p-52);
}

static void
test_words(void)
{
    bool v = false;

    g_assert_true(json_bool(value_of("true"), &v) && v);
    g_assert_true(json_bool(value_of("false"), &v) && !v);
    g_assert_false(json_bool(value_of("null"), &v));
    g_assert_false(json_bool(value_of("1"), &v));
}

/* --- writing ---------------------------------------------------------------------------
 */

static void
test_write_string_escapes(void)
{
    Buffer out = BUFFER_EMPTY;
    const char *expected = "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\xc3\xa9\"";

    json_write_string(&out, BYTES_LITERAL("a\"\\/\b\f\n\r\t\0\x1f\x7f\xc3\xa9"));
    g_assert_cmpmem(out.p, out.n, expected, strlen(expected));
    out.n = 0;
    json_write_string(&out, BYTES_LITERAL("\xff\xe2\x82z\xed\xa0\x80"));
    expected =
        "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"";
    g_assert_cmpmem(out.p, out.n, expected, strlen(expected));
    out.n = 0;
    json_write_string(&out, (Bytes){ NULL, 0 });
    g_assert_cmpmem(out.p, out.n, "\"\"", 2);
    buffer_clear(&out);
}

/* Any bytes become a valid string, and valid UTF-8 comes back as it was. */
static void
test_write_string_comes_back(void)
{
    Bytes sample =
        BYTES_LITERAL("some plain text, \"quoted\\\" \xc3\xa9 \xf0\x9f\x98\x80 \n\1");

    for (uint32_t seed = 0; seed < 5000; seed++) {
        Bytes text = mutate(seed, sample, sample);
        Buffer out = BUFFER_EMPTY, back = BUFFER_EMPTY;
        JsonValue value;

        json_write_string(&out, text);
        g_assert_cmpint(json_parse(buffer_bytes(&out), &value), ==, ST_OK);
        g_assert_true(json_string_append(value, &back));
        if (g_utf8_validate_len((const char *)text.p, text.n, NULL))
            g_assert_cmpmem(back.p, back.n, text.p, text.n);
        buffer_clear(&out);
        buffer_clear(&back);
        bytes_free(text);
    }
}

static void
test_write_an_object(void)
{
    Buffer out = BUFFER_EMPTY;
    JsonValue value;
    const char *expected = "{\"a\":1,\"b\":[\"x\",{\"c\":2}],\"d\":\",\"}";

    buffer_append_literal(&out, "{");
    json_write_key(&out, "a");
    buffer_append_u64_decimal(&out, 1);
    json_write_key(&out, "b");
    buffer_append_literal(&out, "[");
    json_write_comma(&out);
    json_write_string(&out, BYTES_LITERAL("x"));
    json_write_comma(&out);
    buffer_append_literal(&out, "{");
    json_write_key(&out, "c");
    buffer_append_u64_decimal(&out, 2);
    buffer_append_literal(&out, "}]");
    json_write_key(&out, "d");
    json_write_string(&out, BYTES_LITERAL(","));
    buffer_append_literal(&out, "}");
    g_assert_cmpmem(out.p, out.n, expected, strlen(expected));
    g_assert_cmpint(json_parse(buffer_bytes(&out), &value), ==, ST_OK);
    buffer_clear(&out);
}

/* A value that nobody set is no string. */
static void
test_unset(void)
{
    JsonValue unset = { .type = JSON_TYPE_NULL };
    Buffer out = BUFFER_EMPTY;

    g_assert_false(json_string_append(unset, &out));
    g_assert_cmpuint(out.n, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/json/value-text-is-exact", test_value_text_is_exact);
    g_test_add_func("/wire/json/get-takes-the-last", test_get_takes_the_last_of_a_key);
    g_test_add_func("/wire/json/several-keys", test_several_keys_are_got_in_one_pass);
    g_test_add_func("/wire/json/iterating-a-scalar", test_iterating_a_scalar_gives_nothing);
    g_test_add_func("/wire/json/strings-end-where-they-end",
                    test_strings_end_where_they_end);
    g_test_add_func("/wire/json/integers", test_integers);
    g_test_add_func("/wire/json/doubles", test_doubles);
    g_test_add_func("/wire/json/doubles-of-many-digits", test_doubles_of_many_digits);
    g_test_add_func("/wire/json/words", test_words);
    g_test_add_func("/wire/json/write-string-escapes", test_write_string_escapes);
    g_test_add_func("/wire/json/write-string-comes-back", test_write_string_comes_back);
    g_test_add_func("/wire/json/write-an-object", test_write_an_object);
    g_test_add_func("/wire/json/unset-is-no-string", test_unset);
    return g_test_run();
}
