/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Laws of durations, as scenarios write them: exp(mean=7d), the same as exponential(7d),
 * weibull(shape=0.59, mean=30d), weibull(shape=0.59, scale=20d), lognormal(median=10m,
 * sigma=1.5), fixed(2h), never.  A bare duration is a fixed one. */
#pragma once

#include <stdint.h>

#include "nodes/base/bytes.h"
#include "nodes/base/time.h"

typedef enum LawKind {
    LAW_NEVER,
    LAW_EXPONENTIAL,
    LAW_WEIBULL,
    LAW_LOGNORMAL,
    LAW_FIXED
} LawKind;

typedef struct Law {
    LawKind kind;
    double a; /* mean | shape | median | value, durations in seconds */
    double b; /* - | scale (seconds) | sigma | - */
} Law;

/* Parse a law, or a duration such as "90m", "2h", "14d", "250ms", "1.5h".  On failure the
 * static text at *ret_error says what was expected.  ST_MALFORMED, ST_RANGE. */
Status law_parse(const char *text, Law *ret, const char **ret_error) WARN_UNUSED;
Status duration_parse(const char *text, Duration *ret, const char **ret_error) WARN_UNUSED;
/* Write the law so that law_parse reads it back. */
void law_write(const Law *law, Buffer *out);
double law_mean_s(const Law *law); /* HUGE_VAL for never */

/* A fresh duration; TIME_NEVER for never (and beyond 290 years). */
Duration law_sample(const Law *law, uint64_t word);
/* What is left of a duration in progress, seen at a random moment (the stationary residual:
 * science.md 1.2, the inspection paradox). */
Duration law_sample_residual(const Law *law, uint64_t word1, uint64_t word2);
