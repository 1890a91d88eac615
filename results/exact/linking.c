/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/exact/anonymity.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

double
exact_precision(double n, double true_positive_rate, double false_positive_rate)
{
    return true_positive_rate / (true_positive_rate + (n - 1) * false_positive_rate);
}

double
exact_auc_normal(double distance)
{
    return gsl_cdf_ugaussian_P(distance / M_SQRT2);
}

/* Fisher's z of a correlation over w windows has deviation 1 / sqrt(w - 3), for the true
 * pair and for the others. */
double
exact_auc_correlation(double rho, double windows)
{
    return exact_auc_normal(atanh(rho) * sqrt(windows - 3));
}

double
exact_windows_needed(double rho, double n)
{
    double z = gsl_cdf_ugaussian_Qinv(1 / n) + gsl_cdf_ugaussian_Qinv(0.1);

    return z / atanh(rho) * (z / atanh(rho)) + 3;
}

double
exact_anoa_poisson(double mean_0, double mean_1, double epsilon)
{
    double most = fmax(mean_0, mean_1), delta = 0;
    unsigned end = (unsigned)(most + 12 * sqrt(most) + 40);

    for (unsigned o = 0; o <= end; o++)
        delta += fmax(0, gsl_ran_poisson_pdf(o, mean_1) -
                             exp(epsilon) * gsl_ran_poisson_pdf(o, mean_0));
    return delta;
}
