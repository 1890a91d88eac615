/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/outside/push_server.h"

#include <stdlib.h>
#include <string.h>

#include "nodes/base/memory.h"
#include "nodes/outside/exchange.h"
#include "nodes/outside/push_subscription.h"
#include "nodes/outside/remembered.h"
#include "nodes/swarm/swarm.h"
#include "nodes/wire/bencode.h"

#define REQUEST_TIMEOUT (15 * SECOND) /* as OxenMQ's */
#define LIST_AGAIN_AFTER MINUTE

const PushServerConfig push_server_config_default = { .refresh = 30 * MINUTE };

struct PushServer {
    Outside outside;
    const PushServerConfig *config;
    Address lists;
    PushSubscription *entries; /* ascending by account; on its disk */
    uint32_t n, capacity;
    Remembered hashes;
    PushCounts counts;
    /* Of this incarnation: */
    NodeList *list; /* NULL: it has none yet */
    RequestId last_request, list_request;
    Time list_due;
};

PushServer *
push_server_new(const Crypto *crypto, Port *port, const PushServerConfig *config,
                const uint8_t seed[KEY_BYTES], Address lists)
{
    PushServer *server = memory_zeroed(1, sizeof *server);

    server->outside = (Outside){ .crypto = crypto, .port = port };
    crypto_keygen(crypto, seed, &server->outside.key);
    server->config = config;
    server->lists = lists;
    remembered_init(&server->hashes, PUSH_HASHES_MAX);
    return server;
}

const X25519Pair *
push_server_key(const PushServer *server)
{
    return &server->outside.key;
}

PushCounts
push_server_counts(const PushServer *server)
{
    PushCounts counts = server->counts;

    counts.subscriptions = server->n;
    return counts;
}

/* --- the table -------------------------------------------------------------------------
 */

/* The first that is not before this account. */
static uint32_t
place_of(const PushServer *server, const uint8_t account[ACCOUNT_BYTES])
{
    uint32_t low = 0, high = server->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (memcmp(server->entries[middle].account, account, ACCOUNT_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
is_at(const PushServer *server, uint32_t i, const uint8_t account[ACCOUNT_BYTES])
{
    return i < server->n && memcmp(server->entries[i].account, account, ACCOUNT_BYTES) == 0;
}

/* In place of the account's last one; NULL: no room. */
static const PushSubscription *
put(PushServer *server, const PushSubscription *subscription)
{
    uint32_t i = place_of(server, subscription->account);

    if (!is_at(server, i, subscription->account)) {
        if (server->n == PUSH_SUBSCRIPTIONS_MAX)
            return NULL;
        if (server->n == server->capacity) {
            server->capacity = server->capacity == 0 ? 16 : 2 * server->capacity;
            server->entries =
                memory_resized(server->entries, server->capacity, sizeof *server->entries);
        }
        memmove(&server->entries[i + 1], &server->entries[i],
                (server->n++ - i) * sizeof *server->entries);
    }
    server->entries[i] = *subscription;
    return &server->entries[i];
}

/* --- at swarms -------------------------------------------------------------------------
 */

static void
subscribe_at(PushServer *server, const PushSubscription *subscription)
{
    uint64_t swarm =
        swarm_nearest_in_list(server->list, swarm_space(subscription->account + 1));
    Buffer text = BUFFER_EMPTY;
    Packet request;

    if (swarm == SWARM_NONE)
        return;
    push_subscription_write(subscription, &text);
    request = packet_of_buffer(&text);
    for (uint32_t i = 0; i < server->list->n; i++) {
        const NodeRecord *node = &server->list->nodes[i];
        Packet packet;

        if (node->swarm_id != swarm || node->ip == 0)
            continue;
        packet = packet_share(&request);
        port_send(server->outside.port, node_address_omq(node), KIND_MONITOR,
                  ++server->last_request, REQUEST_TIMEOUT, node->x25519, &packet);
    }
    packet_clear(&request);
}

static void
ask_for_list(PushServer *server, Time now)
{
    Packet packet = packet_of_bytes(BYTES_LITERAL(
        "{\"jsonrpc\":\"2.0\",\"method\":\"get_n_service_nodes\",\"params\":"
        "{\"active_only\":true,\"fields\":{\"public_ip\":true,\"storage_port\":true,"
        "\"storage_lmq_port\":true,\"pubkey_x25519\":true,\"pubkey_ed25519\":true,"
        "\"swarm_id\":true}}}"));

    server->list_request = ++server->last_request;
    server->list_due = now + LIST_AGAIN_AFTER;
    port_send(server->outside.port, server->lists, KIND_SEED_RPC, server->list_request,
              REQUEST_TIMEOUT, NULL, &packet);
    port_alarm(server->outside.port, server->list_due);
}

static void
take_list(PushServer *server, Time now, const Packet *packet)
{
    NodeList *list;

    if (node_list_of_packet(packet, &list) != ST_OK)
        return; /* the alarm asks again */
    node_list_unref(server->list);
    server->list = list;
    server->list_due = now + server->config->refresh;
    port_alarm(server->outside.port, server->list_due);
    for (uint32_t i = 0; i < server->n; i++)
        subscribe_at(server, &server->entries[i]);
}

/* --- what comes in ---------------------------------------------------------------------
 */

static void
answer(PushServer *server, Exchange *exchange)
{
    const ServerRequest *request = &exchange->request;
    const PushSubscription *entry;
    PushSubscription subscription;
    const char *wrong;

    if (!bytes_equal_text(request->method, "POST") ||
        !bytes_equal_text(request->endpoint, "/subscribe")) {
        exchange_reply_text(&server->outside, exchange, 404, "no such endpoint");
        return;
    }
    wrong = push_subscription_read(server->outside.crypto, packet_bytes(&exchange->body),
                                   &subscription);
    if (wrong != NULL) {
        exchange_reply_text(&server->outside, exchange, 400, wrong);
        return;
    }
    if (!push_subscription_valid(server->outside.crypto, &subscription)) {
        exchange_reply_text(&server->outside, exchange, 401, "not signed by its owner");
        return;
    }
    entry = put(server, &subscription);
    if (entry == NULL) {
        exchange_reply_text(&server->outside, exchange, 507, "no room");
        return;
    }
    if (server->list != NULL)
        subscribe_at(server, entry);
    exchange_reply_text(&server->outside, exchange, 200,
                        "{\"success\":true,\"added\":true}");
}

/* A member tells of a message, as the others do: the first one counts. */
static void
notified(PushServer *server, Bytes text)
{
    static const uint8_t no_key[16] = { 0 };
    BencodeValue dict, value;
    Bytes account, hash;

    if (bencode_parse(text, &dict) != ST_OK || !bencode_get(dict, "@", &value) ||
        !bencode_string(value, &account) || account.n != ACCOUNT_BYTES ||
        !bencode_get(dict, "h", &value) || !bencode_string(value, &hash))
        return;
    if (is_at(server, place_of(server, account.p), account.p) &&
        remembered_add(&server->hashes,
                       crypto_short_hash(server->outside.crypto, no_key, hash)))
        server->counts.notices++;
}

static void
receive(void *self, Time now, const Incoming *in)
{
    PushServer *server = self;
    Exchange exchange;

    (void)now;
    meter_add(server->outside.port->meter, METER_REQUEST, 0);
    if (in->kind == KIND_NOTIFY) {
        notified(server, packet_bytes(in->packet));
        return;
    }
    if (in->kind != KIND_SERVER || in->token == 0)
        return;
    if (!exchange_open(&server->outside, in, &exchange))
        return;
    answer(server, &exchange);
    exchange_clear(&exchange);
}

static bool
is_success(Bytes text)
{
    BencodeValue dict, value;

    return bencode_parse(text, &dict) == ST_OK && bencode_get(dict, "success", &value);
}

static void
outcome(void *self, Time now, RequestId id, Outcome what, int status, Packet *packet)
{
    PushServer *server = self;
    bool good = what == OUTCOME_ANSWER && status == 200;

    if (id != server->list_request)
        server->counts.failures += !good || !is_success(packet_bytes(packet));
    else if (good)
        take_list(server, now, packet);
}

/* --- life ------------------------------------------------------------------------------
 */

static void
start(void *self, Time now)
{
    ask_for_list(self, now);
}

static void
expire(void *self, Time now)
{
    ask_for_list(self, now);
}

static void
stop(void *self)
{
    PushServer *server = self;

    node_list_unref(server->list);
    server->list = NULL;
    server->list_request = 0;
}

static void
server_free(void *self)
{
    PushServer *server = self;

    stop(server);
    free(server->entries);
    remembered_clear(&server->hashes);
    free(server);
}

const ActorOps push_server_ops = {
    .name = "push server",
    .start = start,
    .receive = receive,
    .outcome = outcome,
    .expire = expire,
    .stop = stop,
    .free = server_free,
};
