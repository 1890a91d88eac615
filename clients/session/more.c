/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/groups.h"
#include "clients/session/rooms.h"
#include "nodes/base/memory.h"

#include <stdlib.h>

More *
session_more(Session *s)
{
    if (s->more == NULL) {
        s->more = memory_resized(NULL, 1, sizeof *s->more);
        *s->more = (More){ .due = TIME_NEVER,
                           .downloads_due = TIME_NEVER,
                           .cover_due = TIME_NEVER,
                           .push_due = TIME_NEVER };
    }
    return s->more;
}

void
session_more_clear(Session *s)
{
    if (s->more == NULL)
        return;
    session_groups_clear(s);
    session_rooms_clear(s);
    free(s->more->rotation);
    session_downloads_clear(s);
    free(s->more);
    s->more = NULL;
}

size_t
session_more_memory(const Session *s)
{
    if (s->more == NULL)
        return 0;
    return sizeof *s->more + s->more->n_downloads * sizeof(Download) +
           session_groups_memory(s) + session_rooms_memory(s);
}

void
session_more_settle(Session *s)
{
    More *more = s->more;
    Time groups = session_groups_due(s), rooms = session_rooms_due(s);

    more->due = more->downloads_due;
    if (groups < more->due)
        more->due = groups;
    if (rooms < more->due)
        more->due = rooms;
    if (more->cover_due < more->due)
        more->due = more->cover_due;
    if (more->push_due < more->due)
        more->due = more->push_due;
}

void
session_more_expire(Session *s)
{
    if (s->more->downloads_due <= s->now)
        session_downloads_run(s);
    session_groups_run(s);
    session_rooms_run(s);
    session_groups_sweep(s);
    session_cover_run(s);
    session_push_run(s);
    session_more_settle(s);
}

void
session_more_online(Session *s, Time poll_at)
{
    session_cover_online(s);
    session_push_online(s, poll_at);
    if (s->more == NULL)
        return;
    session_groups_online(s, poll_at);
    session_rooms_online(s, poll_at);
    session_downloads_run(s);
    session_more_settle(s);
}

/* Requests are abandoned; what they asked for is asked for again. */
void
session_more_offline(Session *s)
{
    if (s->more == NULL)
        return;
    session_groups_offline(s);
    session_rooms_offline(s);
    s->more->downloads_due = s->more->cover_due = s->more->push_due = TIME_NEVER;
    for (uint32_t i = 0; i < s->more->n_downloads; i++) {
        Download *d = &s->more->download[i];

        if (d->asked)
            d->due = s->now;
        d->asked = false;
    }
    session_more_settle(s);
}
