/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The benchmarks of design 9, by name. */
#pragma once

#include <jansson.h>

#include "bench/measure.h"

enum { BENCH_RUNS_DEFAULT = 3 };

/* Runs one benchmark and sets members of @results: arrays of rows (bench/rows.h).  False
 * with @error. */
typedef bool (*BenchFunction)(const BenchOptions *options, json_t *results, GError **error);

typedef struct Benchmark {
    const char *name, *summary;
    BenchFunction run;
} Benchmark;

/* All of them, in the order of `all`; the last has no name. */
extern const Benchmark benchmarks[];

/* The benchmark @name, or "all": a new object, or NULL with @error (G_IO_ERROR_NOT_FOUND:
 * there is none of that name; G_IO_ERROR_CANCELLED: interrupted). */
json_t *bench_run(const char *name, const BenchOptions *options, GError **error);
/* All tables as text or Markdown.  To be freed. */
char *bench_text(const json_t *results, bool markdown);

/* One file each: suite_*.c. */
bool bench_hold(const BenchOptions *options, json_t *results, GError **error);
bool bench_echo(const BenchOptions *options, json_t *results, GError **error);
bool bench_operations(const BenchOptions *options, json_t *results, GError **error);
bool bench_floor(const BenchOptions *options, json_t *results, GError **error);
bool bench_township(const BenchOptions *options, json_t *results, GError **error);
bool bench_metropolis(const BenchOptions *options, json_t *results, GError **error);
bool bench_resting(const BenchOptions *options, json_t *results, GError **error);
bool bench_scale(const BenchOptions *options, json_t *results, GError **error);
