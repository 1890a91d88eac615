/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Revoked subaccounts: one contract, two stores. */
#include <glib.h>
#include <sqlite3.h>

#include "nodes/store/memory_store.h"
#include "nodes/store/sqlite_store.h"
#include "tests/lib/folder.h"

enum { ACCOUNTS = 3, TOKENS = 70, STEPS = 20000 };

typedef struct Pair {
    Store *stores[2];
} Pair;

static Store *
sqlite_at(const char *path)
{
    char error[SQLITE_STORE_ERROR_BYTES];
    Store *store = sqlite_store_open(path, 1 << 20, SQLITE_STORE_SIMULATED, error);

    g_assert_nonnull(store);
    return store;
}

static Pair
pair_new(void)
{
    return (Pair){ { memory_store_new(1 << 20), sqlite_at(":memory:") } };
}

static void
pair_close(Pair *pair)
{
    for (int i = 0; i < 2; i++)
        pair->stores[i]->ops->close(pair->stores[i]);
}

static const uint8_t *
account_of(uint32_t i)
{
    static uint8_t account[ACCOUNT_BYTES];

    memset(account, 7, sizeof account);
    account[0] = (uint8_t)(3 + i);
    return account;
}

static const uint8_t *
token_of(uint32_t i)
{
    static uint8_t token[SUBACCOUNT_BYTES];

    memset(token, 0, sizeof token);
    token[35] = (uint8_t)i;
    token[34] = (uint8_t)(i >> 8);
    token[33] = (uint8_t)(i >> 16);
    return token;
}

static RevokeResult
revoke_one(Store *store, uint32_t account, uint32_t token, UnixMs now)
{
    return store->ops->revoke(store, account_of(account), token_of(token), now);
}

static bool
unrevoke(Store *store, uint32_t account, uint32_t token)
{
    return store->ops->unrevoke(store, account_of(account), token_of(token));
}

static bool
is_revoked(Store *store, uint32_t account, uint32_t token)
{
    return store->ops->is_revoked(store, account_of(account), token_of(token));
}

static PutResult
put(Store *store, uint32_t account, const char *hash)
{
    StoreMessage message = { .hash = bytes_of_text(hash), .timestamp = 1, .expiry = 5 };

    memcpy(message.account, account_of(account), ACCOUNT_BYTES);
    return store->ops->put(store, &message, true);
}

static void
check_all(const Pair *pair)
{
    Store *a = pair->stores[0], *b = pair->stores[1];

    for (uint32_t i = 0; i < ACCOUNTS; i++)
        for (uint32_t j = 0; j < TOKENS; j++)
            g_assert_cmpint(is_revoked(a, i, j), ==, is_revoked(b, i, j));
    g_assert_cmpuint(a->ops->revoked(a), ==, b->ops->revoked(b));
    g_assert_cmpuint(a->ops->count(a), ==, b->ops->count(b));
}

/* Revocations among messages that come and go, power cuts between. */
static void
random_step(const Pair *pair, GRand *rand, UnixMs now, guint reached[6])
{
    Store *a = pair->stores[0], *b = pair->stores[1];
    uint32_t account = (uint32_t)g_rand_int_range(rand, 0, ACCOUNTS);
    uint32_t token = (uint32_t)g_rand_int_range(rand, 0, TOKENS);
    int choice = g_rand_int_range(rand, 0, 1000);
    char hash[16];

    g_snprintf(hash, sizeof hash, "h%u", token);
    if (choice < 600) {
        RevokeResult result = revoke_one(a, account, token, now);

        g_assert_cmpint(result, ==, revoke_one(b, account, token, now));
        reached[result]++;
    } else if (choice < 700) {
        bool was = unrevoke(a, account, token);

        g_assert_cmpint(was, ==, unrevoke(b, account, token));
        reached[2] += was;
    } else if (choice < 800) {
        g_assert_cmpint(put(a, account, hash), ==, put(b, account, hash));
    } else if (choice < 980) {
        Bytes text = bytes_of_text(hash);

        g_assert_cmpint(a->ops->remove(a, account_of(account), text), ==,
                        b->ops->remove(b, account_of(account), text));
    } else if (choice < 985) {
        a->ops->checkpoint(a);
        b->ops->checkpoint(b);
    } else if (choice < 995) {
        a->ops->power_loss(a);
        b->ops->power_loss(b);
        reached[3]++;
    } else {
        reached[4] += a->ops->sweep(a, 5) > 0;
        b->ops->sweep(b, 5);
    }
    reached[5] += a->ops->revoked(a) > STORE_REVOKED_PER_ACCOUNT;
}

static void
test_random_program(void)
{
    Pair pair = pair_new();
    GRand *rand = g_rand_new_with_seed((guint32)g_test_rand_int());
    guint reached[6] = { 0 };
    UnixMs now = 1000;

    for (int i = 0; i < STEPS; i++) {
        now += g_rand_int_range(rand, -1, 4); /* clocks are set back, too */
        random_step(&pair, rand, now, reached);
        if (i % 8 == 0)
            check_all(&pair);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(reached); i++)
        g_assert_cmpuint(reached[i], >, 20);
    g_rand_free(rand);
    pair_close(&pair);
}

static void
each(void (*run)(Store *store))
{
    Pair pair = pair_new();

    for (int i = 0; i < 2; i++)
        run(pair.stores[i]);
    pair_close(&pair);
}

static void
fifty_are_kept(Store *store)
{
    for (uint32_t i = 0; i < STORE_REVOKED_PER_ACCOUNT; i++)
        g_assert_cmpint(revoke_one(store, 0, i, 100), ==, REVOKE_NEW);
    for (uint32_t i = 0; i < STORE_REVOKED_PER_ACCOUNT; i++)
        g_assert_true(is_revoked(store, 0, i));
    g_assert_cmpuint(store->ops->revoked(store), ==, STORE_REVOKED_PER_ACCOUNT);
    /* Renewed: the next is the oldest now.  An earlier time changes nothing. */
    g_assert_cmpint(revoke_one(store, 0, 0, 101), ==, REVOKE_KNOWN);
    g_assert_cmpint(revoke_one(store, 0, 1, 99), ==, REVOKE_KNOWN);
    g_assert_cmpint(revoke_one(store, 0, 60, 102), ==, REVOKE_NEW);
    g_assert_true(is_revoked(store, 0, 0));
    g_assert_false(is_revoked(store, 0, 1));
    g_assert_true(is_revoked(store, 0, 60));
    g_assert_cmpuint(store->ops->revoked(store), ==, STORE_REVOKED_PER_ACCOUNT);
    /* One that is older than all others goes at once. */
    g_assert_cmpint(revoke_one(store, 0, 61, 1), ==, REVOKE_NEW);
    g_assert_false(is_revoked(store, 0, 61));
    /* Another account has its own. */
    g_assert_false(is_revoked(store, 1, 0));
    g_assert_cmpint(revoke_one(store, 1, 0, 1), ==, REVOKE_NEW);
    g_assert_cmpuint(store->ops->revoked(store), ==, STORE_REVOKED_PER_ACCOUNT + 1);
}

static void
test_fifty_are_kept(void)
{
    each(fifty_are_kept);
}

/* With messages or without, before them and after. */
static void
outlives_messages(Store *store)
{
    g_assert_cmpint(revoke_one(store, 0, 1, 1), ==, REVOKE_NEW);
    g_assert_cmpint(put(store, 0, "a"), ==, PUT_NEW);
    g_assert_cmpuint(store->ops->sweep(store, 5), ==, 1);
    g_assert_true(is_revoked(store, 0, 1));
    g_assert_true(unrevoke(store, 0, 1));
    g_assert_false(unrevoke(store, 0, 1));
    g_assert_false(is_revoked(store, 0, 1));
    g_assert_cmpint(put(store, 0, "a"), ==, PUT_NEW);
    g_assert_cmpint(revoke_one(store, 0, 1, 1), ==, REVOKE_NEW);
    g_assert_true(unrevoke(store, 0, 1));
    g_assert_cmpuint(store->ops->count(store), ==, 1);
}

static void
test_outlives_messages(void)
{
    each(outlives_messages);
}

static void
node_is_full(Store *store)
{
    uint32_t token = 0;
    uint8_t account[ACCOUNT_BYTES] = { 5 };

    for (; token < STORE_REVOKED_MAX; token++) {
        account[1] = (uint8_t)(token / STORE_REVOKED_PER_ACCOUNT);
        account[2] = (uint8_t)(token / STORE_REVOKED_PER_ACCOUNT >> 8);
        g_assert_cmpint(store->ops->revoke(store, account, token_of(token), 1), ==,
                        REVOKE_NEW);
    }
    g_assert_cmpint(revoke_one(store, 0, 1, 1), ==, REVOKE_FULL);
    g_assert_false(is_revoked(store, 0, 1));
    g_assert_cmpuint(store->ops->revoked(store), ==, STORE_REVOKED_MAX);
    /* Known ones are still known, and one that goes makes room. */
    g_assert_cmpint(store->ops->revoke(store, account, token_of(token - 1), 2), ==,
                    REVOKE_KNOWN);
    g_assert_true(store->ops->unrevoke(store, account, token_of(token - 1)));
    g_assert_cmpint(revoke_one(store, 0, 1, 1), ==, REVOKE_NEW);
}

static void
test_node_is_full(void)
{
    each(node_is_full);
}

static void
power_loss(Store *store)
{
    for (uint32_t i = 0; i < STORE_CHECKPOINT_PUTS - 1; i++)
        revoke_one(store, i % 2, i, 1);
    store->ops->power_loss(store); /* 63 changes: all undone */
    g_assert_cmpuint(store->ops->revoked(store), ==, 0);
    for (uint32_t i = 0; i < STORE_CHECKPOINT_PUTS; i++)
        revoke_one(store, i % 2, i, 1);
    g_assert_true(unrevoke(store, 0, 0));
    revoke_one(store, 1, 69, 1);
    store->ops->power_loss(store); /* as at the checkpoint after the 64th */
    g_assert_cmpuint(store->ops->revoked(store), ==, STORE_CHECKPOINT_PUTS);
    g_assert_true(is_revoked(store, 0, 0));
    g_assert_false(is_revoked(store, 1, 69));
}

static void
test_power_loss(void)
{
    each(power_loss);
}

/* Other programs read the file: the table has the real names. */
static void
test_file(Folder *folder, gconstpointer data)
{
    g_autofree char *path = g_build_filename(folder->path, "storage.db", NULL);
    Store *store = sqlite_at(path);
    sqlite3 *db;
    sqlite3_stmt *statement;

    (void)data;
    revoke_one(store, 2, 9, 77);
    store->ops->close(store);
    store = sqlite_at(path);
    g_assert_true(is_revoked(store, 2, 9));
    g_assert_cmpuint(store->ops->revoked(store), ==, 1);
    store->ops->close(store);
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(db,
                                       "SELECT type, token, timestamp FROM "
                                       "revoked_subaccounts JOIN owners ON owner = id",
                                       -1, &statement, NULL),
                    ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
    g_assert_cmpint(sqlite3_column_int(statement, 0), ==, 5);
    g_assert_cmpmem(sqlite3_column_blob(statement, 1), SUBACCOUNT_BYTES, token_of(9),
                    SUBACCOUNT_BYTES);
    g_assert_cmpint(sqlite3_column_int(statement, 2), ==, 77);
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/revoked/random-program", test_random_program);
    g_test_add_func("/store/revoked/fifty-are-kept", test_fifty_are_kept);
    g_test_add_func("/store/revoked/outlives-messages", test_outlives_messages);
    g_test_add_func("/store/revoked/node-is-full", test_node_is_full);
    g_test_add_func("/store/revoked/power-loss", test_power_loss);
    g_test_add("/store/revoked/file", Folder, NULL, folder_set_up, test_file,
               folder_tear_down);
    return g_test_run();
}
