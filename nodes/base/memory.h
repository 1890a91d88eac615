/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arrays from the heap, freed with free().  A program of ours that has no memory left
 * cannot go on: it aborts.  What peers may ask for is bounded before. */
#pragma once

#include <stddef.h>

/* @n items of zeros; never NULL, for no items either. */
void *memory_zeroed(size_t n, size_t size);
/* @p (or NULL) with room for @n items, as realloc; never NULL. */
void *memory_resized(void *p, size_t n, size_t size);
