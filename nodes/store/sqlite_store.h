/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The message store in a SQLite file, as the real network's nodes keep it (protocol 6.5):
 * owners, messages with a unique hash, WAL with synchronous NORMAL.  Used by the `node`
 * program, and by the simulator where a scenario asks for it: SQLite is never asked for the
 * time or for anything random. */
#pragma once

#include "nodes/base/store.h"

typedef enum SqliteStoreMode {
    /* Each call that changes something is a transaction of its own: a process that dies
     * loses nothing, a power cut what the WAL had not flushed.  The `node` program's. */
    SQLITE_STORE_LIVE,
    /* One transaction from checkpoint to checkpoint, so that power_loss can undo it: the
     * simulator's, whose process never dies under the store. */
    SQLITE_STORE_SIMULATED
} SqliteStoreMode;

enum { SQLITE_STORE_ERROR_BYTES = 256 };

/* Open or create the file at @path (":memory:" keeps it in memory).  NULL on failure, with
 * what SQLite said in @ret_error.  Owned by the caller; ends with ops->close.  @bytes_max
 * is fullness by store_message_bytes; a full disk shows as PUT_FULL too. */
Store *sqlite_store_open(const char *path, uint64_t bytes_max, SqliteStoreMode mode,
                         char ret_error[SQLITE_STORE_ERROR_BYTES]) WARN_UNUSED;
