/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Validation (RFC 8259): one pass, recursive up to the depth limit, no allocation. */
#include "nodes/wire/json_scan.h"
#include "nodes/wire/utf8.h"

typedef struct Cursor {
    const uint8_t *p, *end;
} Cursor;

static Status check_value(Cursor *c, int depth);

static bool
at(const Cursor *c, uint8_t byte)
{
    return c->p < c->end && *c->p == byte;
}

/* Move over @byte if it stands here. */
static bool
take(Cursor *c, uint8_t byte)
{
    if (!at(c, byte))
        return false;
    c->p++;
    return true;
}

static void
skip_space(Cursor *c)
{
    c->p = json_skip_space(c->p, c->end);
}

/* What stopped the scan of a string, a closing quote excepted: an escape or a sequence. */
static bool
check_special(Cursor *c)
{
    uint32_t code_point;
    size_t n = *c->p == '\\'   ? json_read_escape(c->p, c->end, &code_point)
               : *c->p >= 0x80 ? utf8_sequence_bytes(c->p, (size_t)(c->end - c->p))
                               : 0;

    c->p += n;
    return n > 0;
}

static bool
check_string(Cursor *c)
{
    if (!take(c, '"'))
        return false;
    for (;;) {
        c->p = json_plain_end(c->p, c->end);
        if (take(c, '"'))
            return true;
        if (c->p == c->end || !check_special(c))
            return false;
    }
}

static bool
check_digits(Cursor *c)
{
    const uint8_t *start = c->p;

    while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
        c->p++;
    return c->p > start;
}

static bool
check_number(Cursor *c)
{
    take(c, '-');
    if (!take(c, '0') && !check_digits(c))
        return false;
    if (take(c, '.') && !check_digits(c))
        return false;
    if (take(c, 'e') || take(c, 'E')) {
        if (!take(c, '+'))
            take(c, '-');
        return check_digits(c);
    }
    return true;
}

static bool
check_word(Cursor *c, const char *word, size_t n)
{
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return false;
    c->p += n;
    return true;
}

static Status
check_member(Cursor *c, int depth)
{
    skip_space(c);
    if (!check_string(c))
        return ST_MALFORMED;
    skip_space(c);
    if (!take(c, ':'))
        return ST_MALFORMED;
    return check_value(c, depth);
}

/* After the opening bracket: members or items up to @close. */
static Status
check_container(Cursor *c, uint8_t close, int depth)
{
    if (depth > JSON_DEPTH_MAX)
        return ST_TOO_LARGE;
    c->p++;
    skip_space(c);
    if (take(c, close))
        return ST_OK;
    for (;;) {
        Status status = close == '}' ? check_member(c, depth) : check_value(c, depth);

        if (status != ST_OK)
            return status;
        skip_space(c);
        if (take(c, close))
            return ST_OK;
        if (!take(c, ','))
            return ST_MALFORMED;
    }
}

static Status
check_value(Cursor *c, int depth)
{
    bool ok;

    skip_space(c);
    if (c->p == c->end)
        return ST_MALFORMED;
    switch (*c->p) {
    case '{':
        return check_container(c, '}', depth + 1);
    case '[':
        return check_container(c, ']', depth + 1);
    case '"':
        ok = check_string(c);
        break;
    case 't':
        ok = check_word(c, "true", 4);
        break;
    case 'f':
        ok = check_word(c, "false", 5);
        break;
    case 'n':
        ok = check_word(c, "null", 4);
        break;
    default:
        ok = check_number(c);
        break;
    }
    return ok ? ST_OK : ST_MALFORMED;
}

Status
json_parse(Bytes text, JsonValue *ret)
{
    Cursor c = { text.p, text.n > 0 ? text.p + text.n : text.p };
    const uint8_t *start;
    Bytes value;
    Status status;

    skip_space(&c);
    start = c.p;
    status = check_value(&c, 0);
    if (status != ST_OK)
        return status;
    value = (Bytes){ start, (size_t)(c.p - start) };
    skip_space(&c);
    if (c.p != c.end)
        return ST_MALFORMED;
    *ret = (JsonValue){ json_type_at(*start), value };
    return ST_OK;
}
