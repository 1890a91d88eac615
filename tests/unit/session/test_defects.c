/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Defects of clients in polling and sending (protocol 8.5, 8.11, 8.12, 8.19), with them and
 * on the plain path; and swarms worked out of the node list (7, 2025).  Those of paths are
 * in test_blame.c. */
#include "tests/unit/session/world.h"

static const uint8_t alice[32] = "alice";

/* @n different messages at each node of the client's swarm. */
static void
fill_mailbox(World *world, guint n)
{
    uint8_t account[ACCOUNT_BYTES];
    guint node[16], members;

    session_account(world->session, account);
    members = world_swarm(world, account, node);
    for (guint i = 0; i < n; i++) {
        g_autofree char *data =
            world_seal_text(world, alice, 100 + i, 50, WORLD_EPOCH_MS + (UnixMs)i);

        for (guint j = 0; j < members; j++)
            world_put(world, node[j], account, 0, data);
    }
}

static uint64_t
sum_of_notes(const World *world, NoteKind kind)
{
    uint64_t sum = 0;

    for (guint i = 0; i < world->recording->notes->len; i++) {
        const TakenNote *note = &g_array_index(world->recording->notes, TakenNote, i);

        sum += note->kind == kind ? note->a : 0;
    }
    return sum;
}

/* --- 8.5 --------------------------------------------------------------------------- */

/* How many messages three minutes of polls bring, of ten at each of seven nodes. */
static uint64_t
messages_downloaded(bool defect)
{
    SessionConfig config = world_config();
    World *world;
    uint64_t sum;

    config.defect_poll_any_node = defect;
    world = world_new(70, &config);
    fill_mailbox(world, 10);
    world_online(world);
    world_run(world, 3 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 10);
    sum = sum_of_notes(world, NOTE_POLL);
    world_free(world);
    return sum;
}

static void
test_mailbox_comes_once_for_each_node(void)
{
    g_assert_cmpuint(messages_downloaded(true), ==, 7 * 10);
}

static void
test_mailbox_comes_once(void)
{
    g_assert_cmpuint(messages_downloaded(false), ==, 10);
}

/* When the node that was read before is gone, another one is read. */
static void
test_mailbox_comes_again_from_another_node(void)
{
    SessionConfig config = world_config();
    NodeRef read = 0;
    World *world;

    config.defect_poll_any_node = false;
    world = world_new(70, &config);
    fill_mailbox(world, 10);
    world_online(world);
    world_run(world, MINUTE);
    g_assert_cmpuint(world->session->n_cursors, ==, 1);
    while (session_cursor_find(world->session, read, 0) == NULL)
        read++;
    session_pool_drop(world->session, read);
    world_run(world, 2 * MINUTE);
    g_assert_cmpuint(world->session->n_cursors, ==, 2);
    g_assert_cmpuint(sum_of_notes(world, NOTE_POLL), ==, 20);
    world_free(world);
}

/* --- 8.11 -------------------------------------------------------------------------- */

/* An account that is in another swarm than the client, and the nodes of that swarm. */
static guint
stranger_swarm(const World *world, uint8_t account[ACCOUNT_BYTES], guint ret[16])
{
    uint8_t own[ACCOUNT_BYTES];
    guint own_node[16], number = 0, n;

    session_account(world->session, own);
    world_swarm(world, own, own_node);
    do {
        world_account(number++, account);
        n = world_swarm(world, account, ret);
    } while (ret[0] == own_node[0]);
    return n;
}

/* A node of somebody else's swarm is an hour ahead; messages go there.  How many of the
 * client's polls fail, all of whose nodes have the right time? */
static guint
polls_failed_by_a_clock(bool defect)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    guint node[16], n, failed = 0;
    World *world;

    config.defect_clock_of_last_answer = defect;
    world = world_new(70, &config);
    n = stranger_swarm(world, account, node);
    world->node[node[n - 1]].clock_ahead_ms = 3600000;
    world_online(world);
    for (guint i = 1; i <= 30; i++) {
        world_write(world, i, account, 50);
        world_run(world, i * 20 * SECOND);
    }
    g_assert_cmpuint(world->node[node[n - 1]].store->len, >, 0);
    for (guint i = 0; i < world->recording->notes->len; i++) {
        const TakenNote *note = &g_array_index(world->recording->notes, TakenNote, i);

        failed += note->kind == NOTE_POLL && note->b != 200;
    }
    world_free(world);
    return failed;
}

static void
test_one_clock_spoils_all_polls(void)
{
    g_assert_cmpuint(polls_failed_by_a_clock(true), >, 0);
}

static void
test_one_clock_spoils_nothing(void)
{
    g_assert_cmpuint(polls_failed_by_a_clock(false), ==, 0);
}

static json_t *
time_body(json_int_t t)
{
    return json_pack("{s:I}", "t", t);
}

static void
learn(World *world, guint node, int64_t ahead_ms)
{
    json_t *body =
        time_body(WORLD_EPOCH_MS + world->recording->now / MILLISECOND + ahead_ms);
    char *text = json_dumps(body, JSON_COMPACT);
    Target from = { .node = (int)node };
    JsonValue value;

    from.ed25519[7] = (uint8_t)node;
    g_assert_cmpint(json_parse(bytes_of_text(text), &value), ==, ST_OK);
    session_learn_time(world->session, &from, value);
    free(text);
    json_decref(body);
}

static void
test_network_time_is_a_median(void)
{
    SessionConfig config = world_config();
    Session *s;
    World *world;

    config.defect_clock_of_last_answer = false;
    world = world_new(70, &config);
    s = world->session;
    learn(world, 1, 5000);
    g_assert_cmpint(s->clock_offset_ms, ==, -5000);
    learn(world, 2, 9999999);
    g_assert_cmpint(s->clock_offset_ms, ==, -5000); /* of two, the nearer one */
    learn(world, 3, 4000);
    g_assert_cmpint(s->clock_offset_ms, ==, -5000);
    learn(world, 4, 3000);
    learn(world, 5, 2000);
    g_assert_cmpint(s->clock_offset_ms, ==, -4000);
    /* A node counts once, with what it said last. */
    for (guint i = 0; i < 20; i++)
        learn(world, 2, 8888888);
    g_assert_cmpint(s->clock_offset_ms, ==, -4000);
    /* Old samples go. */
    for (guint i = 0; i < CLOCK_SAMPLES_MAX; i++)
        learn(world, 10 + i, -7000);
    g_assert_cmpint(s->clock_offset_ms, ==, 7000);
    world_free(world);
}

/* --- 8.12 -------------------------------------------------------------------------- */

static World *
acquainted_world(const SessionConfig *config, uint8_t account[ACCOUNT_BYTES])
{
    World *world = world_new(70, config);

    world_account(3, account);
    world_online(world);
    world_run(world, 9 * SECOND);
    world_write(world, 1, account, 50);
    world_run(world, 10 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    recording_port_forget(world->recording);
    world->handled = 0;
    return world;
}

/* All answers are lost: how many hashes does one message get in three attempts? */
static guint
hashes_of_a_message(bool defect)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    GHashTable *hashes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    World *world;
    guint n, attempts;

    config.defect_retry_reseals = defect;
    config.node_failures_max = config.path_failures_max = 200;
    config.poll_interval = 10 * HOUR;
    world = acquainted_world(&config, account);
    world->lose_replies = true;
    world_write(world, 2, account, 50);
    world_run(world, 20 * MINUTE);
    attempts = world_notes(world, NOTE_SEALED);
    g_assert_cmpuint(attempts, ==, 3);
    for (guint i = 0; i < attempts; i++) {
        const TakenNote *note = world_note_before(world, NOTE_SEALED, i);

        g_hash_table_add(hashes,
                         g_strndup((const char *)note->text->data, note->text->len));
    }
    /* And what arrives is what was said. */
    for (guint i = 0; i < world->n_nodes; i++)
        for (guint j = 0; j < world->node[i].store->len; j++) {
            const StoredMessage *message = g_ptr_array_index(world->node[i].store, j);

            if (message->timestamp > WORLD_EPOCH_MS + 10000)
                g_assert_true(g_hash_table_contains(hashes, message->hash));
        }
    n = g_hash_table_size(hashes);
    g_hash_table_unref(hashes);
    world_free(world);
    return n;
}

static void
test_each_attempt_is_another_message(void)
{
    g_assert_cmpuint(hashes_of_a_message(true), ==, 3);
}

static void
test_attempts_are_one_message(void)
{
    g_assert_cmpuint(hashes_of_a_message(false), ==, 1);
}

/* The gaps between onion requests when every relay refuses. */
static guint
gaps_of_a_message(bool defect, Duration ret[16])
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    Time last = -1;
    World *world;
    guint n = 0;

    config.defect_constant_gaps = defect;
    config.node_failures_max = config.path_failures_max = 200;
    config.poll_interval = 10 * HOUR;
    config.send_tries = 1;
    config.onion_tries = 8;
    world = acquainted_world(&config, account);
    for (guint i = 0; i < world->n_nodes; i++) {
        world->node[i].fault = FAULT_PATH_STATUS;
        world->node[i].status = 500;
    }
    world_write(world, 2, account, 50);
    world_run(world, 5 * MINUTE);
    for (guint i = 0; i < world->recording->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->recording, i);

        if (sent->kind != KIND_ONION)
            continue;
        if (last >= 0)
            ret[n++] = sent->at - last - WORLD_LATENCY;
        last = sent->at;
    }
    g_assert_cmpuint(n, ==, 7);
    world_free(world);
    return n;
}

static void
test_gaps_are_constant(void)
{
    Duration gap[16];
    guint n = gaps_of_a_message(true, gap);

    for (guint i = 0; i < n; i++)
        g_assert_cmpint(gap[i], ==, 100 * MILLISECOND);
}

static void
test_gaps_grow_and_vary(void)
{
    Duration gap[16], most = 100 * MILLISECOND;
    guint n = gaps_of_a_message(false, gap), at_most = 0;

    for (guint i = 0; i < n; i++) {
        g_assert_cmpint(gap[i], <=, most);
        g_assert_cmpint(gap[i], >, most / 2);
        at_most += gap[i] == most;
        most = MIN(most * 2, RETRY_GAP_MAX);
    }
    g_assert_cmpuint(at_most, <, n);
}

/* --- 8.19 -------------------------------------------------------------------------- */

/* A mailbox of @messages in pages of one: how many are there 2 s after the first poll? */
static guint
messages_at_once(bool defect, guint messages)
{
    SessionConfig config = world_config();
    World *world;
    guint n;

    config.defect_more_ignored = defect;
    world = world_new(70, &config);
    world->page = 1;
    fill_mailbox(world, messages);
    world_online(world);
    for (Time t = SECOND; world_notes(world, NOTE_POLL) == 0; t += SECOND)
        world_run(world, t);
    world_run_for(world, 2 * SECOND);
    n = world_notes(world, NOTE_OPENED);
    world_free(world);
    return n;
}

static void
test_more_is_ignored(void)
{
    g_assert_cmpuint(messages_at_once(true, 5), ==, 1);
}

static void
test_more_is_fetched(void)
{
    g_assert_cmpuint(messages_at_once(false, 5), ==, 5);
    /* Not without end. */
    g_assert_cmpuint(messages_at_once(false, 40), ==, POLL_PAGES_MAX);
}

/* --- swarms worked out (7, 2025) ----------------------------------------------------- */

static bool
is_member(const World *world, const uint8_t account[ACCOUNT_BYTES], guint node)
{
    guint member[64], n = world_swarm(world, account, member);

    for (guint i = 0; i < n; i++)
        if (member[i] == node)
            return true;
    return false;
}

/* Every request about an account goes to its swarm. */
static void
check_arrivals(const World *world, guint first)
{
    for (guint i = first; i < world->arrivals->len; i++) {
        const Arrival *arrival = g_ptr_array_index(world->arrivals, i);
        json_t *params = json_object_get(arrival_first(arrival), "params");
        const char *pubkey = json_string_value(json_object_get(params, "pubkey"));
        uint8_t account[ACCOUNT_BYTES];

        if (pubkey == NULL)
            continue;
        g_assert_true(hex_decode(bytes_of_text(pubkey), account, ACCOUNT_BYTES));
        g_assert_true(is_member(world, account, arrival->node));
    }
}

static bool
upper_half(guint node)
{
    return node >= 35;
}

static void
test_swarms_are_computed(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    guint first;
    World *world;

    config.swarm_lookup = SWARM_COMPUTE;
    config.pool_first_refresh = MINUTE;
    config.pool_refresh = HOUR;
    world = world_new(70, &config);
    for (guint i = 0; i < 10; i++) {
        world_account(i, account);
        world_write(world, i + 1, account, 50);
    }
    world_online(world);
    world_run(world, 50 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 10);
    g_assert_cmpuint(world_notes(world, NOTE_POLL), >, 3);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, 0);
    check_arrivals(world, 0);
    /* Half of the network goes: after the refresh everything is worked out anew. */
    world_set_list(world, upper_half);
    world_run(world, 2 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_POOL), ==, 2);
    g_assert_nonnull(json_object_get(
        json_object_get(
            json_object_get(
                json_object_get(world_last(world, "oxend_request")->request, "params"),
                "params"),
            "fields"),
        "swarm_id"));
    first = world->arrivals->len;
    for (guint i = 0; i < 10; i++) {
        world_account(i, account);
        world_write(world, i + 11, account, 50);
    }
    world_run(world, 3 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 20);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, 0);
    check_arrivals(world, first);
    world_free(world);
}

/* A list without swarm ids: there is nothing to compute with, and a node is asked. */
static Packet
list_without_swarms(World *world)
{
    NodeList *list = world_list(world, NULL), *copy;
    Packet packet;

    for (uint32_t i = 0; i < list->n; i++)
        list->nodes[i].swarm_id = SWARM_NONE;
    copy = node_list_new(list->nodes, list->n);
    packet = packet_of_blob(node_list_blob(copy, 1, world->snapshot->block_hash, true));
    node_list_unref(list);
    node_list_unref(copy);
    return packet;
}

static void
test_swarms_are_asked_for_without_ids(void)
{
    SessionConfig config = world_config();
    World *world;

    config.swarm_lookup = SWARM_COMPUTE;
    world = world_new(70, &config);
    world->seed_says = list_without_swarms;
    world_online(world);
    world_run(world, 30 * SECOND);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, 1);
    g_assert_cmpuint(world_note(world, NOTE_POLL)->b, ==, 200);
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/mailbox-comes-once-for-each-node",
                    test_mailbox_comes_once_for_each_node);
    g_test_add_func("/session/mailbox-comes-once", test_mailbox_comes_once);
    g_test_add_func("/session/mailbox-comes-again-from-another-node",
                    test_mailbox_comes_again_from_another_node);
    g_test_add_func("/session/one-clock-spoils-all-polls", test_one_clock_spoils_all_polls);
    g_test_add_func("/session/one-clock-spoils-nothing", test_one_clock_spoils_nothing);
    g_test_add_func("/session/network-time-is-a-median", test_network_time_is_a_median);
    g_test_add_func("/session/each-attempt-is-another-message",
                    test_each_attempt_is_another_message);
    g_test_add_func("/session/attempts-are-one-message", test_attempts_are_one_message);
    g_test_add_func("/session/gaps-are-constant", test_gaps_are_constant);
    g_test_add_func("/session/gaps-grow-and-vary", test_gaps_grow_and_vary);
    g_test_add_func("/session/more-is-ignored", test_more_is_ignored);
    g_test_add_func("/session/more-is-fetched", test_more_is_fetched);
    g_test_add_func("/session/swarms-are-computed", test_swarms_are_computed);
    g_test_add_func("/session/swarms-are-asked-for-without-ids",
                    test_swarms_are_asked_for_without_ids);
    return g_test_run();
}
