/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shares of all groups against groups that are gone through one by one. */
#include <glib.h>
#include <math.h>
#include <stdbool.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "sim/measure/regroup.h"

enum { SLOTS = 9, HORIZON = 1000, SEEDS = 400 };

static void
assert_near(double value, double expected, double epsilon)
{
    if (!(fabs(value - expected) <= epsilon))
        g_error("%.12g, expected %.12g", value, expected);
}

/* Groups of @n as bit masks of @slots; @condition says which count. */
static double
share_of_groups(uint32_t slots, uint32_t n, bool (*condition)(uint32_t mask, const void *),
                const void *context)
{
    uint32_t all = 0, met = 0;

    for (uint32_t mask = 0; mask < 1u << slots; mask++) {
        if ((uint32_t)__builtin_popcount(mask) != n)
            continue;
        all++;
        met += condition(mask, context);
    }
    return (double)met / all;
}

typedef struct Below {
    uint32_t gone, k;
} Below;

static bool
is_below(uint32_t mask, const void *context)
{
    const Below *b = context;

    return (uint32_t)__builtin_popcount(mask >> b->gone) < b->k;
}

static void
test_share_below(void)
{
    for (uint32_t gone = 0; gone <= SLOTS; gone++)
        for (uint32_t n = 1; n <= SLOTS; n++)
            for (uint32_t k = 1; k <= n; k++) {
                Below below = { gone, k };

                assert_near(regroup_share_below(SLOTS, gone, n, k),
                            share_of_groups(SLOTS, n, is_below, &below), 1e-12);
            }
    /* Far below what counting shows: 30 gone of 700, seven of seven. */
    assert_near(regroup_share_below(700, 30, 7, 1) * 1e10, 1.28395178, 1e-7);
}

/* Absences at random; some groups come together more than once. */
static size_t
random_absences(uint64_t seed, Absence *ret)
{
    StreamKey key = { seed, 0, 0, 0 };
    size_t n = 0;
    uint64_t word = 0;

    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        Time at = 0;

        for (;;) {
            at += 1 + (Time)sample_exponential(stream_word(&key, word++), 200);
            if (at >= HORIZON)
                break;
            ret[n] = (Absence){
                slot, at, at + 1 + (Time)sample_exponential(stream_word(&key, word++), 120)
            };
            at = ret[n].until;
            if (at >= HORIZON)
                ret[n].until = TIME_NEVER;
            n++;
        }
    }
    return n;
}

typedef struct Story {
    uint32_t absent[HORIZON]; /* mask by moment */
} Story;

static bool
meets(uint32_t mask, const void *context)
{
    const Story *story = context;

    for (int t = 0; t < HORIZON; t++)
        if ((story->absent[t] & mask) == mask)
            return true;
    return false;
}

static Story *
story_of(const Absence *absences, size_t n)
{
    Story *story = g_new0(Story, 1);

    for (size_t i = 0; i < n; i++)
        for (Time t = absences[i].from; t < HORIZON && t < absences[i].until; t++)
            story->absent[t] |= 1u << absences[i].slot;
    return story;
}

static void
test_all_absent(void)
{
    double sum = 0, squares = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        Absence absences[SLOTS * HORIZON];
        size_t n = random_absences(seed, absences);
        g_autofree Story *story = story_of(absences, n);
        Regroup *regroup = regroup_new(absences, n, SLOTS, 4, seed);
        double off = regroup_all_absent_by(regroup, HORIZON) -
                     share_of_groups(SLOTS, 4, meets, story);

        sum += off;
        squares += off * off;
        regroup_free(regroup);
    }
    /* Drawn groups miss the share by chance, and not on the whole. */
    g_assert_cmpfloat(squares, >, 0);
    assert_near(sum / SEEDS, 0, 4 * sqrt(squares) / SEEDS);
    assert_near(sqrt(squares / SEEDS), 0, 0.1);
}

/* Where a group has one way to be drawn nothing is left to chance. */
static void
test_single_group(void)
{
    Absence absences[] = { { 0, 10, 30 }, { 1, 20, 40 }, { 0, 35, 60 }, { 1, 70, 80 } };
    Regroup *regroup = regroup_new(absences, G_N_ELEMENTS(absences), 2, 2, 1);
    double times, share;

    assert_near(regroup_all_absent_by(regroup, 20), 0, 0);
    assert_near(regroup_all_absent_by(regroup, 21), 1, 0);
    assert_near(regroup_all_absent_by(regroup, 1000), 1, 0);
    regroup_all_absent(regroup, 0, 100, &times, &share);
    assert_near(times, 2, 0);
    assert_near(share, 0.15, 1e-12);
    regroup_all_absent(regroup, 25, 100, &times, &share);
    assert_near(times, 1, 0);
    assert_near(share, 10.0 / 75, 1e-12);
    regroup_free(regroup);
    regroup = regroup_new(absences, 0, 5, 3, 1);
    assert_near(regroup_all_absent_by(regroup, 1000), 0, 0);
    regroup_free(regroup);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regroup/share-below", test_share_below);
    g_test_add_func("/regroup/all-absent", test_all_absent);
    g_test_add_func("/regroup/single-group", test_single_group);
    return g_test_run();
}
