/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attachments from end to end (protocol 5.7), with the real file server behind the onion:
 * up, told of, fetched, verified; and what becomes of files that are too large, gone,
 * changed or out of reach. */
#include "clients/session/more.h"
#include "nodes/crypto/attachment.h"
#include "nodes/outside/file_server.h"
#include "nodes/outside/file_shelf.h"
#include "tests/unit/session/outside.h"

enum { FRIEND = 3 };

static const uint8_t friend_seed[32] = { FRIEND, 0, 'a' };

typedef struct Fixture {
    World *world;
    SessionConfig config;
    WorldOutside outside;
    FileServerConfig server_config;
    FileServer *server;
} Fixture;

static void
setup(Fixture *f, gconstpointer data)
{
    const uint8_t seed[KEY_BYTES] = { 8 };

    (void)data;
    f->config = world_config();
    f->config.message_ttl = 14 * DAY;
    f->world = world_new(70, &f->config);
    outside_open(&f->outside);
    f->server_config = file_server_config_default;
    f->server = file_server_new(&f->outside.crypto, &f->outside.recording->port,
                                &f->server_config, seed);
    outside_start(&f->outside, f->world, &file_server_ops, f->server, "files",
                  file_server_key(f->server));
    f->world->config.file_server = &f->outside.address;
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
send_file(Fixture *f, SessionKind kind, uint64_t message, uint32_t bytes)
{
    SessionOrder order = {
        .kind = SESSION_WRITE, .content = kind, .message = message, .bytes = bytes
    };
    Packet packet;

    world_account(FRIEND, order.to);
    packet = session_order_packet(&order);
    recording_port_deliver(f->world->recording, &session_ops, f->world->session, 0, NULL,
                           KIND_TELL, 0, &packet);
    world_run_for(f->world, 40 * SECOND);
}

/* The file behind a pointer, opened by hand. */
static void
assert_file(Fixture *f, const ContentPointer *pointer, uint64_t message, uint32_t bytes)
{
    const ShelvedFile *kept_file = file_shelf_get(file_server_shelf(f->server), 0, 1);
    Packet expected = session_file_of(message, bytes);
    Buffer plain = BUFFER_EMPTY;
    Bytes file;
    uint64_t kept;

    g_assert_cmpuint(file_server_count(f->server, &kept), ==, 1);
    g_assert_cmpuint(kept, ==, attachment_sealed_bytes(attachment_padded_bytes(bytes)));
    g_assert_cmpuint(pointer->key.n, ==, ATTACHMENT_KEY_BYTES);
    g_assert_cmpuint(pointer->digest.n, ==, ATTACHMENT_DIGEST_BYTES);
    g_assert_cmpuint(pointer->size, ==, bytes);
    g_assert_true(bytes_equal_text(pointer->url, "http://files/file/1"));
    g_assert_cmpint(attachment_open(&f->outside.crypto, pointer->key.p, pointer->digest.p,
                                    packet_bytes(&kept_file->bytes), &plain),
                    ==, ST_OK);
    g_assert_cmpint(attachment_unpad(buffer_bytes(&plain), bytes, &file), ==, ST_OK);
    g_assert_true(bytes_equal(file, packet_bytes(&expected)));
    packet_clear(&expected);
    buffer_clear(&plain);
}

static void
test_sent_files(Fixture *f, gconstpointer data)
{
    const Arrival *arrival;
    Buffer padded = BUFFER_EMPTY;
    Content content;

    (void)data;
    send_file(f, SESSION_VOICE, 77, 12345);
    g_assert_cmpuint(world_count(f->world, "store"), ==, 1);
    arrival = world_last(f->world, "store");
    world_open(f->world, FRIEND,
               json_string_value(json_object_get(
                   json_object_get(arrival_first(arrival), "params"), "data")),
               &padded, &content);
    g_assert_cmpuint(content.n_pointers, ==, 1);
    g_assert_true(bytes_equal_text(content.body, "000000000000004d"));
    g_assert_cmpuint(content.pointer[0].flags, ==, CONTENT_POINTER_VOICE);
    assert_file(f, &content.pointer[0], 77, 12345);
    content_clear(&content);
    buffer_clear(&padded);
    g_assert_cmpuint(recording_count_notes_of(f->world->recording, NOTE_ACCEPTED, 77), ==,
                     1);
}

/* The server's 413 reaches the sender, at once and for good. */
static void
test_too_large(Fixture *f, gconstpointer data)
{
    (void)data;
    f->server_config.size_max = 10000;
    send_file(f, SESSION_FILE, 5, 20000);
    g_assert_cmpuint(world_notes(f->world, NOTE_GIVEN_UP), ==, 1);
    g_assert_cmpuint(world_note(f->world, NOTE_GIVEN_UP)->a, ==, 5);
    g_assert_cmpuint(world_note(f->world, NOTE_GIVEN_UP)->b, ==, SEND_FILE_TOO_LARGE);
    g_assert_cmpuint(world_count(f->world, "store"), ==, 0);
    g_assert_cmpuint(session_outbox(f->world->session), ==, 0);
    send_file(f, SESSION_FILE, 6, 5000);
    g_assert_cmpuint(recording_count_notes_of(f->world->recording, NOTE_ACCEPTED, 6), ==,
                     1);
}

/* --- what comes ------------------------------------------------------------------------
 */

/* FRIEND's file 55 on the server, and what a message says of it. */
typedef struct Told {
    uint8_t key[ATTACHMENT_KEY_BYTES], digest[ATTACHMENT_DIGEST_BYTES];
    ContentPointer pointer;
} Told;

enum { FILE_BYTES = 30000 };

static void
put_file(Fixture *f, Told *told, bool change)
{
    static const uint8_t iv[ATTACHMENT_IV_BYTES] = { 3 };
    Packet file = session_file_of(55, FILE_BYTES), packet;
    uint64_t number;
    Buffer padded = BUFFER_EMPTY, sealed = BUFFER_EMPTY;

    memset(told->key, 7, sizeof told->key);
    attachment_pad(packet_bytes(&file), &padded);
    attachment_seal(&f->outside.crypto, told->key, iv, buffer_bytes(&padded), &sealed,
                    told->digest);
    if (change)
        sealed.p[sealed.n / 2] ^= 1;
    told->pointer = (ContentPointer){ .id = 1,
                                      .content_type = BYTES_LITERAL("image/jpeg"),
                                      .key = { told->key, sizeof told->key },
                                      .digest = { told->digest, sizeof told->digest },
                                      .size = FILE_BYTES };
    packet = packet_of_buffer(&sealed);
    g_assert_cmpint(
        file_shelf_put(file_server_shelf(f->server), 0, WORLD_EPOCH_MS, &packet, &number),
        ==, ST_OK);
    packet_clear(&file);
    buffer_clear(&padded);
}

static void
tell_with(Fixture *f, const Told *told, Bytes text)
{
    Content content = { .kind = CONTENT_DATA,
                        .timestamp = WORLD_EPOCH_MS,
                        .body = text,
                        .n_pointers = 1,
                        .pointer = { told->pointer } };
    uint8_t account[ACCOUNT_BYTES];
    guint node[16], n;
    g_autofree char *sealed = NULL;

    sealed = world_seal_content(f->world, friend_seed, &content, WORLD_EPOCH_MS);
    session_account(f->world->session, account);
    n = world_swarm(f->world, account, node);
    for (guint i = 0; i < n; i++)
        world_put(f->world, node[i], account, 0, sealed);
}

static void
tell(Fixture *f, const Told *told)
{
    Buffer text = BUFFER_EMPTY;

    session_text_of(55, 16, &text);
    tell_with(f, told, buffer_bytes(&text));
    buffer_clear(&text);
}

static void
assert_lost(const Fixture *f, FileLoss loss)
{
    g_assert_cmpuint(world_notes(f->world, NOTE_POINTER), ==, 1);
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 0);
    g_assert_cmpuint(world_notes(f->world, NOTE_FILE_LOST), ==, 1);
    g_assert_cmpuint(world_note(f->world, NOTE_FILE_LOST)->a, ==, loss);
}

static void
test_fetched(Fixture *f, gconstpointer data)
{
    Told told;

    (void)data;
    put_file(f, &told, false);
    tell(f, &told);
    world_run(f->world, 1 * MINUTE);
    g_assert_cmpuint(world_notes(f->world, NOTE_POINTER), ==, 1);
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 1);
    g_assert_cmpuint(world_notes(f->world, NOTE_FILE_LOST), ==, 0);
    g_assert_cmpuint(f->world->session->more->n_downloads, ==, 0);
}

/* Digest, key, bytes or size are not what was sent. */
static void
test_changed(Fixture *f, gconstpointer data)
{
    int what = GPOINTER_TO_INT(data);
    Told told;

    put_file(f, &told, what == 3);
    told.digest[4] ^= what == 0;
    told.key[4] ^= what == 1;
    told.key[60] ^= what == 2; /* of the MAC */
    if (what == 4)
        told.pointer.size *= 10; /* more than there is */
    tell(f, &told);
    world_run(f->world, 1 * MINUTE);
    assert_lost(f, FILE_CHANGED);
}

static void
test_gone(Fixture *f, gconstpointer data)
{
    Told told;

    (void)data;
    put_file(f, &told, false);
    told.pointer.id = 2;
    tell(f, &told);
    world_run(f->world, 1 * MINUTE);
    assert_lost(f, FILE_GONE);
}

/* Three tries, half a minute and half an hour apart; what answers late enough is had. */
static void
test_out_of_reach(Fixture *f, gconstpointer data)
{
    bool comes_back = GPOINTER_TO_INT(data) != 0;
    Told told;

    put_file(f, &told, false);
    f->outside.silent = true;
    tell(f, &told);
    world_run(f->world, 20 * MINUTE);
    g_assert_cmpuint(world_notes(f->world, NOTE_FILE_LOST), ==, 0);
    f->outside.silent = !comes_back;
    world_run(f->world, 40 * MINUTE);
    if (comes_back)
        g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 1);
    else
        assert_lost(f, FILE_UNREACHABLE);
}

/* Going offline cuts a fetch off; it goes on with the next time online. */
static void
test_offline(Fixture *f, gconstpointer data)
{
    Told told;

    (void)data;
    put_file(f, &told, false);
    f->outside.silent = true;
    tell(f, &told);
    world_run(f->world, 20 * SECOND);
    world_order(f->world, SESSION_OFFLINE);
    f->outside.silent = false;
    world_run(f->world, 1 * HOUR);
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 0);
    world_online(f->world);
    world_run(f->world, 2 * HOUR);
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 1);
}

/* --- what people send as it is ----------------------------------------------------------
 */

static void
test_given_file(Fixture *f, gconstpointer data)
{
    static const char bytes[] = "what is in it";
    Packet file = packet_of_bytes(bytes_of_text(bytes)), order;
    SessionSaying saying = { .kind = SESSION_FILE,
                             .text = BYTES_LITERAL("see there"),
                             .file = &file,
                             .file_name = BYTES_LITERAL("notes.txt"),
                             .file_type = BYTES_LITERAL("text/plain") };
    Buffer padded = BUFFER_EMPTY, plain = BUFFER_EMPTY;
    const ContentPointer *pointer;
    Content content;
    Bytes opened;

    (void)data;
    world_account(FRIEND, saying.to);
    order = session_say_packet(&saying);
    packet_clear(&file);
    recording_port_deliver(f->world->recording, &session_ops, f->world->session, 0, NULL,
                           KIND_TELL, 0, &order);
    world_run_for(f->world, 40 * SECOND);
    world_open(f->world, FRIEND,
               json_string_value(json_object_get(
                   json_object_get(arrival_first(world_last(f->world, "store")), "params"),
                   "data")),
               &padded, &content);
    pointer = &content.pointer[0];
    g_assert_cmpuint(content.n_pointers, ==, 1);
    g_assert_true(bytes_equal_text(content.body, "see there"));
    g_assert_true(bytes_equal_text(pointer->name, "notes.txt"));
    g_assert_true(bytes_equal_text(pointer->content_type, "text/plain"));
    g_assert_cmpint(
        attachment_open(
            &f->outside.crypto, pointer->key.p, pointer->digest.p,
            packet_bytes(&file_shelf_get(file_server_shelf(f->server), 0, 1)->bytes),
            &plain),
        ==, ST_OK);
    g_assert_cmpint(attachment_unpad(buffer_bytes(&plain), pointer->size, &opened), ==,
                    ST_OK);
    g_assert_true(bytes_equal_text(opened, bytes));
    g_assert_cmpuint(world_notes(f->world, NOTE_ACCEPTED), ==, 1);
    content_clear(&content);
    buffer_clear(&padded);
    buffer_clear(&plain);
}

/* What NOTE_FILE says of FRIEND's file: who, where, of which kind, its name and bytes. */
static void
assert_came(const Fixture *f, const TakenNote *note, const char *name, const Packet *file)
{
    const uint8_t *p = note->text->data;
    uint8_t account[ACCOUNT_BYTES];
    size_t name_n = strlen(name);

    (void)f;
    world_account(FRIEND, account);
    g_assert_cmpuint(note->a, ==, WORLD_EPOCH_MS);
    g_assert_cmpmem(p, ACCOUNT_BYTES, account, ACCOUNT_BYTES);
    p += 2 * ACCOUNT_BYTES;
    g_assert_cmpuint(p[0], ==, SESSION_IMAGE);
    g_assert_cmpmem(p + 2, p[1], name, name_n);
    g_assert_cmpmem(p + 2 + name_n, note->text->len - 2 * ACCOUNT_BYTES - 2 - name_n,
                    packet_bytes(file).p, file->length);
}

static void
test_given_file_comes(Fixture *f, gconstpointer data)
{
    bool changed = GPOINTER_TO_INT(data) != 0;
    Packet file = changed ? PACKET_EMPTY : session_file_of(55, FILE_BYTES);
    Told told;

    put_file(f, &told, changed);
    told.pointer.name = BYTES_LITERAL("beach.jpg");
    tell_with(f, &told, BYTES_LITERAL("from the sea"));
    world_run(f->world, 1 * MINUTE);
    g_assert_cmpuint(world_notes(f->world, NOTE_TEXT), ==, 1);
    g_assert_cmpuint(world_notes(f->world, NOTE_POINTER), ==, 1);
    g_assert_cmpuint(world_notes(f->world, NOTE_FILE), ==, 1);
    g_assert_cmpuint(world_notes(f->world, NOTE_OPENED), ==, 0);
    g_assert_cmpuint(world_notes(f->world, NOTE_FILE_LOST), ==, 0);
    g_assert_cmpuint(world_note(f->world, NOTE_FILE)->b, ==,
                     changed ? 1 + FILE_CHANGED : 0);
    assert_came(f, world_note(f->world, NOTE_FILE), "beach.jpg", &file);
    packet_clear(&file);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, test, data)                                                              \
    g_test_add("/session/files/" name, Fixture, GINT_TO_POINTER(data), setup, test,        \
               teardown)
    ADD("sent", test_sent_files, 0);
    ADD("too-large", test_too_large, 0);
    ADD("fetched", test_fetched, 0);
    ADD("wrong-digest", test_changed, 0);
    ADD("wrong-key", test_changed, 1);
    ADD("wrong-mac-key", test_changed, 2);
    ADD("changed-byte", test_changed, 3);
    ADD("wrong-size", test_changed, 4);
    ADD("gone", test_gone, 0);
    ADD("out-of-reach", test_out_of_reach, 0);
    ADD("late", test_out_of_reach, 1);
    ADD("offline", test_offline, 0);
    ADD("given", test_given_file, 0);
    ADD("given-comes", test_given_file_comes, 0);
    ADD("given-changed", test_given_file_comes, 1);
    return g_test_run();
}
