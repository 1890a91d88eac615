/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attachments (protocol 5.7) against session.js's and Session Desktop's bytes. */
#include <glib.h>

#include "nodes/crypto/attachment.h"
#include "tests/lib/vectors.h"

static Meter meter;
static const Crypto real = { &crypto_real, &meter };
static const Crypto null = { &crypto_null, &meter };

static void
test_sessionjs_vectors(void)
{
    json_t *file = vectors_load("sessionjs_attachment"), *vector;
    size_t i;

    json_array_foreach(vectors_group(file, "vectors", 4), i, vector)
    {
        g_autoptr(GByteArray) plain = vector_hex(vector, "plaintext_hex");
        g_autoptr(GByteArray) sealed = vector_hex(vector, "encrypted_hex");
        uint8_t key[ATTACHMENT_KEY_BYTES], iv[ATTACHMENT_IV_BYTES];
        uint8_t digest[ATTACHMENT_DIGEST_BYTES], made[ATTACHMENT_DIGEST_BYTES];
        Buffer out = BUFFER_EMPTY;

        vector_hex_exact(vector, "key64_hex", key, sizeof key);
        vector_hex_exact(vector, "iv_hex", iv, sizeof iv);
        vector_hex_exact(vector, "digest_sha256_hex", digest, sizeof digest);
        attachment_seal(&real, key, iv, bytes_of_array(plain), &out, made);
        g_assert_cmpmem(out.p, out.n, sealed->data, sealed->len);
        g_assert_cmpmem(made, sizeof made, digest, sizeof digest);
        out.n = 0;
        g_assert_cmpint(attachment_open(&real, key, digest, bytes_of_array(sealed), &out),
                        ==, ST_OK);
        g_assert_cmpmem(out.p, out.n, plain->data, plain->len);
        buffer_clear(&out);
    }
    json_decref(file);
}

static void
test_desktop_padding(void)
{
    json_t *file = vectors_load("upstream_padding"), *vector;
    size_t i;

    json_array_foreach(vectors_group(file, "attachment_padding", 3), i, vector)
    {
        size_t n = (size_t)json_integer_value(json_object_get(vector, "input_length"));
        size_t padded =
            (size_t)json_integer_value(json_object_get(vector, "expect_length"));

        g_assert_cmpuint(attachment_padded_bytes(n), ==, padded);
    }
    json_array_foreach(vectors_group(file, "attachment_unpadding", 1), i, vector)
    {
        g_autoptr(GByteArray) in = vector_hex(vector, "input_hex");
        g_autoptr(GByteArray) expected = vector_hex(vector, "expect_hex");
        size_t size = (size_t)json_integer_value(json_object_get(vector, "size"));
        Bytes back = { NULL, 77 };

        g_assert_cmpint(attachment_unpad(bytes_of_array(in), size, &back), ==, ST_OK);
        g_assert_cmpmem(back.p, back.n, expected->data, expected->len);
        back.n = 77;
        g_assert_cmpint(attachment_unpad(bytes_of_array(in), in->len + 1, &back), ==,
                        ST_TRUNCATED);
        g_assert_cmpuint(back.n, ==, 77);
    }
    json_decref(file);
}

/* Never smaller than the file, never above 5 % more (but for the least size), and each step
 * is the next size of the one before. */
static void
test_every_padding(void)
{
    size_t before = attachment_padded_bytes(0);

    g_assert_cmpuint(before, ==, 541);
    for (size_t n = 1; n <= ATTACHMENT_BYTES_MAX + 1000; n += 1 + n / 1000) {
        size_t padded = attachment_padded_bytes(n);

        g_assert_cmpuint(padded, >=, n);
        g_assert_cmpuint(padded, >=, before);
        g_assert_true(padded == 541 || (double)padded <= (double)n * 1.05);
        g_assert_true(n > ATTACHMENT_BYTES_MAX || padded <= ATTACHMENT_BYTES_MAX);
        before = padded;
    }
    for (size_t n = 0; n < 1200; n += 7) {
        g_autofree uint8_t *file = g_malloc0(n + 1);
        Buffer out = BUFFER_EMPTY;
        Bytes back;

        memset(file, 7, n);
        attachment_pad((Bytes){ file, n }, &out);
        g_assert_cmpuint(out.n, ==, attachment_padded_bytes(n));
        g_assert_cmpint(attachment_unpad(buffer_bytes(&out), n, &back), ==, ST_OK);
        g_assert_cmpmem(back.p, back.n, file, n);
        for (size_t i = n; i < out.n; i++)
            g_assert_cmpuint(out.p[i], ==, 0);
        buffer_clear(&out);
    }
}

/* Every truncation and one changed bit in each byte are noticed, also with a digest that
 * fits; nothing is written then. */
static void
test_rejects(gconstpointer data)
{
    const Crypto *crypto = data;
    const uint8_t key[ATTACHMENT_KEY_BYTES] = { 1, [32] = 2 };
    const uint8_t iv[ATTACHMENT_IV_BYTES] = { 3 };
    uint8_t digest[ATTACHMENT_DIGEST_BYTES], other[ATTACHMENT_DIGEST_BYTES];
    Buffer sealed = BUFFER_EMPTY, out = BUFFER_EMPTY;

    attachment_seal(crypto, key, iv, BYTES_LITERAL("thirty-three bytes of plain text."),
                    &sealed, digest);
    g_assert_cmpuint(sealed.n, ==, attachment_sealed_bytes(33));
    for (size_t n = 0; n < sealed.n; n++) {
        g_autofree uint8_t *part = g_memdup2(sealed.p, n);

        crypto_sha256(crypto, (Bytes){ part, n }, other);
        g_assert_cmpint(attachment_open(crypto, key, other, (Bytes){ part, n }, &out), ==,
                        n < attachment_sealed_bytes(0) ? ST_TRUNCATED : ST_AUTH);
    }
    for (size_t i = 0; i < sealed.n; i++) {
        sealed.p[i] ^= 4;
        crypto_sha256(crypto, buffer_bytes(&sealed), other);
        g_assert_cmpint(attachment_open(crypto, key, digest, buffer_bytes(&sealed), &out),
                        ==, ST_AUTH);
        g_assert_cmpint(attachment_open(crypto, key, other, buffer_bytes(&sealed), &out),
                        ==, ST_AUTH);
        sealed.p[i] ^= 4;
    }
    digest[31] ^= 1;
    g_assert_cmpint(attachment_open(crypto, key, digest, buffer_bytes(&sealed), &out), ==,
                    ST_AUTH);
    digest[31] ^= 1;
    g_assert_cmpuint(out.n, ==, 0);
    g_assert_cmpint(attachment_open(crypto, key, digest, buffer_bytes(&sealed), &out), ==,
                    ST_OK);
    g_assert_cmpmem(out.p, out.n, "thirty-three bytes of plain text.", 33);
    buffer_clear(&sealed);
    buffer_clear(&out);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/crypto/attachment/sessionjs", test_sessionjs_vectors);
    g_test_add_func("/crypto/attachment/desktop-padding", test_desktop_padding);
    g_test_add_func("/crypto/attachment/every-padding", test_every_padding);
    g_test_add_data_func("/crypto/attachment/rejects-real", &real, test_rejects);
    g_test_add_data_func("/crypto/attachment/rejects-null", &null, test_rejects);
    return g_test_run();
}
