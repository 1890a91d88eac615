/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON as the protocol's hot formats need it: one validating pass over untrusted text, then
 * navigation in the validated text without allocating; and a writer into a Buffer.
 * (jansson costs 130 us for one poll: design 8; it is the oracle in tests.) */
#pragma once

#include "nodes/base/bytes.h"

enum { JSON_DEPTH_MAX = 64 };

typedef enum JsonType {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} JsonType;

/* A value inside validated text; borrowed. */
typedef struct JsonValue {
    JsonType type;
    Bytes text; /* exactly the value's text; for strings with the quotes */
} JsonValue;

/* Check all of @text (one value, white space around it, valid UTF-8, no duplicate keys
 * within an object are NOT checked here: the last one wins in json_get, as in the storage
 * server's library).  ST_MALFORMED; ST_TOO_LARGE: nested deeper than JSON_DEPTH_MAX. */
Status json_parse(Bytes text, JsonValue *ret) WARN_UNUSED;

/* The value of a key (last occurrence); false when absent or not an object. */
bool json_get(JsonValue object, const char *key, JsonValue *ret);

/* for (it = json_iterate(v); json_next(&it, &key, &value);) : members of an object or items
 * of an array (key is then empty).  Keys are raw (escapes kept). */
typedef struct JsonIterator {
    Reader rest;
    JsonType type;
} JsonIterator;
JsonIterator json_iterate(JsonValue container);
bool json_next(JsonIterator *it, Bytes *ret_key, JsonValue *ret_value);
size_t json_length(JsonValue container);

/* The string's text, borrowed, when it has no escapes; false otherwise or for no string. */
bool json_string_plain(JsonValue value, Bytes *ret);
/* Append the unescaped string; false when it is no string. */
bool json_string(JsonValue value, Buffer *out);
/* An integer in range (no fraction, no exponent); false otherwise. */
bool json_i64(JsonValue value, int64_t *ret);
bool json_u64(JsonValue value, uint64_t *ret);
bool json_double(JsonValue value, double *ret);
bool json_bool(JsonValue value, bool *ret);

/* Append a quoted, escaped string. (bytes that are not UTF-8 become U+FFFD) */
void json_write_string(Buffer *out, Bytes text);
/* Append "key": with a comma before it unless the last byte is '{', '[' or ','. */
void json_write_key(Buffer *out, const char *key);
