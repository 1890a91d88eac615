/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/clock.h"

#include <errno.h>
#include <glib.h>
#include <sys/random.h>
#include <time.h>

static int64_t
read_clock(clockid_t clock)
{
    struct timespec t;

    if (clock_gettime(clock, &t) != 0)
        g_error("clock_gettime: %s", g_strerror(errno));
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

Time
live_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

UnixMs
live_unix_ms(void)
{
    return read_clock(CLOCK_REALTIME) / MILLISECOND;
}

void
live_random(void *out, size_t n)
{
    uint8_t *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            g_error("getrandom: %s", g_strerror(errno));
        p += got;
        n -= (size_t)got;
    }
}
