/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/fault/law.h"

#include <assert.h>
#include <math.h>

#include "sim/core/sampling.h"
#include "sim/fault/law_text.h"

/* Beyond these the means leave the numbers. */
#define SHAPE_MIN 0.1
#define SHAPE_MAX 100.0
#define SIGMA_MAX 10.0

/* --- reading --- */

static Status
fail(Status status, const char *error, const char **ret_error)
{
    *ret_error = error;
    return status;
}

/* A parameter that is a duration, longer than nothing, in seconds. */
static Status
take_seconds(const char **text, double *ret, const char **ret_error)
{
    Duration duration;
    Status status = text_take_duration(text, &duration);

    if (status == ST_MALFORMED)
        return fail(status, "a duration such as 250ms, 90m, 2h or 14d is expected",
                    ret_error);
    if (status != ST_OK || duration == 0)
        return fail(ST_RANGE, "a law's duration is from 1ns to 290 years", ret_error);
    *ret = seconds_of(duration);
    return ST_OK;
}

static Status
take_number(const char **text, double min, double max, double *ret, const char *error,
            const char **ret_error)
{
    double x;
    Status status = text_take_number(text, &x);

    if (status == ST_OK && (x < min || x > max))
        status = ST_RANGE;
    if (status != ST_OK)
        return fail(status, error, ret_error);
    *ret = x;
    return ST_OK;
}

static bool
take_parameter(const char **text, const char *name)
{
    const char *p = *text;

    if (!text_take(&p, name) || !text_take(&p, "="))
        return false;
    *text = p;
    return true;
}

static double
gamma_of(double x)
{
    return portable_exp(portable_log_gamma(x));
}

/* shape=0.59, then mean=30d or scale=20d; a mean becomes the scale that has it. */
static Status
take_weibull(const char **text, Law *ret, const char **ret_error)
{
    static const char FORM[] = "weibull(shape=0.59, mean=30d) or weibull(shape=0.59, "
                               "scale=20d) is expected";
    bool is_mean;
    Status status;

    if (!take_parameter(text, "shape"))
        return fail(ST_MALFORMED, FORM, ret_error);
    status = take_number(text, SHAPE_MIN, SHAPE_MAX, &ret->a,
                         "the shape is a number from 0.1 to 100", ret_error);
    if (status != ST_OK)
        return status;
    if (!text_take(text, ","))
        return fail(ST_MALFORMED, FORM, ret_error);
    is_mean = take_parameter(text, "mean");
    if (!is_mean && !take_parameter(text, "scale"))
        return fail(ST_MALFORMED, FORM, ret_error);
    status = take_seconds(text, &ret->b, ret_error);
    if (status == ST_OK && is_mean)
        ret->b = decimal_round(ret->b / gamma_of(1 + 1 / ret->a));
    if (status == ST_OK && ret->b == 0)
        return fail(ST_RANGE, "the mean is too short for this shape", ret_error);
    if (status == ST_OK && ret->b > seconds_of(DURATION_MAX))
        return fail(ST_RANGE, "the mean is too long for this shape", ret_error);
    return status;
}

static Status
take_lognormal(const char **text, Law *ret, const char **ret_error)
{
    static const char FORM[] = "lognormal(median=10m, sigma=1.5) is expected";
    Status status;

    if (!take_parameter(text, "median"))
        return fail(ST_MALFORMED, FORM, ret_error);
    status = take_seconds(text, &ret->a, ret_error);
    if (status != ST_OK)
        return status;
    if (!text_take(text, ",") || !take_parameter(text, "sigma"))
        return fail(ST_MALFORMED, FORM, ret_error);
    return take_number(text, 0, SIGMA_MAX, &ret->b, "sigma is a number from 0 to 10",
                       ret_error);
}

static Status
take_exponential(const char **text, Law *ret, const char **ret_error)
{
    if (!take_parameter(text, "mean"))
        return fail(ST_MALFORMED, "exp(mean=7d) is expected", ret_error);
    return take_seconds(text, &ret->a, ret_error);
}

/* The long name says what its one number is. */
static Status
take_exponential_in_full(const char **text, Law *ret, const char **ret_error)
{
    (void)take_parameter(text, "mean");
    return take_seconds(text, &ret->a, ret_error);
}

static Status
take_fixed(const char **text, Law *ret, const char **ret_error)
{
    return take_seconds(text, &ret->a, ret_error);
}

static const struct {
    const char *name;
    LawKind kind;
    Status (*take)(const char **text, Law *ret, const char **ret_error);
} FORMS[] = {
    { "exponential", LAW_EXPONENTIAL, take_exponential_in_full },
    { "exp", LAW_EXPONENTIAL, take_exponential },
    { "weibull", LAW_WEIBULL, take_weibull },
    { "lognormal", LAW_LOGNORMAL, take_lognormal },
    { "fixed", LAW_FIXED, take_fixed },
};

static Status
take_form(const char **text, size_t form, Law *ret, const char **ret_error)
{
    Status status;

    *ret = (Law){ .kind = FORMS[form].kind };
    if (!text_take(text, "("))
        return fail(ST_MALFORMED, "an opening parenthesis is expected after the law's name",
                    ret_error);
    status = FORMS[form].take(text, ret, ret_error);
    if (status == ST_OK && !text_take(text, ")"))
        return fail(ST_MALFORMED, "a closing parenthesis is expected", ret_error);
    return status;
}

static Status
take_law(const char **text, Law *ret, const char **ret_error)
{
    if (text_take(text, "never")) {
        *ret = (Law){ .kind = LAW_NEVER };
        return ST_OK;
    }
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++)
        if (text_take(text, FORMS[i].name))
            return take_form(text, i, ret, ret_error);
    *ret = (Law){ .kind = LAW_FIXED };
    if (**text < '0' || **text > '9')
        return fail(ST_MALFORMED,
                    "a duration, never, exp(...), weibull(...), lognormal(...) or "
                    "fixed(...) is expected",
                    ret_error);
    return take_fixed(text, ret, ret_error);
}

Status
law_parse(const char *text, Law *ret, const char **ret_error)
{
    Law law;
    Status status;

    (void)text_take(&text, "");
    status = take_law(&text, &law, ret_error);
    if (status != ST_OK)
        return status;
    if (!text_take(&text, "") || *text != '\0')
        return fail(ST_MALFORMED, "nothing more is expected after the law", ret_error);
    *ret = law;
    return ST_OK;
}

Status
duration_parse(const char *text, Duration *ret, const char **ret_error)
{
    Duration duration;
    Status status = text_take_duration(&text, &duration);

    if (status == ST_RANGE)
        return fail(status,
                    "a duration has at most 15 digits, ends before 290 years and is "
                    "whole nanoseconds",
                    ret_error);
    if (status != ST_OK || !text_take(&text, "") || *text != '\0')
        return fail(ST_MALFORMED, "a duration such as 250ms, 90m, 2h or 14d is expected",
                    ret_error);
    *ret = duration;
    return ST_OK;
}

/* --- writing --- */

void
law_write(const Law *law, Buffer *out)
{
    switch (law->kind) {
    case LAW_NEVER:
        buffer_append_literal(out, "never");
        return;
    case LAW_EXPONENTIAL:
        buffer_append_literal(out, "exp(mean=");
        decimal_write(law->a, out);
        break;
    case LAW_WEIBULL:
        buffer_append_literal(out, "weibull(shape=");
        decimal_write(law->a, out);
        buffer_append_literal(out, ", scale=");
        decimal_write(law->b, out);
        break;
    case LAW_LOGNORMAL:
        buffer_append_literal(out, "lognormal(median=");
        decimal_write(law->a, out);
        buffer_append_literal(out, "s, sigma=");
        decimal_write(law->b, out);
        buffer_append_literal(out, ")");
        return;
    case LAW_FIXED:
        buffer_append_literal(out, "fixed(");
        decimal_write(law->a, out);
        break;
    }
    buffer_append_literal(out, "s)");
}

/* --- drawing --- */

double
law_mean_s(const Law *law)
{
    switch (law->kind) {
    case LAW_NEVER:
        return HUGE_VAL;
    case LAW_EXPONENTIAL:
    case LAW_FIXED:
        return law->a;
    case LAW_WEIBULL:
        return law->b * gamma_of(1 + 1 / law->a);
    case LAW_LOGNORMAL:
        return law->a * portable_exp(law->b * law->b / 2);
    }
    return HUGE_VAL;
}

/* At least a nanosecond, so that what begins also ends later. */
static Duration
duration_of(double seconds)
{
    double ns = seconds * 1e9;

    if (!(ns < (double)DURATION_MAX))
        return TIME_NEVER;
    return ns < 1 ? 1 : (Duration)ns;
}

Duration
law_sample(const Law *law, uint64_t word)
{
    switch (law->kind) {
    case LAW_NEVER:
        return TIME_NEVER;
    case LAW_EXPONENTIAL:
        return duration_of(sample_exponential(word, law->a));
    case LAW_WEIBULL:
        return duration_of(sample_weibull(word, law->a, law->b));
    case LAW_LOGNORMAL:
        return duration_of(sample_lognormal(word, law->a, law->b));
    case LAW_FIXED:
        return duration_of(law->a);
    }
    return TIME_NEVER;
}

/* A moment falls into a duration with a chance proportional to its length, and anywhere in
 * it: what is left is a uniform part of a length-biased duration. */
Duration
law_sample_residual(const Law *law, uint64_t word1, uint64_t word2)
{
    double part = sample_uniform(word2);
    double whole = 0;

    switch (law->kind) {
    case LAW_NEVER:
        return TIME_NEVER;
    case LAW_EXPONENTIAL: /* has no memory */
        return law_sample(law, word1);
    case LAW_WEIBULL: /* x f(x) / mean: a power of a gamma variable */
        whole = law->b * portable_pow(sample_gamma(word1, 1 + 1 / law->a), 1 / law->a);
        break;
    case LAW_LOGNORMAL: /* the same with a larger median */
        whole = sample_lognormal(word1, law->a * portable_exp(law->b * law->b), law->b);
        break;
    case LAW_FIXED:
        whole = law->a;
        break;
    }
    return duration_of(part * whole);
}
