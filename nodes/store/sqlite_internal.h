/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files of the SQLite store. */
#pragma once

#include <sqlite3.h>

#include "nodes/store/sqlite_schema.h"
#include "nodes/store/sqlite_store.h"

enum { REVOKED_STATEMENTS = 5 };

/* The table of revoked subaccounts. */
typedef struct SqliteRevoked {
    sqlite3_stmt *statements[REVOKED_STATEMENTS];
    uint64_t n; /* tokens, of all owners */
} SqliteRevoked;

typedef struct SqliteStore {
    Store store;
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_STATEMENTS];
    SqliteRevoked revoked;
    SqliteStoreMode mode;
    uint64_t bytes_max;
    uint64_t bytes, count; /* as the tables have it */
    uint32_t changes;      /* rows changed since the checkpoint */
} SqliteStore;

static inline SqliteStore *
sqlite_of(const Store *store)
{
    return (SqliteStore *)store;
}

/* --- sqlite_store.c --- */

bool sqlite_begin(SqliteStore *s);
/* At the end of a call that meant to change something: @changes rows did, or @ok is false.
 * Returns false when nothing of it lasts. */
bool sqlite_settle(SqliteStore *s, bool ok, uint64_t changes);
/* The owner's id, or 0. */
int64_t sqlite_find_owner(SqliteStore *s, const uint8_t account[ACCOUNT_BYTES]);
/* The owner's id, made where it is missing, or 0 when SQLite could not. */
int64_t sqlite_make_owner(SqliteStore *s, const uint8_t account[ACCOUNT_BYTES]);

/* --- sqlite_revoked.c --- */

/* A result code of SQLite; finalize in any case. */
int sqlite_revoked_prepare(SqliteStore *s);
void sqlite_revoked_finalize(SqliteStore *s);
/* Count again what is in the table. */
void sqlite_revoked_load(SqliteStore *s);

/* Of StoreOps. */
RevokeResult sqlite_revoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
                           const uint8_t token[SUBACCOUNT_BYTES], UnixMs now);
bool sqlite_unrevoke(Store *store, const uint8_t account[ACCOUNT_BYTES],
                     const uint8_t token[SUBACCOUNT_BYTES]);
bool sqlite_is_revoked(Store *store, const uint8_t account[ACCOUNT_BYTES],
                       const uint8_t token[SUBACCOUNT_BYTES]);
uint64_t sqlite_revoked(Store *store);
