/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire reply-seal, reply-open: every vector, both ways round. */
#include "tests/cli/wire_program.h"
#include "tests/lib/vectors.h"

#include "nodes/onion/onion.h"

/* --- replies ----------------------------------------------------------------------------
 */

static json_t *
reply_open_input(const char *sk, const char *pk, const char *enc, const char *reply)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "ephemeral_sk_hex", sk, "x25519_pk_hex", pk,
                     "enc_type", enc, "reply_hex", reply);
}

static json_t *
reply_seal_input(const char *sk, const char *pk, const char *enc, const char *plain)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "x25519_sk_hex", sk, "ephemeral_pk_hex", pk,
                     "enc_type", enc, "plaintext_hex", plain);
}

static char *
hex_of_text(const char *text)
{
    char *hex = g_malloc0(2 * strlen(text) + 1);

    hex_encode(bytes_of_text(text), hex);
    return hex;
}

static void
test_libsession_replies(void)
{
    json_t *file = vectors_load("libsession_onion"), *vector, *sealed, *opened;
    WireBatch seal = wire_batch("reply-seal"), open = wire_batch("reply-open");
    size_t i;

    json_array_foreach(json_object_get(file, "vectors"), i, vector)
    {
        const json_t *reply = json_object_get(vector, "reply");
        json_t *in = reply_seal_input(
            vector_text(json_object_get(vector, "destination_keys"), "x25519_sk"),
            vector_text(vector, "final_x25519_pk"), vector_text(vector, "enc_type"),
            vector_text(reply, "plaintext_hex"));

        wire_batch_add(&seal, json_deep_copy(in));
        json_object_set(in, "nonce_hex", json_object_get(reply, "nonce"));
        wire_batch_add(&seal, in);
    }
    sealed = wire_batch_run(&seal);
    json_array_foreach(json_object_get(file, "vectors"), i, vector)
    {
        const json_t *reply = json_object_get(vector, "reply");
        const char *sk = vector_text(vector, "final_x25519_sk");
        const char *enc = vector_text(vector, "enc_type");
        const char *pk =
            vector_text(json_object_get(vector, "destination_keys"), "x25519_pk");
        g_autofree char *base64 = hex_of_text(vector_text(reply, "ciphertext_b64"));
        const char *theirs = vector_text(reply, "ciphertext_hex");
        const char *ours = wire_answer(json_array_get(sealed, 2 * i), "reply_hex");

        g_assert_cmpstr(ours, !=, theirs);
        assert_answer(json_array_get(sealed, 2 * i + 1), "reply_hex", theirs);
        wire_batch_add(&open, reply_open_input(sk, pk, enc, ours));
        wire_batch_add(&open, reply_open_input(sk, pk, enc, theirs));
        wire_batch_add(&open, reply_open_input(sk, pk, enc, base64));
    }
    opened = wire_batch_run(&open);
    json_array_foreach(json_object_get(file, "vectors"), i, vector) for (int j = 0; j < 3;
                                                                         j++)
        assert_answer(json_array_get(opened, 3 * i + (size_t)j), "plaintext_hex",
                      vector_text(json_object_get(vector, "reply"), "plaintext_hex"));
    json_decref(sealed);
    json_decref(opened);
    json_decref(file);
}

/* The storage server's channel encryption, node to client: exactly with its nonce. */
static void
test_channel(void)
{
    json_t *file = vectors_load("ss_onion"), *vector, *answers;
    WireBatch seal = wire_batch("reply-seal"), open = wire_batch("reply-open");
    size_t i;

    json_array_foreach(json_object_get(file, "channel_encryption"), i, vector)
    {
        const char *enc = vector_text(vector, "enc_type");
        const char *sealed = vector_text(vector, "server_to_client_hex");
        EncType type;
        json_t *in = reply_seal_input(vector_text(vector, "server_x25519_sk"),
                                      vector_text(vector, "client_x25519_pk"), enc,
                                      vector_text(vector, "plaintext_hex"));

        g_assert_cmpint(enc_type_parse(bytes_of_text(enc), &type), ==, ST_OK);
        json_object_set_new(in, "nonce_hex",
                            json_stringn(sealed, 2 * channel_nonce_bytes(type)));
        wire_batch_add(&seal, in);
        wire_batch_add(&open, reply_open_input(vector_text(vector, "client_x25519_sk"),
                                               vector_text(vector, "server_x25519_pk"), enc,
                                               sealed));
    }
    g_assert_cmpuint(i, ==, 13);
    answers = wire_batch_run(&seal);
    json_array_foreach(json_object_get(file, "channel_encryption"), i, vector)
        assert_answer(json_array_get(answers, i), "reply_hex",
                      vector_text(vector, "server_to_client_hex"));
    json_decref(answers);
    answers = wire_batch_run(&open);
    json_array_foreach(json_object_get(file, "channel_encryption"), i, vector)
        assert_answer(json_array_get(answers, i), "plaintext_hex",
                      vector_text(vector, "plaintext_hex"));
    json_decref(answers);
    json_decref(file);
}

/* --- requests through twelve real nodes
 * ---------------------------------------------------- */

/* The bytes of a text in Latin-1, in hex. */
static char *
hex_of_latin1(const char *text)
{
    g_autofree char *bytes = g_convert(text, -1, "ISO-8859-1", "UTF-8", NULL, NULL, NULL);

    g_assert_nonnull(bytes);
    return hex_of_text(bytes);
}

static void
test_live(void)
{
    json_t *file = vectors_load("ss_live_onion"), *vector, *answers;
    WireBatch open = wire_batch("reply-open");
    size_t i, opened = 0;

    json_array_foreach(json_object_get(file, "transcripts"), i, vector)
    {
        g_autofree char *reply = hex_of_latin1(vector_text(vector, "response_body_latin1"));
        const json_t *d = json_object_get(vector, "destination");

        wire_batch_add(&open, reply_open_input(vector_text(vector, "final_x25519_sk"),
                                               vector_text(d, "x25519_pk"),
                                               vector_text(vector, "enc_type"), reply));
    }
    answers = wire_batch_run(&open);
    json_array_foreach(json_object_get(file, "transcripts"), i, vector)
    {
        const json_t *decrypted = json_object_get(vector, "decrypted");

        if (json_object_get(decrypted, "error") != NULL) {
            assert_refused(json_array_get(answers, i));
        } else {
            assert_answer(json_array_get(answers, i), "plaintext_hex",
                          vector_text(decrypted, "plaintext_hex"));
            opened++;
        }
    }
    g_assert_cmpuint(opened, ==, 14);
    json_decref(answers);
    json_decref(file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/reply/libsession", test_libsession_replies);
    g_test_add_func("/wire/reply/channel", test_channel);
    g_test_add_func("/wire/reply/live", test_live);
    return g_test_run();
}
