/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A shuffled order of 0 .. n - 1 that takes no memory: a keyed bijection (a Feistel network
 * over the next even power of two, walked on until the result is below n). */
#pragma once

#include <stdint.h>

/* The number at place @i (below @n) of the order that @key chooses. */
uint32_t shuffle_place(uint64_t key, uint32_t n, uint32_t i);
