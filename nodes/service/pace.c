/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pushes one after another: to each node one batch is under way at a time, and the next one
 * leaves when it ended, well or not.  The real network lets them all go at once (protocol
 * 8.17), and what a joiner's line cannot take in time is lost. */
#include <stdlib.h>

#include "nodes/service/node_internal.h"

/* Whether one for this node is under way; else *ret_next is the first that waits for it, or
 * n. */
static bool
is_busy(const PaceQueue *queue, const uint8_t legacy[32], uint32_t *ret_next)
{
    *ret_next = queue->n;
    for (uint32_t i = queue->n; i-- > 0;) {
        if (memcmp(queue->batches[i].legacy, legacy, 32) != 0)
            continue;
        if (queue->batches[i].open)
            return true;
        *ret_next = i;
    }
    return false;
}

/* Keeps the order of the others. */
static void
remove_batch(PaceQueue *queue, uint32_t index)
{
    packet_clear(&queue->batches[index].batch);
    memmove(&queue->batches[index], &queue->batches[index + 1],
            (queue->n - index - 1) * sizeof *queue->batches);
    if (--queue->n == 0) {
        free(queue->batches);
        queue->batches = NULL;
        queue->capacity = 0;
    }
}

/* The next one for this node leaves, unless one is under way.  What cannot leave (the node
 * has left the list, too many requests are open) is dropped, as unpaced ones are. */
static void
send_next(ServiceNode *node, Time now, const uint8_t legacy[32])
{
    PaceQueue *queue = &node->pace;
    const NodeRecord *to = node_by_legacy(node, legacy);
    uint32_t next;

    while (!is_busy(queue, legacy, &next) && next < queue->n) {
        PacedBatch *batch = &queue->batches[next];

        if (to == NULL || to->ip == 0 || !pending_has_room(node, 1)) {
            remove_batch(queue, next);
            continue;
        }
        batch->open = true;
        (void)push_send_batch(node, now, to, &batch->batch, batch->messages, batch->id);
    }
}

void
pace_add(ServiceNode *node, Time now, const NodeRecord *to, const Packet *batch,
         uint64_t messages)
{
    PaceQueue *queue = &node->pace;

    if (queue->n == PACED_MAX) {
        (void)push_send_batch(node, now, to, batch, messages, 0);
        return;
    }
    if (queue->n == queue->capacity) {
        queue->capacity = queue->capacity == 0 ? 8 : queue->capacity * 2;
        queue->batches = realloc(queue->batches, queue->capacity * sizeof *queue->batches);
        if (queue->batches == NULL)
            abort();
    }
    if (++queue->last_id == 0)
        queue->last_id = 1; /* 0 is none */
    queue->batches[queue->n] = (PacedBatch){ .id = queue->last_id,
                                             .batch = packet_share(batch),
                                             .messages = messages };
    memcpy(queue->batches[queue->n].legacy, to->legacy, 32);
    queue->n++;
    send_next(node, now, to->legacy);
}

void
pace_outcome(ServiceNode *node, Time now, uint32_t id)
{
    PaceQueue *queue = &node->pace;

    for (uint32_t i = 0; id != 0 && i < queue->n; i++) {
        uint8_t legacy[32];

        if (queue->batches[i].id != id)
            continue;
        memcpy(legacy, queue->batches[i].legacy, sizeof legacy);
        remove_batch(queue, i);
        send_next(node, now, legacy);
        return;
    }
}

void
pace_clear(ServiceNode *node)
{
    for (uint32_t i = 0; i < node->pace.n; i++)
        packet_clear(&node->pace.batches[i].batch);
    free(node->pace.batches);
    node->pace = (PaceQueue){ .last_id = node->pace.last_id };
}
