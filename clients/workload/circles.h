/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is in which closed group and which room (science 4.1).  Sizes of groups follow a
 * truncated power law; their members are drawn from all people, the first of them is the
 * admin (an assumption).  A person joins so many rooms, the r-th with weight 1 / r. */
#pragma once

#include <stdint.h>

typedef struct CirclesConfig {
    double groups;         /* closed groups that a person is in, on average; 0: none */
    uint32_t group_min;    /* 3 */
    uint32_t group_max;    /* 100 */
    double group_exponent; /* 2 */
    uint32_t rooms;        /* open ones, of one server; 0: none */
    double rooms_joined;   /* by a person, on average; at most all of them */
} CirclesConfig;

typedef struct Circles Circles;

/* Hangs on (seed, people, config) alone. */
Circles *circles_new(const CirclesConfig *config, uint32_t people, uint64_t seed);
void circles_free(Circles *circles);
uint32_t circles_groups(const Circles *circles);
/* The members of a group: distinct people, at least one; the first is the admin. */
uint32_t circles_members(const Circles *circles, uint32_t group, const uint32_t **ret);
/* The groups, and the rooms, that a person is in, ascending. */
uint32_t circles_groups_of(const Circles *circles, uint32_t person, const uint32_t **ret);
uint32_t circles_rooms_of(const Circles *circles, uint32_t person, const uint32_t **ret);
