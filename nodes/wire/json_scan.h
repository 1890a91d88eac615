/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the JSON files of this room share: looking through strings and white space. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/wire/json.h"
#include "nodes/base/swar.h"

/* Bytes that stand for themselves in a string of either direction: neither quote nor
 * backslash, no control character, ASCII.  (Where a byte is not ASCII the subtractions may
 * say anything about it; its own high bit stops the scan in any case.) */
static inline uint64_t
json_special_bytes(uint64_t w)
{
    uint64_t quotes = (w ^ SWAR_ONES * '"') - SWAR_ONES;
    uint64_t backslashes = (w ^ SWAR_ONES * '\\') - SWAR_ONES;
    uint64_t controls = w - SWAR_ONES * 0x20;

    return (quotes | backslashes | controls | w) & SWAR_HIGH;
}

static inline bool
json_is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* The first byte from @p on that is not plain, or @end. */
static inline const uint8_t *
json_plain_end(const uint8_t *p, const uint8_t *end)
{
    while (end - p >= 8) {
        uint64_t special = json_special_bytes(swar_load(p));

        if (special != 0)
            return p + swar_first(special);
        p += 8;
    }
    while (p < end && json_is_plain(*p))
        p++;
    return p;
}

static inline bool
json_is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
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
