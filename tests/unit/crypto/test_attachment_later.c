/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sealed file that is kept by reference is, to everybody, the sealed file. */
#include <glib.h>

#include "nodes/crypto/attachment_later.h"

static const uint8_t key[ATTACHMENT_KEY_BYTES] = { 1, 2, 3 },
                     iv[ATTACHMENT_IV_BYTES] = { 4 };

/* A file of which it is known how often it was made. */
typedef struct Source {
    size_t n;
    guint *made;
} Source;

static void
encode_source(const void *object, Buffer *out)
{
    const Source *source = object;
    uint8_t *p = buffer_reserve(out, source->n);

    for (size_t i = 0; i < source->n; i++)
        p[i] = (uint8_t)(i * i >> 3);
    out->n += source->n;
    ++*source->made;
}

static const BlobType source_type = { "source", encode_source, g_free };

static Packet
a_file(size_t n, guint *made)
{
    Source *source = g_new0(Source, 1);

    *source = (Source){ n, made };
    return packet_of_blob(blob_from_object(&source_type, source, n));
}

static void
test_same_bytes(void)
{
    static const size_t sizes[] = { 0, 1, 541, 100000, 9500000 };
    static const CryptoOps *const ops[] = { &crypto_real, &crypto_null };

    for (size_t o = 0; o < G_N_ELEMENTS(ops); o++)
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
            Meter meter = { .cost_ns = 0 }, plain_meter = { .cost_ns = 0 };
            Crypto crypto = { .ops = ops[o], .meter = &meter };
            Crypto plain = { .ops = ops[o], .meter = &plain_meter };
            uint8_t digest[ATTACHMENT_DIGEST_BYTES], expected[ATTACHMENT_DIGEST_BYTES];
            Buffer padded = BUFFER_EMPTY, sealed = BUFFER_EMPTY;
            guint made = 0;
            Packet file = a_file(sizes[i], &made), packet, opened;

            packet = attachment_seal_later(&crypto, key, iv, &file, digest);
            g_assert_cmpuint(made, ==, 1);
            g_assert_null(packet.blob->data);
            g_assert_cmpint(
                attachment_open_later(&crypto, key, digest, &packet, sizes[i], &opened), ==,
                ST_OK);
            g_assert_cmpuint(made, ==, 1); /* nobody read it again */
            g_assert_true(opened.blob == file.blob);
            attachment_pad(packet_bytes(&file), &padded);
            attachment_seal(&plain, key, iv, buffer_bytes(&padded), &sealed, expected);
            padded.n = 0;
            g_assert_cmpint(
                attachment_open(&plain, key, expected, buffer_bytes(&sealed), &padded), ==,
                ST_OK);
            g_assert_cmpmem(digest, sizeof digest, expected, sizeof expected);
            g_assert_true(bytes_equal(packet_bytes(&packet), buffer_bytes(&sealed)));
            g_assert_cmpmem(&meter, sizeof meter, &plain_meter, sizeof plain_meter);
            packet_clear(&opened);
            packet_clear(&packet);
            packet_clear(&file);
            buffer_clear(&padded);
            buffer_clear(&sealed);
        }
}

static Status
open_with(const Packet *packet, const uint8_t *with_key, const uint8_t *digest, size_t size)
{
    Meter meter = { .cost_ns = 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    Packet file;
    Status status = attachment_open_later(&crypto, with_key, digest, packet, size, &file);

    if (status == ST_OK)
        packet_clear(&file);
    return status;
}

/* Wrong key, digest or size; a changed byte, at the beginning, in the middle, in the MAC.
 */
static void
test_refusals(void)
{
    Meter meter = { .cost_ns = 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    uint8_t digest[ATTACHMENT_DIGEST_BYTES], wrong[ATTACHMENT_KEY_BYTES] = { 1, 2, 4 };
    guint made = 0;
    Packet file = a_file(3000, &made);
    Packet packet = attachment_seal_later(&crypto, key, iv, &file, digest);
    size_t changed[] = { 0, packet.length / 2, packet.length - 1 };

    g_assert_cmpint(open_with(&packet, key, digest, 3000), ==, ST_OK);
    g_assert_cmpint(open_with(&packet, wrong, digest, 3000), ==, ST_AUTH);
    g_assert_cmpint(open_with(&packet, key, digest, 2999), ==, ST_OK);
    g_assert_cmpint(open_with(&packet, key, digest, 300000), ==, ST_TRUNCATED);
    for (size_t i = 0; i < G_N_ELEMENTS(changed); i++) {
        Packet copy = packet_of_bytes(packet_bytes(&packet));

        g_assert_cmpint(open_with(&copy, key, digest, 3000), ==, ST_OK);
        packet_make_mutable(&copy)[changed[i]] ^= 0x10;
        g_assert_cmpint(open_with(&copy, key, digest, 3000), ==, ST_AUTH);
        packet_clear(&copy);
    }
    digest[5] ^= 1;
    g_assert_cmpint(open_with(&packet, key, digest, 3000), ==, ST_AUTH);
    packet_clear(&packet);
    packet_clear(&file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/crypto/attachment-later/same-bytes", test_same_bytes);
    g_test_add_func("/crypto/attachment-later/refusals", test_refusals);
    return g_test_run();
}
