/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/wire/bencode.h"
#include "tests/lib/mutate.h"

static const char sample[] =
    "d4:data5:a:b\"e8:enc_type7:aes-gcm6:hop_noi3e4:listli-7e0:d1:xleeee";

static Status
parse_text(const char *text)
{
    BencodeValue value = { .type = BENCODE_LIST };
    Status status = bencode_parse(bytes_of_text(text), &value);

    if (status != ST_OK)
        g_assert_null(value.text.p);
    return status;
}

static BencodeValue
value_of(const char *text)
{
    BencodeValue value;

    g_assert_cmpint(bencode_parse(bytes_of_text(text), &value), ==, ST_OK);
    return value;
}

static void
test_walk(void)
{
    BencodeValue dict = value_of(sample), value;
    Bytes text = { NULL, 0 }, key;
    BencodeIterator it;
    int64_t n = 0;

    g_assert_true(bencode_get(dict, "data", &value) && bencode_string(value, &text));
    g_assert_true(bytes_equal_text(text, "a:b\"e"));
    g_assert_true(bencode_get(dict, "hop_no", &value) && bencode_i64(value, &n));
    g_assert_cmpint(n, ==, 3);
    g_assert_false(bencode_get(dict, "hop", &value));
    g_assert_false(bencode_get(dict, "x", &value));
    g_assert_true(bencode_get(dict, "list", &value));
    g_assert_true(bytes_equal_text(value.text, "li-7e0:d1:xleee"));
    g_assert_false(bencode_get(value, "x", &value));
    it = bencode_iterate(value);
    g_assert_true(bencode_next(&it, &key, &value) && bencode_i64(value, &n));
    g_assert_cmpint(n, ==, -7);
    g_assert_true(bencode_next(&it, &key, &value) && bencode_string(value, &text));
    g_assert_cmpuint(text.n, ==, 0);
    g_assert_true(bencode_next(&it, &key, &value));
    g_assert_cmpint(value.type, ==, BENCODE_DICT);
    g_assert_false(bencode_next(&it, &key, &value));
    it = bencode_iterate(value_of("3:abc"));
    g_assert_false(bencode_next(&it, &key, &value));
}

static void
test_every_truncation(void)
{
    Bytes all = bytes_of_text(sample);

    for (size_t n = 0; n < all.n; n++) {
        Bytes text = truncated(all, n);
        BencodeValue value;

        g_assert_cmpint(bencode_parse(text, &value), ==, ST_TRUNCATED);
        bytes_free(text);
    }
}

static void
test_refusals(void)
{
    static const struct {
        const char *text;
        Status status;
    } cases[] = {
        { "i01e", ST_MALFORMED },
        { "i-0e", ST_MALFORMED },
        { "i-01e", ST_MALFORMED },
        { "ie", ST_MALFORMED },
        { "i-e", ST_MALFORMED },
        { "i+1e", ST_MALFORMED },
        { "i1.5e", ST_MALFORMED },
        { "i 1e", ST_MALFORMED },
        { "03:abc", ST_MALFORMED },
        { "-1:a", ST_MALFORMED },
        { "3abc", ST_MALFORMED },
        { "x", ST_MALFORMED },
        { "e", ST_MALFORMED },
        { "3:abcd", ST_MALFORMED },
        { "i1ei2e", ST_MALFORMED },
        { "di1ei2ee", ST_MALFORMED },
        { "d1:ae", ST_MALFORMED },
        { "d1:bi1e1:ai1ee", ST_MALFORMED },
        { "d1:ai1e1:ai1ee", ST_MALFORMED },
        { "d2:aai1e1:ai1ee", ST_MALFORMED },
        { "d1:a1:b1:a1:be", ST_MALFORMED },
        { "d0:i1e0:i1ee", ST_MALFORMED },
        { "99999999999999999999:", ST_RANGE },
        { "18446744073709551615:abc", ST_TRUNCATED },
        { "i18446744073709551616e", ST_RANGE },
        { "i-9223372036854775809e", ST_RANGE },
        { "i99999999999999999999999e", ST_RANGE },
        /* Where 64 bits begin to end. */
        { "1234567890123456789", ST_TRUNCATED },
        { "12345678901234567890", ST_TRUNCATED },
        { "98765432109876543210", ST_RANGE },
        { "123456789012345678901", ST_RANGE },
        { "i1234567890123456789", ST_TRUNCATED },
        { "i1234567890123456789x", ST_MALFORMED },
        { "i12345678901234567890x", ST_MALFORMED },
        { "i98765432109876543210x", ST_RANGE },
        { "i00e", ST_MALFORMED },
        { "00:", ST_MALFORMED },
        { ":", ST_MALFORMED },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        if (parse_text(cases[i].text) != cases[i].status)
            g_error("'%s': %s", cases[i].text, status_name(parse_text(cases[i].text)));
}

static void
test_dict_order_is_bytewise(void)
{
    g_assert_cmpint(parse_text("d0:i1e1:ai1e2:aai1e1:\x80i1ee"), ==, ST_OK);
    g_assert_cmpint(parse_text("d1:\x80i1e1:ai1ee"), ==, ST_MALFORMED);
}

static void
test_integer_ranges(void)
{
    uint64_t u = 77;
    int64_t s = 77;

    g_assert_true(bencode_u64(value_of("i18446744073709551615e"), &u));
    g_assert_cmpuint(u, ==, UINT64_MAX);
    g_assert_false(bencode_i64(value_of("i9223372036854775808e"), &s));
    g_assert_cmpint(s, ==, 77);
    g_assert_true(bencode_i64(value_of("i-9223372036854775808e"), &s));
    g_assert_cmpint(s, ==, INT64_MIN);
    g_assert_false(bencode_u64(value_of("i-1e"), &u));
    g_assert_false(bencode_u64(value_of("1:1"), &u));
    g_assert_cmpuint(u, ==, UINT64_MAX);
}

/* The numbers of each length come back as they were written. */
static void
test_integers_of_every_length(void)
{
    uint64_t n = 0;

    for (int digits = 0; digits <= 20; digits++, n = n * 10 + 1 + (uint64_t)digits % 9) {
        Buffer out = BUFFER_EMPTY;
        BencodeValue value;
        uint64_t u = 77;
        int64_t s = 77;

        bencode_write_u64(&out, n);
        g_assert_cmpint(bencode_parse(buffer_bytes(&out), &value), ==, ST_OK);
        g_assert_true(bencode_u64(value, &u));
        g_assert_cmpuint(u, ==, n);
        out.n = 0;
        if (digits < 19) {
            bencode_write_i64(&out, -(int64_t)n);
            g_assert_cmpint(bencode_parse(buffer_bytes(&out), &value), ==, ST_OK);
            g_assert_true(bencode_i64(value, &s));
            g_assert_cmpint(s, ==, -(int64_t)n);
        }
        buffer_clear(&out);
    }
}

/* Keys ascend, so looking for one ends where it would have been. */
static void
test_get_among_neighbours(void)
{
    static const char *const absent[] = { "a", "b", "bba", "bd", "c", "ca", "\x80", "" };
    BencodeValue dict = value_of("d2:bbi1e3:bbbd2:bbi9ee2:bcl2:bde2:cbi4ee"), value;
    int64_t n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(absent); i++)
        g_assert_false(bencode_get(dict, absent[i], &value));
    g_assert_true(bencode_get(dict, "bb", &value) && bencode_i64(value, &n));
    g_assert_cmpint(n, ==, 1);
    g_assert_true(bencode_get(dict, "bbb", &value));
    g_assert_true(bytes_equal_text(value.text, "d2:bbi9ee"));
    g_assert_true(bencode_get(dict, "bc", &value));
    g_assert_true(bytes_equal_text(value.text, "l2:bde"));
    g_assert_true(bencode_get(dict, "cb", &value) && bencode_i64(value, &n));
    g_assert_cmpint(n, ==, 4);
    g_assert_true(bencode_get(value_of("d0:i7ee"), "", &value) && bencode_i64(value, &n));
    g_assert_cmpint(n, ==, 7);
    g_assert_false(bencode_get(value_of("de"), "", &value));
}

static void
test_depth(void)
{
    for (int depth = BENCODE_DEPTH_MAX - 1; depth <= BENCODE_DEPTH_MAX + 1; depth++) {
        g_autoptr(GString) text = g_string_new(NULL);

        for (int i = 0; i < depth; i++)
            g_string_append(text, i % 2 == 0 ? "l" : "d1:a");
        g_string_append(text, "i1e");
        for (int i = 0; i < depth; i++)
            g_string_append_c(text, 'e');
        g_assert_cmpint(parse_text(text->str), ==,
                        depth <= BENCODE_DEPTH_MAX ? ST_OK : ST_TOO_LARGE);
    }
}

/* Write @value again from what the walk gives. */
static void
copy(BencodeValue value, Buffer *out)
{
    BencodeIterator it = bencode_iterate(value);
    bool is_dict = value.type == BENCODE_DICT;
    uint64_t u;
    int64_t s;
    Bytes text;

    if (bencode_string(value, &text)) {
        bencode_write_string(out, text);
    } else if (bencode_u64(value, &u)) {
        bencode_write_u64(out, u);
    } else if (bencode_i64(value, &s)) {
        bencode_write_i64(out, s);
    } else {
        buffer_append_text(out, is_dict ? "d" : "l");
        while (bencode_next(&it, &text, &value)) {
            if (is_dict)
                bencode_write_string(out, text);
            copy(value, out);
        }
        buffer_append_literal(out, "e");
    }
}

/* What is accepted has one form only: writing it again gives the same bytes. */
static void
test_mutations_come_back(void)
{
    Bytes all = bytes_of_text(sample);
    int accepted = 0;

    for (uint32_t seed = 0; seed < 30000; seed++) {
        Bytes text = mutate(seed, all, BYTES_LITERAL("0123456789:dlie-"));
        Buffer out = BUFFER_EMPTY;
        BencodeValue value;

        if (bencode_parse(text, &value) == ST_OK) {
            copy(value, &out);
            g_assert_cmpmem(out.p, out.n, text.p, text.n);
            accepted++;
        }
        buffer_clear(&out);
        bytes_free(text);
    }
    g_assert_cmpint(accepted, >, 100);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/bencode/walk", test_walk);
    g_test_add_func("/wire/bencode/every-truncation", test_every_truncation);
    g_test_add_func("/wire/bencode/refusals", test_refusals);
    g_test_add_func("/wire/bencode/dict-order-is-bytewise", test_dict_order_is_bytewise);
    g_test_add_func("/wire/bencode/integer-ranges", test_integer_ranges);
    g_test_add_func("/wire/bencode/integers-of-every-length",
                    test_integers_of_every_length);
    g_test_add_func("/wire/bencode/get-among-neighbours", test_get_among_neighbours);
    g_test_add_func("/wire/bencode/depth", test_depth);
    g_test_add_func("/wire/bencode/mutations-come-back", test_mutations_come_back);
    return g_test_run();
}
