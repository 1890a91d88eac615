/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/wire/base64.h"
#include "tests/lib/mutate.h"
#include "tests/lib/vectors.h"

/* RFC 4648, section 10. */
static const struct {
    const char *plain, *text;
} rfc[] = { { "", "" },
            { "f", "Zg==" },
            { "fo", "Zm8=" },
            { "foo", "Zm9v" },
            { "foob", "Zm9vYg==" },
            { "fooba", "Zm9vYmE=" },
            { "foobar", "Zm9vYmFy" } };

static void
check_both_ways(Bytes plain, bool padded, Bytes text)
{
    Buffer out = BUFFER_EMPTY;

    base64_encode(plain, padded, &out);
    g_assert_cmpmem(out.p, out.n, text.p, text.n);
    g_assert_cmpuint(out.n, ==, base64_encoded_bytes(plain.n, padded));
    out.n = 0;
    g_assert_cmpint(base64_decode(text, &out), ==, ST_OK);
    g_assert_cmpmem(out.p, out.n, plain.p, plain.n);
    g_assert_cmpuint(out.n, <=, base64_decoded_bytes_max(text.n));
    buffer_clear(&out);
}

static void
test_rfc_vectors(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rfc); i++) {
        Bytes text = bytes_of_text(rfc[i].text);

        check_both_ways(bytes_of_text(rfc[i].plain), true, text);
        while (text.n > 0 && text.p[text.n - 1] == '=')
            text.n--;
        check_both_ways(bytes_of_text(rfc[i].plain), false, text);
    }
}

/* GLib's is the oracle, at each length modulo everything. */
static void
test_all_lengths_as_glib(void)
{
    GRand *random = g_rand_new_with_seed(1);

    for (size_t n = 0; n < 200; n++) {
        g_autofree uint8_t *plain = g_malloc(n + 1);
        g_autofree char *text = NULL;

        for (size_t i = 0; i < n; i++)
            plain[i] = (uint8_t)g_rand_int(random);
        text = g_base64_encode(plain, n);
        check_both_ways((Bytes){ plain, n }, true, bytes_of_text(text));
    }
    g_rand_free(random);
}

static Status
decode(Bytes text)
{
    Buffer out = BUFFER_EMPTY;
    Status status;

    buffer_append_literal(&out, "kept");
    status = base64_decode(text, &out);
    if (status != ST_OK)
        g_assert_cmpmem(out.p, out.n, "kept", 4);
    buffer_clear(&out);
    return status;
}

static void
test_refusals(void)
{
    static const char *const bad[] = {
        "Z",        "Zg=",     "Zg===",  "Zh==",         "Zh",    "Zm9=",     "Zm9",
        "=",        "==",      "====",   "Z===",         "Zm9v=", "Zm9vYg=",  "Zg==Zg==",
        "Zm 9v",    "Zm9v\n",  "Zm-_",   "Zm9vZm9vZ",    "=Zm9",  "Zm9vZm9*", "*m9vZm9v",
        "Zm9vZm==", "\xffm9v", "Zm8=\n", "Zm9vYmE=Zm9v",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        if (decode(bytes_of_text(bad[i])) != ST_MALFORMED)
            g_error("accepts '%s'", bad[i]);
    g_assert_cmpint(decode(BYTES_LITERAL("Zm9\0")), ==, ST_MALFORMED);
}

/* Each of the 256 bytes at each place, in a text that is long enough for every block. */
static void
test_foreign_characters(void)
{
    for (int place = 0; place < 48; place++)
        for (int byte = 0; byte < 256; byte++) {
            uint8_t text[48] = "QUJDREVGQUJDQUJDREVGQUJDQUJDREVGQUJDQUJDREVGQUJD";
            bool known = g_ascii_isalnum((char)byte) || byte == '+' || byte == '/';

            text[place] = (uint8_t)byte;
            if (byte == '=')
                continue;
            g_assert_true((decode((Bytes){ text, 48 }) == ST_OK) == known);
        }
}

/* What is accepted comes back, but for its padding. */
static void
test_mutations_come_back(void)
{
    for (uint32_t seed = 0; seed < 20000; seed++) {
        Bytes text = mutate(seed, BYTES_LITERAL("4sMyAuaZlMwww3oFvfhazfw7ASx/7TDtO+TVc8A="),
                            BYTES_LITERAL("AZaz09+/=="));
        Buffer plain = BUFFER_EMPTY, again = BUFFER_EMPTY;

        if (base64_decode(text, &plain) == ST_OK) {
            base64_encode(buffer_bytes(&plain), text.n > 0 && text.p[text.n - 1] == '=',
                          &again);
            g_assert_cmpmem(again.p, again.n, text.p, text.n);
        }
        buffer_clear(&plain);
        buffer_clear(&again);
        bytes_free(text);
    }
}

static void
test_decode_exact(void)
{
    uint8_t out[5] = { 9, 9, 9, 9, 9 };

    g_assert_cmpint(base64_decode_exact(BYTES_LITERAL("Zm9vYg=="), out, 3), ==,
                    ST_MALFORMED);
    g_assert_cmpint(base64_decode_exact(BYTES_LITERAL("Zm9vYg=="), out, 5), ==,
                    ST_MALFORMED);
    g_assert_cmpint(base64_decode_exact(BYTES_LITERAL("Zm9vY*"), out, 4), ==, ST_MALFORMED);
    g_assert_cmpint(out[0], ==, 9);
    g_assert_cmpint(base64_decode_exact(BYTES_LITERAL("Zm9vYg"), out, 4), ==, ST_OK);
    g_assert_cmpmem(out, 5, "foob\x09", 5);
    g_assert_cmpint(base64_decode_exact(BYTES_LITERAL("Zm9vYg=="), out, 4), ==, ST_OK);
    g_assert_cmpint(base64_decode_exact((Bytes){ NULL, 0 }, out, 0), ==, ST_OK);
}

static void
test_decode_exact_of_every_length(void)
{
    uint8_t plain[400], out[400];

    for (size_t n = 0; n < sizeof plain; n++) {
        Buffer text = BUFFER_EMPTY;

        plain[n] = (uint8_t)(n * n + 7);
        base64_encode((Bytes){ plain, n }, false, &text);
        memset(out, 9, sizeof out);
        g_assert_cmpint(base64_decode_exact(buffer_bytes(&text), out, n), ==, ST_OK);
        g_assert_cmpmem(out, n, plain, n);
        g_assert_cmpint(out[n], ==, 9);
        g_assert_cmpint(base64_decode_exact(buffer_bytes(&text), out, n + 1), ==,
                        ST_MALFORMED);
        buffer_clear(&text);
    }
}

/* The addresses in one answer to get_swarm; returns how many. */
static size_t
check_addresses(const json_t *answer)
{
    const json_t *nodes = json_object_get(answer, "snodes"), *node;
    size_t i;

    json_array_foreach(nodes, i, node)
    {
        uint8_t legacy[32];
        Buffer out = BUFFER_EMPTY;

        vector_hex_exact(node, "pubkey_legacy", legacy, sizeof legacy);
        base32z_encode((Bytes){ legacy, sizeof legacy }, &out);
        buffer_append_literal(&out, ".snode");
        g_assert_true(bytes_equal_text(buffer_bytes(&out), vector_text(node, "address")));
        buffer_clear(&out);
    }
    return json_array_size(nodes);
}

static void
test_base32z_of_real_nodes(void)
{
    json_t *live = vectors_load("ss_live_storage_rpc"), *exchange;
    size_t i, n = 0;

    json_array_foreach(json_object_get(live, "transcripts"), i, exchange)
    {
        const char *text = json_string_value(json_object_get(exchange, "response_text"));
        json_t *answer = text != NULL ? json_loads(text, 0, NULL) : NULL;

        n += check_addresses(answer);
        json_decref(answer);
    }
    g_assert_cmpuint(n, >=, 12);
    json_decref(live);
}

static void
test_base32z_lengths(void)
{
    static const struct {
        const char *plain, *text;
    } cases[] = {
        { "", "" }, { "\x1", "yr" }, { "\xff\xff", "999o" }, { "12345", "gr3dgpbi" }
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Buffer out = BUFFER_EMPTY;

        base32z_encode(bytes_of_text(cases[i].plain), &out);
        g_assert_cmpmem(out.p, out.n, cases[i].text, strlen(cases[i].text));
        buffer_clear(&out);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/base64/rfc-vectors", test_rfc_vectors);
    g_test_add_func("/wire/base64/all-lengths-as-glib", test_all_lengths_as_glib);
    g_test_add_func("/wire/base64/refusals", test_refusals);
    g_test_add_func("/wire/base64/foreign-characters", test_foreign_characters);
    g_test_add_func("/wire/base64/mutations-come-back", test_mutations_come_back);
    g_test_add_func("/wire/base64/decode-exact", test_decode_exact);
    g_test_add_func("/wire/base64/decode-exact-of-every-length",
                    test_decode_exact_of_every_length);
    g_test_add_func("/wire/base32z/of-real-nodes", test_base32z_of_real_nodes);
    g_test_add_func("/wire/base32z/lengths", test_base32z_lengths);
    return g_test_run();
}
