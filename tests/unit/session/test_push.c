/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client that has itself woken: what the real push server takes from it, and when it says
 * it again. */
#include "nodes/outside/push_server.h"
#include "tests/unit/session/outside.h"

typedef struct Fixture {
    SessionConfig config;
    World *world;
    WorldOutside outside;
    PushServerConfig server_config;
    PushServer *server;
} Fixture;

static void
setup(Fixture *f, gconstpointer data)
{
    const uint8_t seed[KEY_BYTES] = { 4 };

    (void)data;
    f->config = world_config();
    f->world = world_new(70, &f->config);
    outside_open(&f->outside);
    f->server_config = push_server_config_default;
    f->server = push_server_new(&f->outside.crypto, &f->outside.recording->port,
                                &f->server_config, seed, address_of(7, 443));
    outside_start(&f->outside, f->world, &push_server_ops, f->server, "push",
                  push_server_key(f->server)->pk);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    (void)data;
    outside_close(&f->outside);
}

static void
test_nobody(Fixture *f, gconstpointer data)
{
    (void)data;
    world_online(f->world);
    world_run_for(f->world, 2 * MINUTE);
    g_assert_cmpuint(f->outside.posted, ==, 0);
}

static void
test_subscribes(Fixture *f, gconstpointer data)
{
    (void)data;
    f->world->config.push_server = &f->outside.address;
    world_online(f->world);
    world_run_for(f->world, 2 * MINUTE);
    g_assert_cmpuint(push_server_counts(f->server).subscriptions, ==, 1);
    g_assert_cmpuint(f->outside.posted, ==, 1);
    /* It is good for a day, also when the client comes and goes. */
    world_order(f->world, SESSION_OFFLINE);
    world_run_for(f->world, MINUTE);
    world_online(f->world);
    world_run_for(f->world, HOUR);
    g_assert_cmpuint(f->outside.posted, ==, 1);
    world_run_for(f->world, DAY);
    g_assert_cmpuint(f->outside.posted, ==, 2);
    g_assert_cmpuint(push_server_counts(f->server).subscriptions, ==, 1);
}

static void
test_again(Fixture *f, gconstpointer data)
{
    (void)data;
    f->world->config.push_server = &f->outside.address;
    f->outside.silent = true;
    world_online(f->world);
    world_run_for(f->world, 2 * MINUTE);
    g_assert_cmpuint(f->outside.posted, >, 0);
    g_assert_cmpuint(push_server_counts(f->server).subscriptions, <=, 1);
    f->outside.silent = false;
    world_run_for(f->world, 5 * MINUTE);
    g_assert_cmpuint(push_server_counts(f->server).subscriptions, ==, 1);
    f->outside.posted = 0;
    world_run_for(f->world, HOUR);
    g_assert_cmpuint(f->outside.posted, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, function)                                                                \
    g_test_add("/session/push/" name, Fixture, NULL, setup, function, teardown)
    ADD("nobody", test_nobody);
    ADD("subscribes", test_subscribes);
    ADD("again", test_again);
    return g_test_run();
}
