/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closed groups as their admin makes and changes them (protocol 5.6): who opens what.  The
 * others are done by hand. */
#include "tests/unit/session/group_world.h"

#include "nodes/crypto/session_message.h"

enum { BEN = 3, CAM = 4, DAN = 5, EVE = 6, STRANGER = 9 };

static const guint three[] = { BEN, CAM, DAN };

/* The admin's group, with its keys as the members have them. */
typedef struct Club {
    World *world;
    SessionConfig config;
    uint8_t id[ACCOUNT_BYTES];
    X25519Pair key; /* the first one */
} Club;

static void
wait_s(World *world, int seconds)
{
    world_run_for(world, seconds * SECOND);
}

static bool
is_for(const Stored *stored, const uint8_t account[ACCOUNT_BYTES])
{
    char hex[2 * ACCOUNT_BYTES + 1] = "";

    hex_encode((Bytes){ account, ACCOUNT_BYTES }, hex);
    return g_strcmp0(stored->account, hex) == 0;
}

/* The first store for @member's own mailbox from the i-th on. */
static guint
store_for(const World *world, guint i, guint member)
{
    uint8_t account[ACCOUNT_BYTES];
    Stored stored;

    world_account(member, account);
    for (;; i++) {
        stored = group_stored(world, i);
        if (is_for(&stored, account))
            return i;
    }
}

/* What a member reads in his own mailbox, from the i-th store on. */
static Content
opened_by(const World *world, guint i, guint member, Buffer *padded)
{
    uint8_t sender[KEY_BYTES];
    Stored stored = group_stored(world, store_for(world, i, member));
    Ed25519Pair ed;
    X25519Pair x;
    Content content;

    group_keys(member, &ed, &x);
    g_assert_cmpint(group_open(world, stored.data, &x, ENVELOPE_SESSION_MESSAGE, padded,
                               &content, sender),
                    ==, ST_OK);
    g_assert_cmpmem(sender, KEY_BYTES, world->session->x25519.pk, KEY_BYTES);
    return content;
}

static void
club_open(Club *club, gconstpointer data)
{
    Buffer padded = BUFFER_EMPTY;
    Content content;

    (void)data;
    club->config = world_config();
    club->world = world_new_online(&club->config);
    group_order(club->world, SESSION_GROUP_CREATE, NULL, 7, three, 3);
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->a, ==, 7);
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->b, ==, GROUP_JOINED);
    memcpy(club->id, world_note(club->world, NOTE_GROUP)->text->data, ACCOUNT_BYTES);
    wait_s(club->world, 30);
    g_assert_cmpuint(world_count(club->world, "store"), ==, 3);
    content = opened_by(club->world, 0, BEN, &padded);
    g_assert_nonnull(content.control);
    g_assert_cmpint(content.control->key_public.n, ==, KEY_BYTES);
    memcpy(club->key.pk, content.control->key_public.p, KEY_BYTES);
    memcpy(club->key.sk, content.control->key_private.p, KEY_BYTES);
    content_clear(&content);
    buffer_clear(&padded);
}

static void
club_close(Club *club, gconstpointer data)
{
    (void)data;
    world_free(club->world);
}

/* Each member gets all that it must know, in its own mailbox. */
static void
test_invitations(Club *club, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 3; i++) {
        Stored stored = group_stored(club->world, store_for(club->world, 0, three[i]));
        Buffer padded = BUFFER_EMPTY;
        Content content = opened_by(club->world, 0, three[i], &padded);
        const ContentGroup *control = content.control;

        g_assert_cmpint(stored.name_space, ==, 0);
        g_assert_cmpint(control->type, ==, GROUP_NEW);
        g_assert_true(bytes_equal(control->public_key, (Bytes){ club->id, ACCOUNT_BYTES }));
        g_assert_cmpuint(control->members.n, ==, 4);
        g_assert_cmpuint(control->admins.n, ==, 1);
        g_assert_cmpmem(control->key_public.p, KEY_BYTES, club->key.pk, KEY_BYTES);
        content_clear(&content);
        buffer_clear(&padded);
    }
}

/* How @pair opens the i-th store, which lies in the group's mailbox. */
static Status
opens(const Club *club, guint i, const X25519Pair *pair, uint64_t message)
{
    Stored stored = group_stored(club->world, i);
    Buffer padded = BUFFER_EMPTY, text = BUFFER_EMPTY;
    uint8_t sender[KEY_BYTES];
    Content content;
    Status status;

    g_assert_true(is_for(&stored, club->id));
    g_assert_cmpint(stored.name_space, ==, SESSION_GROUP_NAMESPACE);
    status = group_open(club->world, stored.data, pair, ENVELOPE_CLOSED_GROUP_MESSAGE,
                        &padded, &content, sender);
    if (status == ST_OK) {
        session_text_of(message, 60, &text);
        g_assert_true(message == 0 || bytes_equal(content.body, buffer_bytes(&text)));
        content_clear(&content);
    }
    buffer_clear(&padded);
    buffer_clear(&text);
    return status;
}

/* A message goes once, to the group's own swarm; who has the key opens it, nobody else. */
static void
test_message(Club *club, gconstpointer data)
{
    Ed25519Pair ed;
    X25519Pair stranger, member;

    (void)data;
    group_write(club->world, club->id, SESSION_GROUP_TEXT, 42);
    wait_s(club->world, 30);
    g_assert_cmpuint(world_count(club->world, "store"), ==, 4);
    g_assert_cmpint(opens(club, 3, &club->key, 42), ==, ST_OK);
    group_keys(STRANGER, &ed, &stranger);
    group_keys(BEN, &ed, &member);
    g_assert_cmpint(opens(club, 3, &stranger, 42), ==, ST_AUTH);
    g_assert_cmpint(opens(club, 3, &member, 42), ==, ST_AUTH); /* his own key is not it */
    g_assert_cmpuint(recording_count_notes_of(club->world->recording, NOTE_ACCEPTED, 42),
                     ==, 1);
}

/* The new key in a KEY_PAIR message, as @member gets it. */
static Status
unwrap_key(const Club *club, guint i, guint member, X25519Pair *ret)
{
    Stored stored = group_stored(club->world, i);
    Buffer padded = BUFFER_EMPTY, plain = BUFFER_EMPTY;
    uint8_t sender[KEY_BYTES];
    Status status = ST_NOT_FOUND;
    Content content;
    Ed25519Pair ed;
    X25519Pair x;

    group_keys(member, &ed, &x);
    g_assert_cmpint(group_open(club->world, stored.data, &club->key,
                               ENVELOPE_CLOSED_GROUP_MESSAGE, &padded, &content, sender),
                    ==, ST_OK);
    g_assert_cmpint(content.control->type, ==, GROUP_KEY_PAIR);
    /* Whosever box it is: nobody but he opens it. */
    for (size_t w = 0; w < content.control->n_wrappers && status != ST_OK; w++) {
        plain.n = 0;
        status = session_message_open(&club->world->crypto, &x,
                                      content.control->wrapper[w].encrypted_key_pair,
                                      &plain, sender);
    }
    if (status == ST_OK)
        status = content_key_pair_read(buffer_bytes(&plain), ret->pk, ret->sk);
    content_clear(&content);
    buffer_clear(&padded);
    buffer_clear(&plain);
    return status;
}

/* Who is removed opens what was sent before, and nothing that is sent later: no box of the
 * new key is his.  The others go on. */
static void
test_removed(Club *club, gconstpointer data)
{
    static const guint removed[] = { DAN };
    X25519Pair of_ben, of_cam, of_dan, stranger;
    Ed25519Pair ed;

    (void)data;
    group_write(club->world, club->id, SESSION_GROUP_TEXT, 41);
    wait_s(club->world, 30);
    group_order(club->world, SESSION_GROUP_REMOVE, club->id, 8, removed, 1);
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->b, ==, GROUP_CHANGED);
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->a, ==, 8);
    group_write(club->world, club->id, SESSION_GROUP_TEXT, 42);
    wait_s(club->world, 60);
    g_assert_cmpuint(world_count(club->world, "store"), ==, 7);
    /* 3: text; 4: who is removed; 5: keys; 6: text. */
    g_assert_cmpint(opens(club, 3, &club->key, 41), ==, ST_OK);
    g_assert_cmpint(opens(club, 4, &club->key, 0), ==, ST_OK);
    g_assert_cmpint(unwrap_key(club, 5, BEN, &of_ben), ==, ST_OK);
    g_assert_cmpint(unwrap_key(club, 5, CAM, &of_cam), ==, ST_OK);
    g_assert_cmpmem(of_ben.sk, KEY_BYTES, of_cam.sk, KEY_BYTES);
    g_assert_cmpint(unwrap_key(club, 5, DAN, &of_dan), ==, ST_AUTH);
    g_assert_cmpint(unwrap_key(club, 5, STRANGER, &of_dan), ==, ST_AUTH);
    g_assert_cmpint(opens(club, 6, &of_ben, 42), ==, ST_OK);
    g_assert_cmpint(opens(club, 6, &club->key, 42), ==, ST_AUTH); /* all that DAN has */
    group_keys(DAN, &ed, &of_dan);
    group_keys(STRANGER, &ed, &stranger);
    g_assert_cmpint(opens(club, 6, &of_dan, 42), ==, ST_AUTH);
    g_assert_cmpint(opens(club, 6, &stranger, 42), ==, ST_AUTH);
    /* And the new key does not open what was sent before. */
    g_assert_cmpint(opens(club, 3, &of_ben, 41), ==, ST_AUTH);
}

/* Who is added gets the key in use; the others are told; the key stays. */
static void
test_added(Club *club, gconstpointer data)
{
    static const guint added[] = { EVE };
    Buffer padded = BUFFER_EMPTY;
    uint8_t account[ACCOUNT_BYTES];
    Content content;
    Stored stored;

    (void)data;
    group_order(club->world, SESSION_GROUP_ADD, club->id, 8, added, 1);
    wait_s(club->world, 60);
    g_assert_cmpuint(world_count(club->world, "store"), ==, 5);
    world_account(EVE, account);
    for (guint i = 3; i < 5; i++) {
        stored = group_stored(club->world, i);
        if (is_for(&stored, club->id)) {
            g_assert_cmpint(opens(club, i, &club->key, 0), ==, ST_OK);
            continue;
        }
        g_assert_true(is_for(&stored, account));
        content = opened_by(club->world, i, EVE, &padded);
        g_assert_cmpmem(content.control->key_private.p, KEY_BYTES, club->key.sk, KEY_BYTES);
        g_assert_cmpuint(content.control->members.n, ==, 5);
        content_clear(&content);
        buffer_clear(&padded);
    }
}

/* A hundred are the most, and nobody else than the admin changes anything. */
static void
test_refused(Club *club, gconstpointer data)
{
    static const guint self[] = { 0 };
    guint many[SESSION_GROUP_MEMBERS_MAX];
    guint stores = world_count(club->world, "store");

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(many); i++)
        many[i] = 20 + i; /* with oneself one too many */
    group_order(club->world, SESSION_GROUP_CREATE, NULL, 9, many, G_N_ELEMENTS(many));
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->b, ==, GROUP_REFUSED);
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->a, ==, 9);
    group_order(club->world, SESSION_GROUP_CREATE, NULL, 10, self, 0);
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->b, ==, GROUP_REFUSED);
    group_order(club->world, SESSION_GROUP_ADD, club->id, 11, many, G_N_ELEMENTS(many));
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->b, ==, GROUP_REFUSED);
    wait_s(club->world, 30);
    g_assert_cmpuint(world_count(club->world, "store"), ==, stores);
    /* To a group that it is not in nobody writes. */
    club->id[5] ^= 1;
    group_write(club->world, club->id, SESSION_GROUP_TEXT, 43);
    g_assert_cmpuint(world_note(club->world, NOTE_GIVEN_UP)->a, ==, 43);
    g_assert_cmpuint(world_note(club->world, NOTE_GIVEN_UP)->b, ==, SEND_NO_GROUP);
}

static void
test_hundred(Club *club, gconstpointer data)
{
    guint many[SESSION_GROUP_MEMBERS_MAX - 1];

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(many); i++)
        many[i] = 20 + i;
    group_order(club->world, SESSION_GROUP_CREATE, NULL, 9, many, G_N_ELEMENTS(many));
    g_assert_cmpuint(world_note(club->world, NOTE_GROUP)->b, ==, GROUP_JOINED);
    wait_s(club->world, 600);
    g_assert_cmpuint(world_count(club->world, "store"), ==, 3 + 99);
}

/* --- pairwise (2020)
 * -------------------------------------------------------------------------
 */

/* A message goes to each member by itself, and who is removed gets none of the later ones.
 */
static void
test_pairwise(void)
{
    static const guint removed[] = { DAN };
    SessionConfig config = world_config();
    uint8_t id[ACCOUNT_BYTES], dan[ACCOUNT_BYTES];
    guint after = 0;
    World *world;

    config.groups_pairwise = true;
    world = world_new_online(&config);
    group_order(world, SESSION_GROUP_CREATE, NULL, 7, three, 3);
    memcpy(id, world_note(world, NOTE_GROUP)->text->data, ACCOUNT_BYTES);
    wait_s(world, 30);
    group_write(world, id, SESSION_GROUP_TEXT, 42);
    wait_s(world, 60);
    g_assert_cmpuint(world_count(world, "store"), ==, 6);
    for (guint i = 0; i < 3; i++) {
        Buffer padded = BUFFER_EMPTY, text = BUFFER_EMPTY;
        Content content = opened_by(world, 3, three[i], &padded);

        session_text_of(42, 60, &text);
        g_assert_true(bytes_equal(content.body, buffer_bytes(&text)));
        g_assert_cmpint(content.context.type, ==, GROUP_CONTEXT_DELIVER);
        content_clear(&content);
        buffer_clear(&padded);
        buffer_clear(&text);
    }
    group_order(world, SESSION_GROUP_REMOVE, id, 8, removed, 1);
    wait_s(world, 60);
    after = world_count(world, "store");
    g_assert_cmpuint(after, ==, 6 + 3); /* DAN is told too */
    group_write(world, id, SESSION_GROUP_TEXT, 43);
    wait_s(world, 60);
    g_assert_cmpuint(world_count(world, "store"), ==, after + 2);
    world_account(DAN, dan);
    for (guint i = after; i < after + 2; i++) {
        Stored stored = group_stored(world, i);

        g_assert_false(is_for(&stored, dan));
    }
    world_free(world);
}

static void
test_pairwise_ten(void)
{
    SessionConfig config = world_config();
    guint many[SESSION_GROUP_PAIRWISE_MAX];
    World *world;

    config.groups_pairwise = true;
    world = world_new_online(&config);
    for (guint i = 0; i < G_N_ELEMENTS(many); i++)
        many[i] = 20 + i;
    group_order(world, SESSION_GROUP_CREATE, NULL, 7, many, G_N_ELEMENTS(many));
    g_assert_cmpuint(world_note(world, NOTE_GROUP)->b, ==, GROUP_REFUSED);
    group_order(world, SESSION_GROUP_CREATE, NULL, 8, many, G_N_ELEMENTS(many) - 1);
    g_assert_cmpuint(world_note(world, NOTE_GROUP)->b, ==, GROUP_JOINED);
    world_free(world);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, test) g_test_add(name, Club, NULL, club_open, test, club_close)
    ADD("/session/groups/invitations", test_invitations);
    ADD("/session/groups/message", test_message);
    ADD("/session/groups/removed", test_removed);
    ADD("/session/groups/added", test_added);
    ADD("/session/groups/refused", test_refused);
    ADD("/session/groups/hundred", test_hundred);
    g_test_add_func("/session/groups/pairwise", test_pairwise);
    g_test_add_func("/session/groups/pairwise-ten", test_pairwise_ten);
    return g_test_run();
}
