/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/measure/histogram.h"

#include <math.h>
#include <string.h>

void
histogram_init(Histogram *h, double unit)
{
    memset(h, 0, sizeof *h);
    h->unit = unit;
}

static int
bin_of(const Histogram *h, double value)
{
    double bin;

    if (!(value > h->unit))
        return 0;
    bin = log2(value / h->unit) * HISTOGRAM_PER_OCTAVE;
    return bin >= HISTOGRAM_BINS - 1 ? HISTOGRAM_BINS - 1 : (int)bin;
}

void
histogram_add(Histogram *h, double value)
{
    h->count[bin_of(h, value)]++;
    h->total++;
    h->sum += value;
}

double
histogram_mean(const Histogram *h)
{
    return h->total == 0 ? (double)NAN : h->sum / (double)h->total;
}

double
histogram_bin_low(const Histogram *h, int bin)
{
    return h->unit * exp2((double)bin / HISTOGRAM_PER_OCTAVE);
}

double
histogram_quantile(const Histogram *h, double q)
{
    double wanted = q * (double)h->total;
    double below = 0;

    if (h->total == 0)
        return (double)NAN;
    for (int i = 0; i < HISTOGRAM_BINS; i++) {
        if (h->count[i] > 0 && below + (double)h->count[i] >= wanted) {
            double inside = (wanted - below) / (double)h->count[i];

            return h->unit * exp2((i + inside) / HISTOGRAM_PER_OCTAVE);
        }
        below += (double)h->count[i];
    }
    return histogram_bin_low(h, HISTOGRAM_BINS);
}
