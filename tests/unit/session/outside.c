/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/session/outside.h"

#include <string.h>

void
outside_open(WorldOutside *outside)
{
    *outside = (WorldOutside){ .recording = recording_port_new(2, WORLD_EPOCH_MS) };
    outside->crypto = (Crypto){ .ops = &crypto_real, .meter = &outside->recording->meter };
}

/* Hand a post to the server; its answer. */
static Packet
serve(World *world, Packet *posted)
{
    WorldOutside *outside = world->server_context;
    guint n = outside->recording->replies->len;

    outside->posted++;
    if (outside->silent) {
        packet_clear(posted);
        return packet_of_bytes(BYTES_LITERAL("neither sealed nor an answer"));
    }
    outside->recording->now = world->recording->now;
    recording_port_deliver(outside->recording, outside->ops, outside->server, 5, NULL,
                           KIND_SERVER, n + 1, posted);
    g_assert_cmpuint(outside->recording->replies->len, ==, n + 1);
    return packet_share(&recording_reply(outside->recording, n)->packet);
}

void
outside_serves(WorldOutside *outside, World *world)
{
    world->server = serve;
    world->server_context = outside;
}

void
outside_start(WorldOutside *outside, World *world, const ActorOps *ops, void *server,
              const char *host, const uint8_t key[KEY_BYTES])
{
    outside->ops = ops;
    outside->server = server;
    outside->address = (SessionServer){ .host = host, .port = 80 };
    memcpy(outside->address.x25519, key, KEY_BYTES);
    outside->world = world;
    outside_serves(outside, world);
    ops->start(server, 0);
}

void
outside_close(WorldOutside *outside)
{
    world_free(outside->world);
    outside->ops->free(outside->server);
    recording_port_free(outside->recording);
}
