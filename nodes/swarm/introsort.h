/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sorting swarms by size alone, in the order that GNU libstdc++'s std::sort gives
 * (protocol 2.3).  That sort is not stable, and the order of equal sizes decides which
 * swarm a draw means: the chain's consensus hangs on it, above 16 swarms. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct SizedSwarm {
    uint32_t size;  /* what is compared */
    uint32_t index; /* what goes along */
} SizedSwarm;

/* Introspective sort: quicksort with the median of three until parts have 16 elements,
 * heapsort where it goes 2 * log2(n) deep, one insertion sort over all at the end. */
void introsort_by_size(SizedSwarm *a, size_t n);
