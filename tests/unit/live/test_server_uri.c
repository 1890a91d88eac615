/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an onion's last layer says of a server, as a URI, or as nothing that is asked. */
#include "nodes/live/server_uri.h"

static void
assert_uri(const ServerUrl url, const char *expected)
{
    g_autoptr(GUri) uri = server_uri(&url);
    g_autofree char *text = uri == NULL ? NULL : g_uri_to_string(uri);

    g_assert_cmpstr(text, ==, expected);
}

static void
test_good(void)
{
    assert_uri((ServerUrl){ "open.example", "/oxen/v4/lsrpc", 443, true },
               "https://open.example:443/oxen/v4/lsrpc");
    assert_uri((ServerUrl){ "127.16.0.1", "/loki/v3/lsrpc", 8080, false },
               "http://127.16.0.1:8080/loki/v3/lsrpc");
}

/* Peers may say anything: another header, another host, another path. */
static void
test_bad(void)
{
    static const char *const hosts[] = { "",      "a b",  "a\r\nX: 1", "u@a",
                                         "a/b?c", "a:22", "[::1]",     "a%00" };
    static const char *const targets[] = {
        "",
        "/oxen/v4/rpc",
        "/elsewhere/lsrpc",
        "/oxen/?/lsrpc",
        "/oxen/ HTTP/1.1\r\nX: /lsrpc",
        "/oxen/#/lsrpc",
        "oxen/v4/lsrpc",
        "/oxen/%0a/lsrpc",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++)
        assert_uri((ServerUrl){ hosts[i], "/oxen/v4/lsrpc", 80, false }, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++)
        assert_uri((ServerUrl){ "open.example", targets[i], 80, false }, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/server-uri/good", test_good);
    g_test_add_func("/live/server-uri/bad", test_bad);
    return g_test_run();
}
