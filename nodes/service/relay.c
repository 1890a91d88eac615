/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The replication of 2020 (protocol 2.4, 7 row 2): the client has its 200 as soon as the
 * entry node keeps the message; what came in goes to all other members as a push, every
 * relay_interval.  What a crash finds in this buffer reaches nobody (8.16). */
#include "nodes/service/node_internal.h"

static void
flush(ServiceNode *node, Time now)
{
    RelayBuffer *relay = &node->relay;
    Packet batch;

    if (relay->messages == 0)
        return;
    push_end(node, &relay->batch);
    meter_add(node->port->meter, METER_WRITE, relay->batch.n);
    batch = packet_of_buffer(&relay->batch);
    for (uint32_t i = 0; node->swarm != NULL && i < node->swarm->n; i++) {
        const NodeRecord *to = node_member(node, node->swarm, i);

        if (to != node->self && push_send_batch(node, now, to, &batch, relay->messages, 0))
            port_note(node->port, NOTE_RELAY, relay->messages, batch.length,
                      (Bytes){ NULL, 0 });
    }
    packet_clear(&batch);
    relay->messages = 0;
}

/* The buffer is looked at at multiples of the interval from the start. */
static Time
next_look(const ServiceNode *node, Time now)
{
    Duration interval = node->config->relay_interval;

    return node->started + ((now - node->started) / interval + 1) * interval;
}

void
relay_add(ServiceNode *node, Time now, const StoreMessage *message)
{
    RelayBuffer *relay = &node->relay;

    if (relay->batch.n > node->config->push_batch_bytes)
        flush(node, now);
    if (relay->messages == 0) {
        push_begin(node, &relay->batch);
        timer_set(node, TIMER_RELAY, next_look(node, now));
    }
    push_write_entry(node, message, &relay->batch);
    relay->messages++;
}

void
relay_due(ServiceNode *node, Time now)
{
    flush(node, now);
}

void
relay_clear(ServiceNode *node)
{
    buffer_clear(&node->relay.batch);
    node->relay = (RelayBuffer){ .batch = BUFFER_EMPTY };
}
