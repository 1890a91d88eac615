/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much is left unknown?  Entropies of one posterior, how they spread over messages, and
 * the information in pairs of secret and observation (science 2.2.3 to 2.2.5).  In bits.
 * Pure functions. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What a distribution over candidates still hides. */
typedef struct StatsPosterior {
    double entropy;     /* -sum p log2 p (Serjantov and Danezis 2002) */
    double degree;      /* entropy / log2 count (Diaz et al. 2002); of one candidate: 0 */
    double min_entropy; /* -log2 max p */
    double guesses;     /* mean rank of the right one, best guess first (Massey 1994) */
    double set_size;    /* candidates with p > 0 */
    double effective_size; /* 2^entropy */
} StatsPosterior;

/* @weights, at least 0 and not all 0, one for each of @count candidates: they are
 * normalised. */
StatsPosterior stats_posterior(const double *weights, size_t count);

/* Values of many messages: the mean hides those that fare worst. */
typedef struct StatsSpread {
    size_t count;
    double mean, percentile_5, median, minimum; /* NAN without values */
} StatsSpread;

/* Quantiles are linear between order statistics; NAN values are left out. */
StatsSpread stats_spread(const double *values, size_t count);

/* Information between what is hidden and what was seen. */
typedef struct StatsInformation {
    double plug_in;   /* of the observed shares: too large */
    double corrected; /* Miller and Madow 1955, over cells that occur; may be below 0 */
    double null_mean, null_percentile_95; /* corrected, of pairs that were shuffled */
    double p; /* that shuffled pairs show as much: (1 + such) / (1 + shuffles) */
} StatsInformation;

/* @count pairs of a @secret and what was @seen, both by number of their class; the seen
 * ones are shuffled @shuffles times, in an order that is a function of @seed.  Without
 * pairs all is NAN, without shuffles the null is. */
StatsInformation stats_information(const uint32_t *secret, const uint32_t *seen,
                                   size_t count, unsigned shuffles, uint64_t seed);
