/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A batch of pushed messages (sn.data, version 1) as the storage server's own tests have
 * it: read, and written to the byte. */
#include "nodes/service/node_internal.h"
#include "tests/lib/vectors.h"
#include "tests/unit/service/network.h"

#define EPOCH_MS ((UnixMs)12345000)

typedef struct Expected {
    uint8_t account[ACCOUNT_BYTES];
    GByteArray *hash, *data;
    UnixMs timestamp, expiry;
    guint seen;
} Expected;

static bool
check_message(void *context, int64_t row, const StoreMessage *message)
{
    Expected *expected = context;
    Bytes data = packet_bytes(&message->data);

    (void)row;
    g_assert_cmpmem(message->account, ACCOUNT_BYTES, expected->account, ACCOUNT_BYTES);
    g_assert_cmpmem(message->hash.p, message->hash.n, expected->hash->data,
                    expected->hash->len);
    g_assert_cmpmem(data.p, data.n, expected->data->data, expected->data->len);
    g_assert_cmpint(message->timestamp, ==, expected->timestamp);
    g_assert_cmpint(message->expiry, ==, expected->expiry);
    g_assert_cmpint(message->name_space, ==, 0);
    expected->seen++;
    return true;
}

static void
check_written(const ServiceNode *node, const Expected *expected, const GByteArray *batch)
{
    StoreMessage message = { .hash = bytes_of_array(expected->hash),
                             .timestamp = expected->timestamp,
                             .expiry = expected->expiry,
                             .data = packet_of_bytes(bytes_of_array(expected->data)) };
    Buffer out = BUFFER_EMPTY;

    memcpy(message.account, expected->account, ACCOUNT_BYTES);
    push_begin(node, &out);
    push_write_entry(node, &message, &out);
    push_end(node, &out);
    g_assert_cmpmem(out.p, out.n, batch->data, batch->len);
    packet_clear(&message.data);
    buffer_clear(&out);
}

static void
check_vector(const json_t *vector)
{
    g_autoptr(GByteArray) batch = vector_hex(vector, "expect_hex");
    ServiceConfig config = service_config_2024;
    Network *network = network_new(EPOCH_MS);
    Expected expected = {
        .hash = vector_hex(vector, "hash_hex"),
        .data = vector_hex(vector, "data_hex"),
        .timestamp = json_integer_value(json_object_get(vector, "timestamp")),
        .expiry = json_integer_value(json_object_get(vector, "expiry")),
    };
    const Member *member;
    guint number;

    config.defect_push_loses_namespace = true; /* as in the version that wrote it */
    vector_hex_exact(vector, "pubkey", expected.account, ACCOUNT_BYTES);
    network_add(network, &config, 0);
    network_add(network, &config, 0);
    network_block(network);
    member = network_member(network, 0);
    number =
        network_ask_as(network, 0, KIND_DATA, network_member(network, 1)->record.x25519,
                       batch->data, batch->len);
    g_assert_true(network_answer(network, number)->given);
    g_assert_cmpint(network_answer(network, number)->status, ==, 200);
    member->port.store->ops->each(member->port.store, check_message, &expected);
    g_assert_cmpuint(expected.seen, ==, 1);
    check_written(member->node, &expected, batch);
    network_free(network);
    g_byte_array_unref(expected.hash);
    g_byte_array_unref(expected.data);
}

/* The other operations of this file are nodes/crypto's. */
static void
test_upstream_batch(void)
{
    json_t *file = vectors_load("upstream_crypto_misc"), *vector;
    size_t i, n = 0;

    json_array_foreach(vectors_group(file, "vectors", 41), i, vector)
    {
        if (g_str_has_prefix(vector_text(vector, "operation"), "swarm data serialization"))
            check_vector(vector), n++;
    }
    g_assert_cmpuint(n, ==, 1);
    json_decref(file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/service/push-vector", test_upstream_batch);
    return g_test_run();
}
