/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/attack/intersection.h"
#include "nodes/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_BITS = 64 };

void
presence_of(const Edges *edges, const Windows *windows, PresenceMap *ret)
{
    PresenceMap p = { .clients = edges->n_clients,
                      .windows = windows->count,
                      .words_each = (edges->n_clients + WORD_BITS - 1) / WORD_BITS };

    p.bits = memory_zeroed(p.words_each * p.windows, sizeof *p.bits);
    for (size_t i = 0; i < edges->n_sendings; i++) {
        uint32_t window = window_of(windows, edges->sendings[i].at);
        uint32_t client = edges->sendings[i].client;

        if (window != UINT32_MAX)
            p.bits[window * p.words_each + client / WORD_BITS] |= UINT64_C(1)
                                                                  << client % WORD_BITS;
    }
    *ret = p;
}

void
presence_clear(PresenceMap *presence)
{
    free(presence->bits);
    *presence = (PresenceMap){ 0 };
}

static bool
has_bit(const uint64_t *bits, uint32_t client)
{
    return (bits[client / WORD_BITS] >> client % WORD_BITS & 1) != 0;
}

bool
presence_has(const PresenceMap *presence, uint32_t window, uint32_t client)
{
    return has_bit(presence->bits + window * presence->words_each, client);
}

/* Visit (account, window) in order of time. */
static uint32_t
event_of(const Edges *edges, const Windows *windows, bool stores, size_t i)
{
    const Arrival *arrival = &edges->arrivals[i];

    return arrival->store == stores ? window_of(windows, arrival->at) : UINT32_MAX;
}

void
account_events_of(const Edges *edges, const Windows *windows, bool stores,
                  AccountEvents *ret)
{
    AccountEvents e = { .accounts = edges->accounts };
    size_t *room = memory_zeroed(e.accounts + 2, sizeof *room), kept = 0;

    /* Room for each event; then, in order of time, those in a new window; then closed up.
     */
    e.windows = memory_resized(NULL, edges->n_arrivals, sizeof *e.windows);
    e.first = memory_resized(NULL, e.accounts + 2, sizeof *e.first);
    for (size_t i = 0; i < edges->n_arrivals; i++)
        if (event_of(edges, windows, stores, i) != UINT32_MAX)
            room[edges->arrivals[i].account + 1]++;
    for (uint32_t a = 1; a < e.accounts + 2; a++)
        room[a] += room[a - 1];
    memcpy(e.first, room, (e.accounts + 2) * sizeof *room);
    for (size_t i = 0; i < edges->n_arrivals; i++) {
        uint32_t window = event_of(edges, windows, stores, i);
        uint32_t account = edges->arrivals[i].account;

        if (window == UINT32_MAX ||
            (room[account] > e.first[account] && e.windows[room[account] - 1] == window))
            continue;
        e.windows[room[account]++] = window;
    }
    for (uint32_t a = 0; a <= e.accounts; a++) {
        size_t n = room[a] - e.first[a];

        memmove(e.windows + kept, e.windows + e.first[a], n * sizeof *e.windows);
        e.first[a] = kept;
        kept += n;
    }
    e.first[e.accounts + 1] = kept;
    free(room);
    *ret = e;
}

void
account_events_clear(AccountEvents *events)
{
    free(events->windows);
    free(events->first);
    *events = (AccountEvents){ 0 };
}

Candidates
candidates_all(const PresenceMap *presence)
{
    Candidates c = { memory_zeroed(presence->words_each, sizeof *c.bits),
                     presence->clients };

    for (uint32_t i = 0; i < presence->clients; i++)
        c.bits[i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
    return c;
}

uint32_t
candidates_intersect(Candidates *candidates, const PresenceMap *presence, uint32_t window)
{
    const uint64_t *there = presence->bits + window * presence->words_each;

    candidates->left = 0;
    for (size_t i = 0; i < presence->words_each; i++) {
        candidates->bits[i] &= there[i];
        candidates->left += (uint32_t)__builtin_popcountll(candidates->bits[i]);
    }
    return candidates->left;
}

bool
candidates_have(const Candidates *candidates, uint32_t client)
{
    return has_bit(candidates->bits, client);
}

uint32_t
attack_intersection(const PresenceMap *presence, const uint32_t *events, uint32_t n,
                    Candidates *candidates, uint32_t *ret_sizes)
{
    for (uint32_t k = 0; k < n; k++) {
        uint32_t left = candidates_intersect(candidates, presence, events[k]);

        if (ret_sizes != NULL)
            ret_sizes[k] = left;
        if (left <= 1)
            return k + 1;
    }
    return UINT32_MAX;
}
