/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/rows.h"

#include <math.h>
#include <stdlib.h>

json_t *
row_new(json_t *rows)
{
    json_t *row = json_object();

    json_array_append_new(rows, row);
    return row;
}

void
row_text(json_t *row, const char *name, const char *text)
{
    json_object_set_new(row, name, json_string(text));
}

void
row_integer(json_t *row, const char *name, uint64_t value)
{
    json_object_set_new(row, name, json_integer((json_int_t)value));
}

void
row_number(json_t *row, const char *name, double value)
{
    json_object_set_new(row, name, isfinite(value) ? json_real(value) : json_null());
}

static int
compare_doubles(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

static double
sorted_median(const double *values, size_t n)
{
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

void
row_values(json_t *row, const char *name, double *values, size_t n)
{
    g_autofree char *min = g_strconcat(name, "_min", NULL);
    g_autofree char *max = g_strconcat(name, "_max", NULL);

    g_assert(n > 0);
    qsort(values, n, sizeof *values, compare_doubles);
    row_number(row, name, sorted_median(values, n));
    row_number(row, min, values[0]);
    row_number(row, max, values[n - 1]);
}

void
row_field(json_t *row, const char *name, const BenchCase *c, unsigned runs, unsigned field)
{
    double values[BENCH_RUNS_MAX];

    for (unsigned i = 0; i < runs; i++)
        values[i] = c->runs[i].value[field];
    row_values(row, name, values, runs);
}

double
field_median(const BenchCase *c, unsigned runs, unsigned field)
{
    double values[BENCH_RUNS_MAX];

    g_assert(runs > 0);
    for (unsigned i = 0; i < runs; i++)
        values[i] = c->runs[i].value[field];
    qsort(values, runs, sizeof *values, compare_doubles);
    return sorted_median(values, runs);
}

void
row_ratio(json_t *row, const char *name, const BenchCase *above, unsigned above_field,
          const BenchCase *below, unsigned below_field, unsigned runs)
{
    double values[BENCH_RUNS_MAX];

    for (unsigned i = 0; i < runs; i++)
        values[i] = above->runs[i].value[above_field] / below->runs[i].value[below_field];
    row_values(row, name, values, runs);
}

static void
add_target(json_t *results, const char *what, const char *relation, double wanted,
           double measured, bool met)
{
    json_t *rows = json_object_get(results, "targets");
    g_autofree char *text = g_strdup_printf("%s %g", relation, wanted);
    json_t *row;

    if (rows == NULL) {
        rows = json_array();
        json_object_set_new(results, "targets", rows);
    }
    row = row_new(rows);
    row_text(row, "target", what);
    row_text(row, "wanted", text);
    row_number(row, "measured", measured);
    row_text(row, "met", met ? "yes" : "no");
}

void
target_at_least(json_t *results, const char *what, double wanted, double measured)
{
    add_target(results, what, "at least", wanted, measured, measured >= wanted);
}

void
target_at_most(json_t *results, const char *what, double wanted, double measured)
{
    add_target(results, what, "at most", wanted, measured, measured <= wanted);
}
