/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Verdicts. */
#include <math.h>

#include "results/compare/internal.h"
#include "results/stats/planning.h"

#define NEEDS_POWER 0.8

const char *
compare_verdict_name(CompareVerdict verdict)
{
    static const char *const names[] = { "pass", "fail", "undecided" };

    return names[verdict];
}

bool
row_waits(const CompareRow *row)
{
    return row->required && row->verdict == COMPARE_UNDECIDED;
}

static StatsDifference
difference_of(bool paired, const double *base, guint count_base, const double *new_,
              guint count_new)
{
    return paired ? stats_paired(base, new_, count_base)
                  : stats_welch(base, count_base, new_, count_new);
}

static guint
measured(const double *values, guint count)
{
    guint n = 0;

    for (guint i = 0; i < count; i++)
        n += !isnan(values[i]);
    return n;
}

/* How much @worse (new - base, or with -1 base - new) goes beyond the margin: below 0 is
 * good.  A relative margin moves with the base run by run, so that not knowing the base
 * well counts too. */
static StatsDifference
beyond_margin(const CompareRow *row, int worse, bool paired, const double *base,
              guint count_base, const double *new_, guint count_new)
{
    g_autofree double *limit = g_new(double, count_base + 1);
    StatsDifference beyond;

    for (guint i = 0; i < count_base; i++)
        limit[i] = row->margin.relative
                       ? base[i] + worse * row->margin.value * fabs(base[i])
                       : base[i] + worse * row->margin.value;
    beyond = difference_of(paired, limit, count_base, new_, count_new);
    beyond.mean *= worse;
    return beyond;
}

/* So many runs (of each side) would decide, in most cases, if mean and deviation stay what
 * they are: one pass, or one fail. */
static double
runs_to_decide(const StatsDifference *beyond, bool paired)
{
    bool good = beyond->mean < 0;
    double effect = fabs(beyond->mean) / beyond->deviation;
    double level = good ? COMPARE_PASS_LEVEL : COMPARE_FAIL_LEVEL;
    size_t runs;

    if (!isfinite(effect) || effect < 0.005)
        return NAN;
    runs = paired ? stats_pairs_needed(effect, NEEDS_POWER, level, false)
                  : stats_runs_needed(effect, NEEDS_POWER, level, false);
    return MAX((double)runs, COMPARE_RUNS_MIN);
}

void
judge_measure(CompareRow *row, bool paired, const double *base, guint count_base,
              const double *new_, guint count_new)
{
    StatsDifference up, down;
    double needs_up, needs_down;

    row->measured_base = measured(base, count_base);
    row->measured_new = measured(new_, count_new);
    row->base = stats_mean(base, count_base, STATS_CONFIDENCE);
    row->new_ = stats_mean(new_, count_new, STATS_CONFIDENCE);
    row->difference = difference_of(paired, base, count_base, new_, count_new);
    row->shown = stats_difference_interval(&row->difference, 1 - 2 * COMPARE_PASS_LEVEL);
    row->p_pass = row->p_fail = row->needs = NAN;
    row->verdict = COMPARE_UNDECIDED;
    if (MIN(row->difference.count_a, row->difference.count_b) < COMPARE_RUNS_MIN) {
        row->needs = COMPARE_RUNS_MIN;
        return;
    }
    up = beyond_margin(row, 1, paired, base, count_base, new_, count_new);
    down = beyond_margin(row, -1, paired, base, count_base, new_, count_new);
    needs_up = runs_to_decide(&up, paired);
    needs_down = runs_to_decide(&down, paired);
    if (row->better == BETTER_LESS) {
        row->p_pass = stats_p_below(&up, 0);
        row->p_fail = stats_p_above(&up, 0);
        row->needs = needs_up;
    } else if (row->better == BETTER_MORE) {
        row->p_pass = stats_p_below(&down, 0);
        row->p_fail = stats_p_above(&down, 0);
        row->needs = needs_down;
    } else {
        row->p_pass = MAX(stats_p_below(&up, 0), stats_p_below(&down, 0));
        row->p_fail = MIN(1, 2 * MIN(stats_p_above(&up, 0), stats_p_above(&down, 0)));
        row->needs = up.mean > 0     ? needs_up
                     : down.mean > 0 ? needs_down
                                     : MAX(needs_up, needs_down);
    }
}

/* --- all together ------------------------------------------------------------------- */

static CompareRow *
row_at(const CompareVariant *variant, guint i)
{
    return &g_array_index(variant->rows, CompareRow, i);
}

static void
adjust_passes(const CompareVariant *variant)
{
    g_autofree double *p = g_new(double, variant->rows->len + 1);

    for (guint i = 0; i < variant->rows->len; i++)
        p[i] = row_at(variant, i)->p_pass;
    stats_holm(p, variant->rows->len);
    for (guint i = 0; i < variant->rows->len; i++)
        row_at(variant, i)->p_pass = p[i];
}

static void
adjust_fails(const Comparison *c)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(double));
    guint n = 0;

    for (guint v = 0; v < c->variants->len; v++) {
        const CompareVariant *variant = &g_array_index(c->variants, CompareVariant, v);

        for (guint i = 0; i < variant->rows->len; i++)
            g_array_append_val(all, row_at(variant, i)->p_fail);
    }
    stats_holm((double *)(void *)all->data, all->len);
    for (guint v = 0; v < c->variants->len; v++) {
        const CompareVariant *variant = &g_array_index(c->variants, CompareVariant, v);

        for (guint i = 0; i < variant->rows->len; i++)
            row_at(variant, i)->p_fail = g_array_index(all, double, n++);
    }
}

static void
decide(CompareVariant *variant)
{
    bool waits = false;

    for (guint i = 0; i < variant->rows->len; i++) {
        CompareRow *row = row_at(variant, i);

        if (row->p_fail <= COMPARE_FAIL_LEVEL)
            row->verdict = COMPARE_FAIL;
        else if (row->p_pass <= COMPARE_PASS_LEVEL)
            row->verdict = COMPARE_PASS;
        variant->judged += !isnan(row->p_pass);
        variant->passed += row->verdict == COMPARE_PASS;
        variant->failed += row->verdict == COMPARE_FAIL;
        waits |= row_waits(row);
    }
    variant->verdict = variant->failed > 0             ? COMPARE_FAIL
                       : waits || variant->passed == 0 ? COMPARE_UNDECIDED
                                                       : COMPARE_PASS;
}

void
judge_all(Comparison *c)
{
    c->verdict = COMPARE_PASS;
    adjust_fails(c);
    for (guint v = 0; v < c->variants->len; v++) {
        CompareVariant *variant = &g_array_index(c->variants, CompareVariant, v);

        adjust_passes(variant);
        decide(variant);
        if (variant->verdict == COMPARE_FAIL || c->verdict == COMPARE_PASS)
            c->verdict = variant->verdict;
    }
}
