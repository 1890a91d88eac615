/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libsession-util's config messages, copies for several, names and notifications, against
 * the vectors of its own tests. */
#include <glib.h>

#include "nodes/crypto/derived_box.h"
#include "tests/lib/vectors.h"

static Meter meter;
static const Crypto real = { &crypto_real, &meter };
static const Crypto null = { &crypto_null, &meter };

static bool
is_about(const json_t *vector, const char *operation)
{
    return g_str_has_prefix(vector_text(vector, "operation"), operation);
}

static void
check_config(const json_t *vector)
{
    g_autoptr(GByteArray) expected = vector_hex(vector, "expect_hex");
    Bytes message = bytes_of_text(vector_text(vector, "message"));
    Bytes domain = bytes_of_text(vector_text(vector, "domain"));
    uint8_t key[KEY_BYTES];
    Buffer sealed = BUFFER_EMPTY, out = BUFFER_EMPTY;

    vector_hex_exact(vector, "key", key, KEY_BYTES);
    config_seal(&real, key, domain, message, &sealed);
    g_assert_cmpmem(sealed.p, sealed.n, expected->data, expected->len);
    g_assert_cmpint(config_open(&real, key, domain, bytes_of_array(expected), &out), ==,
                    ST_OK);
    g_assert_cmpmem(out.p, out.n, message.p, message.n);
    buffer_clear(&sealed);
    buffer_clear(&out);
}

static void
pair_of_seed(const char *hex, X25519Pair *ret)
{
    uint8_t seed[KEY_BYTES];
    Ed25519Pair identity;

    g_assert_true(hex_decode(bytes_of_text(hex), seed, KEY_BYTES));
    identity_ed25519(seed, &identity);
    identity_x25519(&identity, ret);
}

static void
check_copies(const json_t *vector)
{
    const json_t *seeds = json_object_get(vector, "recipient_ed25519_seeds");
    const json_t *expected = json_object_get(vector, "expect_hex");
    Bytes message = bytes_of_text(vector_text(vector, "message"));
    Bytes domain = bytes_of_text(vector_text(vector, "domain"));
    uint8_t nonce[DERIVED_NONCE_BYTES];
    X25519Pair sender;

    pair_of_seed(vector_text(vector, "sender_ed25519_seed"), &sender);
    vector_hex_exact(vector, "nonce", nonce, sizeof nonce);
    g_assert_cmpuint(json_array_size(seeds), ==, 3);
    for (size_t i = 0; i < json_array_size(seeds); i++) {
        const char *hex = json_string_value(json_array_get(expected, i));
        Buffer sealed = BUFFER_EMPTY, out = BUFFER_EMPTY, text = BUFFER_EMPTY;
        X25519Pair recipient;

        pair_of_seed(json_string_value(json_array_get(seeds, i)), &recipient);
        g_assert_cmpint(
            copy_seal(&real, &sender, recipient.pk, nonce, domain, message, &sealed), ==,
            ST_OK);
        buffer_append_hex(&text, buffer_bytes(&sealed));
        g_assert_cmpmem(text.p, text.n, hex, strlen(hex));
        g_assert_cmpint(copy_open(&real, &recipient, sender.pk, nonce, domain,
                                  buffer_bytes(&sealed), &out),
                        ==, ST_OK);
        g_assert_cmpmem(out.p, out.n, message.p, message.n);
        buffer_clear(&sealed);
        buffer_clear(&out);
        buffer_clear(&text);
    }
}

static void
check_padded(const json_t *vector)
{
    size_t n = (size_t)json_integer_value(json_object_get(vector, "size"));
    size_t overhead = (size_t)json_integer_value(json_object_get(vector, "overhead"));
    size_t expected = (size_t)json_integer_value(json_object_get(vector, "expect"));

    g_assert_cmpuint(config_padded_bytes(n, overhead), ==, expected);
}

/* The other operations of this file are test_keys.c's and wire's. */
static void
test_upstream_misc(void)
{
    json_t *file = vectors_load("upstream_crypto_misc"), *vector;
    size_t i, configs = 0, copies = 0, sizes = 0;

    json_array_foreach(vectors_group(file, "vectors", 41), i, vector)
    {
        if (is_about(vector, "config::encrypt"))
            check_config(vector), configs++;
        else if (is_about(vector, "encrypt_for_multiple"))
            check_copies(vector), copies++;
        else if (is_about(vector, "config::padded_size"))
            check_padded(vector), sizes++;
    }
    g_assert_cmpuint(configs, ==, 1);
    g_assert_cmpuint(copies, ==, 1);
    g_assert_cmpuint(sizes, ==, 31);
    json_decref(file);
}

static void
test_upstream_names(void)
{
    json_t *file = vectors_load("upstream_session_encrypt"), *vector;
    size_t i;

    json_array_foreach(vectors_group(file, "ons_response", 1), i, vector)
    {
        g_autoptr(GByteArray) sealed = vector_hex(vector, "ciphertext_hex");
        Bytes name = bytes_of_text(vector_text(vector, "name"));
        uint8_t nonce[DERIVED_NONCE_BYTES], expected[NAME_VALUE_BYTES];
        uint8_t found[NAME_VALUE_BYTES] = { 99 };

        vector_hex_exact(vector, "nonce_hex", nonce, sizeof nonce);
        vector_hex_exact(vector, "expect_session_id", expected, sizeof expected);
        g_assert_cmpint(
            name_open(&real, BYTES_LITERAL("tess"), nonce, bytes_of_array(sealed), found),
            ==, ST_AUTH);
        for (guint n = 0; n < sealed->len; n++)
            g_assert_cmpint(
                name_open(&real, name, nonce, (Bytes){ sealed->data, n }, found), ==,
                ST_MALFORMED);
        g_assert_cmpuint(found[0], ==, 99);
        g_assert_cmpint(name_open(&real, name, nonce, bytes_of_array(sealed), found), ==,
                        ST_OK);
        g_assert_cmpmem(found, sizeof found, expected, sizeof expected);
    }
    json_decref(file);
}

static void
test_upstream_notifications(void)
{
    json_t *file = vectors_load("upstream_session_encrypt"), *vector;
    size_t i;

    json_array_foreach(vectors_group(file, "push_notification", 1), i, vector)
    {
        g_autoptr(GByteArray) sealed = vector_hex(vector, "payload_hex");
        const char *expected = vector_text(vector, "expect");
        uint8_t key[KEY_BYTES];
        Buffer out = BUFFER_EMPTY;

        vector_hex_exact(vector, "enc_key_hex", key, KEY_BYTES);
        for (guint n = 0; n < sealed->len; n++)
            g_assert_cmpint(notification_open(&real, key, (Bytes){ sealed->data, n }, &out),
                            ==, n < CONFIG_OVERHEAD ? ST_TRUNCATED : ST_AUTH);
        g_assert_cmpuint(out.n, ==, 0);
        g_assert_cmpint(notification_open(&real, key, bytes_of_array(sealed), &out), ==,
                        ST_OK);
        g_assert_cmpmem(out.p, out.n, expected, strlen(expected));
        buffer_clear(&out);
    }
    json_decref(file);
}

static void
test_rejects(gconstpointer data)
{
    const Crypto *crypto = data;
    const uint8_t key[KEY_BYTES] = { 1 }, nonce[DERIVED_NONCE_BYTES] = { 2 };
    const uint8_t nowhere[KEY_BYTES] = { 0 };
    Bytes domain = BYTES_LITERAL("123456789012345678901234"); /* the longest */
    Buffer sealed = BUFFER_EMPTY, out = BUFFER_EMPTY;
    X25519Pair pair;

    config_seal(crypto, key, domain, BYTES_LITERAL("settings"), &sealed);
    g_assert_cmpuint(sealed.n, ==, 8 + CONFIG_OVERHEAD);
    for (size_t n = 0; n < sealed.n; n++) {
        g_autofree uint8_t *part = g_memdup2(sealed.p, n);

        g_assert_cmpint(config_open(crypto, key, domain, (Bytes){ part, n }, &out), ==,
                        n < CONFIG_OVERHEAD ? ST_TRUNCATED : ST_AUTH);
        sealed.p[n] ^= 1;
        g_assert_cmpint(config_open(crypto, key, domain, buffer_bytes(&sealed), &out), ==,
                        ST_AUTH);
        sealed.p[n] ^= 1;
    }
    domain.n--;
    g_assert_cmpint(config_open(crypto, key, domain, buffer_bytes(&sealed), &out), ==,
                    ST_AUTH);
    crypto_keygen(crypto, key, &pair);
    g_assert_cmpint(copy_seal(crypto, &pair, nowhere, nonce, domain, domain, &out), ==,
                    ST_AUTH);
    g_assert_cmpint(
        copy_open(crypto, &pair, pair.pk, nonce, domain, (Bytes){ key, 15 }, &out), ==,
        ST_TRUNCATED);
    g_assert_cmpint(
        copy_open(crypto, &pair, pair.pk, nonce, domain, (Bytes){ key, 16 }, &out), ==,
        ST_AUTH);
    g_assert_cmpuint(out.n, ==, 0);
    buffer_clear(&sealed);
    buffer_clear(&out);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/crypto/derived/misc", test_upstream_misc);
    g_test_add_func("/crypto/derived/names", test_upstream_names);
    g_test_add_func("/crypto/derived/notifications", test_upstream_notifications);
    g_test_add_data_func("/crypto/derived/rejects-real", &real, test_rejects);
    g_test_add_data_func("/crypto/derived/rejects-null", &null, test_rejects);
    return g_test_run();
}
