/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON as the protocol's hot formats need it: one validating pass over untrusted text, then
 * navigation in the validated text without allocating; and a writer into a Buffer.
 * (jansson costs 130 us for one poll: design 8; it is the oracle in tests.) */
#pragma once

#include "nodes/base/bytes.h"

enum { JSON_DEPTH_MAX = 64 };

/* (JSON_STRING and json_string are jansson's.) */
typedef enum JsonType {
    JSON_TYPE_NULL,
    JSON_TYPE_FALSE,
    JSON_TYPE_TRUE,
    JSON_TYPE_NUMBER,
    JSON_TYPE_STRING,
    JSON_TYPE_ARRAY,
    JSON_TYPE_OBJECT
} JsonType;

/* Where the values and keys of a text are, in the order in which they begin: with it,
 * whoever walks the text reads nothing of it twice.  The first ones of a longer text. */
enum { JSON_INDEX_MAX = 160 };
typedef struct JsonToken {
    uint32_t start; /* bytes from the text's beginning */
    uint32_t bytes; /* quotes and brackets included */
    uint32_t next;  /* place of the first token behind it */
    uint8_t type;   /* JsonType */
    bool escaped;   /* a string with escapes */
} JsonToken;

typedef struct JsonIndex {
    const uint8_t *text;
    JsonToken token[JSON_INDEX_MAX + 1]; /* one more, for whatever is beyond them */
} JsonIndex;

/* A value inside validated text; borrowed, as the index is. */
typedef struct JsonValue {
    JsonType type;
    uint32_t place;         /* in @index */
    const JsonIndex *index; /* NULL: it is not there, its inside is looked through */
    Bytes text;             /* exactly the value's text; for strings with the quotes */
} JsonValue;

/* Check all of @text: one value, white space around it, strict RFC 8259, valid UTF-8, no
 * half of a surrogate pair.  Duplicate keys are allowed: the last one wins in json_get, as
 * in the storage server's library.  ST_MALFORMED (also when it ends too early);
 * ST_TOO_LARGE: nested deeper than JSON_DEPTH_MAX. */
Status json_parse(Bytes text, JsonValue *ret) WARN_UNUSED;
/* The same; fills @index, which must live as long as values of this text are used. */
Status json_parse_indexed(Bytes text, JsonIndex *index, JsonValue *ret) WARN_UNUSED;
/* The same value for as long as its text lives, whatever becomes of the index. */
static inline JsonValue
json_without_index(JsonValue value)
{
    value.index = NULL;
    return value;
}

/* Reading and checking in the same pass, for large texts of known form:
 *
 *     JsonPull pull = json_pull(text);
 *     json_pull_enter(&pull);                     (after looking at json_pull_type)
 *     while (json_pull_next(&pull, &key))
 *         json_pull_value(&pull, &value);         (or enter again)
 *     status = json_pull_end(&pull);
 *
 * After each json_pull_next that said true, the value must be taken or entered.  What was
 * read counts only when json_pull_end says ST_OK. */
typedef struct JsonPull {
    Reader rest;
    uint64_t objects; /* one bit a level: it is an object, not an array */
    int depth;
    bool at_first; /* nothing of the container was read yet */
    Status status; /* once it is not ST_OK, nothing moves any more */
} JsonPull;

JsonPull json_pull(Bytes text);
/* What kind of value stands next, by its first byte (unchecked). */
JsonType json_pull_type(JsonPull *pull);
/* Check the next value, all of it; false when it is none. */
bool json_pull_value(JsonPull *pull, JsonValue *ret);
/* Go into the object or array that stands next. */
void json_pull_enter(JsonPull *pull);
/* Go to the next member (its key is raw) or item (the key is empty); false behind the last,
 * when the container is left, and after an error. */
bool json_pull_next(JsonPull *pull, Bytes *ret_key);
/* Status of the whole, as json_parse. */
Status json_pull_end(JsonPull *pull) WARN_UNUSED;

/* The value of a key (last occurrence); false when absent or not an object. */
bool json_get(JsonValue object, const char *key, JsonValue *ret);
/* Several keys in one pass: ret[i] is what json_get gives for key[i], where bit i of the
 * result is set; the others are untouched.  At most JSON_GET_MAX keys. */
#define JSON_GET_MAX 16
uint32_t json_get_each(JsonValue object, const char *const *key, uint32_t n,
                       JsonValue *ret);

/* for (it = json_iterate(v); json_next(&it, &key, &value);) : members of an object or items
 * of an array (key is then empty).  Keys are raw (escapes kept). */
typedef struct JsonIterator {
    Reader rest;
    JsonType type;
    const JsonIndex *index;    /* NULL: the text is looked through */
    uint32_t place, end_place; /* in it: of what comes next, and behind the container */
} JsonIterator;
JsonIterator json_iterate(JsonValue container);
/* A raw key, with its escapes, means @key. */
bool json_key_is(Bytes raw, Bytes key);
bool json_next(JsonIterator *it, Bytes *ret_key, JsonValue *ret_value);
size_t json_length(JsonValue container);

/* The string's text, borrowed, when it has no escapes; false otherwise or for no string. */
bool json_string_plain(JsonValue value, Bytes *ret);
/* Append the unescaped string; false when it is no string. */
bool json_string_append(JsonValue value, Buffer *out);
/* An integer in range (no fraction, no exponent; -0 is 0); false otherwise. */
bool json_i64(JsonValue value, int64_t *ret);
bool json_u64(JsonValue value, uint64_t *ret);
/* The nearest double, whatever the locale; false for no number or one beyond all doubles.
 */
bool json_double(JsonValue value, double *ret);
bool json_bool(JsonValue value, bool *ret);

/* Append a quoted, escaped string.  Each byte that is no part of UTF-8 becomes U+FFFD. */
void json_write_string(Buffer *out, Bytes text);
/* What is written next is preceded by something, not by '{', '[' or ','. */
static inline bool
json_needs_comma(const Buffer *out)
{
    uint8_t last = out->n > 0 ? out->p[out->n - 1] : '[';

    return last != '{' && last != '[' && last != ',';
}
/* Append a comma where one is needed. */
void json_write_comma(Buffer *out);
/* The same, then "key":.  @key needs no escaping.  (Here, because most keys are constants
 * that then need neither be measured nor copied by a call.) */
static inline void
json_write_key(Buffer *out, const char *key)
{
    size_t n = strlen(key);
    uint8_t *to = buffer_reserve(out, n + 4);

    if (json_needs_comma(out))
        *to++ = ',';
    *to++ = '"';
    memcpy(to, key, n);
    to[n] = '"';
    to[n + 1] = ':';
    out->n = (size_t)(to + n + 2 - out->p);
}
