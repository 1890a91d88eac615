/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire onion-wrap at the largest request (protocol 4.1). */
#include "tests/cli/wire_program.h"

#include <string.h>

#define KEY "\"aa654f00fc39fc69fd0db829410ca38177d7732a8d2f0934ab3872ac56d5aa74\""
#define HOP "\"ed25519_pk_hex\":" KEY ",\"x25519_pk_hex\":" KEY

static json_t *
onion(const char *payload)
{
    json_t *in = json_loads("{\"enc_type\":\"aes-gcm\",\"hops\":[{" HOP "},{" HOP "},{" HOP
                            "}],\"destination\":{\"type\":\"snode\"," HOP "}}",
                            0, NULL);

    json_object_set_new(in, "payload_hex", json_string(payload));
    return in;
}

/* A request of 10 MiB, and one byte more. */
static void
test_size(void)
{
    json_t *small = wire_ask("onion-wrap", onion("61"));
    size_t overhead = strlen(wire_answer(small, "request_hex")) / 2 - 1;
    size_t most = 10 * 1024 * 1024 - overhead;

    for (size_t n = most; n <= most + 1; n++) {
        g_autofree char *payload = g_strnfill(2 * n, '0');
        json_t *answer = wire_ask("onion-wrap", onion(payload));

        if (n == most)
            g_assert_cmpuint(strlen(wire_answer(answer, "request_hex")), ==,
                             2 * 10 * 1024 * 1024);
        else
            assert_refused(answer);
        json_decref(answer);
    }
    json_decref(small);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/size", test_size);
    return g_test_run();
}
