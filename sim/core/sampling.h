/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drawing from laws, with our own log, exp and pow so that every CPU and libm gives the
 * same bits (built with -ffp-contract=off).  Each takes one 64-bit random word. */
#pragma once

#include <stdint.h>

double portable_log(double x);   /* x > 0 */
double portable_log1p(double x); /* log(1 + x), x > -1 */
double portable_exp(double x);
double portable_pow(double x, double y); /* 0 < x < infinity */
double portable_sqrt(double x);
double portable_log_gamma(double x); /* x > 0 */

/* In (0, 1), never 0 or 1: the odd multiples of 2^-53, so 1 minus it is exact too. */
double sample_uniform(uint64_t word);
uint64_t sample_below(uint64_t word, uint64_t n); /* 0..n-1; bias below n / 2^64 */
double sample_exponential(uint64_t word, double mean);
double sample_weibull(uint64_t word, double shape, double scale);
double sample_normal(uint64_t word); /* standard; inverse CDF (Wichura's AS241) */
double sample_lognormal(uint64_t word, double median, double sigma);
uint64_t sample_geometric(uint64_t word, double mean); /* 1, 2, ... with this mean >= 1 */
/* Of this shape (> 0) and scale 1.  Rejection: not monotonic, though from one word only. */
double sample_gamma(uint64_t word, double shape);
