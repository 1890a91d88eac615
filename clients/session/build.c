/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Building paths (protocol 5.2), one build at a time: a pool, guards, then all paths anew.
 * A build has a few tries with growing gaps; while requests wait, builds follow one
 * another up to PATH_BUILD_ROUNDS_MAX, then the requests fail. */
#include "clients/session/session_internal.h"

static void
build_end(Session *s)
{
    s->build = (Build){ .state = BUILD_IDLE };
    session_timer(s, TIMER_BUILD, TIME_NEVER);
}

static bool
pool_is_too_small(const Session *s)
{
    return session_pool_count(s) <= s->config->pool_min;
}

static void
build_failed(Session *s)
{
    if (s->build.tries < s->config->path_build_tries) {
        s->build.state = BUILD_GAP;
        session_timer(s, TIMER_BUILD,
                      s->now + session_gap(s->config->path_build_gap, s->build.tries,
                                           s->config->path_build_gap_max));
        return;
    }
    s->build.rounds++;
    s->build.tries = 0;
    if (session_requests_wait_for_path(s) && s->build.rounds < PATH_BUILD_ROUNDS_MAX) {
        /* The next build begins at once, but not within this call. */
        s->build.state = BUILD_GAP;
        session_timer(s, TIMER_BUILD, s->now);
        return;
    }
    build_end(s);
    session_requests_no_path(s, pool_is_too_small(s) ? SEND_NO_POOL : SEND_NO_PATH);
}

static void
build_paths(Session *s)
{
    if (pool_is_too_small(s) || !session_paths_draw(s)) {
        build_failed(s);
        return;
    }
    build_end(s);
    session_rotation_paths(s);
    port_note(s->port, NOTE_PATHS_BUILT, s->n_paths, 0, (Bytes){ NULL, 0 });
    session_requests_path_ready(s);
}

static void
build_with_pool(Session *s)
{
    if (pool_is_too_small(s)) {
        build_failed(s);
    } else if (s->n_guards < s->config->paths) {
        s->build.state = BUILD_GUARDS;
        session_guards_select(s);
    } else {
        build_paths(s);
    }
}

static void
build_try(Session *s)
{
    s->build.tries++;
    if (!pool_is_too_small(s)) {
        build_with_pool(s);
        return;
    }
    s->build.state = BUILD_POOL;
    session_seed_fetch(s);
}

void
session_build(Session *s)
{
    if (s->build.state == BUILD_IDLE && s->online)
        build_try(s);
}

void
session_build_pool_done(Session *s)
{
    if (s->build.state == BUILD_POOL)
        build_with_pool(s);
}

void
session_build_guards_done(Session *s, bool ok)
{
    if (ok)
        build_paths(s);
    else
        build_failed(s);
}

void
session_build_expire(Session *s)
{
    if (s->build.state == BUILD_GAP)
        build_try(s);
}

void
session_build_abandon(Session *s)
{
    session_guards_abandon(s);
    s->build = (Build){ .state = BUILD_IDLE };
}
