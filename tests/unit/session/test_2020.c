/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Habits of clients of 2020 (protocol 5.3 to 5.5, 7 rows 3, 4, 14), each a switch of its
 * own: three nodes asked for a swarm, three sent to at a time, three poll loops, paths that
 * are bad at once. */
#include "tests/unit/session/world.h"

static guint
copies(const World *world, const guint *swarm, guint n)
{
    guint found = 0;

    for (guint i = 0; i < n; i++)
        found += world->node[swarm[i]].store->len;
    return found;
}

static SessionConfig
send_config(void)
{
    SessionConfig config = world_config();

    config.send_parallel = 3;
    config.onion_tries = 1;
    config.poll_interval = 100 * HOUR;
    config.node_failures_max = 200;
    config.path_failures_max = 200;
    return config;
}

/* The same message at three nodes; one note of success. */
static void
test_three_sends(void)
{
    SessionConfig config = send_config();
    World *world = world_new_online(&config);
    uint8_t account[ACCOUNT_BYTES];
    const char *hash = NULL;
    guint swarm[16], n;

    world_account(3, account);
    n = world_swarm(world, account, swarm);
    world_write(world, 7, account, 100);
    world_run(world, 12 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_SEALED), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    g_assert_cmpuint(session_outbox(world->session), ==, 0);
    g_assert_cmpuint(copies(world, swarm, n), ==, 3);
    for (guint i = 0; i < n; i++) {
        const StoredMessage *stored;

        g_assert_cmpuint(world->node[swarm[i]].store->len, <=, 1);
        if (world->node[swarm[i]].store->len == 0)
            continue;
        stored = g_ptr_array_index(world->node[swarm[i]].store, 0);
        g_assert_true(hash == NULL || strcmp(hash, stored->hash) == 0);
        hash = stored->hash;
    }
    world_free(world);
}

/* Where one node alone answers, the walk gets there, and that is one attempt. */
static void
test_walk(void)
{
    SessionConfig config = send_config();
    World *world;
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16], n;

    config.send_node_tries = 2;
    world = world_new_online(&config);
    world_account(3, account);
    n = world_swarm(world, account, swarm);
    for (guint i = 1; i < n; i++) {
        world->node[swarm[i]].fault = FAULT_STATUS;
        world->node[swarm[i]].status = 500;
    }
    world_write(world, 7, account, 100);
    world_run(world, 30 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    g_assert_cmpuint(world->node[swarm[0]].store->len, ==, 1);
    /* Nobody is asked more often than was said. */
    for (guint i = 1; i < n; i++)
        g_assert_cmpuint(world->node[swarm[i]].requests, <=, 2 + 1);
    world_free(world);
}

/* n times half a second between the tries at one node; then the attempt has failed. */
static void
test_walk_in_vain(void)
{
    SessionConfig config = send_config();
    World *world;
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16], n;
    Time start;

    config.send_parallel = 7;
    config.send_node_tries = 4;
    config.send_tries = 1;
    world = world_new_online(&config);
    world_account(3, account);
    n = world_swarm(world, account, swarm);
    for (guint i = 0; i < n; i++) {
        world->node[swarm[i]].fault = FAULT_STATUS;
        world->node[swarm[i]].status = 500;
    }
    start = 9 * SECOND;
    world_write(world, 7, account, 100);
    /* 0.5 + 1 + 1.5 s, and four ways there and back. */
    world_run(world, start + 3 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT_FAILED), ==, 0);
    world_run(world, start + 4 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT_FAILED), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 0);
    for (guint i = 0; i < n; i++)
        g_assert_cmpuint(world->node[swarm[i]].requests, >=, 4);
    g_assert_null(world->session->outbox.item[0]->spread);
    world_free(world);
}

/* Going offline in the middle leaves nothing behind, and the message goes again. */
static void
test_offline_in_between(void)
{
    SessionConfig config = send_config();
    World *world = world_new_online(&config);
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16];

    world_account(3, account);
    (void)world_swarm(world, account, swarm);
    world_write(world, 7, account, 100);
    world_order(world, SESSION_OFFLINE);
    world_run(world, 20 * SECOND);
    g_assert_cmpuint(session_outbox(world->session), ==, 1);
    world_online(world);
    world_run(world, 40 * SECOND);
    g_assert_cmpuint(session_outbox(world->session), ==, 0);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    world_free(world);
}

/* Three nodes are asked; what is known then is the union of what they say. */
static void
test_union(void)
{
    SessionConfig config = send_config();
    World *world;
    uint8_t account[ACCOUNT_BYTES];
    guint before;

    config.send_parallel = 1;
    config.swarm_sources = 3;
    world = world_new_online(&config);
    world_account(3, account);
    before = world_count(world, "get_swarm");
    world_write(world, 7, account, 100);
    world_run(world, 12 * SECOND);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, before + 3);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    g_assert_cmpuint(session_swarm_find(world->session, account + 1)->n, ==, 7);
    world_free(world);
}

static SessionConfig
loop_config(void)
{
    SessionConfig config = world_config();

    config.poll_loops = 3;
    config.poll_interval = 2 * SECOND;
    config.node_failures_max = 200;
    config.path_failures_max = 200;
    config.onion_tries = 1;
    return config;
}

/* Three loops, each always at the same node, of a swarm of seven. */
static void
test_loops(void)
{
    SessionConfig config = loop_config();
    World *world = world_new_online(&config);
    uint8_t own[ACCOUNT_BYTES];
    guint swarm[16], n, polled = 0;

    session_account(world->session, own);
    n = world_swarm(world, own, swarm);
    world_run(world, 60 * SECOND);
    for (guint i = 0; i < n; i++) {
        guint requests = world->node[swarm[i]].requests;

        /* Every two seconds and the way, for some 50 s; the others at most a get_swarm. */
        g_assert_true(requests <= 2 || (requests > 20 && requests < 30));
        polled += requests > 2;
    }
    g_assert_cmpuint(polled, ==, 3);
    world_free(world);
}

/* After ten failures in a row a loop goes on to the other node of its part. */
static void
test_loop_moves_on(void)
{
    SessionConfig config = loop_config();
    World *world = world_new_online(&config);
    uint8_t own[ACCOUNT_BYTES];
    guint swarm[16], n, good = 0;

    session_account(world->session, own);
    n = world_swarm(world, own, swarm);
    world_run(world, 20 * SECOND);
    for (guint i = 0; i < n; i++)
        if (world->node[swarm[i]].requests > 2) {
            world->node[swarm[i]].fault = FAULT_STATUS;
            world->node[swarm[i]].status = 500;
        }
    /* 2 + 2 + 3 ... + 10 s of failures. */
    world_run(world, 90 * SECOND);
    for (guint i = 0; i < n; i++)
        if (world->node[swarm[i]].fault == FAULT_NONE)
            good += world->node[swarm[i]].requests > 2;
    g_assert_cmpuint(good, ==, 3);
    world_free(world);
}

/* One 503 and the path is gone, with nobody blamed; the next one does it. */
static void
test_path_bad_at_once(void)
{
    SessionConfig config = world_config();
    World *world;
    Session *s;
    guint hop;

    config.path_bad_at_once = true;
    config.paths = 3;
    config.paths_min = 2;
    config.poll_interval = 100 * HOUR;
    world = world_new_online(&config);
    s = world->session;
    world_run(world, 20 * SECOND);
    g_assert_cmpuint(s->n_paths, ==, 3);
    hop = s->path[0].hop[1];
    session_path_bad(s, s->path[0].hop[0]);
    g_assert_cmpuint(s->n_paths, ==, 2);
    g_assert_cmpint(s->build.state, ==, BUILD_IDLE);
    g_assert_cmpuint(s->n_failures, ==, 0);
    g_assert_true(session_pool_has(s, (NodeRef)hop));
    session_path_bad(s, s->path[0].hop[0]);
    g_assert_cmpint(s->build.state, !=, BUILD_IDLE);
    world_run(world, 60 * SECOND);
    g_assert_cmpuint(s->n_paths, ==, 3);
    world_free(world);
}

/* A relay's status decides: 503, 504 and 404 cost the path, 502 does not. */
static void
test_path_statuses(void)
{
    static const struct {
        int status;
        bool bad;
    } cases[] = { { 503, true }, { 504, true }, { 404, true }, { 502, false } };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        SessionConfig config = send_config();
        uint8_t account[ACCOUNT_BYTES];
        World *world;
        Session *s;

        config.send_parallel = 1;
        config.send_tries = 1;
        config.paths = 1;
        config.paths_min = 0;
        config.path_bad_at_once = true;
        world = world_new_online(&config);
        s = world->session;
        g_assert_cmpuint(s->n_paths, ==, 1);
        world_account(3, account);
        world->node[s->path[0].hop[1]].fault = FAULT_PATH_STATUS;
        world->node[s->path[0].hop[1]].status = cases[i].status;
        world_write(world, 7, account, 100);
        world_run(world, 9 * SECOND + 100 * MILLISECOND);
        g_assert_cmpuint(s->n_paths, ==, cases[i].bad ? 0 : 1);
        world_free(world);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    g_test_add_func("/session-2020/three-sends", test_three_sends);
    g_test_add_func("/session-2020/walk", test_walk);
    g_test_add_func("/session-2020/walk-in-vain", test_walk_in_vain);
    g_test_add_func("/session-2020/offline-in-between", test_offline_in_between);
    g_test_add_func("/session-2020/union", test_union);
    g_test_add_func("/session-2020/loops", test_loops);
    g_test_add_func("/session-2020/loop-moves-on", test_loop_moves_on);
    g_test_add_func("/session-2020/path-bad-at-once", test_path_bad_at_once);
    g_test_add_func("/session-2020/path-statuses", test_path_statuses);
    return g_test_run();
}
