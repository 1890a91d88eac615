/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * log, exp and pow out of IEEE additions, multiplications and divisions only: each is
 * correctly rounded everywhere, so the results are the same everywhere.  Plain textbook
 * reductions and Taylor series: log m = 2 artanh((m - 1) / (m + 1)) for m near 1, and
 * exp r for |r| <= ln 2 / 2.  Errors are a few units in the last place (tests). */
#include "sim/core/sampling.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ln 2 in two parts; the first has 21 trailing zero bits, so k times it is exact. */
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define SQRT2 0x1.6a09e667f3bcdp0

/* A number as the unevaluated sum of two. */
typedef struct Double2 {
    double high, low;
} Double2;

static uint64_t
bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double
power_of_two(int k)
{
    uint64_t bits = (uint64_t)(k + 1023) << 52;
    double x;

    assert(k > -1023 && k < 1024);
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* x = m 2^k with m in [sqrt 1/2, sqrt 2); x > 0 and finite. */
static double
split(double x, int *ret_k)
{
    int k = 0;
    double m;

    if (x < 0x1p-1022) {
        x *= 0x1p54;
        k = -54;
    }
    k += (int)(bits_of(x) >> 52) - 1023;
    m = x;
    if (bits_of(x) >> 52 != 1023) {
        uint64_t bits = (bits_of(x) & 0xfffffffffffffu) | (uint64_t)1023 << 52;

        memcpy(&m, &bits, sizeof m);
    }
    if (m >= SQRT2) {
        m *= 0.5;
        k++;
    }
    *ret_k = k;
    return m;
}

/* (artanh(s) - s) / s for |s| <= 0.1716 (3 - 2 sqrt 2), by its Taylor series. */
static double
artanh_tail(double s)
{
    static const double c[] = { 1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9,  1.0 / 11, 1.0 / 13,
                                1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23 };
    double z = s * s;
    double y = 0;

    for (int i = sizeof c / sizeof *c - 1; i >= 0; i--)
        y = (y + c[i]) * z;
    return y;
}

static double
product_error(double a, double b, double product)
{
    /* T. J. Dekker, "A floating-point technique for extending the available precision",
     * 1971. */
    double a_big = a * 0x1.0000002p27;
    double b_big = b * 0x1.0000002p27;
    double a_high = a_big - (a_big - a);
    double b_high = b_big - (b_big - b);
    double a_low = a - a_high;
    double b_low = b - b_high;

    return a_low * b_low - (product - a_high * b_high - a_low * b_high - a_high * b_low);
}

static Double2
sum2(double a, double b)
{
    double s = a + b;
    double t = s - a;

    return (Double2){ s, (a - (s - t)) + (b - t) };
}

/* log(m) + k log(2), where f = m - 1. */
static Double2
log2parts(double f, int k)
{
    double d = 2 + f;
    double d_low = f - (d - 2);
    double s = f / d;
    double s_product = s * d;
    double s_low = ((f - s_product) - product_error(s, d, s_product) - s * d_low) / d;
    Double2 log2k = sum2(k * LN2_HIGH, 2 * s);
    double low = log2k.low + (2 * s_low + 2 * s * artanh_tail(s) + k * LN2_LOW);

    return sum2(log2k.high, low);
}

double
portable_log(double x)
{
    int k;
    double m;
    Double2 log;

    assert(x > 0);
    if (x > 0x1.fffffffffffffp1023)
        return x;
    m = split(x, &k);
    log = log2parts(m - 1, k);
    return log.high + log.low;
}

double
portable_log1p(double x)
{
    Double2 log;

    assert(x > -1);
    if (x < -0.29 || x > 0.41)
        return portable_log(1 + x);
    log = log2parts(x, 0);
    return log.high + log.low;
}

/* exp(r) for |r| <= ln 2 / 2, by its Taylor series. */
static double
exp_near_zero(double r)
{
    /* 1/2!, 1/3!, ...: the factorials are exact. */
    static const double c[] = { 1.0 / 2,          1.0 / 6,         1.0 / 24,
                                1.0 / 120,        1.0 / 720,       1.0 / 5040,
                                1.0 / 40320,      1.0 / 362880,    1.0 / 3628800,
                                1.0 / 39916800,   1.0 / 479001600, 1.0 / 6227020800,
                                1.0 / 87178291200 };
    /* By pairs, fours and eights (Estrin): a message waits for it, and one step after the
     * other would take three times as long. */
    double r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
    double low = (c[0] + c[1] * r) + (c[2] + c[3] * r) * r2;
    double middle = (c[4] + c[5] * r) + (c[6] + c[7] * r) * r2;
    double high = ((c[8] + c[9] * r) + (c[10] + c[11] * r) * r2) + c[12] * r4;

    return 1 + (r + r2 * (low + middle * r4 + high * r8));
}

/* exp(x + low), with low small beside x. */
static double
exp2parts(double x, double low)
{
    int k;
    double y;

    if (x > 709.8)
        return __builtin_inf();
    if (x < -745.2)
        return 0;
    k = (int)(x * 0x1.71547652b82fep0 + (x < 0 ? -0.5 : 0.5));
    y = exp_near_zero((x - k * LN2_HIGH) + (low - k * LN2_LOW));
    /* Two steps, for results beyond the ends of the exponent's range. */
    return y * power_of_two(k / 2) * power_of_two(k - k / 2);
}

double
portable_exp(double x)
{
    return exp2parts(x, 0);
}

double
portable_pow(double x, double y)
{
    int k;
    double m;
    double product;
    Double2 log;

    assert(x > 0);
    if (y == 0 || x == 1)
        return 1;
    m = split(x, &k);
    log = log2parts(m - 1, k);
    product = y * log.high;
    if (product > 710 || product < -746)
        return product > 0 ? __builtin_inf() : 0;
    return exp2parts(product, product_error(y, log.high, product) + y * log.low);
}

double
portable_sqrt(double x)
{
    /* IEEE 754 wants the square root correctly rounded, unlike the others. */
    return sqrt(x);
}
