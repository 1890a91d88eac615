/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/rpc_value.h"

bool
rpc_value_is_dict(RpcValue value)
{
    return value.bencoded ? value.bencode.type == BENCODE_DICT
                          : value.json.type == JSON_TYPE_OBJECT;
}

bool
rpc_value_is_list(RpcValue value)
{
    return value.bencoded ? value.bencode.type == BENCODE_LIST
                          : value.json.type == JSON_TYPE_ARRAY;
}

bool
rpc_value_is_null(RpcValue value)
{
    return !value.bencoded && value.json.type == JSON_TYPE_NULL;
}

bool
rpc_value_get(RpcValue dict, const char *key, RpcValue *ret)
{
    ret->bencoded = dict.bencoded;
    return dict.bencoded ? bencode_get(dict.bencode, key, &ret->bencode)
                         : json_get(dict.json, key, &ret->json);
}

RpcIterator
rpc_value_iterate(RpcValue container)
{
    RpcIterator it = { .bencoded = container.bencoded };

    if (container.bencoded)
        it.bencode = bencode_iterate(container.bencode);
    else
        it.json = json_iterate(container.json);
    return it;
}

bool
rpc_value_next(RpcIterator *it, Bytes *ret_key, RpcValue *ret)
{
    ret->bencoded = it->bencoded;
    return it->bencoded ? bencode_next(&it->bencode, ret_key, &ret->bencode)
                        : json_next(&it->json, ret_key, &ret->json);
}

bool
rpc_key_is(const RpcIterator *it, Bytes key, Bytes name)
{
    return it->bencoded ? bytes_equal(key, name) : json_key_is(key, name);
}

bool
rpc_value_string(RpcValue value, Buffer *scratch, Bytes *ret)
{
    if (value.bencoded)
        return bencode_string(value.bencode, ret);
    if (json_string_plain(value.json, ret))
        return true;
    if (!json_string_append(value.json, scratch))
        return false;
    *ret = buffer_bytes(scratch);
    return true;
}

bool
rpc_value_i64(RpcValue value, int64_t *ret)
{
    return value.bencoded ? bencode_i64(value.bencode, ret) : json_i64(value.json, ret);
}
