/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What failures cost: counters of paths and nodes, replacement in place, new guards
 * (protocol 5.2). */
#include "tests/unit/session/probe.h"

static void
check_nothing_was_blamed(const Probe *probe)
{
    const Session *s = probe->world->session;

    g_assert_cmpuint(s->n_failures, ==, 0);
    g_assert_cmpuint(s->path[0].failures, ==, 0);
    g_assert_cmpuint(s->pool.n_excluded, ==, 0);
}

static void
check_path_failure(Fault fault, int status, SendFailure expected)
{
    SessionConfig config = probe_config();
    Probe probe = probe_new(&config);
    Session *s = probe.world->session;
    Path before = s->path[0];

    probe.world->node[before.hop[1]].fault = fault;
    probe.world->node[before.hop[1]].status = status;
    for (guint i = 1; i <= 2; i++) {
        g_assert_cmpint(probe_send(&probe), ==, expected);
        g_assert_cmpuint(s->path[0].failures, ==, i);
        g_assert_cmpuint(probe_failures_of(s, before.hop[0]), ==, 0);
        g_assert_cmpuint(probe_failures_of(s, before.hop[1]), ==, i);
        g_assert_cmpuint(probe_failures_of(s, before.hop[2]), ==, i);
        g_assert_cmpmem(s->path[0].hop, sizeof before.hop, before.hop, sizeof before.hop);
    }
    /* The third drops relays, guard and path; a new guard is tested, a path built. */
    g_assert_cmpint(probe_send(&probe), ==, expected);
    g_assert_cmpuint(s->pool.n_excluded, ==, 3);
    g_assert_cmpuint(recording_count_sent(probe.world->recording, KIND_STORAGE_RPC), ==, 2);
    g_assert_cmpuint(s->n_paths, ==, 1);
    g_assert_cmpuint(s->n_guards, ==, 1);
    for (guint i = 0; i < 3; i++)
        for (guint j = 0; j < 3; j++) {
            g_assert_cmpuint(s->path[0].hop[i], !=, before.hop[j]);
            g_assert_false(session_pool_has(s, before.hop[j]));
        }
    g_assert_cmpuint(s->path[0].failures, ==, 0);
    g_assert_cmpuint(s->n_failures, ==, 0);
    world_free(probe.world);
}

static void
test_path_failures(void)
{
    check_path_failure(FAULT_PATH_STATUS, 500, SEND_PATH_ERROR);
    check_path_failure(FAULT_PATH_STATUS, 502, SEND_PATH_ERROR);
    check_path_failure(FAULT_PATH_STATUS, 504, SEND_PATH_ERROR);
    check_path_failure(FAULT_NOT_READY, 0, SEND_PATH_ERROR);
    check_path_failure(FAULT_SILENT, 0, SEND_TIMEOUT);
}

static void
test_success_forgives_nothing(void)
{
    SessionConfig config = probe_config();
    Probe probe = probe_new(&config);
    Session *s = probe.world->session;
    WorldNode *relay = &probe.world->node[s->path[0].hop[2]];

    relay->fault = FAULT_PATH_STATUS;
    relay->status = 500;
    g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
    relay->fault = FAULT_NONE;
    g_assert_cmpint(probe_send(&probe), ==, SEND_FAILURES);
    g_assert_cmpuint(s->path[0].failures, ==, 1);
    g_assert_cmpuint(s->n_failures, ==, 2);
    world_free(probe.world);
}

/* Relays may go before the guard does, when nodes are judged more quickly than paths. */
static void
test_relays_are_replaced_in_place(void)
{
    SessionConfig config = probe_config();
    Probe probe;
    Session *s;
    Path before;

    config.node_failures_max = 2;
    probe = probe_new(&config);
    s = probe.world->session;
    before = s->path[0];
    probe.world->node[before.hop[2]].fault = FAULT_PATH_STATUS;
    probe.world->node[before.hop[2]].status = 500;
    g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
    g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
    g_assert_cmpuint(s->path[0].hop[0], ==, before.hop[0]);
    g_assert_cmpuint(s->path[0].failures, ==, 2);
    g_assert_cmpuint(s->pool.n_excluded, ==, 2);
    g_assert_cmpuint(s->path[0].n, ==, 3);
    g_assert_cmpint(probe_send(&probe), ==, SEND_FAILURES);
    world_free(probe.world);
}

static void
check_missing_relay(guint index)
{
    SessionConfig config = probe_config();
    Probe probe = probe_new(&config);
    Session *s = probe.world->session;
    Path before = s->path[0];

    probe.world->node[before.hop[index]].fault = FAULT_UNKNOWN;
    g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
    g_assert_cmpuint(s->path[0].hop[0], ==, before.hop[0]);
    g_assert_cmpuint(s->path[0].hop[1], ==, before.hop[3 - index]);
    g_assert_false(session_pool_has(s, before.hop[index]));
    for (guint i = 0; i < 3; i++)
        g_assert_cmpuint(s->path[0].hop[2], !=, before.hop[i]);
    g_assert_cmpuint(s->path[0].failures, ==, 0);
    g_assert_cmpuint(s->n_failures, ==, 0);
    g_assert_cmpuint(s->pool.n_excluded, ==, 1);
    g_assert_cmpint(probe_send(&probe), ==, SEND_FAILURES);
    world_free(probe.world);
}

static void
test_missing_relay_is_replaced_at_the_end(void)
{
    check_missing_relay(1);
    check_missing_relay(2);
}

static void
test_missing_target_leaves_pool_and_swarm(void)
{
    SessionConfig config = probe_config();
    Probe probe = probe_new(&config);
    Session *s = probe.world->session;
    Path before = s->path[0];

    for (guint i = 0; i < probe.n_swarm; i++)
        probe.world->node[probe.swarm[i]].fault = FAULT_UNKNOWN;
    g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
    g_assert_cmpuint(s->pool.n_excluded, ==, 1);
    g_assert_cmpuint(session_swarm_find(s, probe.account + 1)->n, ==, 6);
    g_assert_cmpmem(s->path[0].hop, sizeof before.hop, before.hop, sizeof before.hop);
    g_assert_cmpuint(s->path[0].failures, ==, 0);
    world_free(probe.world);
}

static void
test_named_guard_makes_the_next_relay_guard(void)
{
    SessionConfig config = probe_config();
    Probe probe = probe_new(&config);
    Session *s = probe.world->session;
    Path before = s->path[0];
    WorldNode *relay = &probe.world->node[before.hop[2]];
    g_autofree char *key = world_hex(session_node(s, before.hop[0])->ed25519);
    g_autofree char *text = g_strconcat("Next node not found: ", key, NULL);

    s->path[0].failures = 2;
    relay->fault = FAULT_PATH_STATUS;
    relay->status = 502;
    relay->text = text;
    g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
    g_assert_cmpuint(s->path[0].hop[0], ==, before.hop[1]);
    g_assert_cmpuint(s->path[0].hop[1], ==, before.hop[2]);
    g_assert_cmpuint(s->path[0].failures, ==, 0);
    world_free(probe.world);
}

static void
test_missing_nobody(void)
{
    const char *const texts[] = {
        "Next node not found: ",
        "Next node not found: zz",
        "Next node not found: "
        "0000000000000000000000000000000000000000000000000000000000000000",
        "Next node not found: "
        "00000000000000000000000000000000000000000000000000000000000000000",
    };
    SessionConfig config = probe_config();
    Probe probe = probe_new(&config);
    WorldNode *relay = &probe.world->node[probe.world->session->path[0].hop[1]];

    relay->fault = FAULT_PATH_STATUS;
    relay->status = 502;
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        relay->text = texts[i];
        g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
        check_nothing_was_blamed(&probe);
    }
    world_free(probe.world);
}

static void
test_what_costs_nobody_anything(void)
{
    const struct {
        Fault fault;
        int status;
        bool on_path;
        SendFailure failure;
    } cases[] = {
        { FAULT_PATH_STATUS, 400, true, SEND_PATH_ERROR },
        { FAULT_PATH_STATUS, 404, true, SEND_PATH_ERROR },
        { FAULT_PATH_STATUS, 406, true, SEND_CLOCK },
        { FAULT_PATH_STATUS, 425, true, SEND_CLOCK },
        { FAULT_STATUS, 400, false, SEND_REFUSED },
        { FAULT_STATUS, 406, false, SEND_CLOCK },
        { FAULT_STATUS, 425, false, SEND_CLOCK },
        { FAULT_SUB_STATUS, 400, false, SEND_REFUSED },
        { FAULT_SUB_STATUS, 406, false, SEND_CLOCK },
        { FAULT_GARBAGE, 0, false, SEND_UNREADABLE },
        { FAULT_NO_JSON, 0, false, SEND_UNREADABLE },
    };
    SessionConfig config = probe_config();

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Probe probe = probe_new(&config);
        World *world = probe.world;
        guint relay = world->session->path[0].hop[1];

        for (guint j = 0; j < probe.n_swarm; j++)
            world->node[probe.swarm[j]].fault =
                cases[i].on_path ? FAULT_NONE : cases[i].fault;
        for (guint j = 0; j < probe.n_swarm; j++)
            world->node[probe.swarm[j]].status = cases[i].status;
        if (cases[i].on_path)
            world->node[relay].fault = cases[i].fault;
        world->node[relay].status = cases[i].status;
        g_assert_cmpint(probe_send(&probe), ==, cases[i].failure);
        check_nothing_was_blamed(&probe);
        world_free(world);
    }
}

static void
check_target_failure(Fault fault, int status)
{
    SessionConfig config = probe_config();
    Probe probe;
    Session *s;
    guint target;

    config.swarm_min = 1;
    probe = probe_new(&config);
    s = probe.world->session;
    probe.n_swarm = 1;
    probe_learn_swarm(&probe);
    target = probe.swarm[0];
    probe.world->node[target].fault = fault;
    probe.world->node[target].status = status;
    for (guint i = 1; i <= 2; i++) {
        g_assert_cmpint(probe_send(&probe), ==, SEND_REFUSED);
        g_assert_cmpuint(s->n_failures, ==, 1);
        g_assert_cmpuint(probe_failures_of(s, target), ==, i);
    }
    g_assert_cmpint(probe_send(&probe), ==, SEND_REFUSED);
    g_assert_cmpuint(s->n_failures, ==, 0);
    g_assert_false(session_pool_has(s, (NodeRef)target));
    g_assert_cmpuint(session_swarm_find(s, probe.account + 1)->n, ==, 0);
    g_assert_cmpuint(s->path[0].failures, ==, 0);
    world_free(probe.world);
}

static void
test_target_failures(void)
{
    check_target_failure(FAULT_STATUS, 500);
    check_target_failure(FAULT_STATUS, 503);
    check_target_failure(FAULT_STATUS, 401);
    check_target_failure(FAULT_SUB_STATUS, 500);
    check_target_failure(FAULT_SUB_STATUS, 401);
}

/* 421 without a list: this node leaves the swarm and is blamed; with one: nobody is. */
static void
test_wrong_swarm_without_a_list(void)
{
    const char *const texts[] = { "no", "{\"snodes\":[]}", "{\"snodes\":7}", "[]" };
    SessionConfig config = probe_config();

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        Probe probe = probe_new(&config);
        World *world = probe.world;

        for (guint j = 0; j < probe.n_swarm; j++) {
            world->node[probe.swarm[j]].fault = FAULT_STATUS;
            world->node[probe.swarm[j]].status = 421;
            world->node[probe.swarm[j]].text = texts[i];
        }
        g_assert_cmpint(probe_send(&probe), ==, SEND_WRONG_SWARM);
        g_assert_cmpuint(session_swarm_find(world->session, probe.account + 1)->n, ==, 6);
        g_assert_cmpuint(world->session->n_failures, ==, 1);
        world_free(world);
    }
}

static void
test_tables_are_bounded(void)
{
    SessionConfig config = probe_config();
    World *world = world_new(700, &config);
    Session *s;

    world_online(world);
    world_run(world, 9 * SECOND);
    s = world->session;
    for (guint i = 0; i < 700; i++)
        session_blame_node(s, (NodeRef)i, NULL);
    g_assert_cmpuint(s->n_failures, ==, FAILURES_MAX);
    g_assert_cmpuint(probe_failures_of(s, 699), ==, 1);
    g_assert_cmpuint(probe_failures_of(s, 699 - FAILURES_MAX), ==, 0);

    /* A pool from which too much was dropped is none; a seed is asked for another. */
    recording_port_forget(world->recording);
    world->handled = 0;
    for (guint i = 0; i < EXCLUDED_MAX - 1; i++)
        session_pool_drop(s, (NodeRef)(2 * i));
    g_assert_cmpuint(session_pool_count(s), ==, 700 - (EXCLUDED_MAX - 1));
    g_assert_cmpuint(world_sent(world, KIND_SEED_RPC), ==, 0);
    session_pool_drop(s, 1);
    g_assert_cmpuint(session_pool_count(s), ==, 0);
    session_pool_drop(s, 3);
    g_assert_cmpuint(world_sent(world, KIND_SEED_RPC), ==, 1);
    world_run(world, 10 * SECOND);
    g_assert_cmpuint(session_pool_count(s), ==, 700);
    world_free(world);
}

static void
test_draws_skip_what_was_dropped(void)
{
    SessionConfig config = probe_config();
    World *world = world_new(21, &config);
    guint drawn[21] = { 0 };

    world_online(world);
    world_run(world, 9 * SECOND);
    for (guint i = 0; i < 21; i += 3)
        session_pool_drop(world->session, (NodeRef)i);
    for (guint i = 0; i < 14000; i++) {
        NodeRef node;

        g_assert_true(session_pool_draw(world->session, RANDOM_PATH, &node));
        drawn[node]++;
    }
    for (guint i = 0; i < 21; i++) {
        if (i % 3 == 0)
            g_assert_cmpuint(drawn[i], ==, 0);
        else /* a thousand each; five standard deviations */
            g_assert_cmpuint(ABS((int)drawn[i] - 1000), <, 160);
    }
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/path-failures", test_path_failures);
    g_test_add_func("/session/success-forgives-nothing", test_success_forgives_nothing);
    g_test_add_func("/session/relays-are-replaced-in-place",
                    test_relays_are_replaced_in_place);
    g_test_add_func("/session/missing-relay-is-replaced-at-the-end",
                    test_missing_relay_is_replaced_at_the_end);
    g_test_add_func("/session/missing-target-leaves-pool-and-swarm",
                    test_missing_target_leaves_pool_and_swarm);
    g_test_add_func("/session/named-guard-makes-the-next-relay-guard",
                    test_named_guard_makes_the_next_relay_guard);
    g_test_add_func("/session/missing-nobody", test_missing_nobody);
    g_test_add_func("/session/what-costs-nobody-anything", test_what_costs_nobody_anything);
    g_test_add_func("/session/target-failures", test_target_failures);
    g_test_add_func("/session/wrong-swarm-without-a-list", test_wrong_swarm_without_a_list);
    g_test_add_func("/session/tables-are-bounded", test_tables_are_bounded);
    g_test_add_func("/session/draws-skip-what-was-dropped",
                    test_draws_skip_what_was_dropped);
    return g_test_run();
}
