/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What most tests of the storage node begin with: nodes in one or two swarms without
 * background work, and clients of them. */
#pragma once

#include "tests/unit/service/client.h"

#define EPOCH INT64_C(1700000000000)
#define A UINT64_C(0x4000000000000000)
#define B UINT64_C(0xc000000000000000)
#define C UINT64_C(0x2000000000000000) /* between them; nobody is in it at first */
#define DAY_MS INT64_C(86400000)

typedef struct World {
    Network *network;
    ServiceConfig config; /* of all nodes; may be changed */
    Client of_a, of_b;    /* clients of the two swarms, as long as there are two */
} World;

/* Members 0 to @n_a - 1 in swarm A, the next @n_b in B. */
void world_begin(World *world, guint n_a, guint n_b);
/* The same with nodes of spring 2020. */
void world_begin_2020(World *world, guint n_a, guint n_b);
/* The fixture of 5 and 5. */
void world_set_up(World *world, gconstpointer data);
void world_tear_down(World *world, gconstpointer data);

/* The text of message @i's hash: 43 characters. */
void world_hash(guint i, char ret[MESSAGE_HASH_BYTES + 1]);
/* Message @i of a client, "body", for a day, straight into a member's store. */
void world_put(World *world, guint member, const Client *client, int name_space, guint i);
/* From the next block on; to SWARM_NONE: decommissioned. */
void world_move(World *world, guint member, uint64_t swarm);
/* A block, and what comes of it within a second; what was sent before is forgotten. */
void world_block(World *world);
/* Start all nodes again, with the settings as they are now, and a block. */
void world_restart(World *world);
guint world_pushes_to(const World *world, guint member);
/* The entry of a member in a recursive answer. */
const char *world_member_hex(const World *world, guint member);
