/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/lone.h"

#include "bench/model.h"
#include "nodes/store/memory_store.h"

#include <glib.h>
#include <string.h>

enum { LONE_IP = 0x0a000001, PEER_IP, PORT_HTTPS = 22021, PORT_OMQ = 22020 };

static Lone *
of(Port *port)
{
    return (Lone *)(void *)port;
}

static void
lone_random(Port *port, Purpose purpose, void *out, size_t n)
{
    uint8_t *p = out;

    (void)purpose;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = splitmix64(&of(port)->random);

        memcpy(p + i, &word, MIN(n - i, sizeof word));
    }
}

static UnixMs
lone_unix_ms(Port *port)
{
    (void)port;
    return LONE_UNIX_MS;
}

static void
lone_send(Port *port, Address to, MessageKind kind, RequestId id, Duration timeout,
          const uint8_t *peer_key, Packet *packet)
{
    (void)port;
    (void)to;
    (void)kind;
    (void)id;
    (void)timeout;
    (void)peer_key;
    packet_clear(packet);
}

static void
lone_reply(Port *port, ReplyToken token, int status, Packet *packet)
{
    (void)token;
    if (status == 200) {
        of(port)->answers++;
        of(port)->answer_bytes += packet->length;
    }
    packet_clear(packet);
}

static void
lone_alarm(Port *port, Time at)
{
    (void)port;
    (void)at;
}

static void
lone_note(Port *port, const Note *note)
{
    (void)port;
    (void)note;
}

static const PortOps lone_ops = { .random = lone_random,
                                  .unix_ms = lone_unix_ms,
                                  .send = lone_send,
                                  .reply = lone_reply,
                                  .alarm = lone_alarm,
                                  .note = lone_note };

static NodeRecord
record_of(uint8_t number, uint32_t ip, Ed25519Pair *ret_identity, X25519Pair *ret_x25519)
{
    const uint8_t seed[KEY_BYTES] = { 'l', 'o', 'n', 'e', number };
    NodeRecord record = {
        .ip = ip, .port_https = PORT_HTTPS, .port_omq = PORT_OMQ, .active = true
    };

    identity_ed25519(seed, ret_identity);
    identity_x25519(ret_identity, ret_x25519);
    memcpy(record.ed25519, ret_identity->pk, KEY_BYTES);
    memcpy(record.x25519, ret_x25519->pk, KEY_BYTES);
    memcpy(record.legacy, ret_identity->pk, KEY_BYTES);
    return record;
}

static void
tell_block(Lone *lone, bool with_peer)
{
    static const uint8_t hash[32] = { 1 };
    const NodeRecord records[2] = { lone->record, lone->peer };
    NodeList *list = node_list_new(records, with_peer ? 2 : 1);
    Snapshot *snapshot =
        snapshot_new(list, 1000000, LONE_UNIX_MS, hash, NULL, 0, NULL, 0, NULL);
    Packet packet = packet_of_blob(snapshot_blob(snapshot));
    Incoming in = { address_of(LONE_IP, 1), NULL, KIND_BLOCK, 0, &packet };

    service_node_ops.receive(lone->node, 0, &in);
    packet_clear(&packet);
    snapshot_unref(snapshot);
    node_list_unref(list);
}

Lone *
lone_new(const CryptoOps *ops, bool with_peer)
{
    Lone *lone = g_new0(Lone, 1);
    Ed25519Pair identity, peer_identity;
    X25519Pair peer_x25519;

    lone->port = (Port){ &lone_ops, &lone->meter, memory_store_new((uint64_t)1 << 34) };
    lone->crypto = (Crypto){ .ops = ops,
                             .meter = &lone->meter,
                             .memo = identity_memo_new(64),
                             .no_shortcuts = true };
    lone->config = service_config_2024;
    lone->config.test_interval = lone->config.proof_interval = 0;
    lone->record = record_of(1, LONE_IP, &identity, &lone->x25519);
    lone->peer = record_of(2, PEER_IP, &peer_identity, &peer_x25519);
    lone->node = service_node_new(&lone->crypto, &lone->port, &lone->config, &identity,
                                  lone->record.legacy, address_of(LONE_IP, 1));
    service_node_ops.start(lone->node, 0);
    tell_block(lone, with_peer);
    return lone;
}

void
lone_free(Lone *lone)
{
    service_node_ops.stop(lone->node);
    service_node_ops.free(lone->node);
    lone->port.store->ops->close(lone->port.store);
    identity_memo_free(lone->crypto.memo);
    g_free(lone);
}

void
lone_ask(Lone *lone, MessageKind kind, bool from_peer, Packet *packet)
{
    Incoming in = { .from = address_of(from_peer ? PEER_IP : 0x0b000001, 40000),
                    .peer_key = from_peer ? lone->peer.x25519 : NULL,
                    .kind = kind,
                    .token = 1,
                    .packet = packet };

    service_node_ops.receive(lone->node, 0, &in);
    packet_clear(packet);
}
