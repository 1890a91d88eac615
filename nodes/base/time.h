/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Time.  `Time` is the host's monotonic clock (in the simulator: simulation time since the
 * start of the run), `UnixMs` the wall clock that protocol fields carry.  The two are never
 * mixed: timers use Time, bytes use UnixMs. */
#pragma once

#include <stdint.h>

typedef int64_t Time;     /* nanoseconds on the host's monotonic clock */
typedef int64_t Duration; /* nanoseconds */
typedef int64_t UnixMs;   /* milliseconds since 1970-01-01 UTC */

#define NANOSECOND ((Duration)1)
#define MICROSECOND (1000 * NANOSECOND)
#define MILLISECOND (1000 * MICROSECOND)
#define SECOND (1000 * MILLISECOND)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define TIME_NEVER INT64_MAX
