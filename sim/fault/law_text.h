/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The numbers and durations that laws are written with, read and written exactly: a number
 * has at most 15 digits, a duration is whole nanoseconds, and what was read is written so
 * that it reads the same again. */
#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/time.h"

/* The longest duration: 290 years. */
#define DURATION_MAX (290 * 365 * DAY)

/* Past @token, and past blanks before and after it; false, @text unmoved, when it is not
 * there. */
bool text_take(const char **text, const char *token);
/* A number such as 14 or 0.59; a duration such as 1.5h (ns, us, ms, s, m, h, d, w).  @text
 * moves, and @ret is written, only on ST_OK.  ST_MALFORMED; ST_RANGE: too many digits, too
 * long, or finer than a nanosecond. */
Status text_take_number(const char **text, double *ret) WARN_UNUSED;
Status text_take_duration(const char **text, Duration *ret) WARN_UNUSED;
/* The same in seconds, with at most 15 digits (later ones are dropped). */
double seconds_of(Duration duration);
/* @x with the digits after the point cut so that decimal_write can write it. */
double decimal_round(double x);
/* Write a number >= 0 that comes from the functions above. */
void decimal_write(double x, Buffer *out);
