/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Intersection (science 2.4): whoever is not there when the target does something is not
 * the target.  Each event of an account leaves of the candidates those addresses that sent
 * something in the same window. */
#pragma once

#include "sim/attack/edges.h"

/* Which address was seen in which window. */
typedef struct PresenceMap {
    uint64_t *bits; /* by window, words_each of them, a bit for each client */
    size_t words_each;
    uint32_t clients, windows;
} PresenceMap;

/* To be cleared. */
void presence_of(const Edges *edges, const Windows *windows, PresenceMap *ret);
void presence_clear(PresenceMap *presence);
bool presence_has(const PresenceMap *presence, uint32_t window, uint32_t client);

/* In which windows accounts were named: those of account a (from 1 on) are
 * windows[first[a]] .. windows[first[a + 1] - 1], ascending and each once. */
typedef struct AccountEvents {
    uint32_t *windows;
    size_t *first; /* accounts + 2 */
    uint32_t accounts;
} AccountEvents;

/* Of requests that read, which only an account's owner makes; with @stores of those that
 * store, which others make.  To be cleared. */
void account_events_of(const Edges *edges, const Windows *windows, bool stores,
                       AccountEvents *ret);
void account_events_clear(AccountEvents *events);

/* Which candidates are left, a bit for each client, and how many. */
typedef struct Candidates {
    uint64_t *bits; /* as in PresenceMap */
    uint32_t left;
} Candidates;

/* All of them; to be cleared with free(bits). */
Candidates candidates_all(const PresenceMap *presence);
/* One more event; the number left. */
uint32_t candidates_intersect(Candidates *candidates, const PresenceMap *presence,
                              uint32_t window);
bool candidates_have(const Candidates *candidates, uint32_t client);

/* Intersect over @events until at most one is left.  How many events that took, or
 * UINT32_MAX when more than one was left after the last.  @ret_sizes (NULL, or room for
 * @n): what was left after each event, up to the last that was used. */
uint32_t attack_intersection(const PresenceMap *presence, const uint32_t *events,
                             uint32_t n, Candidates *candidates, uint32_t *ret_sizes);
