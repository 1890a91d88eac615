/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inversion throughout: one word, one draw, monotonic in the word. */
#include "sim/core/sampling.h"

#include <assert.h>

double
sample_uniform(uint64_t word)
{
    /* The middles of 2^52 equal parts: odd multiples of 2^-53, all exact. */
    return (double)(word >> 11 | 1) * 0x1p-53;
}

uint64_t
sample_below(uint64_t word, uint64_t n)
{
    assert(n > 0);
    return (uint64_t)((unsigned __int128)word * n >> 64);
}

double
sample_exponential(uint64_t word, double mean)
{
    return -mean * portable_log(sample_uniform(word));
}

double
sample_weibull(uint64_t word, double shape, double scale)
{
    assert(shape > 0);
    return scale * portable_pow(-portable_log(sample_uniform(word)), 1 / shape);
}

double
sample_lognormal(uint64_t word, double median, double sigma)
{
    return median * portable_exp(sigma * sample_normal(word));
}

uint64_t
sample_geometric(uint64_t word, double mean)
{
    double n;

    assert(mean >= 1);
    if (mean == 1)
        return 1;
    n = portable_log(sample_uniform(word)) / portable_log1p(-1 / mean);
    return n < 0x1p63 ? 1 + (uint64_t)n : (uint64_t)1 << 63;
}

/* c[0] + c[1] x + ... + c[7] x^7, by pairs and fours (Estrin), which wait for each other
 * less than one step after the other. */
static double
polynomial7(const double c[8], double x)
{
    double x2 = x * x, x4 = x2 * x2;
    double low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
    double high = (c[4] + c[5] * x) + (c[6] + c[7] * x) * x2;

    return low + high * x4;
}

/* M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
 * Applied Statistics 37(3), 1988; PPND16, relative accuracy about 1e-16. */
double
sample_normal(uint64_t word)
{
    static const double a[8] = { 3.3871328727963666080e0, 1.3314166789178437745e2,
                                 1.9715909503065514427e3, 1.3731693765509461125e4,
                                 4.5921953931549871457e4, 6.7265770927008700853e4,
                                 3.3430575583588128105e4, 2.5090809287301226727e3 };
    static const double b[8] = { 1.0,
                                 4.2313330701600911252e1,
                                 6.8718700749205790830e2,
                                 5.3941960214247511077e3,
                                 2.1213794301586595867e4,
                                 3.9307895800092710610e4,
                                 2.8729085735721942674e4,
                                 5.2264952788528545610e3 };
    static const double c[8] = { 1.42343711074968357734e0,  4.63033784615654529590e0,
                                 5.76949722146069140550e0,  3.64784832476320460504e0,
                                 1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4 };
    static const double d[8] = { 1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9 };
    static const double e[8] = { 6.65790464350110377720e0,  5.46378491116411436990e0,
                                 1.78482653991729133580e0,  2.96560571828504891230e-1,
                                 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7 };
    static const double f[8] = { 1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15 };
    double p = sample_uniform(word);
    double q = p - 0.5;
    double r;
    double x;

    if (q >= -0.425 && q <= 0.425) {
        r = 0.180625 - q * q;
        return q * polynomial7(a, r) / polynomial7(b, r);
    }
    r = portable_sqrt(-portable_log(q < 0 ? p : 1 - p));
    if (r <= 5)
        x = polynomial7(c, r - 1.6) / polynomial7(d, r - 1.6);
    else
        x = polynomial7(e, r - 5) / polynomial7(f, r - 5);
    return q < 0 ? -x : x;
}
