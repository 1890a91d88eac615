/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/adversary/map64.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

void
map64_clear(Map64 *map)
{
    free(map->keys);
    free(map->values);
    *map = (Map64){ 0 };
}

/* Where @key is, or would be. */
static size_t
slot_of(const Map64 *map, uint64_t key)
{
    size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & map->mask;

    while (map->keys[i] != 0 && map->keys[i] != key)
        i = (i + 1) & map->mask;
    return i;
}

static void
grow(Map64 *map)
{
    Map64 old = *map;
    size_t capacity = old.keys == NULL ? 64 : (old.mask + 1) * 2;

    map->mask = capacity - 1;
    map->keys = memory_zeroed(capacity, sizeof *map->keys);
    map->values = memory_resized(NULL, capacity, sizeof *map->values);
    for (size_t i = 0; old.keys != NULL && i <= old.mask; i++) {
        size_t at;

        if (old.keys[i] == 0)
            continue;
        at = slot_of(map, old.keys[i]);
        map->keys[at] = old.keys[i];
        map->values[at] = old.values[i];
    }
    free(old.keys);
    free(old.values);
}

void
map64_set(Map64 *map, uint64_t key, uint32_t value)
{
    size_t at;

    assert(key != 0);
    if (map->keys == NULL || (map->n + 1) * 2 > map->mask)
        grow(map);
    at = slot_of(map, key);
    map->n += map->keys[at] == 0;
    map->keys[at] = key;
    map->values[at] = value;
}

bool
map64_get(const Map64 *map, uint64_t key, uint32_t *ret)
{
    size_t at;

    if (map->keys == NULL || key == 0)
        return false;
    at = slot_of(map, key);
    if (map->keys[at] == 0)
        return false;
    *ret = map->values[at];
    return true;
}
