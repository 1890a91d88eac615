/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lone_node.h"

#include <string.h>

#include "nodes/live/node_store.h"
#include "nodes/service/service.h"

enum {
    LONE_IP = 0x7f000001,
    PORT_HTTPS = 22021,
    PORT_OMQ = 22020,
    CHAIN_PORT = 1,
    HARDFORK_MINOR = 4 /* 19.4, the latest that storage servers look at */
};

#define STORE_BYTES_MAX (UINT64_C(3584) << 20) /* protocol 6.5 */
#define REQUEST_TOKEN ((ReplyToken)1)

struct LoneNode {
    Port port; /* first */
    Meter meter;
    Crypto crypto;
    ServiceNode *node;
    UnixMs now;
    uint64_t random;
    int status; /* of the answer; 0: none yet */
    Packet body;
};

static LoneNode *
of(Port *port)
{
    return (LoneNode *)(void *)port;
}

/* SplitMix64: a lone node draws nothing that anybody could guess at, phases of timers. */
static void
lone_random(Port *port, Purpose purpose, void *out, size_t n)
{
    uint8_t *p = out;

    (void)purpose;
    for (size_t i = 0; i < n; i++) {
        uint64_t z = of(port)->random += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        p[i] = (uint8_t)(z ^ z >> 31);
    }
}

static UnixMs
lone_unix_ms(Port *port)
{
    return of(port)->now;
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
    LoneNode *lone = of(port);

    if (token == REQUEST_TOKEN && lone->status == 0) {
        lone->status = status;
        lone->body = packet_steal(packet);
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

static const PortOps lone_ops = {
    .random = lone_random,
    .unix_ms = lone_unix_ms,
    .send = lone_send,
    .reply = lone_reply,
    .alarm = lone_alarm,
    .note = lone_note,
};

/* Tell the node of a block in which it alone is the network. */
static void
tell_block(LoneNode *lone, const NodeRecord *record)
{
    static const uint8_t hash[32] = { 1 };
    NodeList *list = node_list_new(record, 1);
    Snapshot *snapshot =
        snapshot_new(list, 1000000, lone->now, hash, NULL, 0, NULL, 0, NULL);
    Packet packet;
    Incoming in = { address_of(LONE_IP, CHAIN_PORT), NULL, KIND_BLOCK, 0, &packet };

    snapshot->hardfork_minor = HARDFORK_MINOR;
    packet = packet_of_blob(snapshot_blob(snapshot));
    service_node_ops.receive(lone->node, 0, &in);
    packet_clear(&packet);
    snapshot_unref(snapshot);
    node_list_unref(list);
}

LoneNode *
lone_node_new(const char *folder, const uint8_t seed[32], UnixMs now, GError **error)
{
    Store *store = node_store_open(folder, STORE_BYTES_MAX, now, error);
    NodeRecord record = {
        .ip = LONE_IP, .port_https = PORT_HTTPS, .port_omq = PORT_OMQ, .active = true
    };
    Ed25519Pair identity;
    X25519Pair x25519;
    LoneNode *lone;

    if (store == NULL)
        return NULL;
    lone = g_new0(LoneNode, 1);
    lone->port = (Port){ &lone_ops, &lone->meter, store };
    lone->crypto = (Crypto){ .ops = &crypto_real, .meter = &lone->meter };
    lone->now = now;
    identity_ed25519(seed, &identity);
    identity_x25519(&identity, &x25519);
    memcpy(record.ed25519, identity.pk, sizeof record.ed25519);
    memcpy(record.x25519, x25519.pk, sizeof record.x25519);
    memcpy(record.legacy, identity.pk, sizeof record.legacy);
    lone->node =
        service_node_new(&lone->crypto, &lone->port, &service_config_2024, &identity,
                         record.legacy, address_of(LONE_IP, CHAIN_PORT));
    service_node_ops.start(lone->node, 0);
    tell_block(lone, &record);
    return lone;
}

void
lone_node_free(LoneNode *node)
{
    if (node == NULL)
        return;
    service_node_ops.stop(node->node);
    service_node_ops.free(node->node);
    node->port.store->ops->close(node->port.store);
    packet_clear(&node->body);
    g_free(node);
}

int
lone_node_ask(LoneNode *node, MessageKind kind, Bytes request, Packet *ret_body)
{
    Packet packet = packet_of_bytes(request);
    Incoming in = { address_of(LONE_IP, 40000), NULL, kind, REQUEST_TOKEN, &packet };

    packet_clear(&node->body);
    node->status = 0;
    service_node_ops.receive(node->node, 0, &in);
    packet_clear(&packet);
    *ret_body = packet_steal(&node->body);
    return node->status;
}
