/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files of the world only: what they do in a world that is not simulated
 * (world->stage). */
#pragma once

#include "scenarios/world_internal.h"
#include "scenarios/world_stage.h"

/* Deputies in place of actors. */
void world_stage_add_chain(World *world);
void world_stage_add_node(World *world, uint32_t node);
void world_stage_add_person(World *world, uint32_t person, const uint8_t seed[KEY_BYTES]);

/* The network's groups have changed; @chain: bits of those that cut the chain off too. */
void world_stage_divide(World *world, uint32_t chain);
void world_stage_skew(World *world, bool is_person, uint32_t index, int64_t ms);
void world_stage_sweep(World *world);
