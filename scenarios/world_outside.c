/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Servers beyond the onion: actors that nodes find by name and post to. */
#include "scenarios/world_circles.h"
#include "scenarios/world_stage.h"

#include "clients/session/install.h"

enum {
    OUTSIDE_IP_FIRST = 0xef000101,
    OPEN_GROUP_IP,
    WEB_SERVER_IP,
    PUSH_SERVER_IP,
    SERVER_PORT = 80
};

static const char file_server_name[] = "filev2.getsession.org"; /* protocol 5.7 */
static const char open_group_name[] = "open.getsession.org";
static const char push_server_name[] = "push.getsession.org";
static const char web_server_name[] = "getsession.org";

/* By the workload, or by a table, which may have any kind. */
static bool
sends_files(const Scenario *scenario, const WorldData *data)
{
    const WorkloadConfig *config = &scenario->workload;

    return config->attachment_share + config->voice_share > 0 || data->messages != NULL;
}

static uint32_t
count_rooms(const World *w)
{
    return w->circles == NULL ? 0 : w->circles->n_rooms;
}

static const char *
room_token(const World *w, uint32_t room)
{
    return (const char *)world_circle_id(w, PERSON_TO_ROOM, room) + 1;
}

/* A server that nodes find as @host; its key's seed. */
static ActorId
add_server(World *w, const char *name, const char *host, uint32_t ip,
           uint8_t ret_seed[KEY_BYTES])
{
    StreamKey key = { w->options.seed, stream_name(name, 0), WORLD_IDENTITY, 0 };
    ActorId actor = host_add(w->host, &(ActorSpec){ .name = name,
                                                    .ip = ip,
                                                    .country = "",
                                                    .kind = ENDPOINT_SERVER,
                                                    .speed = w->scenario->outside_speed });

    host_name(w->host, host, ip);
    stream_bytes(&key, 0, ret_seed, KEY_BYTES);
    return actor;
}

/* As clients know it. */
static SessionServer
known_as(const char *host, const uint8_t key[KEY_BYTES])
{
    SessionServer server = { .host = host, .port = SERVER_PORT };

    memcpy(server.x25519, key, KEY_BYTES);
    return server;
}

static void
build_open_group(World *w)
{
    OpenGroupServer *server;
    uint8_t seed[KEY_BYTES];

    w->open_group_actor =
        add_server(w, "open-group server", open_group_name, OPEN_GROUP_IP, seed);
    server = open_group_server_new(&w->crypto, host_port(w->host, w->open_group_actor),
                                   &w->scenario->open_group, seed);
    for (uint32_t i = 0; i < count_rooms(w); i++) {
        bool added = open_group_server_add_room(server, room_token(w, i));

        g_assert(added);
    }
    host_bind(w->host, w->open_group_actor, &open_group_server_ops, server);
    world_register_actor(w, w->open_group_actor, ROLE_OUTSIDE, 1);
    w->open_group = known_as(open_group_name, open_group_server_key(server));
    w->session.open_group = &w->open_group;
}

static void
build_file_server(World *w)
{
    uint8_t seed[KEY_BYTES];
    FileServer *server;

    w->file_server_actor =
        add_server(w, "file server", file_server_name, OUTSIDE_IP_FIRST, seed);
    server = file_server_new(
        &w->crypto,
        world_server_port(w, ADVERSARY_FILES, w->file_server_actor, OUTSIDE_IP_FIRST, NULL),
        &w->scenario->file_server, seed);
    world_bind_server(w, ADVERSARY_FILES, w->file_server_actor, &file_server_ops, server);
    world_register_actor(w, w->file_server_actor, ROLE_OUTSIDE, 0);
    w->file_server = known_as(file_server_name, file_server_key(server));
    w->session.file_server = &w->file_server;
}

bool
world_stage_wants_servers(const Scenario *scenario, const WorldData *data)
{
    return sends_files(scenario, data) || scenario->workload.circles.rooms > 0;
}

/* Real ones, which are the stage's. */
static void
use_servers(World *w)
{
    uint32_t n = count_rooms(w);
    g_autofree const char **room = g_new0(const char *, n + 1);

    for (uint32_t i = 0; i < n; i++)
        room[i] = room_token(w, i);
    w->stage->servers(w->stage->context, room, &w->file_server, &w->open_group);
    w->session.file_server = &w->file_server;
    if (n > 0)
        w->session.open_group = &w->open_group;
}

static void
build_web_server(World *w)
{
    uint8_t seed[KEY_BYTES]; /* it has no key: nothing comes to it by the onion */
    WebServer *server;

    w->web_server_actor = add_server(w, "web server", web_server_name, WEB_SERVER_IP, seed);
    server = web_server_new(
        world_server_port(w, ADVERSARY_WEB, w->web_server_actor, WEB_SERVER_IP, NULL),
        w->scenario->program_bytes);
    world_bind_server(w, ADVERSARY_WEB, w->web_server_actor, &web_server_ops, server);
    world_register_actor(w, w->web_server_actor, ROLE_OUTSIDE, 2);
}

static void
build_push_server(World *w)
{
    uint8_t seed[KEY_BYTES];
    X25519Pair key;
    Port *port;

    w->push_server_actor =
        add_server(w, "push server", push_server_name, PUSH_SERVER_IP, seed);
    crypto_keygen(&w->crypto, seed, &key);
    port = world_server_port(w, ADVERSARY_PUSH, w->push_server_actor, PUSH_SERVER_IP, &key);
    w->push_server = push_server_new(&w->crypto, port, &w->scenario->push_server, seed,
                                     w->chain_address);
    world_bind_server(w, ADVERSARY_PUSH, w->push_server_actor, &push_server_ops,
                      w->push_server);
    world_register_actor(w, w->push_server_actor, ROLE_OUTSIDE, 3);
    w->push_known = known_as(push_server_name, push_server_key(w->push_server)->pk);
    w->session.push_server = &w->push_known;
}

void
world_bind_client(World *w, Port *port, void *session, const ActorOps **ret_ops,
                  void **ret_self)
{
    *ret_ops = &session_ops;
    *ret_self = session;
    if (w->web_server_actor == 0)
        return;
    *ret_self = installing_new(port, web_server_name, &session_ops, session);
    *ret_ops = &installing_ops;
}

void
world_build_outside(World *w)
{
    w->session = w->scenario->session;
    w->session.other_devices = w->device_of != NULL;
    if (w->stage != NULL) {
        if (world_stage_wants_servers(w->scenario, w->data))
            use_servers(w);
        return;
    }
    if (sends_files(w->scenario, w->data))
        build_file_server(w);
    if (w->scenario->program_bytes > 0)
        build_web_server(w);
    if (w->scenario->push)
        build_push_server(w);
    if (count_rooms(w) > 0)
        build_open_group(w);
}

void
world_outside_record(const World *w, Recorder *r)
{
    PushCounts counts;

    if (w->push_server == NULL)
        return;
    counts = push_server_counts(w->push_server);
    recorder_metric(r, "push_subscriptions", (double)counts.subscriptions, "count");
    recorder_metric(r, "push_notices", (double)counts.notices, "count");
    recorder_metric(r, "push_failures", (double)counts.failures, "count");
}

void
world_start_outside(World *w)
{
    if (w->file_server_actor != 0)
        host_start(w->host, w->file_server_actor);
    if (w->open_group_actor != 0)
        host_start(w->host, w->open_group_actor);
    if (w->web_server_actor != 0)
        host_start(w->host, w->web_server_actor);
    if (w->push_server_actor != 0)
        host_start(w->host, w->push_server_actor);
}
