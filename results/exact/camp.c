/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Camping next to a target: a chain of as many states as nodes are wanted. */
#include "results/exact/anonymity.h"

#include <stdlib.h>

enum { PERCENTILE = 25 };

static void *
zeroed(size_t n, size_t size)
{
    void *p = calloc(n, size);

    if (p == NULL)
        abort();
    return p;
}

static int
compare_sizes(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

double
exact_join_chance(const uint32_t *sizes, uint32_t n, uint32_t size)
{
    uint32_t *sorted = zeroed(n + 1, sizeof *sorted), most, open = 0;

    if (n == 0) {
        free(sorted);
        return 0;
    }
    for (uint32_t i = 0; i < n; i++)
        sorted[i] = sizes[i];
    qsort(sorted, n, sizeof *sorted, compare_sizes);
    most = sorted[(uint64_t)PERCENTILE * (n - 1) / 100];
    while (open < n && sorted[open] <= most)
        open++;
    free(sorted);
    return size <= most ? 1.0 / open : 0;
}

/* What became of the budget: P(so many are in), and registrations spent. */
typedef struct Spent {
    double reached, registrations;
} Spent;

static Spent
spend(const double *chance, uint32_t members, uint32_t budget)
{
    double *in = zeroed(members + 1, sizeof *in);
    Spent spent = { 0 };

    in[0] = 1;
    for (uint32_t t = 0; t < budget; t++) {
        for (uint32_t j = members; j-- > 0;) {
            double moved = in[j] * chance[j];

            spent.registrations += chance[j] > 0 ? in[j] : 0;
            in[j] -= moved;
            in[j + 1] += moved;
        }
    }
    spent.reached = in[members];
    free(in);
    return spent;
}

double
exact_camped(const double *chance, uint32_t members, uint32_t budget)
{
    if (budget > 0)
        return spend(chance, members, budget).reached;
    for (uint32_t j = 0; j < members; j++)
        if (chance[j] == 0)
            return 0;
    return 1;
}

double
exact_camp_registrations(const double *chance, uint32_t members, uint32_t budget)
{
    double sum = 0;

    if (budget > 0)
        return spend(chance, members, budget).registrations;
    for (uint32_t j = 0; j < members && chance[j] > 0; j++)
        sum += 1 / chance[j];
    return sum;
}
