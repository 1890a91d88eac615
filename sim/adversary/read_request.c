/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/read_request.h"

#include <string.h>

#include "nodes/service/request.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/bencode.h"
#include "nodes/wire/json.h"
#include "nodes/wire/message.h"
#include "sim/adversary/observation.h"

static void
begin(SeenRequest *ret)
{
    *ret = (SeenRequest){ .method = RPC_UNKNOWN };
}

/* The message that a store with this body makes: its hash is that of its parts (protocol
 * 3.3), so whoever sees the store knows it. */
static void
see_body(const Crypto *crypto, int16_t name_space, Bytes data, SeenRequest *ret)
{
    char hash[MESSAGE_HASH_BYTES];

    message_hash(crypto, ret->account, name_space, data, hash);
    ret->content = observed_content((Bytes){ (const uint8_t *)hash, sizeof hash });
    ret->content_bytes = (uint32_t)data.n;
}

/* --- JSON -------------------------------------------------------------------------- */

static bool
text_member(JsonValue object, const char *key, Bytes *ret)
{
    JsonValue value;

    return json_get(object, key, &value) && json_string_plain(value, ret);
}

static bool
read_account(JsonValue params, SeenRequest *ret)
{
    Bytes text;

    return (text_member(params, "pubkey", &text) || text_member(params, "pubKey", &text)) &&
           text.n == 2 * (size_t)ACCOUNT_BYTES &&
           hex_decode(text, ret->account, ACCOUNT_BYTES);
}

static void
read_stored(const Crypto *crypto, JsonValue params, SeenRequest *ret)
{
    Buffer data = BUFFER_EMPTY;
    int64_t name_space = 0;
    JsonValue value;
    Bytes text;

    if (json_get(params, "namespace", &value))
        (void)json_i64(value, &name_space);
    if (text_member(params, "data", &text) && base64_decode(text, &data) == ST_OK &&
        name_space >= INT16_MIN && name_space <= INT16_MAX)
        see_body(crypto, (int16_t)name_space, buffer_bytes(&data), ret);
    buffer_clear(&data);
}

/* True when @call is one, whatever its parameters. */
static bool
read_call(const Crypto *crypto, JsonValue call, SeenRequest *ret, JsonValue *ret_params)
{
    Bytes method;

    if (!text_member(call, "method", &method))
        return false;
    ret->method = (uint8_t)rpc_method_parse(method);
    if (!json_get(call, "params", ret_params))
        return true;
    ret->has_account = read_account(*ret_params, ret);
    if (ret->has_account && ret->method == RPC_STORE)
        read_stored(crypto, *ret_params, ret);
    return true;
}

static bool
is_meta(uint8_t method)
{
    return method == RPC_BATCH || method == RPC_SEQUENCE;
}

void
seen_read_json(const Crypto *crypto, Bytes text, SeenRequest *ret)
{
    JsonValue call, params = { .type = JSON_TYPE_NULL }, requests, part;
    JsonIterator it;
    JsonIndex index;
    Bytes key;

    begin(ret);
    if (json_parse_indexed(text, &index, &call) != ST_OK ||
        !read_call(crypto, call, ret, &params) || !is_meta(ret->method))
        return;
    if (!json_get(params, "requests", &requests))
        return;
    it = json_iterate(requests);
    if (!json_next(&it, &key, &part))
        return;
    ret->batched = true;
    (void)read_call(crypto, part, ret, &params);
}

/* --- bencode ----------------------------------------------------------------------- */

static bool
bencode_text(BencodeValue dict, const char *key, Bytes *ret)
{
    BencodeValue value;

    return bencode_get(dict, key, &value) && bencode_string(value, ret);
}

static void
read_dict(const Crypto *crypto, BencodeValue params, SeenRequest *ret)
{
    int64_t name_space = 0;
    BencodeValue value;
    Bytes text;

    if (!bencode_text(params, "pubkey", &text) || text.n != ACCOUNT_BYTES)
        return;
    memcpy(ret->account, text.p, ACCOUNT_BYTES);
    ret->has_account = true;
    if (bencode_get(params, "namespace", &value))
        (void)bencode_i64(value, &name_space);
    if (ret->method == RPC_STORE && bencode_text(params, "data", &text) &&
        name_space >= INT16_MIN && name_space <= INT16_MAX)
        see_body(crypto, (int16_t)name_space, text, ret);
}

/* The next string of a list. */
static bool
next_string(BencodeIterator *it, Bytes *ret)
{
    BencodeValue value;
    Bytes key;

    return bencode_next(it, &key, &value) && bencode_string(value, ret);
}

void
seen_read_forwarded(const Crypto *crypto, Bytes text, SeenRequest *ret)
{
    BencodeValue list, params;
    Bytes method, inner;
    BencodeIterator it;

    begin(ret);
    if (bencode_parse(text, &list) != ST_OK || list.type != BENCODE_LIST)
        return;
    it = bencode_iterate(list);
    if (!next_string(&it, &method) || !next_string(&it, &inner))
        return;
    ret->method = (uint8_t)rpc_method_parse(method);
    if (bencode_parse(inner, &params) == ST_OK && params.type == BENCODE_DICT)
        read_dict(crypto, params, ret);
    if (ret->method == RPC_STORE)
        ret->method = RPC_STORE_FORWARDED;
}

static bool
read_pushed(BencodeValue item, SeenRequest *ret)
{
    BencodeIterator it = bencode_iterate(item);
    Bytes account, hash, key, data;
    BencodeValue skipped;

    begin(ret);
    if (item.type != BENCODE_LIST || !next_string(&it, &account) ||
        account.n != ACCOUNT_BYTES || !next_string(&it, &hash) ||
        !bencode_next(&it, &key, &skipped) || !bencode_next(&it, &key, &skipped) ||
        !next_string(&it, &data))
        return false;
    memcpy(ret->account, account.p, ACCOUNT_BYTES);
    ret->has_account = true;
    ret->content = observed_content(hash);
    ret->content_bytes = (uint32_t)data.n;
    return true;
}

bool
seen_read_push(Bytes text, SeenVisitor visit, void *context)
{
    enum { VERSION_1 = 1 };
    BencodeValue list, item;
    SeenRequest message;
    BencodeIterator it;
    Bytes key;

    if (text.n < 2 || text.p[0] != VERSION_1 ||
        bencode_parse((Bytes){ text.p + 1, text.n - 1 }, &list) != ST_OK ||
        list.type != BENCODE_LIST)
        return false;
    it = bencode_iterate(list);
    while (bencode_next(&it, &key, &item))
        if (read_pushed(item, &message))
            visit(context, &message);
    return true;
}

void
seen_read_subscription(Bytes text, SeenRequest *ret)
{
    JsonValue object, pubkey;
    Bytes hex;

    begin(ret);
    ret->has_account =
        json_parse(text, &object) == ST_OK && object.type == JSON_TYPE_OBJECT &&
        json_get(object, "pubkey", &pubkey) && json_string_plain(pubkey, &hex) &&
        hex.n == 2 * ACCOUNT_BYTES && hex_decode(hex, ret->account, ACCOUNT_BYTES);
}

void
seen_read_notice(Bytes text, SeenRequest *ret)
{
    BencodeValue dict, value;
    Bytes part;

    begin(ret);
    if (bencode_parse(text, &dict) != ST_OK || !bencode_get(dict, "@", &value) ||
        !bencode_string(value, &part) || part.n != ACCOUNT_BYTES)
        return;
    memcpy(ret->account, part.p, ACCOUNT_BYTES);
    ret->has_account = true;
    if (!bencode_get(dict, "h", &value) || !bencode_string(value, &part))
        return;
    ret->content = observed_content(part);
    if (bencode_get(dict, "~", &value) && bencode_string(value, &part))
        ret->content_bytes = (uint32_t)part.n;
}
