/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The web server: what it gives out, and requests that are none. */
#include <glib.h>
#include <string.h>

#include "nodes/outside/web_server.h"
#include "tests/lib/recording_port.h"

enum { PROGRAM = 100000 };

/* The status of the answer to this text, and the length of its body. */
static int
ask(MessageKind kind, ReplyToken token, const char *text, size_t n, size_t *ret_length)
{
    RecordingPort *recording = recording_port_new(1, 0);
    WebServer *server = web_server_new(&recording->port, PROGRAM);
    Packet packet = packet_of_bytes((Bytes){ (const uint8_t *)text, n });
    int status = 0;

    web_server_ops.start(server, 0);
    recording_port_deliver(recording, &web_server_ops, server, 7, NULL, kind, token,
                           &packet);
    if (recording->replies->len > 0) {
        const GivenReply *reply = recording_reply(recording, 0);
        Bytes body = packet_bytes(&reply->packet);

        status = reply->status;
        *ret_length = body.n;
        for (size_t i = 0; status == 200 && i < body.n; i++)
            g_assert_cmpuint(body.p[i], ==, 0);
    }
    web_server_ops.stop(server);
    web_server_ops.free(server);
    recording_port_free(recording);
    return status;
}

static int
get(const char *text, size_t *ret_length)
{
    return ask(KIND_WEB, 1, text, strlen(text), ret_length);
}

static void
test_program(void)
{
    size_t length = 0;

    g_assert_cmpint(get("GET /download HTTP/1.1\r\nHost: getsession.org\r\n\r\n", &length),
                    ==, 200);
    g_assert_cmpuint(length, ==, PROGRAM);
    g_assert_cmpint(get("GET /downloads HTTP/1.1\r\n\r\n", &length), ==, 404);
    g_assert_cmpint(get("GET / HTTP/1.1\r\n\r\n", &length), ==, 404);
}

static void
test_what_is_none(void)
{
    g_autofree char *endless = g_strnfill(1 << 20, 'a');
    size_t length;

    memcpy(endless, "GET /", 5);
    g_assert_cmpint(get("", &length), ==, 400);
    g_assert_cmpint(get("GET ", &length), ==, 400);
    g_assert_cmpint(get("GET /download", &length), ==, 400);
    g_assert_cmpint(get("POST /download HTTP/1.1\r\n\r\n", &length), ==, 400);
    g_assert_cmpint(ask(KIND_WEB, 1, "\0GET /download ", 15, &length), ==, 400);
    g_assert_cmpint(get(endless, &length), ==, 400);
    /* Nobody waits for an answer, or it is not for a web server. */
    g_assert_cmpint(ask(KIND_WEB, 0, "GET /download ", 14, &length), ==, 0);
    g_assert_cmpint(ask(KIND_SERVER, 1, "GET /download ", 14, &length), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outside/web-server/program", test_program);
    g_test_add_func("/outside/web-server/what-is-none", test_what_is_none);
    return g_test_run();
}
