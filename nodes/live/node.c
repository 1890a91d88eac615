/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/node.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nodes/base/watched_store.h"
#include "nodes/live/block_feed.h"
#include "nodes/live/certificate.h"
#include "nodes/live/clock.h"
#include "nodes/live/http_server.h"
#include "nodes/live/news.h"
#include "nodes/live/node_store.h"
#include "nodes/live/transcript.h"

struct LiveNode {
    LiveNodeSpec spec;
    Ed25519Pair identity;
    LiveFaults faults;
    Store *store;
    WatchedStore watched; /* around it, where somebody is told */
    Transcript transcript;
    FILE *transcript_file; /* NULL: none is written */
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
post_message(void *context, const ServerUrl *url, RequestId id, Duration timeout,
             Packet *packet)
{
    LiveNode *node = context;

    http_client_post(node->client, url, id, timeout, packet);
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
    node->certificate = certificate_new(&node->identity, error);
    return node->certificate != NULL && certificate_trust_only(node->certificate, error);
}

/* --- what is told ------------------------------------------------------------ */

/* A line ends with its end; whoever is told wants none. */
static void
tell(LiveNode *node, Buffer *line)
{
    line->p[line->n - 1] = '\0';
    node->spec.tell(node->spec.context, (const char *)line->p);
    buffer_clear(line);
}

/* (Whether a put may extend matters only where it did.) */
static void
see_put(void *context, uint32_t number, const StoreMessage *message, PutResult result)
{
    Buffer line = BUFFER_EMPTY;

    (void)number;
    if (result == PUT_FULL)
        return;
    news_write_put(message, result == PUT_EXTENDED, &line);
    tell(context, &line);
}

static void
see_drop(void *context, uint32_t number, Bytes hash)
{
    (void)context;
    (void)number;
    (void)hash; /* no power is cut here */
}

static void
see_note(void *context, const Note *note)
{
    Buffer line = BUFFER_EMPTY;

    news_write_note(note, &line);
    tell(context, &line);
}

static Store *
told_store(LiveNode *node)
{
    if (node->spec.tell == NULL)
        return node->store;
    watched_store_init(&node->watched, node->store, see_put, see_drop, node, 0);
    return &node->watched.store;
}

static void
write_transcript(void *context, const char *line)
{
    LiveNode *node = context;

    fprintf(node->transcript_file, "%s\n", line);
}

/* Lines are there at once: its process may be killed. */
static bool
open_transcript(LiveNode *node, GError **error)
{
    g_autofree char *path = g_build_filename(node->spec.folder, "transcript.log", NULL);

    if (!node->spec.transcript)
        return true;
    node->transcript_file = fopen(path, "a");
    if (node->transcript_file == NULL) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s",
                    path, g_strerror(errno));
        return false;
    }
    setvbuf(node->transcript_file, NULL, _IOLBF, 0);
    return true;
}

static void
start_actor(LiveNode *node)
{
    const ActorOps *ops = &service_node_ops;
    Port *port;
    void *self;
    NodeRecord keys;

    live_node_keys(node->spec.seed, &keys);
    node->host = live_host_new(told_store(node), send_message, node);
    live_host_set_post(node->host, post_message);
    if (node->spec.tell != NULL)
        live_host_watch(node->host, see_note, node);
    port = live_host_port(node->host);
    if (node->transcript_file != NULL) {
        transcript_init(&node->transcript, port, write_transcript, node);
        port = &node->transcript.wrapped.port;
    }
    self = service_node_new(live_host_crypto(node->host), port, node->spec.config,
                            &node->identity, keys.legacy, node->spec.registry);
    if (node->transcript_file != NULL) {
        wrapped_bind(&node->transcript.wrapped.actor, ops, self);
        ops = &transcript_ops;
        self = &node->transcript;
    }
    live_host_start(node->host, ops, self);
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
    if (node->store == NULL || !make_certificate(node, error) ||
        !open_transcript(node, error)) {
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
    node->feed = block_feed_new(spec->ip, spec->registry, &node->faults, new_block, node);
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
    if (node->transcript_file != NULL)
        fclose(node->transcript_file);
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
