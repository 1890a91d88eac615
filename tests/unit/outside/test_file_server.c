/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file server, asked as nodes ask it (protocol 5.7): answers and codes, limits, expiry,
 * and memory that does not grow with what it keeps. */
#include <glib.h>
#include <malloc.h>

#include "nodes/crypto/attachment_later.h"
#include "nodes/outside/file_server.h"
#include "nodes/wire/server_later.h"
#include "tests/lib/recording_port.h"
#include "tests/unit/outside/posted.h"

#define EPOCH ((UnixMs)1700000000000)

typedef struct Fixture {
    RecordingPort *recording;
    Crypto crypto;
    FileServerConfig config;
    FileServer *server;
    OnionReplyKey reply;
    Packet body; /* of the last answer */
} Fixture;

static void
open_server(Fixture *f, gconstpointer data)
{
    const uint8_t seed[KEY_BYTES] = { 9 };

    (void)data;
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    f->recording = recording_port_new(1, EPOCH);
    f->crypto = (Crypto){ .ops = &crypto_real, .meter = &f->recording->meter };
    f->config = file_server_config_default;
    f->server = file_server_new(&f->crypto, &f->recording->port, &f->config, seed);
    file_server_ops.start(f->server, 0);
}

static void
close_server(Fixture *f, gconstpointer data)
{
    (void)data;
    packet_clear(&f->body);
    file_server_ops.stop(f->server);
    file_server_ops.free(f->server);
    recording_port_free(f->recording);
}

/* Ask; the code, and the body in f->body.  @body is taken. */
static int
ask(Fixture *f, const char *method, const char *endpoint, Packet *body)
{
    ServerRequest request = { .method = bytes_of_text(method),
                              .endpoint = bytes_of_text(endpoint) };
    Packet payload = server_request_packet(&request, body);
    Packet packet =
               posted_later(&f->crypto, file_server_key(f->server), &payload, &f->reply),
           answer;
    GivenReply *given;
    ServerReply reply;

    packet_clear(&f->body);
    recording_port_deliver(f->recording, &file_server_ops, f->server, 5, NULL, KIND_SERVER,
                           f->recording->replies->len + 1, &packet);
    given =
        &g_array_index(f->recording->replies, GivenReply, f->recording->replies->len - 1);
    g_assert_cmpint(given->status, ==, 200);
    answer = packet_share(&given->packet);
    g_assert_cmpint(
        onion_server_read(&f->crypto, onion_reply_key(&f->reply), &answer, &payload), ==,
        ST_OK);
    onion_reply_key_clear(&f->reply);
    g_assert_cmpint(server_reply_open(&payload, &reply, &f->body), ==, ST_OK);
    packet_clear(&payload);
    return reply.code;
}

static int
get(Fixture *f, const char *endpoint)
{
    return ask(f, "GET", endpoint, &(Packet){ NULL, 0, 0 });
}

static void
assert_body(const Fixture *f, const char *text)
{
    g_autofree char *got =
        g_strndup((const char *)packet_bytes(&f->body).p, f->body.length);

    g_assert_cmpstr(got, ==, text);
}

static void
test_up_and_down(Fixture *f, gconstpointer data)
{
    Packet file = packet_of_bytes(BYTES_LITERAL("a sealed file"));

    (void)data;
    g_assert_cmpint(ask(f, "POST", "/file", &file), ==, 200);
    assert_body(f, "{\"id\":1,\"uploaded\":1700000000,\"expires\":1701209600}");
    g_assert_cmpint(get(f, "/file/1"), ==, 200);
    assert_body(f, "a sealed file");
    g_assert_cmpint(get(f, "/file/1/info"), ==, 200);
    assert_body(f, "{\"size\":13,\"uploaded\":1700000000,\"expires\":1701209600}");
    g_assert_cmpint(get(f, "/file/2"), ==, 404);
    g_assert_cmpint(get(f, "/file/1/x"), ==, 404);
    g_assert_cmpint(get(f, "/file/"), ==, 404);
    g_assert_cmpint(get(f, "/file/99999999999999999999999"), ==, 404);
    g_assert_cmpint(get(f, "/rooms"), ==, 404);
    g_assert_cmpint(ask(f, "POST", "/file", &(Packet){ NULL, 0, 0 }), ==, 400);
    g_assert_cmpint(ask(f, "DELETE", "/file/1", &(Packet){ NULL, 0, 0 }), ==, 404);
}

static void
test_limits(Fixture *f, gconstpointer data)
{
    Packet file;

    (void)data;
    f->config.size_max = 100;
    file = packet_of_blob(blob_new(100));
    memset(packet_make_mutable(&file), 1, 100);
    g_assert_cmpint(ask(f, "POST", "/file", &file), ==, 200);
    file = packet_of_blob(blob_new(101));
    memset(packet_make_mutable(&file), 1, 101);
    g_assert_cmpint(ask(f, "POST", "/file", &file), ==, 413);
    assert_body(f, "file is too large");
    g_assert_cmpint(get(f, "/file/2"), ==, 404);
}

static void
test_files_expire(Fixture *f, gconstpointer data)
{
    Packet file = packet_of_bytes(BYTES_LITERAL("one"));
    uint64_t bytes;

    (void)data;
    g_assert_cmpint(ask(f, "POST", "/file", &file), ==, 200);
    f->recording->now = 1 * DAY;
    file = packet_of_bytes(BYTES_LITERAL("two"));
    g_assert_cmpint(ask(f, "POST", "/file", &file), ==, 200);
    g_assert_cmpint(f->recording->alarm, ==, 14 * DAY);
    recording_port_run(f->recording, &file_server_ops, f->server, 14 * DAY);
    g_assert_cmpuint(file_server_count(f->server, &bytes), ==, 1);
    g_assert_cmpuint(bytes, ==, 3);
    g_assert_cmpint(get(f, "/file/1"), ==, 404);
    g_assert_cmpint(get(f, "/file/2"), ==, 200);
    assert_body(f, "two");
    recording_port_run(f->recording, &file_server_ops, f->server, 15 * DAY);
    g_assert_cmpuint(file_server_count(f->server, &bytes), ==, 0);
    g_assert_cmpint(f->recording->alarm, ==, TIME_NEVER);
}

/* A restart loses no file. */
static void
test_disk_outlives_process(Fixture *f, gconstpointer data)
{
    Packet file = packet_of_bytes(BYTES_LITERAL("kept"));

    (void)data;
    g_assert_cmpint(ask(f, "POST", "/file", &file), ==, 200);
    file_server_ops.stop(f->server);
    file_server_ops.start(f->server, f->recording->now);
    g_assert_cmpint(get(f, "/file/1"), ==, 200);
    assert_body(f, "kept");
}

static void
test_rubbish(Fixture *f, gconstpointer data)
{
    Packet packet = packet_of_bytes(BYTES_LITERAL("no onion")), payload;

    (void)data;
    recording_port_deliver(f->recording, &file_server_ops, f->server, 5, NULL, KIND_SERVER,
                           1, &packet);
    g_assert_cmpint(recording_reply(f->recording, 0)->status, ==, 400);
    payload = packet_of_bytes(BYTES_LITERAL("opens, and is no list"));
    packet = posted_later(&f->crypto, file_server_key(f->server), &payload, &f->reply);
    onion_reply_key_clear(&f->reply);
    recording_port_deliver(f->recording, &file_server_ops, f->server, 5, NULL, KIND_SERVER,
                           2, &packet);
    g_assert_cmpint(recording_reply(f->recording, 1)->status, ==, 400);
}

/* --- memory ------------------------------------------------------------------------------
 */

static void
encode_zeros(const void *object, Buffer *out)
{
    size_t n = *(const size_t *)object;

    memset(buffer_reserve(out, n), 0, n);
    out->n += n;
}

static const BlobType zeros_type = { "zeros", encode_zeros, g_free };

/* A hundred files of 9.5 MB, a gigabyte: what the server holds is less than a hundredth. */
static void
test_memory_does_not_grow(Fixture *f, gconstpointer data)
{
    static const uint8_t key[ATTACHMENT_KEY_BYTES], iv[ATTACHMENT_IV_BYTES];
    size_t n = 9500000, before = mallinfo2().uordblks + mallinfo2().hblkhd;
    uint8_t digest[ATTACHMENT_DIGEST_BYTES];
    uint64_t bytes;

    (void)data;
    f->crypto.ops = &crypto_null;
    close_server(f, NULL);
    open_server(f, NULL);
    for (int i = 0; i < 3; i++) {
        Packet file =
            packet_of_blob(blob_from_object(&zeros_type, g_memdup2(&n, sizeof n), n));
        Packet sealed = attachment_seal_later(&f->crypto, key, iv, &file, digest);

        packet_clear(&file);
        for (int j = 0; j < 33; j++) {
            Packet copy = packet_share(&sealed);

            g_assert_cmpint(ask(f, "POST", "/file", &copy), ==, 200);
        }
        packet_clear(&sealed);
    }
    g_assert_cmpuint(file_server_count(f->server, &bytes), ==, 99);
    g_assert_cmpuint(bytes, >, 900000000);
    g_assert_cmpuint(mallinfo2().uordblks + mallinfo2().hblkhd, <, before + 9000000);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, test)                                                                    \
    g_test_add("/outside/file-server/" name, Fixture, NULL, open_server, test, close_server)
    ADD("up-and-down", test_up_and_down);
    ADD("limits", test_limits);
    ADD("expiry", test_files_expire);
    ADD("disk", test_disk_outlives_process);
    ADD("rubbish", test_rubbish);
    ADD("memory", test_memory_does_not_grow);
    return g_test_run();
}
