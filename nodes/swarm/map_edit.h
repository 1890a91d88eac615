/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changing a SwarmMap: what assign.c needs of map.c; private to this room. */
#pragma once

#include "nodes/swarm/assign.h"

/* The index of the swarm with this id, which is made empty when it does not exist. */
uint32_t swarm_map_place(SwarmMap *map, uint64_t id);
/* Take a swarm out of the map; its nodes are the caller's to free. */
AssignedSwarm swarm_map_take(SwarmMap *map, uint32_t index);
void assigned_swarm_append(AssignedSwarm *swarm, uint32_t node);
/* Remove the node at @place, keeping the others' order, and return it. */
uint32_t assigned_swarm_remove(AssignedSwarm *swarm, uint32_t place);
