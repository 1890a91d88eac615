/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/service/rpc_params.h"

#include <assert.h>

/* Times below this were meant as seconds (protocol 3.1). */
#define TIMESTAMP_MS_MIN ((UnixMs)1000000 * 1000)

#define NAME(text)                                                                         \
    {                                                                                      \
        (const uint8_t *)(text), sizeof(text) - 1                                          \
    }

static const Bytes field_names[FIELDS] = {
    [FIELD_BEFORE] = NAME("before"),
    [FIELD_DATA] = NAME("data"),
    [FIELD_ENDPOINT] = NAME("endpoint"),
    [FIELD_EXPIRY] = NAME("expiry"),
    [FIELD_EXTEND] = NAME("extend"),
    [FIELD_LAST_HASH_OLD] = NAME("lastHash"),
    [FIELD_LAST_HASH] = NAME("last_hash"),
    [FIELD_MAX_COUNT] = NAME("max_count"),
    [FIELD_MAX_SIZE] = NAME("max_size"),
    [FIELD_MESSAGES] = NAME("messages"),
    [FIELD_NAMESPACE] = NAME("namespace"),
    [FIELD_PARAMS] = NAME("params"),
    [FIELD_PUBKEY_OLD] = NAME("pubKey"),
    [FIELD_PUBKEY] = NAME("pubkey"),
    [FIELD_PUBKEY_ED25519] = NAME("pubkey_ed25519"),
    [FIELD_REQUIRED] = NAME("required"),
    [FIELD_REVOKE] = NAME("revoke"),
    [FIELD_SHORTEN] = NAME("shorten"),
    [FIELD_SIG_TIMESTAMP] = NAME("sig_timestamp"),
    [FIELD_SIGNATURE] = NAME("signature"),
    [FIELD_SUBACCOUNT] = NAME("subaccount"),
    [FIELD_SUBACCOUNT_SIG] = NAME("subaccount_sig"),
    [FIELD_TIMESTAMP] = NAME("timestamp"),
    [FIELD_TTL] = NAME("ttl"),
    [FIELD_UNREVOKE] = NAME("unrevoke"),
};

enum { NAME_BYTES_MAX = 14 };

/* The fields by the length of their names. */
static const struct {
    uint8_t n;
    uint8_t field[7];
} fields_of_length[NAME_BYTES_MAX + 1] = {
    [3] = { 1, { FIELD_TTL } },
    [4] = { 1, { FIELD_DATA } },
    [6] = { 7,
            { FIELD_PUBKEY, FIELD_PARAMS, FIELD_EXPIRY, FIELD_BEFORE, FIELD_EXTEND,
              FIELD_REVOKE, FIELD_PUBKEY_OLD } },
    [7] = { 1, { FIELD_SHORTEN } },
    [8] = { 6,
            { FIELD_MESSAGES, FIELD_MAX_SIZE, FIELD_ENDPOINT, FIELD_REQUIRED,
              FIELD_UNREVOKE, FIELD_LAST_HASH_OLD } },
    [9] = { 5,
            { FIELD_NAMESPACE, FIELD_SIGNATURE, FIELD_TIMESTAMP, FIELD_LAST_HASH,
              FIELD_MAX_COUNT } },
    [10] = { 1, { FIELD_SUBACCOUNT } },
    [13] = { 1, { FIELD_SIG_TIMESTAMP } },
    [14] = { 2, { FIELD_PUBKEY_ED25519, FIELD_SUBACCOUNT_SIG } },
};

/* The field of this name, or FIELDS. */
static Field
field_of(Bytes key)
{
    if (key.n == 0 || key.n > NAME_BYTES_MAX)
        return FIELDS;
    for (uint8_t i = 0; i < fields_of_length[key.n].n; i++) {
        Field field = (Field)fields_of_length[key.n].field[i];
        const uint8_t *name = field_names[field].p;

        if (name[0] == key.p[0] && memcmp(name, key.p, key.n) == 0)
            return field;
    }
    return FIELDS;
}

/* The same for a key that may have escapes. */
static Field
field_of_json(Bytes raw)
{
    Field field = field_of(raw);

    if (field != FIELDS || raw.n == 0 || memchr(raw.p, '\\', raw.n) == NULL)
        return field;
    for (int i = 0; i < FIELDS; i++)
        if (json_key_is(raw, field_names[i]))
            return (Field)i;
    return FIELDS;
}

void
params_of(Params *ret, RpcValue dict, Arena *arena, Buffer *error)
{
    RpcIterator it = rpc_value_iterate(dict);
    Bytes key;
    RpcValue value;

    ret->bencoded = dict.bencoded;
    ret->failed = false;
    ret->given = 0;
    ret->arena = arena;
    ret->error = error;
    while (rpc_value_next(&it, &key, &value)) {
        Field field = dict.bencoded ? field_of(key) : field_of_json(key);

        if (field == FIELDS)
            continue;
        ret->value[field] = value;
        ret->given &= ~(1U << field);
        if (!rpc_value_is_null(value))
            ret->given |= 1U << field;
    }
}

void
params_fail_named(Params *params, const char *text, Bytes name)
{
    const char *mark = strchr(text, '%');

    if (params->failed)
        return;
    params->failed = true;
    assert(mark != NULL);
    buffer_append(params->error, text, (size_t)(mark - text));
    buffer_append_bytes(params->error, name);
    buffer_append_text(params->error, mark + 1);
}

void
params_fail(Params *params, const char *text)
{
    if (params->failed)
        return;
    params->failed = true;
    buffer_append_text(params->error, text);
}

static void
fail_type(Params *params, Field field, const char *expected)
{
    if (params->failed)
        return;
    params_fail_named(params, "Invalid value given for '%': expected ", field_names[field]);
    buffer_append_text(params->error, expected);
}

/* The text of a JSON string: borrowed when it has no escapes, else unescaped into the
 * arena. */
static bool
string_of_json(Params *params, JsonValue value, Bytes *ret)
{
    Buffer out = BUFFER_EMPTY;
    uint8_t *copy;

    if (json_string_plain(value, ret))
        return true;
    if (!json_string_append(value, &out))
        return false;
    copy = arena_take(params->arena, out.n);
    if (out.n > 0)
        memcpy(copy, out.p, out.n);
    *ret = (Bytes){ copy, out.n };
    buffer_clear(&out);
    return true;
}

static bool
string_of(Params *params, RpcValue value, Bytes *ret)
{
    return params->bencoded ? bencode_string(value.bencode, ret)
                            : string_of_json(params, value.json, ret);
}

/* Not negative; what does not fit 63 bits is beyond every limit and becomes INT64_MAX. */
static bool
unsigned_of(RpcValue value, int64_t *ret)
{
    uint64_t v;
    bool fits = value.bencoded ? bencode_u64(value.bencode, &v) : json_u64(value.json, &v);

    if (fits)
        *ret = v > INT64_MAX ? INT64_MAX : (int64_t)v;
    return fits;
}

OptionalBytes
take_string(Params *params, Field field)
{
    OptionalBytes ret = { 0 };

    if (!params_has(params, field))
        return ret;
    ret.given = string_of(params, params->value[field], &ret.bytes);
    if (!ret.given)
        fail_type(params, field, "string");
    return ret;
}

OptionalNumber
take_timestamp(Params *params, Field field)
{
    OptionalNumber ret = { 0 };

    if (!params_has(params, field))
        return ret;
    ret.given = params->bencoded ? rpc_value_i64(params->value[field], &ret.value)
                                 : unsigned_of(params->value[field], &ret.value);
    if (!ret.given) {
        fail_type(params, field, "integer timestamp (in milliseconds)");
    } else if (!params->bencoded && ret.value < TIMESTAMP_MS_MIN) {
        params_fail_named(params,
                          "Invalid timestamp for '%': timestamp must be in milliseconds",
                          field_names[field]);
        ret.given = false;
    }
    return ret;
}

/* The server's reader of bencode knows 32 bits here; that of JSON takes what comes. */
OptionalNumber
take_integer(Params *params, Field field)
{
    OptionalNumber ret = { 0 };

    if (!params_has(params, field))
        return ret;
    ret.given = rpc_value_i64(params->value[field], &ret.value) &&
                (!params->bencoded || ret.value == (int32_t)ret.value);
    if (!ret.given)
        fail_type(params, field, "integer");
    return ret;
}

/* A decimal integer, all of the text. */
static bool
parse_decimal(Bytes text, int64_t *ret)
{
    bool negative = text.n > 0 && text.p[0] == '-';
    int64_t v = 0;

    if (text.n == (negative ? 1 : 0))
        return false;
    for (size_t i = negative ? 1 : 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9' || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, text.p[i] - '0', &v))
            return false;
    }
    *ret = negative ? -v : v;
    return true;
}

OptionalNumber
take_stringified(Params *params, Field field, bool is_unsigned)
{
    OptionalNumber ret = { 0 };
    RpcValue value = params->value[field];
    Bytes text;

    if (!params_has(params, field))
        return ret;
    if (!params->bencoded && value.json.type == JSON_TYPE_STRING) {
        ret.given = string_of_json(params, value.json, &text) &&
                    parse_decimal(text, &ret.value) && (!is_unsigned || ret.value >= 0);
        if (!ret.given) {
            params_fail_named(params, "Invalid value given for '%': ", field_names[field]);
            buffer_append_bytes(params->error, value.json.text);
        }
        return ret;
    }
    ret.given =
        is_unsigned ? unsigned_of(value, &ret.value) : rpc_value_i64(value, &ret.value);
    if (!ret.given)
        fail_type(params, field, is_unsigned ? "positive integer" : "integer");
    return ret;
}

/* @expected: what the server says in bencode, where out of range is another type. */
static OptionalNumber
namespace_in_range(Params *params, Field field, int64_t v, const char *expected)
{
    if (v >= INT16_MIN && v <= INT16_MAX)
        return (OptionalNumber){ true, v };
    if (params->bencoded)
        fail_type(params, field, expected);
    else
        params_fail_named(params, "Invalid value given for '%': value out of range",
                          field_names[field]);
    return (OptionalNumber){ 0 };
}

OptionalNumber
take_namespace(Params *params, Field field)
{
    static const char expected[] = "16-bit integer";
    int64_t v;

    if (!params_has(params, field))
        return (OptionalNumber){ 0 };
    if (rpc_value_i64(params->value[field], &v))
        return namespace_in_range(params, field, v, expected);
    fail_type(params, field, expected);
    return (OptionalNumber){ 0 };
}

OptionalNumber
take_namespace_or_all(Params *params, Field field)
{
    static const char expected[] = "integer or \"all\"";
    RpcValue value = params->value[field];
    int64_t v;
    Bytes text;

    if (!params_has(params, field))
        return (OptionalNumber){ 0 };
    if (rpc_value_i64(value, &v))
        return namespace_in_range(params, field, v, expected);
    if (string_of(params, value, &text) && bytes_equal_text(text, "all"))
        return (OptionalNumber){ true, STORE_NAMESPACE_ALL };
    fail_type(params, field, expected);
    return (OptionalNumber){ 0 };
}

bool
take_bool(Params *params, Field field)
{
    RpcValue value = params->value[field];
    int64_t v;
    bool ret = false;

    if (!params_has(params, field))
        return false;
    if (!params->bencoded) {
        if (!json_bool(value.json, &ret))
            fail_type(params, field, "boolean");
        return ret;
    }
    if (!bencode_i64(value.bencode, &v) || v < 0 || v > 1) {
        fail_type(params, field, "boolean");
        return false;
    }
    return v == 1;
}

/* --- lists ------------------------------------------------------------------------ */

/* The items of a list, or the value itself when it is none. */
static RpcValue *
items_of(Params *params, Field field, uint32_t *ret_n)
{
    RpcValue value = params->value[field], item, *items;
    RpcIterator it;
    Bytes key;
    uint32_t n = 0;

    if (!rpc_value_is_list(value)) {
        items = arena_take(params->arena, sizeof *items);
        items[0] = value;
        *ret_n = 1;
        return items;
    }
    for (it = rpc_value_iterate(value); rpc_value_next(&it, &key, &item);)
        n++;
    items = arena_take(params->arena, n * sizeof *items);
    it = rpc_value_iterate(value);
    for (uint32_t i = 0; i < n && rpc_value_next(&it, &key, &items[i]); i++)
        ;
    *ret_n = n;
    return items;
}

bool
take_strings(Params *params, Field field, Bytes **ret, uint32_t *ret_n)
{
    const RpcValue *items;
    Bytes *strings;
    uint32_t n;

    if (!params_has(params, field))
        return false;
    items = items_of(params, field, &n);
    strings = arena_take(params->arena, n * sizeof *strings);
    for (uint32_t i = 0; i < n; i++) {
        if (!string_of(params, items[i], &strings[i])) {
            fail_type(params, field, "string array");
            return false;
        }
    }
    *ret = strings;
    *ret_n = n;
    return true;
}

bool
take_timestamps(Params *params, Field field, UnixMs **ret, uint32_t *ret_n)
{
    const RpcValue *items;
    UnixMs *times;
    uint32_t n;

    if (!params_has(params, field))
        return false;
    items = items_of(params, field, &n);
    times = arena_take(params->arena, n * sizeof *times);
    for (uint32_t i = 0; i < n; i++) {
        if (!(params->bencoded ? rpc_value_i64(items[i], &times[i])
                               : unsigned_of(items[i], &times[i]))) {
            fail_type(params, field, "timestamp array");
            return false;
        }
    }
    *ret = times;
    *ret_n = n;
    return true;
}

/* --- what must be there ----------------------------------------------------------- */

void
require(Params *params, bool given, const char *name)
{
    if (!given)
        params_fail_named(params, "Required field '%' missing", bytes_of_text(name));
}

OptionalBytes
require_one_name(Params *params, OptionalBytes a, const char *name, OptionalBytes b,
                 const char *other)
{
    if (a.given && b.given && !params->failed) {
        params_fail_named(params, "Cannot specify both '%' and '", bytes_of_text(name));
        buffer_append_text(params->error, other);
        buffer_append_literal(params->error, "'");
    }
    if (!a.given && !b.given)
        require(params, false, name);
    return a.given ? a : b;
}
