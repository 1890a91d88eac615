/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What faults draw: whom, when, and how often; against the closed forms of science 1.6. */
#include <glib.h>
#include <math.h>

#include "sim/core/sampling.h"
#include "sim/fault/choose.h"
#include "sim/fault/law.h"
#include "sim/fault/places.h"

enum { N = 1000 };

static void
number(uint32_t ret[N])
{
    for (uint32_t i = 0; i < N; i++)
        ret[i] = i;
}

static void
test_share(void)
{
    g_assert_cmpuint(share_of(0, 100), ==, 0);
    g_assert_cmpuint(share_of(1, 100), ==, 100);
    g_assert_cmpuint(share_of(0.286, 700), ==, 200);
    g_assert_cmpuint(share_of(0.5, 3), ==, 2);
    g_assert_cmpuint(share_of(0.5, 0), ==, 0);
    g_assert_cmpuint(share_of(1, UINT32_MAX), ==, UINT32_MAX);
}

static void
test_choose(void)
{
    uint32_t all[N], few[N], more[N], other[N];
    uint32_t found = 0, same = 0;

    number(all);
    g_assert_cmpuint(choose(1, "a", FAULT_DRAW_WHOM, 0, all, N, 100, few), ==, 100);
    g_assert_cmpuint(choose(1, "a", FAULT_DRAW_WHOM, 0, all, N, 300, more), ==, 300);
    g_assert_cmpuint(choose(1, "b", FAULT_DRAW_WHOM, 0, all, N, 100, other), ==, 100);
    for (uint32_t i = 0, j = 0; i < 300; i++) {
        g_assert_true(i == 0 || more[i] > more[i - 1]);
        if (j < 100 && few[j] == more[i]) {
            found++;
            j++;
        }
    }
    g_assert_cmpuint(found, ==, 100); /* taking more takes the same ones too */
    for (uint32_t i = 0; i < 100; i++)
        for (uint32_t j = 0; j < 100; j++)
            same += few[i] == other[j];
    g_assert_cmpuint(same, >, 0); /* 10 expected: another fault, another choice */
    g_assert_cmpuint(same, <, 25);
    same = 0;
    g_assert_cmpuint(choose(1, "a", FAULT_DRAW_WHOM, 1, all, N, 100, other), ==, 100);
    for (uint32_t i = 0; i < 100; i++)
        for (uint32_t j = 0; j < 100; j++)
            same += few[i] == other[j];
    g_assert_cmpuint(same, <, 25); /* the fault's next blow chooses anew */
    g_assert_cmpuint(choose(1, "a", FAULT_DRAW_WHOM, 0, all, 5, 9, few), ==, 5);
    g_assert_cmpuint(choose(1, "a", FAULT_DRAW_WHOM, 0, all, 0, 9, few), ==, 0);
}

/* One candidate less moves nobody else's rank. */
static void
test_choice_of_others_stays(void)
{
    uint32_t all[N], before[N], after[N];
    uint32_t n = 0;

    number(all);
    choose(7, "storm", FAULT_DRAW_WHOM, 0, all, N, 50, before);
    all[before[20]] = N + 1; /* it has left, and somebody else came */
    choose(7, "storm", FAULT_DRAW_WHOM, 0, all, N, 50, after);
    for (uint32_t i = 0; i < 50; i++)
        for (uint32_t j = 0; j < 50; j++)
            n += before[i] == after[j];
    g_assert_cmpuint(n, >=, 48);
}

static void
test_moments(void)
{
    double sum = 0;
    uint32_t events = 0;

    g_assert_cmpint(moment_within(HOUR, 0, UINT64_MAX), ==, HOUR);
    g_assert_cmpint(moment_of(HOUR, 0, 4), ==, 0);
    g_assert_cmpint(moment_of(HOUR, 3, 4), ==, 45 * MINUTE);
    g_assert_cmpint(moment_of(TIME_NEVER, 999, 1000), <, TIME_NEVER);
    for (uint64_t i = 0; i < 10000; i++) {
        Time at = moment_within(HOUR, DAY, fault_word(1, "x", FAULT_DRAW_MOMENT, i, 0));

        g_assert_cmpint(at, >=, HOUR);
        g_assert_cmpint(at, <, HOUR + DAY);
        sum += (double)(at - HOUR) / DAY;
    }
    g_assert_cmpfloat(fabs(sum / 10000 - 0.5), <, 4 * 0.2887 / 100);
    g_assert_cmpint(moment_after(HOUR, 0, 1), ==, TIME_NEVER);
    for (Time at = 0; at < 1000 * DAY; events++)
        at = moment_after(at, 10, fault_word(1, "x", FAULT_DRAW_GAP, 0, events));
    g_assert_cmpfloat(fabs(events - 10000.0), <, 4 * 100); /* Poisson: sd 100 */
}

static void
test_rolling_order(void)
{
    uint32_t order[N], again[N], seen[N] = { 0 };
    uint64_t group[N];
    uint32_t changes = 0, in_place = 0;

    for (uint32_t i = 0; i < N; i++)
        group[i] = i % 10;
    rolling_order(3, "up", group, N, order);
    rolling_order(3, "up", group, N, again);
    g_assert_cmpmem(order, sizeof order, again, sizeof again);
    for (uint32_t i = 0; i < N; i++) {
        seen[order[i]]++;
        changes += i > 0 && group[order[i]] != group[order[i - 1]];
    }
    for (uint32_t i = 0; i < N; i++)
        g_assert_cmpuint(seen[i], ==, 1);
    g_assert_cmpuint(changes, ==, 9); /* one group after the other */
    rolling_order(3, "up", NULL, N, order);
    for (uint32_t i = 0; i < N; i++)
        in_place += order[i] == i;
    g_assert_cmpuint(in_place, <, 10);
}

/* --- shocks ----------------------------------------------------------------------------
 */

typedef struct Shocks {
    uint32_t n;     /* replicas */
    double per_day; /* shocks */
    double chance;
    double expected; /* of science-ref/correlated.csv, SHK_*: all dead after 14 days, mean
                      * life 30 days */
} Shocks;

static const Shocks shocks[] = {
    { 3, 0.03333333333, 0.1, 0.0668295219446 },
    { 3, 0.002739726027, 0.9, 0.0810052422102 },
    { 3, 0, 0, 0.051857942845 },
    { 5, 0.03333333333, 0.1, 0.0116835740619 },
    { 5, 0.002739726027, 0.9, 0.0343376037313 },
    { 7, 0.002739726027, 0.9, 0.0251100500546 },
};

/* When one node of trial @trial dies, of old age or by a shock. */
static Time
death(const Shocks *s, uint64_t trial, uint64_t node)
{
    const Law life = { LAW_EXPONENTIAL, 30 * 86400.0, 0 };
    Time end = law_sample(&life, fault_word(trial, "life", FAULT_DRAW_DOWN, node, 0));
    Time at = 0;

    for (uint64_t i = 0;; i++) {
        at = moment_after(at, s->per_day, fault_word(trial, "s", FAULT_DRAW_GAP, 0, i));
        if (at >= end || at > 14 * DAY)
            return end;
        if (sample_uniform(fault_word(trial, "s", FAULT_DRAW_CHANCE, node, i)) < s->chance)
            return at;
    }
}

static void
test_shocks(gconstpointer data)
{
    enum { TRIALS = 20000 };
    const Shocks *s = data;
    uint32_t all_dead = 0;
    double got, error;

    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        uint32_t dead = 0;

        for (uint32_t node = 0; node < s->n; node++)
            dead += death(s, trial, node) <= 14 * DAY;
        all_dead += dead == s->n;
    }
    got = (double)all_dead / TRIALS;
    error = sqrt(s->expected * (1 - s->expected) / TRIALS);
    g_test_message("%g, expected %g +- %g", got, s->expected, error);
    g_assert_cmpfloat(fabs(got - s->expected), <, 4 * error);
}

/* --- places ----------------------------------------------------------------------------
 */

static void
test_regions(void)
{
    g_assert_cmpint(region_of_country("DE"), ==, REGION_EUROPE);
    g_assert_cmpint(region_of_country("US"), ==, REGION_NORTH_AMERICA);
    g_assert_cmpint(region_of_country("SG"), ==, REGION_ASIA);
    g_assert_cmpint(region_of_country("BR"), ==, REGION_SOUTH_AMERICA);
    g_assert_cmpint(region_of_country("AU"), ==, REGION_OCEANIA);
    g_assert_cmpint(region_of_country("ZA"), ==, REGION_AFRICA);
    g_assert_cmpint(region_of_country(""), ==, REGIONS);
    g_assert_cmpint(region_of_country("XX"), ==, REGIONS);
    g_assert_cmpint(region_of_country("de"), ==, REGIONS);
    g_assert_cmpint(region_of_country(" D"), ==, REGIONS);
    g_assert_cmpint(region_of_country("EUR"), ==, REGIONS);
    for (int i = 0; i < REGIONS; i++)
        g_assert_cmpint(region_of_name(region_name((Region)i)), ==, i);
    g_assert_cmpint(region_of_name("europa"), ==, REGIONS);
}

/* The first three of 33 hosters have 45 % of the nodes (science 4.1). */
static void
test_hosters(void)
{
    uint32_t count[33] = { 0 };

    for (uint64_t i = 0; i < 20000; i++)
        count[zipf_hoster(33, 1, fault_word(1, "h", FAULT_DRAW_WHOM, i, 0))]++;
    g_assert_cmpfloat(fabs((count[0] + count[1] + count[2]) / 20000.0 - 0.4484), <, 0.015);
    g_assert_cmpfloat(fabs(count[0] / 20000.0 - 0.2446), <, 0.013);
    g_assert_cmpfloat((double)count[0] / count[1], >, 1.8);
    g_assert_cmpuint(count[32], >, 0);
    g_assert_cmpuint(zipf_hoster(1, 1, UINT64_MAX), ==, 0);
    g_assert_cmpuint(zipf_hoster(5, 0, UINT64_MAX), ==, 4);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/choose/share", test_share);
    g_test_add_func("/choose/choose", test_choose);
    g_test_add_func("/choose/others-stay", test_choice_of_others_stays);
    g_test_add_func("/choose/moments", test_moments);
    g_test_add_func("/choose/rolling-order", test_rolling_order);
    for (size_t i = 0; i < G_N_ELEMENTS(shocks); i++) {
        g_autofree char *path =
            g_strdup_printf("/choose/shocks/%u-%g", shocks[i].n, shocks[i].chance);

        g_test_add_data_func(path, &shocks[i], test_shocks);
    }
    g_test_add_func("/places/regions", test_regions);
    g_test_add_func("/places/hosters", test_hosters);
    return g_test_run();
}
