/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire account, message-*, swarm-*: every vector, both ways round. */
#include "tests/cli/wire_program.h"
#include "tests/lib/vectors.h"

static void
test_account(void)
{
    json_t *file = vectors_load("upstream_mnemonic"), *vector, *answers;
    json_t *generated = json_object_get(file, "generated");
    json_t *upstream = json_object_get(file, "upstream");
    WireBatch batch = wire_batch("account");
    size_t i, n = json_array_size(generated);

    json_array_foreach(generated, i, vector)
    {
        wire_batch_add(&batch,
                       json_pack("{s:s}", "mnemonic", vector_text(vector, "mnemonic")));
        wire_batch_add(&batch,
                       json_pack("{s:s}", "seed_hex", vector_text(vector, "seed_hex")));
    }
    json_array_foreach(upstream, i, vector) wire_batch_add(
        &batch, json_pack("{s:s}", "mnemonic", vector_text(vector, "mnemonic")));
    answers = wire_batch_run(&batch);
    g_assert_cmpuint(json_array_size(answers), ==, 125);
    for (i = 0; i < 2 * n; i++) {
        const json_t *answer = json_array_get(answers, i);

        vector = json_array_get(generated, i / 2);
        assert_answer(answer, "mnemonic", vector_text(vector, "mnemonic"));
        assert_answer(answer, "session_id", vector_text(vector, "session_id"));
        assert_answer(answer, "ed25519_pk_hex", vector_text(vector, "ed25519_pk"));
        assert_answer(answer, "x25519_pk_hex", vector_text(vector, "session_id") + 2);
    }
    json_array_foreach(upstream, i,
                       vector) if (json_object_get(vector, "expect_session_id"))
        assert_answer(json_array_get(answers, 2 * n + i), "session_id",
                      vector_text(vector, "expect_session_id"));
    json_decref(answers);
    json_decref(file);
}

static void
test_account_keys(void)
{
    json_t *file = vectors_load("libsession_session_encrypt"), *vector, *answers;
    WireBatch batch = wire_batch("account");
    size_t i;

    json_array_foreach(json_object_get(file, "vectors"), i, vector) wire_batch_add(
        &batch, json_pack("{s:s}", "seed_hex",
                          vector_text(json_object_get(vector, "sender"), "ed25519_seed")));
    answers = wire_batch_run(&batch);
    json_array_foreach(json_object_get(file, "vectors"), i, vector)
    {
        const json_t *sender = json_object_get(vector, "sender");
        const json_t *answer = json_array_get(answers, i);

        assert_answer(answer, "session_id", vector_text(sender, "session_id"));
        assert_answer(answer, "ed25519_pk_hex", vector_text(sender, "ed25519_pk"));
        assert_answer(answer, "x25519_pk_hex", vector_text(sender, "x25519_pk"));
        assert_answer(answer, "x25519_sk_hex", vector_text(sender, "x25519_sk"));
        /* a seed of 32 random bytes has no phrase of 13 words */
        g_assert_nonnull(json_object_get(answer, "mnemonic"));
    }
    g_assert_cmpuint(i, ==, 48);
    json_decref(answers);
    json_decref(file);
}

/* --- messages ---------------------------------------------------------------------------
 */

static json_t *
seal_input(const json_t *vector)
{
    return json_pack("{s:s, s:s, s:s}", "ed25519_seed_hex",
                     vector_text(json_object_get(vector, "sender"), "ed25519_seed"),
                     "recipient",
                     vector_text(json_object_get(vector, "recipient"), "session_id"),
                     "message_hex", vector_text(vector, "message_hex"));
}

static void
open_and_check(const json_t *vectors, json_t *const *sealed, size_t n_sealed)
{
    WireBatch batch = wire_batch("message-open");
    json_t *vector, *answers;
    size_t i;

    for (size_t s = 0; s < n_sealed; s++)
        json_array_foreach(vectors, i, vector) wire_batch_add(
            &batch,
            json_pack("{s:s, s:s}", "ed25519_seed_hex",
                      vector_text(json_object_get(vector, "recipient"), "ed25519_seed"),
                      "ciphertext_hex",
                      wire_answer(json_array_get(sealed[s], i), "ciphertext_hex")));
    answers = wire_batch_run(&batch);
    for (size_t s = 0; s < n_sealed; s++) {
        json_array_foreach(vectors, i, vector)
        {
            const json_t *answer =
                json_array_get(answers, s * json_array_size(vectors) + i);

            assert_answer(answer, "message_hex", vector_text(vector, "message_hex"));
            assert_answer(answer, "sender",
                          vector_text(json_object_get(vector, "sender"), "session_id"));
        }
    }
    json_decref(answers);
}

static void
test_messages(void)
{
    json_t *file = vectors_load("libsession_session_encrypt"), *vector;
    json_t *vectors = json_object_get(file, "vectors");
    WireBatch exact = wire_batch("message-seal"), random = wire_batch("message-seal");
    json_t *sealed[3]; /* exactly as the library, by our own luck, the library's */
    size_t i;

    json_array_foreach(vectors, i, vector)
    {
        json_t *in = seal_input(vector);

        if (json_is_true(json_object_get(vector, "deterministic")))
            json_object_set_new(in, "deterministic", json_true());
        else
            json_object_set(in, "ephemeral_sk_hex",
                            json_object_get(vector, "ephemeral_x25519_sk"));
        wire_batch_add(&exact, in);
        wire_batch_add(&random, seal_input(vector));
    }
    g_assert_cmpuint(i, ==, 48);
    sealed[0] = wire_batch_run(&exact);
    sealed[1] = wire_batch_run(&random);
    sealed[2] = json_array();
    json_array_foreach(vectors, i, vector)
    {
        const char *ours = wire_answer(json_array_get(sealed[1], i), "ciphertext_hex");
        const char *theirs = vector_text(vector, "ciphertext_hex");

        assert_answer(json_array_get(sealed[0], i), "ciphertext_hex", theirs);
        g_assert_cmpstr(ours, !=, theirs);
        json_array_append_new(sealed[2], json_pack("{s:s}", "ciphertext_hex", theirs));
    }
    open_and_check(vectors, sealed, 3);
    for (i = 0; i < 3; i++)
        json_decref(sealed[i]);
    json_decref(file);
}

static void
test_messages_refused(void)
{
    json_t *file = vectors_load("libsession_session_encrypt"), *vector, *answers;
    json_t *vectors = json_object_get(file, "decrypt_accept_reject");
    WireBatch batch = wire_batch("message-open");
    size_t i;

    json_array_foreach(vectors, i, vector)
    {
        g_autofree char *seed = g_strndup(vector_text(vector, "recipient_ed25519"), 64);

        wire_batch_add(&batch,
                       json_pack("{s:s, s:s}", "ed25519_seed_hex", seed, "ciphertext_hex",
                                 vector_text(vector, "ciphertext_hex")));
    }
    answers = wire_batch_run(&batch);
    json_array_foreach(vectors, i, vector)
    {
        if (strcmp(vector_text(vector, "result"), "ok") == 0)
            assert_answer(json_array_get(answers, i), "message_hex",
                          vector_text(vector, "message_hex"));
        else
            assert_refused(json_array_get(answers, i));
    }
    g_assert_cmpuint(i, ==, 11);
    json_decref(answers);
    json_decref(file);
}

static void
test_upstream_message(void)
{
    json_t *file = vectors_load("upstream_session_encrypt");
    const json_t *vector = json_array_get(json_object_get(file, "deterministic"), 0);
    const char *message = vector_text(vector, "message");
    g_autofree char *hex = g_malloc0(2 * strlen(message) + 1);
    json_t *answer;

    hex_encode(bytes_of_text(message), hex);
    answer = wire_ask("message-seal",
                      json_pack("{s:s, s:s, s:s, s:b}", "ed25519_seed_hex",
                                vector_text(vector, "sender_ed25519_seed"), "recipient",
                                vector_text(vector, "recipient_session_id"), "message_hex",
                                hex, "deterministic", 1));
    assert_answer(answer, "ciphertext_hex", vector_text(vector, "expect_ciphertext_hex"));
    json_decref(answer);
    json_decref(file);
}

static void
check_hashes(const char *name, const char *hash_key, size_t n)
{
    json_t *file = vectors_load(name), *vector, *answers;
    WireBatch batch = wire_batch("message-hash");
    size_t i;

    json_array_foreach(json_object_get(file, "vectors"), i, vector) wire_batch_add(
        &batch, json_pack("{s:s, s:O, s:s}", "pubkey", vector_text(vector, "pubkey"),
                          "namespace", json_object_get(vector, "namespace"), "data_hex",
                          vector_text(vector, "data_hex")));
    g_assert_cmpuint(i, ==, n);
    answers = wire_batch_run(&batch);
    json_array_foreach(json_object_get(file, "vectors"), i, vector)
        assert_answer(json_array_get(answers, i), "hash", vector_text(vector, hash_key));
    json_decref(answers);
    json_decref(file);
}

static void
test_hashes(void)
{
    check_hashes("ss_message_hash", "hash", 36);
    check_hashes("upstream_message_hash", "expect_hash", 1);
}

/* --- swarms -----------------------------------------------------------------------------
 */

/* A number of 64 bits, which comes as text or integer, as 16 hex digits. */
static json_t *
digits16(const json_t *value)
{
    guint64 v;

    if (json_is_integer(value))
        v = (guint64)json_integer_value(value);
    else
        g_assert_true(g_ascii_string_to_unsigned(json_string_value(value), 10, 0,
                                                 G_MAXUINT64, &v, NULL));
    return json_sprintf("%016" G_GINT64_MODIFIER "x", v);
}

static void
check_swarms(const json_t *vectors, const char *id_key, size_t n)
{
    WireBatch batch = wire_batch("swarm-of");
    json_t *vector, *answers, *id;
    size_t i, j;

    json_array_foreach(vectors, i, vector)
    {
        json_t *ids = json_array();

        json_array_foreach(json_object_get(vector, "swarm_ids"), j, id)
            json_array_insert_new(ids, 0, digits16(id)); /* in any order */
        wire_batch_add(&batch, json_pack("{s:s, s:o}", "pubkey",
                                         vector_text(vector, "pubkey"), "swarm_ids", ids));
    }
    g_assert_cmpuint(i, ==, n);
    answers = wire_batch_run(&batch);
    json_array_foreach(vectors, i, vector)
    {
        const json_t *answer = json_array_get(answers, i);
        const json_t *expected = json_object_get(vector, id_key);

        if (json_is_null(expected)) {
            g_assert_true(json_is_null(json_object_get(answer, "swarm_id")));
        } else {
            json_t *digits = digits16(expected);

            assert_answer(answer, "swarm_id", json_string_value(digits));
            json_decref(digits);
        }
    }
    json_decref(answers);
}

static void
test_swarm_of(void)
{
    json_t *file = vectors_load("ss_pubkey_to_swarm");

    check_swarms(json_object_get(file, "vectors"), "swarm_id", 601);
    json_decref(file);
    file = vectors_load("upstream_swarm");
    check_swarms(json_object_get(file, "pubkey_to_swarm_id"), "expect_swarm_id", 32);
    json_decref(file);
}

/* The network before a block: what the block before left, without those who leave. */
static json_t *
swarms_before(const json_t *previous, const json_t *leave)
{
    g_autoptr(GHashTable) gone = g_hash_table_new(g_str_hash, g_str_equal);
    json_t *swarms = json_array(), *swarm, *node;
    size_t i, j;

    json_array_foreach(leave, i, node)
        g_hash_table_add(gone, (char *)json_string_value(node));
    json_array_foreach(json_object_get(previous, "result"), i, swarm)
    {
        json_t *nodes = json_array();

        json_array_foreach(json_object_get(swarm, "nodes"), j,
                           node) if (!g_hash_table_contains(gone, json_string_value(node)))
            json_array_append(nodes, node);
        json_array_append_new(swarms, json_pack("{s:o, s:o}", "id",
                                                digits16(json_object_get(swarm, "id")),
                                                "nodes", nodes));
    }
    return swarms;
}

static json_t *
decimal_text(const json_t *value)
{
    if (json_is_string(value))
        return json_string(json_string_value(value));
    return json_sprintf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
}

static void
check_block(const json_t *block, const json_t *answer)
{
    json_t *swarm;
    size_t i;

    if (json_object_get(answer, "error") != NULL)
        g_error("%s", json_string_value(json_object_get(answer, "error")));
    g_assert_cmpuint(json_array_size(json_object_get(answer, "swarms")), ==,
                     json_array_size(json_object_get(block, "result")));
    json_array_foreach(json_object_get(block, "result"), i, swarm)
    {
        const json_t *ours = json_array_get(json_object_get(answer, "swarms"), i);
        json_t *id = digits16(json_object_get(swarm, "id"));

        assert_answer(ours, "id", json_string_value(id));
        g_assert_true(
            json_equal(json_object_get(ours, "nodes"), json_object_get(swarm, "nodes")));
        json_decref(id);
    }
}

static void
test_swarm_assign(void)
{
    json_t *file = vectors_load("core_swarm_assignment"), *sequence, *block, *answers;
    WireBatch batch = wire_batch("swarm-assign");
    size_t i, j, n = 0;

    json_array_foreach(json_object_get(file, "vectors"), i, sequence)
    {
        const json_t *previous = NULL;

        json_array_foreach(json_object_get(sequence, "blocks"), j, block)
        {
            wire_batch_add(
                &batch, json_pack("{s:o, s:O, s:o}", "swarms",
                                  swarms_before(previous, json_object_get(block, "leave")),
                                  "unassigned", json_object_get(block, "join"), "seed",
                                  decimal_text(json_object_get(block, "seed"))));
            previous = block;
        }
    }
    answers = wire_batch_run(&batch);
    json_array_foreach(json_object_get(file, "vectors"), i, sequence)
    {
        json_array_foreach(json_object_get(sequence, "blocks"), j, block)
            check_block(block, json_array_get(answers, n++));
    }
    g_assert_cmpuint(n, ==, 495);
    json_decref(answers);
    json_decref(file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/account", test_account);
    g_test_add_func("/wire/account/keys", test_account_keys);
    g_test_add_func("/wire/message", test_messages);
    g_test_add_func("/wire/message/refused", test_messages_refused);
    g_test_add_func("/wire/message/upstream", test_upstream_message);
    g_test_add_func("/wire/message-hash", test_hashes);
    g_test_add_func("/wire/swarm-of", test_swarm_of);
    g_test_add_func("/wire/swarm-assign", test_swarm_assign);
    return g_test_run();
}
