/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers with their uncertainty.  The unit of replication is the run: a run's messages
 * share its outages, so a million of them in one run is one observation (science 3.1;
 * Jansen, Tracey, Goldberg, "Once is Never Enough", USENIX Security 2021).  Quantities are
 * therefore taken per run, and the interval is over runs; nothing is pooled.
 *
 * Pure functions.  @confidence is the two-sided level, usually STATS_CONFIDENCE. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATS_CONFIDENCE 0.95

/* low <= value <= high.  One run has no interval: low = high = value, runs = 1.  No run at
 * all: everything NAN, runs = 0. */
typedef struct StatsInterval {
    double value, low, high;
    uint64_t runs; /* for proportions: the trials */
} StatsInterval;

/* Mean over runs with Student's t: mean +- t(n-1) s / sqrt(n), s with n - 1 (Student 1908;
 * science 3.2).  Values that are NAN (could not be measured) are left out. */
StatsInterval stats_mean(const double *values, size_t count, double confidence);

/* The @q quantile over runs (linear between order statistics) with the distribution-free
 * interval between two order statistics: ranks are cut from both ends while less than half
 * of 1 - @confidence lies beyond (David and Nagaraja, Order Statistics, 7.1).  Few runs
 * cannot give the level: then low and high are the extremes.  *ret_coverage (may be NULL)
 * is the level that is really reached, 0 for one run.  NAN values are left out. */
StatsInterval stats_quantile(const double *values, size_t count, double q,
                             double confidence, double *ret_coverage);

/* Proportion @hits of @trials that are independent, score interval (Wilson 1927): for
 * display. */
StatsInterval stats_wilson(uint64_t hits, uint64_t trials, double confidence);

/* The same, exact (Clopper and Pearson 1934): for claims of rarity. */
StatsInterval stats_clopper_pearson(uint64_t hits, uint64_t trials, double confidence);

/* One-sided upper bound on a proportion of which @trials showed none:
 * 1 - (1 - confidence)^(1/trials), about 3/trials at 95 % (the rule of three).  1 when
 * there were no trials.  Print it instead of "0 %". */
double stats_bound_of_none(uint64_t trials, double confidence);

/* An interval over runs of a share of @trials, summed over them.  Where no run saw any (or
 * each saw all) runs do not differ, and their interval would be a claim of certainty: its
 * other end is the bound of none.  Any other interval, and where @trials is below 1 or NAN:
 * as it is. */
StatsInterval stats_none_seen(StatsInterval interval, double trials, double confidence);

/* How many trials without a hit it takes to claim a proportion below @limit (0 to 1):
 * the smallest n with (1 - limit)^n <= 1 - confidence. */
double stats_trials_for_bound(double limit, double confidence);

/* How many independent trials give a relative half-width of @relative for a proportion of
 * @p: z^2 (1 - p) / (p r^2).  Plain simulation of rare loss is costed with it. */
double stats_trials_for_precision(double p, double relative, double confidence);

/* Quantile of Student's t with @degrees of freedom. */
double stats_student_quantile(double p, double degrees);
