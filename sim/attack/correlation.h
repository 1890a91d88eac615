/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which address goes with which account?  Three scores of a pair of ends, more meaning more
 * alike (science 2.3): how the counts of windows correlate (Levine et al., FC 2004), how
 * much of the account's requests come just after one of the address (the cadence of polls),
 * and, for a single request, which arrivals it could be by time and size. */
#pragma once

#include "sim/attack/edges.h"

/* --- windowed counts --------------------------------------------------------------- */

/* Counts by row and window: row r has counts[r * windows] and on. */
typedef struct Counts {
    uint32_t *counts;
    uint32_t rows, windows;
} Counts;

/* What each client sent (rows: clients), and what arrived for each account (rows: accounts
 * + 1, row 0 empty): stores, or requests that read.  To be cleared. */
void counts_of_clients(const Edges *edges, const Windows *windows, Counts *ret);
void counts_of_accounts(const Edges *edges, const Windows *windows, bool stores,
                        Counts *ret);
void counts_clear(Counts *counts);

/* Pearson's correlation of a row of each, over all windows; 0 where one does not vary. */
double attack_correlation(const Counts *a, uint32_t row_a, const Counts *b, uint32_t row_b);

/* --- cadence ----------------------------------------------------------------------- */

/* How long after a sending its arrival may come. */
typedef struct Lag {
    Duration from, to;
} Lag;

/* Of each client and account: arrivals that follow one of its sendings by @lag, over the
 * root of (its sendings times those arrivals): 1 when they are the same.  Row i of @ret
 * (clients x (accounts + 1), room for that) is client i's; column 0 is empty. */
void attack_cadence(const Edges *edges, Lag lag, bool stores, double *ret);

/* --- single requests --------------------------------------------------------------- */

/* Arrivals that a sending could be: by time, and with @overhead >= 0 of exactly so many
 * bytes less than were sent. */
typedef struct Reach {
    Lag lag;
    int64_t overhead; /* -1: of any size */
    bool stores;      /* else requests that read */
} Reach;

/* Places among the arrivals, in order of time, in @ret (room for @max); how many there
 * are, also beyond @max. */
size_t attack_window(const Edges *edges, const Sending *sending, const Reach *reach,
                     size_t *ret, size_t max);

/* How many bytes fewer come out than went in: what most often lies between a sending and an
 * arrival that it could be by time, as the layers of a path are always as long.  -1: there
 * is no such pair. */
int64_t attack_overhead(const Edges *edges, Lag lag, bool stores);
