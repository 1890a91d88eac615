/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/wire/server_payload.h"

#include "nodes/wire/bencode.h"

/* --- writing -----------------------------------------------------------------------------
 */

static void
write_headers(Bytes headers, Buffer *out)
{
    json_write_key(out, "headers");
    if (headers.n > 0)
        buffer_append_bytes(out, headers);
    else
        buffer_append_literal(out, "{}");
}

/* The members that both versions have, without the closing brace. */
static void
write_request(const ServerRequest *request, Buffer *json)
{
    buffer_append_literal(json, "{");
    json_write_key(json, "method");
    json_write_string(json, request->method);
    json_write_key(json, "endpoint");
    json_write_string(json, request->endpoint);
    write_headers(request->headers, json);
}

void
server_request_write_v4(const ServerRequest *request, Buffer *out)
{
    Buffer json = BUFFER_EMPTY;

    write_request(request, &json);
    buffer_append_literal(&json, "}");
    buffer_append_literal(out, "l");
    bencode_write_string(out, buffer_bytes(&json));
    if (request->has_body)
        bencode_write_string(out, request->body);
    buffer_append_literal(out, "e");
    buffer_clear(&json);
}

void
server_reply_write_v4(const ServerReply *reply, Buffer *out)
{
    Buffer json = BUFFER_EMPTY;

    buffer_append_literal(&json, "{");
    json_write_key(&json, "code");
    buffer_append_i64_decimal(&json, reply->code);
    write_headers(reply->headers, &json);
    buffer_append_literal(&json, "}");
    buffer_append_literal(out, "l");
    bencode_write_string(out, buffer_bytes(&json));
    bencode_write_string(out, reply->body);
    buffer_append_literal(out, "e");
    buffer_clear(&json);
}

void
server_request_write_v3(const ServerRequest *request, Buffer *out)
{
    write_request(request, out);
    if (request->has_body) {
        json_write_key(out, "body");
        json_write_string(out, request->body);
    }
    buffer_append_literal(out, "}");
}

/* --- reading -----------------------------------------------------------------------------
 */

/* One string, or two. */
static Status
split(Bytes in, JsonValue *ret_json, bool *ret_has_body, Bytes *ret_body)
{
    BencodeValue list, item;
    BencodeIterator it;
    Bytes key, text, body = { NULL, 0 };
    bool has_body = false;
    Status status = bencode_parse(in, &list);

    if (status != ST_OK)
        return status;
    it = bencode_iterate(list);
    if (list.type != BENCODE_LIST || !bencode_next(&it, &key, &item) ||
        !bencode_string(item, &text))
        return ST_MALFORMED;
    if (bencode_next(&it, &key, &item)) {
        has_body = bencode_string(item, &body);
        if (!has_body || bencode_next(&it, &key, &item))
            return ST_MALFORMED;
    }
    status = json_parse(text, ret_json);
    if (status != ST_OK)
        return status;
    *ret_has_body = has_body;
    *ret_body = body;
    return ST_OK;
}

static Status
read_headers(JsonValue object, Bytes *ret)
{
    JsonValue headers;

    *ret = (Bytes){ NULL, 0 };
    if (!json_get(object, "headers", &headers))
        return ST_OK;
    if (headers.type != JSON_TYPE_OBJECT)
        return ST_MALFORMED;
    *ret = headers.text;
    return ST_OK;
}

/* A string member that stands at @ret, or at @ret_offset of @scratch when it has escapes
 * (the buffer may move until all are read). */
typedef struct Text {
    Bytes borrowed;
    size_t offset, n;
} Text;

static Status
read_text(JsonValue object, const char *name, Buffer *scratch, Text *ret)
{
    JsonValue value;

    if (!json_get(object, name, &value) || value.type != JSON_TYPE_STRING)
        return ST_MALFORMED;
    *ret = (Text){ .offset = scratch->n };
    if (json_string_plain(value, &ret->borrowed))
        return ST_OK;
    ret->borrowed.p = NULL;
    if (!json_string_append(value, scratch))
        return ST_MALFORMED;
    ret->n = scratch->n - ret->offset;
    return ST_OK;
}

static Bytes
text_bytes(const Text *text, const Buffer *scratch)
{
    if (text->borrowed.p != NULL)
        return text->borrowed;
    return (Bytes){ scratch->p + text->offset, text->n };
}

static Status
read_request(JsonValue object, Buffer *scratch, bool body_in_json, ServerRequest *ret)
{
    ServerRequest request = { .has_body = false };
    Text method, endpoint, body;
    JsonValue value;
    Status status = read_text(object, "method", scratch, &method);

    if (status == ST_OK)
        status = read_text(object, "endpoint", scratch, &endpoint);
    if (status == ST_OK)
        status = read_headers(object, &request.headers);
    request.has_body = body_in_json && json_get(object, "body", &value);
    if (status == ST_OK && request.has_body)
        status = read_text(object, "body", scratch, &body);
    if (status != ST_OK)
        return status;
    request.method = text_bytes(&method, scratch);
    request.endpoint = text_bytes(&endpoint, scratch);
    if (request.has_body)
        request.body = text_bytes(&body, scratch);
    *ret = request;
    return ST_OK;
}

Status
server_request_read_v4(Bytes in, Buffer *scratch, ServerRequest *ret)
{
    ServerRequest request;
    JsonValue object;
    Bytes body;
    bool has_body;
    Status status = split(in, &object, &has_body, &body);

    if (status == ST_OK)
        status = read_request(object, scratch, false, &request);
    if (status != ST_OK)
        return status;
    *ret = request;
    ret->has_body = has_body;
    ret->body = body;
    return ST_OK;
}

Status
server_request_read_v3(Bytes in, Buffer *scratch, ServerRequest *ret)
{
    JsonValue object;
    Status status = json_parse(in, &object);

    return status == ST_OK ? read_request(object, scratch, true, ret) : status;
}

Status
server_reply_read_v4(Bytes in, ServerReply *ret)
{
    JsonValue object, code;
    Bytes body, headers;
    bool has_body;
    int64_t number;
    Status status = split(in, &object, &has_body, &body);

    if (status == ST_OK && (!json_get(object, "code", &code) || !json_i64(code, &number)))
        status = ST_MALFORMED;
    if (status == ST_OK && (number < SERVER_CODE_MIN || number > SERVER_CODE_MAX))
        status = ST_RANGE;
    if (status == ST_OK)
        status = read_headers(object, &headers);
    if (status != ST_OK)
        return status;
    *ret = (ServerReply){ .code = (int)number, .headers = headers, .body = body };
    return ST_OK;
}
