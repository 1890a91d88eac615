/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any table of a results database as CSV (RFC 4180, but lines end in a plain newline): one
 * header line; the run's number is replaced by its seed. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The tables there are, by number from 0; NULL past the last. */
const char *record_csv_table(size_t index);

/* Write @table of the database at @path to @out.  False with @error set: no such table
 * (the error names those there are), trouble reading, or @out in error. */
bool record_csv_write(const char *path, const char *table, FILE *out, GError **error);
