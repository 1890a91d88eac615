/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/bytes.h"

#include <stdlib.h>

#include "nodes/base/swar.h"

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

void
buffer_grow(Buffer *b, size_t n)
{
    size_t capacity = b->capacity == 0 ? BUFFER_FIRST_BYTES : b->capacity * 2;

    if (capacity < b->n + n)
        capacity = b->n + n;
    b->p = realloc(b->p, capacity);
    if (b->p == NULL)
        abort();
    b->capacity = capacity;
}

void
buffer_append_text(Buffer *b, const char *text)
{
    buffer_append(b, text, strlen(text));
}

/* The eight digits of @v, below 10^8, as numbers: the first in the lowest byte.  It is
 * halved into fours, twos and ones, all at once in each step. */
static inline uint64_t
eight_digits(uint32_t v)
{
    uint64_t w = v / 10000 | (uint64_t)(v % 10000) << 32, high;

    high = (w * 10486 >> 20) & UINT64_C(0x0000007f0000007f); /* / 100 */
    w = high | (w - 100 * high) << 16;
    high = (w * 103 >> 10) & UINT64_C(0x000f000f000f000f); /* / 10 */
    return high | (w - 10 * high) << 8;
}

enum { DECIMAL_ROOM_BYTES = 24 }; /* three times eight, of which at most 20 count */

/* @v without leading zeros; how many digits. */
static size_t
write_decimal(uint64_t v, uint8_t ret[DECIMAL_ROOM_BYTES])
{
    static const uint32_t eight = 100000000;
    uint64_t w;
    size_t n, zeros;

    if (v >= eight) {
        n = write_decimal(v / eight, ret);
        swar_store(ret + n, eight_digits((uint32_t)(v % eight)) + SWAR_ONES * '0');
        return n + 8;
    }
    w = eight_digits((uint32_t)v);
    zeros = v == 0 ? 7 : (size_t)__builtin_ctzll(w) / 8;
    swar_store(ret, (w + SWAR_ONES * '0') >> 8 * zeros);
    return 8 - zeros;
}

void
buffer_append_u64_decimal(Buffer *b, uint64_t v)
{
    uint8_t digits[DECIMAL_ROOM_BYTES];

    if (b->capacity - b->n >= DECIMAL_ROOM_BYTES)
        b->n += write_decimal(v, b->p + b->n);
    else
        buffer_append(b, digits, write_decimal(v, digits));
}

size_t
decimal_digits(uint64_t v)
{
    size_t n = 1;

    for (; v >= 10; v /= 10)
        n++;
    return n;
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
buffer_append_ip(Buffer *b, uint32_t ip)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        buffer_append_u64_decimal(b, ip >> shift & 255);
        if (shift > 0)
            buffer_append_literal(b, ".");
    }
}

void
ip_text(uint32_t ip, char ret[IP_TEXT_BYTES])
{
    Buffer out = { (uint8_t *)ret, 0, IP_TEXT_BYTES };

    buffer_append_ip(&out, ip);
    ret[out.n] = '\0';
}

/* Four bytes, the first in the lowest, to eight digits. */
static inline uint64_t
hex_digits(uint32_t four)
{
    uint64_t v = four, letters;

    v = (v | v << 16) & UINT64_C(0x0000ffff0000ffff);
    v = (v | v << 8) & UINT64_C(0x00ff00ff00ff00ff);
    v = (v >> 4 | v << 8) & SWAR_ONES * 15;
    letters = (v + SWAR_ONES * 6) >> 4 & SWAR_ONES;
    return v + SWAR_ONES * '0' + letters * ('a' - '9' - 1);
}

void
hex_encode(Bytes in, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    size_t whole = in.n / 4 * 4;

    for (size_t i = 0; i < whole; i += 4)
        swar_store((uint8_t *)ret + 2 * i, hex_digits(load_u32le(in.p + i)));
    for (size_t i = whole; i < in.n; i++) {
        ret[2 * i] = digits[in.p[i] >> 4];
        ret[2 * i + 1] = digits[in.p[i] & 15];
    }
}

/* Eight at a time: a key in hex is read for every layer of every onion.  (30 ns a key; by a
 * table 50, by comparisons up to 400.) */
static inline bool
are_hex_digits(uint64_t w)
{
    uint64_t lower = w | SWAR_ONES * 0x20;
    uint64_t decimal, letters;

    if ((w & SWAR_HIGH) != 0)
        return false;
    decimal = swar_at_least(w, '0') & ~swar_at_least(w, '9' + 1);
    letters = swar_at_least(lower, 'a') & ~swar_at_least(lower, 'f' + 1);
    return (decimal | letters) == SWAR_HIGH;
}

/* Eight digits to four bytes, the first in the lowest.  Letters have the bit 0x40. */
static inline uint32_t
hex_value(uint64_t w)
{
    uint64_t v = (w & SWAR_ONES * 15) + (w >> 6 & SWAR_ONES) * 9;

    v = (v << 4 | v >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    v = (v | v >> 8) & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)(v | v >> 16);
}

/* The last one to three bytes' digits; what is missing reads as zeros. */
static bool
hex_tail(Bytes text, uint8_t ret[4])
{
    uint8_t padded[8];
    uint64_t w;

    memset(padded, '0', sizeof padded);
    memcpy(padded, text.p, text.n);
    w = swar_load(padded);
    if (!are_hex_digits(w))
        return false;
    store_u32le(ret, hex_value(w));
    return true;
}

bool
hex_decode(Bytes text, uint8_t *ret, size_t n)
{
    size_t whole = n / 4 * 4;
    uint8_t tail[4];

    if (text.n != 2 * n)
        return false;
    for (size_t i = 0; i < whole; i += 4)
        if (!are_hex_digits(swar_load(text.p + 2 * i)))
            return false;
    if (n > whole) {
        if (!hex_tail((Bytes){ text.p + 2 * whole, text.n - 2 * whole }, tail))
            return false;
        memcpy(ret + whole, tail, n - whole);
    }
    for (size_t i = 0; i < whole; i += 4)
        store_u32le(ret + i, hex_value(swar_load(text.p + 2 * i)));
    return true;
}
