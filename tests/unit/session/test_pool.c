/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where node lists come from, and what a new list changes (protocol 5.1). */
#include "tests/unit/session/world.h"

static SessionConfig
pool_config(void)
{
    SessionConfig config = world_config();

    config.pool_refresh = 1 * HOUR;
    config.poll_interval = 10 * MINUTE;
    return config;
}

static guint
refreshes(const World *world, uint64_t from_seed)
{
    guint n = 0;

    for (guint i = 0; i < world->recording->notes->len; i++) {
        const TakenNote *note = recording_note(world->recording, i);

        n += note->kind == NOTE_POOL && note->b == from_seed;
    }
    return n;
}

static void
test_refresh_after_five_minutes_and_then_each_hour(void)
{
    SessionConfig config = pool_config();
    World *world = world_new(70, &config);
    const NodeList *list;

    world_online(world);
    world_run(world, 5 * MINUTE - 1);
    g_assert_cmpuint(world_count(world, "oxend_request"), ==, 0);
    list = world->session->pool.list;
    session_pool_drop(world->session, 3);
    session_blame_node(world->session, 4, NULL);
    world->session->path[0].failures = 1;
    world_run(world, 5 * MINUTE + 1 * SECOND);
    g_assert_cmpuint(world_count(world, "oxend_request"), ==, 3);
    g_assert_cmpuint(refreshes(world, 0), ==, 1);
    g_assert_cmpuint(world_note(world, NOTE_POOL)->a, ==, 70);
    /* The same nodes: the shared list stays; counters and exclusions go. */
    g_assert_true(world->session->pool.list == list);
    g_assert_cmpuint(session_pool_count(world->session), ==, 70);
    g_assert_cmpuint(world->session->n_failures, ==, 0);
    g_assert_cmpuint(world->session->path[0].failures, ==, 0);

    world_run(world, 65 * MINUTE);
    g_assert_cmpuint(world_count(world, "oxend_request"), ==, 3);
    world_run(world, 65 * MINUTE + 1 * SECOND);
    g_assert_cmpuint(world_count(world, "oxend_request"), ==, 6);
    g_assert_cmpuint(refreshes(world, 1), ==, 1);
    world_free(world);
}

static void
test_body_of_a_refresh(void)
{
    SessionConfig config = pool_config();
    World *world = world_new(70, &config);
    json_t *params;
    guint node[3];

    world_online(world);
    world_run(world, 6 * MINUTE);
    for (guint i = 0; i < 3; i++) {
        const Arrival *arrival =
            g_ptr_array_index(world->arrivals, world->arrivals->len - 3 + i);

        params = json_object_get(arrival->request, "params");
        g_assert_cmpstr(json_string_value(json_object_get(params, "endpoint")), ==,
                        "get_service_nodes");
        params = json_object_get(params, "params");
        g_assert_true(json_is_true(json_object_get(params, "active_only")));
        g_assert_true(
            json_is_true(json_object_get(json_object_get(params, "fields"), "public_ip")));
        node[i] = arrival->node;
        for (guint j = 0; j < i; j++)
            g_assert_cmpuint(node[j], !=, node[i]);
    }
    world_free(world);
}

static bool
listed_but_last_two(guint node)
{
    return node != 68 && node != 69;
}

static bool
listed_but_first_two(guint node)
{
    return node > 1;
}

/* Nodes disagree: what all of them name is the pool. */
static void
test_common_part_counts(void)
{
    SessionConfig config = pool_config();
    World *world = world_new(70, &config);
    bool seen_first = false, seen_last = false;

    config.pool_refresh_nodes = 3;
    for (guint i = 0; i < 70; i++)
        world->node[i].list =
            world_list(world, i % 2 == 0 ? listed_but_last_two : listed_but_first_two);
    world_online(world);
    world_run(world, 6 * MINUTE);
    for (guint i = 0; i < 3; i++) {
        const Arrival *arrival =
            g_ptr_array_index(world->arrivals, world->arrivals->len - 3 + i);

        seen_last |= arrival->node % 2 == 0;
        seen_first |= arrival->node % 2 == 1;
    }
    g_assert_cmpuint(session_pool_count(world->session), ==,
                     70 - 2 * seen_first - 2 * seen_last);
    for (guint i = 0; i < 70; i++)
        g_assert_true(
            (node_list_find_ed25519(world->session->pool.list, world->node[i].ed25519.pk) !=
             NODE_NONE) == ((!seen_last || i < 68) && (!seen_first || i > 1)));
    world_free(world);
}

static bool
listed_23(guint node)
{
    return node < 23;
}

static bool
listed_24(guint node)
{
    return node < 24;
}

static void
test_too_small_an_agreement_falls_back_to_a_seed(void)
{
    SessionConfig config = pool_config();
    World *world = world_new(70, &config);
    Time last = 0;
    guint tries = 0;

    for (guint i = 0; i < 70; i++)
        world->node[i].list = world_list(world, listed_23);
    world_online(world);
    world_run(world, 6 * MINUTE);
    g_assert_cmpuint(world_count(world, "oxend_request"), ==, 12);
    for (guint i = 0; i < world->arrivals->len; i++) {
        const Arrival *arrival = g_ptr_array_index(world->arrivals, i);

        if (arrival->at < 5 * MINUTE || arrival->at == last)
            continue;
        if (tries++ > 0)
            g_assert_cmpint(arrival->at - last, ==, WORLD_LATENCY + 1 * SECOND);
        last = arrival->at;
    }
    g_assert_cmpuint(tries, ==, 4);
    g_assert_cmpuint(refreshes(world, 0), ==, 0);
    g_assert_cmpuint(refreshes(world, 1), ==, 2);
    g_assert_cmpuint(session_pool_count(world->session), ==, 70);

    for (guint i = 0; i < 70; i++) {
        node_list_unref(world->node[i].list);
        world->node[i].list = world_list(world, listed_24);
    }
    world_run(world, 66 * MINUTE);
    g_assert_cmpuint(refreshes(world, 0), ==, 1);
    g_assert_cmpuint(session_pool_count(world->session), ==, 24);
    world_free(world);
}

static void
test_refresh_that_fails_is_tried_again(void)
{
    SessionConfig config = pool_config();
    World *world = world_new(70, &config);

    world_online(world);
    world_run(world, 5 * MINUTE - 1);
    for (guint i = 0; i < 70; i++) {
        world->node[i].fault = FAULT_STATUS;
        world->node[i].status = 400;
    }
    world_run(world, 5 * MINUTE + 500 * MILLISECOND);
    for (guint i = 0; i < 70; i++)
        world->node[i].fault = FAULT_NONE;
    world_run(world, 6 * MINUTE);
    g_assert_cmpuint(world_count(world, "oxend_request"), ==, 6);
    g_assert_cmpuint(refreshes(world, 0), ==, 1);
    g_assert_cmpuint(refreshes(world, 1), ==, 1);
    world_free(world);
}

static void
test_refresh_by_a_seed_alone(void)
{
    SessionConfig config = pool_config();
    World *world;

    config.pool_refresh_nodes = 0;
    world = world_new(70, &config);
    world_online(world);
    world_run(world, 66 * MINUTE);
    g_assert_cmpuint(world_count(world, "oxend_request"), ==, 0);
    g_assert_cmpuint(refreshes(world, 1), ==, 3);
    world_free(world);
}

static void
test_overdue_refresh_waits_for_the_first_poll(void)
{
    SessionConfig config = pool_config();
    World *world = world_new(70, &config);

    world_online(world);
    world_run(world, 1 * MINUTE);
    world_order(world, SESSION_OFFLINE);
    world_run(world, 3 * HOUR);
    world_online(world);
    world_run(world, 3 * HOUR + 4 * SECOND - 1);
    g_assert_cmpuint(world_count(world, "oxend_request"), ==, 0);
    world_run(world, 3 * HOUR + 9 * SECOND);
    g_assert_cmpuint(world_count(world, "oxend_request"), ==, 3);
    world_free(world);
}

/* --- a new list --------------------------------------------------------------------- */

static guint vanished[4], n_vanished;

static bool
listed_but_vanished(guint node)
{
    for (guint i = 0; i < n_vanished; i++)
        if (vanished[i] == node)
            return false;
    return true;
}

static const uint8_t *
key_of(const Session *s, NodeRef node)
{
    return session_node(s, node)->ed25519;
}

/* Refresh over a list without @nodes. */
static void
refresh_without(World *world, const guint *nodes, guint n)
{
    memcpy(vanished, nodes, n * sizeof *nodes);
    n_vanished = n;
    world_set_list(world, listed_but_vanished);
    world_run(world, 6 * MINUTE);
    g_assert_cmpuint(refreshes(world, 0), ==, 1);
    g_assert_cmpuint(session_pool_count(world->session), ==, 70 - n);
}

/* A client that has guards, paths, its swarm, a contact's swarm and a cursor. */
static World *
settled_world(const SessionConfig *config)
{
    static const uint8_t alice[32] = "alice";
    World *world = world_new(70, config);
    g_autofree char *data = world_seal_text(world, alice, 1, 20, WORLD_EPOCH_MS);
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16], n;

    session_account(world->session, account);
    n = world_swarm(world, account, swarm);
    for (guint i = 0; i < n; i++)
        world_put(world, swarm[i], account, 0, data);
    world_online(world);
    world_account(3, account);
    world_write(world, 1, account, 20);
    world_run(world, 1 * MINUTE);
    g_assert_cmpuint(world->session->n_cursors, ==, 1);
    return world;
}

static void
test_new_list_carries_over_by_keys(void)
{
    SessionConfig config = pool_config();
    World *world = settled_world(&config);
    Session *s = world->session;
    uint8_t path_key[2][3][KEY_BYTES], cursor_key[KEY_BYTES], own_key[16][KEY_BYTES];
    guint swarm[16], n, gone = 0;
    uint8_t account[ACCOUNT_BYTES];
    const SwarmEntry *own = s->swarms.own;

    for (guint i = 0; i < 2; i++)
        for (guint j = 0; j < 3; j++)
            memcpy(path_key[i][j], key_of(s, s->path[i].hop[j]), KEY_BYTES);
    memcpy(cursor_key, key_of(s, session_cursor_at(s, 0)->node), KEY_BYTES);
    for (guint i = 0; i < own->n; i++)
        memcpy(own_key[i], key_of(s, own->node[i]), KEY_BYTES);
    /* The first node that nothing refers to; all that follow move up. */
    world_account(3, account);
    n = world_swarm(world, account, swarm);
    while (session_path_with(s, (NodeRef)gone) != NULL || gone / 7 == own->node[0] / 7 ||
           gone / 7 == swarm[0] / 7)
        gone++;
    g_assert_cmpuint(gone, <, 40);
    refresh_without(world, &gone, 1);
    for (guint i = 0; i < 2; i++)
        for (guint j = 0; j < 3; j++)
            g_assert_cmpmem(key_of(s, s->path[i].hop[j]), KEY_BYTES, path_key[i][j],
                            KEY_BYTES);
    for (guint i = 0; i < 2; i++)
        g_assert_cmpmem(key_of(s, s->guard[i]), KEY_BYTES, path_key[i][0], KEY_BYTES);
    g_assert_cmpmem(key_of(s, session_cursor_at(s, 0)->node), KEY_BYTES, cursor_key,
                    KEY_BYTES);
    for (guint i = 0; i < s->swarms.own->n; i++)
        g_assert_cmpmem(key_of(s, s->swarms.own->node[i]), KEY_BYTES, own_key[i],
                        KEY_BYTES);
    g_assert_cmpuint(s->swarms.contact[0]->n, ==, n);
    g_assert_cmpuint(world_sent(world, KIND_STORAGE_RPC), ==, 2);
    world_free(world);
}

static void
test_vanished_nodes_leave_everything(void)
{
    SessionConfig config = pool_config();
    World *world = settled_world(&config);
    Session *s = world->session;
    Path before = s->path[1];
    guint own = s->swarms.own->n, polled = session_cursor_at(s, 0)->node;
    guint gone[2] = { before.hop[1], polled };
    uint8_t guard[KEY_BYTES], last[KEY_BYTES];

    g_assert_cmpuint(gone[0], !=, gone[1]);
    g_assert_null(session_path_with(s, (NodeRef)polled));
    memcpy(guard, key_of(s, before.hop[0]), KEY_BYTES);
    memcpy(last, key_of(s, before.hop[2]), KEY_BYTES);
    refresh_without(world, gone, 2);
    g_assert_cmpuint(s->n_paths, ==, 2);
    g_assert_cmpmem(key_of(s, s->path[1].hop[0]), KEY_BYTES, guard, KEY_BYTES);
    g_assert_cmpmem(key_of(s, s->path[1].hop[1]), KEY_BYTES, last, KEY_BYTES);
    g_assert_cmpuint(s->path[1].n, ==, 3);
    g_assert_cmpuint(s->swarms.own->n, <, own);
    g_assert_cmpuint(s->n_cursors, ==, 0);
    world_free(world);
}

static void
test_vanished_guard_brings_new_ones(void)
{
    SessionConfig config = pool_config();
    World *world = settled_world(&config);
    Session *s = world->session;
    guint gone = s->guard[1];

    refresh_without(world, &gone, 1);
    g_assert_cmpuint(s->n_paths, ==, 2);
    g_assert_cmpuint(s->n_guards, ==, 2);
    g_assert_cmpuint(world_sent(world, KIND_STORAGE_RPC), ==, 4);
    g_assert_cmpuint(world_notes(world, NOTE_PATHS_BUILT), ==, 2);
    world_free(world);
}

/* A list that changes while guards are tested and requests are open: everything between
 * the first request and the end of the first poll, and after. */
static void
test_list_changes_at_any_moment(void)
{
    SessionConfig config = pool_config();
    const guint gone[] = { 0, 33 };

    for (Duration after = 0; after < 100 * MILLISECOND; after += 3 * MILLISECOND) {
        World *world = world_new(70, &config);
        uint8_t account[ACCOUNT_BYTES];

        world->crypto.ops = &crypto_null;
        world_account(3, account);
        world_online(world);
        while (world->recording->sent->len == 0)
            world_run(world, world->recording->alarm);
        world_run_for(world, after);
        world_write(world, 1, account, 20);
        memcpy(vanished, gone, sizeof gone);
        n_vanished = 2;
        world_set_list(world, listed_but_vanished);
        if (world->session->pool.list != NULL)
            session_pool_replace(world->session, node_list_ref(world->snapshot->nodes));
        world_run_for(world, 1 * MINUTE);
        g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
        g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
        world_free(world);
    }
}

static void
test_lists_are_shared_through_a_memo(void)
{
    SessionConfig config = pool_config();
    NodeListMemo memo = NODE_LIST_MEMO_EMPTY;
    const NodeList *list[2];
    World *world[2];
    const guint gone = 5;

    for (guint i = 0; i < 2; i++) {
        world[i] = world_new(70, &config);
        session_use_list_memo(world[i]->session, &memo);
        world_online(world[i]);
        world_run(world[i], 1 * MINUTE);
        refresh_without(world[i], &gone, 1);
        list[i] = world[i]->session->pool.list;
    }
    g_assert_true(list[0] == list[1]);
    node_list_memo_clear(&memo);
    for (guint i = 0; i < 2; i++)
        world_free(world[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/refresh-after-five-minutes-and-then-each-hour",
                    test_refresh_after_five_minutes_and_then_each_hour);
    g_test_add_func("/session/body-of-a-refresh", test_body_of_a_refresh);
    g_test_add_func("/session/common-part-counts", test_common_part_counts);
    g_test_add_func("/session/too-small-an-agreement-falls-back-to-a-seed",
                    test_too_small_an_agreement_falls_back_to_a_seed);
    g_test_add_func("/session/refresh-that-fails-is-tried-again",
                    test_refresh_that_fails_is_tried_again);
    g_test_add_func("/session/refresh-by-a-seed-alone", test_refresh_by_a_seed_alone);
    g_test_add_func("/session/overdue-refresh-waits-for-the-first-poll",
                    test_overdue_refresh_waits_for_the_first_poll);
    g_test_add_func("/session/new-list-carries-over-by-keys",
                    test_new_list_carries_over_by_keys);
    g_test_add_func("/session/vanished-nodes-leave-everything",
                    test_vanished_nodes_leave_everything);
    g_test_add_func("/session/vanished-guard-brings-new-ones",
                    test_vanished_guard_brings_new_ones);
    g_test_add_func("/session/list-changes-at-any-moment", test_list_changes_at_any_moment);
    g_test_add_func("/session/lists-are-shared-through-a-memo",
                    test_lists_are_shared_through_a_memo);
    return g_test_run();
}
