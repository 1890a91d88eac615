/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What clients write by themselves (protocol 5.5, 5.8): typing notices around a message,
 * and receipts for what was read; and what they make of such messages. */
#include "tests/unit/session/world.h"

enum { FRIEND = 3 };

static json_t *
stored_params(const World *world, guint i)
{
    for (guint j = 0; j < world->arrivals->len; j++) {
        json_t *first = arrival_first(g_ptr_array_index(world->arrivals, j));

        if (g_strcmp0(json_string_value(json_object_get(first, "method")), "store") == 0 &&
            i-- == 0)
            return json_object_get(first, "params");
    }
    g_assert_not_reached();
}

/* What stands in the i-th store, and how long it is kept. */
static Content
stored(const World *world, guint i, Buffer *padded, json_int_t *ret_ttl)
{
    json_t *params = stored_params(world, i);
    Content content;

    *ret_ttl = json_integer_value(json_object_get(params, "ttl"));
    world_open(world, FRIEND, json_string_value(json_object_get(params, "data")), padded,
               &content);
    return content;
}

static void
test_typing_goes_before_and_after(void)
{
    static const int actions[] = { CONTENT_TYPING_STARTED, -1, CONTENT_TYPING_STOPPED };
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world;

    config.typing_notices = true;
    world = world_new_online(&config);
    world_account(FRIEND, account);
    world_write(world, 7, account, 100);
    world_run(world, 40 * SECOND);
    g_assert_cmpuint(world_count(world, "store"), ==, 3);
    for (guint i = 0; i < 3; i++) {
        Buffer padded = BUFFER_EMPTY, text = BUFFER_EMPTY;
        json_int_t ttl;
        Content content = stored(world, i, &padded, &ttl);

        if (actions[i] < 0) {
            session_text_of(7, 100, &text);
            g_assert_cmpint(content.kind, ==, CONTENT_DATA);
            g_assert_true(bytes_equal(content.body, buffer_bytes(&text)));
        } else {
            g_assert_cmpint(content.kind, ==, CONTENT_TYPING);
            g_assert_cmpint(content.action, ==, actions[i]);
            g_assert_cmpint(content.timestamp, >, WORLD_EPOCH_MS);
        }
        g_assert_cmpint(ttl, ==, actions[i] < 0 ? 14 * DAY / MILLISECOND : 20000);
        content_clear(&content);
        buffer_clear(&padded);
        buffer_clear(&text);
    }
    g_assert_cmpuint(world_notes(world, NOTE_WRITTEN), ==, 2);
    g_assert_cmpuint(world_note(world, NOTE_WRITTEN)->a, ==, SESSION_OWN_MESSAGE | 2);
    g_assert_cmpuint(world_note(world, NOTE_WRITTEN)->b, ==, SESSION_TYPING);
    g_assert_cmpmem(world_note(world, NOTE_WRITTEN)->text->data, ACCOUNT_BYTES, account,
                    ACCOUNT_BYTES);
    world_free(world);
}

/* A notice that could not be sent for 20 s is given up; the text is not. */
static void
test_typing_gets_old(void)
{
    SessionConfig config = world_config();
    uint8_t account[ACCOUNT_BYTES];
    World *world;

    config.typing_notices = true;
    world = world_new(70, &config);
    world_account(FRIEND, account);
    world_write(world, 7, account, 100); /* offline */
    world_run(world, 30 * SECOND);
    world_online(world);
    world_run(world, 60 * SECOND);
    g_assert_cmpuint(world_count(world, "store"), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_GIVEN_UP), ==, 2);
    g_assert_cmpuint(recording_count_notes_of(world->recording, NOTE_ACCEPTED, 7), ==, 1);
    world_free(world);
}

static void
put_in_mailbox(World *world, const char *data)
{
    uint8_t account[ACCOUNT_BYTES];
    guint node[16], n;

    session_account(world->session, account);
    n = world_swarm(world, account, node);
    for (guint i = 0; i < n; i++)
        world_put(world, node[i], account, 0, data);
}

/* The seed of world_account(FRIEND). */
static const uint8_t friend_seed[32] = { FRIEND, 0, 'a' };

static void
test_receipt_names_what_was_read(void)
{
    SessionConfig config = world_config();
    World *world;

    config.read_receipts = true;
    world = world_new_online(&config);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *data =
            world_seal_text(world, friend_seed, i, 300, WORLD_EPOCH_MS + i);

        put_in_mailbox(world, data);
    }
    world_run(world, 40 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 3);
    g_assert_cmpuint(world_count(world, "store"), ==, 1); /* one for all of a poll */
    {
        Buffer padded = BUFFER_EMPTY;
        json_int_t ttl;
        Content content = stored(world, 0, &padded, &ttl);

        g_assert_cmpint(content.kind, ==, CONTENT_RECEIPT);
        g_assert_cmpint(content.action, ==, CONTENT_READ);
        g_assert_cmpuint(content.n_read, ==, 3);
        for (guint i = 0; i < 3; i++)
            g_assert_cmpuint(content.read[i], ==, (uint64_t)WORLD_EPOCH_MS + i);
        g_assert_cmpint(ttl, ==, 14 * DAY / MILLISECOND);
        content_clear(&content);
        buffer_clear(&padded);
    }
    world_free(world);
}

static void
test_no_receipt_where_none_is_wanted(void)
{
    SessionConfig config = world_config();
    World *world = world_new_online(&config);
    g_autofree char *data = world_seal_text(world, friend_seed, 1, 300, WORLD_EPOCH_MS);

    put_in_mailbox(world, data);
    world_run(world, 40 * SECOND);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, 1);
    g_assert_cmpuint(world_count(world, "store"), ==, 0);
    g_assert_cmpuint(world_notes(world, NOTE_WRITTEN), ==, 0);
    world_free(world);
}

/* Receipts and notices come out as they went in; a receipt of another type, or of nothing,
 * is none. */
static void
test_notices_are_opened(void)
{
    static const uint64_t read[] = { 5, 6 };
    const Content good[] = {
        { .kind = CONTENT_RECEIPT, .action = CONTENT_READ, .read = read, .n_read = 2 },
        { .kind = CONTENT_TYPING, .timestamp = 9, .action = CONTENT_TYPING_STARTED },
    };
    const Content bad[] = {
        { .kind = CONTENT_RECEIPT, .action = CONTENT_READ },
        { .kind = CONTENT_RECEIPT, .action = 0, .read = read, .n_read = 2 },
        { .kind = CONTENT_TYPING, .timestamp = 9, .action = 7 },
    };
    SessionConfig config = world_config();
    World *world;

    config.read_receipts = true;
    world = world_new_online(&config);
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *data =
            world_seal_content(world, friend_seed, &good[i], WORLD_EPOCH_MS);
        Buffer plain = BUFFER_EMPTY;

        put_in_mailbox(world, data);
        world_run(world, (10 + 20 * (gint64)(i + 1)) * SECOND);
        content_write(&good[i], &plain);
        g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, i + 1);
        g_assert_cmpuint(world_note(world, NOTE_CONTENT)->b, ==,
                         session_seen_hash(SEEN_HASH_START, buffer_bytes(&plain)));
        buffer_clear(&plain);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *data =
            world_seal_content(world, friend_seed, &bad[i], WORLD_EPOCH_MS);

        put_in_mailbox(world, data);
    }
    world_run(world, 2 * MINUTE);
    g_assert_cmpuint(world_notes(world, NOTE_OPENED), ==, G_N_ELEMENTS(good));
    g_assert_cmpuint(world_notes(world, NOTE_UNREADABLE), ==, G_N_ELEMENTS(bad));
    g_assert_cmpuint(world_count(world, "store"), ==,
                     0); /* nothing of it is acknowledged */
    world_free(world);
}

static void
say(World *world, const uint8_t to[ACCOUNT_BYTES], const char *text)
{
    SessionSaying saying = { .kind = SESSION_TEXT, .text = bytes_of_text(text) };
    Packet packet;
    Incoming in = { 0, NULL, KIND_TELL, 0, &packet };

    memcpy(saying.to, to, ACCOUNT_BYTES);
    packet = session_say_packet(&saying);
    session_ops.receive(world->session, world->recording->now, &in);
    packet_clear(&packet);
}

/* A text that a person wrote: stored as it is, once, with a time, and no copy for oneself.
 */
static void
test_a_person_says_something(void)
{
    static const char said[] = "Good morning, \xc3\xa9veryone";
    SessionConfig config = world_config();
    Buffer padded = BUFFER_EMPTY;
    uint8_t account[ACCOUNT_BYTES];
    json_int_t ttl;
    Content content;
    World *world;

    config.sync_copies = true;
    world = world_new_online(&config);
    world_account(FRIEND, account);
    say(world, account, said);
    world_run(world, 40 * SECOND);
    g_assert_cmpuint(world_count(world, "store"), ==, 1);
    content = stored(world, 0, &padded, &ttl);
    g_assert_cmpint(content.kind, ==, CONTENT_DATA);
    g_assert_true(bytes_equal_text(content.body, said));
    g_assert_cmpint(content.timestamp, >, WORLD_EPOCH_MS);
    g_assert_cmpint(ttl, ==, 14 * DAY / MILLISECOND);
    g_assert_cmpuint(world_note(world, NOTE_ACCEPTED)->a, ==,
                     world_note(world, NOTE_WRITTEN)->a);
    content_clear(&content);
    buffer_clear(&padded);
    world_free(world);
}

/* What comes in and is nobody's synthetic message goes to the application in full; a copy
 * of it that its sender stored again does not. */
static void
test_somebody_said_something(void)
{
    const Content content = { .kind = CONTENT_DATA,
                              .body = BYTES_LITERAL("Hello there"),
                              .timestamp = WORLD_EPOCH_MS + 5 };
    SessionConfig config = world_config();
    Ed25519Pair sender;
    X25519Pair x25519;
    World *world = world_new_online(&config);
    const TakenNote *note;

    for (int i = 0; i < 2; i++) {
        g_autofree char *data =
            world_seal_content(world, friend_seed, &content, WORLD_EPOCH_MS + i);

        put_in_mailbox(world, data);
    }
    world_run(world, MINUTE);
    identity_ed25519(friend_seed, &sender);
    identity_x25519(&sender, &x25519);
    g_assert_cmpuint(world_notes(world, NOTE_TEXT), ==, 1);
    g_assert_cmpuint(world_notes(world, NOTE_UNREADABLE), ==, 2);
    note = world_note(world, NOTE_TEXT);
    g_assert_cmpuint(note->a, ==, WORLD_EPOCH_MS + 5);
    g_assert_cmpmem(note->text->data + 1, KEY_BYTES, x25519.pk, KEY_BYTES);
    g_assert_cmpmem(note->text->data + ACCOUNT_BYTES, ACCOUNT_BYTES,
                    (uint8_t[ACCOUNT_BYTES]){ 0 }, ACCOUNT_BYTES);
    g_assert_cmpmem(note->text->data + 2 * ACCOUNT_BYTES,
                    note->text->len - 2 * ACCOUNT_BYTES, "Hello there", 11);
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/kinds/typing", test_typing_goes_before_and_after);
    g_test_add_func("/session/kinds/typing-gets-old", test_typing_gets_old);
    g_test_add_func("/session/kinds/receipt", test_receipt_names_what_was_read);
    g_test_add_func("/session/kinds/no-receipt", test_no_receipt_where_none_is_wanted);
    g_test_add_func("/session/kinds/notices-are-opened", test_notices_are_opened);
    g_test_add_func("/session/kinds/a-person-says", test_a_person_says_something);
    g_test_add_func("/session/kinds/somebody-said", test_somebody_said_something);
    return g_test_run();
}
