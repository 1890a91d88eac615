/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/server.h"

#include <string.h>

#include "nodes/live/door.h"
#include "nodes/live/host.h"
#include "nodes/live/server_folder.h"

struct LiveServer {
    FileServerConfig files;
    OpenGroupConfig open_groups;
    LiveHost *host;
    Door *door;
    ServerFolder *folder;
    GHashTable *open;    /* SoupServerMessage to Question */
    gsize *answer_bytes; /* that nobody has taken yet; shared with those answers */
};

/* What an answer takes of them until its message is done with. */
typedef struct AnswerBytes {
    gsize *all, n;
} AnswerBytes;

/* A request that the actor has. */
typedef struct Question {
    LiveServer *server;
    SoupServerMessage *message; /* borrowed: the door has it until it is answered */
    ReplyToken token;
} Question;

void
live_server_key(const uint8_t seed[KEY_BYTES], uint8_t ret[KEY_BYTES])
{
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    X25519Pair pair;

    crypto_keygen(&crypto, seed, &pair);
    memcpy(ret, pair.pk, KEY_BYTES);
    explicit_bzero(&pair, sizeof pair);
}

/* --- HTTP -------------------------------------------------------------------------------
 */

static void
answer_bytes_free(gpointer p)
{
    AnswerBytes *bytes = p;

    *bytes->all -= bytes->n;
    g_rc_box_release(bytes->all);
    g_free(bytes);
}

/* Whoever asks for files and takes none must not fill the memory. */
static void
set_answer(LiveServer *server, SoupServerMessage *message, int status, Bytes body)
{
    AnswerBytes *bytes;

    if (*server->answer_bytes + body.n > LIVE_SERVER_ANSWERS_BYTES_MAX) {
        status = 503;
        body = BYTES_LITERAL("Server busy, try again later");
    }
    bytes = g_new(AnswerBytes, 1);
    *bytes = (AnswerBytes){ g_rc_box_acquire(server->answer_bytes), body.n };
    *bytes->all += body.n;
    g_object_set_data_full(G_OBJECT(message), "swarmbed-answer", bytes, answer_bytes_free);
    soup_server_message_set_status(message, (guint)status, NULL);
    soup_server_message_set_response(
        message, status == 200 ? "application/octet-stream" : "text/plain",
        SOUP_MEMORY_COPY, (const char *)body.p, body.n);
}

static void
answer(void *context, int status, Packet *packet)
{
    Question *question = context;
    LiveServer *server = question->server;
    SoupServerMessage *message = question->message;

    set_answer(server, message, status, packet_bytes(packet));
    packet_clear(packet);
    g_hash_table_remove(server->open, message);
    door_answer(server->door, message);
}

static void
deliver(LiveServer *server, const DoorRequest *request)
{
    g_autoptr(GBytes) body =
        soup_message_body_flatten(soup_server_message_get_request_body(request->message));
    Question *question = g_new(Question, 1);
    gsize n;
    const uint8_t *p = g_bytes_get_data(body, &n);
    Packet packet = packet_of_bytes((Bytes){ p, n });

    *question = (Question){ server, request->message, 0 };
    g_hash_table_insert(server->open, request->message, question);
    /* (Both actors answer before this returns; the question is gone then.) */
    live_host_deliver(server->host, address_of(request->from_ip, request->from_port), NULL,
                      KIND_SERVER, &packet, answer, question, &question->token);
    packet_clear(&packet);
}

static void
receive(void *context, const DoorRequest *request)
{
    LiveServer *server = context;
    const char *method = soup_server_message_get_method(request->message);

    if (strcmp(method, "POST") == 0 &&
        endpoint_kind(DOOR_SERVER, request->path) == KIND_SERVER)
        deliver(server, request);
    else
        door_answer_not_found(server->door, request);
}

static void
gone(void *context, SoupServerMessage *message)
{
    LiveServer *server = context;
    Question *question = g_hash_table_lookup(server->open, message);

    if (question == NULL)
        return;
    live_host_forget(server->host, question->token);
    g_hash_table_remove(server->open, message);
}

/* It asks nobody. */
static void
send_message(void *context, Address to, MessageKind kind, RequestId id, Duration timeout,
             const uint8_t *peer_key, Packet *packet)
{
    (void)context;
    (void)to;
    (void)kind;
    (void)id;
    (void)timeout;
    (void)peer_key;
    packet_clear(packet);
}

/* --- the actors -------------------------------------------------------------------------
 */

static bool
start_file_server(LiveServer *server, const LiveServerSpec *spec, GError **error)
{
    FileServer *actor;

    server->files = spec->files;
    if (server->files.bytes_max > LIVE_SERVER_FILES_BYTES_MAX)
        server->files.bytes_max = LIVE_SERVER_FILES_BYTES_MAX;
    actor = file_server_new(live_host_crypto(server->host), live_host_port(server->host),
                            &server->files, spec->seed);
    if (!server_folder_restore_files(server->folder, file_server_shelf(actor), error)) {
        file_server_ops.free(actor);
        return false;
    }
    file_server_set_disk(actor, server_folder_disk(server->folder));
    live_host_start(server->host, &file_server_ops, actor);
    return true;
}

static bool
add_rooms(OpenGroupServer *actor, char *const *rooms, GError **error)
{
    for (; rooms != NULL && *rooms != NULL; rooms++)
        if (!open_group_server_add_room(actor, *rooms)) {
            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "--room '%s': expected 1 to 31 letters, digits, - and _, each "
                        "name once, at most %d rooms",
                        *rooms, OPEN_GROUP_ROOMS_MAX);
            return false;
        }
    return true;
}

/* A room that is there no more may have left posts. */
static bool
take_post(void *context, Bytes line)
{
    Status status = open_group_server_restore(context, line);

    return status == ST_OK || status == ST_NOT_FOUND;
}

static bool
start_open_group_server(LiveServer *server, const LiveServerSpec *spec, GError **error)
{
    OpenGroupServer *actor;

    server->open_groups = spec->open_groups;
    if (server->open_groups.files_max > LIVE_SERVER_FILES_BYTES_MAX)
        server->open_groups.files_max = LIVE_SERVER_FILES_BYTES_MAX;
    if (server->open_groups.posts_max > LIVE_SERVER_POSTS_MAX)
        server->open_groups.posts_max = LIVE_SERVER_POSTS_MAX;
    actor =
        open_group_server_new(live_host_crypto(server->host), live_host_port(server->host),
                              &server->open_groups, spec->seed);
    if (!add_rooms(actor, spec->rooms, error) ||
        !server_folder_restore_files(server->folder, open_group_server_shelf(actor),
                                     error) ||
        !server_folder_restore_posts(server->folder, take_post, actor, error)) {
        open_group_server_ops.free(actor);
        return false;
    }
    open_group_server_set_disk(actor, server_folder_disk(server->folder));
    live_host_start(server->host, &open_group_server_ops, actor);
    return true;
}

/* --- the server -------------------------------------------------------------------------
 */

static bool
start_actor(LiveServer *server, const LiveServerSpec *spec, GError **error)
{
    if (spec->kind == LIVE_FILE_SERVER)
        return start_file_server(server, spec, error);
    return start_open_group_server(server, spec, error);
}

LiveServer *
live_server_new(const LiveServerSpec *spec, GError **error)
{
    LiveServer *server = g_new0(LiveServer, 1);
    DoorSpec door = { .kind = DOOR_SERVER,
                      .ip = spec->ip,
                      .port = spec->port,
                      .receive = receive,
                      .gone = gone,
                      .context = server };

    server->open = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    server->answer_bytes = g_rc_box_new0(gsize);
    server->host = live_host_new(NULL, send_message, server);
    server->folder = server_folder_open(spec->folder, error);
    if (server->folder != NULL && start_actor(server, spec, error))
        server->door = door_new(&door, error);
    if (server->door != NULL)
        return server;
    live_server_free(server);
    return NULL;
}

void
live_server_free(LiveServer *server)
{
    if (server == NULL)
        return;
    door_free(server->door);
    live_host_free(server->host);
    server_folder_close(server->folder);
    g_hash_table_unref(server->open);
    g_rc_box_release(server->answer_bytes);
    g_free(server);
}
