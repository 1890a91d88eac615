/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is in the places that a section names (its keys country, region, hoster,
 * largest_hosters). */
#pragma once

#include "scenarios/world_internal.h"

bool places_name_hosters(const PlaceWords *places);
/* The nodes there that have not left for good, ascending, to @ret (room for all nodes);
 * returns how many. */
uint32_t world_nodes_at(const World *world, const PlaceWords *places, uint32_t *ret);
/* The same with those that have left: they saw what they saw. */
uint32_t world_nodes_ever_at(const World *world, const PlaceWords *places, uint32_t *ret);
/* The same of people; those of a hoster are none. */
uint32_t world_people_at(const World *world, const PlaceWords *places, uint32_t *ret);
