/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * swarmbed wire onion-*, reply-*: every vector, both ways round. */
#include "tests/cli/wire_program.h"
#include "tests/lib/vectors.h"

#include "nodes/onion/onion.h"

/* --- peeling, hop by hop, many requests at a time
 * ----------------------------------------- */

/* One request on its way: the secret keys of those who open it, guard first. */
typedef struct Journey {
    GPtrArray *keys;
    json_t *last;  /* what the latest node found; NULL before the first */
    char *request; /* hex */
} Journey;

static void
journey_free(gpointer p)
{
    Journey *journey = p;

    g_ptr_array_unref(journey->keys);
    json_decref(journey->last);
    g_free(journey->request);
    g_free(journey);
}

static Journey *
journey_new(GPtrArray *journeys, const char *request)
{
    Journey *journey = g_new0(Journey, 1);

    journey->keys = g_ptr_array_new();
    journey->request = g_strdup(request);
    g_ptr_array_add(journeys, journey);
    return journey;
}

static json_t *
peel_input(const Journey *journey, guint step)
{
    const char *key = g_ptr_array_index(journey->keys, step);

    if (step == 0)
        return json_pack("{s:s, s:s}", "x25519_sk_hex", key, "request_hex",
                         journey->request);
    g_assert_cmpstr(wire_answer(journey->last, "kind"), ==, "relay");
    return json_pack("{s:s, s:s, s:s, s:s}", "x25519_sk_hex", key, "ciphertext_hex",
                     wire_answer(journey->last, "ciphertext_hex"), "ephemeral_pk_hex",
                     wire_answer(journey->last, "ephemeral_pk_hex"), "enc_type",
                     wire_answer(journey->last, "enc_type"));
}

/* Let each journey go as many steps as it has keys; @check (may be NULL) sees each. */
static void
journeys_run(GPtrArray *journeys, void (*check)(guint journey, guint step, const json_t *))
{
    for (guint step = 0;; step++) {
        WireBatch batch = wire_batch("onion-peel");
        json_t *answers;
        guint at = 0;

        for (guint i = 0; i < journeys->len; i++) {
            const Journey *journey = g_ptr_array_index(journeys, i);

            if (step < journey->keys->len)
                wire_batch_add(&batch, peel_input(journey, step));
        }
        if (batch.n == 0) {
            g_string_free(batch.input, TRUE);
            return;
        }
        answers = wire_batch_run(&batch);
        for (guint i = 0; i < journeys->len; i++) {
            Journey *journey = g_ptr_array_index(journeys, i);

            if (step >= journey->keys->len)
                continue;
            json_decref(journey->last);
            journey->last = json_incref(json_array_get(answers, at++));
            if (check != NULL)
                check(i, step, journey->last);
        }
        json_decref(answers);
    }
}

/* --- libsession_onion -------------------------------------------------------------------
 */

static json_t *
hop_input(const json_t *hop)
{
    return json_pack("{s:s, s:s}", "ed25519_pk_hex", vector_text(hop, "ed25519_pk"),
                     "x25519_pk_hex", vector_text(hop, "x25519_pk"));
}

static json_t *
destination_input(const json_t *destination)
{
    json_t *out;

    if (strcmp(vector_text(destination, "type"), "snode") == 0) {
        out = hop_input(destination);
        json_object_set_new(out, "type", json_string("snode"));
        return out;
    }
    out = json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "server", "host",
                    vector_text(destination, "host"), "target",
                    vector_text(destination, "target"), "protocol",
                    vector_text(destination, "protocol"), "x25519_pk_hex",
                    vector_text(destination, "x25519_pk"));
    if (json_is_integer(json_object_get(destination, "port")))
        json_object_set(out, "port", json_object_get(destination, "port"));
    else /* libsession writes the default, too */
        json_object_set_new(out, "port", json_integer(443));
    return out;
}

static json_t *
wrap_input(const json_t *vector)
{
    json_t *hops = json_array(), *hop;
    size_t i;

    json_array_foreach(json_object_get(vector, "hops"), i, hop)
        json_array_append_new(hops, hop_input(hop));
    return json_pack("{s:s, s:o, s:o, s:s}", "enc_type", vector_text(vector, "enc_type"),
                     "hops", hops, "destination",
                     destination_input(json_object_get(vector, "destination")),
                     "payload_hex", vector_text(vector, "payload_hex"));
}

static json_t *
wrap_input_exact(const json_t *vector)
{
    json_t *in = wrap_input(vector), *keys = json_array(), *nonces = json_array(), *layer;
    size_t i;

    json_array_foreach(json_object_get(vector, "layers_inner_to_outer"), i, layer)
    {
        json_array_append(keys, json_object_get(layer, "ephemeral_sk"));
        json_array_append(nonces, json_object_get(layer, "nonce"));
    }
    json_object_set_new(in, "ephemeral_sk_hex", keys);
    json_object_set_new(in, "nonce_hex", nonces);
    return in;
}

static gboolean
to_server(const json_t *vector)
{
    return strcmp(vector_text(json_object_get(vector, "destination"), "type"), "server") ==
           0;
}

/* The nodes that peel; a server opens its payload itself. */
static void
journey_of_vector(GPtrArray *journeys, const json_t *vector, const char *request)
{
    Journey *journey = journey_new(journeys, request);
    json_t *hop;
    size_t i;

    json_array_foreach(json_object_get(vector, "hops"), i, hop)
        g_ptr_array_add(journey->keys, (gpointer)vector_text(hop, "x25519_sk"));
    if (!to_server(vector))
        g_ptr_array_add(journey->keys,
                        (gpointer)vector_text(json_object_get(vector, "destination_keys"),
                                              "x25519_sk"));
}

static json_t *onion_vectors; /* while test_libsession_onion runs */

/* The nodes' findings against the vector's, for the library's own bytes. */
static void
check_step(guint journey, guint step, const json_t *found)
{
    const json_t *vector = json_array_get(onion_vectors, journey / 2);
    const json_t *peel = json_array_get(json_object_get(vector, "peel"), step);
    const json_t *control = json_object_get(peel, "inner_control");
    const char *kind = wire_answer(found, "kind");

    if (strcmp(kind, "relay") == 0) {
        assert_answer(found, "destination_hex", vector_text(control, "destination"));
        assert_answer(found, "enc_type", vector_text(control, "enc_type"));
    }
    if (journey % 2 != 0) /* ours has other keys */
        return;
    if (strcmp(kind, "relay") == 0) {
        assert_answer(found, "ephemeral_pk_hex", vector_text(control, "ephemeral_key"));
        assert_answer(found, "ciphertext_hex", vector_text(peel, "inner_blob_hex"));
    } else if (strcmp(kind, "final") == 0) {
        g_assert_true(json_equal(json_object_get(found, "control"), control));
    } else {
        assert_answer(found, "body_hex", vector_text(peel, "plaintext_hex"));
    }
}

static void
check_arrival(const json_t *vector, const json_t *found)
{
    const json_t *d = json_object_get(vector, "destination");
    json_t *answer;

    if (!to_server(vector)) {
        assert_answer(found, "kind", "final");
        assert_answer(found, "payload_hex", vector_text(vector, "payload_hex"));
        return;
    }
    assert_answer(found, "kind", "server");
    assert_answer(found, "host", vector_text(d, "host"));
    assert_answer(found, "target", vector_text(d, "target"));
    assert_answer(found, "protocol", vector_text(d, "protocol"));
    g_assert_cmpint(json_integer_value(json_object_get(found, "port")), ==,
                    json_is_integer(json_object_get(d, "port"))
                        ? json_integer_value(json_object_get(d, "port"))
                        : 443);
    /* What the server gets is a container like a guard's, but no routing is inside. */
    answer = wire_ask(
        "onion-peel",
        json_pack("{s:s, s:s}", "x25519_sk_hex",
                  vector_text(json_object_get(vector, "destination_keys"), "x25519_sk"),
                  "request_hex", wire_answer(found, "body_hex")));
    assert_error(answer, "Invalid json");
    json_decref(answer);
}

static void
test_libsession_onion(void)
{
    json_t *file = vectors_load("libsession_onion"), *vector, *exact, *ours;
    WireBatch exactly = wire_batch("onion-wrap"), randomly = wire_batch("onion-wrap");
    g_autoptr(GPtrArray) journeys = g_ptr_array_new_with_free_func(journey_free);
    size_t i;

    onion_vectors = json_object_get(file, "vectors");
    json_array_foreach(onion_vectors, i, vector)
    {
        wire_batch_add(&exactly, wrap_input_exact(vector));
        wire_batch_add(&randomly, wrap_input(vector));
    }
    g_assert_cmpuint(i, ==, 49);
    exact = wire_batch_run(&exactly);
    ours = wire_batch_run(&randomly);
    json_array_foreach(onion_vectors, i, vector)
    {
        const json_t *answer = json_array_get(exact, i);

        assert_answer(answer, "request_hex", vector_text(vector, "request_blob_hex"));
        assert_answer(answer, "ephemeral_sk_hex", vector_text(vector, "final_x25519_sk"));
        assert_answer(answer, "ephemeral_pk_hex", vector_text(vector, "final_x25519_pk"));
        journey_of_vector(journeys, vector, vector_text(vector, "request_blob_hex"));
        journey_of_vector(journeys, vector,
                          wire_answer(json_array_get(ours, i), "request_hex"));
    }
    journeys_run(journeys, check_step);
    for (guint j = 0; j < journeys->len; j++) {
        const Journey *journey = g_ptr_array_index(journeys, j);

        check_arrival(json_array_get(onion_vectors, j / 2), journey->last);
    }
    json_decref(exact);
    json_decref(ours);
    json_decref(file);
    onion_vectors = NULL;
}

/* --- what is accepted and what not
 * --------------------------------------------------------- */

static void
test_libsession_negative(void)
{
    json_t *file = vectors_load("libsession_onion_negative"), *vector, *answers;
    WireBatch batch = wire_batch("onion-peel");
    size_t i;

    json_array_foreach(json_object_get(file, "vectors"), i, vector) wire_batch_add(
        &batch, json_pack("{s:s, s:s}", "x25519_sk_hex", vector_text(vector, "x25519_sk"),
                          "request_hex", vector_text(vector, "blob_hex")));
    answers = wire_batch_run(&batch);
    json_array_foreach(json_object_get(file, "vectors"), i, vector)
    {
        const json_t *answer = json_array_get(answers, i);

        if (strcmp(vector_text(vector, "result"), "ok") == 0) {
            g_autofree char *start = NULL;
            const char *plain = vector_text(vector, "plaintext_hex");

            assert_answer(answer, "kind", "relay");
            start = g_strndup(plain + 8, strlen(wire_answer(answer, "ciphertext_hex")));
            assert_answer(answer, "ciphertext_hex", start);
        } else {
            assert_refused(answer);
        }
    }
    g_assert_cmpuint(i, ==, 19);
    json_decref(answers);
    json_decref(file);
}

static json_t *
reply_seal_input(const char *sk, const char *pk, const char *enc, const char *plain)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "x25519_sk_hex", sk, "ephemeral_pk_hex", pk,
                     "enc_type", enc, "plaintext_hex", plain);
}

/* What a storage server read in a layer, beside what we found in it. */
static void
check_parsed(const json_t *expected, const char *plaintext, const json_t *answer)
{
    const char *kind = vector_text(expected, "kind");
    json_t *control = json_object_get(answer, "control");

    if (strcmp(kind, "relay_to_node") == 0) {
        assert_answer(answer, "kind", "relay");
        assert_answer(answer, "ciphertext_hex", vector_text(expected, "ciphertext_hex"));
        assert_answer(answer, "destination_hex", vector_text(expected, "next_node"));
        assert_answer(answer, "ephemeral_pk_hex", vector_text(expected, "ephemeral_key"));
        assert_answer(answer, "enc_type", vector_text(expected, "enc_type"));
    } else if (strcmp(kind, "final") == 0) {
        assert_answer(answer, "kind", "final");
        assert_answer(answer, "payload_hex", vector_text(expected, "body_hex"));
        g_assert_true(json_is_true(json_object_get(expected, "json")) ==
                      json_is_true(json_object_get(control, "json")));
        g_assert_true(json_is_true(json_object_get(expected, "base64")) ==
                      !json_is_false(json_object_get(control, "base64")));
    } else if (strcmp(kind, "relay_to_server") == 0) {
        if (json_is_false(json_object_get(expected, "target_allowed"))) {
            assert_error(answer, "Invalid url");
            return;
        }
        assert_answer(answer, "kind", "server");
        assert_answer(answer, "body_hex", plaintext);
        assert_answer(answer, "host", vector_text(expected, "host"));
        assert_answer(answer, "target", vector_text(expected, "target"));
    } else {
        g_assert_cmpstr(kind, ==, "INVALID_JSON");
        assert_error(answer, "Invalid json");
    }
}

/* With aes-gcm both ways have one key: a reply sealed with the client's secret half is a
 * layer for the node. */
static json_t *
layers_of(const json_t *vectors, const json_t *keys)
{
    WireBatch seal = wire_batch("reply-seal"), peel = wire_batch("onion-peel");
    const char *client_sk = vector_text(keys, "client_x25519_sk");
    const char *client_pk = vector_text(keys, "client_x25519_pk");
    json_t *vector, *sealed, *answers;
    size_t i;

    json_array_foreach(vectors, i, vector) wire_batch_add(
        &seal, reply_seal_input(client_sk, vector_text(keys, "server_x25519_pk"), "aes-gcm",
                                vector_text(vector, "plaintext_hex")));
    sealed = wire_batch_run(&seal);
    json_array_foreach(vectors, i, vector) wire_batch_add(
        &peel, json_pack("{s:s, s:s, s:s, s:s}", "x25519_sk_hex",
                         vector_text(keys, "server_x25519_sk"), "ciphertext_hex",
                         wire_answer(json_array_get(sealed, i), "reply_hex"),
                         "ephemeral_pk_hex", client_pk, "enc_type", "aes-gcm"));
    answers = wire_batch_run(&peel);
    json_decref(sealed);
    return answers;
}

static void
check_inner(const char *name, const char *expected_key, size_t n)
{
    json_t *keys_file = vectors_load("ss_onion"), *file = vectors_load(name), *vector;
    json_t *vectors = json_object_get(file, "inner_request"), *answers;
    size_t i;

    answers = layers_of(
        vectors, json_array_get(json_object_get(keys_file, "channel_encryption"), 0));
    json_array_foreach(vectors, i, vector)
        check_parsed(json_object_get(vector, expected_key),
                     vector_text(vector, "plaintext_hex"), json_array_get(answers, i));
    g_assert_cmpuint(i, ==, n);
    json_decref(answers);
    json_decref(file);
    json_decref(keys_file);
}

static void
test_inner_requests(void)
{
    check_inner("ss_onion", "result", 14);
    check_inner("upstream_onion", "expect", 4);
}

static json_t *mixed_vectors; /* while test_mixed runs */

static void
check_mixed(guint journey, guint step, const json_t *found)
{
    const json_t *vector = json_array_get(mixed_vectors, journey);
    const json_t *parsed =
        json_array_get(json_object_get(vector, "storage_server_parse"), step);

    check_parsed(parsed, "", found);
}

/* Another encryption in each layer, aes-cbc among them. */
static void
test_mixed(void)
{
    json_t *file = vectors_load("ss_onion"), *vector, *hop;
    g_autoptr(GPtrArray) journeys = g_ptr_array_new_with_free_func(journey_free);
    size_t i, j;

    mixed_vectors = json_object_get(file, "mixed_onions");
    json_array_foreach(mixed_vectors, i, vector)
    {
        Journey *journey = journey_new(journeys, vector_text(vector, "request_blob_hex"));

        json_array_foreach(json_object_get(vector, "hops"), j, hop)
            g_ptr_array_add(journey->keys, (gpointer)vector_text(hop, "x25519_sk"));
        g_ptr_array_add(journey->keys,
                        (gpointer)vector_text(json_object_get(vector, "destination_keys"),
                                              "x25519_sk"));
    }
    g_assert_cmpuint(i, ==, 12);
    journeys_run(journeys, check_mixed);
    json_array_foreach(mixed_vectors, i, vector)
    {
        const Journey *journey = g_ptr_array_index(journeys, i);
        json_t *control = json_loads(vector_text(vector, "final_control"), 0, NULL);

        assert_answer(journey->last, "payload_hex", vector_text(vector, "payload_hex"));
        g_assert_true(json_equal(json_object_get(journey->last, "control"), control));
        json_decref(control);
    }
    json_decref(file);
    mixed_vectors = NULL;
}

/* libsession's own unit tests: requests, and replies that must not open. */
static void
test_upstream(void)
{
    json_t *file = vectors_load("upstream_onion"), *vector;
    size_t i;

    json_array_foreach(json_object_get(file, "encryption"), i, vector)
    {
        const json_t *request = json_object_get(vector, "blob_hex");
        const char *sk = vector_text(vector, "node_x25519_sk");
        json_t *answer;

        if (request != NULL) { /* it opens, but holds a text where a layer would be */
            answer = wire_ask("onion-peel", json_pack("{s:s, s:O}", "x25519_sk_hex", sk,
                                                      "request_hex", request));
            assert_error(answer, "Invalid json");
        } else {
            answer = wire_ask(
                "onion-peel",
                json_pack("{s:s, s:s, s:s, s:s}", "x25519_sk_hex", sk, "ciphertext_hex",
                          vector_text(vector, "ciphertext_hex"), "ephemeral_pk_hex",
                          vector_text(vector, "client_x25519_pk"), "enc_type",
                          vector_text(vector, "enc_type")));
            assert_error(answer, json_object_get(vector, "expect") != NULL
                                     ? "Invalid ciphertext"
                                     : "Invalid json");
        }
        json_decref(answer);
    }
    g_assert_cmpuint(i, ==, 8);
    json_decref(file);
}

/* --- requests that went through real nodes
 * -------------------------------------------------- */

static const char *
secret_of(const json_t *file, const char *key, const char *value)
{
    json_t *node;
    size_t i;

    json_array_foreach(json_object_get(file, "network_secrets"), i,
                       node) if (strcmp(vector_text(node, key), value) ==
                                 0) return vector_text(node, "service_node_"
                                                             "x25519_privkey");
    g_error("no node with this %s", key);
}

/* Those that a node answered; the path's nodes and the destination open them in turn. */
static void
test_live(void)
{
    json_t *file = vectors_load("ss_live_onion"), *vector, *label;
    g_autoptr(GPtrArray) journeys = g_ptr_array_new_with_free_func(journey_free);
    g_autoptr(GPtrArray) payloads = g_ptr_array_new();
    size_t i, j;

    json_array_foreach(json_object_get(file, "transcripts"), i, vector)
    {
        const json_t *d = json_object_get(vector, "destination");
        Journey *journey;

        if (json_object_get(json_object_get(vector, "decrypted"), "error") != NULL)
            continue;
        journey = journey_new(journeys, vector_text(vector, "request_blob_hex"));
        json_array_foreach(json_object_get(vector, "path"), j, label) g_ptr_array_add(
            journey->keys, (gpointer)secret_of(file, "label", json_string_value(label)));
        g_ptr_array_add(journey->keys, (gpointer)secret_of(file, "pubkey_ed25519",
                                                           vector_text(d, "ed25519_pk")));
        g_ptr_array_add(payloads, (gpointer)vector_text(vector, "payload_text"));
    }
    g_assert_cmpuint(journeys->len, ==, 14);
    journeys_run(journeys, NULL);
    for (i = 0; i < journeys->len; i++) {
        const Journey *journey = g_ptr_array_index(journeys, i);
        const char *payload = g_ptr_array_index(payloads, i);
        g_autofree char *hex = g_malloc0(2 * strlen(payload) + 1);

        hex_encode(bytes_of_text(payload), hex);
        assert_answer(journey->last, "payload_hex", hex);
    }
    json_decref(file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/onion/libsession", test_libsession_onion);
    g_test_add_func("/wire/onion/negative", test_libsession_negative);
    g_test_add_func("/wire/onion/inner", test_inner_requests);
    g_test_add_func("/wire/onion/mixed", test_mixed);
    g_test_add_func("/wire/onion/upstream", test_upstream);
    g_test_add_func("/wire/onion/live", test_live);
    return g_test_run();
}
