/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The watched store tells what a power cut undid, whichever store is inside. */
#include <glib.h>
#include <string.h>

#include "nodes/store/memory_store.h"
#include "nodes/store/sqlite_store.h"
#include "nodes/base/watched_store.h"

static void
see_put(void *context, uint32_t node, const StoreMessage *message, PutResult result)
{
    g_string_append_printf(context, "%u:%.*s=%d ", node, (int)message->hash.n,
                           (const char *)message->hash.p, (int)result);
}

static void
see_drop(void *context, uint32_t node, Bytes hash)
{
    g_string_append_printf(context, "%u-%.*s ", node, (int)hash.n, (const char *)hash.p);
}

static void
put(Store *store, const char *hash)
{
    StoreMessage m = { .account = { 5, 1 },
                       .hash = bytes_of_text(hash),
                       .timestamp = 1,
                       .expiry = 1000,
                       .data = packet_of_bytes(BYTES_LITERAL("body")) };

    store->ops->put(store, &m, true);
    packet_clear(&m.data);
}

static Time simulated_now;

static Time
now_of(void *context)
{
    (void)context;
    return simulated_now;
}

/* A power cut takes the last half minute, not what was written before. */
static void
check_written_back(Store *inner)
{
    g_autoptr(GString) told = g_string_new(NULL);
    WatchedStore watched;
    Store *store = &watched.store;

    watched_store_init(&watched, inner, see_put, see_drop, told, 7);
    watched.now = now_of;
    simulated_now = 100 * SECOND;
    put(store, "old");
    simulated_now += 29 * SECOND;
    put(store, "also old");
    simulated_now += 2 * SECOND;
    put(store, "new");
    g_string_truncate(told, 0);
    simulated_now += 29 * SECOND;
    store->ops->power_loss(store);
    g_assert_cmpstr(told->str, ==, "7-new ");
    put(store, "newer");
    g_string_truncate(told, 0);
    simulated_now += 30 * SECOND;
    store->ops->power_loss(store);
    g_assert_cmpstr(told->str, ==, "");
    g_assert_cmpuint(store->ops->count(store), ==, 3);
    inner->ops->close(inner);
}

static void
check_watched(Store *inner)
{
    g_autoptr(GString) told = g_string_new(NULL);
    WatchedStore watched;
    Store *store = &watched.store;

    watched_store_init(&watched, inner, see_put, see_drop, told, 7);
    for (int i = 0; i < STORE_CHECKPOINT_PUTS; i++) {
        g_autofree char *hash = g_strdup_printf("safe%d", i);

        put(store, hash);
    }
    g_string_truncate(told, 0);
    store->ops->power_loss(store); /* right after a checkpoint: nothing is lost */
    g_assert_cmpstr(told->str, ==, "");
    put(store, "a");
    put(store, "bc");
    put(store, "safe3");
    g_assert_cmpstr(told->str, ==, "7:a=0 7:bc=0 7:safe3=2 ");
    g_string_truncate(told, 0);
    store->ops->power_loss(store);
    g_assert_cmpstr(told->str, ==, "7-a 7-bc ");
    g_assert_cmpuint(store->ops->count(store), ==, STORE_CHECKPOINT_PUTS);
    g_string_truncate(told, 0);
    store->ops->power_loss(store);
    g_assert_cmpstr(told->str, ==, "");
    inner->ops->close(inner);
}

static void
test_memory(void)
{
    check_watched(memory_store_new(1 << 20));
    check_written_back(memory_store_new(1 << 20));
}

static void
test_sqlite(void)
{
    char why[SQLITE_STORE_ERROR_BYTES];

    check_watched(sqlite_store_open(":memory:", 1 << 20, SQLITE_STORE_SIMULATED, why));
    check_written_back(sqlite_store_open(":memory:", 1 << 20, SQLITE_STORE_SIMULATED, why));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/host/watched/memory", test_memory);
    g_test_add_func("/host/watched/sqlite", test_sqlite);
    return g_test_run();
}
