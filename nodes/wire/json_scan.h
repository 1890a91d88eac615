/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the JSON files of this room share: looking through strings and white space. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/swar.h"
#include "nodes/wire/json.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline bool
json_is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Sixteen bytes at a time where the machine can, else eight: each of these blocks gives a
 * mask with a set bit for every byte that is looked for (in the last block, lowest first).
 */
#if defined(__SSE2__)
enum { JSON_BLOCK_BYTES = 16 };

static inline unsigned
json_first(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask);
}

static inline __m128i
json_marks_of(__m128i w)
{
    return _mm_or_si128(_mm_cmpeq_epi8(w, _mm_set1_epi8('"')),
                        _mm_cmpeq_epi8(w, _mm_set1_epi8('\\')));
}

/* Quotes and backslashes. */
static inline uint64_t
json_string_marks(const uint8_t *p)
{
    __m128i w = _mm_loadu_si128((const __m128i *)p);

    return (unsigned)_mm_movemask_epi8(json_marks_of(w));
}

/* Those, control characters and what is not ASCII (negative as signed bytes). */
static inline uint64_t
json_special_marks(const uint8_t *p)
{
    __m128i w = _mm_loadu_si128((const __m128i *)p);
    __m128i below = _mm_cmplt_epi8(w, _mm_set1_epi8(0x20));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(below, json_marks_of(w)));
}
#else
enum { JSON_BLOCK_BYTES = 8 };

static inline unsigned
json_first(uint64_t mask)
{
    return swar_first(mask);
}

static inline uint64_t
json_string_marks(const uint8_t *p)
{
    uint64_t w = swar_load(p);

    return swar_zero_bytes(w ^ SWAR_ONES * '"') | swar_zero_bytes(w ^ SWAR_ONES * '\\');
}

/* (Where a byte is not ASCII the subtraction may say anything about it; its own high bit
 * stops the scan in any case.) */
static inline uint64_t
json_special_marks(const uint8_t *p)
{
    uint64_t w = swar_load(p);

    return ((w - SWAR_ONES * 0x20) & SWAR_HIGH) | (w & SWAR_HIGH) | json_string_marks(p);
}
#endif

/* The first byte from @p on that is not plain, or @end. */
static inline const uint8_t *
json_plain_end(const uint8_t *p, const uint8_t *end)
{
    while (end - p >= JSON_BLOCK_BYTES) {
        uint64_t special = json_special_marks(p);

        if (special != 0)
            return p + json_first(special);
        p += JSON_BLOCK_BYTES;
    }
    while (p < end && json_is_plain(*p))
        p++;
    return p;
}

static inline bool
json_is_space(uint8_t c)
{
    return c <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
}

static inline const uint8_t *
json_skip_space(const uint8_t *p, const uint8_t *end)
{
    while (p < end && json_is_space(*p))
        p++;
    return p;
}

/* Read the escape at @p (a backslash and what follows): its bytes (2, 6, or 12 for a pair
 * of surrogates) and code point; 0 when it is none. */
size_t json_read_escape(const uint8_t *p, const uint8_t *end, uint32_t *ret_code_point);

/* The unescaped form of @raw (the inside of a valid string) is @text. */
bool json_text_is(Bytes raw, Bytes text);

/* In validated text: what stands after the string, or the value, that starts at @p. */
const uint8_t *json_after_string(const uint8_t *p, const uint8_t *end);
const uint8_t *json_after_value(const uint8_t *p, const uint8_t *end);

static inline JsonType
json_type_at(uint8_t first)
{
    switch (first) {
    case '{':
        return JSON_TYPE_OBJECT;
    case '[':
        return JSON_TYPE_ARRAY;
    case '"':
        return JSON_TYPE_STRING;
    case 't':
        return JSON_TYPE_TRUE;
    case 'f':
        return JSON_TYPE_FALSE;
    case 'n':
        return JSON_TYPE_NULL;
    default:
        return JSON_TYPE_NUMBER;
    }
}
