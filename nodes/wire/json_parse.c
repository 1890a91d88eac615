/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Validation (RFC 8259): one pass, recursive up to the depth limit, no allocation; of all
 * of a text at once or value by value. */
#include "nodes/wire/json_scan.h"
#include "nodes/wire/utf8.h"

#include <assert.h>

typedef struct Cursor {
    const uint8_t *p, *end;
} Cursor;

static Status check_value(Cursor *c, int depth);

static inline bool
at(const Cursor *c, uint8_t byte)
{
    return c->p < c->end && *c->p == byte;
}

/* Move over @byte if it stands here. */
static inline bool
take(Cursor *c, uint8_t byte)
{
    if (!at(c, byte))
        return false;
    c->p++;
    return true;
}

static inline void
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
    JsonPull pull = json_pull(text);
    JsonValue value = { .type = JSON_TYPE_NULL };
    Status status;

    json_pull_value(&pull, &value);
    status = json_pull_end(&pull);
    if (status != ST_OK)
        return status;
    *ret = value;
    return ST_OK;
}

/* --- pulling -----------------------------------------------------------------------------
 */

JsonPull
json_pull(Bytes text)
{
    return (JsonPull){ .rest = reader_over(text) };
}

static Cursor
cursor_of(const JsonPull *pull)
{
    return (Cursor){ pull->rest.p,
                     pull->rest.left > 0 ? pull->rest.p + pull->rest.left : pull->rest.p };
}

static void
moved(JsonPull *pull, const Cursor *c)
{
    pull->rest = (Reader){ c->p, (size_t)(c->end - c->p) };
}

static bool
in_object(const JsonPull *pull)
{
    return (pull->objects >> (pull->depth - 1) & 1) != 0;
}

JsonType
json_pull_type(JsonPull *pull)
{
    Cursor c = cursor_of(pull);

    skip_space(&c);
    moved(pull, &c);
    return c.p < c.end ? json_type_at(*c.p) : JSON_TYPE_NULL;
}

bool
json_pull_value(JsonPull *pull, JsonValue *ret)
{
    Cursor c = cursor_of(pull);
    const uint8_t *start;

    if (pull->status != ST_OK)
        return false;
    skip_space(&c);
    start = c.p;
    pull->status = check_value(&c, pull->depth);
    if (pull->status != ST_OK)
        return false;
    moved(pull, &c);
    *ret = (JsonValue){ json_type_at(*start), { start, (size_t)(c.p - start) } };
    return true;
}

void
json_pull_enter(JsonPull *pull)
{
    JsonType type = json_pull_type(pull);

    assert(type == JSON_TYPE_OBJECT || type == JSON_TYPE_ARRAY);
    if (pull->depth == JSON_DEPTH_MAX)
        pull->status = ST_TOO_LARGE;
    if (pull->status != ST_OK)
        return;
    pull->objects &= ~(UINT64_C(1) << pull->depth);
    pull->objects |= (uint64_t)(type == JSON_TYPE_OBJECT) << pull->depth;
    pull->depth++;
    pull->rest.p++;
    pull->rest.left--;
    pull->at_first = true;
}

/* Up to the next member's value, or behind the container. */
static bool
pull_next(JsonPull *pull, Cursor *c, Bytes *ret_key)
{
    const uint8_t *start;

    skip_space(c);
    if (take(c, in_object(pull) ? '}' : ']')) {
        pull->depth--;
        return false;
    }
    if (!pull->at_first && !take(c, ','))
        pull->status = ST_MALFORMED;
    *ret_key = (Bytes){ NULL, 0 };
    if (pull->status != ST_OK || !in_object(pull))
        return pull->status == ST_OK;
    skip_space(c);
    start = c->p;
    if (!check_string(c)) {
        pull->status = ST_MALFORMED;
        return false;
    }
    *ret_key = (Bytes){ start + 1, (size_t)(c->p - start) - 2 };
    skip_space(c);
    if (!take(c, ':'))
        pull->status = ST_MALFORMED;
    return pull->status == ST_OK;
}

bool
json_pull_next(JsonPull *pull, Bytes *ret_key)
{
    Cursor c = cursor_of(pull);
    bool more;

    assert(pull->depth > 0 || pull->status != ST_OK);
    if (pull->status != ST_OK)
        return false;
    more = pull_next(pull, &c, ret_key);
    pull->at_first = false;
    moved(pull, &c);
    return more;
}

Status
json_pull_end(JsonPull *pull)
{
    Cursor c = cursor_of(pull);

    skip_space(&c);
    moved(pull, &c);
    if (pull->status == ST_OK && (pull->depth > 0 || pull->rest.left > 0))
        pull->status = ST_MALFORMED;
    return pull->status;
}
