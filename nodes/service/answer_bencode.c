/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer's JSON as bencode, for a client that asked so (protocol 3.1): the same members
 * in the same order (a writer of answers keeps keys ascending), true as 1, and the bytes
 * themselves where JSON has base64. */
#include <assert.h>

#include "nodes/service/request.h"
#include "nodes/wire/base64.h"

static void write_value(JsonValue value, Bytes key, Buffer *out);

/* The members that are base64 in JSON. */
static bool
is_binary(Bytes key)
{
    return bytes_equal_text(key, "data") || bytes_equal_text(key, "signature");
}

static void
write_text(JsonValue value, bool binary, Buffer *out)
{
    Buffer text = BUFFER_EMPTY, bytes = BUFFER_EMPTY;
    bool good = json_string_append(value, &text);

    assert(good);
    if (!binary)
        bencode_write_string(out, buffer_bytes(&text));
    else if (bytes_equal_text(buffer_bytes(&text), "=") ||
             base64_decode(buffer_bytes(&text), &bytes) == ST_OK)
        bencode_write_string(out, buffer_bytes(&bytes)); /* "=": an empty body */
    else
        bencode_write_string(out, buffer_bytes(&text));
    buffer_clear(&text);
    buffer_clear(&bytes);
}

static void
write_number(JsonValue value, Buffer *out)
{
    int64_t v;
    uint64_t u;

    if (json_i64(value, &v))
        bencode_write_i64(out, v);
    else if (json_u64(value, &u))
        bencode_write_u64(out, u);
    else
        assert(!"an integer of our own");
}

static void
write_members(JsonValue object, Buffer *out)
{
    JsonIterator it = json_iterate(object);
    JsonValue value;
    Bytes key;

    buffer_append_literal(out, "d");
    while (json_next(&it, &key, &value)) {
        bencode_write_string(out, key); /* none of our keys needs escapes */
        write_value(value, key, out);
    }
    buffer_append_literal(out, "e");
}

static void
write_items(JsonValue array, Buffer *out)
{
    JsonIterator it = json_iterate(array);
    JsonValue value;
    Bytes key;

    buffer_append_literal(out, "l");
    while (json_next(&it, &key, &value))
        write_value(value, key, out);
    buffer_append_literal(out, "e");
}

static void
write_value(JsonValue value, Bytes key, Buffer *out)
{
    switch (value.type) {
    case JSON_TYPE_TRUE:
    case JSON_TYPE_FALSE:
        bencode_write_i64(out, value.type == JSON_TYPE_TRUE);
        break;
    case JSON_TYPE_NUMBER:
        write_number(value, out);
        break;
    case JSON_TYPE_STRING:
        write_text(value, is_binary(key), out);
        break;
    case JSON_TYPE_ARRAY:
        write_items(value, out);
        break;
    case JSON_TYPE_OBJECT:
        write_members(value, out);
        break;
    case JSON_TYPE_NULL:
        assert(!"no answer has it");
    }
}

Packet
answer_as_bencode(Bytes json)
{
    Buffer out = BUFFER_EMPTY;
    JsonValue value;
    Status status = json_parse(json, &value);

    assert(status == ST_OK); /* it is our own */
    write_value(value, (Bytes){ NULL, 0 }, &out);
    return packet_of_buffer(&out);
}
