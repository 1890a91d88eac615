/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Results as rows: ordered JSON objects.  A measured member NAME is the median, and
 * NAME_min and NAME_max beside it are the spread; tables are drawn from the same objects,
 * with what the names' ends say of units (_s, _per_s, _bytes). */
#pragma once

#include <jansson.h>

#include "bench/measure.h"

/* A new row, appended to @rows. */
json_t *row_new(json_t *rows);
void row_text(json_t *row, const char *name, const char *text);
void row_integer(json_t *row, const char *name, uint64_t value);
/* A number without spread: a target, or what does not vary. */
void row_number(json_t *row, const char *name, double value);
/* Median, minimum and maximum of @n values (at least 1; @values is sorted). */
void row_values(json_t *row, const char *name, double *values, size_t n);
/* The same of one field of a case's runs. */
void row_field(json_t *row, const char *name, const BenchCase *c, unsigned runs,
               unsigned field);
/* Of the ratio of two cases' fields, run by run. */
void row_ratio(json_t *row, const char *name, const BenchCase *above, unsigned above_field,
               const BenchCase *below, unsigned below_field, unsigned runs);
/* The median of one field of a case's runs. */
double field_median(const BenchCase *c, unsigned runs, unsigned field);

/* A line of the table of targets (@results' member "targets"): what, wanted (at least it,
 * or at most), measured. */
void target_at_least(json_t *results, const char *what, double wanted, double measured);
void target_at_most(json_t *results, const char *what, double wanted, double measured);

/* The rows as a table: aligned text, or Markdown.  To be freed.  "" without rows. */
char *rows_text(const char *title, const json_t *rows);
char *rows_markdown(const char *title, const json_t *rows);
/* The rows as CSV, one line of names first.  To be freed. */
char *rows_csv(const json_t *rows);
