/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of the SQLite store and the statements that run against them (protocol 6.5;
 * the names of tables and columns are the real ones; those about revocations are in
 * sqlite_revoked.c).  The index of a box carries no
 * timestamp, so that SQLite hands its rows out in row order without sorting; CROSS JOIN
 * keeps its planner to that order. */
#pragma once

#define SQLITE_STORE_SCHEMA                                                                \
    "CREATE TABLE IF NOT EXISTS owners("                                                   \
    " id INTEGER PRIMARY KEY,"                                                             \
    " type INTEGER NOT NULL,"                                                              \
    " pubkey BLOB NOT NULL,"                                                               \
    " UNIQUE(pubkey, type));"                                                              \
    "CREATE TABLE IF NOT EXISTS messages("                                                 \
    " id INTEGER PRIMARY KEY,"                                                             \
    " hash TEXT NOT NULL UNIQUE,"                                                          \
    " owner INTEGER NOT NULL REFERENCES owners(id),"                                       \
    " namespace INTEGER NOT NULL,"                                                         \
    " timestamp INTEGER NOT NULL,"                                                         \
    " expiry INTEGER NOT NULL,"                                                            \
    " data BLOB NOT NULL);"                                                                \
    "CREATE INDEX IF NOT EXISTS messages_expiry ON messages(expiry);"                      \
    "CREATE INDEX IF NOT EXISTS messages_owner ON messages(owner, namespace);"             \
    "CREATE TABLE IF NOT EXISTS revoked_subaccounts("                                      \
    " owner INTEGER NOT NULL REFERENCES owners(id) ON DELETE CASCADE,"                     \
    " token BLOB NOT NULL,"                                                                \
    " timestamp INTEGER NOT NULL,"                                                         \
    " PRIMARY KEY(owner, token));"                                                         \
    "CREATE TRIGGER IF NOT EXISTS revoked_autoclean AFTER INSERT ON revoked_subaccounts"   \
    " WHEN (SELECT count(*) FROM revoked_subaccounts WHERE owner = new.owner) > 50"        \
    " BEGIN DELETE FROM revoked_subaccounts WHERE rowid ="                                 \
    "  (SELECT rowid FROM revoked_subaccounts WHERE owner = new.owner"                     \
    "   ORDER BY timestamp, rowid LIMIT 1); END;"                                          \
    "DROP TRIGGER IF EXISTS owner_autoclean;"                                              \
    "CREATE TRIGGER owner_autoclean AFTER DELETE ON messages"                              \
    " WHEN NOT EXISTS(SELECT * FROM messages WHERE owner = old.owner)"                     \
    " AND NOT EXISTS(SELECT * FROM revoked_subaccounts WHERE owner = old.owner)"           \
    " BEGIN DELETE FROM owners WHERE id = old.owner; END;"                                 \
    "CREATE TRIGGER IF NOT EXISTS unrevoked_owner_autoclean"                               \
    " AFTER DELETE ON revoked_subaccounts"                                                 \
    " WHEN NOT EXISTS(SELECT * FROM messages WHERE owner = old.owner)"                     \
    " AND NOT EXISTS(SELECT * FROM revoked_subaccounts WHERE owner = old.owner)"           \
    " BEGIN DELETE FROM owners WHERE id = old.owner; END;"

/* What a visit reads, in this order of columns. */
#define SQLITE_STORE_COLUMNS                                                               \
    "SELECT m.id, m.hash, m.namespace, m.timestamp, m.expiry, m.data, o.type, o.pubkey"    \
    " FROM messages m CROSS JOIN owners o ON o.id = m.owner "

/* Those of one owner (1) that a deletion reaches: namespaces from 2 to 3, timestamp up to
 * 4, rows up to 5. */
#define SQLITE_STORE_BEFORE                                                                \
    "owner = ?1 AND namespace BETWEEN ?2 AND ?3 AND timestamp <= ?4 AND m.id <= ?5"

typedef enum SqliteStatement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_TOTALS,
    SQL_OWNER_ADD,
    SQL_OWNER,
    SQL_BY_HASH,
    SQL_PUT,
    SQL_SET_EXPIRY,
    SQL_FETCH,
    SQL_EACH,
    SQL_REMOVE,
    SQL_BEFORE,
    SQL_BEFORE_TOTALS,
    SQL_REMOVE_BEFORE,
    SQL_SWEEP_TOTALS,
    SQL_SWEEP,
    SQL_FIRST_EXPIRY,
    SQL_STATEMENTS
} SqliteStatement;

#define SQLITE_STORE_SUM                                                                   \
    "count(*), coalesce(sum(length(CAST(hash AS BLOB))), 0), coalesce(sum(length(data)), " \
    "0)"

static const char *const SQLITE_STORE_TEXTS[SQL_STATEMENTS] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_TOTALS] = "SELECT " SQLITE_STORE_SUM " FROM messages",
    [SQL_OWNER_ADD] = "INSERT INTO owners(type, pubkey) VALUES(?1, ?2)",
    [SQL_OWNER] = "SELECT id FROM owners WHERE pubkey = ?2 AND type = ?1",
    [SQL_BY_HASH] = "SELECT id, owner, namespace, expiry, length(data) FROM messages"
                    " WHERE hash = ?1",
    [SQL_PUT] = "INSERT INTO messages(hash, owner, namespace, timestamp, expiry, data)"
                " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [SQL_SET_EXPIRY] = "UPDATE messages SET expiry = ?2 WHERE id = ?1",
    [SQL_FETCH] = SQLITE_STORE_COLUMNS "WHERE m.owner = ?1 AND m.namespace = ?2"
                                       " AND m.id > ?3 ORDER BY m.id",
    [SQL_EACH] = SQLITE_STORE_COLUMNS "ORDER BY m.id",
    [SQL_REMOVE] = "DELETE FROM messages WHERE id = ?1",
    [SQL_BEFORE] = SQLITE_STORE_COLUMNS "WHERE " SQLITE_STORE_BEFORE " ORDER BY m.id",
    [SQL_BEFORE_TOTALS] = "SELECT " SQLITE_STORE_SUM " FROM messages m"
                          " WHERE " SQLITE_STORE_BEFORE,
    [SQL_REMOVE_BEFORE] = "DELETE FROM messages AS m WHERE " SQLITE_STORE_BEFORE,
    [SQL_SWEEP_TOTALS] = "SELECT " SQLITE_STORE_SUM " FROM messages WHERE expiry <= ?1",
    [SQL_SWEEP] = "DELETE FROM messages WHERE expiry <= ?1",
    [SQL_FIRST_EXPIRY] = "SELECT min(expiry) FROM messages",
};
