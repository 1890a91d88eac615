/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by offline_attack.c and offline_pairs.c only: scores of all pairs of an address
 * and an account. */
#pragma once

#include "offline/attack/offline_attack.h"
#include "sim/attack/edges.h"

/* Memory that it takes, about: of the scores, and of what is counted by windows. */
double offline_pairs_bytes(const Edges *edges, const AttackOptions *options);
/* Row c of @ret (clients x (accounts + 1), column 0 empty) is client c's. */
void offline_pairs(const Edges *edges, const AttackOptions *options, double *ret);
/* Whether the accounts' side are stores; else requests that read. */
bool offline_pairs_of_stores(const AttackOptions *options);
