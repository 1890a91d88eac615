/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/stats/detection.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
highest_first(const void *a, const void *b)
{
    const StatsScore *left = a, *right = b;

    return (right->score > left->score) - (right->score < left->score);
}

static StatsScore *
sorted(const StatsScore *scores, size_t count)
{
    StatsScore *copy = malloc((count + 1) * sizeof *copy);

    if (copy == NULL)
        abort();
    if (count > 0) /* nothing may be nowhere */
        memcpy(copy, scores, count * sizeof *copy);
    qsort(copy, count, sizeof *copy, highest_first);
    return copy;
}

/* Of those in front, how many score the same; of them *ret_positive are true. */
static size_t
tie(const StatsScore *sorted_scores, size_t count, size_t *ret_positive)
{
    size_t n = 0;

    *ret_positive = 0;
    while (n < count && sorted_scores[n].score >= sorted_scores[0].score)
        *ret_positive += sorted_scores[n++].positive;
    return n;
}

/* --- area
 * ----------------------------------------------------------------------------------- */

/* Sums over one kind of what part of the other kind each beats. */
typedef struct Placements {
    double n, sum, squares;
} Placements;

static void
place(Placements *of, double how_many, double share)
{
    of->n += how_many;
    of->sum += how_many * share;
    of->squares += how_many * share * share;
}

static double
variance_of_mean(const Placements *of)
{
    double mean = of->sum / of->n;

    if (of->n < 2)
        return 0;
    return fmax(0, of->squares - of->n * mean * mean) / (of->n - 1) / of->n;
}

/* All there are of each kind, those of them that were placed so far, and how. */
typedef struct Area {
    double positives, negatives;
    double above_positives, above_negatives;
    Placements positive, negative;
} Area;

/* So many of each, which score the same: below all that was placed before. */
static void
place_tie(Area *a, double positives, double negatives)
{
    double below = a->negatives - a->above_negatives - negatives;
    double beaten = a->above_positives + positives / 2;

    place(&a->positive, positives, (below + negatives / 2) / a->negatives);
    place(&a->negative, negatives, beaten / a->positives);
    a->above_positives += positives;
    a->above_negatives += negatives;
}

static StatsInterval
auc_of(const Area *a, double confidence)
{
    StatsInterval auc = { NAN, NAN, NAN, 0 };
    double half;

    if (a->positive.n < 1 || a->negative.n < 1)
        return auc;
    half = gsl_cdf_ugaussian_Pinv((1 + confidence) / 2) *
           sqrt(variance_of_mean(&a->positive) + variance_of_mean(&a->negative));
    auc.value = a->positive.sum / a->positive.n;
    auc.low = fmax(0, auc.value - half);
    auc.high = fmin(1, auc.value + half);
    auc.runs = (size_t)a->positives;
    return auc;
}

StatsInterval
stats_auc_with(const StatsScore *scores, size_t count, StatsUnlisted below,
               double confidence)
{
    StatsScore *all = sorted(scores, count);
    Area area = { .positives = (double)below.positives };
    size_t n, of_tie;

    for (size_t i = 0; i < count; i++)
        area.positives += scores[i].positive;
    area.negatives = (double)(count + below.positives + below.negatives) - area.positives;
    for (size_t i = 0; i < count && area.positives > 0 && area.negatives > 0; i += n) {
        n = tie(all + i, count - i, &of_tie);
        place_tie(&area, (double)of_tie, (double)(n - of_tie));
    }
    if (area.positives > 0 && area.negatives > 0)
        place_tie(&area, (double)below.positives, (double)below.negatives);
    free(all);
    return auc_of(&area, confidence);
}

StatsInterval
stats_auc(const StatsScore *scores, size_t count, double confidence)
{
    return stats_auc_with(scores, count, (StatsUnlisted){ 0, 0 }, confidence);
}

/* --- curve
 * ---------------------------------------------------------------------------------- */

size_t
stats_roc(const StatsScore *scores, size_t count, StatsRocPoint *ret_points)
{
    StatsScore *all = sorted(scores, count);
    size_t positives = 0, called = 0, called_positive = 0, points = 0, n, of_tie;

    for (size_t i = 0; i < count; i++)
        positives += scores[i].positive;
    for (size_t i = 0; i < count; i += n) {
        n = tie(all + i, count - i, &of_tie);
        called += n;
        called_positive += of_tie;
        ret_points[points++] = (StatsRocPoint){
            all[i].score,
            positives > 0 ? (double)called_positive / (double)positives : NAN,
            positives < count
                ? (double)(called - called_positive) / (double)(count - positives)
                : NAN,
        };
    }
    free(all);
    return points;
}

double
stats_roc_at(const StatsRocPoint *points, size_t count, double false_positive_rate)
{
    double most = 0;

    for (size_t i = 0; i < count; i++)
        if (points[i].false_positive_rate <= false_positive_rate)
            most = fmax(most, points[i].true_positive_rate);
    return most;
}

/* --- one threshold
 * -------------------------------------------------------------------------- */

StatsDetection
stats_detect(const StatsScore *scores, size_t count, double threshold)
{
    StatsDetection d = { 0 };

    for (size_t i = 0; i < count; i++) {
        bool called = scores[i].score >= threshold;

        d.true_positives += scores[i].positive && called;
        d.false_negatives += scores[i].positive && !called;
        d.false_positives += !scores[i].positive && called;
        d.true_negatives += !scores[i].positive && !called;
    }
    return d;
}

StatsInterval
stats_recall(const StatsDetection *d, double confidence)
{
    return stats_clopper_pearson(d->true_positives, d->true_positives + d->false_negatives,
                                 confidence);
}

StatsInterval
stats_precision(const StatsDetection *d, double confidence)
{
    return stats_clopper_pearson(d->true_positives, d->true_positives + d->false_positives,
                                 confidence);
}

static StatsInterval
false_positive_rate(const StatsDetection *d, double confidence)
{
    return stats_clopper_pearson(d->false_positives, d->false_positives + d->true_negatives,
                                 confidence);
}

/* NAN where nothing is called true. */
static double
precision_of(double true_rate, double false_rate, double base_rate)
{
    return base_rate * true_rate / (base_rate * true_rate + (1 - base_rate) * false_rate);
}

StatsInterval
stats_precision_at(const StatsDetection *d, double base_rate, double confidence)
{
    double each = (1 + confidence) / 2;
    StatsInterval yes = stats_recall(d, each), no = false_positive_rate(d, each);

    assert(base_rate > 0 && base_rate < 1);
    return (StatsInterval){ precision_of(yes.value, no.value, base_rate),
                            precision_of(yes.low, no.high, base_rate),
                            precision_of(yes.high, no.low, base_rate), yes.runs };
}

StatsInterval
stats_advantage(const StatsDetection *d, double epsilon, double confidence)
{
    double each = (1 + confidence) / 2, weight = exp(epsilon);
    StatsInterval yes = stats_recall(d, each), no = false_positive_rate(d, each);

    return (StatsInterval){ yes.value - weight * no.value, yes.low - weight * no.high,
                            yes.high - weight * no.low, yes.runs + no.runs };
}

/* --- correlations
 * --------------------------------------------------------------------------- */

double
stats_correlation_by_chance(double probability, size_t windows)
{
    assert(windows > 3);
    return tanh(gsl_cdf_ugaussian_Qinv(probability) / sqrt((double)windows - 3));
}

double
stats_fisher_z(double correlation, size_t windows)
{
    double r = fmin(fmax(correlation, -1 + 1e-12), 1 - 1e-12);

    assert(windows > 1);
    return atanh(r) - r / (2 * ((double)windows - 1));
}
