/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blinded ids, keys, signatures and messages of open groups (protocol 5.9), against the
 * bytes of libsession-util and Session Desktop; the same without points under `null`. */
#include <glib.h>

#include "nodes/crypto/blinding.h"
#include "tests/lib/vectors.h"

static Meter meter;
static const Crypto real = { &crypto_real, &meter };
static const Crypto null = { &crypto_null, &meter };

typedef struct Person {
    Ed25519Pair account;
    X25519Pair x25519;
} Person;

static Person
person_of_seed(const uint8_t seed[KEY_BYTES])
{
    Person person;

    identity_ed25519(seed, &person.account);
    identity_x25519(&person.account, &person.x25519);
    return person;
}

static void
session_key(const json_t *vector, uint8_t ret[KEY_BYTES])
{
    uint8_t id[1 + KEY_BYTES];

    vector_hex_exact(vector, "session_id", id, sizeof id);
    g_assert_cmpuint(id[0], ==, 0x05);
    memcpy(ret, id + 1, KEY_BYTES);
}

static BlindKind
kind_of(const json_t *vector)
{
    return strcmp(vector_text(vector, "type"), "15") == 0 ? BLIND_15 : BLIND_25;
}

/* --- ids, keys, signatures --------------------------------------------------------------
 */

static void
test_upstream_ids(void)
{
    json_t *file = vectors_load("upstream_blinding"), *vector;
    size_t i;

    json_array_foreach(vectors_group(file, "ids", 5), i, vector)
    {
        uint8_t key[KEY_BYTES], server[KEY_BYTES];
        uint8_t expected[BLINDED_ID_BYTES], made[BLINDED_ID_BYTES];

        session_key(vector, key);
        vector_hex_exact(vector, "server_pk", server, KEY_BYTES);
        vector_hex_exact(vector, "expect", expected, sizeof expected);
        g_assert_cmpint(blinded_id(&real, kind_of(vector), key, server, made), ==, ST_OK);
        g_assert_cmpmem(made, sizeof made, expected, sizeof expected);
        g_assert_true(blinded_id_is_of(&real, expected, key, server));
        server[0] ^= 1;
        g_assert_false(blinded_id_is_of(&real, expected, key, server));
    }
    json_decref(file);
}

/* An id of kind 15 is a Session ID's with either sign. */
static void
test_desktop_pairs(void)
{
    json_t *file = vectors_load("upstream_blinding"), *vector;
    size_t i;

    json_array_foreach(vectors_group(file, "session_desktop_known_pairs", 1), i, vector)
    {
        const json_t *both = json_object_get(vector, "libsession_ids");
        uint8_t key[KEY_BYTES], server[KEY_BYTES], id[BLINDED_ID_BYTES];
        uint8_t made[BLINDED_ID_BYTES];

        session_key(vector, key);
        vector_hex_exact(vector, "server_pk", server, KEY_BYTES);
        vector_hex_exact(vector, "blinded_id", id, sizeof id);
        g_assert_true(blinded_id_is_of(&real, id, key, server));
        vector_hex_exact(both, "positive", id, sizeof id);
        g_assert_cmpint(blinded_id(&real, BLIND_15, key, server, made), ==, ST_OK);
        g_assert_cmpmem(made, sizeof made, id, sizeof id);
        g_assert_true(blinded_id_is_of(&real, id, key, server));
        vector_hex_exact(both, "negative", id, sizeof id);
        g_assert_true(blinded_id_is_of(&real, id, key, server));
        id[5] ^= 1;
        g_assert_false(blinded_id_is_of(&real, id, key, server));
    }
    json_decref(file);
}

static void
check_signature(const Person *person, BlindKind kind, const uint8_t server[KEY_BYTES],
                Bytes message, const uint8_t expected[SIGNATURE_BYTES])
{
    uint8_t made[SIGNATURE_BYTES];
    BlindedPair pair;

    g_assert_cmpint(blinded_pair(&real, kind, &person->account, server, &pair), ==, ST_OK);
    g_assert_true(blinded_id_is_of(&real, pair.id, person->x25519.pk, server));
    blinded_sign(&real, &person->account, &pair, message, made);
    g_assert_cmpmem(made, sizeof made, expected, SIGNATURE_BYTES);
    g_assert_true(crypto_verify(&real, pair.id + 1, message, made));
    made[40] ^= 1;
    g_assert_false(crypto_verify(&real, pair.id + 1, message, made));
}

static void
test_upstream_signatures(void)
{
    json_t *file = vectors_load("upstream_blinding"), *vector;
    size_t i;

    json_array_foreach(vectors_group(file, "signatures", 12), i, vector)
    {
        uint8_t sk[2 * KEY_BYTES], key[KEY_BYTES], server[KEY_BYTES];
        uint8_t expected[SIGNATURE_BYTES];
        Person person;

        vector_hex_exact(vector, "ed25519_sk", sk, sizeof sk);
        vector_hex_exact(vector, "server_pk", server, KEY_BYTES);
        vector_hex_exact(vector, "expect_signature_hex", expected, sizeof expected);
        session_key(vector, key);
        person = person_of_seed(sk);
        g_assert_cmpmem(person.x25519.pk, KEY_BYTES, key, KEY_BYTES);
        check_signature(&person, kind_of(vector), server,
                        bytes_of_text(vector_text(vector, "message")), expected);
    }
    json_decref(file);
}

static void
test_version_key(void)
{
    json_t *file = vectors_load("upstream_blinding"), *vector;
    size_t i;

    json_array_foreach(vectors_group(file, "version_key", 1), i, vector)
    {
        uint8_t sk[2 * KEY_BYTES], expected[2 * KEY_BYTES];
        Ed25519Pair account, asking;

        vector_hex_exact(vector, "ed25519_sk", sk, sizeof sk);
        identity_ed25519(sk, &account);
        version_check_identity(&real, &account, &asking);
        vector_hex_exact(vector, "expect_sk", expected, sizeof expected);
        g_assert_cmpmem(asking.seed, KEY_BYTES, expected, KEY_BYTES);
        g_assert_cmpmem(asking.pk, KEY_BYTES, expected + KEY_BYTES, KEY_BYTES);
        vector_hex_exact(vector, "expect_pk", expected, KEY_BYTES);
        g_assert_cmpmem(asking.pk, KEY_BYTES, expected, KEY_BYTES);
    }
    json_decref(file);
}

/* --- libsession's people and messages ----------------------------------------------------
 */

static void
check_pair(const Person *person, const json_t *vector, BlindKind kind, const char *name,
           const uint8_t server[KEY_BYTES])
{
    const json_t *expected = json_object_get(vector, name);
    uint8_t key[KEY_BYTES];
    BlindedPair pair;

    g_assert_cmpint(blinded_pair(&real, kind, &person->account, server, &pair), ==, ST_OK);
    g_assert_cmpuint(pair.id[0], ==, kind);
    vector_hex_exact(expected, "pk", key, KEY_BYTES);
    g_assert_cmpmem(pair.id + 1, KEY_BYTES, key, KEY_BYTES);
    vector_hex_exact(expected, "sk", key, KEY_BYTES);
    g_assert_cmpmem(pair.sk, KEY_BYTES, key, KEY_BYTES);
}

static Person
check_person(const json_t *vector, const uint8_t server[KEY_BYTES])
{
    const json_t *both = json_object_get(vector, "blind15_ids");
    uint8_t seed[KEY_BYTES], key[KEY_BYTES], id[BLINDED_ID_BYTES], made[BLINDED_ID_BYTES];
    Person person;

    vector_hex_exact(vector, "ed25519_seed", seed, KEY_BYTES);
    person = person_of_seed(seed);
    session_key(vector, key);
    g_assert_cmpmem(person.x25519.pk, KEY_BYTES, key, KEY_BYTES);
    check_pair(&person, vector, BLIND_15, "blind15_keypair", server);
    check_pair(&person, vector, BLIND_25, "blind25_keypair", server);
    vector_hex_exact(both, "positive", id, sizeof id);
    g_assert_cmpint(blinded_id(&real, BLIND_15, key, server, made), ==, ST_OK);
    g_assert_cmpmem(made, sizeof made, id, sizeof id);
    vector_hex_exact(both, "negative", id, sizeof id);
    g_assert_true(blinded_id_is_of(&real, id, key, server));
    vector_hex_exact(vector, "blind25_id", id, sizeof id);
    g_assert_cmpint(blinded_id(&real, BLIND_25, key, server, made), ==, ST_OK);
    g_assert_cmpmem(made, sizeof made, id, sizeof id);
    id[KEY_BYTES] ^= 0x80; /* kind 25 has one sign */
    g_assert_false(blinded_id_is_of(&real, id, key, server));
    return person;
}

/* Opens as it was made, and in no way else; outputs are untouched by what does not open. */
static void
check_opens(const Crypto *crypto, const Person *to, const uint8_t server[KEY_BYTES],
            const uint8_t sender_id[BLINDED_ID_BYTES], Bytes sealed, Bytes message,
            const uint8_t sender[KEY_BYTES])
{
    g_autofree uint8_t *changed = g_memdup2(sealed.p, sealed.n);
    uint8_t from[KEY_BYTES] = { 99 };
    Buffer out = BUFFER_EMPTY;

    for (size_t n = 0; n < sealed.n; n++) {
        g_autofree uint8_t *part = g_memdup2(sealed.p, n);

        g_assert_cmpint(blinded_message_open(crypto, &to->account, server, sender_id,
                                             (Bytes){ part, n }, &out, from),
                        ==, n < BLINDED_MESSAGE_OVERHEAD ? ST_TRUNCATED : ST_AUTH);
    }
    for (size_t i = 0; i < sealed.n; i += 7) {
        changed[i] ^= 0x10;
        g_assert_cmpint(blinded_message_open(crypto, &to->account, server, sender_id,
                                             (Bytes){ changed, sealed.n }, &out, from),
                        ==, i == 0 ? ST_MALFORMED : ST_AUTH);
        changed[i] ^= 0x10;
    }
    g_assert_cmpuint(out.n, ==, 0);
    g_assert_cmpuint(from[0], ==, 99);
    g_assert_cmpint(
        blinded_message_open(crypto, &to->account, server, sender_id, sealed, &out, from),
        ==, ST_OK);
    g_assert_cmpmem(out.p, out.n, message.p, message.n);
    g_assert_cmpmem(from, KEY_BYTES, sender, KEY_BYTES);
    buffer_clear(&out);
}

static void
check_message(const Person *alice, const Person *bob, const json_t *vector,
              const uint8_t server[KEY_BYTES], Bytes message)
{
    g_autoptr(GByteArray) sealed = vector_hex(vector, "ciphertext_hex");
    uint8_t sender[BLINDED_ID_BYTES], recipient[BLINDED_ID_BYTES];
    uint8_t nonce[BLINDED_NONCE_BYTES];
    Buffer out = BUFFER_EMPTY;

    vector_hex_exact(vector, "sender_blinded_id", sender, sizeof sender);
    vector_hex_exact(vector, "recipient_blinded_id", recipient, sizeof recipient);
    vector_hex_exact(vector, "nonce", nonce, sizeof nonce);
    g_assert_cmpint(blinded_message_seal(&real, &alice->account, server, recipient, nonce,
                                         message, &out),
                    ==, ST_OK);
    g_assert_cmpmem(out.p, out.n, sealed->data, sealed->len);
    buffer_clear(&out);
    check_opens(&real, bob, server, sender, bytes_of_array(sealed), message,
                alice->x25519.pk);
}

static void
test_libsession_vectors(void)
{
    json_t *file = vectors_load("libsession_blinded"), *vector;
    size_t i;

    json_array_foreach(vectors_group(file, "vectors", 7), i, vector)
    {
        Bytes message = bytes_of_text(vector_text(vector, "message"));
        uint8_t server[KEY_BYTES], signature[SIGNATURE_BYTES];
        Person alice, bob;

        vector_hex_exact(vector, "server_pk", server, KEY_BYTES);
        alice = check_person(json_object_get(vector, "alice"), server);
        bob = check_person(json_object_get(vector, "bob"), server);
        vector_hex_exact(vector, "blind15_signature_by_alice_hex", signature,
                         sizeof signature);
        check_signature(&alice, BLIND_15, server, message, signature);
        vector_hex_exact(vector, "blind25_signature_by_alice_hex", signature,
                         sizeof signature);
        check_signature(&alice, BLIND_25, server, message, signature);
        check_message(&alice, &bob, json_object_get(vector, "blind15_message_alice_to_bob"),
                      server, message);
        check_message(&alice, &bob, json_object_get(vector, "blind25_message_alice_to_bob"),
                      server, message);
    }
    json_decref(file);
}

/* --- both implementations ----------------------------------------------------------------
 */

/* Of many accounts (with both signs), at both kinds: the ways to an id agree, a message
 * opens for its recipient alone. */
static void
check_everything(const Crypto *crypto, uint8_t number, BlindKind kind)
{
    const uint8_t seeds[3][KEY_BYTES] = { { 1, number }, { 2, number }, { 3, number } };
    const uint8_t server[KEY_BYTES] = { 9, number },
                  nonce[BLINDED_NONCE_BYTES] = { number };
    Bytes message = BYTES_LITERAL("to one of many");
    uint8_t signature[SIGNATURE_BYTES], from[KEY_BYTES];
    Person people[3];
    BlindedPair pairs[3];
    Buffer sealed = BUFFER_EMPTY, out = BUFFER_EMPTY;

    for (int i = 0; i < 3; i++) {
        people[i] = person_of_seed(seeds[i]);
        g_assert_cmpint(blinded_pair(crypto, kind, &people[i].account, server, &pairs[i]),
                        ==, ST_OK);
        g_assert_true(blinded_id_is_of(crypto, pairs[i].id, people[i].x25519.pk, server));
        g_assert_false(
            blinded_id_is_of(crypto, pairs[i].id, people[i].x25519.pk, seeds[i]));
    }
    blinded_sign(crypto, &people[0].account, &pairs[0], message, signature);
    g_assert_true(crypto_verify(crypto, pairs[0].id + 1, message, signature));
    g_assert_false(crypto_verify(crypto, pairs[1].id + 1, message, signature));
    g_assert_cmpint(blinded_message_seal(crypto, &people[0].account, server, pairs[1].id,
                                         nonce, message, &sealed),
                    ==, ST_OK);
    g_assert_cmpuint(sealed.n, ==, message.n + BLINDED_MESSAGE_OVERHEAD);
    g_assert_cmpint(blinded_message_open(crypto, &people[2].account, server, pairs[0].id,
                                         buffer_bytes(&sealed), &out, from),
                    ==, ST_AUTH);
    g_assert_cmpint(blinded_message_open(crypto, &people[1].account, server, pairs[2].id,
                                         buffer_bytes(&sealed), &out, from),
                    ==, ST_AUTH);
    if (number % 8 == 0)
        check_opens(crypto, &people[1], server, pairs[0].id, buffer_bytes(&sealed), message,
                    people[0].x25519.pk);
    buffer_clear(&sealed);
    buffer_clear(&out);
}

static void
test_everything(gconstpointer data)
{
    const Crypto *crypto = data;

    for (uint8_t number = 0; number < 24; number++) {
        check_everything(crypto, number, BLIND_15);
        check_everything(crypto, number, BLIND_25);
    }
}

/* Who says to be somebody else: the sender within does not fit the id outside. */
static void
test_false_sender(gconstpointer data)
{
    const Crypto *crypto = data;
    const uint8_t server[KEY_BYTES] = { 9 }, nonce[BLINDED_NONCE_BYTES] = { 1 };
    const uint8_t seeds[2][KEY_BYTES] = { { 1 }, { 2 } };
    Person from = person_of_seed(seeds[0]), to = person_of_seed(seeds[1]);
    Buffer sealed = BUFFER_EMPTY, out = BUFFER_EMPTY;
    uint8_t sender[KEY_BYTES];
    BlindedPair pair, recipient;

    g_assert_cmpint(blinded_pair(crypto, BLIND_25, &from.account, server, &pair), ==,
                    ST_OK);
    g_assert_cmpint(blinded_pair(crypto, BLIND_25, &to.account, server, &recipient), ==,
                    ST_OK);
    /* Another account's key goes into the message, sealed with the true pair. */
    from.account.pk[0] ^= 1;
    if (blinded_message_seal(crypto, &from.account, server, recipient.id, nonce,
                             BYTES_LITERAL("x"), &sealed) == ST_OK)
        g_assert_cmpint(blinded_message_open(crypto, &to.account, server, pair.id,
                                             buffer_bytes(&sealed), &out, sender),
                        ==, ST_AUTH);
    g_assert_cmpuint(out.n, ==, 0);
    buffer_clear(&sealed);
    buffer_clear(&out);
}

static void
test_refused_keys(void)
{
    const uint8_t server[KEY_BYTES] = { 9 }, nonce[BLINDED_NONCE_BYTES] = { 1 };
    uint8_t id[BLINDED_ID_BYTES] = { BLIND_15, 1 }, made[BLINDED_ID_BYTES] = { 77 };
    uint8_t no_key[KEY_BYTES] = { 0 };
    Person person = person_of_seed(server);
    Buffer out = BUFFER_EMPTY;

    /* u = 0 and u = -1 are on no point of the group. */
    g_assert_cmpint(blinded_id(&real, BLIND_15, no_key, server, made), ==, ST_AUTH);
    memset(no_key, 0xff, KEY_BYTES);
    no_key[0] = 0xec;
    no_key[KEY_BYTES - 1] = 0x7f;
    g_assert_cmpint(blinded_id(&real, BLIND_25, no_key, server, made), ==, ST_AUTH);
    g_assert_cmpuint(made[0], ==, 77);
    /* The point of order 1, of another kind. */
    g_assert_cmpint(blinded_message_seal(&real, &person.account, server, id, nonce,
                                         BYTES_LITERAL("x"), &out),
                    ==, ST_AUTH);
    id[0] = 0x05;
    g_assert_cmpint(blinded_message_seal(&real, &person.account, server, id, nonce,
                                         BYTES_LITERAL("x"), &out),
                    ==, ST_MALFORMED);
    g_assert_false(blinded_id_is_of(&real, id, person.x25519.pk, server));
    g_assert_cmpuint(out.n, ==, 0);
    buffer_clear(&out);
}

/* Counts are the same, whichever the cryptography. */
static void
test_meter(void)
{
    Meter counted[2] = { 0 };
    Crypto both[2] = { { &crypto_real, &counted[0] }, { &crypto_null, &counted[1] } };

    for (int i = 0; i < 2; i++)
        check_everything(&both[i], 8, BLIND_25);
    g_assert_cmpmem(counted[0].count, sizeof counted[0].count, counted[1].count,
                    sizeof counted[1].count);
    g_assert_cmpmem(counted[0].bytes, sizeof counted[0].bytes, counted[1].bytes,
                    sizeof counted[1].bytes);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/crypto/blinded/upstream-ids", test_upstream_ids);
    g_test_add_func("/crypto/blinded/desktop-pairs", test_desktop_pairs);
    g_test_add_func("/crypto/blinded/upstream-signatures", test_upstream_signatures);
    g_test_add_func("/crypto/blinded/version-key", test_version_key);
    g_test_add_func("/crypto/blinded/libsession", test_libsession_vectors);
    g_test_add_data_func("/crypto/blinded/real", &real, test_everything);
    g_test_add_data_func("/crypto/blinded/null", &null, test_everything);
    g_test_add_data_func("/crypto/blinded/false-sender-real", &real, test_false_sender);
    g_test_add_data_func("/crypto/blinded/false-sender-null", &null, test_false_sender);
    g_test_add_func("/crypto/blinded/refused-keys", test_refused_keys);
    g_test_add_func("/crypto/blinded/meter", test_meter);
    return g_test_run();
}
