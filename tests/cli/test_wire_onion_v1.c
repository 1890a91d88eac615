/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire onion-wrap and onion-peel with "version": 1: there and back with keys made
 * here, and what is refused. */
#include "tests/cli/wire_program.h"

#include "nodes/crypto/crypto.h"

enum { NODES = 4 };

static Meter meter;
static const Crypto crypto = { .ops = &crypto_real, .meter = &meter };
static char sk[NODES][65], pk[NODES][65];

static json_t *
node(size_t i)
{
    return json_pack("{s:s, s:s}", "ed25519_pk_hex", pk[i], "x25519_pk_hex", pk[i]);
}

static json_t *
wrap_input(const char *payload_hex)
{
    return json_pack("{s:i, s:s, s:[o,o,o], s:{s:s, s:s, s:s}, s:s}", "version", 1,
                     "enc_type", "aes-gcm", "hops", node(0), node(1), node(2),
                     "destination", "type", "snode", "ed25519_pk_hex", pk[3],
                     "x25519_pk_hex", pk[3], "payload_hex", payload_hex);
}

static void
test_there_and_back(void)
{
    json_t *wrapped = wire_ask("onion-wrap", wrap_input("7b7d"));
    json_t *step = wire_ask("onion-peel", json_pack("{s:i, s:s, s:s}", "version", 1,
                                                    "x25519_sk_hex", sk[0], "request_hex",
                                                    wire_answer(wrapped, "request_hex")));
    json_t *reply, *opened;

    for (size_t i = 1; i < NODES; i++) {
        json_t *next;

        assert_answer(step, "kind", "relay");
        assert_answer(step, "destination_hex", pk[i]);
        assert_answer(step, "enc_type", "aes-gcm");
        next =
            wire_ask("onion-peel",
                     json_pack("{s:i, s:s, s:s, s:s, s:s}", "version", 1, "x25519_sk_hex",
                               sk[i], "ciphertext_hex", wire_answer(step, "ciphertext_hex"),
                               "ephemeral_pk_hex", wire_answer(step, "ephemeral_pk_hex"),
                               "enc_type", "aes-gcm"));
        json_decref(step);
        step = next;
    }
    assert_answer(step, "kind", "final");
    assert_answer(step, "payload_hex", "7b7d");
    reply =
        wire_ask("reply-seal", json_pack("{s:i, s:s, s:s, s:s, s:s}", "version", 1,
                                         "x25519_sk_hex", sk[3], "ephemeral_pk_hex",
                                         wire_answer(wrapped, "ephemeral_pk_hex"),
                                         "enc_type", "aes-gcm", "plaintext_hex", "7b7d"));
    opened = wire_ask(
        "reply-open",
        json_pack("{s:i, s:s, s:s, s:s, s:s}", "version", 1, "ephemeral_sk_hex",
                  wire_answer(wrapped, "ephemeral_sk_hex"), "x25519_pk_hex", pk[3],
                  "enc_type", "aes-gcm", "reply_hex", wire_answer(reply, "reply_hex")));
    assert_answer(opened, "plaintext_hex", "7b7d");
    json_decref(opened);
    json_decref(reply);
    json_decref(step);
    json_decref(wrapped);
}

static void
check_refused(const char *verb, json_t *in, const char *error)
{
    json_t *answer = wire_ask(verb, in);

    assert_error(answer, error);
    json_decref(answer);
}

static void
test_refused(void)
{
    json_t *in = wrap_input("7b7d");

    json_object_set_new(in, "enc_type", json_string("xchacha20"));
    check_refused("onion-wrap", in, "version 1 knows no enc_type but aes-gcm");
    check_refused("onion-wrap", wrap_input("ff"),
                  "payload_hex is no UTF-8 text, as version 1 needs it");
    in = wrap_input("7b7d");
    json_object_set_new(in, "version", json_integer(3));
    {
        json_t *answer = wire_ask("onion-wrap", in);

        assert_refused(answer);
        json_decref(answer);
    }
    check_refused("onion-peel",
                  json_pack("{s:i, s:s, s:s}", "version", 1, "x25519_sk_hex", sk[0],
                            "request_hex", "7b7d"),
                  "Error parsing onion request: [json.exception.out_of_range.403] key "
                  "'ciphertext' not found");
    check_refused("onion-peel",
                  json_pack("{s:i, s:s, s:s, s:s, s:s}", "version", 1, "x25519_sk_hex",
                            sk[0], "enc_type", "aes-gcm", "ciphertext_hex", "7b7d",
                            "ephemeral_pk_hex", pk[1]),
                  "Invalid ciphertext");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    for (size_t i = 0; i < NODES; i++) {
        const uint8_t random[KEY_BYTES] = { 8, (uint8_t)i };
        X25519Pair pair;

        crypto_keygen(&crypto, random, &pair);
        hex_encode((Bytes){ pair.sk, KEY_BYTES }, sk[i]);
        hex_encode((Bytes){ pair.pk, KEY_BYTES }, pk[i]);
    }
    g_test_add_func("/wire/onion-v1/there-and-back", test_there_and_back);
    g_test_add_func("/wire/onion-v1/refused", test_refused);
    return g_test_run();
}
