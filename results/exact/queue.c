/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "results/exact/exact.h"

#include <math.h>

double
exact_mm1_sojourn(double arrival, double service)
{
    return 1 / (service - arrival);
}

double
exact_mm1_sojourn_quantile(double arrival, double service, double q)
{
    return -log1p(-q) / (service - arrival);
}

double
exact_md1_wait(double arrival, double service_time)
{
    double load = arrival * service_time;

    return load * service_time / (2 * (1 - load));
}

double
exact_poll_delay(double interval)
{
    return interval / 2;
}

double
exact_poll_delay_quantile(double interval, double q)
{
    return q * interval;
}
