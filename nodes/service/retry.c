/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replicas that failed are tried again, as since 2025 (protocol 7, row 2), until the member
 * answers, whatever it answers; the queue is on the disk.  A store goes as a push of one
 * message: the signature of a forwarded one is good for a minute only. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/service/node_internal.h"

/* A request that is no store is given up after this. */
#define RETRY_LIFETIME_MS (14 * (DAY / MILLISECOND))

/* A forwarded store as the push of one message.  False when it is not worth it any more. */
static bool
push_of_store(const ServiceNode *node, const Packet *forward, Packet *ret,
              UnixMs *ret_until)
{
    RequestSource source = { node->config, forward, true };
    Bytes method, text;
    BencodeValue params;
    Buffer error = BUFFER_EMPTY, out = BUFFER_EMPTY;
    char hash[MESSAGE_HASH_BYTES];
    Request r = { 0 };
    StoreMessage message = { .hash = { (uint8_t *)hash, sizeof hash } };
    bool good = storage_cc_split(packet_bytes(forward), &method, &text) &&
                bencode_parse(text, &params) == ST_OK &&
                request_parse(RPC_STORE, rpc_value_of_bencode(params), &source, &r, &error);

    assert(good); /* it is our own encoding */
    message_hash(node->crypto, r.account, (int16_t)r.name_space, packet_bytes(&r.data),
                 hash);
    memcpy(message.account, r.account, ACCOUNT_BYTES);
    message.name_space = (int16_t)r.name_space;
    message.timestamp = r.timestamp;
    message.expiry = r.expiry;
    message.data = r.data;
    push_begin(node, &out);
    push_write_entry(node, &message, &out);
    push_end(node, &out);
    *ret = packet_of_buffer(&out);
    *ret_until = r.expiry;
    request_clear(&r);
    buffer_clear(&error);
    return good;
}

static Retry *
append(RetryQueue *queue)
{
    if (queue->n == queue->capacity) {
        queue->capacity = queue->capacity == 0 ? 4 : queue->capacity * 2;
        queue->entries = realloc(queue->entries, queue->capacity * sizeof *queue->entries);
        if (queue->entries == NULL)
            abort();
    }
    return &queue->entries[queue->n++];
}

void
retry_add(ServiceNode *node, Time now, const uint8_t legacy[32], RpcMethod method,
          const Packet *forward)
{
    RetryQueue *queue = &node->retry;
    UnixMs t = port_unix_ms(node->port);
    Retry *entry;

    if (queue->n >= node->config->retry_queue_max)
        return;
    entry = append(queue);
    *entry = (Retry){ .id = ++queue->last_id };
    memcpy(entry->legacy, legacy, sizeof entry->legacy);
    if (method == RPC_STORE &&
        push_of_store(node, forward, &entry->request, &entry->until)) {
        entry->kind = KIND_DATA;
    } else {
        entry->kind = KIND_STORAGE_CC;
        entry->request = packet_share(forward);
        entry->until = t + RETRY_LIFETIME_MS;
    }
    if (heap_get(&node->timers, TIMER_RETRY) == TIME_NEVER)
        timer_set(node, TIMER_RETRY, now + node->config->retry_interval);
}

/* Keeps the order of the others. */
static void
remove_entry(RetryQueue *queue, uint32_t index)
{
    packet_clear(&queue->entries[index].request);
    memmove(&queue->entries[index], &queue->entries[index + 1],
            (queue->n - index - 1) * sizeof *queue->entries);
    if (--queue->n == 0) {
        free(queue->entries);
        queue->entries = NULL;
        queue->capacity = 0;
    }
}

static void
try_again(ServiceNode *node, Time now, Retry *entry, const NodeRecord *record)
{
    Duration timeout = node->config->retry_timeout;
    Packet packet = packet_share(&entry->request);
    Pending *pending = pending_open(node, PENDING_RETRY, now, timeout);

    pending->part = entry->id;
    entry->open = true;
    port_note(node->port, NOTE_RETRY, entry->kind == KIND_DATA, packet.length,
              (Bytes){ NULL, 0 });
    port_send(node->port, node_address_omq(record), entry->kind, pending->id, timeout,
              record->x25519, &packet);
}

void
retry_due(ServiceNode *node, Time now)
{
    RetryQueue *queue = &node->retry;
    UnixMs t = port_unix_ms(node->port);

    /* Before the first block nobody is known; then they wait. */
    for (uint32_t i = 0; node->snapshot != NULL && i < queue->n;) {
        Retry *entry = &queue->entries[i];
        const NodeRecord *record = node_by_legacy(node, entry->legacy);

        /* It expired, or is none of this member's business any more. */
        if (!entry->open &&
            (entry->until <= t || record == NULL || !node_is_swarm_peer(node, record))) {
            remove_entry(queue, i);
            continue;
        }
        if (!entry->open && pending_has_room(node, 1))
            try_again(node, now, entry, record);
        i++;
    }
    if (queue->n > 0)
        timer_set(node, TIMER_RETRY, now + node->config->retry_interval);
}

void
retry_outcome(ServiceNode *node, uint32_t id, Outcome outcome, int status,
              const Packet *packet)
{
    RetryQueue *queue = &node->retry;

    for (uint32_t i = 0; i < queue->n; i++) {
        if (queue->entries[i].id != id)
            continue;
        queue->entries[i].open = false;
        if (outcome == OUTCOME_ANSWER && !answer_is_forbidden(outcome, status, packet))
            remove_entry(queue, i);
        return;
    }
}

void
retry_start(ServiceNode *node, Time now)
{
    for (uint32_t i = 0; i < node->retry.n; i++)
        node->retry.entries[i].open = false;
    if (node->retry.n > 0)
        timer_set(node, TIMER_RETRY, now + node->config->retry_interval);
}

void
retry_clear(ServiceNode *node)
{
    for (uint32_t i = 0; i < node->retry.n; i++)
        packet_clear(&node->retry.entries[i].request);
    free(node->retry.entries);
    node->retry = (RetryQueue){ .last_id = node->retry.last_id };
}
