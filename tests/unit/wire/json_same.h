/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "nodes/wire/json.h"

/* Whoever walks @indexed reads what a walk through @plain reads: the same text, at the same
 * place, without an index. */
static inline void
assert_same(JsonValue indexed, JsonValue plain)
{
    JsonIterator a = json_iterate(indexed), b = json_iterate(plain);
    JsonValue member_a, member_b;
    Bytes key_a, key_b, string_a, string_b;
    bool more, is_plain;

    g_assert_cmpint(indexed.type, ==, plain.type);
    g_assert_true(indexed.text.p == plain.text.p && indexed.text.n == plain.text.n);
    is_plain = json_string_plain(indexed, &string_a);
    g_assert_true(is_plain == json_string_plain(plain, &string_b));
    if (is_plain)
        g_assert_true(string_a.p == string_b.p && string_a.n == string_b.n);
    do {
        more = json_next(&a, &key_a, &member_a);
        g_assert_true(more == json_next(&b, &key_b, &member_b));
        if (!more)
            break;
        g_assert_true(key_a.p == key_b.p && key_a.n == key_b.n);
        assert_same(member_a, member_b);
    } while (more);
}
