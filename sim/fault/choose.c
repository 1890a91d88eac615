/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/choose.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/core/sampling.h"
#include "sim/core/stream.h"
#include "sim/fault/law.h"

uint64_t
fault_word(uint64_t seed, const char *name, FaultDraw draw, uint64_t whom, uint64_t index)
{
    StreamKey key = { seed, stream_name("fault", stream_name(name, whom)), draw, 0 };

    return stream_word(&key, index);
}

uint32_t
share_of(double share, uint32_t n)
{
    assert(share >= 0 && share <= 1);
    return (uint32_t)(share * n + 0.5);
}

/* Ordered by group, then rank, then number: a total order, so that any sort gives it. */
typedef struct Ranked {
    uint64_t group, rank;
    uint32_t number;
} Ranked;

static int
compare_ranked(const void *a, const void *b)
{
    const Ranked *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static int
compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static Ranked *
new_ranked(uint32_t n)
{
    Ranked *ranked = calloc((size_t)n + 1, sizeof *ranked);

    if (ranked == NULL)
        abort();
    return ranked;
}

uint32_t
choose(uint64_t seed, const char *name, FaultDraw draw, uint64_t index,
       const uint32_t *candidates, uint32_t n, uint32_t k, uint32_t *ret)
{
    Ranked *ranked = new_ranked(n);
    uint32_t taken = k < n ? k : n;

    for (uint32_t i = 0; i < n; i++)
        ranked[i] = (Ranked){ 0, fault_word(seed, name, draw, candidates[i], index),
                              candidates[i] };
    qsort(ranked, n, sizeof *ranked, compare_ranked);
    for (uint32_t i = 0; i < taken; i++)
        ret[i] = ranked[i].number;
    if (taken > 0)
        qsort(ret, taken, sizeof *ret, compare_numbers);
    free(ranked);
    return taken;
}

void
rolling_order(uint64_t seed, const char *name, const uint64_t *group, uint32_t n,
              uint32_t *ret)
{
    Ranked *ranked = new_ranked(n);

    for (uint32_t i = 0; i < n; i++)
        ranked[i] =
            (Ranked){ group == NULL ? 0
                                    : fault_word(seed, name, FAULT_DRAW_GROUP, group[i], 0),
                      fault_word(seed, name, FAULT_DRAW_WHOM, i, 0), i };
    qsort(ranked, n, sizeof *ranked, compare_ranked);
    for (uint32_t i = 0; i < n; i++)
        ret[i] = ranked[i].number;
    free(ranked);
}

Duration
moment_of(Duration over, uint32_t i, uint32_t n)
{
    assert(i < n && over >= 0);
    return (Duration)((unsigned __int128)over * i / n);
}

Time
moment_within(Time at, Duration over, uint64_t word)
{
    assert(at >= 0 && over >= 0);
    return over == 0 ? at : at + (Duration)sample_below(word, (uint64_t)over);
}

Time
moment_after(Time now, double per_day, uint64_t word)
{
    Law gap = { LAW_EXPONENTIAL, 0, 0 };
    Duration wait;

    assert(now >= 0 && per_day >= 0);
    if (per_day == 0)
        return TIME_NEVER;
    gap.a = 86400 / per_day;
    wait = law_sample(&gap, word);
    return wait > TIME_NEVER - now ? TIME_NEVER : now + wait;
}
