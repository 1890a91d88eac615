/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A histogram of durations or sizes with logarithmic bins (HISTOGRAM_PER_OCTAVE to a factor
 * of two): constant memory, quantiles within half a bin (about 2 %). */
#pragma once

#include <stdint.h>

enum { HISTOGRAM_PER_OCTAVE = 16, HISTOGRAM_OCTAVES = 48, HISTOGRAM_BINS = 16 * 48 };

typedef struct Histogram {
    uint64_t count[HISTOGRAM_BINS];
    uint64_t total;
    double sum;
    double unit; /* the smallest value told apart, e.g. 1e-3 s */
} Histogram;

void histogram_init(Histogram *h, double unit);
void histogram_add(Histogram *h, double value);
double histogram_mean(const Histogram *h);
/* The value below which a share @q of the entries lie; NAN when empty. */
double histogram_quantile(const Histogram *h, double q);
double histogram_bin_low(const Histogram *h, int bin);
