/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A map from 64-bit keys (not 0) to 32-bit values that only grows: open addressing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Map64 {
    uint64_t *keys; /* 0: free */
    uint32_t *values;
    size_t mask, n; /* capacity - 1; 0 without memory */
} Map64;

void map64_clear(Map64 *map);
/* The value of @key replaced, or added. */
void map64_set(Map64 *map, uint64_t key, uint32_t value);
bool map64_get(const Map64 *map, uint64_t key, uint32_t *ret);
