/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables of reference values, id,params,expected, and what our code says for each. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* The number behind "name=" in "a=1;b=2". */
double row_parameter(const char *params, const char *name);
uint32_t row_whole(const char *params, const char *name);

/* Rows whose id begins with @prefix, and what our code says for them; NULL: no form. */
typedef struct RowFamily {
    const char *prefix;
    double (*form)(const char *params);
} RowFamily;

/* Fails unless equal to 1e-9: the reference's digits end at the 12th, and alternating sums
 * lose some of those before. */
void row_assert(const char *id, double value, double expected);

/* Hold tests/data/@file to the families, the first that fits each row; a row without one
 * fails.  Returns how many rows had a form. */
guint rows_check(const char *file, const RowFamily *families, gsize n_families);
