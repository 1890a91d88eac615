/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file of comma-separated values, line by line: what `swarmbed run --observations` and
 * `swarmbed attack` write.  Nothing is quoted in them.  Every fault is told with the file,
 * its line, the column and what was expected. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct CsvTable CsvTable;

/* Longer lines are refused, so that no file makes us ask for more memory than that. */
enum { CSV_LINE_MAX = 64 * 1024, CSV_COLUMNS_MAX = 32 };

/* Open a file whose first line names exactly @columns (NULL at the end), in this order.
 * @columns is borrowed.  NULL with @error set otherwise. */
CsvTable *csv_table_open(const char *path, const char *const *columns, GError **error);
void csv_table_free(CsvTable *table); /* takes NULL */

/* Go to the next line.  False at the end of the file, and with @error set when there is a
 * fault. */
bool csv_table_next(CsvTable *table, GError **error);

/* A field of this line; borrowed until the next. */
const char *csv_table_field(const CsvTable *table, int column);
/* The fields as what they must be; false with @error set, and @ret untouched, when they are
 * not. */
bool csv_table_number(const CsvTable *table, int column, uint64_t max, uint64_t *ret,
                      GError **error);
/* Hexadecimal, at most 64 bits. */
bool csv_table_hex(const CsvTable *table, int column, uint64_t *ret, GError **error);
bool csv_table_real(const CsvTable *table, int column, double *ret, GError **error);
/* a.b.c.d; empty is 0. */
bool csv_table_ip(const CsvTable *table, int column, uint32_t *ret, GError **error);
/* "FILE: line 17: column NAME: expected EXPECTED, not 'FIELD'"; returns false. */
bool csv_table_fail(const CsvTable *table, int column, const char *expected,
                    GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvTable, csv_table_free)
