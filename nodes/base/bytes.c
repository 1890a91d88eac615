/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/base/bytes.h"

#include <stdlib.h>

#include "nodes/base/swar.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

/* As many of @n bytes as it can, sixteen at a time: how many. */
#if defined(__SSE2__)
static inline __m128i
hex_digits_of(__m128i halves)
{
    __m128i letter = _mm_cmpgt_epi8(halves, _mm_set1_epi8(9));

    halves = _mm_add_epi8(halves, _mm_set1_epi8('0'));
    return _mm_add_epi8(halves, _mm_and_si128(letter, _mm_set1_epi8('a' - '9' - 1)));
}

static inline size_t
hex_encode_many(const uint8_t *p, size_t n, uint8_t *to)
{
    const __m128i half = _mm_set1_epi8(15);
    size_t done = 0;

    for (; n - done >= 16; done += 16, to += 32) {
        __m128i w = _mm_loadu_si128((const __m128i *)(p + done));
        __m128i upper = hex_digits_of(_mm_and_si128(_mm_srli_epi16(w, 4), half));
        __m128i lower = hex_digits_of(_mm_and_si128(w, half));

        _mm_storeu_si128((__m128i *)to, _mm_unpacklo_epi8(upper, lower));
        _mm_storeu_si128((__m128i *)(to + 16), _mm_unpackhi_epi8(upper, lower));
    }
    return done;
}
#else
static inline size_t
hex_encode_many(const uint8_t *p, size_t n, uint8_t *to)
{
    (void)p, (void)n, (void)to;
    return 0;
}
#endif

void
hex_encode(Bytes in, char *ret)
{
    static const char digits[] = "0123456789abcdef";
    size_t many = hex_encode_many(in.p, in.n, (uint8_t *)ret), whole = in.n / 4 * 4;

    for (size_t i = many; i < whole; i += 4)
        swar_store((uint8_t *)ret + 2 * i, hex_digits(load_u32le(in.p + i)));
    for (size_t i = whole; i < in.n; i++) {
        ret[2 * i] = digits[in.p[i] >> 4];
        ret[2 * i + 1] = digits[in.p[i] & 15];
    }
}

/* Many digits at a time: a key in hex is read for every layer of every onion, and two for
 * every part of a poll. */
#if defined(__SSE2__)
enum { HEX_BLOCK_CHARACTERS = 16 };

/* Sixteen characters to eight bytes; false when one is no digit. */
static inline bool
hex_block(const uint8_t *p, uint64_t *ret)
{
    __m128i text = _mm_loadu_si128((const __m128i *)p), pairs;
    __m128i decimal = _mm_sub_epi8(text, _mm_set1_epi8('0'));
    __m128i letter =
        _mm_sub_epi8(_mm_or_si128(text, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    /* (The smaller one of two, without sign, is itself: it was not more.) */
    __m128i is_decimal = _mm_cmpeq_epi8(_mm_min_epu8(decimal, _mm_set1_epi8(9)), decimal);
    __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);

    letter = _mm_add_epi8(letter, _mm_set1_epi8(10));
    text =
        _mm_or_si128(_mm_and_si128(is_decimal, decimal), _mm_and_si128(is_letter, letter));
    pairs = _mm_or_si128(_mm_slli_epi16(text, 4), _mm_srli_epi16(text, 8));
    pairs = _mm_and_si128(pairs, _mm_set1_epi16(0xff));
    *ret = (uint64_t)_mm_cvtsi128_si64(_mm_packus_epi16(pairs, pairs));
    return _mm_movemask_epi8(_mm_or_si128(is_decimal, is_letter)) == 0xffff;
}
#else
enum { HEX_BLOCK_CHARACTERS = 8 };

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

static inline bool
hex_block(const uint8_t *p, uint64_t *ret)
{
    uint64_t w = swar_load(p);

    *ret = hex_value(w);
    return are_hex_digits(w);
}
#endif

enum { HEX_BLOCK_BYTES = HEX_BLOCK_CHARACTERS / 2 };

/* Less than a block; writes nothing unless all are good. */
static bool
hex_decode_few(Bytes text, uint8_t *ret)
{
    uint8_t padded[HEX_BLOCK_CHARACTERS], bytes[8];
    uint64_t w;

    memset(padded, '0', sizeof padded);
    memcpy(padded, text.p, text.n);
    if (!hex_block(padded, &w))
        return false;
    swar_store(bytes, w);
    memcpy(ret, bytes, text.n / 2);
    return true;
}

bool
hex_decode(Bytes text, uint8_t *ret, size_t n)
{
    size_t whole = n / HEX_BLOCK_BYTES * HEX_BLOCK_BYTES;
    bool good = text.n == 2 * n;
    uint8_t bytes[8];
    uint64_t w;

    for (size_t i = 0; good && i < whole; i += HEX_BLOCK_BYTES)
        good = hex_block(text.p + 2 * i, &w);
    if (good && n > whole)
        good = hex_decode_few((Bytes){ text.p + 2 * whole, 2 * (n - whole) }, ret + whole);
    if (!good)
        return false;
    for (size_t i = 0; i < whole; i += HEX_BLOCK_BYTES) {
        (void)hex_block(text.p + 2 * i, &w);
        swar_store(bytes, w);
        memcpy(ret + i, bytes, HEX_BLOCK_BYTES);
    }
    return true;
}
