/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the replicas of a message share in memory. */
#include <glib.h>

#include "nodes/store/memory_record.h"
#include "nodes/store/memory_store.h"

static StoreMessage
message_of(const char *hash, UnixMs timestamp, const Packet *data)
{
    return (StoreMessage){ .hash = bytes_of_text(hash),
                           .timestamp = timestamp,
                           .expiry = timestamp + 1000,
                           .data = *data };
}

static void
test_one_for_all_holders(void)
{
    Packet data = packet_of_bytes(bytes_of_text("a body"));
    StoreMessage message = message_of("hash", 7, &data);
    MemoryRecord *a = memory_record_hold(&message), *b = memory_record_hold(&message);

    g_assert_true(a == b);
    g_assert_cmpuint(data.blob->refs, ==, 3);
    g_assert_true(bytes_equal(memory_record_hash(a), message.hash));
    memory_record_release(a);
    packet_clear(&data); /* the last holder keeps record and body */
    g_assert_true(bytes_equal(packet_bytes(&b->data), bytes_of_text("a body")));
    memory_record_release(b);
}

/* The same body under another hash or timestamp, or another part of it. */
static void
test_others_have_their_own(void)
{
    Packet data = packet_of_bytes(bytes_of_text("0123456789"));
    Packet part = packet_slice(&data, 1, 8), little = packet_slice(&data, 2, 3);
    StoreMessage messages[] = { message_of("hash", 7, &data), message_of("other", 7, &data),
                                message_of("hash", 8, &data), message_of("hash", 7, &part),
                                message_of("hash", 7, &little) };
    MemoryRecord *records[G_N_ELEMENTS(messages)];

    for (guint i = 0; i < G_N_ELEMENTS(messages); i++) {
        records[i] = memory_record_hold(&messages[i]);
        for (guint j = 0; j < i; j++)
            g_assert_true(records[i] != records[j]);
    }
    g_assert_true(records[3]->data.blob == data.blob);
    g_assert_true(records[4]->data.blob != data.blob); /* a small part is copied */
    for (guint i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_assert_cmpint(records[i]->timestamp, ==, messages[i].timestamp);
        g_assert_true(bytes_equal(memory_record_hash(records[i]), messages[i].hash));
        g_assert_true(
            bytes_equal(packet_bytes(&records[i]->data), packet_bytes(&messages[i].data)));
    }
    packet_clear(&data);
    packet_clear(&part);
    packet_clear(&little);
    for (guint i = 0; i < G_N_ELEMENTS(messages); i++)
        memory_record_release(records[i]);
}

static void
test_no_body(void)
{
    StoreMessage message = message_of("hash", 7, &PACKET_EMPTY);
    MemoryRecord *a = memory_record_hold(&message), *b = memory_record_hold(&message);

    g_assert_true(a != b);
    g_assert_cmpuint(a->data.length, ==, 0);
    memory_record_release(a);
    memory_record_release(b);
}

/* One replica's expiry is changed: it leaves the shared record, and changes its own. */
static void
test_another_expiry(void)
{
    Packet data = packet_of_bytes(bytes_of_text("a body"));
    StoreMessage message = message_of("hash", 7, &data);
    MemoryRecord *a = memory_record_hold(&message), *b = memory_record_hold(&message);
    MemoryRecord *other = memory_record_with_expiry(b, 2000);

    g_assert_true(other != a);
    g_assert_cmpint(a->expiry, ==, message.expiry);
    g_assert_cmpint(other->expiry, ==, 2000);
    g_assert_cmpint(other->timestamp, ==, 7);
    g_assert_true(bytes_equal(memory_record_hash(other), message.hash));
    g_assert_true(other->data.blob == data.blob);
    g_assert_true(memory_record_with_expiry(other, 3000) == other);
    g_assert_cmpint(other->expiry, ==, 3000);
    g_assert_true(memory_record_with_expiry(a, message.expiry) == a);
    packet_clear(&data);
    memory_record_release(a);
    g_assert_true(bytes_equal(packet_bytes(&other->data), bytes_of_text("a body")));
    memory_record_release(other);
}

/* Thousands of replicas of one message cost their entries, not their hashes. */
static void
test_a_replica_is_small(void)
{
    enum { MESSAGES = 1000 };
    Store *store = memory_store_new(1 << 30);
    size_t empty = memory_store_footprint(store);

    for (guint i = 0; i < MESSAGES; i++) {
        g_autofree char *hash = g_strdup_printf("hash %u", i);
        Packet data = packet_of_bytes(bytes_of_text("a body"));
        StoreMessage message = message_of(hash, 7, &data);

        g_assert_cmpint(store->ops->put(store, &message, true), ==, PUT_NEW);
        packet_clear(&data);
    }
    g_assert_cmpuint(memory_store_footprint(store) - empty, <=, MESSAGES * 50);
    store->ops->close(store);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/record/one-for-all-holders", test_one_for_all_holders);
    g_test_add_func("/store/record/others-have-their-own", test_others_have_their_own);
    g_test_add_func("/store/record/another-expiry", test_another_expiry);
    g_test_add_func("/store/record/no-body", test_no_body);
    g_test_add_func("/store/record/a-replica-is-small", test_a_replica_is_small);
    return g_test_run();
}
