/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pending events in their total order (time, to, from, sequence).  A ladder queue
 * (Tang, Goh, Thng 2005) with pooled chunks; a plain 4-ary heap is its oracle in tests. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodes/base/time.h"

typedef struct Event {
    Time time;
    uint32_t to;   /* destination actor; 0 is the world, whose events come first */
    uint32_t from; /* source actor */
    uint32_t
        sequence;  /* the source's own count: equal (time, to, from) in order of sending */
    uint32_t body; /* index of what the event carries; not part of the order */
} Event;

static inline bool
event_before(const Event *a, const Event *b)
{
    if (a->time != b->time)
        return a->time < b->time;
    if (a->to != b->to)
        return a->to < b->to;
    if (a->from != b->from)
        return a->from < b->from;
    return a->sequence < b->sequence;
}

typedef enum EventQueueKind { EVENT_QUEUE_LADDER, EVENT_QUEUE_HEAP } EventQueueKind;

typedef struct EventQueue EventQueue;

EventQueue *event_queue_new(EventQueueKind kind);
void event_queue_free(EventQueue *queue);
/* Events may be pushed at any time not before that of the last popped one. */
void event_queue_push(EventQueue *queue, const Event *event);
/* The earliest event, or NULL when empty; valid until the next push or pop. */
const Event *event_queue_peek(EventQueue *queue);
/* An event that leaves soon, about @n after the next one, for prefetching; NULL when none
 * is known.  Below EVENT_QUEUE_AHEAD one mostly is, where so many are pending.  Valid until
 * the next push or pop. */
enum { EVENT_QUEUE_AHEAD = 13 };
const Event *event_queue_ahead(const EventQueue *queue, size_t n);
/* Remove the earliest; false when empty. */
bool event_queue_pop(EventQueue *queue, Event *ret);
size_t event_queue_length(const EventQueue *queue);
/* Bytes held, pools included. */
size_t event_queue_bytes(const EventQueue *queue);
