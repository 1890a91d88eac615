/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/service/duty.h"

#include "nodes/store/memory_store.h"
#include "nodes/wire/proof.h"

void
duty_set_up(World *world, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(crypto_setup(), ==, ST_OK);
    world->port = recording_port_new(5, EPOCH);
    world->port->port.store = memory_store_new(1 << 20);
    world->crypto = (Crypto){ .ops = &crypto_real, .meter = &world->port->meter };
    world->config = service_config_2024;
    for (int i = 0; i < NODES; i++) {
        uint8_t seed[32] = { 3, (uint8_t)i };
        X25519Pair x25519;
        NodeRecord *r = &world->records[i];

        identity_ed25519(seed, &world->identity[i]);
        identity_x25519(&world->identity[i], &x25519);
        *r = (NodeRecord){ .ip = 0x0a000001 + (uint32_t)i,
                           .port_https = 22021,
                           .port_omq = 22020,
                           .active = true,
                           .swarm_id = A };
        r->legacy[0] = (uint8_t)(i + 1);
        memcpy(r->ed25519, world->identity[i].pk, 32);
        memcpy(r->x25519, x25519.pk, 32);
        world->proofs[i] = EPOCH;
    }
    world->node =
        service_node_new(&world->crypto, &world->port->port, &world->config,
                         &world->identity[0], world->records[0].legacy, CHAIN_ADDRESS);
    service_node_ops.start(world->node, 0);
}

void
duty_begin(World *world, bool tests, bool proofs)
{
    world->config.test_interval = tests ? service_config_2024.test_interval : 0;
    world->config.proof_interval = proofs ? service_config_2024.proof_interval : 0;
    service_node_ops.stop(world->node);
    service_node_ops.start(world->node, world->port->now);
}

void
duty_tear_down(World *world, gconstpointer data)
{
    (void)data;
    service_node_ops.stop(world->node);
    service_node_ops.free(world->node);
    world->port->port.store->ops->close(world->port->port.store);
    recording_port_free(world->port);
}

void
duty_block(World *world, size_t n, bool validates)
{
    NodeList *list = node_list_new(world->records, n);
    uint32_t validators[1] = { 0 }, workers[NODES];
    uint8_t hash[32] = { 1 };
    Snapshot *snapshot;
    Packet packet;

    for (uint32_t i = 0; i < NODES; i++)
        workers[i] = i;
    snapshot = snapshot_new(list, ++world->height, EPOCH, hash, validators, validates,
                            workers, validates ? n : 0, world->proofs);
    packet = packet_of_blob(snapshot_blob(snapshot));
    recording_port_deliver(world->port, &service_node_ops, world->node, CHAIN_ADDRESS, NULL,
                           KIND_BLOCK, 0, &packet);
    node_list_unref(list);
    snapshot_unref(snapshot);
}

int
duty_number_at(const World *world, Address to)
{
    for (int i = 0; i < NODES; i++)
        if (to == node_address_omq(&world->records[i]) ||
            to == node_address_https(&world->records[i]))
            return i;
    return -1;
}

void
duty_end_ping(World *world, const SentMessage *sent, bool bad, Badness how)
{
    int number = duty_number_at(world, sent->to);
    bool https = sent->kind == KIND_PING_HTTPS;
    Packet body = https ? packet_of_bytes((Bytes){ world->records[number].legacy, 32 })
                        : packet_of_bytes(BYTES_LITERAL("pong"));
    Outcome outcome = OUTCOME_ANSWER;

    if (bad && (how == BAD_SILENT || (how == BAD_HTTPS_ONLY && https) ||
                (how == BAD_OMQ_ONLY && !https)))
        outcome = OUTCOME_TIMEOUT;
    if (bad && ((how == BAD_KEY && https) || (how == BAD_PONG && !https)))
        packet_make_mutable(&body)[0] ^= 1;
    recording_port_end(world->port, &service_node_ops, world->node, sent->id, outcome,
                       outcome == OUTCOME_ANSWER ? 200 : 0, &body);
    packet_clear(&body);
}

void
duty_run(World *world, Time until, int bad, Badness how)
{
    while (world->port->alarm <= until) {
        guint first = world->port->sent->len;

        recording_port_run(world->port, &service_node_ops, world->node, world->port->alarm);
        for (guint i = first; i < world->port->sent->len; i++) {
            SentMessage sent = *recording_sent(world->port, i);

            if (sent.kind == KIND_PING_HTTPS || sent.kind == KIND_PING_OMQ)
                duty_end_ping(world, &sent, duty_number_at(world, sent.to) == bad, how);
        }
    }
    recording_port_run(world->port, &service_node_ops, world->node, until);
}

guint
duty_tests_of(const World *world, int number)
{
    guint n = 0;

    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);

        n += sent->kind == KIND_PING_OMQ && duty_number_at(world, sent->to) == number;
    }
    return n;
}

/* The votes sent, as "3- 4+". */
static char *
votes(World *world)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < world->port->sent->len; i++) {
        const SentMessage *sent = recording_sent(world->port, i);
        Vote vote;

        if (sent->kind != KIND_VOTE)
            continue;
        g_assert_cmpint(vote_read(&world->crypto, packet_bytes(&sent->packet),
                                  world->records[0].ed25519, &vote),
                        ==, ST_OK);
        g_assert_cmpuint(vote.height, ==, world->height);
        g_assert_cmpmem(vote.validator, 32, world->records[0].legacy, 32);
        g_string_append_printf(out, "%s%d%s", out->len > 0 ? " " : "", vote.worker[0] - 1,
                               vote.good ? "+" : "-");
    }
    recording_port_forget(world->port);
    return g_string_free(out, FALSE);
}

void
duty_assert_votes(World *world, const char *expected)
{
    char *got;

    recording_port_forget(world->port);
    duty_block(world, NODES, true);
    got = votes(world);
    g_assert_cmpstr(got, ==, expected);
    g_free(got);
}

void
duty_fresh_proofs(World *world)
{
    for (int i = 0; i < NODES; i++)
        world->proofs[i] = EPOCH + world->port->now / MILLISECOND;
}
