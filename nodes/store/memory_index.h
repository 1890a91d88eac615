/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hashed index of numbers: open addressing with linear probing.  A slot holds a number
 * and, in the bits that no number needs, the upper bits of its hash, so that hardly
 * anything but what is looked for has to be looked at.  Nothing is ever taken out; whoever
 * uses it starts again from time to time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY_NONE UINT32_MAX

typedef struct MemoryIndex {
    uint32_t *slots;     /* 0: free; else value + 1 and the tag */
    uint32_t mask;       /* number of slots - 1; 0 without slots */
    uint32_t used;       /* slots */
    uint32_t value_mask; /* of a slot: the bits of the value */
} MemoryIndex;

/* Empty, with room for @count and half as many again, of values below @values and twice
 * that. */
void memory_index_reset(MemoryIndex *index, uint32_t count, uint32_t values);
/* False when @value does not fit, or would fill more than three quarters: reset first. */
bool memory_index_add(MemoryIndex *index, uint32_t hash, uint32_t value);
void memory_index_clear(MemoryIndex *index);

/* The next value that may have this hash (all that have, and very few others), or
 * MEMORY_NONE.  @at: the hash itself at first. */
static inline uint32_t
memory_index_next(const MemoryIndex *index, uint32_t hash, uint32_t *at)
{
    uint32_t slot, i = *at;

    if (index->slots == NULL)
        return MEMORY_NONE;
    while ((slot = index->slots[i++ & index->mask]) != 0) {
        if (((slot ^ hash) & ~index->value_mask) == 0) {
            *at = i;
            return (slot & index->value_mask) - 1;
        }
    }
    return MEMORY_NONE;
}

/* Fetch where a search for @hash begins. */
static inline void
memory_index_prefetch(const MemoryIndex *index, uint32_t hash)
{
    if (index->slots != NULL)
        __builtin_prefetch(&index->slots[hash & index->mask], 1);
}

static inline size_t
memory_index_bytes(const MemoryIndex *index)
{
    return index->slots == NULL ? 0 : ((size_t)index->mask + 1) * sizeof *index->slots;
}
