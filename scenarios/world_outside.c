/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Servers beyond the onion: actors that nodes find by name and post to. */
#include "scenarios/world_internal.h"

enum { OUTSIDE_IP_FIRST = 0xef000101, FILE_SERVER_PORT = 80 };

static const char file_server_name[] = "filev2.getsession.org"; /* protocol 5.7 */

static bool
sends_files(const Scenario *s)
{
    return s->workload.attachment_share + s->workload.voice_share > 0;
}

void
world_build_outside(World *w)
{
    const Scenario *s = w->scenario;
    StreamKey key = { w->options.seed, stream_name("file server", 0), WORLD_IDENTITY, 0 };
    uint8_t seed[KEY_BYTES];
    FileServer *server;

    w->session = s->session;
    if (!sends_files(s))
        return;
    w->file_server_actor = host_add(w->host, &(ActorSpec){ .name = "file server",
                                                           .ip = OUTSIDE_IP_FIRST,
                                                           .country = "",
                                                           .kind = ENDPOINT_SERVER,
                                                           .speed = s->outside_speed });
    host_name(w->host, file_server_name, OUTSIDE_IP_FIRST);
    stream_bytes(&key, 0, seed, sizeof seed);
    server = file_server_new(&w->crypto, host_port(w->host, w->file_server_actor),
                             &s->file_server, seed);
    host_bind(w->host, w->file_server_actor, &file_server_ops, server);
    world_register_actor(w, w->file_server_actor, ROLE_OUTSIDE, 0);
    w->file_server = (SessionServer){ .host = file_server_name, .port = FILE_SERVER_PORT };
    memcpy(w->file_server.x25519, file_server_key(server), KEY_BYTES);
    w->session.file_server = &w->file_server;
}

void
world_start_outside(World *w)
{
    if (w->file_server_actor != 0)
        host_start(w->host, w->file_server_actor);
}
