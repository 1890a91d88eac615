/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/bencode.h"

#include <assert.h>

/* Any number of so many digits fits 64 bits. */
enum { SAFE_DIGITS = 19 };

static Status check_container(Reader *r, int depth);

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

/* More than 9: no digit. */
static inline uint8_t
digit_of(uint8_t byte)
{
    return (uint8_t)(byte - '0');
}

static bool
at_digit(const Reader *r)
{
    return r->left > 0 && digit_of(*r->p) <= 9;
}

/* Digits without leading zeros, and the byte @stop behind them: whatever they are. */
static Status
read_any_unsigned(Reader *r, uint8_t stop, uint64_t *ret)
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

/* The same.  Nearly all numbers are good, not 0 and too short to overflow: only others are
 * looked at in full. */
static inline Status
read_unsigned(Reader *r, uint8_t stop, uint64_t *ret)
{
    size_t max = r->left < SAFE_DIGITS + 1 ? r->left : SAFE_DIGITS + 1;
    const uint8_t *p = r->p, *end = p + max;
    uint64_t v = 0;

    if (max == 0 || *p == '0')
        return read_any_unsigned(r, stop, ret);
    for (; p < end && digit_of(*p) <= 9; p++)
        v = v * 10 + digit_of(*p);
    if (p == end || *p != stop || v == 0)
        return read_any_unsigned(r, stop, ret);
    p++;
    r->left -= (size_t)(p - r->p);
    r->p = p;
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
static inline int
compare_bytes(Bytes a, Bytes b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order;

    /* Most keys of a dict begin with letters of their own. */
    if (n > 0 && *a.p != *b.p)
        return *a.p < *b.p ? -1 : 1;
    order = n > 0 ? memcmp(a.p, b.p, n) : 0;
    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static inline Status
check_value(Reader *r, int depth)
{
    bool negative;
    uint64_t number;
    Bytes text;

    if (at_digit(r))
        return read_string(r, &text);
    if (at(r, 'i'))
        return read_integer(r, &negative, &number);
    return check_container(r, depth);
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

/* A list, a dict, or nothing good. */
static Status
check_container(Reader *r, int depth)
{
    bool is_dict = at(r, 'd'), is_list = at(r, 'l');

    if (r->left == 0)
        return ST_TRUNCATED;
    if (!is_dict && !is_list)
        return ST_MALFORMED;
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

/* Move over a string: its content.  The validating pass has seen the colon and that the
 * length is small. */
static inline Bytes
skip_string(Reader *r)
{
    const uint8_t *p = r->p;
    size_t n = 0;

    for (; *p != ':'; p++)
        n = n * 10 + digit_of(*p);
    p++;
    assert(n <= r->left - (size_t)(p - r->p));
    r->left -= (size_t)(p - r->p) + n;
    r->p = p + n;
    return (Bytes){ p, n };
}

static inline void
skip_integer(Reader *r)
{
    const uint8_t *p = r->p;

    while (*p != 'e')
        p++;
    r->left -= (size_t)(p - r->p) + 1;
    r->p = p + 1;
}

static void
skip_container(Reader *r)
{
    int depth = 0;

    do {
        if (at_digit(r)) {
            skip_string(r);
        } else if (at(r, 'i')) {
            skip_integer(r);
        } else {
            depth += at(r, 'e') ? -1 : 1;
            take(r, *r->p);
        }
    } while (depth > 0);
}

/* Move over one value: its text. */
static inline Bytes
skip_value(Reader *r)
{
    const uint8_t *start = r->p;

    if (at_digit(r))
        skip_string(r);
    else if (at(r, 'i'))
        skip_integer(r);
    else
        skip_container(r);
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
        key = skip_string(&it->rest);
    *ret_key = key;
    ret_value->text = skip_value(&it->rest);
    ret_value->type = type_at(ret_value->text.p[0]);
    return true;
}

bool
bencode_get(BencodeValue dict, const char *key, BencodeValue *ret)
{
    Reader r = bencode_iterate(dict).rest;
    Bytes wanted = bytes_of_text(key);

    if (dict.type != BENCODE_DICT)
        return false;
    while (r.left > 0) {
        Bytes name = skip_string(&r);
        int order = compare_bytes(name, wanted);

        if (order > 0)
            return false; /* keys ascend */
        if (order == 0) {
            ret->text = skip_value(&r);
            ret->type = type_at(ret->text.p[0]);
            return true;
        }
        skip_value(&r);
    }
    return false;
}

bool
bencode_string(BencodeValue value, Bytes *ret)
{
    Reader r = reader_over(value.text);

    if (value.type != BENCODE_STRING)
        return false;
    *ret = skip_string(&r);
    return true;
}

/* The validating pass has seen that it fits, and how it ends. */
static bool
integer(BencodeValue value, bool *ret_negative, uint64_t *ret)
{
    const uint8_t *p = value.text.p;
    uint64_t v = 0;

    if (value.type != BENCODE_INTEGER)
        return false;
    *ret_negative = p[1] == '-';
    for (p += *ret_negative ? 2 : 1; *p != 'e'; p++)
        v = v * 10 + digit_of(*p);
    *ret = v;
    return true;
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
