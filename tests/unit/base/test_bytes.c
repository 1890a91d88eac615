/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "nodes/base/packet.h"

static void
test_reader_stops_at_the_end(void)
{
    const uint8_t in[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

    for (size_t n = 0; n <= sizeof in; n++) {
        Reader r = reader_over((Bytes){ in, n });
        uint32_t word = 77;
        uint64_t wide = 77;

        g_assert_true(reader_u32le(&r, &word) == (n >= 4));
        g_assert_cmpuint(word, ==, n >= 4 ? 0x04030201 : 77);
        g_assert_true(reader_u64le(&r, &wide) == (n == 12));
        g_assert_cmpuint(r.left, ==, n == 12 ? 0 : n >= 4 ? n - 4 : n);
    }
}

static void
test_hex(void)
{
    uint8_t out[3] = { 9, 9, 9 };
    char text[6];

    g_assert_true(hex_decode(BYTES_LITERAL("00fFa1"), out, 3));
    hex_encode((Bytes){ out, 3 }, text);
    g_assert_cmpmem(text, 6, "00ffa1", 6);
    g_assert_false(hex_decode(BYTES_LITERAL("00ff0"), out, 3));
    g_assert_false(hex_decode(BYTES_LITERAL("00ff0g"), out, 3));
    g_assert_cmpmem(out, 3, "\x00\xff\xa1", 3);
}

/* Of every byte in every place, by GLib's idea of a hex digit. */
static void
test_hex_digits(void)
{
    for (int c = 0; c < 256; c++) {
        uint8_t low[2] = { '0', (uint8_t)c }, high[2] = { (uint8_t)c, '0' }, out = 99;

        g_assert_true(hex_decode((Bytes){ low, 2 }, &out, 1) == g_ascii_isxdigit(c));
        g_assert_cmpint(out, ==, g_ascii_isxdigit(c) ? g_ascii_xdigit_value((char)c) : 99);
        out = 99;
        g_assert_true(hex_decode((Bytes){ high, 2 }, &out, 1) == g_ascii_isxdigit(c));
        g_assert_cmpint(out, ==,
                        g_ascii_isxdigit(c) ? 16 * g_ascii_xdigit_value((char)c) : 99);
    }
}

/* Every byte at every place of every length, beside the obvious reading of it. */
static void
test_hex_byte_by_byte(void)
{
    for (size_t n = 0; n <= 9; n++)
        for (size_t place = 0; place < 2 * n; place++)
            for (unsigned byte = 0; byte < 256; byte++) {
                uint8_t text[] = "0123456789abcdefAB", out[9] = { 0 };
                uint8_t expected[9] = {
                    0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xab
                };
                int digit = g_ascii_xdigit_value((char)byte);
                uint8_t *changed = &expected[place / 2];

                text[place] = (uint8_t)byte;
                g_assert_true(hex_decode((Bytes){ text, 2 * n }, out, n) == (digit >= 0));
                if (digit < 0)
                    memset(expected, 0, sizeof expected);
                else if (place % 2 == 0)
                    *changed = (uint8_t)(digit << 4 | (*changed & 15));
                else
                    *changed = (uint8_t)((*changed & 0xf0) | digit);
                g_assert_cmpmem(out, n, expected, n);
            }
}

static void
test_decimal(void)
{
    Buffer b = BUFFER_EMPTY;

    buffer_append_i64_decimal(&b, INT64_MIN);
    buffer_append_literal(&b, " ");
    buffer_append_u64_decimal(&b, UINT64_MAX);
    buffer_append_literal(&b, " ");
    buffer_append_i64_decimal(&b, 0);
    for (uint64_t v = 9; v < 10000; v = v * 10 + 9) { /* on either side of each length */
        buffer_append_literal(&b, " ");
        buffer_append_u64_decimal(&b, v);
        buffer_append_literal(&b, " ");
        buffer_append_u64_decimal(&b, v + 1);
    }
    g_assert_cmpmem(b.p, b.n,
                    "-9223372036854775808 18446744073709551615 0"
                    " 9 10 99 100 999 1000 9999 10000",
                    75);
    buffer_clear(&b);
}

/* Of every length, beside the C library, into rooms with more space than the text and with
 * none to spare. */
static void
test_decimal_of_every_length(void)
{
    for (int digits = 1; digits <= 20; digits++)
        for (uint64_t salt = 0; salt < 50; salt++) {
            uint64_t power = 1, v;
            char text[24];
            uint8_t room[64];
            Buffer b = { room, 0, sizeof room };
            Buffer snug = { room, 0, 0 };

            for (int i = 1; i < digits; i++)
                power *= 10;
            v = salt == 0 ? power - 1 : power + salt * UINT64_C(0x9e3779b97f4a7c15) % power;
            g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, v);
            buffer_append_u64_decimal(&b, v);
            g_assert_cmpmem(b.p, b.n, text, strlen(text));
            snug.capacity = strlen(text);
            buffer_append_u64_decimal(&snug, v);
            g_assert_cmpmem(snug.p, snug.n, text, strlen(text));
        }
}

static void
test_packet_copies_before_change(void)
{
    Packet a = packet_of_bytes(BYTES_LITERAL("hello"));
    Packet b = packet_slice(&a, 1, 3);

    packet_make_mutable(&b)[0] = 'E';
    g_assert_true(bytes_equal_text(packet_bytes(&a), "hello"));
    g_assert_true(bytes_equal_text(packet_bytes(&b), "Ell"));
    g_assert_true(blob_is_unique(a.blob));
    packet_clear(&a);
    packet_clear(&b);
}

static void
encode_twice(const void *object, Buffer *out)
{
    buffer_append_text(out, object);
    buffer_append_text(out, object);
}

static void
test_blob_makes_its_bytes_when_read(void)
{
    static const BlobType type = { "twice", encode_twice, NULL };
    static char word[] = "ab";
    Packet p = packet_of_blob(blob_from_object(&type, word, 4));

    g_assert_null(p.blob->data);
    g_assert_true(bytes_equal_text(packet_bytes(&p), "abab"));
    g_assert_nonnull(p.blob->data);
    packet_clear(&p);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/reader-stops-at-the-end", test_reader_stops_at_the_end);
    g_test_add_func("/base/hex", test_hex);
    g_test_add_func("/base/hex-digits", test_hex_digits);
    g_test_add_func("/base/hex-byte-by-byte", test_hex_byte_by_byte);
    g_test_add_func("/base/decimal", test_decimal);
    g_test_add_func("/base/decimal-of-every-length", test_decimal_of_every_length);
    g_test_add_func("/base/packet-copies-before-change", test_packet_copies_before_change);
    g_test_add_func("/base/blob-makes-its-bytes-when-read",
                    test_blob_makes_its_bytes_when_read);
    return g_test_run();
}
