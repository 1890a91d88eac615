/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests that are there to be seen: cover polls, of the size of the last real one, to any
 * node of the pool at random times while the client is online; and the filling up of
 * requests.  No real client does either. */
#include "clients/session/more.h"

void
session_cover_like(Session *s, uint32_t bytes)
{
    if (s->config->cover_interval > 0)
        session_more(s)->cover_bytes = bytes;
}

static void
set_next(Session *s)
{
    Duration gap =
        port_random_exponential(s->port, RANDOM_TIMER, s->config->cover_interval);

    s->more->cover_due = s->now + (gap > MILLISECOND ? gap : MILLISECOND);
}

void
session_cover_online(Session *s)
{
    if (s->config->cover_interval == 0)
        return;
    (void)session_more(s);
    set_next(s);
}

/* What every node answers without a name in it, and white space behind. */
static Packet
cover_text(const Session *s)
{
    Buffer text = BUFFER_EMPTY;

    buffer_append_literal(&text, "{\"method\":\"info\",\"params\":{}}");
    while (text.n < s->more->cover_bytes)
        buffer_append_literal(&text, " ");
    return packet_of_buffer(&text);
}

void
session_cover_run(Session *s)
{
    RequestOrder order = { .use = USE_COVER, .any_target = true };
    Packet payload;

    if (s->more->cover_due > s->now)
        return;
    set_next(s);
    if (s->more->cover_bytes == 0)
        return; /* there was no poll yet that it could look like */
    order.owner = session_serial(s);
    payload = cover_text(s);
    (void)session_request_start(s, &order, &payload);
}

void
session_fill_up(const Session *s, Packet *payload)
{
    uint32_t step = s->config->request_padding, more;
    Buffer text = BUFFER_EMPTY;

    if (step == 0 || payload->length % step == 0)
        return;
    more = step - payload->length % step;
    buffer_reserve(&text, payload->length + more);
    packet_append(payload, &text);
    for (uint32_t i = 0; i < more; i++)
        buffer_append_literal(&text, " ");
    packet_clear(payload);
    *payload = packet_of_buffer(&text);
}
