/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/exact/exact.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

double
exact_k_of_n(uint32_t n, uint32_t k, double p)
{
    if (k == 0)
        return 1;
    if (k > n || p <= 0)
        return 0;
    /* Of the two tails the small one is computed, so that the other keeps its digits. */
    return p >= 1 ? 1 : 1 - gsl_cdf_binomial_P(k - 1, p, n);
}

double
exact_life_exponential(double mean, double t)
{
    return exp(-t / mean);
}

double
exact_life_weibull(double shape, double scale, double t)
{
    return exp(-pow(t / scale, shape));
}

double
exact_life_weibull_in_service(double shape, double scale, double t)
{
    return gsl_sf_gamma_inc_Q(1 / shape, pow(t / scale, shape));
}

double
exact_life_fixed_in_service(double length, double t)
{
    return t >= length ? 0 : 1 - t / length;
}

double
exact_placed(uint32_t n, double a, double p)
{
    return 1 - (1 - p) * pow(1 - a * p, n - 1);
}

double
exact_time_to_loss(uint32_t n, uint32_t k, double mean)
{
    double sum = 0;

    for (uint32_t i = k; i <= n; i++)
        sum += 1.0 / i;
    return mean * sum;
}

double
exact_time_to_loss_quantile(uint32_t n, double mean, double q)
{
    return -mean * log1p(-pow(q, 1.0 / n));
}

double
exact_unseen(double on, double off, double ttl)
{
    return off / (on + off) * exp(-ttl / off);
}

double
exact_retrieved(uint32_t n, double mean_life, double off, double ttl)
{
    double sum = 0;

    for (uint32_t j = 1; j <= n; j++) {
        double rate = 1 / off + j / mean_life;
        double term = gsl_sf_choose(n, j) / off / rate * -expm1(-ttl * rate);

        sum += j % 2 == 1 ? term : -term;
    }
    return sum;
}

double
exact_outlasts(double mean_down, double limit)
{
    return exp(-limit / mean_down);
}

double
exact_availability(double up, double down)
{
    return up / (up + down);
}

double
exact_availability_at(double up, double down, double t)
{
    double a = exact_availability(up, down);

    return a + (1 - a) * exp(-(1 / up + 1 / down) * t);
}

double
exact_all_down_gap(uint32_t n, double up, double down)
{
    double u = pow(1 - exact_availability(up, down), n);

    return (1 - u) / (u * n / down);
}
