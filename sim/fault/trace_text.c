/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/trace_text.h"
#include "nodes/base/memory.h"

#include <stdlib.h>

TraceText
trace_text_over(Bytes text)
{
    return (TraceText){ .rest = reader_over(text) };
}

Status
trace_text_bounded(TraceText *text)
{
    if (text->rest.left <= TRACE_TEXT_MAX)
        return ST_OK;
    text->error = (TraceError){ 1, "at most 1 GiB is expected" };
    return ST_TOO_LARGE;
}

Status
trace_text_fail(TraceText *text, Status status, const char *expected)
{
    if (text->error.line == 0)
        text->error.line = 1;
    text->error.text = expected;
    return status;
}

bool
trace_text_next(TraceText *text)
{
    const uint8_t *end;
    size_t n;

    if (text->rest.left == 0)
        return false;
    end = memchr(text->rest.p, '\n', text->rest.left);
    n = end != NULL ? (size_t)(end - text->rest.p) : text->rest.left;
    text->line = (Bytes){ text->rest.p, n };
    if (n > 0 && text->line.p[n - 1] == '\r')
        text->line.n--;
    n += end != NULL;
    text->rest.p += n;
    text->rest.left -= n;
    text->error.line++;
    return true;
}

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

Bytes
trace_trimmed(Bytes text)
{
    while (text.n > 0 && is_blank(text.p[text.n - 1]))
        text.n--;
    while (text.n > 0 && is_blank(text.p[0])) {
        text.p++;
        text.n--;
    }
    return text;
}

bool
trace_take_field(Bytes *line, char separator, Bytes *ret)
{
    const uint8_t *end;

    if (line->p == NULL)
        return false;
    end = line->n > 0 ? memchr(line->p, separator, line->n) : NULL;
    if (end == NULL) {
        *ret = *line;
        *line = (Bytes){ NULL, 0 };
    } else {
        size_t n = (size_t)(end - line->p);

        *ret = (Bytes){ line->p, n };
        *line = (Bytes){ end + 1, line->n - n - 1 };
    }
    return true;
}

bool
trace_split(Bytes line, char separator, Bytes *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!trace_take_field(&line, separator, &fields[i]))
            return false;
    return line.p == NULL;
}

bool
trace_take_word(Bytes *line, Bytes *ret)
{
    size_t n = 0;

    while (line->n > 0 && is_blank(line->p[0])) {
        line->p++;
        line->n--;
    }
    while (n < line->n && !is_blank(line->p[n]))
        n++;
    if (n == 0)
        return false;
    *ret = (Bytes){ line->p, n };
    line->p += n;
    line->n -= n;
    return true;
}

bool
trace_read_whole(Bytes field, int64_t max, int64_t *ret)
{
    int64_t value = 0;

    if (field.n == 0)
        return false;
    for (size_t i = 0; i < field.n; i++) {
        int digit = field.p[i] - '0';

        if (digit < 0 || digit > 9 || digit > max || value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

bool
trace_read_seconds(Bytes field, int64_t *ret_us)
{
    const uint8_t *point = field.n > 0 ? memchr(field.p, '.', field.n) : NULL;
    size_t whole = point != NULL ? (size_t)(point - field.p) : field.n;
    int64_t seconds, us = 0, unit = 100000;

    if (!trace_read_whole((Bytes){ field.p, whole }, TRACE_TIME_MAX / 1000000 - 1,
                          &seconds))
        return false;
    if (point != NULL && whole + 1 == field.n)
        return false;
    for (size_t i = whole + 1; i < field.n; i++, unit /= 10) {
        if (field.p[i] < '0' || field.p[i] > '9')
            return false;
        us += (field.p[i] - '0') * unit;
    }
    *ret_us = seconds * 1000000 + us;
    return true;
}

bool
trace_read_country(Bytes field, char ret[3])
{
    if (field.n == 0) {
        ret[0] = '\0';
        return true;
    }
    if (field.n != 2)
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (field.p[i] < 'A' || field.p[i] > 'Z')
            return false;
    }
    ret[0] = (char)field.p[0];
    ret[1] = (char)field.p[1];
    ret[2] = '\0';
    return true;
}

bool
trace_read_network(Bytes ip, uint32_t *ret)
{
    int64_t part[4];
    Bytes field;

    for (size_t i = 0; i < 4; i++) {
        if (!trace_take_field(&ip, '.', &field) || !trace_read_whole(field, 255, &part[i]))
            return false;
    }
    if (ip.p != NULL)
        return false;
    *ret = (uint32_t)(part[0] << 8 | part[1]);
    return true;
}

void *
trace_with_room(void *items, uint32_t n, size_t size)
{
    if (n > 0 && (n & (n - 1)) != 0)
        return items;
    return memory_resized(items, n == 0 ? 1 : (size_t)n * 2, size);
}
