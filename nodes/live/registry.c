/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/registry.h"

#include <string.h>

#include "nodes/live/block_desk.h"
#include "nodes/live/clock.h"
#include "nodes/live/host.h"

struct LiveRegistry {
    LiveHost *host;
    Chain *chain; /* the host's */
    Door *door;
    BlockDesk *desk;
    char *file;
    uint64_t saved_height;
};

static bool
save(LiveRegistry *registry, GError **error)
{
    Buffer out = BUFFER_EMPTY;
    bool saved;

    if (registry->file == NULL)
        return true;
    chain_write(registry->chain, &out);
    saved = g_file_set_contents(registry->file, (const char *)out.p, (gssize)out.n, error);
    buffer_clear(&out);
    return saved;
}

/* All that the chain sends is news of blocks. */
static void
send_message(void *context, Address to, MessageKind kind, RequestId id, Duration timeout,
             const uint8_t *peer_key, Packet *packet)
{
    LiveRegistry *registry = context;
    const Snapshot *snapshot = snapshot_of_packet(packet);
    g_autoptr(GError) error = NULL;

    (void)id;
    (void)timeout;
    (void)peer_key;
    if (kind == KIND_BLOCK && snapshot != NULL)
        block_desk_tell(registry->desk, address_ip(to), packet);
    if (snapshot != NULL && snapshot->height > registry->saved_height) {
        registry->saved_height = snapshot->height;
        if (!save(registry, &error))
            g_warning("%s", error->message);
    }
    packet_clear(packet);
}

/* --- HTTP -------------------------------------------------------------------- */

typedef struct Question {
    LiveRegistry *registry;
    SoupServerMessage *message;
} Question;

static void
answer(void *context, int status, Packet *packet)
{
    Question *question = context;
    SoupServerMessage *message = question->message;
    Bytes body = packet_bytes(packet);

    soup_server_message_set_status(message, (guint)status, NULL);
    soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY,
                                     (const char *)body.p, body.n);
    packet_clear(packet);
    door_answer(question->registry->door, message);
    g_free(question);
}

static void
deliver(LiveRegistry *registry, const DoorRequest *request, MessageKind kind)
{
    g_autoptr(GBytes) body =
        soup_message_body_flatten(soup_server_message_get_request_body(request->message));
    bool asks = kind == KIND_SEED_RPC;
    Question *question = NULL;
    gsize n;
    const uint8_t *p = g_bytes_get_data(body, &n);
    Packet packet = packet_of_bytes((Bytes){ p, n });

    if (asks) {
        question = g_new(Question, 1);
        *question = (Question){ registry, request->message };
    }
    /* The chain answers at once. */
    live_host_deliver(registry->host, address_of(request->from_ip, request->from_port),
                      request->peer_key, kind, &packet, asks ? answer : NULL, question,
                      NULL);
    packet_clear(&packet);
    if (!asks)
        door_answer_text(registry->door, request->message, 200, "OK");
}

static void
receive(void *context, const DoorRequest *request)
{
    LiveRegistry *registry = context;
    const char *method = soup_server_message_get_method(request->message);
    MessageKind kind = endpoint_kind(DOOR_REGISTRY, request->path);

    if (kind == KIND_COUNT || strcmp(method, "POST") != 0) {
        door_answer_not_found(registry->door, request);
    } else if (kind == KIND_BLOCK) {
        block_desk_ask(registry->desk, registry->door, request,
                       chain_snapshot(registry->chain));
    } else {
        deliver(registry, request, kind);
    }
}

static void
gone(void *context, SoupServerMessage *message)
{
    LiveRegistry *registry = context;

    block_desk_gone(registry->desk, message);
}

/* --- the registry ------------------------------------------------------------ */

static Chain *
take_up_chain(LiveRegistry *registry, const LiveRegistrySpec *spec, GError **error)
{
    g_autofree char *text = NULL;
    gsize n;
    Chain *chain;

    if (!g_file_get_contents(spec->file, &text, &n, error))
        return NULL;
    if (chain_read(live_host_crypto(registry->host), live_host_port(registry->host),
                   spec->config, (Bytes){ (uint8_t *)text, n }, &chain) == ST_OK)
        return chain;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "%s: expected the chain that a testbed has written", spec->file);
    return NULL;
}

static Chain *
make_chain(LiveRegistry *registry, const LiveRegistrySpec *spec, GError **error)
{
    if (spec->file != NULL && g_file_test(spec->file, G_FILE_TEST_EXISTS))
        return take_up_chain(registry, spec, error);
    return chain_new(live_host_crypto(registry->host), live_host_port(registry->host),
                     spec->config, spec->records, spec->n, spec->grown, live_unix_ms(),
                     spec->seed);
}

LiveRegistry *
live_registry_new(const LiveRegistrySpec *spec, GError **error)
{
    LiveRegistry *registry = g_new0(LiveRegistry, 1);
    DoorSpec door = { .kind = DOOR_REGISTRY,
                      .ip = address_ip(spec->address),
                      .port = (uint16_t)spec->address,
                      .receive = receive,
                      .gone = gone,
                      .context = registry };

    registry->host = live_host_new(NULL, send_message, registry);
    registry->desk = block_desk_new();
    registry->file = g_strdup(spec->file);
    registry->chain = make_chain(registry, spec, error);
    if (registry->chain != NULL) {
        live_host_start(registry->host, &chain_ops, registry->chain);
        registry->door = door_new(&door, error);
    }
    if (registry->door != NULL && save(registry, error))
        return registry;
    live_registry_free(registry);
    return NULL;
}

void
live_registry_free(LiveRegistry *registry)
{
    if (registry == NULL)
        return;
    door_free(registry->door);
    live_host_free(registry->host);
    block_desk_free(registry->desk);
    g_free(registry->file);
    g_free(registry);
}

Snapshot *
live_registry_snapshot(const LiveRegistry *registry)
{
    return chain_snapshot(registry->chain);
}

void
live_registry_watch(LiveRegistry *registry, void (*watch)(void *context, const Note *note),
                    void *context)
{
    live_host_watch(registry->host, watch, context);
}

void
live_registry_tell(LiveRegistry *registry, Packet *order)
{
    live_host_deliver(registry->host, 0, NULL, KIND_TELL, order, NULL, NULL, NULL);
}
