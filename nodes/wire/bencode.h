/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bencode as between service nodes: one validating pass, then navigation without
 * allocating. */
#pragma once

#include "nodes/base/bytes.h"

enum { BENCODE_DEPTH_MAX = 64 };

typedef enum BencodeType {
    BENCODE_INTEGER,
    BENCODE_STRING,
    BENCODE_LIST,
    BENCODE_DICT
} BencodeType;

typedef struct BencodeValue {
    BencodeType type;
    Bytes text; /* the whole value, validated, borrowed */
} BencodeValue;

/* All of @text is one value in the only form that a writer gives it: dict keys strictly
 * ascending, no leading zeros, no -0.  ST_TRUNCATED, ST_MALFORMED, ST_TOO_LARGE (nested
 * deeper than BENCODE_DEPTH_MAX), ST_RANGE (below INT64_MIN or above UINT64_MAX). */
Status bencode_parse(Bytes text, BencodeValue *ret) WARN_UNUSED;
/* false when absent, or @dict is none. */
bool bencode_get(BencodeValue dict, const char *key, BencodeValue *ret);
typedef struct BencodeIterator {
    Reader rest;
    BencodeType type;
} BencodeIterator;
/* Entries of a dict or items of a list (the key is then empty); nothing in other values. */
BencodeIterator bencode_iterate(BencodeValue container);
bool bencode_next(BencodeIterator *it, Bytes *ret_key, BencodeValue *ret_value);
bool bencode_string(BencodeValue value, Bytes *ret); /* borrowed */
/* false for no integer, or one that does not fit. */
bool bencode_i64(BencodeValue value, int64_t *ret);
bool bencode_u64(BencodeValue value, uint64_t *ret);

void bencode_write_string(Buffer *out, Bytes text); /* "5:hello" */
void bencode_write_text(Buffer *out, const char *text);
void bencode_write_i64(Buffer *out, int64_t v);
void bencode_write_u64(Buffer *out, uint64_t v);
