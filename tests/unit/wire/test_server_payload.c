/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Payloads for servers beyond the onion (protocol 4.1, 4.3), against those that
 * libsession-util put into its onion requests. */
#include <glib.h>

#include "nodes/wire/server_payload.h"
#include "tests/lib/mutate.h"
#include "tests/lib/vectors.h"

#define TEXT(literal) BYTES_LITERAL(literal)

static void
assert_text(Bytes found, const char *expected)
{
    g_assert_cmpmem(found.p, found.n, expected, strlen(expected));
}

static void
check_v4(Bytes payload)
{
    Buffer scratch = BUFFER_EMPTY, again = BUFFER_EMPTY;
    ServerRequest request;

    g_assert_cmpint(server_request_read_v4(payload, &scratch, &request), ==, ST_OK);
    g_assert_cmpuint(scratch.n, ==, 0);
    g_assert_cmpuint(request.endpoint.p[0], ==, '/');
    server_request_write_v4(&request, &again);
    g_assert_cmpmem(again.p, again.n, payload.p, payload.n);
    buffer_clear(&again);
    buffer_clear(&scratch);
}

static void
test_libsession_payloads(void)
{
    json_t *file = vectors_load("libsession_onion"), *vector;
    size_t i, with_body = 0, without = 0;

    json_array_foreach(vectors_group(file, "vectors", 49), i, vector)
    {
        const char *name = vector_text(vector, "payload_name");
        g_autoptr(GByteArray) payload = vector_hex(vector, "payload_hex");

        if (!g_str_has_prefix(name, "v4_"))
            continue;
        check_v4(bytes_of_array(payload));
        if (strcmp(name, "v4_with_body") == 0)
            with_body++;
        else
            without++;
    }
    g_assert_cmpuint(with_body, >, 0);
    g_assert_cmpuint(without, >, 0);
    json_decref(file);
}

static void
test_v4_request(void)
{
    const ServerRequest posted = { TEXT("POST"), TEXT("/room/\"a\"/file"),
                                   TEXT("{\"X\":\"1\"}"), true, TEXT("\0e5:\xff") };
    const char expected[] =
        "l67:{\"method\":\"POST\",\"endpoint\":\"/room/\\\"a\\\"/file\","
        "\"headers\":{\"X\":\"1\"}}5:\0e5:\xff"
        "e";
    Buffer out = BUFFER_EMPTY, scratch = BUFFER_EMPTY;
    ServerRequest back;

    server_request_write_v4(&posted, &out);
    g_assert_cmpmem(out.p, out.n, expected, sizeof expected - 1);
    g_assert_cmpint(server_request_read_v4(buffer_bytes(&out), &scratch, &back), ==, ST_OK);
    assert_text(back.method, "POST");
    assert_text(back.endpoint, "/room/\"a\"/file");
    assert_text(back.headers, "{\"X\":\"1\"}");
    g_assert_true(back.has_body);
    g_assert_cmpmem(back.body.p, back.body.n, "\0e5:\xff", 5);
    /* No headers at all, and both texts with escapes. */
    scratch.n = 0;
    g_assert_cmpint(server_request_read_v4(
                        TEXT("l40:{\"endpoint\":\"\\/a\",\"method\":\"\\u0047ET\\n\"}"
                             "e"),
                        &scratch, &back),
                    ==, ST_OK);
    assert_text(back.method, "GET\n");
    assert_text(back.endpoint, "/a");
    g_assert_cmpuint(back.headers.n, ==, 0);
    g_assert_false(back.has_body);
    buffer_clear(&out);
    buffer_clear(&scratch);
}

static void
test_v4_reply(void)
{
    const ServerReply reply = { 201, { NULL, 0 }, TEXT("hello") };
    Buffer out = BUFFER_EMPTY;
    ServerReply back;

    server_reply_write_v4(&reply, &out);
    g_assert_cmpmem(out.p, out.n, "l25:{\"code\":201,\"headers\":{}}5:helloe", 37);
    g_assert_cmpint(server_reply_read_v4(buffer_bytes(&out), &back), ==, ST_OK);
    g_assert_cmpint(back.code, ==, 201);
    assert_text(back.headers, "{}");
    assert_text(back.body, "hello");
    g_assert_cmpint(server_reply_read_v4(TEXT("l12:{\"code\":100}e"), &back), ==, ST_OK);
    g_assert_cmpint(back.code, ==, 100);
    g_assert_cmpuint(back.body.n, ==, 0);
    buffer_clear(&out);
}

static void
test_v3(void)
{
    const ServerRequest posted = {
        TEXT("POST"), TEXT("files"), { NULL, 0 }, true, TEXT("{\"file\":\"YQ==\"}")
    };
    const char expected[] = "{\"method\":\"POST\",\"endpoint\":\"files\",\"headers\":{},"
                            "\"body\":\"{\\\"file\\\":\\\"YQ==\\\"}\"}";
    Buffer out = BUFFER_EMPTY, scratch = BUFFER_EMPTY;
    ServerRequest back;

    server_request_write_v3(&posted, &out);
    g_assert_cmpmem(out.p, out.n, expected, sizeof expected - 1);
    g_assert_cmpint(server_request_read_v3(buffer_bytes(&out), &scratch, &back), ==, ST_OK);
    assert_text(back.endpoint, "files");
    g_assert_true(back.has_body);
    assert_text(back.body, "{\"file\":\"YQ==\"}");
    g_assert_cmpint(server_request_read_v3(TEXT("{\"method\":\"GET\",\"endpoint\":\"\"}"),
                                           &scratch, &back),
                    ==, ST_OK);
    g_assert_false(back.has_body);
    g_assert_cmpint(
        server_request_read_v3(TEXT("{\"method\":\"GET\",\"endpoint\":\"\",\"body\":{}}"),
                               &scratch, &back),
        ==, ST_MALFORMED);
    buffer_clear(&out);
    buffer_clear(&scratch);
}

/* A status for what is no request and no reply, and nothing written. */
static void
test_refused(void)
{
    static const struct {
        const char *text;
        Status request, reply;
    } cases[] = {
        { "", ST_TRUNCATED, ST_TRUNCATED },
        { "le", ST_MALFORMED, ST_MALFORMED },
        { "de", ST_MALFORMED, ST_MALFORMED },
        { "2:{}", ST_MALFORMED, ST_MALFORMED },
        { "li1ee", ST_MALFORMED, ST_MALFORMED },
        { "l2:{}e", ST_MALFORMED, ST_MALFORMED },
        { "l2:[]e", ST_MALFORMED, ST_MALFORMED },
        { "l1:{e", ST_MALFORMED, ST_MALFORMED },
        { "l12:{\"code\":200}i1ee", ST_MALFORMED, ST_MALFORMED },
        { "l12:{\"code\":200}1:a1:be", ST_MALFORMED, ST_MALFORMED },
        { "l12:{\"code\":200}1:aex", ST_MALFORMED, ST_MALFORMED },
        { "l14:{\"code\":\"200\"}e", ST_MALFORMED, ST_MALFORMED },
        { "l14:{\"code\":200.0}e", ST_MALFORMED, ST_MALFORMED },
        { "l11:{\"code\":99}e", ST_MALFORMED, ST_RANGE },
        { "l13:{\"code\":1000}e", ST_MALFORMED, ST_RANGE },
        { "l25:{\"code\":200,\"headers\":[]}e", ST_MALFORMED, ST_MALFORMED },
        { "l28:{\"method\":1,\"endpoint\":\"/a\"}e", ST_MALFORMED, ST_MALFORMED },
        { "l16:{\"method\":\"GET\"}e", ST_MALFORMED, ST_MALFORMED },
        { "l12:{\"code\":2\xff\x30}e", ST_MALFORMED, ST_MALFORMED },
        { "l18446744073709551616:", ST_RANGE, ST_RANGE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Buffer scratch = BUFFER_EMPTY;
        ServerRequest request = { .has_body = true };
        ServerReply reply = { .code = 7 };
        Bytes in = bytes_of_text(cases[i].text);

        g_test_message("case %zu", i);
        g_assert_cmpint(server_request_read_v4(in, &scratch, &request), ==,
                        cases[i].request);
        g_assert_true(request.has_body && request.method.p == NULL);
        g_assert_cmpint(server_reply_read_v4(in, &reply), ==, cases[i].reply);
        g_assert_cmpint(reply.code, ==, 7);
        buffer_clear(&scratch);
    }
}

/* Every truncation, one byte too long, and nesting beyond the limits. */
static void
test_cut_and_nested(void)
{
    Bytes whole = TEXT("l56:{\"method\":\"POST\",\"endpoint\":\"/file\",\"headers\":{\"a\":"
                       "\"b\"}}11:hello worlde");
    Buffer scratch = BUFFER_EMPTY, deep = BUFFER_EMPTY, v4 = BUFFER_EMPTY;
    ServerRequest request;

    for (size_t n = 0; n < whole.n; n++) {
        Bytes part = truncated(whole, n);

        g_assert_cmpint(server_request_read_v4(part, &scratch, &request), !=, ST_OK);
        bytes_free(part);
    }
    buffer_append_bytes(&v4, whole);
    buffer_append_literal(&v4, "e");
    g_assert_cmpint(server_request_read_v4(buffer_bytes(&v4), &scratch, &request), ==,
                    ST_MALFORMED);
    buffer_append_literal(&deep, "{\"headers\":");
    for (int i = 0; i < 100; i++)
        buffer_append_literal(&deep, "{\"a\":");
    v4.n = 0;
    buffer_append_literal(&v4, "l");
    buffer_append_u64_decimal(&v4, deep.n);
    buffer_append_literal(&v4, ":");
    buffer_append_bytes(&v4, buffer_bytes(&deep));
    buffer_append_literal(&v4, "e");
    g_assert_cmpint(server_request_read_v4(buffer_bytes(&v4), &scratch, &request), ==,
                    ST_TOO_LARGE);
    buffer_clear(&scratch);
    buffer_clear(&deep);
    buffer_clear(&v4);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/server-payload/libsession", test_libsession_payloads);
    g_test_add_func("/wire/server-payload/v4-request", test_v4_request);
    g_test_add_func("/wire/server-payload/v4-reply", test_v4_reply);
    g_test_add_func("/wire/server-payload/v3", test_v3);
    g_test_add_func("/wire/server-payload/refused", test_refused);
    g_test_add_func("/wire/server-payload/cut-and-nested", test_cut_and_nested);
    return g_test_run();
}
