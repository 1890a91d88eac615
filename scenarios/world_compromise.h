/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who was on whose path, in whose swarm, at which time: from the records of all nodes and
 * the truth, for the closed forms of results/exact/anonymity.h. */
#pragma once

#include "scenarios/world_adversary.h"
#include "sim/adversary/compromise.h"
#include "sim/adversary/flows.h"

/* One path of one person, as it was used. */
typedef struct UsedPath {
    uint32_t person;
    uint32_t use; /* uses of all people are numbered in their order */
    uint8_t n_hops;
    uint32_t hop[FLOW_HOPS_MAX]; /* parties */
} UsedPath;

/* The parties are those that the first [adversary NAME] could corrupt. */
typedef struct Usage {
    uint32_t *candidates; /* party -> observer */
    uint32_t n_parties;
    uint32_t *party_of; /* observer -> party; UINT32_MAX: cannot be corrupted */
    UsedPath *uses;     /* by person, in their order */
    uint32_t n_uses;
    UsedPath *paths; /* by person, each different one once */
    uint32_t n_paths;
    uint32_t *swarm_of;  /* by person: place in swarms; UINT32_MAX: in none that counts */
    uint32_t *swarms;    /* sets of the Compromise that they were added to */
    uint32_t *member_of; /* by party: place in swarms; UINT32_MAX: none that counts */
    uint32_t n_swarms;
} Usage;

void usage_of(const World *world, Usage *ret);
void usage_clear(Usage *usage);
/* Add the members of each swarm as it is on the chain now (with swarm.size: of those that
 * have it) as a set; fills swarms and swarm_of. */
void usage_add_swarms(const World *world, Usage *usage, Compromise *compromise);

/* The metrics of [validate] form. */
void world_validate_path_compromise(const World *world, Recorder *recorder);
void world_validate_rotation(const World *world, Recorder *recorder);
void world_validate_exposure(const World *world, Recorder *recorder);
void world_validate_denial(const World *world, Recorder *recorder);
void world_validate_frontier(const World *world, Recorder *recorder);
