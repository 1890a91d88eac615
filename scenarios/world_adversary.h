/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is watched in a world with [adversary NAME] sections: one log of all records, one
 * table of truth, and the corrupt sets that are drawn from either section. */
#pragma once

#include "scenarios/world_internal.h"
#include "sim/adversary/corrupt.h"
#include "sim/adversary/map64.h"
#include "sim/adversary/observed.h"
#include "sim/adversary/truth.h"

struct WorldAdversary {
    Watch watch;
    ObservationLog *log;
    TruthLog *truth;
    Observed **people; /* by person; NULL: nobody watches that line */
    uint32_t n_people;
    uint32_t *line_owner; /* by observer: the person; TRUTH_NOBODY: no line */
    uint32_t line_owner_capacity;
    Observed *servers[SERVERS]; /* NULL: nobody watches it */
    Map64 recipients;           /* by logical id of a message */
};

/* As port of node @node, which is being made: it is observed. */
Port *world_adversary_node_port(World *world, uint32_t node, Port *port);

/* Who could be corrupted by @section: places in the table of observers, ascending; owned by
 * the caller. */
uint32_t *world_adversary_candidates(const World *world, const AdversarySection *section,
                                     uint32_t *ret_n);
CorruptLaw world_adversary_law(const AdversarySection *section);
/* The section's corrupt set number @draw among @n candidates: @corrupted (room for all
 * observers) is written whole. */
void world_adversary_draw(const World *world, const AdversarySection *section,
                          const uint32_t *candidates, uint32_t n, uint64_t draw,
                          bool *corrupted);
