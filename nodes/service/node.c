/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The actor: what happens to the node from outside, handed to the file that deals with
 * it. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/service/node_internal.h"

/* --- who is who ------------------------------------------------------------------- */

const NodeRecord *
node_by_legacy(const ServiceNode *node, const uint8_t legacy[32])
{
    int index = node->snapshot == NULL
                    ? NODE_NONE
                    : node_list_find_legacy(node->snapshot->nodes, legacy);

    return index == NODE_NONE ? NULL : &node->snapshot->nodes->nodes[index];
}

const NodeRecord *
node_by_peer_key(const ServiceNode *node, const uint8_t *peer_key)
{
    int index = node->snapshot == NULL || peer_key == NULL
                    ? NODE_NONE
                    : node_list_find_x25519(node->snapshot->nodes, peer_key);

    return index == NODE_NONE ? NULL : &node->snapshot->nodes->nodes[index];
}

uint32_t
node_self_index(const ServiceNode *node)
{
    assert(node->self != NULL);
    return (uint32_t)(node->self - node->snapshot->nodes->nodes);
}

bool
node_is_swarm_peer(const ServiceNode *node, const NodeRecord *record)
{
    return node->swarm != NULL && record->swarm_id == node->swarm->id;
}

bool
node_keeps(const ServiceNode *node, const uint8_t account[ACCOUNT_BYTES])
{
    return node->swarm != NULL &&
           snapshot_swarm_of(node->snapshot, account + 1) == node->swarm;
}

bool
answer_is_forbidden(Outcome outcome, int status, const Packet *packet)
{
    return outcome == OUTCOME_ANSWER && status == STATUS_FORBIDDEN_SN &&
           bytes_equal_text(packet_bytes(packet), FORBIDDEN_SN);
}

/* --- ready to serve --------------------------------------------------------------- */

static bool
hardfork_reached(const Snapshot *snapshot)
{
    if (snapshot->hardfork_major != HARDFORK_MAJOR)
        return snapshot->hardfork_major > HARDFORK_MAJOR;
    return snapshot->hardfork_minor >= HARDFORK_MINOR;
}

static void
add_reason(Buffer *reasons, const char *text)
{
    if (reasons == NULL)
        return;
    if (reasons->n > 0)
        buffer_append_literal(reasons, "; ");
    buffer_append_text(reasons, text);
}

bool
node_ready(const ServiceNode *node, Buffer *reasons)
{
    bool forked = node->snapshot != NULL && hardfork_reached(node->snapshot);

    if (!forked)
        add_reason(reasons, "not yet on hardfork 19.3");
    if (node->swarm == NULL)
        add_reason(reasons, "not in any swarm");
    if (node->snapshot == NULL)
        add_reason(reasons, "not done syncing");
    return forked && node->swarm != NULL;
}

bool
node_relays(const ServiceNode *node)
{
    if (node->swarm == NULL && node->config->relay_needs_swarm)
        return false;
    return node->snapshot != NULL && hardfork_reached(node->snapshot);
}

/* Takes the text. */
static void
refuse_https(ServiceNode *node, const Incoming *in, int status, Buffer *text)
{
    Packet packet = packet_of_buffer(text);
    Bytes none = { NULL, 0 };

    if (in->kind == KIND_ONION)
        port_note(node->port, NOTE_ONION, ONION_UNREADABLE, (uint64_t)status, none);
    else
        port_note(node->port, NOTE_REQUEST, RPC_UNKNOWN, (uint64_t)status, none);
    port_reply(node->port, in->token, status, &packet);
}

bool
service_check_ready(ServiceNode *node, const Incoming *in)
{
    Buffer reasons = BUFFER_EMPTY, text = BUFFER_EMPTY;

    if (in->packet->length > REQUEST_BODY_MAX) {
        buffer_append_literal(&text, "Request body too large");
        refuse_https(node, in, 413, &text);
        return false;
    }
    if (in->kind == KIND_ONION ? node_relays(node) : node_ready(node, NULL))
        return true;
    node_ready(node, &reasons);
    buffer_append_literal(&text, "Service node is not ready: ");
    buffer_append_bytes(&text, buffer_bytes(&reasons));
    buffer_append_literal(&text, "\n");
    buffer_clear(&reasons);
    refuse_https(node, in, 503, &text);
    return false;
}

/* --- expired messages ------------------------------------------------------------- */

/* The first sweep at or after @due: sweeps stand at multiples of the interval from the
 * start. */
static Time
sweep_at(const ServiceNode *node, Time now, Time due)
{
    Duration interval = node->config->sweep_interval;
    Time at = node->started + (due - node->started + interval - 1) / interval * interval;

    return at > now ? at : at + interval;
}

void
sweep_consider(ServiceNode *node, Time now, UnixMs expiry)
{
    UnixMs t = port_unix_ms(node->port);
    /* No timer lies further ahead than this: then one looks again. */
    UnixMs ahead_max = 365 * (DAY / MILLISECOND);
    UnixMs ahead;

    if (expiry >= node->sweep_expiry)
        return;
    node->sweep_expiry = expiry;
    ahead = expiry <= t ? 0 : expiry - t > ahead_max ? ahead_max : expiry - t;
    timer_set(node, TIMER_SWEEP, sweep_at(node, now, now + ahead * MILLISECOND));
}

void
sweep_due(ServiceNode *node, Time now)
{
    Store *store = node->port->store;
    UnixMs first;

    store->ops->sweep(store, port_unix_ms(node->port));
    node->sweep_expiry = INT64_MAX;
    first = store->ops->first_expiry(store);
    if (first != INT64_MAX)
        sweep_consider(node, now, first);
}

/* --- the actor -------------------------------------------------------------------- */

ServiceNode *
service_node_new(const Crypto *crypto, Port *port, const ServiceConfig *config,
                 const Ed25519Pair *identity, const uint8_t legacy[32], Address chain)
{
    ServiceNode *node = calloc(1, sizeof *node);

    if (node == NULL)
        abort();
    assert(port->store != NULL);
    node->crypto = crypto;
    node->port = port;
    node->config = config;
    node->chain = chain;
    node->identity = *identity;
    identity_x25519(identity, &node->x25519);
    memcpy(node->legacy, legacy, sizeof node->legacy);
    node->swarm_before = SWARM_NONE;
    node->alarm = TIME_NEVER;
    node->sweep_expiry = INT64_MAX;
    heap_init(&node->timers, TIMERS);
    return node;
}

/* Free what belongs to an incarnation; nothing goes out. */
static void
forget(ServiceNode *node)
{
    pending_clear(node);
    reachability_clear(node);
    ready_clear(node);
    relay_clear(node);
    hop_delay_clear(node);
    pace_clear(node);
    monitor_clear(node);
    anti_entropy_clear(node);
    snapshot_unref(node->snapshot);
    node->snapshot = NULL;
    node->self = NULL;
    node->swarm = NULL;
    node->alarm = TIME_NEVER;
    node->sweep_expiry = INT64_MAX;
    for (uint32_t slot = 0; slot < TIMERS; slot++)
        heap_set(&node->timers, slot, TIME_NEVER);
}

void
service_node_show(ServiceNode *node, Snapshot *shown)
{
    if (shown != NULL)
        shown = snapshot_ref(shown);
    snapshot_unref(node->shown);
    node->shown = shown;
}

void
service_node_lose_disk(ServiceNode *node)
{
    retry_clear(node);
    tombstones_clear(node);
    node->swarm_before = SWARM_NONE;
}

static void
service_start(void *self, Time now)
{
    ServiceNode *node = self;
    Store *store = node->port->store;
    UnixMs first = store->ops->first_expiry(store);

    forget(node);
    node->started = now;
    if (first != INT64_MAX)
        sweep_consider(node, now, first);
    retry_start(node, now);
    proof_start(node, now);
    anti_entropy_start(node, now);
    timers_rearm(node);
}

static void
storage_rpc_receive(ServiceNode *node, Time now, const Incoming *in)
{
    ReplyTo to = { .form = REPLY_PLAIN, .token = in->token };

    if (service_check_ready(node, in))
        rpc_handle(node, now, in->packet, &to);
}

static void
service_receive(void *self, Time now, const Incoming *in)
{
    ServiceNode *node = self;

    switch (in->kind) {
    case KIND_STORAGE_RPC:
        storage_rpc_receive(node, now, in);
        break;
    case KIND_ONION:
    case KIND_ONION_HOP:
        onion_receive(node, now, in);
        break;
    case KIND_PING_HTTPS:
    case KIND_PING_OMQ:
        reachability_answer_ping(node, in);
        break;
    case KIND_STORAGE_OMQ:
    case KIND_MONITOR:
        client_omq_receive(node, now, in);
        break;
    case KIND_STORAGE_CC:
        storage_cc_receive(node, now, in);
        break;
    case KIND_DATA:
        data_receive(node, now, in);
        break;
    case KIND_ANTI_ENTROPY:
        anti_entropy_receive(node, now, in);
        break;
    case KIND_BLOCK:
        blocks_receive(node, now, in);
        break;
    case KIND_SEED_RPC:
    case KIND_SERVER:
    case KIND_WEB:
        port_reply_text(node->port, in->token, 404, "Not Found");
        break;
    case KIND_UPTIME_PROOF:
    case KIND_VOTE:
    case KIND_TELL:
    case KIND_NOTIFY:
    case KIND_COUNT:
        break;
    }
    timers_rearm(node);
}

static void
service_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
                Packet *packet)
{
    ServiceNode *node = self;

    pending_outcome(node, now, id, outcome, status, packet);
    timers_rearm(node);
}

static void
service_expire(void *self, Time now)
{
    ServiceNode *node = self;

    node->alarm = TIME_NEVER;
    timers_run(node, now);
    timers_rearm(node);
}

static void
service_stop(void *self)
{
    forget(self);
}

static void
service_free(void *self)
{
    ServiceNode *node = self;

    if (node == NULL)
        return;
    forget(node);
    retry_clear(node);
    tombstones_clear(node);
    snapshot_unref(node->shown);
    heap_clear(&node->timers);
    free(node);
}

static void
service_warm(const void *self)
{
    const ServiceNode *node = self;

    __builtin_prefetch(node->timers.entry, 1);
    __builtin_prefetch(node->pending.entries, 1);
}

const ActorOps service_node_ops = {
    .name = "service",
    .start = service_start,
    .receive = service_receive,
    .outcome = service_outcome,
    .expire = service_expire,
    .stop = service_stop,
    .free = service_free,
    .warm = service_warm,
    .hot_bytes = SERVICE_HOT_BYTES,
};
