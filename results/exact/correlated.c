/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/exact/exact.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>

double
exact_shocks_lost_by(uint32_t n, double life, double rate, double q, double t)
{
    double sum = 0;

    for (uint32_t j = 0; j <= n; j++) {
        double term = gsl_sf_choose(n, j) *
                      exp(-(double)j * t / life - rate * t * (1 - pow(1 - q, j)));

        sum += j % 2 == 0 ? term : -term;
    }
    return sum;
}

double
exact_shocks_time_to_loss(uint32_t n, double life, double rate)
{
    double sum = 0;

    for (uint32_t j = 1; j <= n; j++) {
        double term = gsl_sf_choose(n, j) / (j / life + rate);

        sum += j % 2 == 1 ? term : -term;
    }
    return sum;
}

double
exact_correlated_all_down(uint32_t n, double p, double rho)
{
    double all = 1;

    for (uint32_t i = 0; i < n; i++)
        all *= (p * (1 - rho) + i * rho) / (1 - rho + i * rho);
    return all;
}

/* ln C(n, k) */
static double
ln_choose(uint32_t n, uint32_t k)
{
    return gsl_sf_lnchoose(n, k);
}

/* P(@gone given nodes are among the @f of @nodes). */
static double
all_among(uint32_t nodes, uint32_t gone, uint32_t f)
{
    if (gone > f)
        return 0;
    return exp(ln_choose(nodes - gone, f - gone) - ln_choose(nodes, f));
}

double
exact_swarm_gone(uint32_t nodes, uint32_t s, uint32_t f)
{
    return all_among(nodes, s, f);
}

double
exact_swarms_gone(uint32_t nodes, uint32_t s, uint32_t f, uint32_t m)
{
    return m * all_among(nodes, s, f);
}

/* Inclusion and exclusion; its terms may grow before they fall, but not beyond what doubles
 * hold while few swarms are expected gone. */
double
exact_any_swarm_gone(uint32_t nodes, uint32_t s, uint32_t f, uint32_t m)
{
    double sum = 0;

    for (uint32_t j = 1; j <= m && j * s <= f; j++) {
        double term = exp(ln_choose(m, j)) * all_among(nodes, j * s, f);

        sum += j % 2 == 1 ? term : -term;
        if (term < 1e-18 * fabs(sum))
            break;
    }
    return sum;
}
