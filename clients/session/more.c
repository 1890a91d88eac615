/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/more.h"
#include "nodes/base/memory.h"

#include <stdlib.h>

More *
session_more(Session *s)
{
    if (s->more == NULL) {
        s->more = memory_resized(NULL, 1, sizeof *s->more);
        *s->more = (More){ .due = TIME_NEVER };
    }
    return s->more;
}

void
session_more_clear(Session *s)
{
    if (s->more == NULL)
        return;
    free(s->more->rotation);
    free(s->more->download);
    free(s->more);
    s->more = NULL;
}

size_t
session_more_memory(const Session *s)
{
    if (s->more == NULL)
        return 0;
    return sizeof *s->more + s->more->n_downloads * sizeof(Download);
}

void
session_more_expire(Session *s)
{
    session_downloads_run(s);
}

void
session_more_online(Session *s)
{
    if (s->more != NULL)
        session_downloads_run(s);
}

/* Requests are abandoned; what they asked for is asked for again. */
void
session_more_offline(Session *s)
{
    if (s->more == NULL)
        return;
    s->more->due = TIME_NEVER;
    for (uint32_t i = 0; i < s->more->n_downloads; i++) {
        Download *d = &s->more->download[i];

        if (d->asked)
            d->due = s->now;
        d->asked = false;
    }
}
