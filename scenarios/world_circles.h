/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed groups and rooms of a world: who is in them, as far as their clients say so.
 * Shared by the files of the world only. */
#pragma once

#include "clients/workload/message_trace.h"
#include "scenarios/world_internal.h"

/* One that was asked of the admin's client and has not happened yet. */
typedef struct MemberChange {
    uint32_t person;
    bool add;
} MemberChange;

typedef struct WorldCircle {
    uint8_t id[ACCOUNT_BYTES];
    bool asked, there; /* it was ordered to be made; it is, and `id` is its name */
    uint32_t admin;
    GArray *members; /* people, ascending: to whom what is written now goes */
    GArray *knows;   /* people, ascending, whose clients are in it */
    GArray *changes; /* MemberChange, the oldest first */
} WorldCircle;

struct WorldCircles {
    uint32_t n_groups, n_rooms;
    WorldCircle *circle; /* groups, then rooms */
};

/* A person's client is in it, and can be written to in it. */
bool world_circle_has(const World *world, PersonPlace place, uint32_t number,
                      uint32_t person);
uint32_t world_circle_mailbox(const World *world, PersonPlace place, uint32_t number);
const uint8_t *world_circle_id(const World *world, PersonPlace place, uint32_t number);
/* Have @admin make a group of itself and these people. */
void world_circle_create(World *world, uint32_t group, uint32_t admin,
                         const uint32_t *people, uint32_t n);
/* Have the admin of a group add or remove somebody. */
void world_circle_change(World *world, uint32_t group, uint32_t person, bool add);
void world_circle_join(World *world, uint32_t room, uint32_t person);

/* --- world_deeds.c ---------------------------------------------------------------------
 */

/* Somebody does something now: written down where that is wanted, and ordered. */
void world_do(World *world, const Deed *deed);
/* What people do by a table instead of the workload. */
void world_start_trace(World *world);
/* An order to a person's client. */
void world_order(World *world, uint32_t person, const SessionOrder *order);
