/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/core/event_queue.h"

#include <stdlib.h>

#include "sim/core/event_ladder.h"

struct EventQueue {
    EventQueueKind kind;
    EventLadder ladder; /* EVENT_QUEUE_LADDER */
    EventArray heap;    /* EVENT_QUEUE_HEAP */
};

EventQueue *
event_queue_new(EventQueueKind kind)
{
    EventQueue *queue = calloc(1, sizeof *queue);

    if (queue == NULL)
        abort();
    queue->kind = kind;
    event_ladder_init(&queue->ladder);
    return queue;
}

void
event_queue_free(EventQueue *queue)
{
    if (queue == NULL)
        return;
    event_ladder_clear(&queue->ladder);
    event_array_clear(&queue->heap);
    free(queue);
}

void
event_queue_push(EventQueue *queue, const Event *event)
{
    if (queue->kind == EVENT_QUEUE_LADDER)
        event_ladder_push(&queue->ladder, event);
    else
        event_heap_push(&queue->heap, event);
}

const Event *
event_queue_peek(EventQueue *queue)
{
    if (queue->kind == EVENT_QUEUE_LADDER)
        return event_ladder_peek(&queue->ladder);
    return queue->heap.n == 0 ? NULL : &queue->heap.p[0];
}

const Event *
event_queue_ahead(const EventQueue *queue, size_t n)
{
    const EventLadder *ladder = &queue->ladder;

    return n < ladder->run.n - ladder->run_head ? &ladder->run.p[ladder->run_head + n]
                                                : NULL;
}

bool
event_queue_pop(EventQueue *queue, Event *ret)
{
    if (queue->kind == EVENT_QUEUE_LADDER)
        return event_ladder_pop(&queue->ladder, ret);
    if (queue->heap.n == 0)
        return false;
    *ret = queue->heap.p[0];
    event_heap_pop(&queue->heap);
    return true;
}

size_t
event_queue_length(const EventQueue *queue)
{
    return queue->kind == EVENT_QUEUE_LADDER ? queue->ladder.length : queue->heap.n;
}

size_t
event_queue_bytes(const EventQueue *queue)
{
    return sizeof *queue + event_ladder_bytes(&queue->ladder) +
           queue->heap.capacity * sizeof(Event);
}
