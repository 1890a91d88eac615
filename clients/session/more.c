/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/session/more.h"

#include <stdlib.h>

More *
session_more(Session *s)
{
    if (s->more == NULL) {
        s->more = session_resize(NULL, 1, sizeof *s->more);
        *s->more = (More){ .own_messages = 0 };
    }
    return s->more;
}

void
session_more_clear(Session *s)
{
    free(s->more);
    s->more = NULL;
}

size_t
session_more_memory(const Session *s)
{
    return s->more == NULL ? 0 : sizeof *s->more;
}
