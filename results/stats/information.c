/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mutual information of pairs, by counting equal neighbours of sorted classes. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "results/stats/posterior.h"

static int
smallest_first(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

/* Sorts @classes.  Plug-in entropy in bits; *ret_occupied: how many classes occur. */
static double
entropy_of(uint64_t *classes, size_t count, size_t *ret_occupied)
{
    double sum = 0;
    size_t n;

    qsort(classes, count, sizeof *classes, smallest_first);
    *ret_occupied = 0;
    for (size_t i = 0; i < count; i += n) {
        n = 1;
        while (i + n < count && classes[i + n] == classes[i])
            n++;
        sum += (double)n * log2((double)n);
        ++*ret_occupied;
    }
    return log2((double)count) - sum / (double)count;
}

/* H(S) + H(O), which shuffling leaves as it is, and their occupied classes. */
typedef struct Margins {
    double entropy;
    size_t occupied;
} Margins;

static Margins
margins_of(const uint32_t *secret, const uint32_t *seen, size_t count, uint64_t *scratch)
{
    Margins m;
    size_t occupied;

    for (size_t i = 0; i < count; i++)
        scratch[i] = secret[i];
    m.entropy = entropy_of(scratch, count, &m.occupied);
    for (size_t i = 0; i < count; i++)
        scratch[i] = seen[i];
    m.entropy += entropy_of(scratch, count, &occupied);
    m.occupied += occupied;
    return m;
}

/* Each entropy is too small by (occupied - 1) / 2n nats (Miller and Madow 1955). */
static double
corrected(const Margins *m, const uint32_t *secret, const uint32_t *seen, size_t count,
          uint64_t *scratch, double *ret_plug_in)
{
    size_t cells;

    for (size_t i = 0; i < count; i++)
        scratch[i] = (uint64_t)secret[i] << 32 | seen[i];
    *ret_plug_in = fmax(0, m->entropy - entropy_of(scratch, count, &cells));
    return *ret_plug_in +
           ((double)m->occupied - (double)cells - 1) / (2 * (double)count * M_LN2);
}

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t
next_word(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void
shuffle(uint32_t *values, size_t count, uint64_t *state)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)((__uint128_t)next_word(state) * i >> 64);
        uint32_t moved = values[i - 1];

        values[i - 1] = values[j];
        values[j] = moved;
    }
}

static int
ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void
set_null(StatsInformation *of, double *nulls, unsigned shuffles)
{
    unsigned as_much = 0;

    of->null_mean = 0;
    for (unsigned k = 0; k < shuffles; k++) {
        of->null_mean += nulls[k] / shuffles;
        as_much += nulls[k] >= of->corrected;
    }
    qsort(nulls, shuffles, sizeof *nulls, ascending);
    of->null_percentile_95 = nulls[(size_t)(0.95 * (shuffles - 1))];
    of->p = (1.0 + as_much) / (1.0 + shuffles);
}

StatsInformation
stats_information(const uint32_t *secret, const uint32_t *seen, size_t count,
                  unsigned shuffles, uint64_t seed)
{
    StatsInformation of = { NAN, NAN, NAN, NAN, NAN };
    uint64_t *scratch = calloc(count + 1, sizeof *scratch), state = seed;
    uint32_t *mixed = calloc(count + 1, sizeof *mixed);
    double *nulls = calloc(shuffles + 1, sizeof *nulls), plug_in;
    Margins margins;

    if (scratch == NULL || mixed == NULL || nulls == NULL)
        abort();
    if (count > 0) {
        margins = margins_of(secret, seen, count, scratch);
        of.corrected = corrected(&margins, secret, seen, count, scratch, &of.plug_in);
        for (size_t i = 0; i < count; i++)
            mixed[i] = seen[i];
        for (unsigned k = 0; k < shuffles; k++) {
            shuffle(mixed, count, &state);
            nulls[k] = corrected(&margins, secret, mixed, count, scratch, &plug_in);
        }
        if (shuffles > 0)
            set_null(&of, nulls, shuffles);
    }
    free(scratch);
    free(mixed);
    free(nulls);
    return of;
}
