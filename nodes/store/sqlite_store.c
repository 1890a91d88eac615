/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/store/sqlite_store.h"

#include <assert.h>
#include <stdlib.h>

#include "nodes/store/sqlite_internal.h"

enum { BUSY_MS = 15000, PUBKEY_BYTES = ACCOUNT_BYTES - 1 };

/* One row of `messages` as SQL_BY_HASH finds it. */
typedef struct Found {
    int64_t id, owner;
    int64_t name_space;
    UnixMs expiry;
    uint64_t data_bytes;
} Found;

/* --- statements --- */

static void
bind(SqliteStore *s, SqliteStatement which, int at, int64_t value)
{
    int rc = sqlite3_bind_int64(s->statements[which], at, value);

    assert(rc == SQLITE_OK);
    (void)rc;
}

/* The bytes must stay until the statement is reset. */
static void
bind_blob(SqliteStore *s, SqliteStatement which, int at, Bytes in)
{
    int rc = in.n == 0
                 ? sqlite3_bind_zeroblob(s->statements[which], at, 0)
                 : sqlite3_bind_blob64(s->statements[which], at, in.p, in.n, SQLITE_STATIC);

    assert(rc == SQLITE_OK);
    (void)rc;
}

static void
bind_text(SqliteStore *s, SqliteStatement which, int at, Bytes in)
{
    const char *text = in.n == 0 ? "" : (const char *)in.p;
    int rc = sqlite3_bind_text64(s->statements[which], at, text, in.n, SQLITE_STATIC,
                                 SQLITE_UTF8);

    assert(rc == SQLITE_OK);
    (void)rc;
}

static int64_t
column(SqliteStore *s, SqliteStatement which, int at)
{
    return sqlite3_column_int64(s->statements[which], at);
}

static bool
step(SqliteStore *s, SqliteStatement which)
{
    return sqlite3_step(s->statements[which]) == SQLITE_ROW;
}

static void
reset(SqliteStore *s, SqliteStatement which)
{
    sqlite3_reset(s->statements[which]);
    sqlite3_clear_bindings(s->statements[which]);
}

/* Run a statement that returns no rows; false when SQLite could not. */
static bool
run(SqliteStore *s, SqliteStatement which)
{
    int rc = sqlite3_step(s->statements[which]);

    reset(s, which);
    return rc == SQLITE_DONE;
}

/* --- transactions --- */

static bool
in_transaction(const SqliteStore *s)
{
    return sqlite3_get_autocommit(s->db) == 0;
}

static void
load_totals(SqliteStore *s)
{
    s->count = 0;
    s->bytes = 0;
    if (step(s, SQL_TOTALS)) {
        s->count = (uint64_t)column(s, SQL_TOTALS, 0);
        s->bytes = s->count * store_message_bytes(0, 0) +
                   2 * (uint64_t)column(s, SQL_TOTALS, 1) +
                   (uint64_t)column(s, SQL_TOTALS, 2);
    }
    reset(s, SQL_TOTALS);
    sqlite_revoked_load(s);
}

/* Back to the last checkpoint. */
static void
roll_back(SqliteStore *s)
{
    if (in_transaction(s))
        (void)run(s, SQL_ROLLBACK);
    s->changes = 0;
    load_totals(s);
}

bool
sqlite_begin(SqliteStore *s)
{
    return in_transaction(s) || run(s, SQL_BEGIN);
}

bool
sqlite_settle(SqliteStore *s, bool ok, uint64_t changes)
{
    uint64_t all = s->changes + changes;

    if (!ok) {
        roll_back(s);
        return false;
    }
    s->changes = all < STORE_CHECKPOINT_PUTS ? (uint32_t)all : 0;
    if ((s->changes == 0 || s->mode == SQLITE_STORE_LIVE) && in_transaction(s) &&
        !run(s, SQL_COMMIT)) {
        roll_back(s);
        return false;
    }
    return true;
}

/* --- finding --- */

static void
bind_owner(SqliteStore *s, SqliteStatement which, const uint8_t account[ACCOUNT_BYTES])
{
    bind(s, which, 1, account[0]);
    bind_blob(s, which, 2, (Bytes){ account + 1, PUBKEY_BYTES });
}

int64_t
sqlite_find_owner(SqliteStore *s, const uint8_t account[ACCOUNT_BYTES])
{
    int64_t id;

    bind_owner(s, SQL_OWNER, account);
    id = step(s, SQL_OWNER) ? column(s, SQL_OWNER, 0) : 0;
    reset(s, SQL_OWNER);
    return id;
}

int64_t
sqlite_make_owner(SqliteStore *s, const uint8_t account[ACCOUNT_BYTES])
{
    int64_t id = sqlite_find_owner(s, account);

    if (id != 0)
        return id;
    bind_owner(s, SQL_OWNER_ADD, account);
    return run(s, SQL_OWNER_ADD) ? sqlite3_last_insert_rowid(s->db) : 0;
}

static bool
find(SqliteStore *s, Bytes hash, Found *ret)
{
    bool found;

    bind_text(s, SQL_BY_HASH, 1, hash);
    found = step(s, SQL_BY_HASH);
    if (found)
        *ret = (Found){ .id = column(s, SQL_BY_HASH, 0),
                        .owner = column(s, SQL_BY_HASH, 1),
                        .name_space = column(s, SQL_BY_HASH, 2),
                        .expiry = column(s, SQL_BY_HASH, 3),
                        .data_bytes = (uint64_t)column(s, SQL_BY_HASH, 4) };
    reset(s, SQL_BY_HASH);
    return found;
}

static bool
find_of_account(SqliteStore *s, const uint8_t account[ACCOUNT_BYTES], Bytes hash,
                Found *ret)
{
    Found found;

    if (!find(s, hash, &found) || found.owner != sqlite_find_owner(s, account))
        return false;
    *ret = found;
    return true;
}

/* Run a bound SELECT over SQLITE_STORE_COLUMNS.  Returns the row at which the visitor
 * stopped, or INT64_MAX. */
static int64_t
visit_rows(SqliteStore *s, SqliteStatement which, StoreVisitor visit, void *context)
{
    sqlite3_stmt *row = s->statements[which];
    int64_t stopped_at = INT64_MAX;

    while (stopped_at == INT64_MAX && step(s, which)) {
        const uint8_t *hash = sqlite3_column_text(row, 1);
        const uint8_t *data = sqlite3_column_blob(row, 5);
        StoreMessage message = {
            .name_space = (int16_t)column(s, which, 2),
            .hash = { hash, (size_t)sqlite3_column_bytes(row, 1) },
            .timestamp = column(s, which, 3),
            .expiry = column(s, which, 4),
            .data = packet_of_bytes((Bytes){ data, (size_t)sqlite3_column_bytes(row, 5) }),
        };

        message.account[0] = (uint8_t)column(s, which, 6);
        memcpy(message.account + 1, sqlite3_column_blob(row, 7), PUBKEY_BYTES);
        if (!visit(context, column(s, which, 0), &message))
            stopped_at = column(s, which, 0);
        packet_clear(&message.data);
    }
    reset(s, which);
    return stopped_at;
}

/* --- the operations --- */

static bool
update_expiry(SqliteStore *s, int64_t id, UnixMs expiry)
{
    bool ok = sqlite_begin(s);

    if (ok) {
        bind(s, SQL_SET_EXPIRY, 1, id);
        bind(s, SQL_SET_EXPIRY, 2, expiry);
        ok = run(s, SQL_SET_EXPIRY);
    }
    return sqlite_settle(s, ok, 1);
}

static bool
insert(SqliteStore *s, const StoreMessage *message)
{
    int64_t owner;

    if (!sqlite_begin(s))
        return false;
    owner = sqlite_make_owner(s, message->account);
    if (owner == 0)
        return false;
    bind_text(s, SQL_PUT, 1, message->hash);
    bind(s, SQL_PUT, 2, owner);
    bind(s, SQL_PUT, 3, message->name_space);
    bind(s, SQL_PUT, 4, message->timestamp);
    bind(s, SQL_PUT, 5, message->expiry);
    bind_blob(s, SQL_PUT, 6, packet_bytes(&message->data));
    return run(s, SQL_PUT);
}

static PutResult
sqlite_put(Store *store, const StoreMessage *message, bool extend)
{
    SqliteStore *s = sqlite_of(store);
    uint64_t bytes = store_message_bytes(message->hash.n, message->data.length);
    Found found;

    assert(message->hash.n >= 1 && message->hash.n <= MESSAGE_HASH_MAX);
    if (find(s, message->hash, &found)) {
        if (!extend || message->expiry <= found.expiry)
            return PUT_DUPLICATE;
        return update_expiry(s, found.id, message->expiry) ? PUT_EXTENDED : PUT_DUPLICATE;
    }
    if (bytes > s->bytes_max || s->bytes > s->bytes_max - bytes)
        return PUT_FULL;
    if (!sqlite_settle(s, insert(s, message), 1))
        return PUT_FULL;
    s->bytes += bytes;
    s->count++;
    return PUT_NEW;
}

static void
sqlite_fetch(Store *store, const uint8_t account[ACCOUNT_BYTES], int16_t name_space,
             Bytes after, StoreVisitor visit, void *context)
{
    SqliteStore *s = sqlite_of(store);
    int64_t owner = sqlite_find_owner(s, account);
    int64_t after_id = 0;
    Found found;

    if (owner == 0)
        return;
    if (after.n > 0 && find(s, after, &found) && found.owner == owner &&
        found.name_space == name_space)
        after_id = found.id;
    bind(s, SQL_FETCH, 1, owner);
    bind(s, SQL_FETCH, 2, name_space);
    bind(s, SQL_FETCH, 3, after_id);
    (void)visit_rows(s, SQL_FETCH, visit, context);
}

static void
sqlite_each(Store *store, StoreVisitor visit, void *context)
{
    (void)visit_rows(sqlite_of(store), SQL_EACH, visit, context);
}

static bool
sqlite_has(Store *store, Bytes hash)
{
    Found found;

    return find(sqlite_of(store), hash, &found);
}

static UnixMs
sqlite_expiry(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash)
{
    Found found;

    return find_of_account(sqlite_of(store), account, hash, &found) ? found.expiry : -1;
}

static bool
sqlite_set_expiry(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash,
                  UnixMs expiry)
{
    SqliteStore *s = sqlite_of(store);
    Found found;

    return find_of_account(s, account, hash, &found) && update_expiry(s, found.id, expiry);
}

/* Take off the totals what a bound SQLITE_STORE_SUM finds, and say how many rows. */
static uint64_t
take_off_totals(SqliteStore *s, SqliteStatement which)
{
    uint64_t rows = 0;

    if (step(s, which)) {
        rows = (uint64_t)column(s, which, 0);
        s->count -= rows;
        s->bytes -= rows * store_message_bytes(0, 0) + 2 * (uint64_t)column(s, which, 1) +
                    (uint64_t)column(s, which, 2);
    }
    reset(s, which);
    return rows;
}

static bool
sqlite_remove(Store *store, const uint8_t account[ACCOUNT_BYTES], Bytes hash)
{
    SqliteStore *s = sqlite_of(store);
    Found found;
    bool ok;

    if (!find_of_account(s, account, hash, &found))
        return false;
    ok = sqlite_begin(s);
    if (ok) {
        bind(s, SQL_REMOVE, 1, found.id);
        ok = run(s, SQL_REMOVE);
    }
    if (!sqlite_settle(s, ok, 1))
        return false;
    s->count--;
    s->bytes -= store_message_bytes(hash.n, found.data_bytes);
    return true;
}

static void
bind_before(SqliteStore *s, SqliteStatement which, int64_t owner, int32_t name_space,
            UnixMs before, int64_t last_row)
{
    bool all = name_space == STORE_NAMESPACE_ALL;

    bind(s, which, 1, owner);
    bind(s, which, 2, all ? INT16_MIN : name_space);
    bind(s, which, 3, all ? INT16_MAX : name_space);
    bind(s, which, 4, before);
    bind(s, which, 5, last_row);
}

static uint64_t
sqlite_remove_before(Store *store, const uint8_t account[ACCOUNT_BYTES], int32_t name_space,
                     UnixMs before, StoreVisitor visit, void *context)
{
    SqliteStore *s = sqlite_of(store);
    int64_t owner = sqlite_find_owner(s, account);
    int64_t last_row = INT64_MAX;
    uint64_t rows;
    bool ok;

    if (owner == 0)
        return 0;
    if (visit != NULL) {
        bind_before(s, SQL_BEFORE, owner, name_space, before, last_row);
        last_row = visit_rows(s, SQL_BEFORE, visit, context);
    }
    bind_before(s, SQL_BEFORE_TOTALS, owner, name_space, before, last_row);
    rows = take_off_totals(s, SQL_BEFORE_TOTALS);
    if (rows == 0)
        return 0;
    ok = sqlite_begin(s);
    if (ok) {
        bind_before(s, SQL_REMOVE_BEFORE, owner, name_space, before, last_row);
        ok = run(s, SQL_REMOVE_BEFORE);
    }
    return sqlite_settle(s, ok, rows) ? rows : 0;
}

/* --- totals and time --- */

static UnixMs
sqlite_first_expiry(Store *store)
{
    SqliteStore *s = sqlite_of(store);
    UnixMs first = INT64_MAX;

    if (step(s, SQL_FIRST_EXPIRY) &&
        sqlite3_column_type(s->statements[SQL_FIRST_EXPIRY], 0) != SQLITE_NULL)
        first = column(s, SQL_FIRST_EXPIRY, 0);
    reset(s, SQL_FIRST_EXPIRY);
    return first;
}

static uint64_t
sqlite_sweep(Store *store, UnixMs now)
{
    SqliteStore *s = sqlite_of(store);
    /* The last expiry of all means never. */
    UnixMs up_to = now == INT64_MAX ? INT64_MAX - 1 : now;
    uint64_t rows;
    bool ok;

    if (sqlite_first_expiry(store) > up_to)
        return 0;
    bind(s, SQL_SWEEP_TOTALS, 1, up_to);
    rows = take_off_totals(s, SQL_SWEEP_TOTALS);
    ok = sqlite_begin(s);
    if (ok) {
        bind(s, SQL_SWEEP, 1, up_to);
        ok = run(s, SQL_SWEEP);
    }
    return sqlite_settle(s, ok, rows) ? rows : 0;
}

static uint64_t
sqlite_count(Store *store)
{
    return sqlite_of(store)->count;
}

static uint64_t
sqlite_bytes(Store *store)
{
    return sqlite_of(store)->bytes;
}

static void
sqlite_power_loss(Store *store)
{
    roll_back(sqlite_of(store));
}

static void
sqlite_checkpoint(Store *store)
{
    SqliteStore *s = sqlite_of(store);

    s->changes = 0;
    if (in_transaction(s) && !run(s, SQL_COMMIT))
        roll_back(s);
}

static void
sqlite_close(Store *store)
{
    SqliteStore *s = sqlite_of(store);

    if (s->db != NULL && s->statements[SQL_COMMIT] != NULL && in_transaction(s))
        (void)run(s, SQL_COMMIT);
    for (int i = 0; i < SQL_STATEMENTS; i++)
        sqlite3_finalize(s->statements[i]);
    sqlite_revoked_finalize(s);
    sqlite3_close(s->db);
    free(s);
}

static const StoreOps SQLITE_OPS = {
    .put = sqlite_put,
    .fetch = sqlite_fetch,
    .each = sqlite_each,
    .has = sqlite_has,
    .expiry = sqlite_expiry,
    .set_expiry = sqlite_set_expiry,
    .remove = sqlite_remove,
    .remove_before = sqlite_remove_before,
    .sweep = sqlite_sweep,
    .first_expiry = sqlite_first_expiry,
    .revoke = sqlite_revoke,
    .unrevoke = sqlite_unrevoke,
    .is_revoked = sqlite_is_revoked,
    .revoked = sqlite_revoked,
    .count = sqlite_count,
    .bytes = sqlite_bytes,
    .power_loss = sqlite_power_loss,
    .checkpoint = sqlite_checkpoint,
    .close = sqlite_close,
};

/* --- opening --- */

static int
open_file(SqliteStore *s, const char *path)
{
    int rc = sqlite3_open_v2(
        path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
        NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(s->db, BUSY_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->db,
                          "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                          "PRAGMA foreign_keys = ON;",
                          NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->db, SQLITE_STORE_SCHEMA, NULL, NULL, NULL);
    for (int i = 0; i < SQL_STATEMENTS && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(s->db, SQLITE_STORE_TEXTS[i], -1, SQLITE_PREPARE_PERSISTENT,
                                &s->statements[i], NULL);
    if (rc == SQLITE_OK)
        rc = sqlite_revoked_prepare(s);
    return rc;
}

static void
write_error(const SqliteStore *s, int rc, char ret_error[SQLITE_STORE_ERROR_BYTES])
{
    const char *text = s->db != NULL ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc);

    sqlite3_snprintf(SQLITE_STORE_ERROR_BYTES, ret_error, "%s", text);
}

Store *
sqlite_store_open(const char *path, uint64_t bytes_max, SqliteStoreMode mode,
                  char ret_error[SQLITE_STORE_ERROR_BYTES])
{
    SqliteStore *s = calloc(1, sizeof *s);
    int rc;

    if (s == NULL)
        abort();
    *s = (SqliteStore){ .store.ops = &SQLITE_OPS, .mode = mode, .bytes_max = bytes_max };
    rc = open_file(s, path);
    if (rc != SQLITE_OK) {
        write_error(s, rc, ret_error);
        sqlite_close(&s->store);
        return NULL;
    }
    load_totals(s);
    return &s->store;
}
