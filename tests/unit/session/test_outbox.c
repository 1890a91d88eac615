/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What waits to go out: in which order, for how long, how much of it (protocol 5.5). */
#include "tests/unit/session/world.h"

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

static void
test_parked_messages_go_again(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world;
    Time parked;

    config.poll_interval = 1 * HOUR;
    config.node_failures_max = 100;
    config.resend_interval = 30 * SECOND;
    world = acquainted_world(&config, account);
    set_all(world, FAULT_STATUS, 400);
    world_write(world, 2, account, 50);
    world_run(world, 20 * SECOND);
    parked = world_note(world, NOTE_ATTEMPT_FAILED)->at;
    world_run(world, 49 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 6);
    g_assert_cmpint(world_note_before(world, NOTE_ATTEMPT, 2)->at - parked, ==,
                    config.resend_interval);
    g_assert_cmpuint(world_note(world, NOTE_ATTEMPT)->b, ==, 6);

    /* Going offline and back brings it again, at once and with all its tries. */
    world_order(world, SESSION_OFFLINE);
    world_online(world);
    world_run(world, 50 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 9);
    set_all(world, FAULT_NONE, 0);
    world_restart(world);
    world_online(world);
    world_run(world, 51 * SECOND);
    g_assert_cmpuint(world_note(world, NOTE_ACCEPTED)->b, ==, 10);
    g_assert_cmpuint(session_outbox(world->session), ==, 0);
    world_free(world);
}

static void
test_without_an_interval_only_coming_online_helps(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world;

    config.poll_interval = 10 * MINUTE;
    world = acquainted_world(&config, account);
    set_all(world, FAULT_SUB_STATUS, 400);
    world_write(world, 2, account, 50);
    world_run(world, 1 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 3);
    set_all(world, FAULT_NONE, 0);
    world_run(world, 2 * HOUR);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 3);
    world_order(world, SESSION_OFFLINE);
    world_online(world);
    world_run(world, 2 * HOUR + 1 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 1);
    world_free(world);
}

/* Without gaps everything is tried at once, and comes to an end all the same. */
static void
test_gaps_of_nothing(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world;

    config.onion_gap = config.send_gap = config.path_build_gap = 0;
    config.seed_tries = 1;
    world = acquainted_world(&config, account);
    set_all(world, FAULT_REFUSES, 0);
    world->seed_status = 500;
    world_write(world, 2, account, 50);
    world_run(world, 20 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT_FAILED), ==, 3);
    g_assert_cmpuint(session_outbox(world->session), ==, 1);
    world_free(world);
}

/* Messages to one recipient follow one another; a parked one lets the next one pass. */
static void
test_one_recipient_is_served_in_order(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES], other[ACCOUNT_BYTES];
    World *world = acquainted_world(&config, account);
    Time accepted = 0;

    world_account(8, other);
    for (uint64_t i = 2; i <= 4; i++)
        world_write(world, i, account, 50);
    world_write(world, 5, other, 50);
    g_assert_cmpuint(world->session->outbox.under_way, ==, 2);
    world_run(world, 11 * SECOND);
    for (guint i = 0; i < world->recording->notes->len; i++) {
        const TakenNote *note = recording_note(world->recording, i);

        if (note->a == 5)
            continue;
        if (note->kind == NOTE_ATTEMPT)
            g_assert_cmpint(note->at, >=, accepted);
        if (note->kind == NOTE_ACCEPTED)
            accepted = note->at;
    }
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 4);
    g_assert_cmpuint(world_note(world, NOTE_ACCEPTED)->a, ==, 4);

    recording_port_forget(world->recording);
    world->handled = 0;
    set_all(world, FAULT_SUB_STATUS, 400);
    world_write(world, 6, account, 50);
    world_run(world, 11 * SECOND + 150 * MILLISECOND);
    world_write(world, 7, account, 50);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_ATTEMPT, 7), ==, 0);
    world_run(world, 12 * SECOND);
    g_assert_cmpuint(session_outbox(world->session), ==, 2);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_ATTEMPT, 6), ==, 3);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_ATTEMPT, 7), ==, 3);
    world_free(world);
}

static void
test_outbox_is_bounded(void)
{
    SessionConfig config = world_config();
    World *world;

    config.outbox_max = 5;
    world = world_new(70, &config);
    for (guint i = 0; i < 7; i++) {
        uint8_t account[ACCOUNT_BYTES];

        world_account(i, account);
        world_write(world, 100 + i, account, 50);
    }
    g_assert_cmpuint(session_outbox(world->session), ==, 5);
    g_assert_cmpuint(world_notes(world, NOTE_GIVEN_UP), ==, 2);
    g_assert_cmpuint(world_note(world, NOTE_GIVEN_UP)->a, ==, 106);
    g_assert_cmpuint(world_note(world, NOTE_GIVEN_UP)->b, ==, SEND_OUTBOX_FULL);
    /* What was written while offline goes out in time. */
    g_assert_cmpuint(world->recording->sent->len, ==, 0);
    world_online(world);
    world_run(world, 10 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 5);
    g_assert_null(world->session->outbox.item);
    world_free(world);
}

static void
test_messages_die_with_their_content(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world;
    Time written;

    config.message_ttl = 30 * MINUTE;
    config.poll_interval = 1 * HOUR;
    world = acquainted_world(&config, account);
    set_all(world, FAULT_SUB_STATUS, 400);
    written = world->recording->now;
    world_write(world, 2, account, 50);
    world_run(world, written + config.message_ttl - 1);
    g_assert_cmpuint(world_notes(world, NOTE_GIVEN_UP), ==, 0);
    world_run(world, written + config.message_ttl);
    g_assert_cmpuint(world_notes(world, NOTE_GIVEN_UP), ==, 1);
    g_assert_cmpuint(world_note(world, NOTE_GIVEN_UP)->b, ==, SEND_REFUSED);
    g_assert_cmpuint(session_outbox(world->session), ==, 0);

    /* Offline nobody counts the hours; the next time online does. */
    world_order(world, SESSION_OFFLINE);
    world_write(world, 3, account, 50);
    world_run_for(world, 2 * config.message_ttl);
    g_assert_cmpuint(session_outbox(world->session), ==, 1);
    world_online(world);
    g_assert_cmpuint(world_note(world, NOTE_GIVEN_UP)->a, ==, 3);
    g_assert_cmpuint(world_note(world, NOTE_GIVEN_UP)->b, ==, SEND_NO_PATH);
    g_assert_cmpuint(session_outbox(world->session), ==, 0);
    world_free(world);
}

/* Messages of an account at all nodes of its swarm. */
static guint
kept_for(const World *world, const uint8_t account[ACCOUNT_BYTES])
{
    char pubkey[2 * ACCOUNT_BYTES + 1] = "";
    guint swarm[16], n = world_swarm(world, account, swarm), kept = 0;

    hex_encode((Bytes){ account, ACCOUNT_BYTES }, pubkey);
    for (guint i = 0; i < n; i++)
        for (guint j = 0; j < world->node[swarm[i]].store->len; j++) {
            const StoredMessage *message =
                g_ptr_array_index(world->node[swarm[i]].store, j);

            kept += g_strcmp0(message->account, pubkey) == 0;
        }
    return kept;
}

static void
test_copies_to_own_devices(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES], own[ACCOUNT_BYTES];
    World *world;

    config.sync_copies = true;
    world = world_new_online(&config);
    session_account(world->session, own);
    world_account(3, account);
    world_write(world, 9, account, 50);
    world_run(world, 5 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 2);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_ACCEPTED, 9), ==, 1);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_ACCEPTED, 0), ==, 1);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_SEALED, 9), ==, 1);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_SEALED, 0), ==, 1);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_ATTEMPT, 0), ==, 1);
    /* It lies in the own swarm, and is not news to whoever put it there. */
    g_assert_cmpuint(kept_for(world, own), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 0);
    g_assert_cmpuint(world_notes(world, NOTE_UNREADABLE), ==, 0);

    /* To another device of the account it is: the same seed, another client. */
    session_seen_clear(&world->session->seen_hashes);
    world->session->n_cursors = 0;
    world_run(world, 10 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 1);
    g_assert_cmpuint(session_outbox(world->session), ==, 0);
    world_free(world);
}

static void
test_recipient_without_a_key(void)
{
    SessionConfig config = world_config();
    World *world = world_new_online(&config);
    const uint8_t nobody[ACCOUNT_BYTES] = { 5 };

    world_write(world, 2, nobody, 50);
    world_run(world, 20 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_SEALED), ==, 0);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 0);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT_FAILED), ==, 3);
    g_assert_cmpuint(world_note(world, NOTE_ATTEMPT_FAILED)->b, ==, SEND_REFUSED);
    world_free(world);
}

static void
test_cut_off_attempt_starts_anew(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world = acquainted_world(&config, account);

    world_write(world, 2, account, 50);
    g_assert_cmpuint(world_notes(world, NOTE_ATTEMPT), ==, 1);
    world_order(world, SESSION_OFFLINE);
    world_run(world, 1 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_ACCEPTED), ==, 0);
    g_assert_cmpuint(session_outbox(world->session), ==, 1);
    world_online(world);
    world_run(world, 2 * MINUTE);
    g_assert_cmpuint(world_note(world, NOTE_ACCEPTED)->b, ==, 2);
    g_assert_cmpuint(world_count(world, "store"), ==, 2);
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/gaps-of-nothing", test_gaps_of_nothing);
    g_test_add_func("/session/one-recipient-is-served-in-order",
                    test_one_recipient_is_served_in_order);
    g_test_add_func("/session/without-an-interval-only-coming-online-helps",
                    test_without_an_interval_only_coming_online_helps);
    g_test_add_func("/session/parked-messages-go-again", test_parked_messages_go_again);
    g_test_add_func("/session/outbox-is-bounded", test_outbox_is_bounded);
    g_test_add_func("/session/messages-die-with-their-content",
                    test_messages_die_with_their_content);
    g_test_add_func("/session/copies-to-own-devices", test_copies_to_own_devices);
    g_test_add_func("/session/recipient-without-a-key", test_recipient_without_a_key);
    g_test_add_func("/session/cut-off-attempt-starts-anew",
                    test_cut_off_attempt_starts_anew);
    return g_test_run();
}
