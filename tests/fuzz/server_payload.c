/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests to servers beyond the onion and their replies: what is read can be written, and
 * reads the same. */
#include "tests/fuzz/fuzz.h"

#include "nodes/wire/server_payload.h"

typedef Status (*ReadRequest)(Bytes in, Buffer *scratch, ServerRequest *ret);
typedef void (*WriteRequest)(const ServerRequest *request, Buffer *out);

static bool
same_request(const ServerRequest *a, const ServerRequest *b)
{
    return bytes_equal(a->method, b->method) && bytes_equal(a->endpoint, b->endpoint) &&
           (a->headers.n == 0 || bytes_equal(a->headers, b->headers)) &&
           a->has_body == b->has_body && bytes_equal(a->body, b->body);
}

static void
check_request(Bytes in, ReadRequest read, WriteRequest write)
{
    Buffer scratch = BUFFER_EMPTY, written = BUFFER_EMPTY, other = BUFFER_EMPTY;
    ServerRequest request = { .has_body = true }, again;

    if (read(in, &scratch, &request) == ST_OK) {
        write(&request, &written);
        fuzz_check(read(buffer_bytes(&written), &other, &again) == ST_OK);
        fuzz_check(same_request(&request, &again));
    } else {
        fuzz_check(request.method.p == NULL && request.has_body);
    }
    buffer_clear(&scratch);
    buffer_clear(&written);
    buffer_clear(&other);
}

static void
check_reply(Bytes in)
{
    ServerReply reply = { .code = -1 }, again;
    Buffer written = BUFFER_EMPTY;

    if (server_reply_read_v4(in, &reply) != ST_OK) {
        fuzz_check(reply.code == -1);
        return;
    }
    fuzz_check(reply.code >= SERVER_CODE_MIN && reply.code <= SERVER_CODE_MAX);
    server_reply_write_v4(&reply, &written);
    fuzz_check(server_reply_read_v4(buffer_bytes(&written), &again) == ST_OK);
    fuzz_check(again.code == reply.code && bytes_equal(again.body, reply.body));
    fuzz_check(reply.headers.n == 0 || bytes_equal(again.headers, reply.headers));
    buffer_clear(&written);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    Bytes in = { data, n };

    check_request(in, server_request_read_v4, server_request_write_v4);
    check_request(in, server_request_read_v3, server_request_write_v3);
    check_reply(in);
    return 0;
}
