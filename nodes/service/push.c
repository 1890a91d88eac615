/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages pushed from node to node (protocol 2.4) by sn.data: one attempt each, all at
 * once unless they are paced; what several nodes get is encoded once and shared. */
#include <assert.h>
#include <stdlib.h>

#include "nodes/service/node_internal.h"

/* More than an entry takes beside hash and body. */
enum { ENTRY_OVERHEAD_MAX = 128 };

/* --- sending ---------------------------------------------------------------------- */

/* What goes to the same nodes. */
typedef struct Channel {
    Buffer batch;      /* begun, not ended; empty: none is open */
    uint64_t messages; /* in it */
} Channel;

typedef struct PushRun {
    ServiceNode *node;
    Time now;
    /* One channel to these ... */
    const NodeRecord *const *to;
    size_t n_to;
    /* ... or, where `wanted` is there, one for the members of each swarm that is marked (by
     * index in my snapshot). */
    const bool *wanted;
    Channel *channels;
    /* Only messages of accounts that this snapshot maps to this swarm; NULL: of all. */
    const Snapshot *owned_in;
    uint64_t owned_by;
    uint64_t bytes_read;
} PushRun;

bool
push_send_batch(ServiceNode *node, Time now, const NodeRecord *to, const Packet *batch,
                uint64_t messages, uint32_t part)
{
    Packet packet;
    Pending *pending;

    if (to->ip == 0 || !pending_has_room(node, 1))
        return false;
    packet = packet_share(batch);
    pending = pending_open(node, PENDING_PUSH, now, node->config->push_timeout);
    pending->part = part;
    port_note(node->port, NOTE_PUSH, messages, packet.length, (Bytes){ NULL, 0 });
    port_send(node->port, node_address_omq(to), KIND_DATA, pending->id,
              node->config->push_timeout, to->x25519, &packet);
    return true;
}

static void
send_batch(ServiceNode *node, Time now, const NodeRecord *to, const Packet *batch,
           uint64_t messages)
{
    if (to == node->self)
        return;
    if (node->config->defect_push_unpaced)
        (void)push_send_batch(node, now, to, batch, messages, 0);
    else
        pace_add(node, now, to, batch, messages);
}

static void
flush(PushRun *run, uint32_t index)
{
    ServiceNode *node = run->node;
    Channel *channel = &run->channels[index];
    Packet batch;

    if (channel->batch.n == 0)
        return;
    push_end(node, &channel->batch);
    meter_add(node->port->meter, METER_WRITE, channel->batch.n);
    batch = packet_of_buffer(&channel->batch);
    if (run->wanted == NULL) {
        for (size_t i = 0; i < run->n_to; i++)
            send_batch(node, run->now, run->to[i], &batch, channel->messages);
    } else {
        const Swarm *swarm = &node->snapshot->swarms[index];

        for (uint32_t i = 0; i < swarm->n; i++)
            send_batch(node, run->now, node_member(node, swarm, i), &batch,
                       channel->messages);
    }
    packet_clear(&batch);
    channel->messages = 0;
}

/* The channel of a message, or -1 when it goes nowhere. */
static int64_t
channel_of(const PushRun *run, const StoreMessage *message)
{
    const Swarm *owner;

    if (run->owned_in != NULL) {
        owner = snapshot_swarm_of(run->owned_in, message->account + 1);
        if (owner == NULL || owner->id != run->owned_by)
            return -1;
    }
    if (run->wanted == NULL)
        return 0;
    owner = snapshot_swarm_of(run->node->snapshot, message->account + 1);
    if (owner == NULL || !run->wanted[owner - run->node->snapshot->swarms])
        return -1;
    return owner - run->node->snapshot->swarms;
}

static bool
visit(void *context, int64_t row, const StoreMessage *message)
{
    PushRun *run = context;
    int64_t index = channel_of(run, message);
    size_t bytes_max = run->node->config->push_batch_bytes;
    size_t bytes = message->data.length + message->hash.n + ENTRY_OVERHEAD_MAX;
    Channel *channel;

    (void)row;
    run->bytes_read += message->data.length;
    if (index < 0)
        return true;
    channel = &run->channels[index];
    if (channel->messages > 0 && channel->batch.n + bytes > bytes_max)
        flush(run, (uint32_t)index);
    if (channel->batch.n == 0)
        push_begin(run->node, &channel->batch);
    push_write_entry(run->node, message, &channel->batch);
    channel->messages++;
    return true;
}

static void
run_push(PushRun *run)
{
    Store *store = run->node->port->store;
    uint32_t n = run->wanted == NULL ? 1 : run->node->snapshot->n_swarms;

    run->channels = calloc(n, sizeof *run->channels);
    if (run->channels == NULL)
        abort();
    store->ops->each(store, visit, run);
    meter_add(run->node->port->meter, METER_STORE_GET, run->bytes_read);
    for (uint32_t i = 0; i < n; i++)
        flush(run, i);
    free(run->channels);
}

/* Only what belonged to my swarm, unless everything goes, or nobody knows any more what
 * did (@snapshot NULL). */
static void
restrict_to_swarm(PushRun *run, const Snapshot *snapshot, uint64_t swarm)
{
    if (run->node->config->defect_push_everything)
        return;
    run->owned_in = snapshot;
    run->owned_by = swarm;
}

void
push_to_members(ServiceNode *node, Time now, const NodeRecord *const *to, size_t n)
{
    PushRun run = { .node = node, .now = now, .to = to, .n_to = n };

    assert(node->swarm != NULL);
    if (!node->config->defect_push_without_handshake) {
        for (size_t i = 0; i < n; i++)
            ready_ask(node, now, to[i]);
        return;
    }
    restrict_to_swarm(&run, node->snapshot, node->swarm->id);
    run_push(&run);
}

void
push_for_node(ServiceNode *node, Time now, const NodeRecord *to)
{
    PushRun run = { .node = node, .now = now, .to = &to, .n_to = 1 };

    if (!node->config->defect_push_everything || !node_is_swarm_peer(node, to)) {
        run.owned_in = node->snapshot;
        run.owned_by = to->swarm_id;
    }
    run_push(&run);
}

/* --- to other swarms -------------------------------------------------------------- */

/* Which of the wanted swarms would get something? */
static bool
mark(void *context, int64_t row, const StoreMessage *message)
{
    PushRun *run = context;
    int64_t index = channel_of(run, message);

    (void)row;
    if (index >= 0)
        run->channels[index].messages++;
    return true;
}

static void
ask_swarms(PushRun *run)
{
    ServiceNode *node = run->node;
    Store *store = node->port->store;

    run->channels = calloc(node->snapshot->n_swarms, sizeof *run->channels);
    if (run->channels == NULL)
        abort();
    store->ops->each(store, mark, run);
    for (uint32_t i = 0; i < node->snapshot->n_swarms; i++) {
        const Swarm *swarm = &node->snapshot->swarms[i];

        for (uint32_t j = 0; run->channels[i].messages > 0 && j < swarm->n; j++)
            ready_ask(node, run->now, node_member(node, swarm, j));
    }
    free(run->channels);
}

void
push_to_swarms(ServiceNode *node, Time now, const bool *wanted, const Snapshot *previous,
               uint64_t was)
{
    PushRun run = { .node = node, .now = now, .wanted = wanted };

    restrict_to_swarm(&run, previous, was);
    if (node->config->defect_push_without_handshake)
        run_push(&run);
    else
        ask_swarms(&run);
}

/* --- receiving -------------------------------------------------------------------- */

static void
store_batch(ServiceNode *node, Time now, PushReader *reader)
{
    Store *store = node->port->store;
    uint64_t messages = 0, new_ones = 0;
    StoreMessage message;
    bool good;

    while (push_read_next(node, reader, &message, &good) && good) {
        messages++;
        if (store->ops->put(store, &message, false) == PUT_NEW) {
            new_ones++;
            meter_add(node->port->meter, METER_STORE_PUT, message.data.length);
            sweep_consider(node, now, message.expiry);
        }
        packet_clear(&message.data);
    }
    port_note(node->port, NOTE_PUSHED, messages, new_ones, (Bytes){ NULL, 0 });
}

void
push_receive(ServiceNode *node, Time now, const Incoming *in)
{
    PushReader reader;

    meter_add(node->port->meter, METER_PARSE, in->packet->length);
    if (!push_read_begin(node, in->packet, &reader) || !push_all_good(node, reader)) {
        port_reply_text(node->port, in->token, 400, "Invalid messages");
        return;
    }
    store_batch(node, now, &reader);
    port_reply_text(node->port, in->token, 200, "");
}
