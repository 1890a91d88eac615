/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clients that store to several members of a swarm, and poll several. */
#include "tests/unit/session/world.h"

static SessionConfig
config_of(uint32_t store_to, uint32_t poll_members)
{
    SessionConfig config = world_config();

    config.store_to = store_to;
    config.poll_members = poll_members;
    config.onion_tries = 1;
    config.node_failures_max = 200;
    config.path_failures_max = 200;
    return config;
}

static guint
copies(const World *world, const guint *swarm, guint n)
{
    guint found = 0;

    for (guint i = 0; i < n; i++)
        found += world->node[swarm[i]].store->len;
    return found;
}

/* The first @failing members of the swarm of account 3 answer 500; then a message goes. */
static guint
send_with(World *world, guint failing, guint *ret_copies)
{
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16], n;

    world_account(3, account);
    n = world_swarm(world, account, swarm);
    for (guint i = 0; i < failing; i++) {
        world->node[swarm[i]].fault = FAULT_STATUS;
        world->node[swarm[i]].status = 500;
    }
    world_write(world, 7, account, 100);
    world_run(world, 15 * SECOND);
    *ret_copies = copies(world, swarm, n);
    return n;
}

static void
test_store_to(void)
{
    for (guint store_to = 1; store_to <= 4; store_to++) {
        SessionConfig config = config_of(store_to, 1);
        World *world;
        guint found;

        config.poll_interval = 100 * HOUR;
        world = world_new_online(&config);
        send_with(world, 0, &found);
        g_assert_cmpuint(found, ==, store_to);
        g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
        g_assert_cmpuint(world_notes(world, NOTE_SEALED), ==, 1);
        g_assert_cmpuint(session_outbox(world->session), ==, 0);
        world_free(world);
    }
}

/* Who fails is replaced by the next one. */
static void
test_store_to_others(void)
{
    SessionConfig config = config_of(3, 1);
    World *world;
    guint found;

    config.poll_interval = 100 * HOUR;
    world = world_new_online(&config);
    send_with(world, 2, &found);
    g_assert_cmpuint(found, ==, 3);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 1);
    world_free(world);
}

/* Two that can keep it are not three. */
static void
test_store_to_in_vain(void)
{
    SessionConfig config = config_of(3, 1);
    World *world;
    guint found, n;

    config.poll_interval = 100 * HOUR;
    config.send_tries = 1;
    world = world_new_online(&config);
    n = send_with(world, 0, &found);
    world_free(world);
    world = world_new_online(&config);
    send_with(world, n - 2, &found);
    g_assert_cmpuint(found, ==, 2);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 0);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT_FAILED), ==, 1);
    g_assert_cmpuint(session_outbox(world->session), ==, 1);
    world_free(world);
}

/* More than there are: all of them. */
static void
test_store_to_all(void)
{
    SessionConfig config = config_of(30, 1);
    World *world;
    guint found, n;

    config.poll_interval = 100 * HOUR;
    world = world_new_online(&config);
    n = send_with(world, 0, &found);
    g_assert_cmpuint(found, ==, n);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    world_free(world);
}

/* --- polling ---------------------------------------------------------------------------
 */

/* How many nodes were asked for messages. */
static guint
polled(const World *world)
{
    gboolean asked[70] = { FALSE };
    guint found = 0;

    for (guint i = 0; i < world->arrivals->len; i++) {
        const Arrival *arrival = g_ptr_array_index(world->arrivals, i);
        const char *method =
            json_string_value(json_object_get(arrival_first(arrival), "method"));

        if (g_strcmp0(method, "retrieve") != 0 || asked[arrival->node])
            continue;
        asked[arrival->node] = TRUE;
        found++;
    }
    return found;
}

static void
test_poll_members(void)
{
    for (guint members = 1; members <= 5; members++) {
        SessionConfig config = config_of(1, members);
        World *world;

        config.poll_interval = HOUR;
        world = world_new_online(&config);
        world_run(world, MINUTE);
        g_assert_cmpuint(world_notes(world, NOTE_POLL), ==, members);
        g_assert_cmpuint(polled(world), ==, members);
        world_free(world);
    }
}

/* The same message at all members: delivered once, and told each time more. */
static void
test_fetched_again(void)
{
    static const uint8_t sender[32] = { 9 };
    SessionConfig config = config_of(1, 4);
    World *world;
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16], n;
    char *data;

    config.poll_interval = HOUR;
    world = world_new(70, &config);
    session_account(world->session, account);
    n = world_swarm(world, account, swarm);
    data = world_seal_text(world, sender, 77, 100, WORLD_EPOCH_MS);
    for (guint i = 0; i < n; i++)
        world_put(world, swarm[i], account, 0, data);
    g_free(data);
    world_online(world);
    world_run(world, MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 1);
    g_assert_cmpuint(world_note(world, NOTE_OPENED)->a, ==, 0);
    g_assert_cmpuint(world_notes(world, NOTE_AGAIN), ==, 3);
    world_free(world);
}

/* A member that does not answer costs its time out, and the others are asked. */
static void
test_silent_member(void)
{
    SessionConfig config = config_of(1, 7);
    World *world;
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16], n;

    config.poll_interval = HOUR;
    world = world_new(70, &config);
    session_account(world->session, account);
    n = world_swarm(world, account, swarm);
    world->node[swarm[0]].fault = FAULT_GARBAGE;
    world_online(world);
    world_run(world, 2 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_POLL), ==, n);
    g_assert_cmpuint(polled(world), ==, n);
    /* Then it rests. */
    world_run(world, 30 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_POLL), ==, n);
    world_free(world);
}

#define ADD(path, function) g_test_add_func("/session/members/" path, function)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("store-to", test_store_to);
    ADD("store-to-others", test_store_to_others);
    ADD("store-to-in-vain", test_store_to_in_vain);
    ADD("store-to-all", test_store_to_all);
    ADD("poll-members", test_poll_members);
    ADD("fetched-again", test_fetched_again);
    ADD("silent-member", test_silent_member);
    return g_test_run();
}
