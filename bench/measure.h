/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Measuring: each run of each case in a process of its own, so that memory and caches begin
 * alike and the peak of one is not the peak of the next.  The cases of one benchmark take
 * turns, so that all of them see the same machine. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { BENCH_RUNS_MAX = 25, BENCH_FIELDS_MAX = 96, BENCH_WHY_BYTES = 256 };

/* What one run found.  What the fields are is the case's affair. */
typedef struct Measured {
    double value[BENCH_FIELDS_MAX];
    uint64_t check;                 /* of what was computed: equal in all runs */
    double cpu_s, wall_s, peak_rss; /* of the whole process; bytes */
    char why[BENCH_WHY_BYTES];      /* of a run that failed */
} Measured;

typedef struct BenchCase {
    /* Called in the child.  False: it failed, and says so in ret->why. */
    bool (*measure)(const void *what, Measured *ret);
    const void *what;
    Measured *runs; /* set by bench_measure, freed by bench_cases_clear */
} BenchCase;

/* How to measure, and who wants to know. */
typedef struct BenchOptions {
    unsigned runs;                    /* of each case */
    bool quick;                       /* small sizes only */
    bool peers;                       /* other engines too */
    const volatile bool *interrupted; /* may be NULL */
    /* Told what is measured next; may be NULL. */
    void (*progress)(void *context, const char *text);
    void *progress_context;
} BenchOptions;

/* Run every case @runs times (at least once), in turns.  False with @error when one failed
 * (its words) or the user interrupted (G_IO_ERROR_CANCELLED), or when two runs of one case
 * disagree in their check. */
bool bench_measure(const BenchOptions *options, const char *name, BenchCase *cases,
                   size_t n, GError **error);
/* The same with another number of runs than the options'. */
bool bench_measure_times(const BenchOptions *options, const char *name, BenchCase *cases,
                         size_t n, unsigned runs, GError **error);
void bench_cases_clear(BenchCase *cases, size_t n);

/* CPU time of this process so far, in seconds. */
double bench_cpu_s(void);
/* The same of this thread alone. */
double bench_thread_cpu_s(void);
/* Bytes that malloc has given out and not got back. */
double bench_heap_bytes(void);
