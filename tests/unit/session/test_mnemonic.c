/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recovery phrases against Session's own, and what is signed in each storage request. */
#include "clients/session/mnemonic.h"

#include "clients/session/session.h"
#include "clients/session/signed_text.h"
#include "tests/lib/mutate.h"
#include "tests/lib/vectors.h"

static char *
encode(const uint8_t seed[MNEMONIC_SEED_BYTES])
{
    Buffer text = BUFFER_EMPTY;
    char *copy;

    mnemonic_encode(seed, &text);
    copy = g_strndup((const char *)text.p, text.n);
    buffer_clear(&text);
    return copy;
}

static void
check_account(const uint8_t seed[MNEMONIC_SEED_BYTES], const char *id)
{
    uint8_t account_seed[ACCOUNT_SEED_BYTES], account[ACCOUNT_BYTES];
    char hex[2 * ACCOUNT_BYTES + 1] = "";

    account_seed_extend(seed, account_seed);
    g_assert_true(account_seed_has_mnemonic(account_seed));
    session_account_of_seed(account_seed, account);
    hex_encode((Bytes){ account, sizeof account }, hex);
    g_assert_cmpstr(hex, ==, id);
}

static void
check_phrase(const json_t *vector, const char *id_key)
{
    const char *phrase = vector_text(vector, "mnemonic");
    uint8_t seed[MNEMONIC_SEED_BYTES], expected[MNEMONIC_SEED_BYTES];

    g_assert_cmpint(mnemonic_decode(bytes_of_text(phrase), seed), ==, ST_OK);
    if (json_object_get(vector, "seed_hex") != NULL) {
        g_autofree char *made = encode(seed);

        vector_hex_exact(vector, "seed_hex", expected, sizeof expected);
        g_assert_cmpmem(seed, sizeof seed, expected, sizeof expected);
        g_assert_cmpstr(made, ==, phrase);
    }
    if (json_object_get(vector, id_key) != NULL)
        check_account(seed, vector_text(vector, id_key));
}

static void
test_vectors(void)
{
    json_t *file = vectors_load("upstream_mnemonic"), *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "generated"), i, vector)
        check_phrase(vector, "session_id");
    g_assert_cmpuint(i, ==, 60);
    json_array_foreach(json_object_get(file, "upstream"), i, vector)
        check_phrase(vector, "expect_session_id");
    g_assert_cmpuint(i, ==, 5);
    json_decref(file);
}

static void
test_round_trip(void)
{
    for (unsigned i = 0; i < 4096; i++) {
        uint8_t seed[MNEMONIC_SEED_BYTES], again[MNEMONIC_SEED_BYTES];
        g_autofree char *phrase = NULL;

        for (int j = 0; j < MNEMONIC_SEED_BYTES; j++)
            seed[j] = (uint8_t)(i * 2654435761U >> (j % 4 * 8)) ^ (uint8_t)(j * i);
        phrase = encode(seed);
        g_assert_cmpint(mnemonic_decode(bytes_of_text(phrase), again), ==, ST_OK);
        g_assert_cmpmem(seed, sizeof seed, again, sizeof again);
    }
}

static void
test_refused(void)
{
    static const char good[] = "puffin luxury annoyed rustled memoir faxed smidgen puddle "
                               "kiwi nylon utopia zinger kiwi";
    const struct {
        const char *phrase;
        Status status;
    } cases[] = {
        { good, ST_OK },
        { "  PUFFIN\tluxury annoyed rustled memoir faxed smidgen puddle kiwi nylon utopia "
          "zinger kiwi\n",
          ST_OK },
        { "puf lux ann rus mem fax smi pud kiw nyl uto zin kiw", ST_OK },
        { "", ST_TRUNCATED },
        { "puffin luxury annoyed rustled memoir faxed smidgen puddle kiwi nylon utopia "
          "zinger",
          ST_TRUNCATED },
        { "puffin luxury annoyed rustled memoir faxed smidgen puddle kiwi nylon utopia "
          "zinger kiwi kiwi",
          ST_TOO_LARGE },
        { "puffin luxury annoyed rustled memoir faxed smidgen puddle kiwi nylon utopia "
          "zinger nylon",
          ST_AUTH },
        { "luxury puffin annoyed rustled memoir faxed smidgen puddle kiwi nylon utopia "
          "zinger kiwi",
          ST_AUTH },
        { "pu luxury annoyed rustled memoir faxed smidgen puddle kiwi nylon utopia zinger "
          "kiwi",
          ST_NOT_FOUND },
        { "zzz luxury annoyed rustled memoir faxed smidgen puddle kiwi nylon utopia zinger "
          "kiwi",
          ST_NOT_FOUND },
        { "aaa luxury annoyed rustled memoir faxed smidgen puddle kiwi nylon utopia zinger "
          "kiwi",
          ST_NOT_FOUND },
    };
    uint8_t seed[MNEMONIC_SEED_BYTES], untouched[MNEMONIC_SEED_BYTES];

    memset(untouched, 0xa5, sizeof untouched);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        memcpy(seed, untouched, sizeof seed);
        g_assert_cmpint(mnemonic_decode(bytes_of_text(cases[i].phrase), seed), ==,
                        cases[i].status);
        if (cases[i].status != ST_OK)
            g_assert_cmpmem(seed, sizeof seed, untouched, sizeof untouched);
    }
    for (size_t n = 0; n < sizeof good - 2; n++) /* ("kiw" still says kiwi) */
        g_assert_cmpint(mnemonic_decode((Bytes){ (const uint8_t *)good, n }, seed), !=,
                        ST_OK);
}

static void
test_signed_text(void)
{
    static const UnixMs expiries[] = { 1700000000001, 1700000000002 };
    const Bytes items[] = { BYTES_LITERAL("aa"), BYTES_LITERAL("bb") };
    const struct {
        const char *method;
        int32_t name_space;
        const char *modifier, *expected;
    } cases[] = {
        { "store", 0, NULL, "store1700000000000" },
        { "store", -42, NULL, "store-421700000000000" },
        { "retrieve", 3, "extend", "retrieve31700000000000" },
        { "delete", 5, NULL, "deleteaabb" },
        { "delete_all", STORE_NAMESPACE_ALL, NULL, "delete_allall1700000000000" },
        { "delete_before", 0, NULL, "delete_before1700000000000" },
        { "expire", 1, NULL, "expire17000000000011700000000002aabb" },
        { "expire", 1, "extend", "expireextend17000000000011700000000002aabb" },
        { "expire_all", 7, NULL, "expire_all71700000000000" },
        { "get_expiries", 7, NULL, "get_expiries1700000000000aabb" },
        { "revoke_subaccount", 0, NULL, "revoke_subaccount1700000000000aabb" },
        { "unrevoke_subaccount", 0, NULL, "unrevoke_subaccount1700000000000aabb" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        SignedRequest request = { .modifier = cases[i].modifier,
                                  .name_space = cases[i].name_space,
                                  .time = 1700000000000,
                                  .expiries = expiries,
                                  .n_expiries = 2,
                                  .items = items,
                                  .n_items = 2 };
        Buffer text = BUFFER_EMPTY;

        g_assert_cmpint(
            signed_method_parse(bytes_of_text(cases[i].method), &request.method), ==,
            ST_OK);
        signed_text(&request, &text);
        g_assert_cmpmem(text.p, text.n, cases[i].expected, strlen(cases[i].expected));
        buffer_clear(&text);
    }
    for (size_t i = 0; i < 3; i++) {
        static const char *const unsigned_names[] = { "info", "get_swarm", "stor" };
        SignedMethod method = SIGNED_METHODS;

        g_assert_cmpint(signed_method_parse(bytes_of_text(unsigned_names[i]), &method), ==,
                        ST_NOT_FOUND);
        g_assert_cmpint(method, ==, SIGNED_METHODS);
    }
}

/* Every beginning of a phrase, in memory of its own, has one of the documented ends; so
 * have NULs, bytes that are no UTF-8, and phrases changed at random. */
static void
test_damaged(void)
{
    Bytes good = BYTES_LITERAL("puffin luxury annoyed rustled memoir faxed smidgen puddle "
                               "kiwi nylon utopia zinger kiwi");
    uint8_t seed[MNEMONIC_SEED_BYTES] = { 99 };
    size_t whole = good.n - strlen("kiwi") + 3; /* three letters say a word */

    for (size_t n = 0; n < whole; n++) {
        Bytes part = truncated(good, n);
        Status status = mnemonic_decode(part, seed);

        g_assert_true(status == ST_TRUNCATED || status == ST_NOT_FOUND);
        bytes_free(part);
    }
    g_assert_cmpint(mnemonic_decode(BYTES_LITERAL("puffin\0luxury"), seed), !=, ST_OK);
    g_assert_cmpint(mnemonic_decode(BYTES_LITERAL("\xff\xfe\xfd"), seed), !=, ST_OK);
    g_assert_cmpuint(seed[0], ==, 99);
    for (uint32_t i = 0; i < 3000; i++) {
        Bytes changed = mutate(i, good, BYTES_LITERAL(" abckz\0\t"));
        Status status = mnemonic_decode(changed, seed);

        g_assert_true(status == ST_OK || seed[0] == 99);
        g_assert_true(status == ST_OK || status == ST_TRUNCATED || status == ST_TOO_LARGE ||
                      status == ST_NOT_FOUND || status == ST_AUTH);
        seed[0] = 99;
        bytes_free(changed);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/mnemonic/vectors", test_vectors);
    g_test_add_func("/mnemonic/round-trip", test_round_trip);
    g_test_add_func("/mnemonic/refused", test_refused);
    g_test_add_func("/mnemonic/damaged", test_damaged);
    g_test_add_func("/signed-text/methods", test_signed_text);
    return g_test_run();
}
