/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Guards and paths that are given up when their time is over.  Real clients keep both until
 * something fails (protocol 5.2); other lives are here to be compared with that.  A life is
 * looked at when the next request wants a path. */
#include "clients/session/more.h"
#include "clients/session/session_internal.h"
#include "nodes/base/memory.h"

#include <stdlib.h>

struct Rotation {
    Time paths_until;
    Time guard_until[PATHS_MAX]; /* as s->guard */
};

static Duration
draw_life(Session *s)
{
    Duration mean = s->config->guard_life;

    return s->config->guard_life_law == GUARD_LIFE_FIXED
               ? mean
               : port_random_exponential(s->port, RANDOM_PATH, mean);
}

static Rotation *
rotation_of(const Session *s)
{
    return s->more == NULL ? NULL : s->more->rotation;
}

void
session_rotation_init(Session *s)
{
    if (s->config->guard_life == 0 && s->config->path_life == 0)
        return;
    session_more(s)->rotation = memory_resized(NULL, 1, sizeof(Rotation));
    *rotation_of(s) = (Rotation){ .paths_until = 0 };
}

void
session_rotation_guards(Session *s, uint32_t first)
{
    Rotation *rotation = rotation_of(s);

    for (uint32_t i = first; rotation != NULL && i < s->n_guards; i++)
        rotation->guard_until[i] =
            s->config->guard_life == 0 ? TIME_NEVER : s->now + draw_life(s);
}

void
session_rotation_moved(Session *s, uint32_t from, uint32_t to)
{
    Rotation *rotation = rotation_of(s);

    if (rotation != NULL)
        rotation->guard_until[to] = rotation->guard_until[from];
}

void
session_rotation_paths(Session *s)
{
    Rotation *rotation = rotation_of(s);

    if (rotation != NULL && rotation->paths_until <= s->now)
        rotation->paths_until =
            s->config->path_life == 0 ? TIME_NEVER : s->now + s->config->path_life;
}

size_t
session_rotation_memory(const Session *s)
{
    return rotation_of(s) == NULL ? 0 : sizeof(Rotation);
}

void
session_rotate(Session *s)
{
    const Rotation *rotation = rotation_of(s);

    if (rotation == NULL || s->n_paths == 0 || s->build.state != BUILD_IDLE)
        return;
    if (rotation->paths_until <= s->now)
        s->n_paths = 0;
    for (uint32_t i = 0; i < s->n_guards;) {
        Path *path = session_path_with(s, s->guard[i]);

        if (rotation->guard_until[i] > s->now) {
            i++;
            continue;
        }
        if (path != NULL && path->hop[0] == s->guard[i])
            session_path_drop(s, path);
        session_guard_drop(s, s->guard[i]);
    }
    if (s->n_paths < s->config->paths)
        session_build(s);
}
