/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pulling against json_parse and the walk: the same texts, the same values. */
#include <glib.h>

#include "nodes/wire/json.h"
#include "tests/lib/mutate.h"

static const char *const samples[] = {
    "{\"a\":[1,-2.5e3,true,null,\"x\\ny\",{}],\"b\":{\"c\":{\"d\":[[],[0]]}},\"\":false}",
    " [ { \"k\" : \"v\" , \"k\" : [ ] } , \"\xc3\xa9\" , { \"}\" : \"]\" } ]\n",
    "\"a string\"",
    "12",
};

/* Pull a value, going into all that can be gone into; append what is seen. */
static void
pull_all(JsonPull *pull, Buffer *seen)
{
    JsonType type = json_pull_type(pull);
    JsonValue value;
    Bytes key;

    if (type == JSON_TYPE_OBJECT || type == JSON_TYPE_ARRAY) {
        buffer_append_literal(seen, "<");
        json_pull_enter(pull);
        while (json_pull_next(pull, &key)) {
            buffer_append_bytes(seen, key);
            pull_all(pull, seen);
        }
        buffer_append_literal(seen, ">");
    } else if (json_pull_value(pull, &value)) {
        g_assert_cmpint(value.type, ==, type);
        buffer_append_bytes(seen, value.text);
    }
}

static void
walk_all(JsonValue value, Buffer *seen)
{
    JsonIterator it = json_iterate(value);
    Bytes key;

    if (value.type != JSON_TYPE_OBJECT && value.type != JSON_TYPE_ARRAY) {
        buffer_append_bytes(seen, value.text);
        return;
    }
    buffer_append_literal(seen, "<");
    while (json_next(&it, &key, &value)) {
        buffer_append_bytes(seen, key);
        walk_all(value, seen);
    }
    buffer_append_literal(seen, ">");
}

static Status
check_same(Bytes text)
{
    JsonPull pull = json_pull(text);
    Buffer pulled = BUFFER_EMPTY, walked = BUFFER_EMPTY;
    JsonValue value;
    Status status = json_parse(text, &value);

    pull_all(&pull, &pulled);
    g_assert_cmpint(json_pull_end(&pull), ==, status);
    if (status == ST_OK) {
        walk_all(value, &walked);
        g_assert_cmpmem(pulled.p, pulled.n, walked.p, walked.n);
    }
    buffer_clear(&pulled);
    buffer_clear(&walked);
    return status;
}

static void
test_as_parse(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        Bytes all = bytes_of_text(samples[i]);

        g_assert_cmpint(check_same(all), ==, ST_OK);
        for (size_t n = 0; n < all.n; n++) {
            Bytes text = truncated(all, n);

            check_same(text);
            bytes_free(text);
        }
    }
    g_assert_cmpint(check_same((Bytes){ NULL, 0 }), ==, ST_MALFORMED);
}

static void
test_mutations_as_parse(void)
{
    for (uint32_t seed = 0; seed < 30000; seed++) {
        Bytes sample = bytes_of_text(samples[seed % 2]);
        Bytes text = mutate(seed, sample, BYTES_LITERAL("{}[],:\"\\0 tn"));

        check_same(text);
        bytes_free(text);
    }
}

static void
test_depth(void)
{
    for (int depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        g_autoptr(GString) text = g_string_new(NULL);

        for (int i = 0; i < depth; i++)
            g_string_append(text, i % 3 == 0 ? "{\"a\":" : "[");
        g_string_append_c(text, '1');
        for (int i = depth - 1; i >= 0; i--)
            g_string_append_c(text, i % 3 == 0 ? '}' : ']');
        g_assert_cmpint(check_same(bytes_of_text(text->str)), ==,
                        depth == JSON_DEPTH_MAX ? ST_OK : ST_TOO_LARGE);
    }
}

/* A value may be taken whole at any level; what is left out shows at the end. */
static void
test_partly(void)
{
    JsonPull pull = json_pull(BYTES_LITERAL("{\"a\":[1,{\"b\":2}],\"c\":3} "));
    JsonValue value;
    Bytes key;

    g_assert_cmpint(json_pull_type(&pull), ==, JSON_TYPE_OBJECT);
    json_pull_enter(&pull);
    g_assert_true(json_pull_next(&pull, &key) && bytes_equal_text(key, "a"));
    g_assert_true(json_pull_value(&pull, &value));
    g_assert_true(bytes_equal_text(value.text, "[1,{\"b\":2}]"));
    g_assert_true(json_pull_next(&pull, &key) && bytes_equal_text(key, "c"));
    g_assert_cmpint(json_pull_type(&pull), ==, JSON_TYPE_NUMBER);
    g_assert_true(json_pull_value(&pull, &value));
    g_assert_false(json_pull_next(&pull, &key));
    g_assert_cmpint(json_pull_end(&pull), ==, ST_OK);

    pull = json_pull(BYTES_LITERAL("[1,2]"));
    json_pull_enter(&pull);
    g_assert_true(json_pull_next(&pull, &key) && json_pull_value(&pull, &value));
    g_assert_cmpint(json_pull_end(&pull), ==, ST_MALFORMED);
    g_assert_false(json_pull_next(&pull, &key));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/json-pull/as-parse", test_as_parse);
    g_test_add_func("/wire/json-pull/mutations-as-parse", test_mutations_as_parse);
    g_test_add_func("/wire/json-pull/depth", test_depth);
    g_test_add_func("/wire/json-pull/partly", test_partly);
    return g_test_run();
}
