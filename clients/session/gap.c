/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a client waits before it tries again (protocol 5.2, 8.12). */
#include "clients/session/session_internal.h"

Duration
session_gap(Duration first, uint32_t tries, Duration max)
{
    Duration gap = first;

    for (uint32_t i = 1; i < tries && gap < max; i++)
        gap = gap * 2 < max ? gap * 2 : max;
    return gap;
}

/* The second half of the grown gap is drawn, so that those who failed together do not come
 * back together. */
Duration
session_retry_gap(Session *s, Duration gap, uint32_t tries)
{
    uint32_t half_ms;

    if (s->config->defect_constant_gaps)
        return gap;
    gap = session_gap(gap, tries, RETRY_GAP_MAX);
    half_ms = (uint32_t)(gap / 2 / MILLISECOND);
    if (half_ms == 0)
        return gap;
    return gap - port_random_below(s->port, RANDOM_TIMER, half_ms) * MILLISECOND;
}
