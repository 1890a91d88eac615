/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Channel encryption (protocol 4.2) against the storage server's and libsession-util's
 * bytes, in both directions. */
#include <glib.h>

#include "nodes/crypto/crypto.h"
#include "tests/lib/vectors.h"

static Meter meter;
static const Crypto real = { &crypto_real, &meter };

static EncType
vector_enc(const json_t *vector)
{
    EncType enc = ENC_COUNT;

    g_assert_cmpint(enc_type_parse(bytes_of_text(vector_text(vector, "enc_type")), &enc),
                    ==, ST_OK);
    return enc;
}

static ChannelKey
agree(EncType enc, const X25519Pair *mine, const uint8_t *theirs, bool mine_is_client)
{
    ChannelKey key;

    g_assert_cmpint(channel_agree(&real, enc, mine, theirs, mine_is_client, &key), ==,
                    ST_OK);
    return key;
}

/* @sealed opens to @plain, and sealing @plain with its nonce gives @sealed. */
static void
check_both_ways(const ChannelKey *opener, const ChannelKey *sealer, Bytes sealed,
                Bytes plain)
{
    size_t nonce_n = channel_nonce_bytes(opener->enc), n = 0;
    g_autofree uint8_t *p = g_memdup2(sealed.p, sealed.n);

    g_assert_cmpuint(channel_sealed_bytes(opener->enc, plain.n), ==, sealed.n);
    g_assert_cmpint(channel_open(&real, opener, p, sealed.n, &n), ==, ST_OK);
    g_assert_cmpmem(p + nonce_n, n, plain.p, plain.n);
    channel_seal(&real, sealer, sealed.p, p, n);
    g_assert_cmpmem(p, sealed.n, sealed.p, sealed.n);
}

static void
test_storage_server_vectors(void)
{
    json_t *file = vectors_load("ss_onion");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "channel_encryption"), i, vector)
    {
        EncType enc = vector_enc(vector);
        g_autoptr(GByteArray) plain = vector_hex(vector, "plaintext_hex");
        g_autoptr(GByteArray) there = vector_hex(vector, "client_to_server_hex");
        g_autoptr(GByteArray) back = vector_hex(vector, "server_to_client_hex");
        X25519Pair client, server;
        ChannelKey of_client, of_server;

        vector_hex_exact(vector, "client_x25519_sk", client.sk, KEY_BYTES);
        vector_hex_exact(vector, "client_x25519_pk", client.pk, KEY_BYTES);
        vector_hex_exact(vector, "server_x25519_sk", server.sk, KEY_BYTES);
        vector_hex_exact(vector, "server_x25519_pk", server.pk, KEY_BYTES);
        of_client = agree(enc, &client, server.pk, true);
        of_server = agree(enc, &server, client.pk, false);
        check_both_ways(&of_server, &of_client, bytes_of_array(there),
                        bytes_of_array(plain));
        check_both_ways(&of_client, &of_server, bytes_of_array(back),
                        bytes_of_array(plain));
    }
    g_assert_cmpuint(i, ==, 13);
    json_decref(file);
}

static Status
open_upstream(const json_t *vector, Bytes sealed, Buffer *out)
{
    EncType enc = vector_enc(vector);
    X25519Pair node = { { 0 }, { 0 } };
    uint8_t client[KEY_BYTES];
    ChannelKey key;
    uint8_t *p = buffer_reserve(out, sealed.n);
    size_t n = 0;
    Status status;

    vector_hex_exact(vector, "node_x25519_sk", node.sk, KEY_BYTES);
    crypto_keygen(&real, node.sk, &node);
    vector_hex_exact(vector, "client_x25519_pk", client, KEY_BYTES);
    key = agree(enc, &node, client, false);
    memcpy(p, sealed.p, sealed.n);
    status = channel_open(&real, &key, p, sealed.n, &n);
    if (status == ST_OK) {
        memmove(p, p + channel_nonce_bytes(enc), n);
        out->n = n;
    }
    return status;
}

static void
test_upstream_vectors(void)
{
    json_t *file = vectors_load("upstream_onion");
    json_t *vector;
    size_t i, n = 0;

    json_array_foreach(json_object_get(file, "encryption"), i, vector)
    {
        const char *text = json_string_value(json_object_get(vector, "expect_plaintext"));
        g_autoptr(GByteArray) sealed = NULL;
        Buffer out = BUFFER_EMPTY;
        Status status;

        if (json_object_get(vector, "ciphertext_hex") == NULL)
            continue; /* a whole request: tests/unit/onion */
        sealed = vector_hex(vector, "ciphertext_hex");
        status = open_upstream(vector, bytes_of_array(sealed), &out);
        g_assert_cmpint(status, ==, text != NULL ? ST_OK : ST_AUTH);
        if (text != NULL)
            g_assert_true(bytes_equal_text(buffer_bytes(&out), text));
        buffer_clear(&out);
        n++;
    }
    g_assert_cmpuint(n, ==, 6);
    json_decref(file);
}

/* The storage server's own test: sizes, round trips, and that xchacha20's key knows who is
 * the client. */
static void
test_upstream_keys(void)
{
    json_t *file = vectors_load("upstream_onion");
    json_t *section = json_object_get(file, "channel_encryption_keys");
    json_t *keys = json_object_get(section, "keys");
    Bytes plain = bytes_of_text(vector_text(section, "plaintext"));
    static const size_t overhead[ENC_COUNT] = { 28, 40, 29 };
    const uint8_t nonce[CHANNEL_NONCE_MAX] = { 5, 6, 7 };
    X25519Pair alice, bob;

    vector_hex_exact(keys, "alice_seckey", alice.sk, KEY_BYTES);
    vector_hex_exact(keys, "alice_pubkey", alice.pk, KEY_BYTES);
    vector_hex_exact(keys, "bob_seckey", bob.sk, KEY_BYTES);
    vector_hex_exact(keys, "bob_pubkey", bob.pk, KEY_BYTES);
    for (EncType enc = 0; enc < ENC_COUNT; enc++) {
        ChannelKey client = agree(enc, &alice, bob.pk, true);
        ChannelKey server = agree(enc, &bob, alice.pk, false);
        ChannelKey confused = agree(enc, &bob, alice.pk, true);
        uint8_t p[19 + CHANNEL_OVERHEAD_MAX];
        size_t n = 0;

        g_assert_cmpuint(channel_sealed_bytes(enc, plain.n), ==, plain.n + overhead[enc]);
        memcpy(p + channel_nonce_bytes(enc), plain.p, plain.n);
        channel_seal(&real, &client, nonce, p, plain.n);
        g_assert_cmpint(channel_open(&real, &server, p, plain.n + overhead[enc], &n), ==,
                        ST_OK);
        g_assert_cmpmem(p + channel_nonce_bytes(enc), n, plain.p, plain.n);
        channel_seal(&real, &client, nonce, p, plain.n);
        g_assert_cmpint(channel_open(&real, &confused, p, plain.n + overhead[enc], &n), ==,
                        enc == ENC_XCHACHA20 ? ST_AUTH : ST_OK);
    }
    json_decref(file);
}

static void
test_names(void)
{
    static const struct {
        const char *text;
        EncType enc;
    } known[] = {
        { "aes-gcm", ENC_AES_GCM },     { "gcm", ENC_AES_GCM },
        { "xchacha20", ENC_XCHACHA20 }, { "xchacha20-poly1305", ENC_XCHACHA20 },
        { "aes-cbc", ENC_AES_CBC },     { "cbc", ENC_AES_CBC },
    };
    EncType enc;

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        enc = ENC_COUNT;
        g_assert_cmpint(enc_type_parse(bytes_of_text(known[i].text), &enc), ==, ST_OK);
        g_assert_cmpint(enc, ==, known[i].enc);
        g_assert_cmpstr(known[i / 2 * 2].text, ==, enc_type_name(enc));
    }
    enc = ENC_AES_CBC;
    g_assert_cmpint(enc_type_parse(BYTES_LITERAL("AES-GCM"), &enc), ==, ST_MALFORMED);
    g_assert_cmpint(enc_type_parse(BYTES_LITERAL(""), &enc), ==, ST_MALFORMED);
    g_assert_cmpint(enc_type_parse(BYTES_LITERAL("aes-gcm\0"), &enc), ==, ST_MALFORMED);
    g_assert_cmpint(enc, ==, ENC_AES_CBC);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/crypto/storage-server-vectors", test_storage_server_vectors);
    g_test_add_func("/crypto/upstream-vectors", test_upstream_vectors);
    g_test_add_func("/crypto/upstream-keys", test_upstream_keys);
    g_test_add_func("/crypto/enc-type-names", test_names);
    return g_test_run();
}
