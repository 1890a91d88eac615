/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/exact/linked.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include <gsl/gsl_randist.h>

/* States that are not linked yet: no member is corrupt and 0 .. guards of the guards are,
 * or no guard is and 1 .. members of the members are. */
enum { STATES_MAX = LINKED_GUARDS_MAX + 1 + LINKED_MEMBERS_MAX };

typedef struct Chain {
    uint32_t guards, members, states;
    double step[STATES_MAX][STATES_MAX]; /* of the uniformised chain: from, to */
    double rate;                         /* its events a day */
} Chain;

static uint32_t
state_of(const Chain *c, uint32_t bad_guards, uint32_t bad_members)
{
    return bad_members == 0 ? bad_guards : c->guards + bad_members;
}

/* P(@b of them are replaced, and @after of them are corrupt then, when @bad were). */
static double
replaced(uint32_t n, uint32_t bad, uint32_t b, double f, uint32_t after)
{
    double sum = 0;

    for (uint32_t gone = 0; gone <= b && gone <= bad; gone++) {
        uint32_t left = bad - gone;

        if (b - gone > n - bad || after < left || after - left > b)
            continue;
        sum += gsl_ran_hypergeometric_pdf(gone, bad, n - bad, b) *
               gsl_ran_binomial_pdf(after - left, f, b);
    }
    return sum;
}

/* With probability @weight some guards are replaced. */
static void
add_guards(Chain *c, double f, uint32_t b, double weight)
{
    for (uint32_t bad = 0; bad <= c->guards; bad++)
        for (uint32_t after = 0; after <= c->guards; after++)
            c->step[bad][after] += weight * replaced(c->guards, bad, b, f, after);
    /* Where members are corrupt, no guard may come to be. */
    for (uint32_t j = 1; j <= c->members; j++)
        c->step[c->guards + j][c->guards + j] += weight * replaced(c->guards, 0, b, f, 0);
}

static void
add_member(Chain *c, double f, double weight)
{
    for (uint32_t bad = 0; bad <= c->members; bad++)
        for (uint32_t after = 0; after <= c->members; after++)
            c->step[state_of(c, 0, bad)][state_of(c, 0, after)] +=
                weight * replaced(c->members, bad, 1, f, after);
    for (uint32_t i = 1; i <= c->guards; i++)
        c->step[i][i] += weight * (1 - f);
}

static void
build(Chain *c, const LinkedRates *r)
{
    *c = (Chain){ .guards = r->guards,
                  .members = r->members,
                  .states = r->guards + 1 + r->members,
                  .rate = r->members_new };
    for (uint32_t b = 1; b <= r->guards; b++)
        c->rate += r->guards_new[b];
    if (c->rate == 0)
        return;
    for (uint32_t b = 1; b <= r->guards; b++)
        if (r->guards_new[b] > 0)
            add_guards(c, r->corrupt, b, r->guards_new[b] / c->rate);
    if (r->members_new > 0)
        add_member(c, r->corrupt, r->members_new / c->rate);
}

static void
begin(const Chain *c, double f, double *p)
{
    double none_of_members = pow(1 - f, c->members), none_of_guards = pow(1 - f, c->guards);

    for (uint32_t i = 0; i <= c->guards; i++)
        p[i] = gsl_ran_binomial_pdf(i, f, c->guards) * none_of_members;
    for (uint32_t j = 1; j <= c->members; j++)
        p[c->guards + j] = gsl_ran_binomial_pdf(j, f, c->members) * none_of_guards;
}

static double
sum_of(const double *p, uint32_t n)
{
    double sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += p[i];
    return sum;
}

static void
one_step(const Chain *c, double *p)
{
    double next[STATES_MAX] = { 0 };

    for (uint32_t from = 0; from < c->states; from++)
        for (uint32_t to = 0; to < c->states; to++)
            next[to] += p[from] * c->step[from][to];
    memcpy(p, next, c->states * sizeof *p);
}

/* Uniformisation (Jensen 1953): the number of events is Poisson. */
double
exact_linked(const LinkedRates *r, double days)
{
    double p[STATES_MAX], mean, apart = 0, rest = 1;
    Chain c;

    assert(r->guards > 0 && r->guards <= LINKED_GUARDS_MAX);
    assert(r->members > 0 && r->members <= LINKED_MEMBERS_MAX);
    build(&c, r);
    begin(&c, r->corrupt, p);
    mean = c.rate * days;
    if (mean <= 0)
        return 1 - sum_of(p, c.states);
    for (uint32_t k = 0; rest > 1e-12 && k < 10 * mean + 200; k++) {
        double weight = gsl_ran_poisson_pdf(k, mean);

        apart += weight * sum_of(p, c.states);
        rest -= weight;
        one_step(&c, p);
    }
    return 1 - apart - fmax(rest, 0) * sum_of(p, c.states);
}
