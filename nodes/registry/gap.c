/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/registry/gap.h"

#include <assert.h>

static uint32_t
draw(Port *port, Purpose purpose)
{
    uint8_t bytes[4];

    port_random(port, purpose, bytes, sizeof bytes);
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

Duration
gap_exponential(Port *port, Purpose purpose, Duration mean)
{
    /* Runs of falling numbers: when the run's length is odd, its first number is the
     * fraction of an exponential variable, whose whole part is the number of even runs
     * before (the chance of an odd run that begins below x is 1 - exp(-x)). */
    assert(mean > 0);
    for (int64_t whole = 0;; whole++) {
        uint32_t first = draw(port, purpose), last = first, next;
        uint32_t length = 1;

        while ((next = draw(port, purpose)) < last) {
            last = next;
            length++;
        }
        if (length % 2 == 1) {
            Duration gap = mean * whole + (Duration)((unsigned __int128)mean * first >> 32);

            return gap > MILLISECOND ? gap : MILLISECOND;
        }
    }
}
