/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes in: opened once, copies told apart, cursors, configurations, the network's
 * time, polls that fail (protocol 5.4, 5.6). */
#include "tests/unit/session/world.h"

static const uint8_t alice[32] = "alice", bob[32] = "bob";

/* A client that has polled once; the nodes of its swarm in @ret. */
static World *
polled_world(const SessionConfig *config, guint ret[16], guint *ret_n)
{
    World *world = world_new(70, config);
    uint8_t account[ACCOUNT_BYTES];

    session_account(world->session, account);
    *ret_n = world_swarm(world, account, ret);
    g_assert_cmpuint(*ret_n, ==, 7);
    world_online(world);
    world_run(world, 9 * SECOND);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
    return world;
}

static void
put_everywhere(World *world, const guint *node, guint n, int name_space, const char *data)
{
    uint8_t account[ACCOUNT_BYTES];

    session_account(world->session, account);
    for (guint i = 0; i < n; i++)
        world_put(world, node[i], account, name_space, data);
}

static const char *
hash_at(const World *world, guint node, guint i)
{
    const StoredMessage *message = g_ptr_array_index(world->node[node].store, i);

    return message->hash;
}

static void
test_message_is_opened_once(void)
{
    SessionConfig config = world_config();
    guint node[16], n;
    World *world = polled_world(&config, node, &n);
    g_autofree char *data = world_seal_text(world, alice, 77, 300, WORLD_EPOCH_MS);
    const TakenNote *note;

    put_everywhere(world, node, n, 0, data);
    world_run(world, 5 * MINUTE); /* some fifty polls, all nodes */
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_UNREADABLE), ==, 0);
    note = world_note(world, NOTE_OPENED);
    g_assert_cmpuint(note->a, ==, 0);
    g_assert_cmpmem(note->text->data, note->text->len, hash_at(world, node[0], 0), 43);
    world_free(world);
}

static void
test_copy_that_was_sent_again_is_told(void)
{
    SessionConfig config = world_config();
    guint node[16], n;
    World *world = polled_world(&config, node, &n);
    g_autofree char *first = world_seal_text(world, alice, 77, 300, WORLD_EPOCH_MS);
    g_autofree char *again = world_seal_text(world, alice, 77, 300, WORLD_EPOCH_MS);
    g_autofree char *other_time =
        world_seal_text(world, alice, 78, 300, WORLD_EPOCH_MS + 1);
    g_autofree char *other_sender = world_seal_text(world, bob, 79, 300, WORLD_EPOCH_MS);
    const uint64_t had[] = { 0, 1, 0, 0 };

    put_everywhere(world, node, n, 0, first);
    put_everywhere(world, node, n, 0, again);
    put_everywhere(world, node, n, 0, other_time);
    put_everywhere(world, node, n, 0, other_sender);
    world_run(world, 1 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 4);
    for (guint i = 0; i < 4; i++) {
        const TakenNote *note = world_note_before(world, NOTE_OPENED, 3 - i);

        g_assert_cmpuint(note->a, ==, had[i]);
        g_assert_cmpmem(note->text->data, note->text->len, hash_at(world, node[0], i), 43);
    }
    world_free(world);
}

/* Sealed to somebody else, or with one byte changed, or no message at all. */
static void
test_unreadable_is_told_once(void)
{
    SessionConfig config = world_config();
    guint node[16], n;
    World *world = polled_world(&config, node, &n);
    g_autofree char *data = world_seal_text(world, alice, 77, 300, WORLD_EPOCH_MS);
    g_autofree char *changed = g_strdup(data);
    g_autofree char *other = NULL;
    X25519Pair own = world->session->x25519;
    uint8_t account[ACCOUNT_BYTES];

    changed[200] = changed[200] == 'A' ? 'B' : 'A';
    world_account(5, account);
    memcpy(world->session->x25519.pk, account + 1, KEY_BYTES);
    other = world_seal_text(world, alice, 78, 300, WORLD_EPOCH_MS);
    world->session->x25519 = own;
    put_everywhere(world, node, n, 0, changed);
    put_everywhere(world, node, n, 0, other);
    put_everywhere(world, node, n, 0, "bm8gbWVzc2FnZQ==");
    put_everywhere(world, node, n, 0, data);
    world_run(world, 2 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_UNREADABLE), ==, 3);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 1);
    world_free(world);
}

/* The last_hash of the last retrieve at @node, or NULL. */
static const char *
last_hash_at(const World *world, guint node, guint i)
{
    for (guint j = world->arrivals->len; j-- > 0;) {
        const Arrival *arrival = g_ptr_array_index(world->arrivals, j);
        json_t *requests =
            json_object_get(json_object_get(arrival->request, "params"), "requests");
        json_t *item = json_array_get(requests, i);
        const char *method = json_string_value(json_object_get(item, "method"));

        if (arrival->node == node && g_strcmp0(method, "retrieve") == 0)
            return json_string_value(
                json_object_get(json_object_get(item, "params"), "last_hash"));
    }
    return NULL;
}

static void
test_cursors_belong_to_nodes(void)
{
    SessionConfig config = world_config();
    guint node[16], n;
    World *world = polled_world(&config, node, &n);
    g_autofree char *a = world_seal_text(world, alice, 1, 30, WORLD_EPOCH_MS);
    g_autofree char *b = world_seal_text(world, alice, 2, 30, WORLD_EPOCH_MS + 1);

    /* Half of the nodes have them the other way round. */
    put_everywhere(world, node, 3, 0, a);
    put_everywhere(world, node, 3, 0, b);
    put_everywhere(world, node + 3, n - 3, 0, b);
    put_everywhere(world, node + 3, n - 3, 0, a);
    world_run(world, 5 * MINUTE);
    world_restart(world);
    world_online(world);
    world_run(world, 10 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 2);
    g_assert_cmpuint(world->session->n_cursors, ==, n);
    for (guint i = 0; i < n; i++)
        g_assert_cmpstr(last_hash_at(world, node[i], 0), ==, hash_at(world, node[i], 1));

    /* A node that lost the cursor's message gives everything, and nothing is opened again;
     * what is new is. */
    for (guint i = 0; i < n; i++) {
        g_autofree char *c = world_seal_text(world, bob, 3 + i, 30, WORLD_EPOCH_MS);

        g_ptr_array_remove_index(world->node[node[i]].store, 1);
        put_everywhere(world, &node[i], 1, 0, c);
    }
    world_run(world, 15 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 2 + n);
    world_free(world);
}

static void
test_configurations_are_asked_for(void)
{
    const int name_spaces[] = { 0, 2, 5, 3, 4 };
    SessionConfig config = world_config();
    guint node[16], n;
    World *world;
    g_autofree char *a = NULL;
    json_t *requests;

    config.poll_configs = true;
    world = polled_world(&config, node, &n);
    a = world_seal_text(world, alice, 1, 30, WORLD_EPOCH_MS);
    put_everywhere(world, node, n, 2, a);
    put_everywhere(world, node, n, 4, "bm8gY29uZmln");
    world_run(world, 5 * MINUTE);
    requests = json_object_get(
        json_object_get(world_last(world, "retrieve")->request, "params"), "requests");
    g_assert_cmpuint(json_array_size(requests), ==, 5);
    for (guint i = 0; i < 5; i++) {
        json_t *params = json_object_get(json_array_get(requests, i), "params");

        g_assert_cmpint(json_integer_value(json_object_get(params, "namespace")), ==,
                        name_spaces[i]);
    }
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 0);
    g_assert_cmpuint(world_notes(world, NOTE_UNREADABLE), ==, 0);
    for (guint i = 0; i < n; i++) {
        g_assert_null(last_hash_at(world, node[i], 0));
        g_assert_cmpstr(last_hash_at(world, node[i], 1), ==, hash_at(world, node[i], 0));
        g_assert_cmpstr(last_hash_at(world, node[i], 4), ==, hash_at(world, node[i], 1));
    }
    world_free(world);
}

/* Messages of another namespace: asked for and signed there, and the inbox is not looked
 * at. */
static void
test_messages_of_a_namespace(void)
{
    SessionConfig config = world_config();
    guint node[16], n, polls;
    World *world;
    uint8_t account[ACCOUNT_BYTES];
    g_autofree char *there = NULL, *elsewhere = NULL;
    json_t *params;

    config.message_namespace = -10;
    world = polled_world(&config, node, &n);
    there = world_seal_text(world, alice, 1, 30, WORLD_EPOCH_MS);
    elsewhere = world_seal_text(world, alice, 2, 30, WORLD_EPOCH_MS);
    put_everywhere(world, node, n, -10, there);
    put_everywhere(world, node, n, 0, elsewhere);
    world_run(world, 5 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 1);
    params = json_object_get(arrival_first(world_last(world, "retrieve")), "params");
    g_assert_cmpint(json_integer_value(json_object_get(params, "namespace")), ==, -10);
    for (guint i = 0; i < n; i++)
        g_assert_cmpstr(last_hash_at(world, node[i], 0), ==, hash_at(world, node[i], 0));

    /* And what is sent goes there, under the hash of there. */
    polls = world->arrivals->len;
    world_account(1, account);
    world_write(world, 1, account, 20);
    world_run(world, 6 * MINUTE);
    g_assert_cmpuint(world->arrivals->len, >, polls);
    params = json_object_get(arrival_first(world_last(world, "store")), "params");
    g_assert_cmpint(json_integer_value(json_object_get(params, "namespace")), ==, -10);
    world_free(world);
}

static void
test_network_time_is_learnt(void)
{
    SessionConfig config = world_config();
    World *world = world_new(70, &config);
    json_int_t signed_at;
    const Arrival *arrival;
    uint8_t account[ACCOUNT_BYTES];

    for (guint i = 0; i < world->n_nodes; i++)
        world->node[i].clock_ahead_ms = 3600000;
    world_online(world);
    world_run(world, 9 * SECOND);
    /* The swarm's answer came first, and taught the offset that the poll was signed with.
     */
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
    arrival = world_last(world, "retrieve");
    signed_at = json_integer_value(
        json_object_get(json_object_get(arrival_first(arrival), "params"), "timestamp"));
    g_assert_cmpint(signed_at - WORLD_EPOCH_MS - arrival->at / MILLISECOND, ==,
                    3600000 - WORLD_LATENCY / MILLISECOND);

    /* Last sample wins. */
    for (guint i = 0; i < world->n_nodes; i++)
        world->node[i].clock_ahead_ms = 3600000 - 5000;
    world_run(world, 30 * SECOND);
    world_account(1, account);
    world_write(world, 1, account, 20);
    world_run(world, 31 * SECOND);
    arrival = world_last(world, "store");
    signed_at = json_integer_value(
        json_object_get(json_object_get(arrival_first(arrival), "params"), "timestamp"));
    g_assert_cmpint(signed_at - WORLD_EPOCH_MS - arrival->at / MILLISECOND, ==,
                    3600000 - 5000 - WORLD_LATENCY / MILLISECOND);
    world_free(world);
}

static void
test_impatient_poll(void)
{
    SessionConfig config = world_config();
    guint node[16], n;
    World *world = polled_world(&config, node, &n);
    Time end = world_note(world, NOTE_POLL)->at;
    guint polls = world_notes(world, NOTE_POLL);

    for (guint i = 0; i < n; i++)
        world->node[node[i]].fault = FAULT_SILENT;
    world_run(world, end + config.poll_interval + config.poll_timeout);
    g_assert_cmpuint(world_notes(world, NOTE_POLL), ==, polls + 1);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 0);
    g_assert_cmpint(world_note(world, NOTE_POLL)->at - end, ==,
                    config.poll_interval + config.poll_timeout);
    /* The next one follows after the usual rest, while the old request is still open. */
    world_run(world, end + 2 * (config.poll_interval + config.poll_timeout));
    g_assert_cmpuint(world_notes(world, NOTE_POLL), ==, polls + 2);
    world_free(world);
}

static void
test_wrong_swarm_is_put_right(void)
{
    SessionConfig config = world_config();
    guint node[16], n;
    World *world = polled_world(&config, node, &n);
    guint asked = world_count(world, "get_swarm");
    FreshSwarm wrong = { .n = 4 };

    memcpy(wrong.key, world->session->x25519.pk, KEY_BYTES);
    for (guint i = 0; i < wrong.n; i++) {
        guint other = (node[0] + 20 + i) % world->n_nodes;

        wrong.node[i] = session_target_of(world->session, (NodeRef)other);
        world->node[other].misplaced = true;
    }
    session_swarm_put(world->session, &wrong);
    world_run(world, world_note(world, NOTE_POLL)->at + 6 * SECOND);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 421);
    g_assert_cmpuint(world->session->swarms.own->n, ==, 7);
    world_run(world, world_note(world, NOTE_POLL)->at + 6 * SECOND);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, asked);
    world_free(world);
}

static void
test_memory_of_seen_messages_is_bounded(void)
{
    SessionConfig config = world_config();
    guint node[16], n;
    World *world;

    config.seen_max = 3;
    world = polled_world(&config, node, &n);
    for (guint i = 0; i < 6; i++) {
        g_autofree char *data = world_seal_text(world, alice, i, 30, WORLD_EPOCH_MS + i);

        put_everywhere(world, node, n, 0, data);
    }
    world_run(world, 1 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), >=, 6);
    g_assert_cmpuint(world->session->seen_hashes.n, ==, 3);
    g_assert_cmpuint(world->session->seen_sent.n, ==, 3);
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/message-is-opened-once", test_message_is_opened_once);
    g_test_add_func("/session/copy-that-was-sent-again-is-told",
                    test_copy_that_was_sent_again_is_told);
    g_test_add_func("/session/unreadable-is-told-once", test_unreadable_is_told_once);
    g_test_add_func("/session/cursors-belong-to-nodes", test_cursors_belong_to_nodes);
    g_test_add_func("/session/configurations-are-asked-for",
                    test_configurations_are_asked_for);
    g_test_add_func("/session/messages-of-a-namespace", test_messages_of_a_namespace);
    g_test_add_func("/session/network-time-is-learnt", test_network_time_is_learnt);
    g_test_add_func("/session/impatient-poll", test_impatient_poll);
    g_test_add_func("/session/wrong-swarm-is-put-right", test_wrong_swarm_is_put_right);
    g_test_add_func("/session/memory-of-seen-messages-is-bounded",
                    test_memory_of_seen_messages_is_bounded);
    return g_test_run();
}
