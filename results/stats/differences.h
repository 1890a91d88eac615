/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is B other than A, is it not worse?  Two experiments, a value per run (science 3.2).
 * Pure functions. */
#pragma once

#include <stddef.h>

#include "results/stats/stats.h"

/* The mean of B minus A, and what it takes to judge it by Student's t. */
typedef struct StatsDifference {
    double mean;           /* NAN: nothing could be compared */
    double standard_error; /* NAN with fewer than two values on a side; 0: all runs agree */
    double degrees;        /* of freedom; 0 where the standard error is NAN */
    size_t count_a, count_b; /* values that entered; the same number for pairs */
    double deviation;        /* for pairs the standard deviation of the differences; else
                              * sqrt((s_a^2 + s_b^2) / 2) */
    double correlation;      /* of pairs; NAN when unpaired or when a side does not vary */
    double variance_ratio;   /* of the paired difference to the same runs unpaired (both
                              * sides alike: 1 - correlation); NAN like correlation */
} StatsDifference;

/* Run i of @a beside run i of @b: the same seed.  A pair with a NAN is left out. */
StatsDifference stats_paired(const double *a, const double *b, size_t count);

/* Independent runs, variances unlike (Welch 1947).  NAN values are left out. */
StatsDifference stats_welch(const double *a, size_t count_a, const double *b,
                            size_t count_b);

/* mean +- t se; without a standard error low and high are infinite. */
StatsInterval stats_difference_interval(const StatsDifference *difference,
                                        double confidence);
/* One-sided bounds at @confidence: the true difference is below (above) them.  Infinite
 * without a standard error. */
double stats_upper_bound(const StatsDifference *difference, double confidence);
double stats_lower_bound(const StatsDifference *difference, double confidence);

/* One-sided p-values: small means that the true difference is below (above) @limit.  With
 * limit = the margin, the first is the test of non-inferiority where less is better.  1
 * without a standard error; where all runs agree 0 or 1 (at the limit itself: not above).
 */
double stats_p_below(const StatsDifference *difference, double limit);
double stats_p_above(const StatsDifference *difference, double limit);
/* Two-sided, of no difference at all.  A large one is no evidence of equality. */
double stats_p_different(const StatsDifference *difference);

/* Two one-sided tests (Schuirmann 1987): small means within -@margin and +@margin. */
double stats_p_equivalent(const StatsDifference *difference, double margin);

/* Holm's step-down (1979): the p-values of a family, each adjusted so that comparing it
 * with the level keeps that level for the family.  In place; NAN values are not of the
 * family. */
void stats_holm(double *p, size_t count);
