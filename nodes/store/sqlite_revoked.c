/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of revoked subaccounts in the SQLite store (protocol 3.5, 6.5). */
#include <assert.h>

#include "nodes/store/sqlite_internal.h"

_Static_assert(STORE_REVOKED_PER_ACCOUNT == 50, "as the trigger of the schema has it");

typedef enum Statement { ADD, RENEW, REMOVE, HAS, COUNT } Statement;

static const char *const texts[REVOKED_STATEMENTS] = {
    [ADD] = "INSERT INTO revoked_subaccounts(owner, token, timestamp) VALUES(?1, ?2, ?3)",
    [RENEW] = ("UPDATE revoked_subaccounts SET timestamp = ?3"
               " WHERE owner = ?1 AND token = ?2 AND timestamp < ?3"),
    [REMOVE] = "DELETE FROM revoked_subaccounts WHERE owner = ?1 AND token = ?2",
    [HAS] = "SELECT 1 FROM revoked_subaccounts WHERE owner = ?1 AND token = ?2",
    [COUNT] = "SELECT count(*) FROM revoked_subaccounts",
};

int
sqlite_revoked_prepare(SqliteStore *s)
{
    int rc = SQLITE_OK;

    for (int i = 0; i < REVOKED_STATEMENTS && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(s->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                &s->revoked.statements[i], NULL);
    return rc;
}

void
sqlite_revoked_finalize(SqliteStore *s)
{
    for (int i = 0; i < REVOKED_STATEMENTS; i++)
        sqlite3_finalize(s->revoked.statements[i]);
}

static void
bind(SqliteStore *s, Statement which, int64_t owner, const uint8_t token[SUBACCOUNT_BYTES])
{
    sqlite3_stmt *statement = s->revoked.statements[which];
    int rc = sqlite3_bind_int64(statement, 1, owner);

    assert(rc == SQLITE_OK);
    rc = sqlite3_bind_blob(statement, 2, token, SUBACCOUNT_BYTES, SQLITE_STATIC);
    assert(rc == SQLITE_OK);
    (void)rc;
}

static void
bind_time(SqliteStore *s, Statement which, UnixMs now)
{
    int rc = sqlite3_bind_int64(s->revoked.statements[which], 3, now);

    assert(rc == SQLITE_OK);
    (void)rc;
}

/* What a step of it gave. */
static int
run(SqliteStore *s, Statement which)
{
    sqlite3_stmt *statement = s->revoked.statements[which];
    int rc = sqlite3_step(statement);

    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return rc;
}

void
sqlite_revoked_load(SqliteStore *s)
{
    sqlite3_stmt *count = s->revoked.statements[COUNT];
    bool read = sqlite3_step(count) == SQLITE_ROW;

    s->revoked.n = read ? (uint64_t)sqlite3_column_int64(count, 0) : 0;
    sqlite3_reset(count);
}

/* --- each false when SQLite could not --- */

static bool
add(SqliteStore *s, const uint8_t account[ACCOUNT_BYTES],
    const uint8_t token[SUBACCOUNT_BYTES], UnixMs now)
{
    int64_t owner = sqlite_make_owner(s, account);
    int before = sqlite3_total_changes(s->db);

    if (owner == 0)
        return false;
    bind(s, ADD, owner, token);
    bind_time(s, ADD, now);
    if (run(s, ADD) != SQLITE_DONE)
        return false;
    /* If the trigger took the oldest out, two rows changed. */
    if (sqlite3_total_changes(s->db) - before == 1)
        s->revoked.n++;
    return true;
}

/* *@ret_changes: 1 when @now is later than what stood there, else 0. */
static bool
renew(SqliteStore *s, int64_t owner, const uint8_t token[SUBACCOUNT_BYTES], UnixMs now,
      uint64_t *ret_changes)
{
    bind(s, RENEW, owner, token);
    bind_time(s, RENEW, now);
    if (run(s, RENEW) != SQLITE_DONE)
        return false;
    *ret_changes = (uint64_t)sqlite3_changes(s->db);
    return true;
}

static bool
take_out(SqliteStore *s, int64_t owner, const uint8_t token[SUBACCOUNT_BYTES])
{
    bind(s, REMOVE, owner, token);
    if (run(s, REMOVE) != SQLITE_DONE)
        return false;
    s->revoked.n--;
    return true;
}

/* --- the operations --- */

static bool
has(SqliteStore *s, int64_t owner, const uint8_t token[SUBACCOUNT_BYTES])
{
    if (owner == 0)
        return false;
    bind(s, HAS, owner, token);
    return run(s, HAS) == SQLITE_ROW;
}

bool
sqlite_is_revoked(Store *store, const uint8_t account[ACCOUNT_BYTES],
                  const uint8_t token[SUBACCOUNT_BYTES])
{
    SqliteStore *s = sqlite_of(store);

    return has(s, sqlite_find_owner(s, account), token);
}

RevokeResult
sqlite_revoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
              const uint8_t token[SUBACCOUNT_BYTES], UnixMs now)
{
    SqliteStore *s = sqlite_of(store);
    int64_t owner = sqlite_find_owner(s, account);
    uint64_t changes = 0;
    bool ok;

    if (has(s, owner, token)) {
        ok = sqlite_begin(s) && renew(s, owner, token, now, &changes);
        (void)sqlite_settle(s, ok, changes);
        return REVOKE_KNOWN;
    }
    if (s->revoked.n >= STORE_REVOKED_MAX)
        return REVOKE_FULL;
    ok = sqlite_begin(s) && add(s, account, token, now);
    return sqlite_settle(s, ok, 1) ? REVOKE_NEW : REVOKE_FULL;
}

bool
sqlite_unrevoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
                const uint8_t token[SUBACCOUNT_BYTES])
{
    SqliteStore *s = sqlite_of(store);
    int64_t owner = sqlite_find_owner(s, account);

    return has(s, owner, token) &&
           sqlite_settle(s, sqlite_begin(s) && take_out(s, owner, token), 1);
}

uint64_t
sqlite_revoked(Store *store)
{
    return sqlite_of(store)->revoked.n;
}
