/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/utf8.h"

#include <assert.h>
#include <stdbool.h>

static bool
is_continuation(uint8_t c)
{
    return (c & 0xc0) == 0x80;
}

/* The second byte carries the limits of the first (RFC 3629, section 4). */
static bool
second_byte_fits(uint8_t first, uint8_t second)
{
    switch (first) {
    case 0xe0:
        return second >= 0xa0 && second <= 0xbf;
    case 0xed:
        return second >= 0x80 && second <= 0x9f;
    case 0xf0:
        return second >= 0x90 && second <= 0xbf;
    case 0xf4:
        return second >= 0x80 && second <= 0x8f;
    default:
        return is_continuation(second);
    }
}

static size_t
announced_bytes(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t
utf8_sequence_bytes(const uint8_t *p, size_t left)
{
    size_t n = left > 0 ? announced_bytes(p[0]) : 0;

    if (n > left)
        return 0;
    if (n >= 2 && !second_byte_fits(p[0], p[1]))
        return 0;
    for (size_t i = 2; i < n; i++)
        if (!is_continuation(p[i]))
            return 0;
    return n;
}

size_t
utf8_encode(uint32_t code_point, uint8_t ret[UTF8_BYTES_MAX])
{
    size_t n = code_point < 0x80      ? 1
               : code_point < 0x800   ? 2
               : code_point < 0x10000 ? 3
                                      : 4;
    static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

    assert(code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff));
    for (size_t i = n; i > 1; i--) {
        ret[i - 1] = (uint8_t)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    ret[0] = (uint8_t)(lead[n] | code_point);
    return n;
}
