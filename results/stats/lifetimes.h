/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Times to an event that not everybody lives to see: Kaplan-Meier curves and the log-rank
 * test (science 1.1, 3.2).  Pure functions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* One subject: watched until @time, when the event came or (then @event is false) the
 * watching ended: censored on the right.  In a tie events come before what is censored. */
typedef struct StatsLifetime {
    double time;
    bool event;
} StatsLifetime;

/* How the interval around S(t) is drawn. */
typedef enum StatsBand {
    STATS_BAND_PLAIN,  /* S +- z se, cut at 0 and 1 */
    STATS_BAND_LOG_LOG /* symmetric in log(-log S): stays within 0 and 1 by itself, and is
                        * the better one where few are left (Kalbfleisch and Prentice) */
} StatsBand;

/* A step of the curve: what holds from @time until the next step. */
typedef struct StatsSurvival {
    double time;
    size_t at_risk, events;
    double survival, standard_error; /* Greenwood 1926 */
    double low, high;                /* where S is 1 or 0: equal to it */
} StatsSurvival;

/* The product-limit estimate (Kaplan and Meier 1958): one step for each time at which there
 * was an event, ascending, in @ret_steps (room for @count).  Returns how many.  Times are
 * at least 0 and not NAN. */
size_t stats_kaplan_meier(const StatsLifetime *lifetimes, size_t count, double confidence,
                          StatsBand band, StatsSurvival *ret_steps);

/* S(@time) of such a curve: 1 with standard error 0 before the first step.  Beyond the last
 * one it is the last one's: whether anybody was still watched then is not looked at. */
StatsSurvival stats_survival_at(const StatsSurvival *steps, size_t count, double time);

/* The first time at which S is at most 1 - @q; infinite when the curve ends above that. */
double stats_survival_quantile(const StatsSurvival *steps, size_t count, double q);

/* Two groups, A and B: the events that A had, those that it would have had if both had the
 * same law, and the (hypergeometric) variance of that. */
typedef struct StatsLogRank {
    double observed, expected, variance;
} StatsLogRank;

/* Mantel 1966.  Sum the members over strata (pairs of runs with the same seed) for the
 * stratified test. */
StatsLogRank stats_log_rank(const StatsLifetime *a, size_t count_a, const StatsLifetime *b,
                            size_t count_b);
/* (O - E)^2 / V, chi-squared with one degree of freedom; 0 when V is 0. */
double stats_log_rank_statistic(StatsLogRank ranks);
double stats_log_rank_p(StatsLogRank ranks);
