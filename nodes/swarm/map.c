/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The map from swarm ids to members that the assignment works on. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "nodes/swarm/assign.h"
#include "nodes/base/memory.h"
#include "nodes/swarm/map_edit.h"

static void *
grown(void *p, uint32_t *capacity, size_t size)
{
    *capacity = *capacity < 8 ? 8 : *capacity * 2;
    return memory_resized(p, *capacity, size);
}

void
swarm_map_clear(SwarmMap *map)
{
    for (uint32_t i = 0; i < map->n; i++)
        free(map->swarms[i].nodes);
    free(map->swarms);
    *map = (SwarmMap){ 0 };
}

/* The first swarm with an id of at least @id. */
static uint32_t
lower_bound(const SwarmMap *map, uint64_t id)
{
    uint32_t low = 0, high = map->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (map->swarms[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const AssignedSwarm *
swarm_map_find(const SwarmMap *map, uint64_t id)
{
    uint32_t i = lower_bound(map, id);

    return i < map->n && map->swarms[i].id == id ? &map->swarms[i] : NULL;
}

uint32_t
swarm_map_place(SwarmMap *map, uint64_t id)
{
    uint32_t i = lower_bound(map, id);

    if (i < map->n && map->swarms[i].id == id)
        return i;
    if (map->n == map->capacity)
        map->swarms = grown(map->swarms, &map->capacity, sizeof *map->swarms);
    memmove(&map->swarms[i + 1], &map->swarms[i], (map->n - i) * sizeof *map->swarms);
    map->swarms[i] = (AssignedSwarm){ .id = id };
    map->n++;
    return i;
}

AssignedSwarm
swarm_map_take(SwarmMap *map, uint32_t index)
{
    AssignedSwarm taken = map->swarms[index];

    map->n--;
    memmove(&map->swarms[index], &map->swarms[index + 1],
            (map->n - index) * sizeof *map->swarms);
    return taken;
}

void
assigned_swarm_append(AssignedSwarm *swarm, uint32_t node)
{
    if (swarm->n == swarm->capacity)
        swarm->nodes = grown(swarm->nodes, &swarm->capacity, sizeof *swarm->nodes);
    swarm->nodes[swarm->n++] = node;
}

uint32_t
assigned_swarm_remove(AssignedSwarm *swarm, uint32_t place)
{
    uint32_t node = swarm->nodes[place];

    assert(place < swarm->n);
    swarm->n--;
    memmove(&swarm->nodes[place], &swarm->nodes[place + 1],
            (swarm->n - place) * sizeof *swarm->nodes);
    return node;
}

void
swarm_map_add(SwarmMap *map, uint64_t id, uint32_t node)
{
    uint32_t i = swarm_map_place(map, id);

    assigned_swarm_append(&map->swarms[i], node);
}

void
swarm_map_sort_members(SwarmMap *map)
{
    for (uint32_t s = 0; s < map->n; s++) {
        uint32_t *nodes = map->swarms[s].nodes;

        for (uint32_t i = 1; i < map->swarms[s].n; i++) {
            uint32_t node = nodes[i], j = i;

            for (; j > 0 && nodes[j - 1] > node; j--)
                nodes[j] = nodes[j - 1];
            nodes[j] = node;
        }
    }
}
