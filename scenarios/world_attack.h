/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attacks on what corrupted parties of a run saw, and their scores: [validate] form =
 * intersection, predecessor, disclosure, entropy or timing.  An attack gets observations
 * (sim/attack); only what is here joins them with the truth. */
#pragma once

#include "results/record/record.h"
#include "scenarios/world_adversary.h"
#include "sim/attack/edges.h"

/* What one adversary has: all that the sections' corrupt sets number @draw saw. */
typedef struct AttackView {
    const World *world;
    const Observer *observers;
    Observations seen;
    Edges edges; /* of these records */
} AttackView;

/* Also in a world that nobody watches: then it has nothing.  To be cleared. */
void attack_view_init(const World *world, uint64_t draw, AttackView *ret);
void attack_view_clear(AttackView *view);

/* For scoring: whose address a client of the edges is, and whose an account is. */
uint32_t attack_client_person(const AttackView *view, uint32_t client);
uint32_t attack_account_person(const AttackView *view, uint32_t account);
/* The client of the edges with this person's address; UINT32_MAX: it was not seen. */
uint32_t attack_client_of(const AttackView *view, uint32_t person);
/* By person: its account's number in the records; 0: none named it.  Owned by the caller.
 */
uint32_t *attack_accounts_of_people(const AttackView *view);

/* The rounds of [rounds] as windows, @count of them from @first on. */
Windows attack_rounds(const World *world, uint32_t first, uint32_t count);

/* Numbers that are counted, with a quantile: the least that a share @q is not above.  NAN
 * without numbers; sorts. */
double attack_quantile(GArray *numbers, double q);
double attack_mean(const GArray *numbers);
