/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The birth-death chain of live replicas: d_i = i / life, b_i = (r - i) / repair or, one at
 * a time, 1 / repair; 0 absorbs. */
#include "results/exact/exact.h"

#include <assert.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <string.h>

enum { REPLICAS_MAX = 64 };

typedef struct Chain {
    uint32_t r;
    double dies[REPLICAS_MAX + 1], born[REPLICAS_MAX + 1];
} Chain;

static Chain
chain_of(uint32_t r, double life, double repair, ExactRepair mode)
{
    Chain c = { .r = r };

    assert(r >= 1 && r <= REPLICAS_MAX && life > 0 && repair > 0);
    for (uint32_t i = 1; i <= r; i++) {
        c.dies[i] = i / life;
        if (i < r)
            c.born[i] = mode == EXACT_SERIAL ? 1 / repair : (r - i) / repair;
    }
    return c;
}

/* e_i, the mean time from i to i - 1: e_r = 1 / d_r, e_i = (1 + b_i e_(i+1)) / d_i. */
double
exact_mttdl(uint32_t r, double life, double repair, ExactRepair mode)
{
    Chain c = chain_of(r, life, repair, mode);
    double down = 0, sum = 0;

    for (uint32_t i = r; i >= 1; i--) {
        down = (1 + c.born[i] * down) / c.dies[i];
        sum += down;
    }
    return sum;
}

/* One jump of the uniformised chain; what arrives at 0 is returned. */
static double
jump(const Chain *c, double rate, double p[REPLICAS_MAX + 2])
{
    double next[REPLICAS_MAX + 2] = { 0 };
    double lost = p[1] * c->dies[1] / rate;

    for (uint32_t i = 1; i <= c->r; i++) {
        next[i] += p[i] * (1 - (c->dies[i] + c->born[i]) / rate);
        next[i + 1] += p[i] * c->born[i] / rate;
        if (i > 1)
            next[i - 1] += p[i] * c->dies[i] / rate;
    }
    memcpy(p, next, sizeof next);
    return lost;
}

/* Losses are summed as they happen: nothing is taken from 1, so rare ones keep their
 * digits. */
double
exact_lost_by(uint32_t r, double life, double repair, ExactRepair mode, double t)
{
    Chain c = chain_of(r, life, repair, mode);
    double rate = 0, mean, lost = 0, absorbed = 0;
    double p[REPLICAS_MAX + 2] = { 0 };
    uint32_t jumps;

    for (uint32_t i = 1; i <= r; i++)
        rate = fmax(rate, c.dies[i] + c.born[i]);
    mean = rate * t;
    jumps = (uint32_t)(mean + 12 * sqrt(mean) + 40);
    p[r] = 1;
    /* lost = sum over k of P(exactly k jumps) P(absorbed within k jumps) */
    for (uint32_t k = 1; k <= jumps; k++) {
        absorbed += jump(&c, rate, p);
        lost += gsl_ran_poisson_pdf(k, mean) * absorbed;
    }
    return lost;
}
