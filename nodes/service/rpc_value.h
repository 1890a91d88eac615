/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value of a storage request, JSON or bencode: clients send either (protocol 3.1).  It
 * lies in validated text, borrowed. */
#pragma once

#include "nodes/wire/bencode.h"
#include "nodes/wire/json.h"

typedef struct RpcValue {
    bool bencoded;
    union {
        JsonValue json;
        BencodeValue bencode;
    };
} RpcValue;

typedef struct RpcIterator {
    bool bencoded;
    union {
        JsonIterator json;
        BencodeIterator bencode;
    };
} RpcIterator;

static inline RpcValue
rpc_value_of_json(JsonValue json)
{
    return (RpcValue){ .bencoded = false, .json = json };
}

static inline RpcValue
rpc_value_of_bencode(BencodeValue bencode)
{
    return (RpcValue){ .bencoded = true, .bencode = bencode };
}

/* An object or a dict. */
bool rpc_value_is_dict(RpcValue value);
bool rpc_value_is_list(RpcValue value);
bool rpc_value_is_null(RpcValue value); /* JSON only */
/* False when absent. */
bool rpc_value_get(RpcValue dict, const char *key, RpcValue *ret);
/* Members of a dict (JSON keys with their escapes) or items of a list. */
RpcIterator rpc_value_iterate(RpcValue container);
bool rpc_value_next(RpcIterator *it, Bytes *ret_key, RpcValue *ret);
/* A key that rpc_value_next gave means @name. */
bool rpc_key_is(const RpcIterator *it, Bytes key, Bytes name);
/* @scratch holds the text when it had escapes.  False when it is none. */
bool rpc_value_string(RpcValue value, Buffer *scratch, Bytes *ret);
bool rpc_value_i64(RpcValue value, int64_t *ret);
