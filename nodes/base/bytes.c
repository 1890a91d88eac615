/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/bytes.h"

#include <stdlib.h>

bool
reader_u8(Reader *r, uint8_t *ret)
{
    Bytes b;

    if (!reader_bytes(r, 1, &b))
        return false;
    *ret = b.p[0];
    return true;
}

static uint64_t
load_little_endian(const uint8_t *p, size_t n)
{
    uint64_t v = 0;

    for (size_t i = n; i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

bool
reader_u32le(Reader *r, uint32_t *ret)
{
    Bytes b;

    if (!reader_bytes(r, 4, &b))
        return false;
    *ret = (uint32_t)load_little_endian(b.p, 4);
    return true;
}

bool
reader_u64le(Reader *r, uint64_t *ret)
{
    Bytes b;

    if (!reader_bytes(r, 8, &b))
        return false;
    *ret = load_little_endian(b.p, 8);
    return true;
}

void
buffer_clear(Buffer *b)
{
    free(b->p);
    *b = BUFFER_EMPTY;
}

uint8_t *
buffer_reserve(Buffer *b, size_t n)
{
    if (b->capacity - b->n < n) {
        size_t capacity = b->capacity < 64 ? 64 : b->capacity * 2;

        if (capacity < b->n + n)
            capacity = b->n + n;
        b->p = realloc(b->p, capacity);
        if (b->p == NULL)
            abort();
        b->capacity = capacity;
    }
    return b->p + b->n;
}

void
buffer_append_text(Buffer *b, const char *text)
{
    buffer_append(b, text, strlen(text));
}

void
buffer_append_u64_decimal(Buffer *b, uint64_t v)
{
    uint8_t digits[20];
    size_t i = sizeof digits;

    do {
        digits[--i] = (uint8_t)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    buffer_append(b, digits + i, sizeof digits - i);
}

void
buffer_append_i64_decimal(Buffer *b, int64_t v)
{
    if (v < 0)
        buffer_append_literal(b, "-");
    buffer_append_u64_decimal(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
buffer_append_hex(Buffer *b, Bytes in)
{
    hex_encode(in, (char *)buffer_reserve(b, 2 * in.n));
    b->n += 2 * in.n;
}

void
hex_encode(Bytes in, char *ret)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < in.n; i++) {
        ret[2 * i] = digits[in.p[i] >> 4];
        ret[2 * i + 1] = digits[in.p[i] & 15];
    }
}

/* Value + 1 of each hex digit, 0 for all else.  (A key in hex is read for every layer of
 * every onion: by comparisons this took three times as long.) */
static const uint8_t hex_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
    ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
    ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
    ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

bool
hex_decode(Bytes text, uint8_t *ret, size_t n)
{
    bool valid = true;

    if (text.n != 2 * n)
        return false;
    for (size_t i = 0; i < text.n; i++)
        valid &= hex_values[text.p[i]] != 0;
    if (!valid)
        return false;
    for (size_t i = 0; i < n; i++)
        ret[i] = (uint8_t)((hex_values[text.p[2 * i]] - 1) << 4 |
                           (hex_values[text.p[2 * i + 1]] - 1));
    return true;
}
