/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the SQLite store can do: keep its messages in a file, and say why it could not
 * open one. */
#include <glib.h>
#include <glib/gstdio.h>

#include "nodes/store/sqlite_store.h"

static char *
file_in(const char *folder)
{
    return g_build_filename(folder, "messages.db", NULL);
}

static void
remove_folder(const char *folder)
{
    static const char *const NAMES[] = { "messages.db", "messages.db-wal",
                                         "messages.db-shm" };

    for (size_t i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *path = g_build_filename(folder, NAMES[i], NULL);

        g_remove(path);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static Store *
opened(const char *path, SqliteStoreMode mode)
{
    char error[SQLITE_STORE_ERROR_BYTES] = "";
    Store *store = sqlite_store_open(path, 1 << 20, mode, error);

    g_assert_cmpstr(error, ==, "");
    g_assert_nonnull(store);
    return store;
}

static void
put_three(Store *store)
{
    static const char *const HASHES[] = { "a", "bb", "ccc" };

    for (int i = 0; i < 3; i++) {
        StoreMessage message = { .account = { 5 },
                                 .hash = bytes_of_text(HASHES[i]),
                                 .timestamp = 1,
                                 .expiry = 10 + i,
                                 .data = packet_of_bytes(BYTES_LITERAL("body")) };

        g_assert_cmpint(store->ops->put(store, &message, false), ==, PUT_NEW);
        packet_clear(&message.data);
    }
}

/* A second connection stands for the next process: it sees what was committed. */
static void
test_live_store_commits_each_call(void)
{
    g_autofree char *folder = g_dir_make_tmp("store-XXXXXX", NULL);
    g_autofree char *path = file_in(folder);
    Store *first = opened(path, SQLITE_STORE_LIVE);
    Store *second;

    put_three(first);
    first->ops->power_loss(first); /* nothing of it is this store's to lose */
    second = opened(path, SQLITE_STORE_LIVE);
    g_assert_cmpuint(second->ops->count(second), ==, 3);
    g_assert_cmpuint(second->ops->bytes(second), ==,
                     3 * store_message_bytes(2, 4)); /* hashes of 1, 2 and 3 */
    g_assert_cmpint(second->ops->first_expiry(second), ==, 10);
    second->ops->close(second);
    first->ops->close(first);
    remove_folder(folder);
}

static void
test_simulated_store_commits_at_close(void)
{
    g_autofree char *folder = g_dir_make_tmp("store-XXXXXX", NULL);
    g_autofree char *path = file_in(folder);
    Store *store = opened(path, SQLITE_STORE_SIMULATED);

    put_three(store);
    store->ops->close(store);
    store = opened(path, SQLITE_STORE_SIMULATED);
    g_assert_cmpuint(store->ops->count(store), ==, 3);
    g_assert_cmpuint(store->ops->sweep(store, 11), ==, 2);
    store->ops->power_loss(store);
    g_assert_cmpuint(store->ops->count(store), ==, 3);
    store->ops->close(store);
    remove_folder(folder);
}

static void
test_open_says_why_it_cannot(void)
{
    g_autofree char *folder = g_dir_make_tmp("store-XXXXXX", NULL);
    g_autofree char *path = file_in(folder);
    char error[SQLITE_STORE_ERROR_BYTES] = "";

    g_assert_null(sqlite_store_open(folder, 1, SQLITE_STORE_LIVE, error));
    g_assert_cmpstr(error, ==, "unable to open database file");
    g_assert_true(
        g_file_set_contents(path, "this is no database, but long enough", -1, NULL));
    g_assert_null(sqlite_store_open(path, 1, SQLITE_STORE_LIVE, error));
    g_assert_cmpstr(error, ==, "file is not a database");
    remove_folder(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/live-commits-each-call", test_live_store_commits_each_call);
    g_test_add_func("/store/simulated-commits-at-close",
                    test_simulated_store_commits_at_close);
    g_test_add_func("/store/open-says-why-it-cannot", test_open_says_why_it_cannot);
    return g_test_run();
}
