/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Laws as text, and drawing from them: each against its closed form by Kolmogorov and
 * Smirnov's test (alpha = 0.01).  The residual is the point where simulators go wrong
 * (science 1.2): the fresh law must fail where the residual passes. */
#include <glib.h>
#include <math.h>

#include "sim/core/stream.h"
#include "sim/fault/law.h"

enum { DRAWS = 40000 };

/* --- text --- */

static Law
parsed(const char *text)
{
    const char *error = NULL;
    Law law = { 0 };
    Status status = law_parse(text, &law, &error);

    if (status != ST_OK)
        g_error("%s: %s", text, error);
    return law;
}

static void
test_durations(void)
{
    static const struct {
        const char *text;
        Duration value;
    } CASES[] = { { "90m", 90 * MINUTE },  { "2h", 2 * HOUR },
                  { "14d", 14 * DAY },     { "250ms", 250 * MILLISECOND },
                  { "1.5h", 90 * MINUTE }, { " 7ns ", 7 },
                  { "0.001us", 1 },        { "0s", 0 },
                  { "1w", 7 * DAY },       { "105850d", 290 * 365 * DAY } };
    static const struct {
        const char *text;
        Status status;
    } BAD[] = {
        { "", ST_MALFORMED },     { "h", ST_MALFORMED },   { "2", ST_MALFORMED },
        { "2 h", ST_MALFORMED },  { "2y", ST_MALFORMED },  { "2min", ST_MALFORMED },
        { "2h 3", ST_MALFORMED }, { "-2h", ST_MALFORMED }, { "1e3s", ST_MALFORMED },
        { ".5h", ST_MALFORMED },  { "5.h", ST_MALFORMED }, { "1.2.3h", ST_MALFORMED },
        { "0.1ns", ST_RANGE },    { "105851d", ST_RANGE }, { "9999999999999999s", ST_RANGE }
    };
    Duration value = 77;
    const char *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_assert_cmpint(duration_parse(CASES[i].text, &value, &error), ==, ST_OK);
        g_assert_cmpint(value, ==, CASES[i].value);
    }
    value = 77;
    for (size_t i = 0; i < G_N_ELEMENTS(BAD); i++) {
        error = NULL;
        g_assert_cmpint(duration_parse(BAD[i].text, &value, &error), ==, BAD[i].status);
        g_assert_nonnull(error);
        g_assert_cmpint(value, ==, 77);
    }
}

static void
test_parse(void)
{
    Law law = parsed("weibull( shape = 0.59 , scale = 20d )");

    g_assert_cmpint(law.kind, ==, LAW_WEIBULL);
    g_assert_cmpfloat(law.a, ==, 0.59);
    g_assert_cmpfloat(law.b, ==, 20 * 86400);
    law = parsed("lognormal(median=10m, sigma=1.5)");
    g_assert_cmpfloat(law.a, ==, 600);
    g_assert_cmpfloat(law.b, ==, 1.5);
    g_assert_cmpfloat(parsed("exp(mean=7d)").a, ==, 7 * 86400);
    g_assert_cmpint(parsed("exponential(7d)").kind, ==, LAW_EXPONENTIAL);
    g_assert_cmpfloat(parsed("exponential(7d)").a, ==, 7 * 86400);
    g_assert_cmpfloat(parsed("exponential(mean=7d)").a, ==, 7 * 86400);
    g_assert_cmpint(parsed("fixed(2h)").kind, ==, LAW_FIXED);
    g_assert_cmpfloat(parsed("250ms").a, ==, 0.25);
    g_assert_cmpint(parsed(" never ").kind, ==, LAW_NEVER);
    law = parsed("weibull(shape=0.59, mean=30d)");
    g_assert_cmpfloat_with_epsilon(law_mean_s(&law), 30 * 86400, 1e-6);
    g_assert_cmpfloat_with_epsilon(law.b, 30 * 86400 / tgamma(1 + 1 / 0.59), 1e-6);
    law = parsed("lognormal(median=10m, sigma=1.5)");
    g_assert_cmpfloat_with_epsilon(law_mean_s(&law), 600 * exp(1.125), 1e-9);
    law = parsed("never");
    g_assert_cmpfloat(law_mean_s(&law), ==, HUGE_VAL);
}

static void
test_parse_refuses(void)
{
    static const struct {
        const char *text;
        Status status;
    } BAD[] = { { "", ST_MALFORMED },
                { "nevermore", ST_MALFORMED },
                { "sometimes", ST_MALFORMED },
                { "exp", ST_MALFORMED },
                { "exp(7d)", ST_MALFORMED },
                { "exponential()", ST_MALFORMED },
                { "exp(mean=7)", ST_MALFORMED },
                { "exp(mean=7d", ST_MALFORMED },
                { "exp(mean=7d))", ST_MALFORMED },
                { "exp(mean=0s)", ST_RANGE },
                { "0s", ST_RANGE },
                { "fixed(300000d)", ST_RANGE },
                { "weibull(mean=7d)", ST_MALFORMED },
                { "weibull(shape=0.59)", ST_MALFORMED },
                { "weibull(shape=0.59, median=7d)", ST_MALFORMED },
                { "weibull(shape=0.59, mean=7d, scale=7d)", ST_MALFORMED },
                { "weibull(shape=0, mean=7d)", ST_RANGE },
                { "weibull(shape=0.09, mean=7d)", ST_RANGE },
                { "weibull(shape=101, mean=7d)", ST_RANGE },
                { "weibull(shape=0.1, mean=1ns)", ST_RANGE },
                /* its scale would be longer than any duration */
                { "weibull(shape=1.59, mean=96889d)", ST_RANGE },
                { "weibull(shape=x, mean=7d)", ST_MALFORMED },
                { "lognormal(median=10m)", ST_MALFORMED },
                { "lognormal(median=10m, sigma=-1)", ST_MALFORMED },
                { "lognormal(median=10m, sigma=11)", ST_RANGE },
                { "lognormal(sigma=1, median=10m)", ST_MALFORMED },
                { "EXP(mean=7d)", ST_MALFORMED },
                { "7d never", ST_MALFORMED } };

    for (size_t i = 0; i < G_N_ELEMENTS(BAD); i++) {
        Law law = { .kind = LAW_FIXED, .a = 77 };
        const char *error = NULL;

        g_test_message("%s", BAD[i].text);
        g_assert_cmpint(law_parse(BAD[i].text, &law, &error), ==, BAD[i].status);
        g_assert_nonnull(error);
        g_assert_true(law.kind == LAW_FIXED && law.a == 77);
    }
}

/* Every beginning of a good text is refused, or is good in itself; never read past. */
static void
test_truncated(void)
{
    static const char *const TEXTS[] = { "exp(mean=7d)", "weibull(shape=0.59, mean=30d)",
                                         "lognormal(median=10m, sigma=1.5)", "fixed(2h)",
                                         "never" };

    for (size_t i = 0; i < G_N_ELEMENTS(TEXTS); i++)
        for (size_t n = 0; n < strlen(TEXTS[i]); n++) {
            g_autofree char *text = g_strndup(TEXTS[i], n);
            const char *error = NULL;
            Law law;

            g_assert_cmpint(law_parse(text, &law, &error), !=, ST_OK);
        }
}

static char *
written(const Law *law)
{
    Buffer out = BUFFER_EMPTY;
    char *text;

    law_write(law, &out);
    text = g_strndup((const char *)out.p, out.n);
    buffer_clear(&out);
    return text;
}

static void
check_round_trip(const char *text)
{
    Law law = parsed(text);
    g_autofree char *again = written(&law);
    Law second = parsed(again);

    if (second.kind != law.kind || second.a != law.a || second.b != law.b)
        g_error("%s came back as %s", text, again);
}

static void
test_written_laws_read_back(void)
{
    static const char *const UNITS[] = { "ns", "us", "ms", "s", "m", "h", "d", "w" };
    static const struct {
        const char *text;
        const char *written;
    } CASES[] = {
        { "never", "never" },
        { "90m", "fixed(5400s)" },
        { "exp(mean=0.25s)", "exp(mean=0.25s)" },
        { "weibull(shape=0.59,scale=20d)", "weibull(shape=0.59, scale=1728000s)" },
        { "lognormal(median=1ns, sigma=0)", "lognormal(median=0.000000001s, sigma=0)" }
    };

    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Law law = parsed(CASES[i].text);
        g_autofree char *text = written(&law);

        g_assert_cmpstr(text, ==, CASES[i].written);
    }
    for (int i = 0; i < 20000; i++) {
        int digits = g_test_rand_int_range(1, 100000);
        int decimals = g_test_rand_int_range(0, 3);
        const char *unit = UNITS[g_test_rand_int_range(2, G_N_ELEMENTS(UNITS))];
        g_autofree char *exponential = g_strdup_printf(
            "exp(mean=%d.%0*d%s)", digits % 15000, decimals + 1, 1 + i % 9, unit);
        g_autofree char *weibull = g_strdup_printf("weibull(shape=%d.%02d, mean=%d%s)",
                                                   digits % 9, 10 + i % 90, digits, "h");

        check_round_trip(exponential);
        check_round_trip(weibull);
    }
}

/* --- drawing --- */

typedef double (*Cdf)(double t);

static double
exponential_cdf(double t)
{
    return 1 - exp(-t / 86400);
}

/* Weibull with shape 0.59 and scale 20 d. */
static double
weibull_cdf(double t)
{
    return 1 - exp(-pow(t / 1728000, 0.59));
}

/* Regularised lower incomplete gamma by its power series. */
static double
gamma_p(double s, double x)
{
    double term = exp(s * log(x) - x - lgamma(s + 1));
    double sum = term;

    for (int k = 1; k < 1000 && term > sum * 1e-17; k++)
        sum += term *= x / (s + k);
    return sum;
}

static double
weibull_residual_cdf(double t)
{
    return gamma_p(1 / 0.59, pow(t / 1728000, 0.59));
}

static double
normal_cdf(double x)
{
    return 0.5 * erfc(-x / G_SQRT2);
}

/* Log-normal with median 600 s and sigma 1.5. */
static double
lognormal_cdf(double t)
{
    return normal_cdf(log(t / 600) / 1.5);
}

/* 1 - E(X - t)+ / E X */
static double
lognormal_residual_cdf(double t)
{
    double mean = 600 * exp(1.5 * 1.5 / 2);
    double z = log(t / 600) / 1.5;

    return 1 - (normal_cdf(1.5 - z) - t / mean * normal_cdf(-z));
}

static double
fixed_residual_cdf(double t)
{
    return t < 0 ? 0 : t > 7200 ? 1 : t / 7200;
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double
distance(const char *text, bool residual, Cdf cdf)
{
    g_autofree double *x = g_new(double, DRAWS);
    const StreamKey key = { 42, stream_name("law", 0), 0, 0 };
    Law law = parsed(text);
    double greatest = 0;

    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t word1 = stream_word(&key, 2 * i), word2 = stream_word(&key, 2 * i + 1);

        x[i] = (double)(residual ? law_sample_residual(&law, word1, word2)
                                 : law_sample(&law, word1)) /
               1e9;
    }
    qsort(x, DRAWS, sizeof *x, compare_doubles);
    for (unsigned i = 0; i < DRAWS; i++) {
        double f = cdf(x[i]);

        greatest = fmax(greatest, fmax((i + 1.0) / DRAWS - f, f - (double)i / DRAWS));
    }
    return greatest;
}

static void
test_samples(void)
{
    static const struct {
        const char *text;
        bool residual, fits;
        Cdf cdf;
    } CASES[] = {
        { "exp(mean=1d)", false, true, exponential_cdf },
        { "exp(mean=1d)", true, true, exponential_cdf },
        { "exp(mean=1.05d)", true, false, exponential_cdf },
        { "weibull(shape=0.59, scale=20d)", false, true, weibull_cdf },
        { "weibull(shape=0.59, scale=20d)", true, true, weibull_residual_cdf },
        { "weibull(shape=0.59, scale=20d)", false, false, weibull_residual_cdf },
        { "weibull(shape=0.62, scale=20d)", true, false, weibull_residual_cdf },
        { "lognormal(median=10m, sigma=1.5)", false, true, lognormal_cdf },
        { "lognormal(median=10m, sigma=1.5)", true, true, lognormal_residual_cdf },
        { "lognormal(median=10m, sigma=1.5)", false, false, lognormal_residual_cdf },
        { "fixed(2h)", true, true, fixed_residual_cdf },
        { "fixed(2h)", false, false, fixed_residual_cdf },
    };
    double critical = 1.6276 / sqrt(DRAWS);

    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        double d = distance(CASES[i].text, CASES[i].residual, CASES[i].cdf);

        g_test_message("%s %d: %g", CASES[i].text, CASES[i].residual, d);
        if (CASES[i].fits)
            g_assert_cmpfloat(d, <, critical);
        else
            g_assert_cmpfloat(d, >, critical);
    }
}

/* The chance to be alive after 14 d at a mean of 30 d (the table of science 1.2). */
static void
test_inspection_paradox(void)
{
    static const struct {
        const char *text;
        double fresh, in_service;
    } CASES[] = { { "weibull(shape=0.34, mean=30d)", 0.2505, 0.8272 },
                  { "weibull(shape=0.59, mean=30d)", 0.4394, 0.7156 },
                  { "weibull(shape=1, mean=30d)", 0.6271, 0.6271 },
                  { "weibull(shape=1.5, mean=30d)", 0.7608, 0.5803 } };
    const StreamKey key = { 42, stream_name("law", 1), 0, 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        Law law = parsed(CASES[i].text);
        unsigned fresh = 0, residual = 0;

        for (unsigned k = 0; k < DRAWS; k++) {
            uint64_t word1 = stream_word(&key, 2 * k), word2 = stream_word(&key, 2 * k + 1);

            fresh += law_sample(&law, word1) > 14 * DAY;
            residual += law_sample_residual(&law, word1, word2) > 14 * DAY;
        }
        /* four standard errors of a share near a half */
        g_assert_cmpfloat(fabs(fresh / (double)DRAWS - CASES[i].fresh), <, 0.01);
        g_assert_cmpfloat(fabs(residual / (double)DRAWS - CASES[i].in_service), <, 0.01);
    }
}

static void
test_extremes(void)
{
    Law never = parsed("never");
    Law wide = { LAW_LOGNORMAL, 9e9, 10 };
    Law narrow = { LAW_WEIBULL, 0.1, 1e-9 };
    bool past = false;

    g_assert_cmpint(law_sample(&never, 1), ==, TIME_NEVER);
    g_assert_cmpint(law_sample_residual(&never, 1, 2), ==, TIME_NEVER);
    for (uint64_t word = 0; word < 64; word++) {
        uint64_t high = word << 58 | word;

        past = past || law_sample(&wide, high) == TIME_NEVER;
        g_assert_cmpint(law_sample(&wide, high), >=, 1);
        g_assert_cmpint(law_sample(&narrow, high), >=, 1);
        g_assert_cmpint(law_sample_residual(&wide, high, high), >=, 1);
        g_assert_cmpint(law_sample_residual(&narrow, high, high), >=, 1);
    }
    g_assert_true(past);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault/durations", test_durations);
    g_test_add_func("/fault/law-parse", test_parse);
    g_test_add_func("/fault/law-parse-refuses", test_parse_refuses);
    g_test_add_func("/fault/law-truncated", test_truncated);
    g_test_add_func("/fault/law-written-reads-back", test_written_laws_read_back);
    g_test_add_func("/fault/law-samples", test_samples);
    g_test_add_func("/fault/inspection-paradox", test_inspection_paradox);
    g_test_add_func("/fault/law-extremes", test_extremes);
    return g_test_run();
}
