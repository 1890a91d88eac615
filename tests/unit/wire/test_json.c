/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON: the oracle is jansson wherever it and RFC 8259 say the same. */
#include <glib.h>
#include <jansson.h>

#include "nodes/wire/json.h"
#include "tests/lib/mutate.h"

static const char *const samples[] = {
    ("{\"method\":\"retrieve\",\"params\":{\"pubkey\":\"05ab\",\"namespace\":-10,"
     "\"last_hash\":\"\",\"max_size\":-2,\"timestamp\":1722945600123}}"),
    " [ 1 , -2.5e+3,0, 0.125E-2 ,true,false,null , \"\" , [] , { } ,[[{\"a\":[1]}]]]\r\n\t",
    "{\"t\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\ud83d\\ude00\",\"\\u0061\":1}",
    "\"plain ascii text long enough for words \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 !\"",
    "{\"a\":1,\"b\":{\"a\":2},\"a\":[{},{\"x\":\"}]\\\"{[\"}],\"c\":-0}",
    "-12345678901234567890.5",
};

static Status
parse(Bytes text)
{
    JsonValue value = { .type = JSON_TYPE_NULL };
    Status status = json_parse(text, &value);

    if (status != ST_OK)
        g_assert_null(value.text.p);
    return status;
}

static Status
parse_text(const char *text)
{
    return parse(bytes_of_text(text));
}

/* --- our walk against jansson's tree ---------------------------------------------------
 */

static void check_same(JsonValue ours, json_t *theirs);

static void
check_same_string(JsonValue ours, const json_t *theirs)
{
    Buffer text = BUFFER_EMPTY;
    Bytes plain;

    g_assert_true(json_string_append(ours, &text));
    g_assert_cmpmem(text.p, text.n, json_string_value(theirs), json_string_length(theirs));
    if (json_string_plain(ours, &plain))
        g_assert_true(bytes_equal(plain, buffer_bytes(&text)));
    buffer_clear(&text);
}

static void
check_same_object(JsonValue ours, json_t *theirs)
{
    const char *key;
    json_t *member;

    json_object_foreach(theirs, key, member)
    {
        JsonValue value;

        g_assert_true(json_get(ours, key, &value));
        check_same(value, member);
    }
    g_assert_cmpuint(json_length(ours), >=, json_object_size(theirs));
}

static void
check_same_array(JsonValue ours, json_t *theirs)
{
    JsonIterator it = json_iterate(ours);
    size_t n = 0;
    JsonValue value;
    Bytes key;

    while (json_next(&it, &key, &value)) {
        g_assert_cmpuint(key.n, ==, 0);
        check_same(value, json_array_get(theirs, n++));
    }
    g_assert_cmpuint(n, ==, json_array_size(theirs));
}

static void
check_same_number(JsonValue ours, const json_t *theirs)
{
    double real, expected = json_number_value(theirs);
    int64_t integer;

    g_assert_true(json_double(ours, &real));
    g_assert_true(real == expected);
    g_assert_true(json_i64(ours, &integer) == json_is_integer(theirs));
    if (json_is_integer(theirs))
        g_assert_cmpint(integer, ==, json_integer_value(theirs));
}

static void
check_same(JsonValue ours, json_t *theirs)
{
    static const json_type type[] = { JSON_NULL,   JSON_FALSE, JSON_TRUE,  JSON_REAL,
                                      JSON_STRING, JSON_ARRAY, JSON_OBJECT };

    if (ours.type == JSON_TYPE_NUMBER)
        g_assert_true(json_is_number(theirs));
    else
        g_assert_cmpint(type[ours.type], ==, json_typeof(theirs));
    if (ours.type == JSON_TYPE_STRING)
        check_same_string(ours, theirs);
    if (ours.type == JSON_TYPE_OBJECT)
        check_same_object(ours, theirs);
    if (ours.type == JSON_TYPE_ARRAY)
        check_same_array(ours, theirs);
    if (ours.type == JSON_TYPE_NUMBER)
        check_same_number(ours, theirs);
}

/* jansson has limits of its own where RFC 8259 has none. */
static bool
theirs_is_defined(const json_error_t *error)
{
    enum json_error_code code = json_error_code(error);

    return code != json_error_numeric_overflow && code != json_error_null_byte_in_key &&
           code != json_error_stack_overflow;
}

static void
check_against_jansson(Bytes text)
{
    json_error_t error;
    json_t *theirs =
        json_loadb((const char *)text.p, text.n, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
    JsonValue ours;
    Status status = json_parse(text, &ours);

    if (theirs == NULL && !theirs_is_defined(&error))
        return;
    if (memchr(text.p, 0, text.n) != NULL) {
        /* jansson passes over a NUL that it has to put back (after a number). */
        g_assert_cmpint(status, !=, ST_OK);
        json_decref(theirs);
        return;
    }
    if ((status == ST_OK) != (theirs != NULL))
        g_error("'%.*s': %s, jansson: %s", (int)text.n, (const char *)text.p,
                status_name(status), theirs != NULL ? "valid" : error.text);
    if (theirs != NULL)
        check_same(ours, theirs);
    json_decref(theirs);
}

static void
test_samples_as_jansson(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_assert_cmpint(parse_text(samples[i]), ==, ST_OK);
        check_against_jansson(bytes_of_text(samples[i]));
    }
}

static void
test_mutations_as_jansson(void)
{
    Bytes alphabet = BYTES_LITERAL("\"\"\\\\{}[],::0019-+.eEutrfn \xc3\xa9\xed\xf0\x80");

    for (uint32_t seed = 0; seed < 20000; seed++) {
        Bytes sample = bytes_of_text(samples[seed % G_N_ELEMENTS(samples)]);
        Bytes text = mutate(seed, sample, alphabet);

        check_against_jansson(text);
        bytes_free(text);
    }
}

static void
test_every_truncation_is_malformed(void)
{
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(samples); i++) {
        Bytes all = bytes_of_text(g_strchomp(g_strdup(samples[i])));

        for (size_t n = 0; n < all.n; n++) {
            Bytes text = truncated(all, n);

            g_assert_cmpint(parse(text), ==, ST_MALFORMED);
            bytes_free(text);
        }
        g_assert_cmpint(parse(all), ==, ST_OK);
        bytes_free(all);
    }
}

static void
test_refuses_what_is_no_json(void)
{
    static const char *const bad[] = {
        "",
        " ",
        "tru",
        "True",
        "nul",
        "NaN",
        "Infinity",
        "01",
        "-",
        "+1",
        ".5",
        "1.",
        "1e",
        "1e+",
        "0x10",
        "--1",
        "1 2",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "]",
        "[}",
        "'a'",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u123\"",
        "\"\\ud800\"",
        "\"a",
        "\"\\\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud800\\ud800\"",
        "\"tab\there\"",
        "\"\x1f\"",
        "\xef\xbb\xbf 1",
        "/* c */ 1",
        "\"\\U0041\"",
        "1,",
        "\"a\"\"b\"",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        if (parse_text(bad[i]) != ST_MALFORMED)
            g_error("accepts '%s'", bad[i]);
}

static void
test_refuses_what_is_no_utf8(void)
{
    static const char *const bad[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc3",
        "\xc3(",
        "\xe0\x9f\xbf",
        "\xe2\x82",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf0\x9f\x98",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xe2(\xac",
        "\xf0\x9f(\x80",
    };
    static const char *const good[] = { "\xc2\x80",         "\xdf\xbf",
                                        "\xe0\xa0\x80",     "\xed\x9f\xbf",
                                        "\xee\x80\x80",     "\xef\xbf\xbf",
                                        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strdup_printf("[\"0123456789%s\"]", bad[i]);

        g_assert_cmpint(parse_text(text), ==, ST_MALFORMED);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *text = g_strdup_printf("[\"%s\"]", good[i]);

        g_assert_cmpint(parse_text(text), ==, ST_OK);
    }
}

static void
test_nul_is_a_control_character(void)
{
    JsonValue value;
    Buffer text = BUFFER_EMPTY;

    g_assert_cmpint(parse(BYTES_LITERAL("\"a\0b\"")), ==, ST_MALFORMED);
    g_assert_cmpint(parse(BYTES_LITERAL("1\0")), ==, ST_MALFORMED);
    g_assert_cmpint(json_parse(BYTES_LITERAL("\"a\\u0000b\""), &value), ==, ST_OK);
    g_assert_true(json_string_append(value, &text));
    g_assert_cmpmem(text.p, text.n, "a\0b", 3);
    buffer_clear(&text);
}

static void
test_depth(void)
{
    static const struct {
        const char *open, *close;
    } kind[] = { { "[", "]" }, { "{\"a\":", "}" } };

    for (int depth = JSON_DEPTH_MAX - 1; depth <= JSON_DEPTH_MAX + 1; depth++)
        for (size_t k = 0; k < G_N_ELEMENTS(kind); k++) {
            g_autoptr(GString) text = g_string_new(NULL);

            for (int i = 0; i < depth; i++)
                g_string_append(text, kind[k].open);
            g_string_append(text, "1");
            for (int i = 0; i < depth; i++)
                g_string_append(text, kind[k].close);
            g_assert_cmpint(parse_text(text->str), ==,
                            depth <= JSON_DEPTH_MAX ? ST_OK : ST_TOO_LARGE);
        }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/json/samples-as-jansson", test_samples_as_jansson);
    g_test_add_func("/wire/json/mutations-as-jansson", test_mutations_as_jansson);
    g_test_add_func("/wire/json/every-truncation-is-malformed",
                    test_every_truncation_is_malformed);
    g_test_add_func("/wire/json/refuses-what-is-no-json", test_refuses_what_is_no_json);
    g_test_add_func("/wire/json/refuses-what-is-no-utf8", test_refuses_what_is_no_utf8);
    g_test_add_func("/wire/json/nul-is-a-control-character",
                    test_nul_is_a_control_character);
    g_test_add_func("/wire/json/depth", test_depth);
    return g_test_run();
}
