/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Corrupt sets, drawn after the run: which of the candidates are corrupted. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* @corrupt of the candidates, all sets alike; below 0: each on its own with probability
 * @share. */
typedef struct CorruptLaw {
    int32_t corrupt;
    double share;
} CorruptLaw;

/* Draw number @draw of a sequence that hangs on (@seed, @name): the places of those that
 * are corrupted of @n candidates, to @ret (room for n), in no order; returns how many. */
uint32_t corrupt_draw(const CorruptLaw *law, uint64_t seed, const char *name, uint64_t draw,
                      uint32_t n, uint32_t *ret);
