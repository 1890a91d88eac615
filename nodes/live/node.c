/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/node.h"

#include <string.h>

#include "nodes/live/block_feed.h"
#include "nodes/live/certificate.h"
#include "nodes/live/clock.h"
#include "nodes/live/http_server.h"
#include "nodes/live/node_store.h"

struct LiveNode {
    LiveNodeSpec spec;
    Ed25519Pair identity;
    LiveFaults faults;
    Store *store;
    GTlsCertificate *certificate;
    LiveHost *host;
    HttpClient *client;
    HttpServer *server;
    BlockFeed *feed;
    bool ready;
};

void
live_node_keys(const uint8_t seed[KEY_BYTES], NodeRecord *ret)
{
    static const char purpose[] = "on-chain key";
    Meter meter = { 0 };
    Crypto crypto = { .ops = &crypto_real, .meter = &meter };
    Bytes part = { seed, KEY_BYTES };
    Ed25519Pair identity, legacy;
    X25519Pair x25519;
    uint8_t other[KEY_BYTES];

    identity_ed25519(seed, &identity);
    identity_x25519(&identity, &x25519);
    crypto_blake2b(&crypto, bytes_of_text(purpose), &part, 1, other, sizeof other);
    identity_ed25519(other, &legacy);
    memcpy(ret->ed25519, identity.pk, KEY_BYTES);
    memcpy(ret->x25519, x25519.pk, KEY_BYTES);
    memcpy(ret->legacy, legacy.pk, KEY_BYTES);
}

static void
send_message(void *context, Address to, MessageKind kind, RequestId id, Duration timeout,
             const uint8_t *peer_key, Packet *packet)
{
    LiveNode *node = context;

    http_client_send(node->client, to, kind, id, timeout, peer_key, packet);
}

static void
request_ended(void *context, RequestId id, Outcome outcome, int status, Packet *packet)
{
    LiveNode *node = context;

    live_host_outcome(node->host, id, outcome, status, packet);
}

static void
new_block(void *context, Snapshot *snapshot)
{
    LiveNode *node = context;
    Packet packet = packet_of_blob(snapshot_blob(snapshot));

    live_host_deliver(node->host, node->spec.registry, NULL, KIND_BLOCK, &packet, NULL,
                      NULL, NULL);
    packet_clear(&packet);
    if (!node->ready && node->spec.ready != NULL) {
        node->ready = true;
        node->spec.ready(node->spec.context);
    }
}

static bool
make_certificate(LiveNode *node, GError **error)
{
    g_autofree char *path = g_build_filename(node->spec.folder, "certificate.pem", NULL);

    node->certificate = certificate_new(&node->identity, error);
    return node->certificate != NULL &&
           certificate_trust_only(node->certificate, path, error);
}

static void
start_actor(LiveNode *node)
{
    NodeRecord keys;

    live_node_keys(node->spec.seed, &keys);
    node->host = live_host_new(node->store, send_message, node);
    live_host_start(node->host, &service_node_ops,
                    service_node_new(live_host_crypto(node->host),
                                     live_host_port(node->host), node->spec.config,
                                     &node->identity, keys.legacy, node->spec.registry));
}

static bool
open_doors(LiveNode *node, GError **error)
{
    HttpServerSpec spec = { .ip = node->spec.ip,
                            .port_https = node->spec.port_https,
                            .port_omq = node->spec.port_omq,
                            .certificate = node->certificate,
                            .host = node->host,
                            .config = node->spec.config,
                            .faults = &node->faults };

    node->server = http_server_new(&spec, error);
    return node->server != NULL;
}

LiveNode *
live_node_new(const LiveNodeSpec *spec, GError **error)
{
    LiveNode *node = g_new0(LiveNode, 1);

    node->spec = *spec;
    identity_ed25519(spec->seed, &node->identity);
    live_faults_init(&node->faults);
    node->store = node_store_open(spec->folder, spec->store_bytes, live_unix_ms(), error);
    if (node->store == NULL || !make_certificate(node, error)) {
        live_node_free(node);
        return NULL;
    }
    node->client =
        http_client_new(spec->ip, node->certificate, &node->faults, request_ended, node);
    start_actor(node);
    if (!open_doors(node, error)) {
        live_node_free(node);
        return NULL;
    }
    node->feed = block_feed_new(spec->ip, spec->registry, new_block, node);
    return node;
}

void
live_node_free(LiveNode *node)
{
    if (node == NULL)
        return;
    block_feed_free(node->feed);
    http_client_free(node->client);
    http_server_free(node->server);
    live_host_free(node->host);
    g_clear_object(&node->certificate);
    if (node->store != NULL)
        node->store->ops->close(node->store);
    live_faults_clear(&node->faults);
    g_free(node);
}

bool
live_node_command(LiveNode *node, const char *line, const char **ret_why)
{
    if (!live_faults_command(&node->faults, line, ret_why))
        return false;
    live_host_set_skew(node->host, node->faults.skew);
    return true;
}
