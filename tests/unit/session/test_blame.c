/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who pays for a failure, and for how long, where the defects of protocol 8.13 and 8.14 are
 * mended and in 2025 (7, row 14).  With the defects: test_failures.c. */
#include "tests/unit/session/probe.h"

static void
set_relay(Probe *probe, guint node, Fault fault)
{
    probe->world->node[node].fault = fault;
    probe->world->node[node].status = 500;
}

/* Eight-thirteen: relays are not blamed for one another. */
static void
test_only_the_path_is_blamed(void)
{
    SessionConfig config = probe_config();
    Probe probe;
    Session *s;
    Path before;

    config.defect_blame_whole_path = false;
    probe = probe_new(&config);
    s = probe.world->session;
    before = s->path[0];
    set_relay(&probe, before.hop[1], FAULT_SILENT);
    for (guint i = 1; i <= 2; i++) {
        g_assert_cmpint(probe_send(&probe), ==, SEND_TIMEOUT);
        g_assert_cmpuint(s->path[0].failures, ==, i);
        g_assert_cmpuint(s->n_failures, ==, 0);
    }
    /* The third costs path and guard. */
    g_assert_cmpint(probe_send(&probe), ==, SEND_TIMEOUT);
    g_assert_cmpuint(s->pool.n_excluded, ==, 1);
    g_assert_false(session_pool_has(s, before.hop[0]));
    world_free(probe.world);
}

static void
test_success_forgives(void)
{
    SessionConfig config = probe_config();
    Probe probe;
    Session *s;
    guint relay;

    config.defect_success_forgives_nothing = false;
    probe = probe_new(&config);
    s = probe.world->session;
    relay = s->path[0].hop[2];
    set_relay(&probe, relay, FAULT_PATH_STATUS);
    g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
    g_assert_cmpuint(probe_failures_of(s, relay), ==, 1);
    set_relay(&probe, relay, FAULT_NONE);
    g_assert_cmpint(probe_send(&probe), ==, SEND_FAILURES);
    g_assert_cmpuint(s->path[0].failures, ==, 0);
    g_assert_cmpuint(s->n_failures, ==, 0);
    world_free(probe.world);
}

/* A destination's error is no success of the destination, but one of the path. */
static void
test_refusal_forgives_the_path_alone(void)
{
    SessionConfig config = probe_config();
    Probe probe;
    Session *s;
    guint relay, blamed = 0;

    config.defect_success_forgives_nothing = false;
    config.node_failures_max = 100;
    probe = probe_new(&config);
    s = probe.world->session;
    relay = s->path[0].hop[2];
    set_relay(&probe, relay, FAULT_PATH_STATUS);
    g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
    set_relay(&probe, relay, FAULT_NONE);
    for (guint i = 0; i < probe.n_swarm; i++)
        set_relay(&probe, probe.swarm[i], FAULT_STATUS);
    for (guint i = 0; i < 10; i++)
        g_assert_cmpint(probe_send(&probe), ==, SEND_REFUSED);
    g_assert_cmpuint(s->path[0].failures, ==, 0);
    g_assert_cmpuint(probe_failures_of(s, relay), ==, 0);
    for (guint i = 0; i < probe.n_swarm; i++)
        blamed += probe_failures_of(s, probe.swarm[i]);
    g_assert_cmpuint(blamed, ==, 10);
    world_free(probe.world);
}

static SessionConfig
config_2025(void)
{
    SessionConfig config = probe_config();

    config.defect_blame_whole_path = false;
    config.defect_named_node_alone = false;
    config.failure_life = 48 * HOUR;
    return config;
}

/* The node that a relay names and the path pay, whatever the words are. */
static void
check_named(Fault fault)
{
    SessionConfig config = config_2025();
    Probe probe = probe_new(&config);
    Session *s = probe.world->session;
    Path before = s->path[0];

    set_relay(&probe, before.hop[2], fault);
    for (guint i = 1; i <= 2; i++) {
        g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
        g_assert_cmpuint(probe_failures_of(s, before.hop[2]), ==, i);
        g_assert_cmpuint(probe_failures_of(s, before.hop[1]), ==, 0);
        g_assert_cmpuint(s->path[0].failures, ==, i);
    }
    g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
    g_assert_false(session_pool_has(s, before.hop[2]));
    g_assert_true(session_pool_has(s, before.hop[1]));
    world_free(probe.world);
}

static void
test_named_node_and_path_pay(void)
{
    check_named(FAULT_UNKNOWN);
    check_named(FAULT_NOT_READY);
}

/* Words without a key, or with one that nobody has, cost the path. */
static void
test_named_nobody(void)
{
    const char *const texts[] = {
        "Next node is currently unreachable: ",
        "Snode not ready: zz",
        ("Next node not found: "
         "0000000000000000000000000000000000000000000000000000000000000000"),
        "Something else",
    };
    SessionConfig config = config_2025();
    Probe probe;
    Session *s;

    config.path_failures_max = 100;
    probe = probe_new(&config);
    s = probe.world->session;
    set_relay(&probe, s->path[0].hop[1], FAULT_PATH_STATUS);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        probe.world->node[s->path[0].hop[1]].text = texts[i];
        g_assert_cmpint(probe_send(&probe), ==, SEND_PATH_ERROR);
        g_assert_cmpuint(s->path[0].failures, ==, i + 1);
        g_assert_cmpuint(s->n_failures, ==, 0);
    }
    world_free(probe.world);
}

/* A refresh that brings the same nodes, and one that brings them in other places. */
static void
refresh(World *world, bool (*listed)(guint node))
{
    world->session->now = world->recording->now;
    session_pool_replace(world->session, world_list(world, listed));
}

static bool
all_but_the_first(guint node)
{
    return node > 0;
}

static void
check_failure_life(Duration life, bool kept)
{
    SessionConfig config = probe_config();
    Probe probe;
    Session *s;
    guint relay = 20;

    config.failure_life = life;
    probe = probe_new(&config);
    s = probe.world->session;
    s->now = probe.world->recording->now;
    session_blame_node(s, 30, NULL);
    for (guint i = 0; i < 3; i++)
        session_blame_node(s, (NodeRef)relay, NULL);
    g_assert_false(session_pool_has(s, (NodeRef)relay));
    refresh(probe.world, NULL);
    g_assert_cmpint(session_pool_has(s, (NodeRef)relay), ==, !kept);
    g_assert_cmpuint(probe_failures_of(s, 30), ==, kept);
    /* In another list it stands elsewhere. */
    refresh(probe.world, all_but_the_first);
    g_assert_cmpint(session_pool_has(s, (NodeRef)(relay - 1)), ==, !kept);
    g_assert_true(session_pool_has(s, (NodeRef)relay));
    g_assert_cmpuint(probe_failures_of(s, 29), ==, kept);
    world_restart(probe.world);
    g_assert_cmpuint(probe_failures_of(s, 29), ==, kept);
    /* Time heals. */
    probe.world->recording->now += 48 * HOUR;
    refresh(probe.world, all_but_the_first);
    g_assert_true(session_pool_has(s, (NodeRef)(relay - 1)));
    g_assert_cmpuint(s->n_failures, ==, 0);
    world_free(probe.world);
}

static void
test_failures_until_the_refresh(void)
{
    check_failure_life(0, false);
}

static void
test_failures_live_on(void)
{
    check_failure_life(48 * HOUR, true);
}

/* A counter that is not looked at for long starts again. */
static void
test_failures_expire(void)
{
    SessionConfig config = config_2025();
    Probe probe = probe_new(&config);
    Session *s = probe.world->session;

    s->now = probe.world->recording->now;
    session_blame_node(s, 30, NULL);
    session_blame_node(s, 30, NULL);
    s->now += 48 * HOUR - 1;
    session_blame_node(s, 31, NULL);
    s->now += 1;
    session_blame_node(s, 30, NULL);
    g_assert_cmpuint(probe_failures_of(s, 30), ==, 1);
    session_blame_node(s, 31, NULL);
    g_assert_cmpuint(probe_failures_of(s, 31), ==, 2);
    world_free(probe.world);
}

/* --- 8.14 -------------------------------------------------------------------------- */

/* Two paths; the guard of one dies.  Is the other as it was? */
static bool
other_path_stays(SessionConfig *config)
{
    Probe probe;
    Session *s;
    Path good;
    NodeRef dead;
    bool stays = false;

    config->paths = 2;
    probe = probe_new(config);
    s = probe.world->session;
    good = s->path[0];
    dead = s->path[1].hop[0];
    set_relay(&probe, dead, FAULT_SILENT);
    for (guint i = 0; i < 20 && session_pool_has(s, dead); i++)
        probe_send(&probe);
    world_run(probe.world, probe.world->recording->now + MINUTE);
    g_assert_false(session_pool_has(s, dead));
    g_assert_cmpuint(s->n_paths, ==, 2);
    g_assert_cmpuint(s->n_guards, ==, 2);
    for (guint i = 0; i < s->n_paths; i++)
        stays |= memcmp(s->path[i].hop, good.hop, sizeof good.hop) == 0;
    for (guint i = 0; i < 3; i++)
        for (guint j = 0; j < 3; j++)
            g_assert_cmpuint(s->path[0].hop[i], !=, s->path[1].hop[j]);
    g_assert_cmpint(probe_send(&probe), ==, SEND_FAILURES);
    world_free(probe.world);
    return stays;
}

static void
test_one_guard_lost_all_paths_rebuilt(void)
{
    SessionConfig config = probe_config();

    g_assert_false(other_path_stays(&config));
}

static void
test_one_guard_lost_one_path_rebuilt(void)
{
    SessionConfig config = probe_config();

    config.defect_rebuild_all_paths = false;
    g_assert_true(other_path_stays(&config));
}

static guint
tests_that_name_the_account(bool defect)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    char hex[2 * ACCOUNT_BYTES + 1] = "";
    World *world;
    guint n = 0, tests = 0;

    config.defect_guard_test_names_account = defect;
    world = world_new(70, &config);
    session_account(world->session, account);
    hex_encode((Bytes){ account, ACCOUNT_BYTES }, hex);
    world_online(world);
    world_run(world, 9 * SECOND);
    g_assert_cmpuint(world->session->n_paths, ==, 2);
    for (guint i = 0; i < world->recording->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->recording, i);
        Bytes text = packet_bytes(&sent->packet);

        if (sent->kind != KIND_STORAGE_RPC)
            continue;
        tests++;
        n += g_strstr_len((const char *)text.p, (gssize)text.n, hex) != NULL;
    }
    g_assert_cmpuint(tests, ==, 2);
    world_free(world);
    return n;
}

static void
test_guard_tests_and_the_account(void)
{
    g_assert_cmpuint(tests_that_name_the_account(true), ==, 2);
    g_assert_cmpuint(tests_that_name_the_account(false), ==, 0);
}

/* --- 7, row 14: gaps of path building ------------------------------------------------ */

static void
test_gaps_double(void)
{
    const Duration from_200ms[] = { 200, 400, 800, 1600, 3200, 5000, 5000 };

    for (guint i = 0; i < G_N_ELEMENTS(from_200ms); i++)
        g_assert_cmpint(session_gap(200 * MILLISECOND, i + 1, 5 * SECOND), ==,
                        from_200ms[i] * MILLISECOND);
    for (guint i = 1; i < 100; i++) {
        g_assert_cmpint(session_gap(SECOND, i, SECOND), ==, SECOND);
        g_assert_cmpint(session_gap(3 * SECOND, i, SECOND), ==, 3 * SECOND);
        g_assert_cmpint(session_gap(0, i, SECOND), ==, 0);
    }
}

/* All guards refuse: when are they tested? */
static void
test_builds_come_less_often(void)
{
    const Duration gap_ms[] = { 200, 400, 800, 1000, 1000 };
    SessionConfig config = world_config();
    World *world;
    Time last = 0;
    guint builds = 0;

    config.path_build_gap = 200 * MILLISECOND;
    config.path_build_gap_max = 1 * SECOND;
    config.path_build_tries = 6;
    config.guard_test_rounds = 1;
    world = world_new(70, &config);
    for (guint i = 0; i < world->n_nodes; i++)
        world->node[i].fault = FAULT_REFUSES;
    world_online(world);
    world_run(world, 20 * SECOND);
    for (guint i = 0; i < world->recording->sent->len && builds <= 5; i++) {
        const SentMessage *sent = recording_sent(world->recording, i);

        if (sent->kind != KIND_STORAGE_RPC || (builds > 0 && sent->at == last))
            continue;
        if (builds > 0)
            g_assert_cmpint(sent->at - last, ==,
                            gap_ms[builds - 1] * MILLISECOND + WORLD_LATENCY);
        last = sent->at;
        builds++;
    }
    g_assert_cmpuint(builds, ==, 6);
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/only-the-path-is-blamed", test_only_the_path_is_blamed);
    g_test_add_func("/session/success-forgives", test_success_forgives);
    g_test_add_func("/session/refusal-forgives-the-path-alone",
                    test_refusal_forgives_the_path_alone);
    g_test_add_func("/session/named-node-and-path-pay", test_named_node_and_path_pay);
    g_test_add_func("/session/named-nobody", test_named_nobody);
    g_test_add_func("/session/failures-until-the-refresh", test_failures_until_the_refresh);
    g_test_add_func("/session/failures-live-on", test_failures_live_on);
    g_test_add_func("/session/failures-expire", test_failures_expire);
    g_test_add_func("/session/one-guard-lost-all-paths-rebuilt",
                    test_one_guard_lost_all_paths_rebuilt);
    g_test_add_func("/session/one-guard-lost-one-path-rebuilt",
                    test_one_guard_lost_one_path_rebuilt);
    g_test_add_func("/session/guard-tests-and-the-account",
                    test_guard_tests_and_the_account);
    g_test_add_func("/session/gaps-double", test_gaps_double);
    g_test_add_func("/session/builds-come-less-often", test_builds_come_less_often);
    return g_test_run();
}
