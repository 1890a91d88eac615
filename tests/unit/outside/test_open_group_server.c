/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The open-group server, asked as nodes ask it (protocol 5.9): who may, what comes back, in
 * which order, and where its limits are. */
#include <glib.h>
#include <jansson.h>

#include "nodes/crypto/blinding.h"
#include "nodes/outside/open_group_server.h"
#include "nodes/wire/base64.h"
#include "nodes/wire/server_auth.h"
#include "nodes/wire/server_later.h"
#include "tests/lib/recording_port.h"
#include "tests/unit/outside/posted.h"

#define EPOCH ((UnixMs)1700000000000)

typedef struct Fixture {
    RecordingPort *recording;
    Crypto crypto;
    OpenGroupConfig config;
    OpenGroupServer *server;
    Ed25519Pair account;
    BlindedPair pair;
    OnionReplyKey reply;
    Packet body;  /* of the last answer */
    json_t *json; /* the same, read; NULL: it is none */
    uint32_t nonce;
} Fixture;

/* How a request is signed, or not. */
typedef enum Signing { SIGNED, UNSIGNED, WRONG, SAME_NONCE, OLD, UNBLINDED } Signing;

static void
open_server(Fixture *f, gconstpointer data)
{
    const uint8_t seed[KEY_BYTES] = { 9 }, account_seed[KEY_BYTES] = { 4 };

    (void)data;
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    f->recording = recording_port_new(1, EPOCH);
    f->crypto = (Crypto){ .ops = &crypto_real, .meter = &f->recording->meter };
    f->config = open_group_config_default;
    f->server = open_group_server_new(&f->crypto, &f->recording->port, &f->config, seed);
    g_assert_true(open_group_server_add_room(f->server, "lobby"));
    g_assert_true(open_group_server_add_room(f->server, "garden"));
    open_group_server_ops.start(f->server, 0);
    identity_ed25519(account_seed, &f->account);
    g_assert_cmpint(blinded_pair(&f->crypto, BLIND_15, &f->account,
                                 open_group_server_key(f->server), &f->pair),
                    ==, ST_OK);
}

static void
close_server(Fixture *f, gconstpointer data)
{
    (void)data;
    packet_clear(&f->body);
    json_decref(f->json);
    open_group_server_ops.stop(f->server);
    open_group_server_ops.free(f->server);
    recording_port_free(f->recording);
}

static void
sign(Fixture *f, const ServerRequest *request, const Packet *body, Signing how,
     Buffer *headers)
{
    ServerAuth auth = { .timestamp = EPOCH / 1000 };
    Buffer text = BUFFER_EMPTY;

    if (how == UNSIGNED)
        return;
    memcpy(auth.id, f->pair.id, BLINDED_ID_BYTES);
    if (how == UNBLINDED)
        auth.id[0] = 5;
    store_u32le(auth.nonce, how == SAME_NONCE ? f->nonce : ++f->nonce);
    if (how == OLD)
        auth.timestamp -= 24 * 3600 + 1;
    server_auth_text(&f->crypto, open_group_server_key(f->server), &auth, request->method,
                     request->endpoint, body, &text);
    blinded_sign(&f->crypto, &f->account, &f->pair, buffer_bytes(&text), auth.signature);
    auth.signature[3] ^= how == WRONG;
    server_auth_write(&auth, headers);
    buffer_clear(&text);
}

/* Ask; the code, and the answer in f->body and f->json.  @body is taken; NULL: none. */
static int
ask(Fixture *f, const char *method, const char *path, Packet *body, Signing how)
{
    Packet none = PACKET_EMPTY, payload, packet, answer = PACKET_EMPTY;
    ServerRequest request = { .method = bytes_of_text(method),
                              .endpoint = bytes_of_text(path) };
    guint n = f->recording->replies->len;
    Buffer headers = BUFFER_EMPTY;
    ServerReply reply;
    Bytes text;

    packet_clear(&f->body);
    json_decref(f->json);
    sign(f, &request, body, how, &headers);
    request.headers = buffer_bytes(&headers);
    payload = server_request_packet(&request, body == NULL ? &none : body);
    packet =
        posted_later(&f->crypto, open_group_server_key(f->server), &payload, &f->reply);
    buffer_clear(&headers);
    recording_port_deliver(f->recording, &open_group_server_ops, f->server, 5, NULL,
                           KIND_SERVER, n + 1, &packet);
    g_assert_cmpuint(f->recording->replies->len, ==, n + 1);
    g_assert_cmpint(recording_reply(f->recording, n)->status, ==, 200);
    answer = packet_share(&recording_reply(f->recording, n)->packet);
    g_assert_cmpint(
        onion_server_read(&f->crypto, onion_reply_key(&f->reply), &answer, &payload), ==,
        ST_OK);
    onion_reply_key_clear(&f->reply);
    g_assert_cmpint(server_reply_open(&payload, &reply, &f->body), ==, ST_OK);
    packet_clear(&payload);
    packet_clear(&answer);
    text = packet_bytes(&f->body);
    f->json = json_loadb((const char *)text.p, text.n, 0, NULL);
    return reply.code;
}

static int
get(Fixture *f, const char *path)
{
    return ask(f, "GET", path, NULL, SIGNED);
}

/* The body of a post of this text. */
static Packet
post_body(Fixture *f, const char *text, bool forged)
{
    uint8_t signature[SIGNATURE_BYTES];
    Buffer out = BUFFER_EMPTY;

    blinded_sign(&f->crypto, &f->account, &f->pair, bytes_of_text(text), signature);
    signature[1] ^= forged;
    buffer_append_literal(&out, "{\"data\":\"");
    base64_encode(bytes_of_text(text), true, &out);
    buffer_append_literal(&out, "\",\"signature\":\"");
    base64_encode((Bytes){ signature, sizeof signature }, true, &out);
    buffer_append_literal(&out, "\"}");
    return packet_of_buffer(&out);
}

static int
post(Fixture *f, const char *room, const char *text)
{
    Packet body = post_body(f, text, false);
    g_autofree char *path = g_strdup_printf("/room/%s/message", room);

    return ask(f, "POST", path, &body, SIGNED);
}

static gint64
number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* --- posts
 * -----------------------------------------------------------------------------------
 */

static void
test_posts(Fixture *f, gconstpointer data)
{
    char id[2 * BLINDED_ID_BYTES + 1] = "";

    (void)data;
    g_assert_cmpint(post(f, "lobby", "first"), ==, 201);
    g_assert_cmpint(number(f->json, "seqno"), ==, 1);
    g_assert_cmpint(post(f, "lobby", "second"), ==, 201);
    g_assert_cmpint(post(f, "garden", "other"), ==, 201);
    g_assert_cmpint(number(f->json, "seqno"), ==, 1); /* each room counts for itself */
    g_assert_cmpint(get(f, "/room/lobby/messages/since/1?t=r&reactors=5"), ==, 200);
    g_assert_cmpuint(json_array_size(f->json), ==, 1);
    {
        const json_t *post_json = json_array_get(f->json, 0);

        hex_encode((Bytes){ f->pair.id, BLINDED_ID_BYTES }, id);
        g_assert_cmpint(number(post_json, "seqno"), ==, 2);
        g_assert_cmpstr(json_string_value(json_object_get(post_json, "data")), ==,
                        "c2Vjb25k");
        g_assert_cmpstr(json_string_value(json_object_get(post_json, "session_id")), ==,
                        id);
        g_assert_cmpfloat(json_number_value(json_object_get(post_json, "posted")), ==,
                          1.7e9);
    }
    g_assert_cmpint(get(f, "/room/lobby/messages/since/2"), ==, 200);
    g_assert_cmpuint(json_array_size(f->json), ==, 0);
    g_assert_cmpuint(open_group_server_posts(f->server, "lobby"), ==, 2);
    g_assert_cmpuint(open_group_server_posts(f->server, "cellar"), ==, 0);
}

/* A hundred at a time by default, 256 at most; `recent` the newest first. */
static void
test_limits_of_pages(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *path;
        guint n;
        gint64 first;
    } pages[] = {
        { "/room/lobby/messages/since/0", 100, 1 },
        { "/room/lobby/messages/since/120", 30, 121 },
        { "/room/lobby/messages/since/0?limit=7", 7, 1 },
        { "/room/lobby/messages/since/0?t=r&limit=120", 120, 1 },
        { "/room/lobby/messages/since/0?limit=99999999999", 150, 1 },
        { "/room/lobby/messages/since/0?nolimit=3", 100, 1 },
        { "/room/lobby/messages/since/999999999999999999", 0, 0 },
        { "/room/lobby/messages/recent", 100, 150 },
        { "/room/lobby/messages/recent?limit=3", 3, 150 },
    };

    (void)data;
    for (int i = 0; i < 150; i++)
        g_assert_cmpint(post(f, "lobby", "again"), ==, 201);
    for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_assert_cmpint(get(f, pages[i].path), ==, 200);
        g_assert_cmpuint(json_array_size(f->json), ==, pages[i].n);
        if (pages[i].n > 0)
            g_assert_cmpint(number(json_array_get(f->json, 0), "seqno"), ==,
                            pages[i].first);
    }
}

/* The oldest posts of a full room are forgotten; numbers go on. */
static void
test_full_room(Fixture *f, gconstpointer data)
{
    (void)data;
    f->config.posts_max = 3;
    for (int i = 0; i < 8; i++)
        g_assert_cmpint(post(f, "lobby", "again"), ==, 201);
    g_assert_cmpint(get(f, "/room/lobby/messages/since/0"), ==, 200);
    g_assert_cmpuint(json_array_size(f->json), ==, 3);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(number(json_array_get(f->json, i), "seqno"), ==, 6 + i);
}

/* --- who may
 * -----------------------------------------------------------------------------------
 */

static void
test_signatures(Fixture *f, gconstpointer data)
{
    static const struct {
        Signing how;
        int code;
    } cases[] = { { SIGNED, 201 }, { SAME_NONCE, 425 }, { UNSIGNED, 401 },
                  { WRONG, 401 },  { OLD, 425 },        { UNBLINDED, 400 } };
    Packet body;

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        body = post_body(f, "text", false);
        g_assert_cmpint(ask(f, "POST", "/room/lobby/message", &body, cases[i].how), ==,
                        cases[i].code);
    }
    g_assert_cmpuint(open_group_server_posts(f->server, "lobby"), ==, 1);
    /* What is signed is this body, this path, this method. */
    body = post_body(f, "text", true);
    g_assert_cmpint(ask(f, "POST", "/room/lobby/message", &body, SIGNED), ==, 403);
    g_assert_cmpint(ask(f, "GET", "/room/lobby/messages/recent", NULL, UNSIGNED), ==, 200);
    g_assert_cmpint(ask(f, "GET", "/room/lobby/messages/recent", NULL, WRONG), ==, 401);
}

static void
test_bad_requests(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *method, *path, *body;
        int code;
    } cases[] = {
        { "GET", "/", NULL, 404 },
        { "GET", "/rooms", NULL, 404 },
        { "GET", "/room/", NULL, 404 },
        { "GET", "/room/cellar", NULL, 404 },
        { "GET", "/room/lobby/messages/since/", NULL, 404 },
        { "GET", "/room/lobby/messages/since/1x", NULL, 404 },
        { "GET", "/room/lobby/file/1", NULL, 404 },
        { "PUT", "/room/lobby/message", "{}", 404 },
        { "POST", "/room/lobby/message", NULL, 400 },
        { "POST", "/room/lobby/message", "{}", 400 },
        { "POST", "/room/lobby/message", "{\"data\":\"\",\"signature\":\"\"}", 400 },
        { "POST", "/room/lobby/message", "{\"data\":\"AA==\",\"signature\":7}", 400 },
        { "POST", "/room/lobby/file", NULL, 400 },
        { "POST", "/batch", "{}", 400 },
        { "POST", "/batch", "[1]", 400 },
        { "POST", "/batch", "[{\"method\":\"GET\"}]", 400 },
    };

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Packet body = cases[i].body == NULL ? PACKET_EMPTY
                                            : packet_of_bytes(bytes_of_text(cases[i].body));

        g_assert_cmpint(ask(f, cases[i].method, cases[i].path, &body, SIGNED), ==,
                        cases[i].code);
    }
    g_assert_cmpuint(open_group_server_posts(f->server, "lobby"), ==, 0);
}

static void
test_too_large(Fixture *f, gconstpointer data)
{
    (void)data;
    f->config.post_max = 12;
    g_assert_cmpint(post(f, "lobby", "twelve bytes"), ==, 201);
    g_assert_cmpint(post(f, "lobby", "thirteen byte"), ==, 413);
}

/* --- batches, files, rooms
 * -------------------------------------------------------------------
 */

static void
test_batch(Fixture *f, gconstpointer data)
{
    static const int codes[] = { 200, 200, 200, 404, 400, 201 };
    GString *text = g_string_new(NULL);
    Packet message = post_body(f, "in a batch", false), body;
    Bytes json = packet_bytes(&message);

    (void)data;
    g_string_append(text,
                    "[{\"method\":\"GET\",\"path\":\"/capabilities\"},"
                    "{\"method\":\"GET\",\"path\":\"/room/lobby/pollInfo/0\"},"
                    "{\"method\":\"GET\",\"path\":\"/room/lobby/messages/recent\"},"
                    "{\"method\":\"GET\",\"path\":\"/room/cellar/pollInfo/0\"},"
                    "{\"method\":\"GET\",\"path\":\"/room/lobby/file/1\"},"
                    "{\"method\":\"POST\",\"path\":\"/room/lobby/message\",\"json\":");
    g_string_append_len(text, (const char *)json.p, (gssize)json.n);
    g_string_append(text, "}]");
    body = packet_of_bytes((Bytes){ (const uint8_t *)text->str, text->len });
    g_assert_cmpint(ask(f, "POST", "/batch", &body, SIGNED), ==, 200);
    g_assert_cmpuint(json_array_size(f->json), ==, G_N_ELEMENTS(codes));
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        g_assert_cmpint(number(json_array_get(f->json, i), "code"), ==, codes[i]);
    g_assert_cmpint(
        number(
            json_object_get(json_object_get(json_array_get(f->json, 1), "body"), "details"),
            "info_updates"),
        ==, 1);
    g_assert_cmpuint(open_group_server_posts(f->server, "lobby"), ==, 1);
    packet_clear(&message);
    g_string_free(text, TRUE);
}

static void
test_files(Fixture *f, gconstpointer data)
{
    Packet body = packet_of_bytes(BYTES_LITERAL("a file as it is"));
    uint64_t bytes;

    (void)data;
    f->config.file_size_max = 15;
    g_assert_cmpint(ask(f, "POST", "/room/lobby/file", &body, SIGNED), ==, 201);
    g_assert_cmpint(number(f->json, "id"), ==, 1);
    g_assert_cmpint(get(f, "/room/lobby/file/1"), ==, 200);
    g_assert_true(bytes_equal_text(packet_bytes(&f->body), "a file as it is"));
    body = packet_of_bytes(BYTES_LITERAL("a file too large"));
    g_assert_cmpint(ask(f, "POST", "/room/lobby/file", &body, SIGNED), ==, 413);
    body = packet_of_bytes(BYTES_LITERAL("nobody's file"));
    g_assert_cmpint(ask(f, "POST", "/room/lobby/file", &body, UNSIGNED), ==, 401);
    g_assert_cmpuint(open_group_server_files(f->server, &bytes), ==, 1);
    g_assert_cmpuint(bytes, ==, 15);
    recording_port_run(f->recording, &open_group_server_ops, f->server,
                       15 * DAY + 1 * SECOND);
    g_assert_cmpuint(open_group_server_files(f->server, &bytes), ==, 0);
}

static void
test_rooms(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_false(open_group_server_add_room(f->server, "lobby"));
    g_assert_false(open_group_server_add_room(f->server, ""));
    g_assert_false(open_group_server_add_room(f->server, "a room"));
    g_assert_false(
        open_group_server_add_room(f->server, "a-name-of-thirty-two-characters-"));
    g_assert_true(open_group_server_add_room(f->server, "a-name-of-thirty-one-characters"));
    g_assert_cmpint(get(f, "/room/a-name-of-thirty-one-characters"), ==, 200);
    g_assert_cmpint(number(f->json, "message_sequence"), ==, 0);
    g_assert_cmpint(get(f, "/room/lobby/pollInfo/1"), ==, 200);
    g_assert_null(json_object_get(f->json, "details"));
}

/* --- its disk
 * ---------------------------------------------------------------------------------- */

/* Lines that were put, until there is no room. */
typedef struct LinesDisk {
    ServerDisk disk; /* first */
    GPtrArray *line;
    guint room;
} LinesDisk;

static Status
lines_put_post(ServerDisk *disk, Bytes line)
{
    LinesDisk *lines = (LinesDisk *)(void *)disk;

    if (lines->line->len == lines->room)
        return ST_FULL;
    g_ptr_array_add(lines->line, g_strndup((const char *)line.p, line.n));
    return ST_OK;
}

static const ServerDiskOps lines_ops = { .put_post = lines_put_post };

/* The same server as a process of its own would be, with the same key. */
static void
start_anew(Fixture *f)
{
    const uint8_t seed[KEY_BYTES] = { 9 };

    open_group_server_ops.stop(f->server);
    open_group_server_ops.free(f->server);
    f->server = open_group_server_new(&f->crypto, &f->recording->port, &f->config, seed);
    g_assert_true(open_group_server_add_room(f->server, "lobby"));
}

static Status
restore(Fixture *f, const char *line)
{
    return open_group_server_restore(f->server, bytes_of_text(line));
}

/* `line` with another first character in the value of `key`. */
static char *
altered(const char *line, const char *key)
{
    g_autofree char *mark = g_strdup_printf("\"%s\":\"", key);
    char *copy = g_strdup(line), *value = strstr(copy, mark);

    g_assert_nonnull(value);
    value += strlen(mark);
    *value = *value == 'A' ? 'B' : 'A';
    return copy;
}

static void
test_disk(Fixture *f, gconstpointer data)
{
    LinesDisk lines = { { &lines_ops }, g_ptr_array_new_with_free_func(g_free), 3 };
    g_autofree char *forged = NULL;
    Packet body;
    uint32_t used;

    (void)data;
    open_group_server_set_disk(f->server, &lines.disk);
    g_assert_cmpint(post(f, "lobby", "first"), ==, 201);
    g_assert_cmpint(post(f, "garden", "elsewhere"), ==, 201);
    g_assert_cmpint(post(f, "lobby", "second"), ==, 201);
    used = f->nonce;
    g_assert_cmpint(post(f, "lobby", "third"), ==, 507); /* the disk is full */
    g_assert_cmpuint(open_group_server_posts(f->server, "lobby"), ==, 2);
    start_anew(f);
    forged = altered(lines.line->pdata[0], "signature");
    g_assert_cmpint(restore(f, forged), ==, ST_AUTH);
    g_assert_cmpint(restore(f, "{}"), ==, ST_MALFORMED);
    g_assert_cmpint(restore(f, lines.line->pdata[0]), ==, ST_OK);
    g_assert_cmpint(restore(f, lines.line->pdata[0]), ==, ST_MALFORMED); /* again */
    g_assert_cmpint(restore(f, lines.line->pdata[1]), ==, ST_NOT_FOUND); /* no garden */
    g_assert_cmpint(restore(f, lines.line->pdata[2]), ==, ST_OK);
    open_group_server_ops.start(f->server, 0);
    g_assert_cmpint(get(f, "/room/lobby/messages/since/0"), ==, 200);
    g_assert_cmpuint(json_array_size(f->json), ==, 2);
    g_assert_cmpstr(json_string_value(json_object_get(json_array_get(f->json, 1), "data")),
                    ==, "c2Vjb25k");
    g_assert_cmpfloat(
        json_number_value(json_object_get(json_array_get(f->json, 1), "posted")), ==,
        1.7e9);
    /* Nobody can have it posted once more by what he saw before. */
    f->nonce = used;
    body = post_body(f, "second", false);
    g_assert_cmpint(ask(f, "POST", "/room/lobby/message", &body, SAME_NONCE), ==, 425);
    g_assert_cmpint(post(f, "lobby", "third"), ==, 201);
    g_assert_cmpint(number(f->json, "seqno"), ==, 3);
    g_ptr_array_unref(lines.line);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, test)                                                                    \
    g_test_add("/outside/open-group/" name, Fixture, NULL, open_server, test, close_server)
    ADD("posts", test_posts);
    ADD("pages", test_limits_of_pages);
    ADD("full-room", test_full_room);
    ADD("signatures", test_signatures);
    ADD("bad-requests", test_bad_requests);
    ADD("too-large", test_too_large);
    ADD("batch", test_batch);
    ADD("files", test_files);
    ADD("rooms", test_rooms);
    ADD("disk", test_disk);
    return g_test_run();
}
