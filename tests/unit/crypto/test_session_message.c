/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Session's message encryption (protocol 5.6) against libsession-util's bytes, and padding
 * against session.js's and Session Desktop's. */
#include <glib.h>

#include "nodes/crypto/session_message.h"
#include "tests/lib/vectors.h"

static Meter meter;
static const Crypto real = { &crypto_real, &meter };
static const Crypto null = { &crypto_null, &meter };

typedef struct Case {
    Ed25519Pair sender, recipient;
    X25519Pair sender_x, recipient_x;
    GByteArray *message, *sealed;
} Case;

static void
case_keys(const json_t *person, Ed25519Pair *ed, X25519Pair *x)
{
    uint8_t seed[KEY_BYTES], pk[KEY_BYTES];

    vector_hex_exact(person, "ed25519_seed", seed, KEY_BYTES);
    vector_hex_exact(person, "x25519_pk", pk, KEY_BYTES);
    identity_ed25519(seed, ed);
    identity_x25519(ed, x);
    g_assert_cmpmem(x->pk, KEY_BYTES, pk, KEY_BYTES);
}

static Case
case_load(const json_t *vector)
{
    Case c;

    case_keys(json_object_get(vector, "sender"), &c.sender, &c.sender_x);
    case_keys(json_object_get(vector, "recipient"), &c.recipient, &c.recipient_x);
    c.message = vector_hex(vector, "message_hex");
    c.sealed = vector_hex(vector, "ciphertext_hex");
    return c;
}

static void
case_clear(Case *c)
{
    g_byte_array_unref(c->message);
    g_byte_array_unref(c->sealed);
}

static void
check_opens(const X25519Pair *recipient, Bytes sealed, Bytes message,
            const uint8_t sender[KEY_BYTES])
{
    uint8_t from[KEY_BYTES];
    Buffer out = BUFFER_EMPTY;

    buffer_append_literal(&out, "before");
    g_assert_cmpint(session_message_open(&real, recipient, sealed, &out, from), ==, ST_OK);
    g_assert_cmpmem(out.p, 6, "before", 6);
    g_assert_cmpmem(out.p + 6, out.n - 6, message.p, message.n);
    if (sender != NULL)
        g_assert_cmpmem(from, KEY_BYTES, sender, KEY_BYTES);
    buffer_clear(&out);
}

static void
test_libsession_vectors(void)
{
    json_t *file = vectors_load("libsession_session_encrypt");
    json_t *vector;
    size_t i, deterministic = 0;

    json_array_foreach(json_object_get(file, "vectors"), i, vector)
    {
        Case c = case_load(vector);
        Buffer out = BUFFER_EMPTY;
        uint8_t ephemeral[KEY_BYTES];
        Status status;

        if (json_is_true(json_object_get(vector, "deterministic"))) {
            deterministic++;
            status = session_message_seal_deterministic(&real, &c.sender, c.recipient_x.pk,
                                                        bytes_of_array(c.message), &out);
        } else {
            vector_hex_exact(vector, "ephemeral_x25519_sk", ephemeral, KEY_BYTES);
            status = session_message_seal(&real, &c.sender, c.recipient_x.pk, ephemeral,
                                          bytes_of_array(c.message), &out);
        }
        g_assert_cmpint(status, ==, ST_OK);
        g_assert_cmpmem(out.p, out.n, c.sealed->data, c.sealed->len);
        check_opens(&c.recipient_x, buffer_bytes(&out), bytes_of_array(c.message),
                    c.sender_x.pk);
        buffer_clear(&out);
        case_clear(&c);
    }
    g_assert_cmpuint(i, ==, 48);
    g_assert_cmpuint(deterministic, >, 10);
    g_assert_cmpuint(i - deterministic, >, 10);
    json_decref(file);
}

static void
test_libsession_accept_reject(void)
{
    json_t *file = vectors_load("libsession_session_encrypt");
    json_t *vector;
    size_t i, accepted = 0;

    json_array_foreach(json_object_get(file, "decrypt_accept_reject"), i, vector)
    {
        g_autoptr(GByteArray) sealed = vector_hex(vector, "ciphertext_hex");
        const char *error = json_string_value(json_object_get(vector, "library_error"));
        uint8_t sk[2 * KEY_BYTES], from[KEY_BYTES] = { 99 };
        Ed25519Pair identity;
        X25519Pair recipient;
        Buffer out = BUFFER_EMPTY;
        Status status;

        vector_hex_exact(vector, "recipient_ed25519", sk, sizeof sk);
        identity_ed25519(sk, &identity);
        identity_x25519(&identity, &recipient);
        status =
            session_message_open(&real, &recipient, bytes_of_array(sealed), &out, from);
        if (error == NULL) {
            g_autoptr(GByteArray) message = vector_hex(vector, "message_hex");

            g_assert_cmpint(status, ==, ST_OK);
            g_assert_cmpmem(out.p, out.n, message->data, message->len);
            accepted++;
        } else {
            g_assert_cmpint(status, ==,
                            strstr(error, "too small") != NULL ? ST_TRUNCATED : ST_AUTH);
            g_assert_cmpuint(out.n, ==, 0);
            g_assert_cmpuint(from[0], ==, 99);
        }
        buffer_clear(&out);
    }
    g_assert_cmpuint(i, ==, 11);
    g_assert_cmpuint(accepted, ==, 2);
    json_decref(file);
}

/* "ons_response" and "push_notification" of this file belong to services that this program
 * does not have. */
static void
test_upstream_deterministic(void)
{
    json_t *file = vectors_load("upstream_session_encrypt");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "deterministic"), i, vector)
    {
        g_autoptr(GByteArray) expected = vector_hex(vector, "expect_ciphertext_hex");
        uint8_t seed[KEY_BYTES], recipient[1 + KEY_BYTES];
        Ed25519Pair sender;
        Buffer out = BUFFER_EMPTY;

        vector_hex_exact(vector, "sender_ed25519_seed", seed, KEY_BYTES);
        vector_hex_exact(vector, "recipient_session_id", recipient, sizeof recipient);
        identity_ed25519(seed, &sender);
        g_assert_cmpint(session_message_seal_deterministic(
                            &real, &sender, recipient + 1,
                            bytes_of_text(vector_text(vector, "message")), &out),
                        ==, ST_OK);
        g_assert_cmpmem(out.p, out.n, expected->data, expected->len);
        buffer_clear(&out);
    }
    g_assert_cmpuint(i, ==, 1);
    json_decref(file);
}

static void
check_padding(const json_t *vector, const char *expected_key)
{
    g_autoptr(GByteArray) in = vector_hex(vector, "input_hex");
    g_autoptr(GByteArray) expected = vector_hex(vector, expected_key);
    Buffer out = BUFFER_EMPTY;
    Bytes back = { NULL, 0 };

    session_message_pad(bytes_of_array(in), &out);
    g_assert_cmpmem(out.p, out.n, expected->data, expected->len);
    g_assert_cmpuint((out.n + 1) % 160, ==, 0);
    g_assert_cmpint(session_message_unpad(buffer_bytes(&out), &back), ==, ST_OK);
    g_assert_cmpmem(back.p, back.n, in->data, in->len);
    buffer_clear(&out);
}

static void
check_unpadding(const json_t *vector, const char *in_key, const char *expected_key)
{
    g_autoptr(GByteArray) in = vector_hex(vector, in_key);
    Bytes back = { NULL, 77 };

    if (json_object_get(vector, expected_key) != NULL) {
        g_autoptr(GByteArray) expected = vector_hex(vector, expected_key);

        g_assert_cmpint(session_message_unpad(bytes_of_array(in), &back), ==, ST_OK);
        g_assert_cmpmem(back.p, back.n, expected->data, expected->len);
    } else {
        g_assert_cmpint(session_message_unpad(bytes_of_array(in), &back), ==, ST_MALFORMED);
        g_assert_cmpuint(back.n, ==, 77);
    }
}

static void
test_padding_vectors(void)
{
    json_t *js = vectors_load("sessionjs_padding");
    json_t *desktop = vectors_load("upstream_padding");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(js, "vectors"), i, vector)
    {
        if (json_object_get(vector, "input_hex") != NULL)
            check_padding(vector, "padded_hex");
        else
            check_unpadding(vector, "unpad_input_hex", "unpadded_hex");
    }
    g_assert_cmpuint(i, ==, 13);
    json_array_foreach(json_object_get(desktop, "message_padding"), i, vector)
        check_padding(vector, "expect_hex");
    g_assert_cmpuint(i, ==, 1);
    json_array_foreach(json_object_get(desktop, "message_unpadding"), i, vector)
        check_unpadding(vector, "input_hex", "expect_hex");
    g_assert_cmpuint(i, ==, 1);
    json_decref(js);
    json_decref(desktop);
}

static void
test_padding_of_every_length(void)
{
    uint8_t message[500];

    memset(message, 0x80, sizeof message); /* the worst content for unpadding */
    for (size_t n = 0; n <= sizeof message; n++) {
        Buffer out = BUFFER_EMPTY;
        Bytes back = { NULL, 0 };

        session_message_pad((Bytes){ message, n }, &out);
        g_assert_cmpuint(out.n, ==, (n + 161) / 160 * 160 - 1);
        g_assert_cmpint(session_message_unpad(buffer_bytes(&out), &back), ==, ST_OK);
        g_assert_cmpuint(back.n, ==, n);
        buffer_clear(&out);
    }
}

static void
test_unpadding_rejects(void)
{
    Bytes back = { NULL, 77 };

    g_assert_cmpint(session_message_unpad((Bytes){ NULL, 0 }, &back), ==, ST_MALFORMED);
    g_assert_cmpint(session_message_unpad(BYTES_LITERAL("\0\0\0"), &back), ==,
                    ST_MALFORMED);
    g_assert_cmpuint(back.n, ==, 77);
}

/* Every beginning, every changed byte, one byte more: refused, and nothing written. */
static void
test_damaged(gconstpointer data)
{
    const Crypto *crypto = data;
    const uint8_t seeds[2][KEY_BYTES] = { { 1 }, { 2 } }, random[KEY_BYTES] = { 3 };
    uint8_t from[KEY_BYTES] = { 99 };
    Ed25519Pair sender, identity;
    X25519Pair recipient;
    Buffer sealed = BUFFER_EMPTY, out = BUFFER_EMPTY;

    identity_ed25519(seeds[0], &sender);
    identity_ed25519(seeds[1], &identity);
    identity_x25519(&identity, &recipient);
    g_assert_cmpint(session_message_seal(crypto, &sender, recipient.pk, random,
                                         BYTES_LITERAL("hello"), &sealed),
                    ==, ST_OK);
    for (size_t n = 0; n < sealed.n; n++) {
        g_autofree uint8_t *part = g_memdup2(sealed.p, n);

        g_assert_cmpint(
            session_message_open(crypto, &recipient, (Bytes){ part, n }, &out, from), ==,
            n < SESSION_MESSAGE_OVERHEAD ? ST_TRUNCATED : ST_AUTH);
        sealed.p[n] ^= 0x40;
        g_assert_cmpint(
            session_message_open(crypto, &recipient, buffer_bytes(&sealed), &out, from), ==,
            ST_AUTH);
        sealed.p[n] ^= 0x40;
    }
    buffer_append_literal(&sealed, "x");
    g_assert_cmpint(
        session_message_open(crypto, &recipient, buffer_bytes(&sealed), &out, from), ==,
        ST_AUTH);
    sealed.n--;
    g_assert_cmpuint(out.n, ==, 0);
    g_assert_cmpuint(from[0], ==, 99);
    g_assert_cmpint(
        session_message_open(crypto, &recipient, buffer_bytes(&sealed), &out, from), ==,
        ST_OK);
    g_assert_cmpmem(out.p, out.n, "hello", 5);
    buffer_clear(&sealed);
    buffer_clear(&out);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/crypto/libsession-messages", test_libsession_vectors);
    g_test_add_func("/crypto/libsession-accept-reject", test_libsession_accept_reject);
    g_test_add_func("/crypto/upstream-deterministic", test_upstream_deterministic);
    g_test_add_data_func("/crypto/damaged-messages-real", &real, test_damaged);
    g_test_add_data_func("/crypto/damaged-messages-null", &null, test_damaged);
    g_test_add_func("/crypto/padding-vectors", test_padding_vectors);
    g_test_add_func("/crypto/padding-of-every-length", test_padding_of_every_length);
    g_test_add_func("/crypto/unpadding-rejects", test_unpadding_rejects);
    return g_test_run();
}
