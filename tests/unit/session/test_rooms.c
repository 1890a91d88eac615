/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rooms from end to end (protocol 5.9), with the real open-group server behind the onion:
 * joined, polled, written to, read; files; and what a server that lies can do. */
#include "clients/session/rooms.h"
#include "nodes/crypto/session_message.h"
#include "nodes/outside/open_group_server.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/message.h"
#include "tests/unit/session/outside.h"

enum { FRIEND = 3 };

typedef struct Fixture {
    World *world;
    SessionConfig config;
    WorldOutside outside;
    OpenGroupConfig server_config;
    OpenGroupServer *server;
    uint8_t lobby[ACCOUNT_BYTES];
} Fixture;

static void
setup(Fixture *f, gconstpointer data)
{
    const uint8_t seed[KEY_BYTES] = { 8 };

    (void)data;
    f->config = world_config();
    f->world = world_new(70, &f->config);
    outside_open(&f->outside);
    f->server_config = open_group_config_default;
    f->server = open_group_server_new(&f->outside.crypto, &f->outside.recording->port,
                                      &f->server_config, seed);
    g_assert_true(open_group_server_add_room(f->server, "lobby"));
    outside_start(&f->outside, f->world, &open_group_server_ops, f->server, "groups",
                  open_group_server_key(f->server));
    f->world->config.open_group = &f->outside.address;
    session_room_id("lobby", f->lobby);
    world_online(f->world);
    world_run(f->world, 9 * SECOND);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    (void)data;
    outside_close(&f->outside);
}

static void
order(Fixture *f, SessionOrderKind kind, SessionKind content, uint64_t message,
      uint32_t bytes)
{
    SessionOrder given = {
        .kind = kind, .content = content, .message = message, .bytes = bytes
    };
    Packet packet;

    memcpy(given.to, f->lobby, ACCOUNT_BYTES);
    packet = session_order_packet(&given);
    recording_port_deliver(f->world->recording, &session_ops, f->world->session, 0, NULL,
                           KIND_TELL, 0, &packet);
}

static void
join(Fixture *f)
{
    order(f, SESSION_ROOM_JOIN, SESSION_TEXT, 0, 0);
    world_run_for(f->world, 20 * SECOND);
    g_assert_cmpuint(world_note(f->world, NOTE_MAILBOX)->b, ==, 200);
}

/* Another client of the same room, on a network of its own. */
typedef struct Other {
    World *world;
    SessionConfig config;
} Other;

static void
other_open(Fixture *f, Other *other)
{
    SessionOrder given = { .kind = SESSION_ROOM_JOIN };
    uint8_t seed[KEY_BYTES] = { FRIEND, 0, 'a' };
    Packet packet;

    other->config = f->world->config;
    other->world = world_new(70, &other->config);
    /* world_new gives each the same account. */
    session_ops.free(other->world->session);
    other->world->session =
        session_new(&other->world->crypto, &other->world->recording->port,
                    &other->world->config, seed, &other->world->seed, 1);
    session_ops.start(other->world->session, 0);
    outside_serves(&f->outside, other->world);
    world_online(other->world);
    memcpy(given.to, f->lobby, ACCOUNT_BYTES);
    packet = session_order_packet(&given);
    recording_port_deliver(other->world->recording, &session_ops, other->world->session, 0,
                           NULL, KIND_TELL, 0, &packet);
    world_run(other->world, 30 * SECOND);
}

static void
test_written_and_read(Fixture *f, gconstpointer data)
{
    Other other;

    (void)data;
    join(f);
    order(f, SESSION_WRITE, SESSION_ROOM_TEXT, 42, 80);
    world_run_for(f->world, 30 * SECOND);
    g_assert_cmpuint(recording_count_notes_of(f->world->recording, NOTE_ACCEPTED, 42), ==,
                     1);
    g_assert_cmpuint(open_group_server_posts(f->server, "lobby"), ==, 1);
    g_assert_cmpuint(world_count(f->world, "store"), ==, 0); /* nodes keep none of it */
    other_open(f, &other);
    g_assert_cmpuint(world_notes(other.world, NOTE_OPENED), ==, 1);
    /* What came out is what went in, by hash and by digest. */
    g_assert_cmpmem(world_note(other.world, NOTE_OPENED)->text->data, MESSAGE_HASH_BYTES,
                    world_note(f->world, NOTE_SEALED)->text->data, MESSAGE_HASH_BYTES);
    g_assert_cmpuint(world_note(other.world, NOTE_CONTENT)->b, ==,
                     world_note(f->world, NOTE_CONTENT)->b);
    /* Its author does not get it back. */
    world_run_for(f->world, 30 * SECOND);
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 0);
    world_free(other.world);
}

/* Every ten seconds after the end of the last poll, all rooms at once. */
static void
test_rhythm(Fixture *f, gconstpointer data)
{
    guint before;

    (void)data;
    join(f);
    before = f->outside.posted;
    world_run_for(f->world, 600 * SECOND);
    g_assert_cmpuint(f->outside.posted - before, >=, 55);
    g_assert_cmpuint(f->outside.posted - before, <=, 60);
    world_order(f->world, SESSION_OFFLINE);
    before = f->outside.posted;
    world_run_for(f->world, 60 * SECOND);
    g_assert_cmpuint(f->outside.posted, ==, before);
}

/* Only who joined a room writes there. */
static void
test_not_joined(Fixture *f, gconstpointer data)
{
    (void)data;
    order(f, SESSION_WRITE, SESSION_ROOM_TEXT, 42, 80);
    world_run_for(f->world, 30 * SECOND);
    g_assert_cmpuint(world_note(f->world, NOTE_GIVEN_UP)->b, ==, SEND_NO_GROUP);
    g_assert_cmpuint(open_group_server_posts(f->server, "lobby"), ==, 0);
}

static void
test_file(Fixture *f, gconstpointer data)
{
    uint64_t bytes;
    Other other;

    (void)data;
    join(f);
    order(f, SESSION_WRITE, SESSION_ROOM_VOICE, 43, 12345);
    world_run_for(f->world, 30 * SECOND);
    g_assert_cmpuint(open_group_server_files(f->server, &bytes), ==, 1);
    g_assert_cmpuint(bytes, ==, 12345); /* as it is */
    other_open(f, &other);
    g_assert_cmpuint(world_notes(other.world, NOTE_POINTER), ==, 1);
    g_assert_cmpuint(world_notes(other.world, NOTE_OPENED), ==, 1);
    g_assert_cmpuint(world_note_before(other.world, NOTE_BYTES, 0)->a, ==,
                     SESSION_ROOM_VOICE);
    world_free(other.world);
}

static void
test_file_too_large(Fixture *f, gconstpointer data)
{
    (void)data;
    f->server_config.file_size_max = 10000;
    join(f);
    order(f, SESSION_WRITE, SESSION_ROOM_FILE, 43, 10001);
    world_run_for(f->world, 30 * SECOND);
    g_assert_cmpuint(world_note(f->world, NOTE_GIVEN_UP)->a, ==, 43);
    g_assert_cmpuint(world_note(f->world, NOTE_GIVEN_UP)->b, ==, SEND_FILE_TOO_LARGE);
    g_assert_cmpuint(open_group_server_posts(f->server, "lobby"), ==, 0);
}

/* A server that is not there costs the poll, and is asked again. */
static void
test_silent_server(Fixture *f, gconstpointer data)
{
    (void)data;
    join(f);
    f->outside.silent = true;
    world_run_for(f->world, 60 * SECOND);
    g_assert_cmpuint(world_note(f->world, NOTE_MAILBOX)->b, !=, 200);
    f->outside.silent = false;
    world_run_for(f->world, 60 * SECOND);
    g_assert_cmpuint(world_note(f->world, NOTE_MAILBOX)->b, ==, 200);
}

/* --- a server that lies
 * ------------------------------------------------------------------------
 */

/* A post as a server could give it: signed by FRIEND's id there, or not. */
static char *
post_json(Fixture *f, uint64_t message, bool forged)
{
    uint8_t seed[KEY_BYTES] = { FRIEND, 0, 'a' }, signature[SIGNATURE_BYTES];
    Content content = { .kind = CONTENT_DATA, .timestamp = WORLD_EPOCH_MS };
    Buffer text = BUFFER_EMPTY, plain = BUFFER_EMPTY, padded = BUFFER_EMPTY;
    Buffer json = BUFFER_EMPTY;
    Ed25519Pair account;
    BlindedPair pair;

    identity_ed25519(seed, &account);
    g_assert_cmpint(blinded_pair(&f->outside.crypto, BLIND_15, &account,
                                 f->outside.address.x25519, &pair),
                    ==, ST_OK);
    session_text_of(message, 60, &text);
    content.body = buffer_bytes(&text);
    content_write(&content, &plain);
    session_message_pad(buffer_bytes(&plain), &padded);
    blinded_sign(&f->outside.crypto, &account, &pair, buffer_bytes(&padded), signature);
    signature[9] ^= forged;
    buffer_append_literal(&json, "[{\"seqno\":1,\"session_id\":\"");
    buffer_append_hex(&json, (Bytes){ pair.id, BLINDED_ID_BYTES });
    buffer_append_literal(&json, "\",\"data\":\"");
    base64_encode(buffer_bytes(&padded), true, &json);
    buffer_append_literal(&json, "\",\"signature\":\"");
    base64_encode((Bytes){ signature, SIGNATURE_BYTES }, true, &json);
    buffer_append_literal(&json, "\"}]");
    buffer_append(&json, "", 1);
    buffer_clear(&text);
    buffer_clear(&plain);
    buffer_clear(&padded);
    return (char *)json.p;
}

static void
read_posts(Fixture *f, const char *json)
{
    JsonValue messages;
    int64_t last = 0;

    g_assert_cmpint(json_parse(bytes_of_text(json), &messages), ==, ST_OK);
    (void)session_room_read(f->world->session, f->lobby, messages, &last);
}

static void
test_forged(Fixture *f, gconstpointer data)
{
    char *good = post_json(f, 5, false), *forged = post_json(f, 6, true);

    (void)data;
    join(f);
    read_posts(f, forged);
    g_assert_cmpuint(world_notes(f->world, NOTE_UNREADABLE), ==, 1);
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 0);
    read_posts(f, good);
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 1);
    read_posts(f, good); /* once more is no news */
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 1);
    read_posts(f, "[{},1,[],{\"seqno\":7},{\"seqno\":-1,\"session_id\":\"15\"}]");
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 1);
    free(good);
    free(forged);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, test)                                                                    \
    g_test_add("/session/rooms/" name, Fixture, NULL, setup, test, teardown)
    ADD("written-and-read", test_written_and_read);
    ADD("rhythm", test_rhythm);
    ADD("not-joined", test_not_joined);
    ADD("file", test_file);
    ADD("file-too-large", test_file_too_large);
    ADD("silent-server", test_silent_server);
    ADD("forged", test_forged);
    return g_test_run();
}
