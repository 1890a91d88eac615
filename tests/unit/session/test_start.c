/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From nothing to a client that polls: seed, guards, paths, swarm; coming and going; what
 * lasts; what it weighs (protocol 5.1 to 5.4). */
#include "tests/unit/session/world.h"

static void
test_first_start(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    const SentMessage *seed;
    const TakenNote *poll;

    world_run(world, 10 * SECOND);
    g_assert_cmpuint(world->recording->sent->len, ==, 0); /* offline: silent */
    world_online(world);
    world_run(world, 14 * SECOND - 1);
    g_assert_cmpuint(world->recording->sent->len, ==, 0); /* 4 s after coming online ... */
    world_run(world, 18 * SECOND + 200 * MILLISECOND);    /* ... and up to 4 s of phase */

    seed = recording_sent(world->recording, 0);
    g_assert_cmpint(seed->kind, ==, KIND_SEED_RPC);
    g_assert_true(seed->to == WORLD_SEED);
    g_assert_cmpint(seed->timeout, ==, config.seed_timeout);
    g_assert_cmpuint(world_sent(world, KIND_SEED_RPC), ==, 1);
    g_assert_cmpuint(world_sent(world, KIND_STORAGE_RPC), ==, 2); /* guard tests */
    g_assert_cmpuint(world_note(world, NOTE_POOL)->a, ==, 70);
    g_assert_cmpuint(world_note(world, NOTE_POOL)->b, ==, 1);
    g_assert_cmpuint(world_note(world, NOTE_PATHS_BUILT)->a, ==, 2);

    g_assert_cmpuint(world_count(world, "get_swarm"), ==, 1);
    g_assert_cmpuint(world_count(world, "retrieve"), ==, 1);
    poll = world_note(world, NOTE_POLL);
    g_assert_nonnull(poll);
    g_assert_cmpuint(poll->a, ==, 0);
    g_assert_cmpuint(poll->b, ==, 200);
    world_free(world);
}

static void
test_bodies_of_seed_and_guard_test(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    g_autofree char *expected = NULL;
    char account_hex[2 * ACCOUNT_BYTES + 1] = "";
    uint8_t account[ACCOUNT_BYTES];
    Bytes body;
    json_t *json;

    world_online(world);
    world_run(world, 9 * SECOND);
    body = packet_bytes(&recording_sent(world->recording, 0)->packet);
    json = json_loadb((const char *)body.p, body.n, 0, NULL);
    g_assert_cmpstr(json_string_value(json_object_get(json, "method")), ==,
                    "get_n_service_nodes");
    g_assert_true(
        json_is_true(json_object_get(json_object_get(json, "params"), "active_only")));
    json_decref(json);

    session_account(world->session, account);
    hex_encode((Bytes){ account, ACCOUNT_BYTES }, account_hex);
    expected = g_strdup_printf("{\"jsonrpc\":\"2.0\",\"method\":\"get_swarm\","
                               "\"params\":{\"pubkey\":\"%s\"}}",
                               account_hex);
    for (guint i = 1; i <= 2; i++) {
        const SentMessage *test = recording_sent(world->recording, i);

        g_assert_cmpint(test->kind, ==, KIND_STORAGE_RPC);
        g_assert_cmpint(test->timeout, ==, config.guard_test_timeout);
        g_assert_true(bytes_equal_text(packet_bytes(&test->packet), expected));
    }
    world_free(world);
}

/* Each hop once, guards in front, target not among them, no two of one subnet. */
static void
check_paths(const World *world)
{
    const Session *s = world->session;
    bool used[200] = { false };

    g_assert_cmpuint(s->n_paths, ==, world->config.paths);
    for (guint i = 0; i < s->n_paths; i++) {
        const Path *path = &s->path[i];

        g_assert_cmpuint(path->n, ==, world->config.hops);
        g_assert_cmpuint(path->hop[0], ==, s->guard[i]);
        for (guint j = 0; j < path->n; j++) {
            g_assert_false(used[path->hop[j]]);
            used[path->hop[j]] = true;
        }
    }
}

static void
test_paths_are_disjoint_and_spare_the_target(void)
{
    SessionConfig config = world_config();
    const guint all_hops[] = { 1, 3, 5, PATH_HOPS_MAX };

    config.poll_interval = 1 * SECOND;
    config.paths = 4;
    for (guint k = 0; k < G_N_ELEMENTS(all_hops); k++) {
        guint hops = all_hops[k];
        World *world;

        config.hops = hops;
        world = world_new(hops > 5 ? 140 : 35, &config);
        world_online(world);
        world_run(world, 60 * SECOND);
        check_paths(world);
        g_assert_cmpuint(world->arrivals->len, >, 40);
        for (guint i = 0; i < world->arrivals->len; i++) {
            const Arrival *arrival = g_ptr_array_index(world->arrivals, i);

            g_assert_cmpuint(arrival->n_hops, ==, hops);
            for (guint j = 0; j < hops; j++)
                g_assert_cmpuint(arrival->hop[j], !=, arrival->node);
        }
        world_free(world);
    }
}

static void
test_polls_follow_the_end_of_the_last(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    Time last = 0;
    guint polls = 0;

    world_online(world);
    world_run(world, 60 * SECOND);
    for (guint i = 0; i < world->recording->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->recording, i);

        if (sent->kind != KIND_ONION)
            continue;
        g_assert_cmpint(sent->timeout, ==, config.request_timeout);
        if (polls++ >= 2) /* the first two are get_swarm and the first poll */
            g_assert_cmpint(sent->at - last, ==, config.poll_interval + WORLD_LATENCY);
        last = sent->at;
    }
    g_assert_cmpuint(polls, >, 9);
    g_assert_cmpuint(world_notes(world, NOTE_POLL), ==, world_count(world, "retrieve"));
    world_free(world);
}

static void
test_offline_is_silent_and_keeps_what_it_has(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    guint sent, retrieves;

    world_online(world);
    world_run(world, 20 * SECOND);
    retrieves = world_count(world, "retrieve");
    world_order(world, SESSION_OFFLINE);
    g_assert_true(world->recording->alarm == TIME_NEVER);
    sent = world->recording->sent->len;
    world_run(world, 2 * HOUR);
    g_assert_cmpuint(world->recording->sent->len, ==, sent);

    world_online(world);
    world_run(world, 2 * HOUR + 8 * SECOND + 100 * MILLISECOND);
    g_assert_cmpuint(world_count(world, "retrieve"), >, retrieves);
    g_assert_cmpuint(world_sent(world, KIND_SEED_RPC), ==, 1);
    g_assert_cmpuint(world_sent(world, KIND_STORAGE_RPC), ==, 2);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, 1);
    world_free(world);
}

static void
test_offline_forgets_answers_under_way(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    guint notes;

    world_online(world);
    /* The first thing that goes out is the seed's request; its answer comes too late. */
    while (world->recording->sent->len == 0)
        world_run(world, world->recording->alarm);
    world_order(world, SESSION_OFFLINE);
    notes = world->recording->notes->len;
    world_run(world, 1 * MINUTE);
    g_assert_cmpuint(world->recording->notes->len, ==, notes);
    g_assert_null(world->session->pool.list);
    world_online(world);
    world_run(world, 2 * MINUTE);
    g_assert_cmpuint(world_sent(world, KIND_SEED_RPC), ==, 2);
    g_assert_cmpuint(world_count(world, "retrieve"), >, 0);
    world_free(world);
}

static void
test_new_incarnation_keeps_guards_and_pool(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    NodeRef guard[2];

    world_online(world);
    world_run(world, 20 * SECOND);
    memcpy(guard, world->session->guard, sizeof guard);
    world_restart(world);
    g_assert_cmpuint(world->session->n_paths, ==, 0);
    world_run(world, 30 * SECOND);
    world_online(world);
    world_run(world, 50 * SECOND);
    g_assert_cmpmem(world->session->guard, sizeof guard, guard, sizeof guard);
    check_paths(world);
    g_assert_cmpuint(world_sent(world, KIND_SEED_RPC), ==, 1);
    g_assert_cmpuint(world_sent(world, KIND_STORAGE_RPC), ==, 2);
    g_assert_cmpuint(world_notes(world, NOTE_PATHS_BUILT), ==, 2);

    /* A guard that left the pool is none after the next start. */
    session_pool_drop(world->session, guard[0]);
    world_restart(world);
    g_assert_cmpuint(world->session->n_guards, ==, 1);
    world_online(world);
    world_run(world, 70 * SECOND);
    g_assert_cmpuint(world_sent(world, KIND_STORAGE_RPC), ==, 4);
    check_paths(world);
    world_free(world);
}

static void
test_seeds_are_tried_with_growing_gaps(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    const Time gap[] = { 1 * SECOND, 2 * SECOND, 4 * SECOND };
    Time before;

    world->seed_status = 500;
    world_online(world);
    world_run(world, 24 * SECOND);
    g_assert_cmpuint(world_sent(world, KIND_SEED_RPC), >=, 5);
    before = recording_sent(world->recording, 0)->at;
    for (guint i = 1; i <= 3; i++) {
        Time at = recording_sent(world->recording, i)->at;

        g_assert_cmpint(at - before, ==, WORLD_LATENCY + gap[i - 1]);
        before = at;
    }
    /* Then the build of paths begins its next try, and asks again. */
    g_assert_cmpint(recording_sent(world->recording, 4)->at - before, ==,
                    WORLD_LATENCY + config.path_build_gap);
    /* Meanwhile polls give up after their time. */
    g_assert_cmpuint(world_notes(world, NOTE_POLL), >=, 1);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 0);
    world->seed_status = 0;
    world_run(world, 80 * SECOND);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
    world_free(world);
}

static void
test_guards_are_tested_in_rounds(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    const SentMessage *test;
    Time first;

    for (guint i = 0; i < world->n_nodes; i++)
        world->node[i].fault = FAULT_REFUSES;
    world_online(world);
    world_run(world, 9 * SECOND + 500 * MILLISECOND);
    /* Message 0 is the seed's.  Six rounds of two, all refused, then the next try. */
    first = recording_sent(world->recording, 1)->at;
    for (guint i = 0; i < 14; i++) {
        test = recording_sent(world->recording, 1 + i);
        g_assert_cmpint(test->kind, ==, KIND_STORAGE_RPC);
        g_assert_cmpint(test->at - first, ==,
                        i / 2 * WORLD_LATENCY + (i < 12 ? 0 : config.path_build_gap));
        for (guint j = 0; j < MIN(i, 12) && i < 12; j++)
            g_assert_true(recording_sent(world->recording, 1 + j)->to != test->to);
    }
    for (guint i = 0; i < world->n_nodes; i++)
        world->node[i].fault = FAULT_NONE;
    world_run(world, 11 * SECOND);
    check_paths(world);
    world_free(world);
}

static void
test_guards_that_fail_are_none(void)
{
    SessionConfig config = world_config();

    for (int fault = FAULT_SILENT; fault <= FAULT_NOT_READY; fault++) {
        World *world = world_new(70, &config);

        for (guint i = 0; i < world->n_nodes; i += 2)
            world->node[i].fault = (Fault)fault;
        world_online(world);
        world_run(world, 2 * MINUTE);
        g_assert_cmpuint(world->session->n_guards, ==, 2);
        for (guint i = 0; i < 2; i++)
            g_assert_cmpuint(world->session->guard[i] % 2, ==, 1);
        world_free(world);
    }
}

static void
test_subnets_are_kept_apart(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    NodeRecord *nodes;

    /* Everything in one /24 but for a few: relays come from one node of it at most. */
    nodes = world->snapshot->nodes->nodes;
    world_online(world);
    world_run(world, 10 * SECOND);
    for (guint i = 0; i < 60; i++)
        nodes[i].ip = 0x0b000000u + i;
    for (guint round = 0; round < 200; round++) {
        guint crowded = 0;

        if (!session_paths_draw(world->session))
            continue;
        for (guint i = 0; i < world->session->n_paths; i++)
            for (guint j = 1; j < world->session->path[i].n; j++)
                crowded += world->session->path[i].hop[j] < 60;
        g_assert_cmpuint(crowded, <=, 1);
    }
    world->config.path_subnet_bits = 0;
    g_assert_true(session_paths_draw(world->session));
    check_paths(world);
    world_free(world);
}

/* The weight of a subnet is its number of nodes (5.2): half of the nodes in one subnet are
 * a first relay in half of the draws. */
static void
test_subnets_weigh_as_many_as_they_have(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    guint crowded = 0, rounds = 4000;

    world_online(world);
    world_run(world, 10 * SECOND);
    for (guint i = 0; i < 35; i++)
        world->snapshot->nodes->nodes[i].ip = 0x0b000000u + i;
    world->session->guard[0] = 68;
    world->session->guard[1] = 69;
    for (guint round = 0; round < rounds; round++) {
        g_assert_true(session_paths_draw(world->session));
        crowded += world->session->path[0].hop[1] < 35;
    }
    /* 35 of 68; four standard deviations are 0.032. */
    g_assert_cmpfloat(crowded / (double)rounds, >, 35.0 / 68 - 0.032);
    g_assert_cmpfloat(crowded / (double)rounds, <, 35.0 / 68 + 0.032);
    world_free(world);
}

static void
test_resting_client_is_small(void)
{
    SessionConfig config = world_config();
    World *world = world_new(700, &config);
    size_t bytes;

    world_online(world);
    for (guint i = 0; i < 10; i++) {
        uint8_t account[ACCOUNT_BYTES];

        world_account(i, account);
        world_write(world, i + 1, account, 100);
    }
    world_run(world, 20 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 10);
    g_assert_cmpuint(world->session->swarms.n, ==, 10);
    g_assert_cmpuint(world->session->n_paths, ==, 2);
    world_order(world, SESSION_OFFLINE);
    bytes = session_memory(world->session);
    g_test_message("a resting client has %zu bytes", bytes);
    g_assert_cmpuint(bytes, <=, 2048);
    world_free(world);
}

/* What the client did: when, to whom, how long; and what it said. */
static GString *
story_of(const CryptoOps *ops)
{
    SessionConfig config = session_config_2024;
    World *world;
    GString *story = g_string_new("");

    config.pool_first_refresh = 20 * SECOND;
    world = world_new(70, &config);
    world->crypto.ops = ops;
    world->node[5].fault = FAULT_SILENT;
    world->node[40].fault = FAULT_UNKNOWN;
    world_online(world);
    for (guint i = 0; i < 20; i++) {
        uint8_t account[ACCOUNT_BYTES];

        world_account(i, account);
        world_write(world, i + 1, account, 20 * i);
    }
    world_run(world, 2 * MINUTE);
    for (guint i = 0; i < world->recording->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->recording, i);

        g_string_append_printf(story, "%ld %lx %d %u\n", (long)sent->at,
                               (unsigned long)sent->to, sent->kind, sent->packet.length);
    }
    for (guint i = 0; i < world->recording->notes->len; i++) {
        const TakenNote *note = recording_note(world->recording, i);

        g_string_append_printf(story, "%ld %d %lu %lu %u\n", (long)note->at, note->kind,
                               (unsigned long)note->a, (unsigned long)note->b,
                               note->text->len);
    }
    world_free(world);
    return story;
}

static void
test_real_and_null_cryptography_tell_one_story(void)
{
    GString *real = story_of(&crypto_real), *null = story_of(&crypto_null);

    g_assert_cmpuint(real->len, >, 2000);
    g_assert_cmpstr(real->str, ==, null->str);
    g_string_free(real, TRUE);
    g_string_free(null, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/first-start", test_first_start);
    g_test_add_func("/session/bodies-of-seed-and-guard-test",
                    test_bodies_of_seed_and_guard_test);
    g_test_add_func("/session/paths-are-disjoint-and-spare-the-target",
                    test_paths_are_disjoint_and_spare_the_target);
    g_test_add_func("/session/polls-follow-the-end-of-the-last",
                    test_polls_follow_the_end_of_the_last);
    g_test_add_func("/session/offline-is-silent-and-keeps-what-it-has",
                    test_offline_is_silent_and_keeps_what_it_has);
    g_test_add_func("/session/offline-forgets-answers-under-way",
                    test_offline_forgets_answers_under_way);
    g_test_add_func("/session/new-incarnation-keeps-guards-and-pool",
                    test_new_incarnation_keeps_guards_and_pool);
    g_test_add_func("/session/seeds-are-tried-with-growing-gaps",
                    test_seeds_are_tried_with_growing_gaps);
    g_test_add_func("/session/guards-are-tested-in-rounds",
                    test_guards_are_tested_in_rounds);
    g_test_add_func("/session/guards-that-fail-are-none", test_guards_that_fail_are_none);
    g_test_add_func("/session/subnets-are-kept-apart", test_subnets_are_kept_apart);
    g_test_add_func("/session/subnets-weigh-as-many-as-they-have",
                    test_subnets_weigh_as_many_as_they_have);
    g_test_add_func("/session/real-and-null-cryptography-tell-one-story",
                    test_real_and_null_cryptography_tell_one_story);
    g_test_add_func("/session/resting-client-is-small", test_resting_client_is_small);
    return g_test_run();
}
