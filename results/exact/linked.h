/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When does somebody see a client's guard and a member of its swarm at the same time?  A
 * Markov chain of how many of either are corrupt, whose rates come from histories that
 * were observed (science 6, the joint frontier).  Pure functions. */
#pragma once

#include <stdint.h>

enum { LINKED_GUARDS_MAX = 8, LINKED_MEMBERS_MAX = 64 };

typedef struct LinkedRates {
    double corrupt;                           /* the fraction of nodes that are */
    uint32_t guards, members;                 /* in service at a time */
    double guards_new[LINKED_GUARDS_MAX + 1]; /* a day: [b] times b guards are replaced by
                                               * others at once; [0] is of no use */
    double members_new; /* a day: a member of the swarm is replaced by another node */
} LinkedRates;

/* P(by day @days at some time a guard and a member were both corrupt).  Whoever is replaced
 * is any of those in service, whoever comes is corrupt with probability corrupt. */
double exact_linked(const LinkedRates *rates, double days);
