/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Predecessor (Wright et al., NDSS 2002; science 2.4): each time that first and last node
 * of a path are both corrupted, they see who sends to where.  Paths are formed anew, the
 * sender is always the same: the address that stands most often before the same
 * destination is its. */
#pragma once

#include "sim/attack/edges.h"

/* Both ends of one request, as one adversary saw them. */
typedef struct PathEnds {
    Time at; /* at the guard */
    uint32_t client_ip, destination_ip;
    size_t guard_record, last_record; /* places among the records */
} PathEnds;

/* Join what guards passed on to a middle node with what last nodes had from that one,
 * within @within: of several the first.  In order of time, in *ret (to be freed). */
size_t attack_path_ends(const Observation *records, size_t n, Duration within,
                        PathEnds **ret);

/* How often an address stood before one of the @destinations (ascending addresses: the
 * members of a swarm are public). */
typedef struct Sightings {
    uint32_t ip, count;
} Sightings;

/* Most often first, of equal ones the lower address; in @ret (room for @n). */
size_t attack_predecessor(const PathEnds *ends, size_t n, const uint32_t *destinations,
                          size_t n_destinations, Sightings *ret);

bool is_destination(const uint32_t *destinations, size_t n, uint32_t ip);
