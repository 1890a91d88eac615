/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/service/world.h"

static void
begin(World *world, guint n_a, guint n_b)
{
    world->network = network_new(EPOCH);
    for (guint i = 0; i < n_a + n_b; i++)
        network_add(world->network, &world->config, i < n_a ? A : B);
    network_block(world->network);
    client_init_in(&world->of_a, world->network, A);
    if (n_b > 0)
        client_init_in(&world->of_b, world->network, B);
}

void
world_begin(World *world, guint n_a, guint n_b)
{
    world->config = service_config_2024;
    world->config.test_interval = world->config.proof_interval = 0;
    begin(world, n_a, n_b);
}

void
world_begin_2020(World *world, guint n_a, guint n_b)
{
    world->config = network_config_2020();
    begin(world, n_a, n_b);
}

void
world_set_up(World *world, gconstpointer data)
{
    (void)data;
    world_begin(world, 5, 5);
}

void
world_tear_down(World *world, gconstpointer data)
{
    (void)data;
    network_free(world->network);
}

void
world_hash(guint i, char ret[MESSAGE_HASH_BYTES + 1])
{
    g_snprintf(ret, MESSAGE_HASH_BYTES + 1, "%043u", i);
}

void
world_put(World *world, guint member, const Client *client, int name_space, guint i)
{
    char hash[MESSAGE_HASH_BYTES + 1];

    world_hash(i, hash);
    network_put(world->network, member, client->account, name_space, hash, "body", 4, EPOCH,
                EPOCH + DAY_MS);
}

void
world_move(World *world, guint member, uint64_t swarm)
{
    NodeRecord *record = &network_member(world->network, member)->record;

    record->swarm_id = swarm;
    record->active = swarm != SWARM_NONE;
}

void
world_block(World *world)
{
    network_forget_sent(world->network);
    network_block(world->network);
    network_run(world->network, world->network->now + SECOND);
}

void
world_restart(World *world)
{
    for (guint i = 0; i < world->network->members->len; i++) {
        network_crash(world->network, i);
        network_restart(world->network, i);
    }
    world_block(world);
}

guint
world_pushes_to(const World *world, guint member)
{
    return network_count_sent(world->network, KIND_DATA, member);
}

const char *
world_member_hex(const World *world, guint member)
{
    static char hex[65];

    hex_encode((Bytes){ network_member(world->network, member)->record.ed25519, 32 }, hex);
    hex[64] = '\0';
    return hex;
}
