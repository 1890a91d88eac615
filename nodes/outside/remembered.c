/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/remembered.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_SLOTS = 16 };

void
remembered_init(Remembered *set, uint32_t max)
{
    assert(max >= 1 && max <= UINT32_MAX / 4);
    *set = (Remembered){ .max = max, .mask = FIRST_SLOTS - 1 };
    set->slot = memory_zeroed(FIRST_SLOTS, sizeof *set->slot);
}

void
remembered_clear(Remembered *set)
{
    free(set->slot);
    free(set->ring);
    *set = (Remembered){ .n = 0 };
}

static uint32_t
place_of(const Remembered *set, uint64_t key)
{
    uint32_t at = (uint32_t)key & set->mask;

    while (set->slot[at] != 0 && set->slot[at] != key)
        at = (at + 1) & set->mask;
    return at;
}

/* Take a key out, and close the gap that it leaves. */
static void
forget(Remembered *set, uint64_t key)
{
    uint32_t hole = place_of(set, key);

    assert(set->slot[hole] == key);
    set->slot[hole] = 0;
    for (uint32_t at = (hole + 1) & set->mask; set->slot[at] != 0;
         at = (at + 1) & set->mask) {
        uint32_t home = (uint32_t)set->slot[at] & set->mask;

        /* It may move when its home is not behind the hole. */
        if (((at - home) & set->mask) < ((at - hole) & set->mask))
            continue;
        set->slot[hole] = set->slot[at];
        set->slot[at] = 0;
        hole = at;
    }
}

static void
grow(Remembered *set)
{
    if (set->n == set->ring_capacity) {
        uint32_t capacity = set->ring_capacity == 0 ? 8 : 2 * set->ring_capacity;

        assert(set->oldest == 0); /* it turns only at its full size */
        set->ring_capacity = capacity < set->max ? capacity : set->max;
        set->ring = memory_resized(set->ring, set->ring_capacity, sizeof *set->ring);
    }
    if ((set->n + 1) * 2 <= set->mask)
        return;
    free(set->slot);
    set->mask = set->mask * 2 + 1;
    set->slot = memory_zeroed((size_t)set->mask + 1, sizeof *set->slot);
    for (uint32_t i = 0; i < set->n; i++)
        set->slot[place_of(set, set->ring[i])] = set->ring[i];
}

bool
remembered_add(Remembered *set, uint64_t key)
{
    uint32_t at;

    if (key == 0)
        key = 1;
    if (set->slot[place_of(set, key)] == key)
        return false;
    if (set->n == set->max) {
        forget(set, set->ring[set->oldest]);
        set->oldest = (set->oldest + 1) % set->ring_capacity;
        set->n--;
    } else {
        grow(set);
    }
    at = place_of(set, key);
    set->slot[at] = key;
    set->ring[(set->oldest + set->n) % set->ring_capacity] = key;
    set->n++;
    return true;
}
