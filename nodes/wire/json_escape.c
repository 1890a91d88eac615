/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Escapes in strings, both ways. */
#include "nodes/wire/json_scan.h"
#include "nodes/wire/utf8.h"

#include <assert.h>

static bool
read_hex4(const uint8_t *p, uint32_t *ret)
{
    uint8_t raw[2];

    if (!hex_decode((Bytes){ p, 4 }, raw, 2))
        return false;
    *ret = (uint32_t)raw[0] << 8 | raw[1];
    return true;
}

/* \uXXXX, with its second half where it is one of a pair.  A half alone is no text: the
 * storage server's library refuses it, and so do we. */
static size_t
read_unicode_escape(const uint8_t *p, size_t left, uint32_t *ret_code_point)
{
    uint32_t high, low;

    if (left < 6 || !read_hex4(p + 2, &high))
        return 0;
    if (high < 0xd800 || high > 0xdfff) {
        *ret_code_point = high;
        return 6;
    }
    if (high > 0xdbff || left < 12 || p[6] != '\\' || p[7] != 'u' ||
        !read_hex4(p + 8, &low) || low < 0xdc00 || low > 0xdfff)
        return 0;
    *ret_code_point = 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff));
    return 12;
}

static const char short_letter[] = "\"\\/bfnrt";
static const char short_meaning[] = "\"\\/\b\f\n\r\t";

size_t
json_read_escape(const uint8_t *p, const uint8_t *end, uint32_t *ret_code_point)
{
    size_t left = (size_t)(end - p);
    const char *letter;

    if (left < 2 || p[1] == 0)
        return 0;
    if (p[1] == 'u')
        return read_unicode_escape(p, left, ret_code_point);
    letter = strchr(short_letter, p[1]);
    if (letter == NULL)
        return 0;
    *ret_code_point = (uint8_t)short_meaning[letter - short_letter];
    return 2;
}

/* The bytes of the escape at *p, which is valid; *p moves behind it. */
static size_t
decode_escape(const uint8_t **p, const uint8_t *end, uint8_t ret[UTF8_BYTES_MAX])
{
    uint32_t code_point = 0;
    size_t n = json_read_escape(*p, end, &code_point);

    assert(n > 0);
    *p += n;
    return utf8_encode(code_point, ret);
}

static bool
has_escapes(JsonValue string)
{
    if (string.index != NULL)
        return string.index->token[string.place].escaped;
    return memchr(string.text.p, '\\', string.text.n) != NULL;
}

bool
json_string_plain(JsonValue value, Bytes *ret)
{
    if (value.type != JSON_TYPE_STRING || has_escapes(value))
        return false;
    *ret = (Bytes){ value.text.p + 1, value.text.n - 2 };
    return true;
}

bool
json_string_append(JsonValue value, Buffer *out)
{
    const uint8_t *p, *end;

    if (value.type != JSON_TYPE_STRING) /* and maybe without any text */
        return false;
    p = value.text.p + 1;
    end = value.text.p + value.text.n - 1;
    while (p < end) {
        const uint8_t *stop = memchr(p, '\\', (size_t)(end - p));
        uint8_t bytes[UTF8_BYTES_MAX];
        size_t n;

        buffer_append(out, p, (size_t)((stop != NULL ? stop : end) - p));
        if (stop == NULL)
            break;
        p = stop;
        n = decode_escape(&p, end, bytes);
        buffer_append(out, bytes, n);
    }
    return true;
}

/* The unescaped form of @raw (a string's inside) is @text. */
bool
json_text_is(Bytes raw, Bytes text)
{
    const uint8_t *p = raw.p, *end = raw.p + raw.n;
    size_t at = 0;

    while (p < end) {
        uint8_t bytes[UTF8_BYTES_MAX] = { *p };
        size_t n = 1;

        if (*p == '\\')
            n = decode_escape(&p, end, bytes);
        else
            p++;
        if (text.n - at < n || memcmp(text.p + at, bytes, n) != 0)
            return false;
        at += n;
    }
    return at == text.n;
}

static void
write_escape(Buffer *out, uint8_t c)
{
    static const char digits[] = "0123456789abcdef";
    const char *meaning = c != 0 && c != '/' ? strchr(short_meaning, c) : NULL;

    if (meaning != NULL) {
        char pair[2] = { '\\', short_letter[meaning - short_meaning] };

        buffer_append(out, pair, 2);
    } else {
        char escape[6] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] };

        buffer_append(out, escape, 6);
    }
}

/* What stopped the scan of plain bytes; returns how many bytes of it were written. */
static size_t
write_special(Buffer *out, const uint8_t *p, const uint8_t *end)
{
    size_t n;

    if (*p < 0x80) {
        write_escape(out, *p);
        return 1;
    }
    n = utf8_sequence_bytes(p, (size_t)(end - p));
    if (n == 0) {
        buffer_append_literal(out, "\xef\xbf\xbd");
        return 1;
    }
    buffer_append(out, p, n);
    return n;
}

void
json_write_string(Buffer *out, Bytes text)
{
    const uint8_t *p = text.p, *end = text.n > 0 ? text.p + text.n : text.p;

    buffer_reserve(out, text.n + 2);
    buffer_append_literal(out, "\"");
    while (p < end) {
        const uint8_t *stop = json_plain_end(p, end);

        buffer_append(out, p, (size_t)(stop - p));
        p = stop;
        if (p < end)
            p += write_special(out, p, end);
    }
    buffer_append_literal(out, "\"");
}

void
json_write_comma(Buffer *out)
{
    if (json_needs_comma(out))
        buffer_append_literal(out, ",");
}
