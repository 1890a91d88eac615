/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What goes out: sealed anew for each attempt, the same to whoever opens it; how often and
 * when it is tried; the outbox (protocol 5.5, 5.6). */
#include "tests/unit/session/world.h"

#include "nodes/wire/content.h"

/* The text that account @number reads in stored @data, which is no copy for oneself. */
static void
open_as(const World *world, guint number, const char *data, Buffer *text, UnixMs *ret_sent,
        UnixMs *ret_envelope)
{
    Buffer padded = BUFFER_EMPTY;
    Content content;

    *ret_envelope = world_open(world, number, data, &padded, &content);
    g_assert_cmpuint(content.sync_target.n, ==, 0);
    buffer_append_bytes(text, content.body);
    *ret_sent = content.timestamp;
    content_clear(&content);
    buffer_clear(&padded);
}

static const char *
stored_data(const Arrival *arrival)
{
    return json_string_value(
        json_object_get(json_object_get(arrival_first(arrival), "params"), "data"));
}

static void
test_message_arrives_as_written(void)
{
    SessionConfig config = world_config();
    World *world = world_new_online(&config);
    Buffer text = BUFFER_EMPTY, expected = BUFFER_EMPTY;
    uint8_t account[ACCOUNT_BYTES];
    guint swarm[16];
    UnixMs sent, envelope;
    const TakenNote *sealed;
    const Arrival *arrival;
    const StoredMessage *stored;

    world_account(3, account);
    world_write(world, 0xabcdef, account, 1000);
    g_assert_cmpuint(session_outbox(world->session), ==, 1);
    world_run(world, 10 * SECOND);
    g_assert_cmpuint(session_outbox(world->session), ==, 0);
    g_assert_cmpuint(world_notes(world, NOTE_SEALED), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT_FAILED), ==, 0);
    g_assert_cmpuint(world_note(world, NOTE_ACCEPTED)->a, ==, 0xabcdef);
    g_assert_cmpuint(world_note(world, NOTE_ACCEPTED)->b, ==, 1);

    arrival = world_last(world, "store");
    world_swarm(world, account, swarm);
    g_assert_cmpuint(arrival->node / 7, ==, swarm[0] / 7);
    stored = g_ptr_array_index(world->node[arrival->node].store, 0);
    sealed = world_note(world, NOTE_SEALED);
    g_assert_cmpuint(sealed->a, ==, 0xabcdef);
    g_assert_cmpuint(sealed->b, ==, 1);
    g_assert_cmpmem(sealed->text->data, sealed->text->len, stored->hash, 43);

    open_as(world, 3, stored->data, &text, &sent, &envelope);
    session_text_of(0xabcdef, 1000, &expected);
    g_assert_cmpmem(text.p, text.n, expected.p, expected.n);
    /* After get_swarm, whose time was read without correction for the way. */
    g_assert_cmpint(sent, ==, WORLD_EPOCH_MS + 9000);
    buffer_clear(&text);
    buffer_clear(&expected);
    world_free(world);
}

static void
test_lost_answers_make_copies_of_one_sent_time(void)
{
    SessionConfig config = world_config();
    World *world;
    uint8_t account[ACCOUNT_BYTES];
    UnixMs sent[3], envelope[3];
    const char *before = NULL;
    guint n = 0;

    config.poll_interval = 1 * HOUR;
    config.node_failures_max = config.path_failures_max = 100;
    world = world_new_online(&config);
    world_account(3, account);
    world_write(world, 9, account, 50);
    world_run(world, 9 * SECOND + WORLD_LATENCY / 2); /* the swarm is on its way */
    world->lose_replies = true;
    world_run(world, 20 * MINUTE);
    for (guint i = 0; i < world->arrivals->len; i++) {
        const Arrival *arrival = g_ptr_array_index(world->arrivals, i);
        Buffer text = BUFFER_EMPTY;
        const char *data = stored_data(arrival);

        if (data == NULL || g_strcmp0(data, before) == 0)
            continue; /* the same attempt by another path */
        before = data;
        g_assert_cmpuint(n, <, 3);
        open_as(world, 3, data, &text, &sent[n], &envelope[n]);
        buffer_clear(&text);
        n++;
    }
    g_assert_cmpuint(n, ==, 3);
    for (guint i = 1; i < 3; i++) {
        g_assert_cmpint(sent[i], ==, sent[0]);
        g_assert_cmpint(envelope[i], >, envelope[i - 1]);
    }
    g_assert_cmpuint(world_notes(world, NOTE_SEALED), ==, 3);
    world_free(world);
}

static void
set_all(World *world, Fault fault, int status)
{
    for (guint i = 0; i < world->n_nodes; i++) {
        world->node[i].fault = fault;
        world->node[i].status = status;
    }
}

/* A client that knows the swarm of account 3. */
static World *
acquainted_world(const SessionConfig *config, uint8_t account[ACCOUNT_BYTES])
{
    World *world = world_new_online(config);

    world_account(3, account);
    world_write(world, 1, account, 50);
    world_run(world, 10 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    recording_port_forget(world->recording);
    world->handled = 0;
    g_ptr_array_set_size(world->arrivals, 0);
    return world;
}

typedef struct Class {
    Fault fault;
    int status;
    guint requests; /* per attempt, at most four */
    SendFailure failure;
} Class;

static void
check_class(const Class *class)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world;
    Time start;

    config.poll_interval = 1 * HOUR;
    config.node_failures_max = 100;
    config.path_failures_max = 100;
    world = acquainted_world(&config, account);
    set_all(world, class->fault, class->status);
    start = world->recording->now;
    world_write(world, 2, account, 50);
    world_run(world, start + 1 * MINUTE);

    g_assert_cmpuint(world_notes(world, NOTE_SEALED), ==, 3);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 3);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT_FAILED), ==, 3);
    g_assert_cmpuint(world_notes(world, NOTE_GIVEN_UP), ==, 0);
    g_assert_cmpuint(session_outbox(world->session), ==, 1);
    for (guint i = 0; i < 3; i++) {
        const TakenNote *failed = world_note_before(world, NOTE_ATTEMPT_FAILED, 2 - i);
        const TakenNote *attempt = world_note_before(world, NOTE_ATTEMPT, 2 - i);

        g_assert_cmpuint(failed->a, ==, 2);
        g_assert_cmpuint(failed->b, ==, class->failure);
        g_assert_cmpuint(attempt->b, ==, i + 1);
        /* Each request takes one latency; gaps between requests, then between attempts. */
        g_assert_cmpint(failed->at - attempt->at, ==,
                        class->requests * WORLD_LATENCY +
                            (class->requests - 1) * config.onion_gap);
        if (i > 0)
            g_assert_cmpint(attempt->at -
                                world_note_before(world, NOTE_ATTEMPT_FAILED, 3 - i)->at,
                            ==, config.send_gap);
    }
    g_assert_cmpuint(world_sent(world, KIND_ONION), ==, 3 * class->requests);
    world_free(world);
}

static void
test_what_each_failure_does(void)
{
    const Class classes[] = {
        { FAULT_STATUS, 500, 4, SEND_REFUSED },
        { FAULT_STATUS, 503, 4, SEND_REFUSED },
        { FAULT_STATUS, 401, 4, SEND_REFUSED },
        { FAULT_STATUS, 400, 1, SEND_REFUSED },
        { FAULT_STATUS, 406, 1, SEND_CLOCK },
        { FAULT_STATUS, 425, 1, SEND_CLOCK },
        { FAULT_SUB_STATUS, 500, 1, SEND_REFUSED },
        { FAULT_SUB_STATUS, 406, 1, SEND_CLOCK },
        { FAULT_SUB_STATUS, 421, 1, SEND_WRONG_SWARM },
        { FAULT_GARBAGE, 0, 4, SEND_UNREADABLE },
        { FAULT_NO_JSON, 0, 1, SEND_UNREADABLE },
        { FAULT_PATH_STATUS, 500, 4, SEND_PATH_ERROR },
        { FAULT_PATH_STATUS, 502, 4, SEND_PATH_ERROR },
        { FAULT_PATH_STATUS, 400, 4, SEND_PATH_ERROR },
        { FAULT_PATH_STATUS, 404, 4, SEND_PATH_ERROR },
        { FAULT_PATH_STATUS, 406, 1, SEND_CLOCK },
        { FAULT_PATH_STATUS, 425, 1, SEND_CLOCK },
        { FAULT_REFUSES, 0, 4, SEND_TIMEOUT },
        { FAULT_NOT_READY, 0, 4, SEND_PATH_ERROR },
    };

    for (guint i = 0; i < G_N_ELEMENTS(classes); i++)
        check_class(&classes[i]);
}

static void
test_silence_takes_its_time(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world;
    const TakenNote *failed;

    config.poll_interval = 1 * HOUR;
    config.node_failures_max = config.path_failures_max = 100;
    world = acquainted_world(&config, account);
    set_all(world, FAULT_SILENT, 0);
    world_write(world, 2, account, 50);
    world_run(world, 20 * MINUTE);
    failed = world_note_before(world, NOTE_ATTEMPT_FAILED, 2);
    g_assert_cmpuint(failed->b, ==, SEND_TIMEOUT);
    g_assert_cmpint(failed->at - world_note_before(world, NOTE_ATTEMPT, 2)->at, ==,
                    4 * config.request_timeout + 3 * config.onion_gap);
    world_free(world);
}

static void
test_moved_recipient_is_found(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world = acquainted_world(&config, account);
    guint swarm[16], n = world_swarm(world, account, swarm), asked;
    FreshSwarm old = { .n = 5 };

    memcpy(old.key, account + 1, KEY_BYTES);
    for (guint i = 0; i < old.n; i++) {
        guint other = (swarm[0] + 30 + i) % world->n_nodes;

        old.node[i] = session_target_of(world->session, (NodeRef)other);
        world->node[other].misplaced = true;
    }
    session_swarm_put(world->session, &old);
    asked = world_count(world, "get_swarm");
    world_write(world, 2, account, 50);
    world_run(world, 11 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT_FAILED), ==, 1);
    g_assert_cmpuint(world_note(world, NOTE_ATTEMPT_FAILED)->b, ==, SEND_WRONG_SWARM);
    g_assert_cmpuint(world_note(world, NOTE_ACCEPTED)->b, ==, 2);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, asked);
    g_assert_cmpuint(session_swarm_find(world->session, account + 1)->n, ==, n);
    world_free(world);
}

static void
test_small_swarms_are_asked_for_again(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world = acquainted_world(&config, account);
    SwarmEntry *entry = session_swarm_find(world->session, account + 1);

    entry->n = 3;
    world_write(world, 2, account, 50);
    world_run(world, 11 * SECOND);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, 0);
    session_pool_drop(world->session, entry->node[1]);
    world_write(world, 3, account, 50);
    world_run(world, 12 * SECOND);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 2);
    g_assert_cmpuint(session_swarm_find(world->session, account + 1)->n, ==, 7);
    world_free(world);
}

/* get_swarm: four times at a node, then at another, four nodes; then the attempt fails. */
static void
test_unknown_swarm_is_given_up_after_sixteen_requests(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world;

    config.poll_interval = 1 * HOUR;
    config.onion_tries = 1;
    config.send_tries = 1;
    config.node_failures_max = 100;
    world = acquainted_world(&config, account);
    world_account(9, account);
    set_all(world, FAULT_SUB_STATUS, 500);
    world_write(world, 2, account, 50);
    world_run(world, 1 * MINUTE);
    g_assert_cmpuint(world_count(world, "get_swarm"), ==, 16);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 0);
    g_assert_cmpuint(world_note(world, NOTE_ATTEMPT_FAILED)->b, ==, SEND_NO_SWARM);
    for (guint i = 0; i < 16; i++) {
        const Arrival *arrival = g_ptr_array_index(world->arrivals, i);
        const Arrival *first = g_ptr_array_index(world->arrivals, i / 4 * 4);
        const Duration gap[] = { 0, 100, 200, 400 }, other[] = { 0, 100, 200, 400 };

        g_assert_cmpuint(arrival->node, ==, first->node);
        if (i > 0) {
            const Arrival *before = g_ptr_array_index(world->arrivals, i - 1);

            g_assert_cmpint(arrival->at - before->at, ==,
                            WORLD_LATENCY +
                                (i % 4 > 0 ? gap[i % 4] : other[i / 4]) * MILLISECOND);
        }
    }
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/message-arrives-as-written", test_message_arrives_as_written);
    g_test_add_func("/session/lost-answers-make-copies-of-one-sent-time",
                    test_lost_answers_make_copies_of_one_sent_time);
    g_test_add_func("/session/what-each-failure-does", test_what_each_failure_does);
    g_test_add_func("/session/silence-takes-its-time", test_silence_takes_its_time);
    g_test_add_func("/session/moved-recipient-is-found", test_moved_recipient_is_found);
    g_test_add_func("/session/small-swarms-are-asked-for-again",
                    test_small_swarms_are_asked_for_again);
    g_test_add_func("/session/unknown-swarm-is-given-up-after-sixteen-requests",
                    test_unknown_swarm_is_given_up_after_sixteen_requests);
    return g_test_run();
}
