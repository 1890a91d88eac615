/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/stats/lifetimes.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
compare_lifetimes(const void *a, const void *b)
{
    const StatsLifetime *left = a, *right = b;

    return (left->time > right->time) - (left->time < right->time);
}

static StatsLifetime *
sorted(const StatsLifetime *lifetimes, size_t count)
{
    StatsLifetime *copy = malloc((count + 1) * sizeof *copy);

    if (copy == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        assert(lifetimes[i].time >= 0);
        copy[i] = lifetimes[i];
    }
    qsort(copy, count, sizeof *copy, compare_lifetimes);
    return copy;
}

/* Of those in front of @sorted, how many end at the same time, and with an event. */
static size_t
tie(const StatsLifetime *sorted, size_t count, size_t *ret_events)
{
    size_t n = 0;

    *ret_events = 0;
    while (n < count && sorted[n].time <= sorted[0].time)
        *ret_events += sorted[n++].event;
    return n;
}

static void
draw_band(StatsSurvival *step, double z, StatsBand band)
{
    double s = step->survival, se = step->standard_error, factor;

    if (s <= 0 || s >= 1) {
        step->low = step->high = s;
        return;
    }
    if (band == STATS_BAND_PLAIN) {
        step->low = fmax(0, s - z * se);
        step->high = fmin(1, s + z * se);
        return;
    }
    factor = exp(z * se / (s * fabs(log(s))));
    step->low = pow(s, factor);
    step->high = pow(s, 1 / factor);
}

size_t
stats_kaplan_meier(const StatsLifetime *lifetimes, size_t count, double confidence,
                   StatsBand band, StatsSurvival *ret_steps)
{
    StatsLifetime *all = sorted(lifetimes, count);
    double z = gsl_cdf_ugaussian_Pinv((1 + confidence) / 2);
    double survival = 1, greenwood = 0;
    size_t steps = 0, n, events;

    assert(confidence > 0 && confidence < 1);
    for (size_t i = 0; i < count; i += n) {
        double at_risk = (double)(count - i);

        n = tie(all + i, count - i, &events);
        if (events == 0)
            continue;
        survival *= (at_risk - (double)events) / at_risk;
        if (survival > 0)
            greenwood += (double)events / (at_risk * (at_risk - (double)events));
        ret_steps[steps] = (StatsSurvival){ .time = all[i].time,
                                            .at_risk = count - i,
                                            .events = events,
                                            .survival = survival,
                                            .standard_error = survival * sqrt(greenwood) };
        draw_band(&ret_steps[steps++], z, band);
    }
    free(all);
    return steps;
}

StatsSurvival
stats_survival_at(const StatsSurvival *steps, size_t count, double time)
{
    StatsSurvival at = { .survival = 1, .low = 1, .high = 1 };

    for (size_t i = 0; i < count && steps[i].time <= time; i++)
        at = steps[i];
    return at;
}

double
stats_survival_quantile(const StatsSurvival *steps, size_t count, double q)
{
    for (size_t i = 0; i < count; i++)
        if (steps[i].survival <= 1 - q)
            return steps[i].time;
    return INFINITY;
}

/* At one time @d of @n have the event; @n_a of them are of group A, and @d_a. */
static void
add_time(StatsLogRank *sum, double n, double n_a, double d, double d_a)
{
    sum->observed += d_a;
    sum->expected += d * n_a / n;
    if (n > 1)
        sum->variance += d * (n_a / n) * (1 - n_a / n) * (n - d) / (n - 1);
}

StatsLogRank
stats_log_rank(const StatsLifetime *a, size_t count_a, const StatsLifetime *b,
               size_t count_b)
{
    StatsLifetime *of_a = sorted(a, count_a), *of_b = sorted(b, count_b);
    StatsLogRank sum = { 0 };
    size_t i = 0, j = 0;

    while (i < count_a || j < count_b) {
        bool a_next = j == count_b || (i < count_a && of_a[i].time <= of_b[j].time);
        bool b_next = i == count_a || (j < count_b && of_b[j].time <= of_a[i].time);
        size_t d_a = 0, d_b = 0, n_a, n_b;

        n_a = a_next ? tie(of_a + i, count_a - i, &d_a) : 0;
        n_b = b_next ? tie(of_b + j, count_b - j, &d_b) : 0;
        if (d_a + d_b > 0)
            add_time(&sum, (double)(count_a - i + count_b - j), (double)(count_a - i),
                     (double)(d_a + d_b), (double)d_a);
        i += n_a;
        j += n_b;
    }
    free(of_a);
    free(of_b);
    return sum;
}

double
stats_log_rank_statistic(StatsLogRank ranks)
{
    double distance = ranks.observed - ranks.expected;

    return ranks.variance > 0 ? distance * distance / ranks.variance : 0;
}

double
stats_log_rank_p(StatsLogRank ranks)
{
    return gsl_cdf_chisq_Q(stats_log_rank_statistic(ranks), 1);
}
