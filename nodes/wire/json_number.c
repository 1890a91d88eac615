/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers and the words, from validated text. */
#include "nodes/wire/json.h"

#include <math.h>
#include <stdlib.h>

enum {
    /* Digits that can matter to the rounding of a double, and some. */
    SIGNIFICANT_DIGITS_MAX = 800,
    /* Beyond this every number is 0 or too large. */
    EXPONENT_LIMIT = 100000000
};

/* The digits of an integer; false when there is anything else or it exceeds 64 bits. */
static bool
read_integer(Bytes text, bool *ret_negative, uint64_t *ret)
{
    bool negative = text.n > 0 && text.p[0] == '-';
    uint64_t v = 0;

    for (size_t i = negative; i < text.n; i++) {
        uint8_t digit = (uint8_t)(text.p[i] - '0');

        if (digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, digit, &v))
            return false;
    }
    *ret_negative = negative;
    *ret = v;
    return true;
}

bool
json_i64(JsonValue value, int64_t *ret)
{
    bool negative;
    uint64_t v;

    if (value.type != JSON_TYPE_NUMBER || !read_integer(value.text, &negative, &v))
        return false;
    if (v > (uint64_t)INT64_MAX + negative)
        return false;
    *ret = (int64_t)(negative ? 0 - v : v);
    return true;
}

bool
json_u64(JsonValue value, uint64_t *ret)
{
    bool negative;
    uint64_t v;

    if (value.type != JSON_TYPE_NUMBER || !read_integer(value.text, &negative, &v))
        return false;
    if (negative && v != 0)
        return false;
    *ret = v;
    return true;
}

/* A number taken apart: 0.DIGITS times 10^exponent, without leading zeros. */
typedef struct Decimal {
    char digits[SIGNIFICANT_DIGITS_MAX + 1]; /* one more for "and something behind" */
    size_t n;
    int64_t exponent;
    bool negative;
} Decimal;

static void
decimal_add_digit(Decimal *d, uint8_t digit, bool after_point)
{
    if (d->n == 0 && digit == '0') {
        d->exponent -= after_point;
        return;
    }
    if (d->n < SIGNIFICANT_DIGITS_MAX)
        d->digits[d->n++] = (char)digit;
    else if (digit != '0')
        d->digits[SIGNIFICANT_DIGITS_MAX] = '1';
    d->exponent += !after_point;
}

static int64_t
read_exponent(const uint8_t *p, const uint8_t *end)
{
    bool negative = *p == '-';
    int64_t v = 0;

    for (p += *p == '-' || *p == '+'; p < end; p++)
        if (v < EXPONENT_LIMIT)
            v = v * 10 + (*p - '0');
    return negative ? -v : v;
}

static void
decimal_read(Decimal *d, Bytes text)
{
    const uint8_t *end = text.p + text.n;
    bool after_point = false;

    d->n = 0;
    d->exponent = 0;
    d->digits[SIGNIFICANT_DIGITS_MAX] = '0';
    d->negative = text.p[0] == '-';
    for (const uint8_t *p = text.p + d->negative; p < end; p++) {
        if (*p == '.') {
            after_point = true;
        } else if (*p == 'e' || *p == 'E') {
            d->exponent += read_exponent(p + 1, end);
            break;
        } else {
            decimal_add_digit(d, *p, after_point);
        }
    }
    if (d->n == SIGNIFICANT_DIGITS_MAX)
        d->n++;
}

bool
json_double(JsonValue value, double *ret)
{
    Decimal d;
    Buffer text = BUFFER_EMPTY;
    double v;

    if (value.type != JSON_TYPE_NUMBER)
        return false;
    decimal_read(&d, value.text);
    /* As an integer and an exponent: the locale's decimal point has no say. */
    buffer_append(&text, d.negative ? "-0" : "0", d.negative ? 2 : 1);
    buffer_append(&text, d.digits, d.n);
    buffer_append_literal(&text, "e");
    buffer_append_i64_decimal(&text, d.n > 0 ? d.exponent - (int64_t)d.n : 0);
    buffer_append(&text, "", 1);
    v = strtod((const char *)text.p, NULL);
    buffer_clear(&text);
    if (isinf(v))
        return false;
    *ret = v;
    return true;
}

bool
json_bool(JsonValue value, bool *ret)
{
    if (value.type != JSON_TYPE_TRUE && value.type != JSON_TYPE_FALSE)
        return false;
    *ret = value.type == JSON_TYPE_TRUE;
    return true;
}
