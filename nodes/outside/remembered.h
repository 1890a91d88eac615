/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bounded set of 64-bit keys that forgets the oldest: nonces that were used, users that
 * were seen.  Keys are hashes that no peer can aim at (crypto_short_hash). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Remembered {
    uint64_t *slot; /* open addressing; 0: free (a key of 0 counts as 1) */
    uint64_t *ring; /* the same keys by age */
    uint32_t mask;  /* slots less 1 */
    uint32_t n, max, oldest, ring_capacity;
} Remembered;

/* At most @max keys, at least 1. */
void remembered_init(Remembered *set, uint32_t max);
void remembered_clear(Remembered *set);
/* False: it is there already. */
bool remembered_add(Remembered *set, uint64_t key);
