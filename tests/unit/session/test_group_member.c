/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client in a closed group that another one made (protocol 5.4, 5.6): what it reads, when
 * it asks, and what it makes of changes, in and out of order, by who may and who may not.
 */
#include "tests/unit/session/group_world.h"

#include "nodes/crypto/session_message.h"

enum { ADMIN = 3, BEN = 4, CAM = 5, STRANGER = 9 };

typedef struct Club {
    World *world;
    SessionConfig config;
    uint8_t id[ACCOUNT_BYTES];
    X25519Pair key, next; /* in use, and the next one */
    UnixMs now_ms;        /* of the last content; each is later than the one before */
} Club;

static void
wait_s(World *world, int seconds)
{
    world_run_for(world, seconds * SECOND);
}

static UnixMs
later(Club *club)
{
    return ++club->now_ms;
}

/* What the group is, with BEN and @admin in it, sealed to the client with @sender's keys.
 */
static void
describe(Club *club, const Ed25519Pair *sender, guint admin, const X25519Pair *key,
         ContentKind kind)
{
    uint8_t account[3][ACCOUNT_BYTES];
    Bytes members[3], admins;
    ContentGroup group = { .type = GROUP_NEW,
                           .public_key = { club->id, ACCOUNT_BYTES },
                           .name = BYTES_LITERAL("club"),
                           .key_public = { key->pk, KEY_BYTES },
                           .key_private = { key->sk, KEY_BYTES },
                           .members = { members, 3 },
                           .admins = { &admins, 1 } };
    Content content = { .kind = kind, .timestamp = later(club) };
    g_autofree char *data = NULL;

    if (kind == CONTENT_CONFIGURATION) {
        content.group = &group;
        content.n_groups = 1;
    } else {
        content.control = &group;
    }
    session_account(club->world->session, account[0]);
    world_account(admin, account[1]);
    world_account(BEN, account[2]);
    for (int i = 0; i < 3; i++)
        members[i] = (Bytes){ account[i], ACCOUNT_BYTES };
    admins = members[1];
    data = world_seal(club->world, sender, club->world->session->x25519.pk,
                      ENVELOPE_SESSION_MESSAGE, &content, content.timestamp);
    group_put(club->world, account[0], 0, data);
}

static void
invite(Club *club, guint sender, guint admin)
{
    Ed25519Pair ed;
    X25519Pair x;

    group_keys(sender, &ed, &x);
    describe(club, &ed, admin, &club->key, CONTENT_DATA);
}

static void
club_open(Club *club, gconstpointer data)
{
    uint8_t random[KEY_BYTES] = { 0, 77 };

    (void)data;
    club->config = world_config();
    club->world = world_new_online(&club->config);
    club->now_ms = WORLD_EPOCH_MS;
    world_account(300, club->id);
    crypto_keygen(&club->world->crypto, random, &club->key);
    random[1] = 78;
    crypto_keygen(&club->world->crypto, random, &club->next);
}

static void
club_close(Club *club, gconstpointer data)
{
    (void)data;
    world_free(club->world);
}

/* A text in the group's mailbox. */
static void
say(Club *club, guint sender, const X25519Pair *key, uint64_t message, UnixMs sealed_ms)
{
    Content content = { .kind = CONTENT_DATA, .timestamp = later(club) };
    Buffer text = BUFFER_EMPTY;
    g_autofree char *data = NULL;

    session_text_of(message, 80, &text);
    content.body = buffer_bytes(&text);
    data = group_seal(club->world, sender, key->pk, ENVELOPE_CLOSED_GROUP_MESSAGE, &content,
                      sealed_ms > 0 ? sealed_ms : content.timestamp);
    group_put(club->world, club->id, SESSION_GROUP_NAMESPACE, data);
    buffer_clear(&text);
}

/* A control message there, sealed to the first key. */
static void
change(Club *club, guint sender, ContentGroup *control)
{
    Content content = { .kind = CONTENT_DATA,
                        .timestamp = later(club),
                        .control = control };
    g_autofree char *data =
        group_seal(club->world, sender, club->key.pk, ENVELOPE_CLOSED_GROUP_MESSAGE,
                   &content, content.timestamp);

    group_put(club->world, club->id, SESSION_GROUP_NAMESPACE, data);
}

static void
change_members(Club *club, guint sender, int type, const uint8_t account[ACCOUNT_BYTES])
{
    Bytes member = { account, ACCOUNT_BYTES };
    ContentGroup control = { .type = type, .members = { &member, 1 } };

    change(club, sender, &control);
}

/* The next key, in a box of the client's, as @sender gives it out. */
static void
give_key(Club *club, guint sender)
{
    uint8_t self[ACCOUNT_BYTES], random[KEY_BYTES] = { 5 };
    Buffer plain = BUFFER_EMPTY, box = BUFFER_EMPTY;
    ContentWrapper wrapper;
    ContentGroup control = { .type = GROUP_KEY_PAIR, .wrapper = &wrapper, .n_wrappers = 1 };
    Ed25519Pair ed;
    X25519Pair x;

    group_keys(sender, &ed, &x);
    content_key_pair_write((Bytes){ club->next.pk, KEY_BYTES },
                           (Bytes){ club->next.sk, KEY_BYTES }, &plain);
    g_assert_cmpint(session_message_seal(&club->world->crypto, &ed,
                                         club->world->session->x25519.pk, random,
                                         buffer_bytes(&plain), &box),
                    ==, ST_OK);
    session_account(club->world->session, self);
    wrapper = (ContentWrapper){ { self, ACCOUNT_BYTES }, buffer_bytes(&box) };
    change(club, sender, &control);
    buffer_clear(&plain);
    buffer_clear(&box);
}

static void
join(Club *club)
{
    invite(club, ADMIN, ADMIN);
    wait_s(club->world, 40);
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->b, ==, GROUP_JOINED);
    g_assert_cmpmem(world_note(club->world, NOTE_GROUP)->text->data, ACCOUNT_BYTES,
                    club->id, ACCOUNT_BYTES);
    recording_port_forget(club->world->recording);
    club->world->handled = 0;
}

static guint
opened(const Club *club)
{
    return world_notes(club->world, NOTE_OPENED);
}

static void
test_reads(Club *club, gconstpointer data)
{
    (void)data;
    join(club);
    say(club, ADMIN, &club->key, 1, 0);
    say(club, BEN, &club->key, 2, 0);
    wait_s(club->world, 40);
    g_assert_cmpuint(opened(club), ==, 2);
    g_assert_cmpuint(world_note(club->world, NOTE_BYTES)->a, ==, SESSION_GROUP_TEXT);
    g_assert_cmpuint(world_note(club->world, NOTE_MAILBOX)->b, ==, 200);
    /* Once is enough, whichever node is asked. */
    wait_s(club->world, 120);
    g_assert_cmpuint(opened(club), ==, 2);
}

/* A stranger may invite to a group of his own, not in another's name. */
static void
test_invited_by_no_admin(Club *club, gconstpointer data)
{
    (void)data;
    invite(club, STRANGER, ADMIN);
    wait_s(club->world, 40);
    g_assert_cmpuint(world_notes(club->world, NOTE_GROUP), ==, 0);
    g_assert_cmpuint(world_notes(club->world, NOTE_UNREADABLE), ==, 1);
}

/* With a key of the group, but no member of it. */
static void
test_stranger_writes(Club *club, gconstpointer data)
{
    (void)data;
    join(club);
    say(club, STRANGER, &club->key, 1, 0);
    wait_s(club->world, 40);
    g_assert_cmpuint(opened(club), ==, 0);
    g_assert_cmpuint(world_note(club->world, NOTE_UNREADABLE)->a, ==, 1);
    say(club, BEN, &club->key, 2, 0);
    wait_s(club->world, 40);
    g_assert_cmpuint(opened(club), ==, 1);
}

/* What was sent before one was in the group is not shown, and says nothing. */
static void
test_older_is_not_shown(Club *club, gconstpointer data)
{
    (void)data;
    say(club, BEN, &club->key, 1, WORLD_EPOCH_MS - 1000);
    join(club);
    wait_s(club->world, 40);
    g_assert_cmpuint(opened(club), ==, 0);
    g_assert_cmpuint(world_notes(club->world, NOTE_UNREADABLE), ==, 0);
}

/* How the key opens what the client stored first. */
static void
check_written(const Club *club, const X25519Pair *key, Status expected)
{
    Stored stored = group_stored(club->world, 0);
    Buffer padded = BUFFER_EMPTY;
    uint8_t sender[KEY_BYTES];
    Content content;

    g_assert_cmpint(group_open(club->world, stored.data, key, ENVELOPE_CLOSED_GROUP_MESSAGE,
                               &padded, &content, sender),
                    ==, expected);
    if (expected == ST_OK)
        content_clear(&content);
    buffer_clear(&padded);
}

/* A message under the next key comes first: it opens when the key is there. */
static void
test_key_comes_late(Club *club, gconstpointer data)
{
    (void)data;
    join(club);
    say(club, ADMIN, &club->next, 1, 0);
    wait_s(club->world, 60);
    g_assert_cmpuint(opened(club), ==, 0);
    g_assert_cmpuint(world_note(club->world, NOTE_UNREADABLE)->a, ==, 0);
    give_key(club, ADMIN);
    wait_s(club->world, 60);
    g_assert_cmpuint(opened(club), ==, 2); /* the key, and the message */
    /* And what is written now is sealed to it. */
    group_write(club->world, club->id, SESSION_GROUP_TEXT, 42);
    wait_s(club->world, 30);
    check_written(club, &club->key, ST_AUTH);
    check_written(club, &club->next, ST_OK);
}

/* A member cannot give out keys, nor remove anybody. */
static void
test_member_is_no_admin(Club *club, gconstpointer data)
{
    uint8_t self[ACCOUNT_BYTES];

    (void)data;
    join(club);
    give_key(club, BEN);
    session_account(club->world->session, self);
    change_members(club, BEN, GROUP_MEMBERS_REMOVED, self);
    say(club, ADMIN, &club->next, 1, 0);
    wait_s(club->world, 60);
    g_assert_cmpuint(opened(club), ==, 0);
    g_assert_cmpuint(world_notes(club->world, NOTE_GROUP), ==, 0);
    say(club, ADMIN, &club->key, 2, 0);
    wait_s(club->world, 60);
    g_assert_cmpuint(opened(club), ==, 1);
}

/* In the group; CAM, whose account is @ret, is added by a member. */
static void
join_and_see_added(Club *club, uint8_t ret[ACCOUNT_BYTES])
{
    join(club);
    world_account(CAM, ret);
    change_members(club, BEN, GROUP_MEMBERS_ADDED, ret);
}

/* Who was added may write. */
static void
test_added_writes(Club *club, gconstpointer data)
{
    uint8_t cam[ACCOUNT_BYTES];

    (void)data;
    join_and_see_added(club, cam);
    say(club, CAM, &club->key, 1, 0);
    wait_s(club->world, 60);
    g_assert_cmpuint(opened(club), ==, 2);
    change_members(club, ADMIN, GROUP_MEMBERS_REMOVED, cam);
    say(club, CAM, &club->key, 2, 0);
    wait_s(club->world, 60);
    g_assert_cmpuint(opened(club), ==, 3); /* the change, and no more of CAM's */
}

/* Removed: the client reads no further, not even in the same answer, asks no more, and
 * writes no more. */
static void
test_removed(Club *club, gconstpointer data)
{
    uint8_t self[ACCOUNT_BYTES];
    guint polls;

    (void)data;
    join(club);
    say(club, BEN, &club->key, 1, 0);
    session_account(club->world->session, self);
    change_members(club, ADMIN, GROUP_MEMBERS_REMOVED, self);
    say(club, BEN, &club->key, 2, 0);
    wait_s(club->world, 60);
    g_assert_cmpuint(opened(club), ==, 2); /* the text before, and that it is out */
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->b, ==, GROUP_LEFT);
    polls = world_notes(club->world, NOTE_MAILBOX);
    wait_s(club->world, 300);
    g_assert_cmpuint(world_notes(club->world, NOTE_MAILBOX), ==, polls);
    group_write(club->world, club->id, SESSION_GROUP_TEXT, 42);
    g_assert_cmpuint(world_note(club->world, NOTE_GIVEN_UP)->b, ==, SEND_NO_GROUP);
}

/* 5 s after a poll while it is active, a minute after two days, two minutes after seven. */
static void
test_rhythm(Club *club, gconstpointer data)
{
    static const struct {
        Duration age;      /* of the last message */
        guint least, most; /* polls in ten minutes */
    } ages[] = { { 0, 110, 121 }, { 3 * DAY, 9, 11 }, { 8 * DAY, 4, 6 } };

    (void)data;
    club->world->config.poll_interval = 30 * DAY; /* nothing else is asked */
    join(club);
    for (guint i = 0; i < G_N_ELEMENTS(ages); i++) {
        Group *group = club->world->session->more->group[0];

        group->news = club->world->recording->now - ages[i].age;
        wait_s(club->world, 10); /* a poll ends, and the next one is later */
        recording_port_forget(club->world->recording);
        club->world->handled = 0;
        wait_s(club->world, 600);
        g_assert_cmpuint(world_notes(club->world, NOTE_MAILBOX), >=, ages[i].least);
        g_assert_cmpuint(world_notes(club->world, NOTE_MAILBOX), <=, ages[i].most);
    }
}

/* A group outlives a crash, with its keys. */
static void
test_restart(Club *club, gconstpointer data)
{
    (void)data;
    join(club);
    world_restart(club->world);
    say(club, BEN, &club->key, 1, 0);
    world_online(club->world);
    wait_s(club->world, 60);
    g_assert_cmpuint(opened(club), ==, 1);
}

/* Another device of the account learns of the group, and reads what is still there. */
static void
test_other_device(Club *club, gconstpointer data)
{
    uint8_t self[ACCOUNT_BYTES];
    guint stores;
    Stored stored;

    (void)data;
    club->world->config.other_devices = true;
    say(club, BEN, &club->key, 1, 0);
    join(club);
    wait_s(club->world, 40);
    stores = world_count(club->world, "store");
    g_assert_cmpuint(stores, ==, 1);
    stored = group_stored(club->world, 0);
    session_account(club->world->session, self);
    {
        SessionConfig config = world_config();
        World *device = world_new(70, &config);
        g_autofree char *copy = g_strdup(stored.data);

        /* The same account: world_new gives each client the same seed. */
        group_put(device, self, 0, copy);
        for (guint i = 0; i < club->world->n_nodes; i++)
            for (guint j = 0; j < club->world->node[i].store->len; j++) {
                const StoredMessage *message =
                    g_ptr_array_index(club->world->node[i].store, j);

                if (message->name_space == SESSION_GROUP_NAMESPACE)
                    world_put(device, i, club->id, SESSION_GROUP_NAMESPACE, message->data);
            }
        world_online(device);
        wait_s(device, 60);
        g_assert_cmpuint(world_note(device, NOTE_GROUP)->b, ==, GROUP_JOINED);
        g_assert_cmpuint(world_notes(device, NOTE_OPENED), ==, 2); /* and the message */
        world_free(device);
    }
}

/* Another device of the account tells what it knew before somebody was added: he stays in.
 * The key that it knows opens, and nothing is sealed to it. */
static void
test_other_device_is_behind(Club *club, gconstpointer data)
{
    uint8_t cam[ACCOUNT_BYTES];

    (void)data;
    join_and_see_added(club, cam);
    wait_s(club->world, 60);
    say(club, BEN, &club->next, 1, 0);
    wait_s(club->world, 60);
    g_assert_cmpuint(opened(club), ==, 1); /* that CAM was added */
    describe(club, &club->world->session->ed25519, ADMIN, &club->next,
             CONTENT_CONFIGURATION);
    say(club, CAM, &club->key, 2, 0);
    wait_s(club->world, 120);
    g_assert_cmpuint(opened(club), ==, 4); /* the configuration, and both */
    group_write(club->world, club->id, SESSION_GROUP_TEXT, 42);
    wait_s(club->world, 30);
    check_written(club, &club->next, ST_AUTH);
    check_written(club, &club->key, ST_OK);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add(name, Club, NULL, club_open, test, club_close)
    ADD("/session/group-member/reads", test_reads);
    ADD("/session/group-member/invited-by-no-admin", test_invited_by_no_admin);
    ADD("/session/group-member/stranger-writes", test_stranger_writes);
    ADD("/session/group-member/older-is-not-shown", test_older_is_not_shown);
    ADD("/session/group-member/key-comes-late", test_key_comes_late);
    ADD("/session/group-member/member-is-no-admin", test_member_is_no_admin);
    ADD("/session/group-member/added-writes", test_added_writes);
    ADD("/session/group-member/removed", test_removed);
    ADD("/session/group-member/rhythm", test_rhythm);
    ADD("/session/group-member/restart", test_restart);
    ADD("/session/group-member/other-device", test_other_device);
    ADD("/session/group-member/other-device-is-behind", test_other_device_is_behind);
    return g_test_run();
}
