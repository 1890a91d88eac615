/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of a results database, and opening one.  Every table and column is explained
 * in the database itself, in the table schema_note, so that a file found years later can be
 * read with nothing but SQLite.  Used inside this room only. */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>
#include <stdbool.h>

enum {
    SCHEMA_VERSION = 3,              /* PRAGMA user_version */
    SCHEMA_APPLICATION = 0x73776264, /* PRAGMA application_id: "swbd" */
    SCHEMA_BUSY_MS_MAX = 10 * 60000, /* how long one writer waits for another */
};

/* Open @path for writing and lay the tables if it is new.  NULL with @error set: one
 * sentence that names the file. */
sqlite3 *schema_open_for_writing(const char *path, GError **error);
/* Open a database that is there, for reading only. */
sqlite3 *schema_open_for_reading(const char *path, GError **error);

/* Set @error to "@what PATH: what SQLite says (what the system says)". */
void schema_set_error(GError **error, sqlite3 *db, const char *path, const char *what);

/* The tables by number; NULL past the last. */
const char *schema_table_name(size_t index);
