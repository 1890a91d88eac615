/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/law_text.h"

#include <assert.h>

enum { DIGITS_MAX = 15, NS_DECIMALS = 9 };

#define DIGITS_END UINT64_C(1000000000000000) /* 10^DIGITS_MAX: below 2^50 */

/* digits / 10^decimals */
typedef struct Decimal {
    uint64_t digits;
    unsigned decimals;
} Decimal;

/* Exact up to 10^22. */
static double
power_of_ten(unsigned n)
{
    double p = 1;

    assert(n <= 22);
    while (n-- > 0)
        p *= 10;
    return p;
}

static void
skip_blanks(const char **text)
{
    while (**text == ' ' || **text == '\t')
        ++*text;
}

bool
text_take(const char **text, const char *token)
{
    const char *p = *text;
    size_t n = strlen(token);

    skip_blanks(&p);
    if (strncmp(p, token, n) != 0)
        return false;
    *text = p + n;
    skip_blanks(text);
    return true;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits, then maybe a point and more digits. */
static Status
take_decimal(const char **text, Decimal *ret)
{
    const char *p = *text;
    Decimal d = { 0, 0 };
    bool point = false;

    skip_blanks(&p);
    if (!is_digit(*p))
        return ST_MALFORMED;
    for (; is_digit(*p) || (*p == '.' && !point); p++) {
        if (*p == '.') {
            point = true;
            if (!is_digit(p[1]))
                return ST_MALFORMED;
            continue;
        }
        d.digits = d.digits * 10 + (uint64_t)(*p - '0');
        d.decimals += point;
        if (d.digits >= DIGITS_END || d.decimals > DIGITS_MAX)
            return ST_RANGE;
    }
    *text = p;
    *ret = d;
    return ST_OK;
}

Status
text_take_number(const char **text, double *ret)
{
    Decimal d;
    Status status = take_decimal(text, &d);

    if (status == ST_OK)
        *ret = (double)d.digits / power_of_ten(d.decimals);
    return status;
}

static Duration
take_unit(const char **text)
{
    static const struct {
        const char *name;
        Duration unit;
    } UNITS[] = { { "ns", NANOSECOND }, { "us", MICROSECOND }, { "ms", MILLISECOND },
                  { "s", SECOND },      { "m", MINUTE },       { "h", HOUR },
                  { "d", DAY },         { "w", 7 * DAY } };

    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (strncmp(*text, UNITS[i].name, strlen(UNITS[i].name)) == 0) {
            *text += strlen(UNITS[i].name);
            return UNITS[i].unit;
        }
    return 0;
}

Status
text_take_duration(const char **text, Duration *ret)
{
    const char *p = *text;
    Decimal d;
    Status status = take_decimal(&p, &d);
    Duration unit;
    __extension__ unsigned __int128 ns;
    uint64_t divisor = 1;

    if (status != ST_OK)
        return status;
    unit = take_unit(&p);
    if (unit == 0 || (*p >= 'a' && *p <= 'z'))
        return ST_MALFORMED;
    for (unsigned i = 0; i < d.decimals; i++)
        divisor *= 10;
    ns = (unsigned __int128)d.digits * (uint64_t)unit;
    if (ns % divisor != 0 || ns / divisor > (uint64_t)DURATION_MAX)
        return ST_RANGE;
    *text = p;
    *ret = (Duration)(ns / divisor);
    return ST_OK;
}

double
seconds_of(Duration duration)
{
    uint64_t ns = (uint64_t)duration;
    unsigned decimals = NS_DECIMALS;

    assert(duration >= 0);
    while (decimals > 0 && (ns % 10 == 0 || ns >= DIGITS_END)) {
        ns /= 10;
        decimals--;
    }
    return (double)ns / power_of_ten(decimals);
}

double
decimal_round(double x)
{
    unsigned decimals = NS_DECIMALS;

    assert(x >= 0 && x < (double)DIGITS_END);
    while (x * power_of_ten(decimals) >= (double)DIGITS_END - 1)
        decimals--;
    return (double)(uint64_t)(x * power_of_ten(decimals) + 0.5) / power_of_ten(decimals);
}

/* The shortest decimal that is @x: x = digits / 10^decimals has one rounding on reading,
 * and below 2^50 the product here is off by less than a half. */
void
decimal_write(double x, Buffer *out)
{
    unsigned decimals = 0;
    uint64_t digits;
    uint64_t divisor = 1;

    assert(x >= 0 && x < (double)DIGITS_END);
    for (;; decimals++, divisor *= 10) {
        digits = (uint64_t)(x * power_of_ten(decimals) + 0.5);
        if ((double)digits / power_of_ten(decimals) == x || decimals == DIGITS_MAX ||
            x * power_of_ten(decimals + 1) >= (double)DIGITS_END)
            break;
    }
    buffer_append_u64_decimal(out, digits / divisor);
    if (decimals == 0)
        return;
    buffer_append_literal(out, ".");
    while (divisor > 1) {
        divisor /= 10;
        buffer_append_u64_decimal(out, digits / divisor % 10);
    }
}
