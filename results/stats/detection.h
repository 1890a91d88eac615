/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How well does a score tell true pairs from others?  ROC, and what a threshold is worth at
 * the real base rate (science 2.2.6, 2.2.7).  Pure functions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "results/stats/stats.h"

/* One pair that was judged: more means more likely true.  Scores are not NAN. */
typedef struct StatsScore {
    double score;
    bool positive;
} StatsScore;

/* Area under the ROC curve: P(a true pair scores above another), ties count half (Mann and
 * Whitney).  Interval of DeLong, DeLong and Clarke-Pearson 1988, cut at 0 and 1; it has no
 * width where the two are apart altogether, or with fewer than two of either kind.  runs:
 * the true pairs.  NAN without one of either kind. */
StatsInterval stats_auc(const StatsScore *scores, size_t count, double confidence);
/* Pairs that all score the same, and less than any that is listed. */
typedef struct StatsUnlisted {
    uint64_t positives, negatives;
} StatsUnlisted;
/* The same with these below. */
StatsInterval stats_auc_with(const StatsScore *scores, size_t count, StatsUnlisted below,
                             double confidence);

/* Everything that scores at least @threshold is called true. */
typedef struct StatsRocPoint {
    double threshold, true_positive_rate, false_positive_rate;
} StatsRocPoint;

/* The curve in @ret_points (room for @count): one point for each different score, from the
 * highest down.  Rates are NAN without one of the kind.  Returns how many. */
size_t stats_roc(const StatsScore *scores, size_t count, StatsRocPoint *ret_points);
/* The most true positives among points with at most that many false ones; 0 if none. */
double stats_roc_at(const StatsRocPoint *points, size_t count, double false_positive_rate);

/* What a threshold did.  It should come from other pairs than these. */
typedef struct StatsDetection {
    uint64_t true_positives, false_negatives, false_positives, true_negatives;
} StatsDetection;

StatsDetection stats_detect(const StatsScore *scores, size_t count, double threshold);
/* Of the true pairs, those called true. */
StatsInterval stats_recall(const StatsDetection *detection, double confidence);
/* Of those called true in this sample, the true ones: says nothing of another mix. */
StatsInterval stats_precision(const StatsDetection *detection, double confidence);
/* Precision when a share @base_rate of pairs is true: b TPR / (b TPR + (1-b) FPR).  The
 * interval takes each rate's Clopper-Pearson end at half the error (so that both hold): no
 * false positive in the sample is not a precision of 1. */
StatsInterval stats_precision_at(const StatsDetection *detection, double base_rate,
                                 double confidence);
/* TPR - e^epsilon FPR: with epsilon 0 the advantage over a guess, else a lower bound on
 * AnoA's delta.  Bounds as above. */
StatsInterval stats_advantage(const StatsDetection *detection, double epsilon,
                              double confidence);

/* The correlation that unrelated counts of @windows (more than 3) exceed with this
 * probability: Fisher's z (1921). */
double stats_correlation_by_chance(double probability, size_t windows);
/* Fisher's z of a correlation over @windows, less its bias r / (2 (windows - 1)). */
double stats_fisher_z(double correlation, size_t windows);
