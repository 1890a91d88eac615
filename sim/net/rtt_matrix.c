/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/net/rtt_matrix.h"

#include <assert.h>
#include <stdlib.h>

/* Where the parser stands, and why it stopped. */
typedef struct Parser {
    Reader in;
    size_t line;     /* from 1 */
    uint32_t one_us; /* what 1 is in microseconds */
    const char *error;
    Status status;
} Parser;

static bool
fail(Parser *parser, Status status, const char *error)
{
    parser->status = status;
    parser->error = error;
    return false;
}

static bool
is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The next byte, or 0 at the end (which is no digit, blank or line end). */
static uint8_t
next_byte(const Parser *parser)
{
    return parser->in.left > 0 ? parser->in.p[0] : 0;
}

static void
step(Parser *parser)
{
    parser->in.p++;
    parser->in.left--;
}

static void
skip_blanks(Parser *parser)
{
    while (next_byte(parser) == ' ' || next_byte(parser) == '\t' ||
           next_byte(parser) == '\r')
        step(parser);
}

static bool
at_line_end(const Parser *parser)
{
    return parser->in.left == 0 || parser->in.p[0] == '\n';
}

static uint32_t
us_of_one(RttUnit unit)
{
    return unit == RTT_UNIT_US ? 1 : unit == RTT_UNIT_MS ? 1000 : 1000000;
}

/* The digits from *p on, after the point, as microseconds, rounded by the first that is
 * less; *p goes behind them. */
static uint32_t
read_fraction(const uint8_t **p, const uint8_t *end, uint32_t one_us)
{
    const uint8_t *q = *p;
    uint32_t us = 0;

    for (uint32_t unit = one_us / 10; unit > 0 && q < end && is_digit(*q); unit /= 10)
        us += (uint32_t)(*q++ - '0') * unit;
    us += q < end && is_digit(*q) && *q >= '5';
    while (q < end && is_digit(*q))
        q++;
    *p = q;
    return us;
}

/* With its place in a register: a matrix has a quarter of a million numbers. */
static bool
parse_time(Parser *parser, uint32_t *ret_us)
{
    const uint8_t *p = parser->in.p, *end = p + parser->in.left;
    uint64_t us = 0;

    if (!is_digit(next_byte(parser)))
        return fail(parser, ST_MALFORMED, "expected a time, a number that is not negative");
    for (; p < end && is_digit(*p) && us <= UINT32_MAX; p++)
        us = us * 10 + (uint64_t)(*p - '0');
    us *= parser->one_us;
    if (us <= UINT32_MAX && p < end && *p == '.') {
        if (++p == end || !is_digit(*p))
            return fail(parser, ST_MALFORMED, "expected a digit after the point");
        us += read_fraction(&p, end, parser->one_us);
    }
    if (us > UINT32_MAX)
        return fail(parser, ST_RANGE, "expected a time of at most 4294 s");
    parser->in = (Reader){ p, (size_t)(end - p) };
    *ret_us = (uint32_t)us;
    return true;
}

/* Blanks, or a comma between numbers. */
static bool
parse_separator(Parser *parser)
{
    const uint8_t *before = parser->in.p;

    skip_blanks(parser);
    if (next_byte(parser) == ',') {
        step(parser);
        skip_blanks(parser);
        if (at_line_end(parser))
            return fail(parser, ST_MALFORMED, "expected a number after the comma");
    }
    if (parser->in.p == before && !at_line_end(parser))
        return fail(parser, ST_MALFORMED,
                    "expected a tab, a blank or a comma after a number");
    return true;
}

/* One line of at most NET_RTT_HOSTS_MAX numbers; the cursor stops behind its end. */
static bool
parse_line(Parser *parser, Buffer *out, uint32_t *ret_columns)
{
    uint32_t columns = 0;

    skip_blanks(parser);
    while (!at_line_end(parser)) {
        uint32_t us;

        if (columns++ == NET_RTT_HOSTS_MAX)
            return fail(parser, ST_TOO_LARGE, "expected at most 4096 hosts");
        if (!parse_time(parser, &us))
            return false;
        buffer_append(out, &us, sizeof us);
        if (!parse_separator(parser))
            return false;
    }
    if (parser->in.left > 0)
        step(parser);
    *ret_columns = columns;
    return true;
}

/* One time for both directions, none for a host with itself. */
static void
make_symmetric(uint32_t *rtt_us, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        rtt_us[(size_t)i * n + i] = 0;
        for (uint32_t j = 0; j < i; j++) {
            uint32_t *to = &rtt_us[(size_t)i * n + j], *back = &rtt_us[(size_t)j * n + i];

            *to = *back = (uint32_t)(((uint64_t)*to + *back + 1) / 2);
        }
    }
}

static bool
parse_matrix(Parser *parser, Buffer *out, uint32_t *ret_n)
{
    uint32_t n = 0;

    for (uint32_t line = 0; line == 0 || line < n; line++) {
        uint32_t columns;

        parser->line = line + 1;
        if (parser->in.left == 0)
            return fail(parser, ST_MALFORMED, "expected as many lines as numbers in each");
        if (!parse_line(parser, out, &columns))
            return false;
        if (line == 0)
            n = columns;
        if (columns != n || columns == 0)
            return fail(parser, ST_MALFORMED, "expected as many numbers as in line 1");
    }
    parser->line = n + 1;
    if (parser->in.left > 0)
        return fail(parser, ST_MALFORMED, "expected as many lines as numbers in each");
    *ret_n = n;
    /* buffer memory is malloc'ed, hence aligned */
    make_symmetric((uint32_t *)(void *)out->p, n);
    return true;
}

Status
net_parse_rtt(Bytes text, RttUnit unit, uint32_t **ret_rtt_us, uint32_t *ret_n,
              size_t *ret_line, const char **ret_error)
{
    Parser parser = { .in = reader_over(text), .one_us = us_of_one(unit) };
    Buffer out = BUFFER_EMPTY;
    uint32_t n;

    if (!parse_matrix(&parser, &out, &n)) {
        assert(parser.status != ST_OK && parser.error != NULL);
        buffer_clear(&out);
        *ret_line = parser.line;
        *ret_error = parser.error;
        return parser.status;
    }
    *ret_rtt_us = (uint32_t *)(void *)out.p;
    *ret_n = n;
    return ST_OK;
}

bool
net_rtt_plausible(const uint32_t *rtt_us, uint32_t n)
{
    enum { LONG_US = 10 * 1000000 };
    uint64_t pairs = 0, are_long = 0;

    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < i; j++) {
            pairs++;
            are_long += rtt_us[(size_t)i * n + j] > LONG_US;
        }
    }
    return are_long * 2 <= pairs;
}
