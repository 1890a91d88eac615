/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/bencode.h"

#include <assert.h>

static Status check_value(Reader *r, int depth);

static bool
at(const Reader *r, uint8_t byte)
{
    return r->left > 0 && *r->p == byte;
}

static bool
take(Reader *r, uint8_t byte)
{
    if (!at(r, byte))
        return false;
    r->p++;
    r->left--;
    return true;
}

static bool
at_digit(const Reader *r)
{
    return r->left > 0 && *r->p >= '0' && *r->p <= '9';
}

/* Digits without leading zeros, and the byte @stop behind them. */
static Status
read_unsigned(Reader *r, uint8_t stop, uint64_t *ret)
{
    const uint8_t *start = r->p, *end = r->left > 0 ? start + r->left : start, *p = start;
    uint64_t v = 0;

    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
            return ST_RANGE;
    if (p - start > 1 && *start == '0')
        return ST_MALFORMED;
    if (p == end)
        return ST_TRUNCATED;
    if (p == start || *p != stop)
        return ST_MALFORMED;
    *r = (Reader){ p + 1, (size_t)(end - p) - 1 };
    *ret = v;
    return ST_OK;
}

static Status
read_integer(Reader *r, bool *ret_negative, uint64_t *ret)
{
    bool negative;
    Status status;
    uint64_t v;

    take(r, 'i');
    negative = take(r, '-');
    status = read_unsigned(r, 'e', &v);
    if (status != ST_OK)
        return status;
    if (negative && v == 0)
        return ST_MALFORMED;
    if (negative && v > (uint64_t)INT64_MAX + 1)
        return ST_RANGE;
    *ret_negative = negative;
    *ret = v;
    return ST_OK;
}

static Status
read_string(Reader *r, Bytes *ret)
{
    uint64_t n;
    Status status = read_unsigned(r, ':', &n);

    if (status != ST_OK)
        return status;
    if (n > r->left || !reader_bytes(r, (size_t)n, ret))
        return ST_TRUNCATED;
    return ST_OK;
}

/* The order of C++ strings: bytewise, then the shorter first. */
static int
compare_bytes(Bytes a, Bytes b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static Status
check_dict(Reader *r, int depth)
{
    Bytes last = { NULL, 0 };

    for (bool first = true; !take(r, 'e'); first = false) {
        Bytes key;
        Status status = r->left == 0 ? ST_TRUNCATED : read_string(r, &key);

        if (status == ST_OK && !first && compare_bytes(last, key) >= 0)
            status = ST_MALFORMED;
        if (status == ST_OK)
            status = check_value(r, depth);
        if (status != ST_OK)
            return status;
        last = key;
    }
    return ST_OK;
}

static Status
check_list(Reader *r, int depth)
{
    while (!take(r, 'e')) {
        Status status = check_value(r, depth);

        if (status != ST_OK)
            return status;
    }
    return ST_OK;
}

static Status
check_value(Reader *r, int depth)
{
    bool is_dict = at(r, 'd'), is_list = at(r, 'l'), negative;
    uint64_t number;
    Bytes text;

    if (r->left == 0)
        return ST_TRUNCATED;
    if (at(r, 'i'))
        return read_integer(r, &negative, &number);
    if (!is_dict && !is_list)
        return at_digit(r) ? read_string(r, &text) : ST_MALFORMED;
    if (depth == BENCODE_DEPTH_MAX)
        return ST_TOO_LARGE;
    take(r, *r->p);
    return is_dict ? check_dict(r, depth + 1) : check_list(r, depth + 1);
}

static BencodeType
type_at(uint8_t first)
{
    switch (first) {
    case 'i':
        return BENCODE_INTEGER;
    case 'l':
        return BENCODE_LIST;
    case 'd':
        return BENCODE_DICT;
    default:
        return BENCODE_STRING;
    }
}

Status
bencode_parse(Bytes text, BencodeValue *ret)
{
    Reader r = reader_over(text);
    Status status = check_value(&r, 0);

    if (status != ST_OK)
        return status;
    if (r.left > 0)
        return ST_MALFORMED;
    *ret = (BencodeValue){ type_at(text.p[0]), text };
    return ST_OK;
}

/* --- in validated text ---------------------------------------------------------------- */

static void
skip_string(Reader *r, Bytes *ret)
{
    Status status = read_string(r, ret);

    assert(status == ST_OK);
}

/* Move over one value: its text. */
static Bytes
skip_value(Reader *r)
{
    const uint8_t *start = r->p;
    int depth = 0;

    do {
        Bytes text;

        if (at_digit(r)) {
            skip_string(r, &text);
        } else if (at(r, 'i')) {
            while (!take(r, 'e'))
                take(r, *r->p);
        } else {
            depth += at(r, 'e') ? -1 : 1;
            take(r, *r->p);
        }
    } while (depth > 0);
    return (Bytes){ start, (size_t)(r->p - start) };
}

BencodeIterator
bencode_iterate(BencodeValue container)
{
    bool holds = container.type == BENCODE_LIST || container.type == BENCODE_DICT;

    if (!holds)
        return (BencodeIterator){ .type = container.type };
    return (BencodeIterator){ { container.text.p + 1, container.text.n - 2 },
                              container.type };
}

bool
bencode_next(BencodeIterator *it, Bytes *ret_key, BencodeValue *ret_value)
{
    Bytes key = { NULL, 0 };

    if (it->rest.left == 0)
        return false;
    if (it->type == BENCODE_DICT)
        skip_string(&it->rest, &key);
    *ret_key = key;
    ret_value->text = skip_value(&it->rest);
    ret_value->type = type_at(ret_value->text.p[0]);
    return true;
}

bool
bencode_get(BencodeValue dict, const char *key, BencodeValue *ret)
{
    BencodeIterator it = bencode_iterate(dict);
    BencodeValue value;
    Bytes name;

    if (dict.type != BENCODE_DICT)
        return false;
    while (bencode_next(&it, &name, &value))
        if (bytes_equal_text(name, key)) {
            *ret = value;
            return true;
        }
    return false;
}

bool
bencode_string(BencodeValue value, Bytes *ret)
{
    Reader r = reader_over(value.text);

    if (value.type != BENCODE_STRING)
        return false;
    skip_string(&r, ret);
    return true;
}

static bool
integer(BencodeValue value, bool *ret_negative, uint64_t *ret)
{
    Reader r = reader_over(value.text);

    return value.type == BENCODE_INTEGER && read_integer(&r, ret_negative, ret) == ST_OK;
}

bool
bencode_i64(BencodeValue value, int64_t *ret)
{
    bool negative;
    uint64_t v;

    if (!integer(value, &negative, &v) || (!negative && v > INT64_MAX))
        return false;
    *ret = (int64_t)(negative ? 0 - v : v);
    return true;
}

bool
bencode_u64(BencodeValue value, uint64_t *ret)
{
    bool negative;
    uint64_t v;

    if (!integer(value, &negative, &v) || negative)
        return false;
    *ret = v;
    return true;
}

void
bencode_write_string(Buffer *out, Bytes text)
{
    buffer_append_u64_decimal(out, text.n);
    buffer_append_literal(out, ":");
    buffer_append_bytes(out, text);
}

void
bencode_write_text(Buffer *out, const char *text)
{
    bencode_write_string(out, bytes_of_text(text));
}

void
bencode_write_i64(Buffer *out, int64_t v)
{
    buffer_append_literal(out, "i");
    buffer_append_i64_decimal(out, v);
    buffer_append_literal(out, "e");
}

void
bencode_write_u64(Buffer *out, uint64_t v)
{
    buffer_append_literal(out, "i");
    buffer_append_u64_decimal(out, v);
    buffer_append_literal(out, "e");
}
