/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Identity keys, signatures and hashes against vectors of other people's code. */
#include <glib.h>

#include "nodes/crypto/crypto.h"
#include "tests/lib/vectors.h"

static Meter meter;
static const Crypto real = { &crypto_real, &meter };

/* The Session ID of a seed: 05 and the X25519 key. */
static void
check_session_id(const uint8_t seed[KEY_BYTES], const char *ed_pk_hex, const char *id)
{
    Ed25519Pair identity;
    X25519Pair pair;
    uint8_t expected[KEY_BYTES], converted[KEY_BYTES];

    identity_ed25519(seed, &identity);
    identity_x25519(&identity, &pair);
    if (ed_pk_hex != NULL) {
        g_assert_true(hex_decode(bytes_of_text(ed_pk_hex), expected, KEY_BYTES));
        g_assert_cmpmem(identity.pk, KEY_BYTES, expected, KEY_BYTES);
    }
    g_assert_true(g_str_has_prefix(id, "05"));
    g_assert_true(hex_decode(bytes_of_text(id + 2), expected, KEY_BYTES));
    g_assert_cmpmem(pair.pk, KEY_BYTES, expected, KEY_BYTES);
    g_assert_cmpint(identity_x25519_pk(identity.pk, converted), ==, ST_OK);
    g_assert_cmpmem(converted, KEY_BYTES, expected, KEY_BYTES);
}

static void
test_accounts_of_mnemonics(void)
{
    json_t *file = vectors_load("upstream_mnemonic");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "generated"), i, vector)
    {
        uint8_t seed[KEY_BYTES] = { 0 }; /* 16 bytes of the words, 16 of zero */

        vector_hex_exact(vector, "seed_hex", seed, 16);
        check_session_id(seed, vector_text(vector, "ed25519_pk"),
                         vector_text(vector, "session_id"));
    }
    g_assert_cmpuint(i, ==, 60);
    json_decref(file);
}

static void
test_accounts_of_libsession(void)
{
    json_t *file = vectors_load("upstream_session_encrypt");
    json_t *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "keys"), i, vector)
    {
        uint8_t seed[KEY_BYTES];

        vector_hex_exact(vector, "ed25519_seed", seed, KEY_BYTES);
        check_session_id(seed, vector_text(vector, "expect_ed25519_pk"),
                         vector_text(vector, "expect_session_id"));
    }
    g_assert_cmpuint(i, ==, 2);
    json_decref(file);
}

static void
test_node_keys_of_onion_vectors(void)
{
    json_t *file = vectors_load("libsession_onion");
    json_t *vector, *hop;
    size_t i, j, n = 0;

    json_array_foreach(json_object_get(file, "vectors"), i, vector)
    {
        json_array_foreach(json_object_get(vector, "hops"), j, hop)
        {
            uint8_t seed[KEY_BYTES], sk[KEY_BYTES], pk[KEY_BYTES];
            Ed25519Pair identity;
            X25519Pair pair;

            vector_hex_exact(hop, "ed25519_seed", seed, KEY_BYTES);
            vector_hex_exact(hop, "x25519_sk", sk, KEY_BYTES);
            vector_hex_exact(hop, "x25519_pk", pk, KEY_BYTES);
            identity_ed25519(seed, &identity);
            identity_x25519(&identity, &pair);
            g_assert_cmpmem(pair.sk, KEY_BYTES, sk, KEY_BYTES);
            g_assert_cmpmem(pair.pk, KEY_BYTES, pk, KEY_BYTES);
            crypto_keygen(&real, sk, &pair);
            g_assert_cmpmem(pair.pk, KEY_BYTES, pk, KEY_BYTES);
            n++;
        }
    }
    g_assert_cmpuint(n, >, 100);
    json_decref(file);
}

static void
test_no_point(void)
{
    uint8_t pk[KEY_BYTES], out[KEY_BYTES] = { 7 };

    memset(pk, 0xff, sizeof pk);
    g_assert_cmpint(identity_x25519_pk(pk, out), ==, ST_AUTH);
    memset(pk, 0, sizeof pk);
    g_assert_cmpint(identity_x25519_pk(pk, out), ==, ST_AUTH);
    g_assert_cmpuint(out[0], ==, 7);
}

/* Three keys in one slot: each answer is right, whatever was pushed out. */
static void
test_memo_changes_nothing(void)
{
    IdentityMemo *memo = identity_memo_new(1);
    const uint8_t known[KEY_BYTES] = { 1, 2 }, told[KEY_BYTES] = { 3, 4 };
    uint8_t zero[KEY_BYTES] = { 0 }, made[KEY_BYTES] = { 7 };

    for (uint8_t i = 0; i < 9; i++) {
        const uint8_t seed[KEY_BYTES] = { i % 3 };
        Ed25519Pair ed;
        X25519Pair x;

        identity_ed25519(seed, &ed);
        identity_x25519(&ed, &x);
        for (int twice = 0; twice < 2; twice++) {
            memset(made, 0, sizeof made);
            g_assert_cmpint(identity_memo_x25519_pk(memo, ed.pk, made), ==, ST_OK);
            g_assert_cmpmem(made, KEY_BYTES, x.pk, KEY_BYTES);
        }
        memset(made, 7, sizeof made);
        g_assert_cmpint(identity_memo_x25519_pk(memo, zero, made), ==, ST_AUTH);
        g_assert_cmpuint(made[0], ==, 7);
    }
    identity_memo_add(memo, known, told); /* it believes what it is told: it remembers */
    g_assert_cmpint(identity_memo_x25519_pk(memo, known, made), ==, ST_OK);
    g_assert_cmpmem(made, KEY_BYTES, told, KEY_BYTES);
    identity_memo_free(memo);
    memo = identity_memo_new(64); /* empty: zeros are not in it */
    g_assert_cmpint(identity_memo_x25519_pk(memo, zero, made), ==, ST_AUTH);
    identity_memo_free(memo);
}

static void
check_signature(const json_t *vector)
{
    uint8_t seed[KEY_BYTES], pk[KEY_BYTES], expected[SIGNATURE_BYTES],
        made[SIGNATURE_BYTES];
    Bytes message = bytes_of_text(vector_text(vector, "message"));
    Ed25519Pair key;

    vector_hex_exact(vector, "ed25519_seed", seed, KEY_BYTES);
    vector_hex_exact(vector, "ed25519_pk", pk, KEY_BYTES);
    vector_hex_exact(vector, "expect_hex", expected, SIGNATURE_BYTES);
    identity_ed25519(seed, &key);
    g_assert_cmpmem(key.pk, KEY_BYTES, pk, KEY_BYTES);
    crypto_sign_message(&real, &key, message, made);
    g_assert_cmpmem(made, SIGNATURE_BYTES, expected, SIGNATURE_BYTES);
    g_assert_true(crypto_verify(&real, pk, message, made));
}

static void
check_blake2b(const json_t *vector)
{
    const char *key = json_string_value(json_object_get(vector, "key"));
    Bytes message = bytes_of_text(vector_text(vector, "message"));
    size_t n = (size_t)json_integer_value(json_object_get(vector, "size"));
    Bytes parts[] = { { message.p, 4 }, { NULL, 0 }, { message.p + 4, message.n - 4 } };
    uint8_t expected[64], made[64];

    vector_hex_exact(vector, "expect_hex", expected, n);
    crypto_blake2b(&real, key != NULL ? bytes_of_text(key) : (Bytes){ NULL, 0 }, parts, 3,
                   made, n);
    g_assert_cmpmem(made, n, expected, n);
}

static void
check_conversion(const json_t *vector)
{
    uint8_t pk[KEY_BYTES], expected[KEY_BYTES], made[KEY_BYTES];

    vector_hex_exact(vector, "ed25519_pk", pk, KEY_BYTES);
    vector_hex_exact(vector, "expect_hex", expected, KEY_BYTES);
    g_assert_cmpint(identity_x25519_pk(pk, made), ==, ST_OK);
    g_assert_cmpmem(made, KEY_BYTES, expected, KEY_BYTES);
}

/* The other operations: "encrypt_for_multiple" and "config::..." are test_derived_box.c's,
 * "swarm data serialization" is the storage node's (unit/service/test_push_vector.c). */
static void
test_misc_vectors(void)
{
    json_t *file = vectors_load("upstream_crypto_misc");
    json_t *vector;
    size_t i, n = 0;

    json_array_foreach(vectors_group(file, "vectors", 41), i, vector)
    {
        const char *operation = vector_text(vector, "operation");

        if (strcmp(operation, "ed25519 sign") == 0)
            check_signature(vector);
        else if (strcmp(operation, "blake2b") == 0)
            check_blake2b(vector);
        else if (strcmp(operation, "ed25519 pk -> x25519 pk") == 0)
            check_conversion(vector);
        else
            continue;
        n++;
    }
    g_assert_cmpuint(n, ==, 7);
    json_decref(file);
}

/* A node's signature in its answer to an `expire`: account, expiry, the hashes asked for
 * and those that it changed. */
static void
test_expire_response(void)
{
    json_t *file = vectors_load("upstream_rpc_signatures"), *vector, *hash;
    size_t i, j;

    json_array_foreach(vectors_group(file, "expire_response", 1), i, vector)
    {
        g_autofree guchar *signature = NULL;
        gsize n;
        uint8_t pk[KEY_BYTES];
        Buffer text = BUFFER_EMPTY;

        g_assert_cmpstr(vector_text(vector, "expect"), ==, "valid");
        g_assert_cmpuint(json_object_size(json_object_get(vector, "unchanged")), ==, 0);
        vector_hex_exact(vector, "snode_ed25519_pk", pk, KEY_BYTES);
        signature = g_base64_decode(vector_text(vector, "signature_b64"), &n);
        g_assert_cmpuint(n, ==, SIGNATURE_BYTES);
        buffer_append_text(&text, vector_text(vector, "pubkey"));
        buffer_append_i64_decimal(&text,
                                  json_integer_value(json_object_get(vector, "expiry")));
        json_array_foreach(json_object_get(vector, "messages"), j, hash)
            buffer_append_text(&text, json_string_value(hash));
        json_array_foreach(json_object_get(vector, "updated"), j, hash)
            buffer_append_text(&text, json_string_value(hash));
        g_assert_true(crypto_verify(&real, pk, buffer_bytes(&text), signature));
        text.p[70] ^= 1;
        g_assert_false(crypto_verify(&real, pk, buffer_bytes(&text), signature));
        buffer_clear(&text);
    }
    json_array_foreach(vectors_group(file, "client_keys", 1), i, vector)
    {
        uint8_t sk[2 * KEY_BYTES];
        Ed25519Pair key;

        vector_hex_exact(vector, "ed25519_sk", sk, sizeof sk);
        identity_ed25519(sk, &key);
        g_assert_cmpmem(key.pk, KEY_BYTES, sk + KEY_BYTES, KEY_BYTES);
    }
    json_decref(file);
}

/* The example of the paper (Aumasson, Bernstein 2012, appendix A). */
static void
test_short_hash(void)
{
    uint8_t bytes[16];

    for (uint8_t i = 0; i < 16; i++)
        bytes[i] = i;
    g_assert_cmphex(crypto_short_hash(&real, bytes, (Bytes){ bytes, 15 }), ==,
                    UINT64_C(0xa129ca6149be45e5));
}

/* FIPS 180-4, "abc". */
static void
test_sha512(void)
{
    uint8_t expected[64], made[64];

    g_assert_true(hex_decode(
        BYTES_LITERAL("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
        expected, 64));
    crypto_sha512(&real, BYTES_LITERAL("abc"), made);
    g_assert_cmpmem(made, 64, expected, 64);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/crypto/accounts-of-mnemonics", test_accounts_of_mnemonics);
    g_test_add_func("/crypto/accounts-of-libsession", test_accounts_of_libsession);
    g_test_add_func("/crypto/node-keys-of-onion-vectors", test_node_keys_of_onion_vectors);
    g_test_add_func("/crypto/no-point", test_no_point);
    g_test_add_func("/crypto/memo-changes-nothing", test_memo_changes_nothing);
    g_test_add_func("/crypto/misc-vectors", test_misc_vectors);
    g_test_add_func("/crypto/expire-response", test_expire_response);
    g_test_add_func("/crypto/sha512", test_sha512);
    g_test_add_func("/crypto/short-hash", test_short_hash);
    return g_test_run();
}
