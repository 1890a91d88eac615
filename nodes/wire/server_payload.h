/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What goes to a server beyond the onion (file server, open groups) and what comes back
 * (protocol 4.1, 4.3): a request of HTTP's kind, as JSON (v3) or as a bencoded list of JSON
 * and body (v4). */
#pragma once

#include "nodes/wire/json.h"

typedef struct ServerRequest {
    Bytes method, endpoint; /* text */
    Bytes headers;          /* the text of a JSON object; empty counts as {} */
    bool has_body;
    Bytes body; /* v4: any bytes; v3: text */
} ServerRequest;

typedef struct ServerReply {
    int code;
    Bytes headers; /* as above */
    Bytes body;
} ServerReply;

enum { SERVER_CODE_MIN = 100, SERVER_CODE_MAX = 999 };

/* Append l<n>:{"method":..,"endpoint":..,"headers":{..}}<n>:<body>e , without the second
 * string where there is no body. */
void server_request_write_v4(const ServerRequest *request, Buffer *out);
/* The reverse, from untrusted bytes; the result borrows from @in, and from @scratch
 * (appended to) where a text had escapes.  ST_TRUNCATED, ST_MALFORMED, ST_TOO_LARGE,
 * ST_RANGE as bencode and JSON; ST_MALFORMED too: method or endpoint is no string, or
 * headers no object. */
Status server_request_read_v4(Bytes in, Buffer *scratch, ServerRequest *ret) WARN_UNUSED;
/* Append l<n>:{"code":..,"headers":{..}}<n>:<body>e ; the body is always there. */
void server_reply_write_v4(const ServerReply *reply, Buffer *out);
/* The reverse; a reply without a body string has an empty body.  Errors as above, and
 * ST_RANGE for a code that is none of HTTP's. */
Status server_reply_read_v4(Bytes in, ServerReply *ret) WARN_UNUSED;

/* Append {"method":..,"endpoint":..,"headers":{..},"body":".."} , without body where there
 * is none. */
void server_request_write_v3(const ServerRequest *request, Buffer *out);
/* The reverse, as for v4. */
Status server_request_read_v3(Bytes in, Buffer *scratch, ServerRequest *ret) WARN_UNUSED;
