/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many runs?  Power, sequential rules, and what correlation takes away (science 3.2).
 * Pure functions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "results/stats/stats.h"

/* P(T > @t) where T has the noncentral t distribution: (Z + @shift) / sqrt(chi2 /
 * @degrees), by quadrature, to about 1e-9. */
double stats_noncentral_t_above(double t, double degrees, double shift);

/* Power of a paired t test of @pairs pairs at @alpha when the mean difference is @effect
 * standard deviations of a difference; two-sided, or one-sided in the right direction. */
double stats_power_of_pairs(double effect, size_t pairs, double alpha, bool two_sided);
/* The fewest pairs with at least that @power (at most 10^6: then that). */
size_t stats_pairs_needed(double effect, double power, double alpha, bool two_sided);
/* The same for two independent groups of equal size and variance: runs of each. */
size_t stats_runs_needed(double effect, double power, double alpha, bool two_sided);

/* --- stopping ----------------------------------------------------------------------- */

/* Fixed width: look at @first runs, then each @step more, until the half-width is small
 * enough, or @max. */
typedef struct StatsStopRule {
    double half_width, confidence;
    size_t first, step, max;
} StatsStopRule;

#define STATS_STOP_FIRST 10
#define STATS_STOP_STEP 5
#define STATS_STOP_MAX 100

typedef enum StatsStop {
    STATS_GO_ON,        /* not a look, or not narrow enough */
    STATS_STOP,         /* narrow enough */
    STATS_STOP_MAX_RUNS /* the most runs, and not narrow enough */
} StatsStop;

/* After @count runs with these @values (NAN left out; with fewer than two values that is
 * never narrow). */
StatsStop stats_stop(const StatsStopRule *rule, const double *values, size_t count);
/* How many runs there are at the next look after @count, at most max. */
size_t stats_stop_next_look(const StatsStopRule *rule, size_t count);

/* Wald's sequential probability ratio test of a proportion @p0 against @p1 > @p0, errors
 * @alpha and @beta. */
typedef struct StatsSprt {
    double p0, p1, alpha, beta;
} StatsSprt;

/* Log likelihood ratio at which H1 is accepted, ln((1-b)/a), and H0, ln(b/(1-a)). */
double stats_sprt_upper(const StatsSprt *test);
double stats_sprt_lower(const StatsSprt *test);
/* The log likelihood ratio after @hits of @trials. */
double stats_sprt_ratio(const StatsSprt *test, size_t hits, size_t trials);
/* Mean number of trials when H1 (else H0) is true: Wald's approximation. */
double stats_sprt_expected_trials(const StatsSprt *test, bool h1);

/* --- what is not independent -------------------------------------------------------- */

/* How much larger the variance of a mean is when neighbours correlate with @phi (AR(1),
 * -1 < phi < 1): (1 + phi) / (1 - phi). */
double stats_ar1_inflation(double phi);

/* Autocorrelation at lag 1; NAN when fewer than three values or none varies. */
double stats_lag1(const double *values, size_t count);

#define STATS_BATCHES 20

/* One long run in @batches batches of equal length (what is left over at the start is
 * dropped): their mean with Student's interval.  *ret_lag1 is the batches' autocorrelation:
 * above 0.1 they are too short, and the interval too narrow. */
StatsInterval stats_batch_means(const double *values, size_t count, size_t batches,
                                double confidence, double *ret_lag1);

/* A proportion whose trials come in clusters, the runs. */
typedef struct StatsClustered {
    StatsInterval share;  /* mean of the runs' proportions, t over runs, within 0 and 1 */
    double correlation;   /* rho within a run (analysis of variance; may be below 0) */
    double design_effect; /* 1 + (m - 1) rho: variance against independent trials */
} StatsClustered;

/* @hits[i] of @trials[i] in run i; a run without trials is left out.  correlation and
 * design_effect are NAN with fewer than two runs or when all trials ended alike. */
StatsClustered stats_clustered(const double *hits, const double *trials, size_t count,
                               double confidence);

/* Importance sampling: as how many equal weights these are worth, (sum w)^2 / sum w^2
 * (Kish 1965); 0 when all are 0. */
double stats_effective_samples(const double *weights, size_t count);
/* Relative standard deviation of one sample of "all of @n fail" when each is drawn to fail
 * with probability @p and, where that is not the true one, the likelihood ratio weighs it:
 * sqrt(p^-n - 1). */
double stats_relative_deviation(double p, unsigned n);
