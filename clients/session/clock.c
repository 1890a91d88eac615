/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Network time (protocol 5.4): each answer carries the node's clock; the offset of the last
 * one counts, without correction for the way. */
#include "clients/session/session_internal.h"

UnixMs
session_network_ms(Session *s)
{
    return port_unix_ms(s->port) - s->clock_offset_ms;
}

void
session_learn_time(Session *s, JsonValue body)
{
    JsonValue t;
    int64_t network_ms;

    if (!json_get(body, "t", &t) || !json_i64(t, &network_ms))
        return;
    if (network_ms < 0 || network_ms > NETWORK_TIME_MAX_MS)
        return;
    s->clock_offset_ms = port_unix_ms(s->port) - network_ms;
}
