/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Guards and paths that are given up when their time is over (client.path_life,
 * client.guard_life). */
#include <math.h>

#include "tests/unit/session/probe.h"

/* What the requests of an hour or two, one after a minute of rest, went along. */
typedef struct Hour {
    Time length;
    guint paths, guards; /* that differed from the one before */
} Hour;

static Hour
spend_hour(const SessionConfig *config)
{
    Probe probe = probe_new(config);
    Session *s = probe.world->session;
    Path last = s->path[0];
    Hour hour = { probe.world->recording->now, 0, 0 };

    for (guint minute = 0; minute < 60; minute++) {
        world_run(probe.world, probe.world->recording->now + 1 * MINUTE);
        (void)probe_send(&probe);
        g_assert_cmpuint(s->n_paths, ==, config->paths);
        hour.paths += memcmp(last.hop, s->path[0].hop, sizeof last.hop) != 0;
        hour.guards += last.hop[0] != s->path[0].hop[0];
        g_assert_cmpuint(s->path[0].hop[0], ==, s->guard[0]);
        last = s->path[0];
    }
    hour.length = probe.world->recording->now - hour.length;
    world_free(probe.world);
    return hour;
}

/* So many lives fit, of which each ends at the first request after it. */
static void
assert_lives(guint n, Time whole, Duration life)
{
    g_assert_cmpuint(n, <=, (guint)(whole / life));
    g_assert_cmpuint(n + 1, >=, (guint)(whole / (life + 2 * MINUTE)));
}

static void
test_real_clients_keep_both(void)
{
    SessionConfig config = probe_config();
    Hour hour = spend_hour(&config);

    g_assert_cmpuint(hour.paths, ==, 0);
    g_assert_cmpuint(hour.guards, ==, 0);
}

static void
test_paths_end(void)
{
    SessionConfig config = probe_config();
    Hour hour;

    config.path_life = 10 * MINUTE - 30 * SECOND;
    hour = spend_hour(&config);
    assert_lives(hour.paths, hour.length, config.path_life);
    g_assert_cmpuint(hour.guards, ==, 0);
}

static void
test_guards_end(void)
{
    SessionConfig config = probe_config();
    Hour hour;

    config.guard_life = 10 * MINUTE - 30 * SECOND;
    config.guard_life_law = GUARD_LIFE_FIXED;
    hour = spend_hour(&config);
    assert_lives(hour.guards, hour.length, config.guard_life);
    g_assert_cmpuint(hour.paths, ==, hour.guards);
}

/* Of two guards the one whose time is over goes, where clients do not choose all anew. */
static void
test_one_guard_ends(void)
{
    SessionConfig config = probe_config();
    Probe probe;
    Session *s;
    NodeRef second;

    config.paths = 2;
    config.defect_rebuild_all_paths = false;
    config.guard_life = 1000 * HOUR;
    probe = probe_new(&config);
    s = probe.world->session;
    second = s->guard[1];
    /* Another's time ends: both lists move together. */
    session_guard_drop(s, s->guard[0]);
    session_path_drop(s, &s->path[0]);
    (void)probe_send(&probe);
    world_run(probe.world, probe.world->recording->now + 1 * MINUTE);
    g_assert_cmpuint(s->n_guards, ==, 2);
    g_assert_cmpuint(s->guard[0], ==, second);
    g_assert_cmpuint(s->n_paths, ==, 2);
    world_free(probe.world);
}

/* The mean is as configured: the share of guards that outlive it is 1/e. */
static void
test_exponential(void)
{
    enum { CLIENTS = 400 };
    SessionConfig config = probe_config();
    guint outlived = 0;

    config.guard_life = 10 * MINUTE;
    for (guint i = 0; i < CLIENTS; i++) {
        Probe probe = probe_new(&config);
        Session *s = probe.world->session;
        NodeRef guard = s->guard[0];

        probe.world->recording->random[RANDOM_PATH] += i * 0x9e3779b97f4a7c15;
        session_rotation_guards(s, 0);
        world_run(probe.world, probe.world->recording->now + 10 * MINUTE);
        (void)probe_send(&probe);
        outlived += s->guard[0] == guard;
        world_free(probe.world);
    }
    g_assert_cmpfloat(fabs((double)outlived / CLIENTS - exp(-1)), <, 0.1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/session/rotation/none", test_real_clients_keep_both);
    g_test_add_func("/session/rotation/paths", test_paths_end);
    g_test_add_func("/session/rotation/guards", test_guards_end);
    g_test_add_func("/session/rotation/one-guard", test_one_guard_ends);
    g_test_add_func("/session/rotation/exponential", test_exponential);
    return g_test_run();
}
