/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the lives of replicas say about groups of them.  Where replicas live and die
 * independently of each other (no shocks, repair of each on its own), the groups in which
 * a run put them are some among all the groups of as many: the share of ALL groups that
 * meet a condition is an unbiased estimate of what a single group does, with far less
 * variance than the few groups of the run give (a U-statistic: Hoeffding, "A Class of
 * Statistics with Asymptotically Normal Distribution", 1948; conditional Monte Carlo).  So
 * losses that no run would show can be measured from lives that it did show.
 *
 * Pure functions. */
#pragma once

#include "nodes/base/time.h"

#include <stddef.h>
#include <stdint.h>

/* The share of all groups of @n among @total replicas that have fewer than @k of those that
 * are there, when @gone of the @total are not: the lower tail of the hypergeometric law. */
double regroup_share_below(uint64_t total, uint64_t gone, uint32_t n, uint32_t k);

/* One slot was without its replica (or: its node was down) from here to there; ends that
 * are still to come are TIME_NEVER. */
typedef struct Absence {
    uint32_t slot;
    Time from, until;
} Absence;

typedef struct Regroup Regroup;

/* @absences of @slots slots, in any order, at most one at a time of each slot; all slots
 * are there before the first.  Copied.  Groups have @n slots. */
Regroup *regroup_new(const Absence *absences, size_t count, uint32_t slots, uint32_t n,
                     uint64_t seed);
void regroup_free(Regroup *regroup);
/* The share of groups that had all slots absent at once at some moment before @until.  For
 * each moment in which a slot goes, REGROUP_DRAWS of the groups that it may complete are
 * looked at. */
double regroup_all_absent_by(const Regroup *regroup, Time until);
/* The same for each of @n moments, ascending, in one pass. */
void regroup_all_absent_curve(const Regroup *regroup, const Time *untils, size_t n,
                              double *ret);
enum { REGROUP_DRAWS = 8 };
/* Over all groups, between @from and @until: how often the last one there went, and for how
 * much of the time none was there. */
void regroup_all_absent(const Regroup *regroup, Time from, Time until, double *ret_times,
                        double *ret_share);
