/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/session/probe.h"

static bool
is_on_path(const Session *s, guint node)
{
    return session_path_with((Session *)(uintptr_t)s, (NodeRef)node) != NULL;
}

static void
choose_account(Probe *probe)
{
    bool clear = false;

    for (guint number = 0; !clear; number++) {
        world_account(number, probe->account);
        probe->n_swarm = world_swarm(probe->world, probe->account, probe->swarm);
        clear = true;
        for (guint i = 0; i < probe->n_swarm; i++)
            clear &= !is_on_path(probe->world->session, probe->swarm[i]);
    }
}

void
probe_learn_swarm(Probe *probe)
{
    FreshSwarm fresh = { .n = probe->n_swarm };

    memcpy(fresh.key, probe->account + 1, KEY_BYTES);
    for (guint i = 0; i < probe->n_swarm; i++)
        fresh.node[i] = session_target_of(probe->world->session, (NodeRef)probe->swarm[i]);
    session_swarm_put(probe->world->session, &fresh);
}

SessionConfig
probe_config(void)
{
    SessionConfig config = world_config();

    config.paths = 1;
    config.onion_tries = 1;
    config.send_tries = 1;
    config.poll_interval = 100 * HOUR;
    return config;
}

Probe
probe_new(const SessionConfig *config)
{
    Probe probe = { .world = world_new(70, config) };

    world_online(probe.world);
    world_run(probe.world, 9 * SECOND);
    g_assert_cmpuint(probe.world->session->n_paths, ==, config->paths);
    choose_account(&probe);
    probe_learn_swarm(&probe);
    return probe;
}

SendFailure
probe_send(Probe *probe)
{
    World *world = probe->world;

    recording_port_forget(world->recording);
    world->handled = 0;
    world_write(world, ++probe->message, probe->account, 20);
    world_run_for(world, 40 * SECOND);
    if (recording_count_notes_of(world->recording, NOTE_ACCEPTED, probe->message) == 1)
        return SEND_FAILURES;
    return (SendFailure)world_note(world, NOTE_ATTEMPT_FAILED)->b;
}

uint8_t
probe_failures_of(const Session *s, guint node)
{
    for (guint i = 0; i < s->n_failures; i++)
        if (s->failure[i].node == node)
            return s->failure[i].failures;
    return 0;
}
