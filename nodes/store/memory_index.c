/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/store/memory_index.h"

#include <assert.h>
#include <stdlib.h>

/* The least power of two above @n, less one; UINT32_MAX where that is too large. */
static uint32_t
mask_over(uint64_t n)
{
    uint64_t mask = 7;

    while (mask < n)
        mask = mask * 2 + 1;
    return mask < UINT32_MAX ? (uint32_t)mask : UINT32_MAX;
}

void
memory_index_reset(MemoryIndex *index, uint32_t count, uint32_t values)
{
    uint32_t mask = mask_over((uint64_t)count * 2);

    assert(mask <= UINT32_MAX / 2);
    free(index->slots);
    *index = (MemoryIndex){ .slots = calloc((size_t)mask + 1, sizeof *index->slots),
                            .mask = mask,
                            .value_mask = mask_over((uint64_t)values * 2 + 2) };
    if (index->slots == NULL)
        abort();
}

bool
memory_index_add(MemoryIndex *index, uint32_t hash, uint32_t value)
{
    uint32_t at = hash;

    if (index->slots == NULL || value >= index->value_mask ||
        (uint64_t)index->used * 4 >= (uint64_t)index->mask * 3)
        return false;
    while (index->slots[at & index->mask] != 0)
        at++;
    index->slots[at & index->mask] = (hash & ~index->value_mask) | (value + 1);
    index->used++;
    return true;
}

void
memory_index_clear(MemoryIndex *index)
{
    free(index->slots);
    *index = (MemoryIndex){ 0 };
}
