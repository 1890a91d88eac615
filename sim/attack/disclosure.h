/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistical disclosure (Danezis 2003; Mathewson and Dingledine, PET 2004; science 2.4):
 * to whom does an address write?  What accounts get in windows in which it sends, less
 * what they get in as many others. */
#pragma once

#include "sim/attack/edges.h"

/* What accounts got, window by window, of those in which the client sent and of the others.
 */
typedef struct Disclosure {
    uint32_t rounds, others; /* windows with a sending of the client, and without */
    double *mean, *variance; /* by account, from 1 on: in a window with one */
    double *background;      /* mean per window without one; 0 where there is none */
    uint32_t accounts;
} Disclosure;

/* Stores that arrived in each window.  To be cleared. */
void attack_disclosure(const Edges *edges, const Windows *windows, uint32_t client,
                       Disclosure *ret);
void disclosure_clear(Disclosure *disclosure);

/* The accounts with the highest mean - background first, ties by a hash of (@seed,
 * account); in @ret (room for accounts). */
void disclosure_rank(const Disclosure *disclosure, uint64_t seed, uint32_t *ret);

/* The same of every client at once: mean - background of client c and account a (from 1 on)
 * in @ret[c * (accounts + 1) + a] (room for clients x (accounts + 1)). */
void attack_disclosure_all(const Edges *edges, const Windows *windows, double *ret);
