/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How often something is compromised, over many corrupt sets: a thing is, when enough of
 * the parties that it hangs on are corrupted.  Works on who was on which path and in which
 * swarm, whatever the corrupted ones saw: it says what they could have seen. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "sim/adversary/corrupt.h"

typedef struct Compromise Compromise;

enum { COMPROMISE_NO_SET = UINT32_MAX, COMPROMISE_NO_PARTY = UINT32_MAX };

/* Over @parties parties and @metrics things that are counted apart. */
Compromise *compromise_new(uint32_t parties, uint32_t metrics);
void compromise_free(Compromise *compromise); /* takes NULL */

/* A set of different parties; its number.  COMPROMISE_NO_PARTY: one that cannot be
 * corrupted. */
uint32_t compromise_add_set(Compromise *compromise, const uint32_t *parties, uint32_t n);

/* It happens when at least @at_least parties of @set are corrupted, and at least
 * @other_at_least of @other (COMPROMISE_NO_SET: that alone). */
typedef struct CompromiseEvent {
    uint32_t metric;
    uint32_t group; /* of the metric, from 0: one of them is enough */
    uint32_t set, at_least;
    uint32_t other, other_at_least;
} CompromiseEvent;

void compromise_add_event(Compromise *compromise, const CompromiseEvent *event);

/* How many groups a metric has so far: the next free number. */
uint32_t compromise_groups(const Compromise *compromise, uint32_t metric);

/* Draw @draws corrupt sets among the parties; @ret (by metric): the mean share of its
 * groups in which an event happened.  NaN without groups. */
void compromise_count(Compromise *compromise, const CorruptLaw *law, uint64_t seed,
                      const char *name, uint64_t draws, double *ret);
